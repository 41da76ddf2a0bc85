//! The functions that filters, formulas and `sql()` may call, declared once: what is not in these tables is never run.

mod file;
mod function;
#[cfg(test)]
mod page;
mod shared;

pub(crate) use function::Reach;
use function::{Function, Section};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Those that look at several rows: at a group, or at a window.
pub(crate) const AGGREGATES: [&str; 26] = [
    "avg",
    "count",
    "cume_dist",
    "dense_rank",
    "first_value",
    "group_concat",
    "json_group_array",
    "json_group_object",
    "jsonb_group_array",
    "jsonb_group_object",
    "lag",
    "last_value",
    "lead",
    "max",
    "median",
    "min",
    "nearest",
    "nth_value",
    "ntile",
    "percent_rank",
    "quantile",
    "rank",
    "row_number",
    "string_agg",
    "sum",
    "total",
];

fn sections() -> impl Iterator<Item = &'static Section> {
    shared::SECTIONS.iter().chain(file::SECTIONS)
}

/// The names of the functions of some reach.
pub(crate) fn functions(reach: impl Fn(Reach) -> bool) -> impl Iterator<Item = &'static str> {
    sections().flat_map(|section| section.functions).filter(move |function| reach(function.reach)).flat_map(|function| function.names).copied()
}

/// The function of a name in small letters, and that name.
pub(crate) fn find(name: &str) -> Option<(&'static Function, &'static str)> {
    static KNOWN: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
        sections().flat_map(|section| section.functions).flat_map(|function| function.names.iter().map(move |name| (*name, function))).collect()
    });
    KNOWN.get_key_value(name).map(|(name, function)| (*function, *name))
}

//! The functions that filters, formulas and `sql()` may call, declared once: what is not in these tables is never run.

mod file;
#[cfg(test)]
mod page;
mod shared;

use std::collections::HashMap;
use std::sync::LazyLock;

/// One function, or several that differ by little.
pub(crate) struct Function {
    pub names: &'static [&'static str],
    /// Its arguments as they are shown; those in brackets may be left out.
    pub arguments: &'static str,
    /// What it gives.
    #[allow(dead_code)] // It is read by the test that writes the page.
    pub about: &'static str,
    /// A call of it, and what that gives.
    #[allow(dead_code)] // It is read by the test that writes the page.
    pub example: (&'static str, &'static str),
    pub reach: Reach,
}

/// Where a function may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In filters, formulas and `sql()`.
    Everywhere,
    /// In filters alone.
    Filters,
    /// In `sql()` alone.
    Sql,
    /// In `sql()` alone, and only a file has it: SQLite's own.
    File,
}

/// Functions that belong together.
pub(crate) struct Section {
    #[allow(dead_code)] // It is read by the test that writes the page.
    pub title: &'static str,
    pub functions: &'static [Function],
}

const fn function(
    reach: Reach,
    names: &'static [&'static str],
    arguments: &'static str,
    about: &'static str,
    example: &'static str,
    gives: &'static str,
) -> Function {
    Function { names, arguments, about, example: (example, gives), reach }
}

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

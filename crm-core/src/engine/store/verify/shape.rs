//! The tables, indexes and everything else that a file consists of, beside those of a fresh one.

use super::verified::Verified;
use crate::engine::error::Result;
use crate::engine::store::sqlite::{Shape, shape_of};
use crate::engine::store::view::View;

pub(super) fn check(view: View<'_>, fresh: &Shape, verified: &mut Verified) -> Result<()> {
    let there = shape_of(&view.session.conn)?;
    let fields = view.schema.tables.iter().flat_map(|table| table.columns.iter().map(move |column| (table.name, column.name.as_str())));
    for (table, column) in fields {
        if !there.columns.contains_key(&(table.to_owned(), column.to_owned())) {
            verified.find(format!("tables: `{table}` has no column `{column}`"));
        }
    }
    for (of, kind) in &fresh.columns {
        match there.columns.get(of) {
            None => verified.find(format!("tables: `{}` has no column `{}`", of.0, of.1)),
            Some(there) if there != kind => verified.find(format!("tables: the column `{}` of `{}` is another", of.1, of.0)),
            Some(_) => {}
        }
    }
    for (table, column) in there.columns.keys().filter(|of| !fresh.columns.contains_key(*of)) {
        // Those of fields of one's own stay when the field goes.
        if !column.starts_with("custom_") || !fresh.columns.contains_key(&(table.clone(), "id".to_owned())) {
            verified.find(format!("tables: `{table}` has a column `{column}` that is not the library's"));
        }
    }
    for (name, (kind, sql)) in &fresh.others {
        if there.others.get(name).is_none_or(|(_, there)| there != sql) {
            verified.find(format!("tables: the {kind} `{name}` is missing or another"));
        }
    }
    for (name, (kind, _)) in there.others.iter().filter(|(name, _)| !fresh.others.contains_key(*name)) {
        if !(kind == "index" && name.contains("_custom_")) {
            verified.find(format!("tables: the {kind} `{name}` is not the library's"));
        }
    }
    Ok(())
}

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
    // Those of fields of one's own stay when the field goes; each was added once.
    let given = "select record_id, last_id from main.change where entity = 'custom_field' and operation = 'insert'";
    let given = view.session.all(given, [], |row| Ok(row.get::<i64>(0)?..=row.get::<i64>(1)?))?;
    let is_custom = |column: &str| {
        let number = column.strip_prefix("custom_").map(|rest| rest.strip_suffix("_currency").unwrap_or(rest));
        number.and_then(|number| number.parse().ok()).is_some_and(|number: i64| given.iter().any(|given| given.contains(&number)))
    };
    for ((table, column), kind) in there.columns.iter().filter(|(of, _)| !fresh.columns.contains_key(*of)) {
        let plain = kind.contains(" 0  0 0 ");
        if !plain || !is_custom(column) || !fresh.columns.contains_key(&(table.clone(), "id".to_owned())) {
            verified.find(format!("tables: `{table}` has a column `{column}` that is not the library's"));
        }
    }
    for (name, (kind, sql)) in &fresh.others {
        if there.others.get(name).is_none_or(|(_, there)| there != sql) {
            verified.find(format!("tables: the {kind} `{name}` is missing or another"));
        }
    }
    for (name, (kind, sql)) in there.others.iter().filter(|(name, _)| !fresh.others.contains_key(*name)) {
        let of = name.find("_custom_").map(|at| name[at + 1..].strip_suffix("_past").unwrap_or(&name[at + 1..]));
        if !(kind == "index" && of.is_some_and(is_custom) && sql.starts_with("create index")) {
            verified.find(format!("tables: the {kind} `{name}` is not the library's"));
        }
    }
    Ok(())
}

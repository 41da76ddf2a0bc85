//! Records of an entity known only by its name, as named values.

use crate::engine::error::{Error, Result};
use crate::engine::query::{Compiled, Filter, Table};
use crate::engine::store::{Row, View, to_json};
use crate::engine::value::Named;

/// The record of this id: every field by name, the fixed ones first.
pub(crate) fn get_named(view: View<'_>, entity: &str, id: i64) -> Result<Named> {
    let table = view.schema.table(entity)?;
    view.session.first(&table.get_sql, [id], |row| Row::new(row, table).named())?.ok_or_else(|| Error::no_such(table.name))
}

/// Hands the records that a filter finds to `visit`, and gives the filter as it ran and the id of the last.
pub(crate) fn find_named(view: View<'_>, entity: &str, filter: &Filter, mut visit: impl FnMut(Named) -> Result<()>) -> Result<(Compiled, Option<i64>)> {
    let index = view.schema.index(entity)?;
    let table = &view.schema.tables[index];
    let compiled = filter.compile(view, index)?;
    let sql = format!("select {} from {} where {}{}", table.select_list, table.quoted, compiled.condition, compiled.tail);
    let params = compiled.params.clone();
    let mut last = None;
    view.session.restricted(|| {
        view.session.each(&sql, params, |row| {
            last = Some(row.get(0)?);
            visit(Row::new(row, table).named()?)
        })
    })?;
    Ok((compiled, last))
}

/// The records that a filter finds, as a table with every field as a column.
pub(crate) fn table_in(view: View<'_>, entity: &str, filter: &Filter) -> Result<Table> {
    let index = view.schema.index(entity)?;
    let table = &view.schema.tables[index];
    let compiled = filter.compile(view, index)?;
    let sql = format!("select {} from {} where {}{}", table.select_list, table.quoted, compiled.condition, compiled.tail);
    view.table(&sql, compiled.params, Some(index))
}

/// How many records a filter finds.
pub(crate) fn count_in(view: View<'_>, entity: &str, filter: &Filter) -> Result<i64> {
    let index = view.schema.index(entity)?;
    let compiled = filter.compile(view, index)?;
    let sql = format!("select count(*) from {} where {}", view.schema.tables[index].quoted, compiled.condition);
    let statement = view.summing(sql);
    let count = view.session.restricted_to(&statement.given, || view.session.number(&statement.sql, compiled.params))?;
    Ok(count.unwrap_or(0))
}

/// Where the next page begins, after one of `found` records that ends with the record `last`.
pub(crate) fn next_page(view: View<'_>, entity: &str, compiled: &Compiled, found: usize, last: Option<i64>) -> Result<Option<String>> {
    match last.filter(|_| compiled.limit == Some(found)) {
        Some(last) => {
            let sql = compiled.key_sql(&view.schema.table(entity)?.quoted);
            view.session.first(&sql, [last], |row| {
                let key = (0..compiled.key_length()).map(|at| to_json(row.cell(at)?)).collect::<Result<Vec<_>>>()?;
                Ok(serde_json::Value::from(key).to_string())
            })
        }
        None => Ok(None),
    }
}

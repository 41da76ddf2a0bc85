//! Reading records through the lens.

use super::rules::Entity;
use crate::engine::error::{Error, Result};
use crate::engine::query::{Compiled, Filter};
use crate::engine::store::{ChangeSet, Params, Row, View};

pub(crate) fn get_in<E: Entity>(view: View<'_>, id: i64) -> Result<E> {
    let table = view.schema.table(E::meta().name)?;
    view.session.first(&table.get_sql, [id], |row| E::read(&mut Row::new(row, table)))?.ok_or_else(|| Error::no_such(table.name))
}

pub(super) fn get_in_change<E: Entity>(change: &ChangeSet, id: i64) -> Result<E> {
    change.view(|view| get_in(view, id))
}

/// A record as it is stored, whatever the acting user may see of it: what rules work with. Computed fields are empty.
pub(super) fn stored_in_change<E: Entity>(change: &ChangeSet, id: i64) -> Result<E> {
    let schema = change.schema();
    let table = schema.table(E::meta().name)?;
    change.session().first(&table.whole_sql, [id], |row| E::read(&mut Row::new(row, table)))?.ok_or_else(|| Error::no_such(table.name))
}

/// The records of a filter, and the filter as it ran.
pub(crate) fn find_in<E: Entity>(view: View<'_>, filter: &Filter) -> Result<(Vec<E>, Compiled)> {
    let index = view.schema.index(E::meta().name)?;
    let table = &view.schema.tables[index];
    let compiled = filter.compile(view, index)?;
    let sql = format!("select {} from {} where {}{}", table.select_list, table.quoted, compiled.condition, compiled.tail);
    let params = compiled.params.as_slice();
    let records = view.session.restricted(|| view.session.all(&sql, params, |row| E::read(&mut Row::new(row, table))))?;
    Ok((records, compiled))
}

/// The records of a condition the library itself wrote.
pub(crate) fn records<E: Entity>(view: View<'_>, condition: &str, params: impl Params) -> Result<Vec<E>> {
    let table = view.schema.table(E::meta().name)?;
    let sql = format!("select {} from {} where {condition}", table.select_list, table.name);
    view.session.all(&sql, params, |row| E::read(&mut Row::new(row, table)))
}

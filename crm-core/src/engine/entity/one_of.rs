//! One of each: of the records that agree in some fields, at most one is the primary one (`[one_of(&["organization_id"])]`).

use crate::engine::error::Result;
use crate::engine::store::ChangeSet;
use crate::engine::store::schema::{Schema, Table};
use crate::engine::store::{Cell, share};
use crate::engine::value::Value;

/// Completes such fields of a record that is about to be written, and takes the yes from the one that had it. A new record that does
/// not say is the one when it is the first.
pub(super) fn one_of(change: &ChangeSet, schema: &Schema, index: usize, before: Option<(i64, &[Value])>, new: &mut [Value]) -> Result<()> {
    let table = &schema.tables[index];
    for (field, group) in table.fields[..table.stored].iter().enumerate().filter_map(|(field, declared)| Some((field, declared.one_of?))) {
        let group: Vec<usize> = group.iter().map(|name| table.field_index(name)).collect::<Result<_>>()?;
        let id = before.map_or(0, |(id, _)| id);
        if new[field].is_null() {
            let first = before.is_none() && holders(change, table, field, &group, id, new)?.is_empty();
            new[field] = first.into();
        }
        let yes = Value::Bool(true);
        let had_it = before.is_some_and(|(_, old)| old[field] == yes && group.iter().all(|field| old[*field] == new[*field]));
        if new[field] != yes || had_it {
            continue;
        }
        for other in holders(change, table, field, &group, id, new)? {
            let old = change.stored_values(schema, index, other)?;
            let mut without = old.clone();
            without[field] = false.into();
            change.update(index, other, &old, &without)?;
        }
    }
    Ok(())
}

/// The other records of a group that have a yes.
fn holders(change: &ChangeSet, table: &Table, field: usize, group: &[usize], id: i64, values: &[Value]) -> Result<Vec<i64>> {
    let mut sql = format!("select id from {{{}}} where id <> ?1 and {} = true", table.name, table.fields[field].column);
    let mut bound = vec![Cell::Integer(id)];
    for field in group {
        let column = &table.fields[*field].column;
        if values[*field].is_null() {
            sql += &format!(" and {column} is null");
        } else {
            bound.push(share(&values[*field], crate::engine::store::schema::Part::Whole));
            sql += &format!(" and {column} = ?{}", bound.len());
        }
    }
    change.stored().all(&sql, bound, |row| row.get(0))
}

//! Sealed records: once one was sent, approved or booked (its field with `[seals]` has a value), what it says stays, whoever writes and
//! by whatever way. Its owner, its line, what is marked `[outside]` and user-defined fields may change; what is part of it is content, too,
//! unless its entity says otherwise (`Rules::OUTSIDE`). A revision is a new record whose `replaces_id` names the one before.

use super::change_set::ChangeSet;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Ownership, Schema, Table};
use crate::engine::value::Value;

impl ChangeSet {
    /// Runs a check with the stored values of a record; where nothing can be sealed, they are not even read.
    pub(super) fn where_sealed(&self, schema: &Schema, index: usize, id: i64, check: impl FnOnce(&[Value]) -> Result<()>) -> Result<()> {
        if schema.any_sealed { check(&self.stored_values(schema, index, id)?) } else { Ok(()) }
    }

    /// Refuses a change of these fields of a record that is sealed, or part of one.
    pub(super) fn check_unsealed(&self, schema: &Schema, index: usize, old: &[Value], mut changed: impl Iterator<Item = usize>) -> Result<()> {
        if !schema.any_sealed {
            return Ok(());
        }
        let table = &schema.tables[index];
        let Some(field) = changed.find(|field| !table.fields[*field].outside) else { return Ok(()) };
        if is_sealed(table, old) {
            return Err(sealed(table, &table.fields[field].name));
        }
        self.check_whole_unsealed(schema, index, old)
    }

    /// Refuses to remove a record that is sealed, or part of one.
    pub(super) fn check_removable(&self, schema: &Schema, index: usize, values: &[Value]) -> Result<()> {
        let table = &schema.tables[index];
        if is_sealed(table, values) {
            return Err(sealed(table, ""));
        }
        self.check_whole_unsealed(schema, index, values)
    }

    /// Refuses to add to, take from or change a part of a record that is sealed.
    pub(super) fn check_whole_unsealed(&self, schema: &Schema, index: usize, values: &[Value]) -> Result<()> {
        let table = &schema.tables[index];
        let Ownership::Part(wholes) = &table.ownership else { return Ok(()) };
        if !schema.any_sealed || table.meta.outside {
            return Ok(());
        }
        for (field, whole) in wholes {
            let Some(Value::Integer(id)) = values.get(*field) else { continue };
            // What is not there is told of by the check of references.
            let Ok(of_whole) = self.stored_values(schema, *whole, *id) else { continue };
            if is_sealed(&schema.tables[*whole], &of_whole) {
                return Err(sealed(&schema.tables[*whole], &table.fields[*field].name));
            }
            self.check_whole_unsealed(schema, *whole, &of_whole)?;
        }
        Ok(())
    }

    /// A record replaces one that is sealed, and one that nothing else replaces.
    pub(super) fn check_replaces(&self, schema: &Schema, index: usize, id: i64, values: &[Value]) -> Result<()> {
        let table = &schema.tables[index];
        let Some(field) = table.position("replaces_id").filter(|field| table.sealed_by.is_some() && table.targets[*field] == Some(index)) else {
            return Ok(());
        };
        let Some(Value::Integer(former)) = values.get(field) else { return Ok(()) };
        if !is_sealed(table, &self.stored_values(schema, index, *former)?) {
            return Err(Error::invalid("replaces_id", format!("that {} is not sealed: change it instead", table.name)));
        }
        let sql = format!("select 1 from {} where replaces_id = ?1 and id <> ?2 limit 1", table.stored_name);
        if self.session().first(&sql, (*former, id), |_| Ok(()))?.is_some() {
            return Err(Error::conflict("replaces_id", format!("that {} was replaced already", table.name)));
        }
        Ok(())
    }
}

fn is_sealed(table: &Table, values: &[Value]) -> bool {
    table.sealed_by.and_then(|field| values.get(field)).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)))
}

fn sealed(table: &Table, field: &str) -> Error {
    let since = table.sealed_by.map(|field| table.fields[field].name.to_string()).unwrap_or_default();
    let reason = format!("this {} is sealed since `{since}` was set: what it says stays; a revision is a new one that replaces it", table.name);
    Error::sealed(field, reason)
}

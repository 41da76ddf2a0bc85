//! What a change set does to rows: checked, written, logged.

use super::change_set::ChangeSet;
use super::log::{self, Operation};
use super::sqlite::{Cell, Removal, share};
use super::state::Pending;
use super::unlogged::ids_of;
use crate::engine::chain::{Hash, Versions};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::meta::Shapes;
use crate::engine::store::schema::{Column, FIXED, Ownership, Schema, Table, quoted};
use crate::engine::text::nearest;
use crate::engine::value::Value;

impl ChangeSet {
    pub(super) fn note_written(&self, table: &Table) {
        if table.meta.shapes != Shapes::Nothing {
            self.state.borrow_mut().reshaped = true;
        }
    }

    /// Adds a row with these values of the stored fields.
    pub(crate) fn insert(&self, index: usize, values: &[Value]) -> Result<i64> {
        self.check_alive()?;
        let schema = self.schema.borrow().clone();
        let table = &schema.tables[index];
        self.check_references(&schema, table, values.iter().enumerate())?;
        self.check_about(&schema, index, values)?;
        if !self.access.unrestricted {
            self.check_write(&schema, index, values)?;
        }
        self.check_whole_unsealed(&schema, index, values)?;
        self.check_replaces(&schema, index, 0, values)?;
        let id = self.next_id(index, table)?;
        let session = self.session();
        let salt = if table.meta.operational { None } else { Some(self.next_salt()?) };
        let cells: Vec<_> = table.columns.iter().map(|column| stored(column, &values[column.field])).collect();
        let mut statement = session.prepare(&table.insert_sql)?;
        let bound = (|| {
            for (at, number) in [id, self.id, self.at, self.at].into_iter().enumerate() {
                statement.raw_bind_parameter(at + 1, number)?;
            }
            salt.map(|salt| statement.raw_bind_parameter(FIXED.len() + 1, salt)).transpose()?;
            let before = FIXED.len() + usize::from(salt.is_some());
            // Parameters left alone are null.
            for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| **cell != Cell::Null) {
                statement.raw_bind_parameter(before + at + 1, cell)?;
            }
            statement.raw_execute()
        })();
        bound.map_err(|error| session.error(error))?;
        self.note_written(table);
        let mut state = self.state.borrow_mut();
        state.next_ids[index] = Some(id + 1);
        let Some(salt) = salt else {
            state.unlogged = true;
            return Ok(id);
        };
        let digest = table.digest_of_new(&salt, (id, self.at), &cells).whole();
        match &mut state.pending {
            Some(pending) if pending.table == index && pending.last + 1 == id => {
                pending.last = id;
                pending.digests.push(digest);
            }
            _ => {
                drop(state);
                self.flush()?;
                let mut digests = Versions::default();
                digests.push(digest);
                self.state.borrow_mut().pending = Some(Pending { table: index, first: id, last: id, digests });
            }
        }
        Ok(id)
    }

    fn next_id(&self, index: usize, table: &Table) -> Result<i64> {
        if let Some(id) = self.state.borrow().next_ids[index] {
            return Ok(id);
        }
        // A removed record is still in the log, a load that was taken back in the versions, so no id is ever given twice.
        let living = self.session().number(&table.max_sql, [])?.unwrap_or(0);
        let former = self.session().number(&format!("select max(id) from {}", table.past_name), [])?.unwrap_or(0);
        let logged = self.session().number("select max(record_id) from main.change where entity = ?1", [table.name])?.unwrap_or(0);
        // Where versions were pruned, the log still has the loads.
        let ranges = "select max(last_id) from main.change where entity = ?1 and last_id > record_id";
        let loaded = if table.gone.is_some() { self.session().number(ranges, [table.name])?.unwrap_or(0) } else { 0 };
        let unlogged = if table.meta.operational { self.last_number(&ids_of(table), "")? } else { 0 };
        Ok(living.max(former).max(logged).max(loaded).max(unlogged) + 1)
    }

    /// Changes the fields that differ; returns whether any did.
    pub(crate) fn update(&self, index: usize, id: i64, old: &[Value], new: &[Value]) -> Result<bool> {
        let schema = self.schema.borrow().clone();
        let table = &schema.tables[index];
        let changed: Vec<usize> = (0..table.stored).filter(|field| old[*field] != new[*field]).collect();
        if changed.is_empty() {
            return Ok(false);
        }
        self.check_references(&schema, table, changed.iter().map(|field| (*field, &new[*field])))?;
        self.check_about(&schema, index, new)?;
        if !self.access.unrestricted {
            self.check_write(&schema, index, old)?;
            self.check_write(&schema, index, new)?;
        }
        self.check_unsealed(&schema, index, old, changed.iter().copied())?;
        if changed.iter().any(|field| table.fields[*field].part_of) {
            self.check_whole_unsealed(&schema, index, new)?;
        }
        self.check_replaces(&schema, index, id, new)?;
        let columns = table.columns.iter().filter(|column| changed.contains(&column.field));
        self.write_columns(table, id, columns.map(|column| (column.name.as_str(), stored(column, &new[column.field]))).collect())?;
        Ok(true)
    }

    /// Sets columns of a row, which is kept as it was; its revision and time move on.
    pub(crate) fn write_columns(&self, table: &Table, id: i64, mut columns: Vec<(&str, Cell<'_>)>) -> Result<()> {
        self.check_alive()?;
        let session = self.session();
        let first_time = self.keep_version(table, id)?;
        columns.push(("revision", Cell::Integer(self.id)));
        columns.push(("updated_at", Cell::Integer(self.at)));
        let set = columns.iter().enumerate().map(|(at, (name, _))| format!("{name} = ?{}", at + 2)).collect::<Vec<_>>().join(", ");
        let values: Vec<_> = std::iter::once(Cell::Integer(id)).chain(columns.into_iter().map(|(_, value)| value)).collect();
        if let Err(error) = session.execute(&format!("update {} set {set} where id = ?1", table.stored_name), values) {
            // What is as it was has no former version; where the storage ended the transaction, nothing of it is left anyway.
            if first_time && self.check_alive().is_ok() {
                session.execute(&format!("delete from {} where id = ?1 and ended_by = ?2", table.past_name), [id, self.id])?;
            }
            return Err(error);
        }
        self.note_written(table);
        self.note_version(table, id, first_time)
    }

    /// Keeps a row as it is, unless this change set has written it before: whether it is the first time. Once it is written,
    /// [`note_version`](Self::note_version) must be told.
    pub(super) fn keep_version(&self, table: &Table, id: i64) -> Result<bool> {
        let revision = self.session().number(&table.revision_sql, [id])?.ok_or_else(|| Error::no_such(table.name))?;
        if table.meta.operational {
            self.state.borrow_mut().unlogged = true;
            return Ok(false);
        }
        if revision == self.id {
            return Ok(false);
        }
        self.session().execute(&table.keep_sql, [id, self.id])?;
        Ok(true)
    }

    /// Removes a record and what is part of it. A record that others refer to stays, and the error says why.
    pub(crate) fn delete(&self, index: usize, id: i64) -> Result<()> {
        let schema = self.schema.borrow().clone();
        let table = &schema.tables[index];
        if !self.access.unrestricted || schema.any_sealed {
            let values = self.stored_values(&schema, index, id)?;
            if !self.access.unrestricted {
                self.check_write(&schema, index, &values)?;
            }
            self.check_removable(&schema, index, &values)?;
        }
        if let Some(Removal(refuse)) = self.crm.place().library.removals.get(table.name) {
            refuse(self.session(), &schema, id)?;
        }
        for referrer in &table.referrers {
            let other = &schema.tables[referrer.table];
            let field = &other.fields[referrer.field];
            let ids = self.session().all(&format!("select id from {} where {} = ?1", other.stored_name, field.column), [id], |row| row.get::<i64>(0))?;
            if ids.is_empty() {
                continue;
            }
            if !field.part_of {
                return Err(Error::conflict(table.name, format!("{} record(s) of `{}` still refer to it by `{}`", ids.len(), other.name, field.name)));
            }
            for part in ids {
                self.delete_part(&schema, referrer.table, part)?;
            }
        }
        for (other, part) in self.about(&schema, index, id)? {
            self.delete_part(&schema, other, part)?;
        }
        self.delete_row(&schema, index, id)
    }

    /// The records that are about a record: table and id.
    pub(super) fn about(&self, schema: &Schema, index: usize, id: i64) -> Result<Vec<(usize, i64)>> {
        let mut found = Vec::new();
        for (other, about) in schema.tables.iter().enumerate() {
            let Ownership::About { entity, record } = about.ownership else { continue };
            let sql = format!("select id from {} where {} = ?1 and {} = ?2", about.stored_name, about.fields[entity].column, about.fields[record].column);
            found.extend(self.session().all(&sql, (schema.tables[index].name, id), |row| Ok((other, row.get::<i64>(0)?)))?);
        }
        Ok(found)
    }

    /// Whether a record is there, whatever the acting user may see.
    pub(super) fn is_there(&self, schema: &Schema, index: usize, id: i64) -> Result<bool> {
        Ok(self.session().first(&schema.tables[index].raw_sql, [id], |_| Ok(()))?.is_some())
    }

    fn delete_part(&self, schema: &Schema, index: usize, id: i64) -> Result<()> {
        // A part may already be gone through another way.
        if self.is_there(schema, index, id)? { self.delete(index, id) } else { Ok(()) }
    }

    /// Removes one row and logs it.
    pub(crate) fn delete_row(&self, schema: &Schema, index: usize, id: i64) -> Result<()> {
        let table = &schema.tables[index];
        self.check_alive()?;
        if table.meta.operational {
            return self.delete_unlogged(index, table, id);
        }
        // Also of a row that this change set brought about: what was logged has been.
        if self.session().execute(&table.keep_sql, [id, self.id])? == 0 {
            return Err(Error::no_such(table.name));
        }
        self.session().execute(&table.delete_sql, [id])?;
        self.state.borrow_mut().known.remove(index, id);
        self.note_written(table);
        self.log(table, (id, id), Operation::Delete, None)
    }

    /// Removes the rows between two ids as one.
    pub(super) fn delete_rows(&self, schema: &Schema, index: usize, (first, last): (i64, i64)) -> Result<()> {
        let Table { stored_name, past_name, .. } = &schema.tables[index];
        self.check_alive()?;
        let kept = format!("insert into {past_name} select ?3, t.* from {stored_name} t where t.id between ?1 and ?2");
        self.session().execute(&kept, [first, last, self.id])?;
        self.session().execute(&format!("delete from {stored_name} where id between ?1 and ?2"), [first, last])?;
        self.state.borrow_mut().known.clear();
        self.note_written(&schema.tables[index]);
        self.log(&schema.tables[index], (first, last), Operation::Delete, None)
    }

    /// All columns that a table has, those of fields that are gone included, in their order.
    pub(super) fn columns_of(&self, table: &Table) -> Result<Vec<String>> {
        self.session().all("select name from pragma_table_info(?1, 'main') order by cid", [table.name], |row| row.get(0))
    }

    /// Brings rows back, under their old ids, that a change set removed.
    pub(crate) fn restore_rows(&self, schema: &Schema, index: usize, (first, last): (i64, i64), removed_in: i64) -> Result<()> {
        let table = &schema.tables[index];
        let Table { stored_name, past_name, .. } = table;
        self.check_alive()?;
        let columns: Vec<_> = self
            .columns_of(table)?
            .iter()
            .map(|column| match column.as_str() {
                "revision" => "?4".to_owned(),
                "updated_at" => "?5".to_owned(),
                other => format!("p.{}", quoted(other)),
            })
            .collect();
        // One record is found by its id: a set may have removed many.
        let ids = if first == last { "p.id = ?1 and p.id = ?2" } else { "p.id between ?1 and ?2" };
        // Of what the set changed and then removed, what it was before.
        let sql = format!(
            "insert into {stored_name} select {} from {past_name} p where {ids} and p.ended_by = ?3 \
             and not exists (select 1 from {past_name} n where n.id = p.id and n.ended_by = p.ended_by and n.revision < p.revision)",
            columns.join(", ")
        );
        let restored = self.session().execute(&sql, [first, last, removed_in, self.id, self.at])?;
        if restored as i64 != last - first + 1 {
            return Err(Error::conflict(table.name, "what it was when it was removed is gone"));
        }
        self.note_written(table);
        let digest = self.digest_of_rows(table, (first, last))?;
        self.log(table, (first, last), Operation::Restore, digest)
    }

    /// The stored values of a row, whatever the reader's rights.
    pub(crate) fn stored_values(&self, schema: &Schema, index: usize, id: i64) -> Result<Vec<Value>> {
        let table = &schema.tables[index];
        let row = log::stored_row(self.session(), schema, index, id)?.ok_or_else(|| Error::no_such(table.name))?;
        log::decode(table, &row).map(|named| {
            let mut values = vec![Value::Null; table.stored];
            for (field, value) in named {
                values[field] = value;
            }
            values
        })
    }

    pub(crate) fn check_write(&self, schema: &Schema, index: usize, values: &[Value]) -> Result<()> {
        // What the library keeps follows from what the user was allowed to write.
        if self.is_keeping() && schema.tables[index].meta.kept {
            return Ok(());
        }
        if self.access.may_write(self.session(), schema, index, values)? {
            return Ok(());
        }
        let name = schema.tables[index].name;
        Err(Error::denied(name, format!("you may not write this {name}")))
    }

    /// Refuses what the acting user gave for fields that are hidden from him. Rules may fill such fields afterwards.
    pub(crate) fn check_hidden(&self, schema: &Schema, index: usize, given: impl Iterator<Item = usize>) -> Result<()> {
        given.into_iter().try_for_each(|field| self.access.check_field(schema, index, field))
    }

    /// Refuses references and what a record is about where the acting user may not see them. What is given is looked at before rules
    /// and uniqueness speak, so that these tell nothing of what is hidden.
    pub(crate) fn check_given<'v>(&self, schema: &Schema, index: usize, given: impl Iterator<Item = (usize, &'v Value)>, all: &[Value]) -> Result<()> {
        let table = &schema.tables[index];
        self.check_references(schema, table, given.filter(|(field, _)| !table.fields[*field].computed))?;
        self.check_about(schema, index, all)
    }

    fn check_references<'v>(&self, schema: &Schema, table: &Table, values: impl Iterator<Item = (usize, &'v Value)>) -> Result<()> {
        for (index, value) in values {
            let field = &table.fields[index];
            match (&field.field_type, value) {
                (FieldType::Reference(_), Value::Integer(id)) => {
                    if let Some(target) = table.targets[index] {
                        self.check_target(schema, &field.name, target, *id)?;
                    }
                }
                (FieldType::Item(_) | FieldType::Items(_), _) if !schema.any_closed => {}
                (FieldType::Item(name), Value::Text(item)) => check_item(schema, &field.name, name, item)?,
                (FieldType::Items(name), Value::Items(items)) => items.iter().try_for_each(|item| check_item(schema, &field.name, name, item))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What a record is about must be there, and must be something it may be about.
    fn check_about(&self, schema: &Schema, index: usize, values: &[Value]) -> Result<()> {
        let Ownership::About { entity, record } = schema.tables[index].ownership else { return Ok(()) };
        let (Some(Value::Text(target)), Some(Value::Integer(id))) = (values.get(entity), values.get(record)) else { return Ok(()) };
        let other = schema.index(target)?;
        if !schema.tables[index].may_be_about(&schema.tables[other]) {
            return Err(Error::invalid("entity", format!("a {} cannot be about a {target}", schema.tables[index].name)));
        }
        self.check_reference(schema, "record_id", target, *id)
    }

    /// Refuses a reference to a record that is not there or that the acting user may not see.
    pub(crate) fn check_reference(&self, schema: &Schema, field: &str, target: &str, id: i64) -> Result<()> {
        self.check_target(schema, field, schema.index(target)?, id)
    }

    fn check_target(&self, schema: &Schema, field: &str, index: usize, id: i64) -> Result<()> {
        if self.state.borrow().known.has(index, id) {
            return Ok(());
        }
        if self.session().first(&schema.tables[index].exists_sql, [id], |_| Ok(()))?.is_none() {
            let target = schema.tables[index].name;
            return Err(Error::invalid(field, format!("no such {target}, or none you may see")));
        }
        self.state.borrow_mut().known.add(index, id);
        Ok(())
    }

    /// Logs what is pending.
    pub(crate) fn flush(&self) -> Result<()> {
        let pending = self.state.borrow_mut().pending.take();
        let Some(Pending { table, first, last, digests }) = pending else { return Ok(()) };
        let schema = self.schema.borrow().clone();
        self.append(&schema.tables[table], (first, last), Operation::Insert, digests.finish())
    }

    pub(super) fn log(&self, table: &Table, ids: (i64, i64), operation: Operation, digest: Option<Hash>) -> Result<()> {
        self.flush()?;
        self.append(table, ids, operation, digest)
    }

    fn append(&self, table: &Table, (first, last): (i64, i64), operation: Operation, digest: Option<Hash>) -> Result<()> {
        self.check_alive()?;
        let mut state = self.state.borrow_mut();
        let id = state.next_change;
        self.session().execute(
            "insert into main.change (id, change_set_id, entity, record_id, last_id, operation, digest) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (id, self.id, table.name, first, last, operation.as_str(), digest),
        )?;
        state.chain.entry(table.name, (first, last), operation.as_str(), digest);
        state.next_change += 1;
        Ok(())
    }
}

/// A column's share of a value, with the words that records hold.
fn stored<'v>(column: &Column, value: &'v Value) -> Cell<'v> {
    match &column.words {
        Some(words) => share(&words.stored_value(value), column.part).into_owned(),
        None => share(value, column.part),
    }
}

fn check_item(schema: &Schema, field: &str, dictionary: &str, item: &str) -> Result<()> {
    match schema.dictionaries.get(dictionary) {
        Some(known) if known.closed && !known.items.contains(item) => {
            let hint = nearest(item, known.items.iter().map(String::as_str)).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            Err(Error::invalid(field, format!("not in the dictionary `{dictionary}`{hint}")))
        }
        _ => Ok(()),
    }
}

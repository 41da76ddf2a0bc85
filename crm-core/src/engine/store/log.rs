//! The log of changes: reverse differences, from which any earlier state follows.
//!
//! An insert logs no values (a bulk load is one entry for its whole range of ids), an update the former values
//! of the columns it changed, a delete the former row. Columns are named as in the table; values are JSON.

use super::sqlite::{Cell, Params, Session, read_value};
use crate::engine::declare::choice;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::{FIXED, Part, Schema, Table};
use crate::engine::value::Value;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

choice! {
    /// What a change did to a record.
    pub enum Operation as for_operation {
        /// The record was added.
        Insert = "insert",
        /// Some of its fields changed.
        Update = "update",
        /// The record was removed.
        Delete = "delete",
        /// A removed record came back under its old id.
        Restore = "restore",
    }
}

/// A stored row, or part of one: column names and contents.
pub(crate) type Columns = Map<String, Json>;

/// One entry of the log.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: i64,
    pub change_set: i64,
    pub table: usize,
    pub record: i64,
    /// Greater than `record` for a bulk insert.
    pub last: i64,
    pub operation: Operation,
    pub before: Option<Columns>,
}

/// A condition under which entries are read: SQL after `where`, in the order given after it.
const ENTRY: &str = "select id, change_set_id, entity, record_id, last_id, operation, before from main.change where ";

/// Hands the entries that satisfy a condition to `visit`.
pub(crate) fn each_entry(session: &Session, schema: &Schema, condition: &str, params: impl Params, mut visit: impl FnMut(Entry) -> Result<()>) -> Result<()> {
    session.each(&format!("{ENTRY}{condition}"), params, |row| {
        let text = |at: usize| row.text(at)?.ok_or_else(|| Error::corrupt("change", "the log holds a value of a wrong kind"));
        let number = |at: usize| row.get::<i64>(at);
        let damaged = |_| Error::corrupt("change", "the log holds damaged values");
        let mut before: Option<Columns> = row.text(6)?.map(serde_json::from_str).transpose().map_err(damaged)?;
        let table = schema.index(text(2)?)?;
        if let (Some(before), Some(former)) = (&mut before, schema.tables[table].meta.former) {
            former(before);
        }
        visit(Entry { id: number(0)?, change_set: number(1)?, table, record: number(3)?, last: number(4)?, operation: text(5)?.parse()?, before })
    })
}

/// The entries that satisfy a condition.
pub(crate) fn entries(session: &Session, schema: &Schema, condition: &str, params: impl Params) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    each_entry(session, schema, condition, params, |entry| {
        found.push(entry);
        Ok(())
    })?;
    Ok(found)
}

/// The entries about one record after a change set, newest first. Bulk inserts are found by their range.
pub(crate) fn entries_of(session: &Session, schema: &Schema, table: usize, record: i64, after: i64) -> Result<Vec<Entry>> {
    let name = schema.tables[table].name;
    let mut found = entries(session, schema, "entity = ?1 and record_id = ?2 and change_set_id > ?3 order by id desc", (name, record, after))?;
    // Only the range with the greatest start can hold the record, since ranges of one entity never overlap.
    let range = entries(session, schema, "entity = ?1 and record_id < ?2 and last_id > record_id order by record_id desc limit 1", (name, record))?;
    found.extend(range.into_iter().filter(|range| range.last >= record && range.change_set > after));
    Ok(found)
}

pub(crate) fn to_json(cell: Cell<'_>) -> Result<Json> {
    Ok(match cell {
        Cell::Null => Json::Null,
        Cell::Integer(number) => number.into(),
        Cell::Real(number) => number.into(),
        Cell::Text(text) => text.into_owned().into(),
        Cell::Blob(_) => return Err(Error::corrupt("", "a column holds a value of a wrong kind")),
    })
}

pub(crate) fn from_json(json: &Json) -> Cell<'_> {
    match json {
        Json::Null => Cell::Null,
        Json::Bool(yes) => Cell::Integer((*yes).into()),
        Json::Number(number) => number.as_i64().map_or_else(|| Cell::Real(number.as_f64().unwrap_or_default()), Cell::Integer),
        Json::String(text) => Cell::Text(text.as_str().into()),
        other => Cell::Text(other.to_string().into()),
    }
}

/// The fields that a stored row, or part of one, gives values for: by index, then value.
pub(crate) fn decode(table: &Table, columns: &Columns) -> Result<Vec<(usize, Value)>> {
    let mut values = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let (Part::Whole, Some(json)) = (column.part, columns.get(&column.name)) else { continue };
        let field_type = &table.fields[column.field].field_type;
        let second = match (field_type, table.columns.get(at + 1)) {
            (FieldType::Money, Some(currency)) => columns.get(&currency.name).map(from_json),
            _ => None,
        };
        let second = || second.ok_or_else(|| Error::corrupt("change", "the log holds an amount without its currency"));
        let value = read_value(field_type, from_json(json), second)?;
        values.push((
            column.field,
            match &column.words {
                Some(words) => words.shown_value(&value),
                None => value,
            },
        ));
    }
    Ok(values)
}

/// The row as it is stored now, fixed columns except the id included.
pub(crate) fn stored_row(session: &Session, schema: &Schema, table: usize, id: i64) -> Result<Option<Columns>> {
    let table = &schema.tables[table];
    session.first(&table.raw_sql, [id], |row| {
        let names = FIXED.iter().map(|(name, _)| *name).chain(table.columns.iter().map(|column| column.name.as_str()));
        let mut columns = Columns::new();
        for (at, name) in names.enumerate().skip(1) {
            columns.insert(name.to_owned(), to_json(row.cell(at)?)?);
        }
        Ok(columns)
    })
}

/// What a record was before some of its newest changes.
#[derive(Debug, Default)]
pub(crate) enum Former {
    /// As it is now, but for these columns.
    Patched(Columns),
    /// This whole row.
    Whole(Columns),
    /// Not there.
    Absent,
    /// As it is now.
    #[default]
    Same,
}

impl Former {
    /// Steps back over one more (older) change.
    pub fn step_back(&mut self, operation: Operation, before: Option<Columns>) {
        let before = before.unwrap_or_default();
        match (operation, &mut *self) {
            (Operation::Insert | Operation::Restore, _) => *self = Self::Absent,
            (Operation::Delete, _) => *self = Self::Whole(before),
            (Operation::Update, Self::Patched(columns) | Self::Whole(columns)) => columns.extend(before),
            (Operation::Update, _) => *self = Self::Patched(before),
        }
    }

    /// The former row, given the present one.
    pub fn apply(self, now: Option<Columns>) -> Option<Columns> {
        match self {
            Self::Same => now,
            Self::Absent => None,
            Self::Whole(row) => Some(row),
            Self::Patched(columns) => now.map(|mut row| {
                row.extend(columns);
                row
            }),
        }
    }
}

/// The chain that makes the log tamper-evident: SHA-256 over the former hash and everything the change set says.
#[derive(Clone)]
pub(crate) struct Chain(Sha256);

impl Chain {
    pub fn new(former: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(former);
        Self(hash)
    }

    pub fn entry(&mut self, entity: &str, record: i64, last: i64, operation: &str, before: Option<&str>) {
        self.text(entity);
        self.0.update(record.to_le_bytes());
        self.0.update(last.to_le_bytes());
        self.text(operation);
        self.text(before.unwrap_or_default());
    }

    pub fn finish(mut self, id: i64, at: i64, actor: Option<i64>, label: Option<&str>, undoes: Option<i64>) -> [u8; 32] {
        for number in [id, at, actor.unwrap_or_default(), undoes.unwrap_or_default()] {
            self.0.update(number.to_le_bytes());
        }
        self.text(label.unwrap_or_default());
        self.0.finalize().into()
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }
}

/// The generation of what changes seldom, which moves on with every change of it.
pub(crate) fn generation(session: &Session) -> Result<i64> {
    session.number("select generation from main.crm_meta", [])?.ok_or_else(|| Error::corrupt("crm_meta", "the file's own row is missing"))
}

/// Moves the generation on.
pub(super) fn next_generation(session: &Session) -> Result<()> {
    session.execute("update main.crm_meta set generation = generation + 1", []).map(drop)
}

/// The newest change set; 0 when there is none.
pub(crate) fn newest(session: &Session) -> Result<i64> {
    Ok(session.number("select max(id) from main.change_set", [])?.unwrap_or(0))
}

/// The position in the feed of a change set's first entry.
pub(crate) fn first_change(session: &Session, change_set: i64) -> Result<Option<i64>> {
    session.number("select first_change from main.change_set where id = ?1", [change_set])
}

/// The positions in the feed between which the entries of a change set stand: the first, and the first of the next one.
pub(super) fn entries_in(session: &Session, change_set: i64) -> Result<(i64, i64)> {
    let first = first_change(session, change_set)?.ok_or_else(|| Error::no_such("change_set"))?;
    Ok((first, first_change(session, change_set.saturating_add(1))?.unwrap_or(i64::MAX)))
}

/// The id of the last change set made not after a moment (0 when there is none). Moments never go backwards
/// from one change set to the next, so this is a binary search over the ids.
pub(crate) fn change_set_at(session: &Session, moment: i64) -> Result<i64> {
    let newest = newest(session)?;
    let (mut low, mut high) = (0, newest);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let at = session.number("select at from main.change_set where id = ?1", [middle])?;
        if at.is_some_and(|at| at <= moment) { low = middle } else { high = middle - 1 }
    }
    Ok(low)
}

/// Builds the overlay of a past moment in a session whose views are those of the past.
pub(crate) fn overlay(session: &Session, schema: &Schema, shown: i64) -> Result<()> {
    let newest = newest(session)?;
    if session.installed.borrow().overlay == Some((shown, newest)) {
        return Ok(());
    }
    session.installed.borrow_mut().overlay = None;
    let first = first_change(session, shown + 1)?.unwrap_or(i64::MAX);
    let mut formers: Vec<HashMap<i64, Former>> = schema.tables.iter().map(|_| HashMap::new()).collect();
    // Ids are given in order and never reused: whatever was inserted since the moment is above this.
    let mut youngest = vec![i64::MAX; schema.tables.len()];
    each_entry(session, schema, "id >= ?1 order by id desc", [first], |entry| {
        if entry.operation == Operation::Insert {
            youngest[entry.table] = youngest[entry.table].min(entry.record - 1);
        } else {
            formers[entry.table].entry(entry.record).or_default().step_back(entry.operation, entry.before);
        }
        Ok(())
    })?;
    session.execute("delete from temp.scope_past", [])?;
    for (index, table) in schema.tables.iter().enumerate() {
        let name = table.name;
        session.execute("insert into temp.scope_past (entity, last_id) values (?1, ?2)", (name, youngest[index]))?;
        session.execute(&format!("delete from temp.{name}__then"), [])?;
        session.execute(&format!("delete from temp.{name}__changed"), [])?;
        for (id, former) in formers[index].drain().filter(|(id, _)| *id <= youngest[index]) {
            session.execute(&format!("insert into temp.{name}__changed (id) values (?1)"), [id])?;
            let now = if matches!(former, Former::Patched(_)) { stored_row(session, schema, index, id)? } else { None };
            if let Some(mut row) = former.apply(now) {
                // The log may speak of custom fields that are gone.
                row.retain(|name, _| is_column(table, name));
                insert_row(session, &format!("temp.{name}__then"), id, &row)?;
            }
        }
    }
    session.installed.borrow_mut().overlay = Some((shown, newest));
    Ok(())
}

fn is_column(table: &Table, name: &str) -> bool {
    FIXED.iter().any(|(fixed, _)| *fixed == name) || table.columns.iter().any(|column| column.name == name)
}

/// Inserts a row given by column names.
pub(crate) fn insert_row(session: &Session, into: &str, id: i64, row: &Columns) -> Result<()> {
    let names: Vec<_> = row.keys().map(String::as_str).collect();
    let places: Vec<_> = (2..=names.len() + 1).map(|n| format!("?{n}")).collect();
    let sql = format!("insert into {into} (id, {}) values (?1, {})", names.join(", "), places.join(", "));
    let values: Vec<_> = std::iter::once(Cell::Integer(id)).chain(row.values().map(from_json)).collect();
    session.execute(&sql, values).map(drop)
}

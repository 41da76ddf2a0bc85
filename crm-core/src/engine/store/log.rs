//! The log of changes: what each change set did to which records. What they were before stands in the tables of former versions (`versions`).
//!
//! A bulk load is one entry for its whole range of ids, and so is taking one back.

use super::sqlite::{Cell, Params, Session, read_value};
use crate::engine::declare::choice;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::{FIXED, Part, Schema, Table};
use crate::engine::value::Value;
use serde_json::{Map, Value as Json};

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
        /// What it told of a person was erased from all its versions; where it is still there, an update of the same change set emptied it.
        Erase = "erase",
    }
}

impl Operation {
    /// Whether versions ended with it.
    pub(super) fn ends(self) -> bool {
        matches!(self, Self::Update | Self::Delete)
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
    /// Greater than `record` for a load, or for taking one back.
    pub last: i64,
    pub operation: Operation,
}

/// A condition under which entries are read: SQL after `where`, in the order given after it.
const ENTRY: &str = "select id, change_set_id, entity, record_id, last_id, operation from main.change where ";

/// Hands the entries that satisfy a condition to `visit`.
pub(crate) fn each_entry(session: &Session, schema: &Schema, condition: &str, params: impl Params, mut visit: impl FnMut(Entry) -> Result<()>) -> Result<()> {
    session.each(&format!("{ENTRY}{condition}"), params, |row| {
        let text = |at: usize| row.text(at)?.ok_or_else(|| Error::corrupt("change", "the log holds a value of a wrong kind"));
        let number = |at: usize| row.get::<i64>(at);
        let table = schema.index(text(2)?)?;
        visit(Entry { id: number(0)?, change_set: number(1)?, table, record: number(3)?, last: number(4)?, operation: text(5)?.parse()? })
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

/// The least moment of any change set; none where there is no set.
pub(crate) fn earliest(session: &Session) -> Result<Option<i64>> {
    session.number("select min(since) from main.change_set", [])
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

/// The greatest change set whose own moment is not later than a moment (0 when there is none). Moments may go back where a clock was put
/// back: `since` is the least moment of a set and those after it, which grows with the ids.
pub(crate) fn change_set_at(session: &Session, moment: i64) -> Result<i64> {
    Ok(session.number("select id from main.change_set where since <= ?1 order by since desc, id desc limit 1", [moment])?.unwrap_or(0))
}

//! Former versions of records: a row of its own for each, with the change set that ended it.

use super::log::{Columns, Entry, Operation, stored_row, to_json};
use super::sqlite::{Params, ResultRow, Session};
use crate::engine::error::Result;
use crate::engine::store::schema::{FIXED, Schema, Table};
use serde_json::Value as Json;

/// A record as it was, or is.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// The change set that brought it about.
    pub revision: i64,
    /// The change set that ended it; `None` for what is there now. A record that was added and removed by one set has the same in both.
    pub ended_by: Option<i64>,
    /// The row without its id.
    pub row: Columns,
}

impl Version {
    fn present(row: Columns) -> Self {
        Self { revision: revision(&row), ended_by: None, row }
    }
}

fn revision(row: &Columns) -> i64 {
    row.get("revision").and_then(Json::as_i64).unwrap_or_default()
}

fn names(table: &Table) -> impl Iterator<Item = &str> {
    FIXED.iter().skip(1).map(|(name, _)| *name).chain(table.columns.iter().map(|column| column.name.as_str()))
}

fn former(session: &Session, table: &Table, condition: &str, params: impl Params) -> Result<Vec<Version>> {
    let list = names(table).collect::<Vec<_>>().join(", ");
    let sql = format!("select ended_by, {list} from {} where {condition}", table.past_name);
    session.all(&sql, params, |row: &ResultRow<'_>| {
        let mut columns = Columns::new();
        for (at, name) in names(table).enumerate() {
            columns.insert(name.to_owned(), to_json(row.cell(at + 1)?)?);
        }
        Ok(Version { revision: revision(&columns), ended_by: Some(row.get(0)?), row: columns })
    })
}

/// Every version of a record, the oldest first, what is there now last.
pub(crate) fn versions(session: &Session, schema: &Schema, table: usize, id: i64) -> Result<Vec<Version>> {
    let mut all = former(session, &schema.tables[table], "id = ?1 order by ended_by, revision", [id])?;
    all.extend(stored_row(session, schema, table, id)?.map(Version::present));
    Ok(all)
}

/// What a record was before a change set, and after it.
pub(crate) fn around(session: &Session, schema: &Schema, table: usize, id: i64, change_set: i64) -> Result<(Option<Version>, Option<Version>)> {
    let of = &schema.tables[table];
    let before = former(session, of, "id = ?1 and ended_by = ?2 and revision < ?2", [id, change_set])?.pop();
    let now = stored_row(session, schema, table, id)?.map(Version::present).filter(|now| now.revision == change_set);
    let after = match now {
        Some(now) => Some(now),
        None => former(session, of, "id = ?1 and ended_by > ?2 and revision = ?2 order by ended_by limit 1", [id, change_set])?.pop(),
    };
    Ok((before, after))
}

/// The last version of a record that a change set ended: what it was when it was changed or removed.
pub(crate) fn ended(session: &Session, schema: &Schema, entry: &Entry, id: i64) -> Result<Option<Columns>> {
    let of = &schema.tables[entry.table];
    let which = match entry.operation {
        Operation::Update => "id = ?1 and ended_by = ?2 and revision < ?2",
        Operation::Delete => "id = ?1 and ended_by = ?2 order by revision desc limit 1",
        Operation::Insert | Operation::Restore | Operation::Erase => return Ok(None),
    };
    Ok(former(session, of, which, [id, entry.change_set])?.pop().map(|version| version.row))
}

/// The fields, by their places, in which two rows differ; revision and times do not count.
pub(crate) fn differing(table: &Table, one: &Columns, other: &Columns) -> Vec<usize> {
    let null = Json::Null;
    let differs = |name: &str| one.get(name).unwrap_or(&null) != other.get(name).unwrap_or(&null);
    let mut fields: Vec<usize> = table.columns.iter().filter(|column| differs(&column.name)).map(|column| column.field).collect();
    fields.dedup();
    fields
}

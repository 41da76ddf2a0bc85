//! Digests of former versions, which the log's chain is over.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result, Row};
use sha2::{Digest, Sha256};

/// What a change set did to records of one table: the ids between which they are, and whether it removed them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    pub first: i64,
    pub last: i64,
    pub change_set: i64,
    pub removed: bool,
}

/// The digest of the versions that a change set ended, in the order of their ids; `None` when there are none. `past` is the table of versions.
pub(in crate::engine::store) fn digest(conn: &Connection, past: &str, ended: Ended) -> Result<Option<[u8; 32]>> {
    // A record that the set changed and then removed has two: what it was before, and what it was when it went.
    let which = if ended.removed { "" } else { "and revision < ?3 " };
    // One record is found by its id: a set may have ended the versions of many.
    let ids = if ended.first == ended.last { "id = ?1 and id = ?2" } else { "id between ?1 and ?2" };
    let sql = format!("select * from {past} where {ids} and ended_by = ?3 {which}order by id, revision desc");
    let mut statement = conn.prepare_cached(&sql)?;
    // Columns added later are empty in older versions, and so change no digest.
    let mut columns: Vec<(String, usize)> = statement.column_names().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    columns.retain(|(name, _)| name != "ended_by");
    let id = columns.iter().find(|(name, _)| name == "id").map_or(0, |(_, at)| *at);
    columns.sort();
    let mut rows = statement.query((ended.first, ended.last, ended.change_set))?;
    let (mut hash, mut last) = (Sha256::new(), None);
    while let Some(row) = rows.next()? {
        let record: i64 = row.get(id)?;
        if last != Some(record) {
            feed(&mut hash, &columns, row)?;
            last = Some(record);
        }
    }
    Ok(last.map(|_| hash.finalize().into()))
}

fn feed(hash: &mut Sha256, columns: &[(String, usize)], row: &Row<'_>) -> Result<()> {
    for (name, at) in columns {
        let (kind, number, bytes): (u8, _, &[u8]) = match row.get_ref(*at)? {
            ValueRef::Null => continue,
            ValueRef::Integer(number) => (1, number.to_le_bytes(), &[]),
            ValueRef::Real(number) => (2, number.to_le_bytes(), &[]),
            ValueRef::Text(text) => (3, text.len().to_le_bytes(), text),
            ValueRef::Blob(bytes) => (4, bytes.len().to_le_bytes(), bytes),
        };
        hash.update(name.len().to_le_bytes());
        hash.update(name);
        hash.update([kind]);
        hash.update(number);
        hash.update(bytes);
    }
    // Where one version ends and the next begins.
    hash.update([0]);
    Ok(())
}

//! The tables of former versions: one beside the table of every entity, with the same columns in the same order behind `ended_by`, the
//! change set that ended the version. Nothing in them is unique and nothing refers out of them: what they tell of may be gone.

use crate::engine::meta::Meta;
use crate::engine::store::schema::{past, quoted};
use rusqlite::{Connection, Result};
use std::fmt::Write;

/// Makes the tables that are missing, and gives the others the columns that theirs have got.
pub(super) fn make(conn: &Connection, entities: &[&'static Meta]) -> Result<()> {
    let mut sql = String::new();
    for meta in entities {
        let columns = columns(conn, meta.name)?;
        let known = self::columns(conn, &past(meta.name))?;
        let table = quoted(&past(meta.name));
        if known.is_empty() {
            let list: Vec<_> = columns.iter().map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
            let _ = write!(sql, "create table {table} (ended_by integer not null, {}) strict;", list.join(", "));
        } else {
            for (name, kind) in columns.iter().filter(|(name, _)| !known.iter().any(|(known, _)| known == name)) {
                let _ = write!(sql, "alter table {table} add column {} {kind};", quoted(name));
            }
        }
        for (name, on) in indexes(conn, meta)? {
            let _ = write!(sql, "create index if not exists {} on {table} ({on});", quoted(&format!("{}_{name}", past(meta.name))));
        }
    }
    conn.execute_batch(&sql)
}

/// The indexes of a table of versions: their names' endings, and what they are on.
fn indexes(conn: &Connection, meta: &Meta) -> Result<Vec<(String, String)>> {
    let mut indexes = vec![("id".to_owned(), "id, ended_by".to_owned()), ("ended_by".to_owned(), "ended_by".to_owned())];
    let mut references: Vec<String> = conn
        .prepare("select distinct \"from\" from pragma_foreign_key_list(?1) order by 1")?
        .query_map([meta.name], |row| row.get(0))?
        .collect::<Result<_>>()?;
    if meta.field("entity").is_some() {
        references.extend(meta.field("record_id").map(|field| field.column.to_string()));
    }
    indexes.extend(references.into_iter().map(|column| (column.clone(), format!("{}, ended_by", quoted(&column)))));
    Ok(indexes)
}

/// The columns of a table with their types, as they stand in it; none when there is no such table.
pub(super) fn columns(conn: &Connection, table: &str) -> Result<Vec<(String, String)>> {
    conn.prepare("select name, type from pragma_table_info(?1) where name <> 'ended_by' order by cid")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

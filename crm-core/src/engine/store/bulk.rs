//! Loading much at once: indexes built after the rows.

use super::change_set::ChangeSet;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::quoted;

/// From how many expected rows on it pays to build an empty table's indexes afterwards.
const WORTHWHILE: usize = 5_000;

/// Runs a load into a table; if the table is empty and many rows are coming, its indexes are dropped first and
/// built after the rows, within the same transaction. Unique indexes stay, since they guard, and so do those of an
/// entity of which one record is the primary one.
pub(crate) fn without_indexes(change: &ChangeSet, table: &str, expected: usize, load: impl FnOnce() -> Result<()>) -> Result<()> {
    let session = change.session();
    let empty = || Ok::<_, Error>(session.first(&format!("select 1 from main.{} limit 1", quoted(table)), [], |_| Ok(()))?.is_none());
    if expected < WORTHWHILE || change.schema().table(table)?.meta.looks_at_siblings() || !empty()? {
        return load();
    }
    let sql = "select name, sql from main.sqlite_schema where type = 'index' and tbl_name = ?1 and sql is not null and sql not like 'create unique%'";
    let indexes = session.all(sql, [table], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
    for (name, _) in &indexes {
        session.batch(&format!("drop index main.{}", quoted(name)))?;
    }
    load()?;
    for (_, sql) in &indexes {
        // The lens shadows the table's bare name, so the index must say where it belongs.
        let sql = sql.replacen("CREATE INDEX ", "CREATE INDEX main.", 1);
        session.batch(&sql)?;
    }
    Ok(())
}

//! Loading much at once: indexes built after the rows, and upsert by external key.

use super::ChangeSet;
use super::types::storage;
use crate::Result;
use crate::registry::Named;

/// From how many expected rows on it pays to build an empty table's indexes afterwards.
const WORTHWHILE: usize = 5_000;

/// Runs a load into a table; if the table is empty and many rows are coming, its indexes are dropped first and
/// built after the rows, within the same transaction. Unique indexes stay, since they guard, and so do those of an
/// entity whose rules look at its other records.
pub(crate) fn without_indexes(change: &ChangeSet, table: &str, expected: usize, load: impl FnOnce() -> Result<()>) -> Result<()> {
    let session = change.session();
    let empty = || Ok::<_, crate::Error>(session.first(&format!("select 1 from main.{table} limit 1"), [], |_| Ok(()))?.is_none());
    if expected < WORTHWHILE || change.schema().table(table)?.kind.siblings || !empty()? {
        return load();
    }
    let sql = "select name, sql from main.sqlite_schema where type = 'index' and tbl_name = ?1 and sql is not null and sql not like 'create unique%'";
    let indexes = session.all(sql, [table], |row| Ok((row.get::<_, String>(0).map_err(storage)?, row.get::<_, String>(1).map_err(storage)?)))?;
    for (name, _) in &indexes {
        session.conn.execute_batch(&format!("drop index main.{name}")).map_err(storage)?;
    }
    load()?;
    for (_, sql) in &indexes {
        // The lens shadows the table's bare name, so the index must say where it belongs.
        let sql = sql.replacen("CREATE INDEX ", "CREATE INDEX main.", 1);
        session.conn.execute_batch(&sql).map_err(|error| session.error(error))?;
    }
    Ok(())
}

/// Adds or changes the record that another system knows by a key; says whether it was added.
pub(crate) fn upsert(change: &ChangeSet, entity: &str, system: &str, key: &str, named: Named) -> Result<(i64, bool)> {
    let schema = change.schema();
    let table = schema.table(entity)?;
    let sql = "select record_id from main.external_ref where system = ?1 and key = ?2 and entity = ?3";
    if let Some(id) = change.session().number(sql, (system, key, entity))? {
        (table.kind.set)(change, id, named, None)?;
        return Ok((id, false));
    }
    let id = (table.kind.add)(change, named)?;
    let reference = crate::ExternalRefFields { entity: entity.into(), record_id: id, system: system.into(), key: key.into(), ..Default::default() };
    change.external_refs().insert(reference)?;
    Ok((id, true))
}

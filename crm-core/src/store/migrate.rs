//! The file's schema, step by step. The version of a file is the number of steps it has been through.

use super::types::storage;
use crate::{Error, Result};
use rusqlite::{Connection, TransactionBehavior};

/// Marks our files (`PRAGMA application_id`): "CRM1".
pub(crate) const APPLICATION_ID: i64 = 0x4352_4D31;

/// Every step, in order. A step that has been released is never changed; a new one is added.
pub(crate) const STEPS: &[&str] = &[include_str!("../../sql/0001_spine.sql")];

/// Brings a file up to date, all steps in one transaction.
pub(crate) fn migrate(conn: &mut Connection) -> Result<()> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
    // Another process may have been faster; the lock makes this the truth.
    let version = pragma(&transaction, "user_version")?;
    for step in STEPS.iter().skip(usize::try_from(version).unwrap_or(usize::MAX)) {
        transaction.execute_batch(step).map_err(storage)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(storage)?;
    transaction.pragma_update(None, "user_version", STEPS.len() as i64).map_err(storage)?;
    transaction.commit().map_err(storage)?;
    log::info!(target: "crm", "brought the file from schema {version} to {}", STEPS.len());
    Ok(())
}

/// Refuses files that are not ours or newer; says whether steps are missing.
pub(crate) fn check(conn: &Connection) -> Result<bool> {
    // One look at everything: another process may be making the file at this moment.
    let conn = conn.unchecked_transaction().map_err(storage)?;
    let (application, version) = (pragma(&conn, "application_id")?, pragma(&conn, "user_version")?);
    let tables: i64 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)).map_err(storage)?;
    if application != APPLICATION_ID && (tables > 0 || application != 0) {
        return Err(Error::NotACrmFile { field: String::new(), reason: "the file is a database of another program; it was not touched".into() });
    }
    let newest = STEPS.len() as i64;
    if version > newest {
        return Err(Error::NewerFile {
            field: String::new(),
            reason: format!("the file has schema {version}, this version knows {newest}: use a newer version of the library"),
        });
    }
    Ok(version < newest)
}

fn pragma(conn: &Connection, name: &str) -> Result<i64> {
    conn.pragma_query_value(None, name, |row| row.get(0)).map_err(storage)
}

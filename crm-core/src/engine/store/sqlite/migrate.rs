//! The file's tables, step by step. Each area has steps of its own; how many of them a file has been through stands in `area_step`.

use super::carry_over::carry_over;
use super::error::storage;
use super::library::{Library, Steps};
use super::past;
use super::rechain::{add_salts, rechain};
use crate::engine::error::{Error, Result};
use rusqlite::{Connection, TransactionBehavior};
use std::collections::HashMap;

/// Marks our files (`PRAGMA application_id`): "CRM1".
const APPLICATION_ID: i64 = 0x4352_4D31;
/// How a file is kept (`PRAGMA user_version`). The first format counted steps of the whole file and has one, the second kept the past as differences, the chain of the
/// third was over former versions alone.
const FORMAT: i64 = 4;
/// The step of `base` that came with this format.
const DIGESTS: usize = 8;
/// Where the steps are counted.
const COUNTED: &str = "create table area_step (area text primary key, sql integer not null, work integer not null) strict, without rowid;";
/// What a file of the first format has been through.
const FIRST: &str = "insert into area_step (area, sql, work) values ('base', 1, 1), ('directory', 1, 1), ('sales', 1, 1), ('activity', 1, 1);";

/// What a file lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::store) struct Lacks {
    /// Everything: there is no file yet, or nothing in it.
    pub all: bool,
    /// Tables or columns.
    pub tables: bool,
    /// Work through the door, such as first words.
    pub work: bool,
}

/// Brings the tables of a file up to date, all steps of all areas in one transaction. `copy` is asked for a copy of a file that has something to lose,
/// while nobody else can write.
pub(super) fn migrate(conn: &mut Connection, library: &Library, copy: impl FnOnce() -> Result<()>) -> Result<()> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
    // Another process may have been faster; the lock makes this the truth.
    let lacks = look(&transaction, library)?;
    if !lacks.tables {
        return Ok(());
    }
    if !lacks.all {
        copy()?;
    }
    let format = pragma(&transaction, "user_version")?;
    if format < 2 {
        transaction.execute_batch(COUNTED).map_err(untrue)?;
    }
    if format == 1 {
        transaction.execute_batch(FIRST).map_err(untrue)?;
    }
    let done = done(&transaction)?;
    let mut steps = 0;
    for Steps { area, sql, work: _ } in &library.steps {
        let (before, _) = done.get(*area).copied().unwrap_or_default();
        for step in sql.iter().skip(before) {
            transaction.execute_batch(step).map_err(untrue)?;
            steps += 1;
        }
        let count = "insert into area_step (area, sql, work) values (?1, ?2, 0) on conflict (area) do update set sql = excluded.sql";
        transaction.execute(count, (area, sql.len().max(before) as i64)).map_err(untrue)?;
    }
    add_salts(&transaction, &library.entities).map_err(untrue)?;
    past::make(&transaction, &library.entities).map_err(untrue)?;
    if format < 3 {
        carry_over(&transaction, &library.entities).map_err(untrue)?;
    }
    if format < 4 {
        rechain(&transaction, &library.entities)?;
    }
    // Others that have the file open make their lens anew.
    transaction.execute("update crm_meta set generation = generation + 1", []).map_err(untrue)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(storage)?;
    transaction.pragma_update(None, "user_version", FORMAT).map_err(storage)?;
    transaction.commit().map_err(storage)?;
    match format {
        0 => log::info!(target: "crm", "made a new file"),
        _ => log::info!(target: "crm", "brought the tables of the file up to date: {steps} steps"),
    }
    Ok(())
}

/// Refuses files that are not ours or newer; says what is missing.
pub(super) fn check(conn: &Connection, library: &Library) -> Result<Lacks> {
    // One look at everything: another process may be making the file at this moment.
    look(&*conn.unchecked_transaction().map_err(storage)?, library)
}

/// The same within a transaction.
pub(in crate::engine::store) fn look(conn: &Connection, library: &Library) -> Result<Lacks> {
    let (application, format) = (pragma(conn, "application_id")?, pragma(conn, "user_version")?);
    let tables: i64 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)).map_err(storage)?;
    if application != APPLICATION_ID && (tables > 0 || application != 0) {
        return Err(Error::not_a_crm_file("", "the file is a database of another program; it was not touched"));
    }
    if format > FORMAT {
        return Err(newer(format!("the file has schema {format}, this version knows {FORMAT}")));
    }
    if format < 2 {
        // A file of the first format has its tables and no count of steps; a new one has neither.
        let counted: bool = conn.query_row("select exists (select 1 from sqlite_schema where name = 'area_step')", [], |row| row.get(0)).map_err(storage)?;
        if counted || (tables > 0) != (format == 1) {
            return Err(how_far());
        }
        return Ok(Lacks { all: format == 0, tables: true, work: true });
    }
    let mut done = done(conn)?;
    // Whoever makes a file look older would have its chain made anew over what he altered.
    if format < FORMAT && done.get("base").is_some_and(|(sql, _)| *sql >= DIGESTS) {
        return Err(how_far());
    }
    let mut lacks = Lacks { all: false, tables: format < FORMAT, work: false };
    for Steps { area, sql, work } in &library.steps {
        let (tables, worked) = done.remove(*area).unwrap_or_default();
        if tables > sql.len() || worked > *work {
            return Err(newer(format!("the file has been through more steps of `{area}` than this version knows")));
        }
        lacks.tables |= tables < sql.len();
        lacks.work |= worked < *work;
    }
    match done.keys().next() {
        Some(area) => Err(newer(format!("the file has an area `{area}` that this version does not know"))),
        None => Ok(lacks),
    }
}

fn how_far() -> Error {
    Error::corrupt("area_step", "the file does not truly say how far it has come; restore it from a backup")
}

/// A step that the tables themselves refuse was taken before, or those before it were not: the file's count is untrue.
fn untrue(error: rusqlite::Error) -> Error {
    match storage(error) {
        Error::Invalid { .. } | Error::Denied { .. } | Error::Conflict { .. } => how_far(),
        other => other,
    }
}

fn newer(reason: String) -> Error {
    Error::newer_file("", format!("{reason}: use a newer version of the library"))
}

/// How many steps of each area a file has been through: statements, and work.
fn done(conn: &Connection) -> Result<HashMap<String, (usize, usize)>> {
    // What is no count was not written by the library.
    let damaged = |_| how_far();
    let mut statement = conn.prepare("select area, sql, work from area_step").map_err(damaged)?;
    let steps = |row: &rusqlite::Row<'_>, column: usize| row.get::<_, u32>(column).map(|steps| steps as usize);
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (steps(row, 1)?, steps(row, 2)?)))).map_err(storage)?;
    rows.collect::<rusqlite::Result<_>>().map_err(damaged)
}

fn pragma(conn: &Connection, name: &str) -> Result<i64> {
    conn.pragma_query_value(None, name, |row| row.get(0)).map_err(storage)
}

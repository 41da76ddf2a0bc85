//! From the database's errors to the library's.

use crate::engine::error::Error;

/// Turns a failure of the storage into the error a caller can act on, with the database's own error as its cause.
pub(crate) fn storage(error: rusqlite::Error) -> Error {
    let cause = cause(&error);
    let told = told(error);
    match cause {
        Some(cause) => told.caused_by(cause),
        None => told,
    }
}

/// What of the database's error may be shown to anybody: its code, and of its words only those that name constraints and columns.
/// Others quote the statement, the values in it or the path of the file, or come from a function that was called.
fn cause(error: &rusqlite::Error) -> Option<rusqlite::Error> {
    use rusqlite::ErrorCode as Code;
    match error {
        rusqlite::Error::SqliteFailure(code, Some(text)) => {
            let harmless = code.code == Code::ConstraintViolation && CONSTRAINTS.iter().any(|kind| text.starts_with(kind));
            Some(rusqlite::Error::SqliteFailure(*code, harmless.then(|| text.clone())))
        }
        rusqlite::Error::SqliteFailure(code, None) | rusqlite::Error::SqlInputError { error: code, .. } => Some(rusqlite::Error::SqliteFailure(*code, None)),
        _ => None,
    }
}

/// How the database begins to tell that a constraint failed; what follows are names of the schema.
const CONSTRAINTS: [&str; 4] = ["UNIQUE constraint failed", "NOT NULL constraint failed", "FOREIGN KEY constraint failed", "PRIMARY KEY constraint failed"];

/// How it begins that the past was taken away. No other words of the database's begin so.
pub(super) const GONE: &str = "the past of ";

fn told(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    let code = match &error {
        rusqlite::Error::SqlInputError { error, .. } => Some(error.code),
        other => other.sqlite_error_code(),
    };
    let Some(code) = code else {
        return match error {
            rusqlite::Error::InvalidParameterCount(given, wanted) => Error::invalid("params", format!("{wanted} values are needed, {given} were given")),
            rusqlite::Error::QueryReturnedNoRows => Error::no_such("record"),
            rusqlite::Error::MultipleStatement => Error::invalid("sql", "only one statement at a time"),
            other => Error::storage("", other.to_string()),
        };
    };
    let text = match &error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    match code {
        Code::DatabaseBusy | Code::DatabaseLocked => Error::busy("", "another writer holds the file; try again"),
        Code::DiskFull => Error::full("", "the disk or the file's size limit is full; nothing was written"),
        Code::DatabaseCorrupt => Error::corrupt("", format!("the file is damaged: {text}")),
        // Its own words hold the path.
        Code::CannotOpen => Error::storage("", "the file cannot be opened or made; is there its folder?"),
        Code::NotADatabase => Error::not_a_crm_file("", "the file is no CRM file"),
        Code::ReadOnly => Error::read_only("", "the file is open for reading only"),
        Code::OperationInterrupted => Error::cancelled("", "cancelled"),
        Code::AuthorizationForStatementDenied => Error::denied("sql", "only reading of the entities' tables is allowed"),
        Code::ConstraintViolation => constraint(&text),
        Code::ApiMisuse => Error::invalid("sql", "there is no statement"),
        Code::TypeMismatch => Error::invalid("sql", "a value is of the wrong type, such as a text where a limit is meant"),
        Code::TooBig => Error::invalid("sql", "a value or text is too long"),
        Code::Unknown if text.starts_with("cannot modify") => Error::denied("sql", "only reading is allowed"),
        Code::Unknown if text.starts_with(GONE) => Error::invalid("at", text),
        Code::Unknown if !text.is_empty() => Error::invalid("sql", text),
        _ => Error::storage("", text),
    }
}

fn constraint(text: &str) -> Error {
    if let Some(columns) = text.strip_prefix("UNIQUE constraint failed: ") {
        let columns: Vec<_> = columns.split(", ").map(|name| name.rsplit('.').next().unwrap_or(name)).collect();
        return Error::invalid(columns.join(", "), "is already taken by another record");
    }
    if text.starts_with("FOREIGN KEY") {
        return Error::conflict("", "another record still refers to this one, or a record referred to is gone");
    }
    Error::invalid("", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn failed(sql: &str) -> crate::engine::error::Result<(Error, rusqlite::Error)> {
        let conn = rusqlite::Connection::open_in_memory().map_err(storage)?;
        conn.execute_batch("create table person (name text unique, age integer check (age > 0)) strict; insert into person values ('Ann Lee', 4)")
            .map_err(storage)?;
        let Err(error) = conn.prepare(sql).and_then(|mut statement| statement.execute([])) else { return Err(Error::storage("", "was not refused")) };
        Ok((storage(error_again(&error)), error))
    }

    fn error_again(error: &rusqlite::Error) -> rusqlite::Error {
        match error {
            rusqlite::Error::SqliteFailure(code, text) => rusqlite::Error::SqliteFailure(*code, text.clone()),
            rusqlite::Error::SqlInputError { error, msg, sql, offset } => {
                rusqlite::Error::SqlInputError { error: *error, msg: msg.clone(), sql: sql.clone(), offset: *offset }
            }
            _ => rusqlite::Error::InvalidQuery,
        }
    }

    #[test]
    fn the_cause_is_the_databases_error_without_values() -> crate::engine::error::Result<()> {
        for (sql, code, words) in [
            ("insert into person values ('Ann Lee', 5)", "invalid", "UNIQUE constraint failed: person.name"),
            ("insert into person values ('Bo', -1)", "invalid", "Error code 275"),
            ("insert into person values ('Bo', 'Ann Lee')", "invalid", "Error code 3091"),
            ("select [Ann Lee] from person", "invalid", "SQL logic error"),
            ("select 'Ann Lee", "invalid", "SQL logic error"),
            ("insert into person values (json('Ann Lee'), 1)", "invalid", "SQL logic error"),
        ] {
            let (error, original) = failed(sql)?;
            assert_eq!(error.code(), code, "{sql}");
            let cause = error.source().and_then(|cause| cause.downcast_ref::<rusqlite::Error>());
            let told = cause.map(ToString::to_string).unwrap_or_default();
            assert!(told.contains(words) && !told.contains("Lee"), "{sql}: {told}");
            assert!(!format!("{:?}", error.source()).contains("Lee"), "{sql}");
            assert_eq!(cause.and_then(rusqlite::Error::sqlite_extended_error_code), original.sqlite_extended_error_code().or(Some(1)), "{sql}");
        }
        Ok(())
    }
}

//! From the database's errors to the library's.

use crate::engine::error::Error;

/// Turns a failure of the storage into the error a caller can act on.
pub(crate) fn storage(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    let code = match &error {
        rusqlite::Error::SqlInputError { error, .. } => Some(error.code),
        other => other.sqlite_error_code(),
    };
    let Some(code) = code else {
        return match error {
            rusqlite::Error::InvalidParameterCount(given, wanted) => Error::invalid("params", format!("{wanted} values are needed, {given} were given")),
            rusqlite::Error::QueryReturnedNoRows => Error::not_found("record"),
            rusqlite::Error::MultipleStatement => Error::invalid("sql", "only one statement at a time"),
            other => Error::storage(other.to_string()),
        };
    };
    let text = match &error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    match code {
        Code::DatabaseBusy | Code::DatabaseLocked => Error::Busy { field: String::new(), reason: "another writer holds the file; try again".into() },
        Code::DiskFull => Error::Full { field: String::new(), reason: "the disk or the file's size limit is full; nothing was written".into() },
        Code::DatabaseCorrupt => Error::corrupt("", format!("the file is damaged: {text}")),
        Code::NotADatabase => Error::NotACrmFile { field: String::new(), reason: "the file is no CRM file".into() },
        Code::ReadOnly => Error::ReadOnly { field: String::new(), reason: "the file is open for reading only".into() },
        Code::OperationInterrupted => Error::Cancelled { field: String::new(), reason: "cancelled".into() },
        Code::AuthorizationForStatementDenied => Error::denied("sql", "only reading of the entities' tables is allowed"),
        Code::ConstraintViolation => constraint(&text),
        Code::ApiMisuse => Error::invalid("sql", "there is no statement"),
        Code::TypeMismatch => Error::invalid("sql", "a value is of the wrong type, such as a text where a limit is meant"),
        Code::TooBig => Error::invalid("sql", "a value or text is too long"),
        Code::Unknown if text.starts_with("cannot modify") => Error::denied("sql", "only reading is allowed"),
        Code::Unknown if !text.is_empty() => Error::invalid("sql", text),
        _ => Error::storage(text),
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

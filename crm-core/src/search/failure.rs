//! Errors that say that the index itself is at fault, so that it is made anew.

use crate::engine::error::Error;
use std::io;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// What errors of the index name as their field.
const INDEX: &str = "search_index";

/// The error of an index that cannot be used: the caller makes it anew.
pub(crate) fn broken(error: TantivyError) -> Error {
    because(Error::storage(INDEX, format!("the search index cannot be used: {error}")), &error)
}

/// An error with the failure of the operating system that an error of the index comes from, if it does.
pub(super) fn because(told: Error, error: &TantivyError) -> Error {
    match io_below(error) {
        Some(io) => told.caused_by_io(io),
        None => told,
    }
}

fn io_below(error: &TantivyError) -> Option<&io::Error> {
    match error {
        TantivyError::IoError(io)
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: io, .. } | OpenDirectoryError::FailedToCreateTempDir(io))
        | TantivyError::LockFailure(LockError::IoError(io), _) => Some(io),
        _ => None,
    }
}

/// The error of an index whose files are damaged.
pub(super) fn damaged() -> Error {
    Error::storage(INDEX, "the search index is damaged")
}

/// Whether an error says that the index itself is at fault.
pub(crate) fn is_broken(error: &Error) -> bool {
    matches!(error, Error::Storage { field, .. } if field == INDEX)
}

//! Errors that say that the index itself is at fault, so that it is made anew.

use crate::engine::error::Error;
use std::io;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// What errors of the index name as their field.
const INDEX: &str = "search_index";

/// The error of an index that cannot be used: the caller makes it anew.
pub(crate) fn broken(error: TantivyError) -> Error {
    because(INDEX, "the search index cannot be used", &error)
}

/// What could not be done, and why: where the operating system failed, by its own error, since the index's has the path in it.
pub(super) fn because(field: &str, told: &str, error: &TantivyError) -> Error {
    match io_below(error) {
        Some(io) => Error::storage(field, format!("{told}: {}", io.kind())).caused_by_io(io),
        None => Error::storage(field, format!("{told}: {error}")),
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

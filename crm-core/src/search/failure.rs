//! Errors that say that the index itself is at fault, so that it is made anew.

use crate::engine::error::Error;

/// What errors of the index name as their field.
const INDEX: &str = "search_index";

/// The error of an index that cannot be used: the caller makes it anew.
pub(crate) fn broken(error: tantivy::TantivyError) -> Error {
    Error::Storage { field: INDEX.into(), reason: format!("the search index cannot be used: {error}") }
}

/// The error of an index whose files are damaged.
pub(super) fn damaged() -> Error {
    Error::Storage { field: INDEX.into(), reason: "the search index is damaged".into() }
}

/// Whether an error says that the index itself is at fault.
pub(crate) fn is_broken(error: &Error) -> bool {
    matches!(error, Error::Storage { field, .. } if field == INDEX)
}

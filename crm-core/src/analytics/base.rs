//! The records that a report is about.

use crate::engine::store::schema::Table as Declared;

/// The records of a report: their entity, and what the query knows them as.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub table: &'a Declared,
    pub alias: &'a str,
}

impl Base<'_> {
    /// A field of the records, where they have it.
    pub fn field(self, name: &str) -> Option<String> {
        self.table.field(name).map(|_| format!("{}.{name}", self.alias))
    }
}

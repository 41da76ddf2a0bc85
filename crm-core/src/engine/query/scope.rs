//! What may be named at a place of a query.

use sqlparser::ast::Ident;

/// What follows `from`, by the names it goes by, and the names that a query gives to its results.
#[derive(Default)]
pub(super) struct Frame {
    pub sources: Vec<Source>,
    pub aliases: Vec<String>,
}

/// One table, view or query that columns come from.
#[derive(Clone)]
pub(super) struct Source {
    pub name: String,
    pub columns: Columns,
}

impl Source {
    /// Whether a column's name with this table before it, or with none, may mean one of its columns.
    pub fn goes_by(&self, table: Option<&Ident>) -> bool {
        table.is_none_or(|table| table.value.eq_ignore_ascii_case(&self.name))
    }
}

/// The columns that a source has.
#[derive(Clone)]
pub(super) enum Columns {
    Entity(usize),
    Named(Vec<String>),
    /// Only the database knows.
    Any,
}

/// A name as it is written into a statement.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Frame {
    /// The frame of a filter: its entity under its own name.
    pub fn of(name: &str, entity: usize) -> Self {
        Self { sources: vec![Source { name: name.to_owned(), columns: Columns::Entity(entity) }], aliases: Vec::new() }
    }
}

/// The columns that a query has under these names, whatever letters they are written in.
pub(super) fn named(names: impl IntoIterator<Item = String>) -> Columns {
    Columns::Named(names.into_iter().map(|name| name.to_lowercase()).collect())
}

/// The columns of `json_each` and `json_tree`.
pub(super) fn json_columns() -> Columns {
    named(["key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"].map(str::to_owned))
}

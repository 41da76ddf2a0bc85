//! What an import reads from, row by row: a CSV file, or the columns of a data frame.

use super::mapping::Plan;
use crate::engine::error::Result;
use crate::engine::value::Value;
use std::borrow::Cow;

/// The longest row of a CSV file that is read, in bytes.
pub(super) const MAX_ROW: usize = 1 << 20;
/// The most columns a CSV file has.
pub(super) const MAX_COLUMNS: usize = 1_000;

/// What one column of a row holds.
pub(super) enum Cell<'a> {
    /// A text, to be read as the import's notation says; an empty one is nothing.
    Text(&'a str),
    /// A value that has a type already.
    Value(Value),
    /// Something that cannot be read, and why.
    Bad(&'static str),
}

impl<'a> Cell<'a> {
    /// A value kept beyond its row.
    pub fn kept(value: &'a Value) -> Self {
        if let Value::Text(text) = value { Cell::Text(text) } else { Cell::Value(value.clone()) }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Text(text) => text.trim().is_empty(),
            Cell::Value(value) => value.is_null(),
            Cell::Bad(_) => false,
        }
    }

    /// What names a record, a currency or a key: a text, or a whole number. Frames keep whole numbers of which some are
    /// missing as numbers with a fraction.
    pub fn word(&self) -> Option<Cow<'_, str>> {
        match self {
            Cell::Text(text) => Some(text.trim().into()),
            Cell::Value(Value::Integer(number)) => Some(number.to_string().into()),
            Cell::Value(Value::Number(number)) if number.fract() == 0.0 && number.abs() < 9.0e15 => Some((*number as i64).to_string().into()),
            Cell::Value(_) | Cell::Bad(_) => None,
        }
    }
}

/// What comes next.
pub(super) enum Next {
    /// A row, to be had cell by cell.
    Row,
    /// A row that cannot be read, and why.
    Bad(&'static str),
    End,
}

/// A source of rows.
pub(super) trait Rows {
    /// The names of the columns.
    fn headers(&mut self) -> Result<Vec<String>>;
    /// Goes to the next row.
    fn next(&mut self) -> Result<Next>;
    /// A cell of the row; an empty one where there is no such column.
    fn cell(&self, at: usize) -> Cell<'_>;
    /// The row as values that can be kept; what cannot be read becomes empty.
    fn kept(&self) -> Vec<Value>;
    /// Where the row is, as errors tell it.
    fn line(&self) -> u64;
    /// How much has been read, in the units that progress is told in.
    fn read(&self) -> u64;
    /// Why the row does not fit the columns, if it does not.
    fn problem(&self, plan: &Plan<'_>) -> Option<String>;
    /// The names of the encoding and the delimiter; empty where there are none.
    fn described(&self) -> (String, String);
}

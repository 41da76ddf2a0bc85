//! Rows, one after another, into columns.

use super::filter::bindable;
use super::table::{Column, ColumnData, Table};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::{Cell, ResultRow};
use crate::engine::value::Value;

/// Collects the rows of a statement into columns.
pub(crate) struct Builder {
    columns: Vec<Pending>,
    rows: usize,
}

struct Pending {
    name: String,
    /// The type expected from the column's name; the values may turn out otherwise.
    expected: Option<FieldType>,
    data: Option<ColumnData>,
    /// Made with the first missing value; most columns have none.
    valid: Option<Vec<bool>>,
}

impl Builder {
    pub fn new(columns: Vec<(String, Option<FieldType>)>) -> Self {
        let columns = columns.into_iter().map(|(name, expected)| Pending { name, expected, data: None, valid: None }).collect();
        Self { columns, rows: 0 }
    }

    pub fn push(&mut self, row: &ResultRow<'_>) -> Result<()> {
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.push(self.rows, &row.cell(at)?)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Adds a row of values that were computed.
    pub fn push_values(&mut self, values: &[Value]) -> Result<()> {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(self.rows, &bindable(value)?)?;
        }
        self.rows += 1;
        Ok(())
    }

    pub fn finish(self) -> Table {
        let rows = self.rows;
        Table { columns: self.columns.into_iter().map(|column| column.finish(rows)).collect(), rows, about: None }
    }
}

impl Pending {
    fn push(&mut self, row: usize, value: &Cell<'_>) -> Result<()> {
        let dated = matches!(self.expected, Some(FieldType::Date));
        match (value, &mut self.data) {
            (Cell::Null, data) => {
                match data {
                    None => {}
                    Some(ColumnData::Integer(values)) => values.push(0),
                    Some(ColumnData::Number(values)) => values.push(0.0),
                    Some(ColumnData::Text { ends, bytes }) => ends.push(bytes.len() as i64),
                }
                self.valid.get_or_insert_with(|| vec![true; row]).push(false);
                return Ok(());
            }
            (Cell::Integer(number), Some(ColumnData::Integer(values))) if !dated => values.push(*number),
            (Cell::Real(number), Some(ColumnData::Number(values))) => values.push(*number),
            (Cell::Integer(number), Some(ColumnData::Number(values))) => values.push(*number as f64),
            (Cell::Text(text), Some(ColumnData::Text { ends, bytes })) => {
                bytes.push_str(text);
                ends.push(bytes.len() as i64);
            }
            (Cell::Text(text), Some(ColumnData::Integer(values))) if dated => match day(text) {
                Some(day) => values.push(day),
                None => return self.mix(row, value),
            },
            (Cell::Blob(_), _) => return Err(Error::invalid(self.name.as_str(), "binary columns cannot be shown")),
            (value, None) => {
                let is_day = |value: &Cell<'_>| matches!(value, Cell::Text(text) if day(text).is_some());
                self.data = Some(match value {
                    Cell::Text(_) if !(dated && is_day(value)) => ColumnData::Text { ends: vec![0; row], bytes: String::new() },
                    Cell::Real(_) => ColumnData::Number(vec![0.0; row]),
                    _ => ColumnData::Integer(vec![0; row]),
                });
                if dated && !is_day(value) {
                    self.expected = None;
                }
                return self.push(row, value);
            }
            (value, Some(_)) => return self.mix(row, value),
        }
        if let Some(valid) = &mut self.valid {
            valid.push(true);
        }
        Ok(())
    }

    /// A column whose values are of several kinds: whole numbers become numbers, anything else becomes text.
    fn mix(&mut self, row: usize, value: &Cell<'_>) -> Result<()> {
        let Some(data) = self.data.take() else { return self.push(row, value) };
        let expected = self.expected.take();
        self.data = Some(match (data, value) {
            (ColumnData::Integer(values), Cell::Real(_)) if !matches!(expected, Some(FieldType::Date)) => {
                ColumnData::Number(values.into_iter().map(|number| number as f64).collect())
            }
            (data, Cell::Text(_)) => self.as_text(data, expected.as_ref()),
            (ColumnData::Text { ends, bytes }, value) => {
                self.data = Some(ColumnData::Text { ends, bytes });
                let text = match value {
                    Cell::Integer(number) => number.to_string(),
                    Cell::Real(number) => number.to_string(),
                    _ => String::new(),
                };
                return self.push(row, &Cell::Text(text.into()));
            }
            (data, _) => self.as_text(data, expected.as_ref()),
        });
        self.push(row, value)
    }

    fn as_text(&self, data: ColumnData, expected: Option<&FieldType>) -> ColumnData {
        let kind = if matches!(expected, Some(FieldType::Date)) { "date" } else { "integer" };
        let column = Column { name: String::new(), kind, data, valid: None };
        let (mut ends, mut bytes) = (Vec::new(), String::new());
        for row in 0..column.len() {
            if self.valid.as_ref().is_none_or(|valid| valid[row]) {
                match column.value(row) {
                    Value::Integer(number) => bytes.push_str(&number.to_string()),
                    Value::Number(number) => bytes.push_str(&number.to_string()),
                    Value::Date(day) => bytes.push_str(&day.to_string()),
                    _ => {}
                }
            }
            ends.push(bytes.len() as i64);
        }
        ColumnData::Text { ends, bytes }
    }

    fn finish(self, rows: usize) -> Column {
        let data = self.data.unwrap_or_else(|| match &self.expected {
            Some(FieldType::Text { .. } | FieldType::Choice(_) | FieldType::Item(_) | FieldType::Items(_) | FieldType::Currency | FieldType::Decimal) => {
                ColumnData::Text { ends: vec![0; rows], bytes: String::new() }
            }
            Some(FieldType::Number) => ColumnData::Number(vec![0.0; rows]),
            _ => ColumnData::Integer(vec![0; rows]),
        });
        let kind = match (&data, &self.expected) {
            (ColumnData::Integer(_), Some(FieldType::Bool)) => "bool",
            (ColumnData::Integer(_), Some(FieldType::Date)) => "date",
            (ColumnData::Integer(_), Some(FieldType::Moment)) => "moment",
            (ColumnData::Integer(_), _) => "integer",
            (ColumnData::Number(_), _) => "number",
            (ColumnData::Text { .. }, Some(FieldType::Decimal)) => "decimal",
            (ColumnData::Text { .. }, _) => "text",
        };
        Column { name: self.name, kind, data, valid: self.valid }
    }
}

fn day(text: &str) -> Option<i64> {
    let day: chrono::NaiveDate = text.parse().ok()?;
    Some(day.to_epoch_days().into())
}

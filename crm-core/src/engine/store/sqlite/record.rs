//! Between the values of fields and columns.

use super::cell::{Cell, ResultRow};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::field_value::FieldValue;
use crate::engine::money::{Currency, Money};
use crate::engine::store::schema::{FIXED, Part, Table};
use crate::engine::value::{Custom, Named, Value, moment_from_millis};
use rust_decimal::Decimal;

/// One column's share of a value, ready to be bound, without a copy where that can be.
pub(crate) fn share(value: &Value, part: Part) -> Cell<'_> {
    match (value, part) {
        (Value::Text(text), _) => Cell::Text(text.as_str().into()),
        (Value::Money(money), Part::Currency) => Cell::Text(money.currency.code().into()),
        (Value::Money(money), _) => Cell::Integer(money.minor),
        (Value::Null, _) => Cell::Null,
        (Value::Bool(yes), _) => Cell::Integer((*yes).into()),
        (Value::Integer(number), _) => Cell::Integer(*number),
        // A zero has no sign in the file.
        (Value::Number(number), _) => Cell::Real(*number + 0.0),
        (Value::Decimal(number), _) => Cell::Text(number.normalize().to_string().into()),
        (Value::Date(day), _) => Cell::Text(day.to_string().into()),
        (Value::Moment(moment), _) => Cell::Integer(moment.timestamp_millis()),
        (Value::Items(items), _) => Cell::Text(serde_json::Value::from(items.as_slice()).to_string().into()),
    }
}

fn damaged() -> Error {
    Error::corrupt("", "a column holds a value of a wrong kind")
}

/// Reads a field of `field_type` from a column (and, for money, the next one).
pub(crate) fn read_value<'r>(field_type: &FieldType, whole: Cell<'r>, second: impl FnOnce() -> Result<Cell<'r>>) -> Result<Value> {
    Ok(match (field_type, whole) {
        (_, Cell::Null) => Value::Null,
        (FieldType::Bool, Cell::Integer(number)) => Value::Bool(number != 0),
        (FieldType::Moment, Cell::Integer(millis)) => Value::Moment(moment_from_millis(millis)?),
        (FieldType::Money, Cell::Integer(minor)) => {
            let Cell::Text(code) = second()? else { return Err(damaged()) };
            Value::Money(Money::from_minor(minor, code.parse::<Currency>().map_err(|_| damaged())?))
        }
        (FieldType::Number, Cell::Real(number)) => Value::Number(number),
        (FieldType::Number, Cell::Integer(number)) => Value::Number(number as f64),
        (FieldType::Date, Cell::Text(text)) => Value::Date(text.parse().map_err(|_| damaged())?),
        (FieldType::Decimal, Cell::Text(text)) => Value::Decimal(Decimal::from_str_exact(&text).map_err(|_| damaged())?),
        (FieldType::Items(_), Cell::Text(text)) => Value::Items(serde_json::from_str(&text).map_err(|_| damaged())?),
        (_, other) => plain(other)?,
    })
}

/// A column's content without a known field type.
pub(crate) fn plain(cell: Cell<'_>) -> Result<Value> {
    Ok(match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(number),
        Cell::Real(number) => Value::Number(number),
        Cell::Text(text) => Value::Text(text.into_owned()),
        Cell::Blob(_) => return Err(Error::invalid("", "binary columns cannot be shown")),
    })
}

/// A record being read, column after column, through the lens.
#[derive(Debug)]
pub struct Row<'a> {
    row: &'a ResultRow<'a>,
    table: &'a Table,
    at: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(row: &'a ResultRow<'a>, table: &'a Table) -> Self {
        Self { row, table, at: 0 }
    }

    fn value(&mut self, field_type: &FieldType) -> Result<Value> {
        let at = self.at;
        self.at += if *field_type == FieldType::Money { 2 } else { 1 };
        let row = self.row;
        read_value(field_type, row.cell(at)?, || row.cell(at + 1))
    }

    /// The next field.
    pub fn next<T: FieldValue>(&mut self) -> Result<T> {
        let value = self.value(&T::field_type())?;
        // A field hidden from this reader arrives empty whatever its type.
        T::from_value(value).map_or_else(|| Err(Error::denied("", "a field of this record that cannot be empty is hidden from you")), Ok)
    }

    /// Every field by name, the fixed ones first.
    pub(crate) fn named(mut self) -> Result<Named> {
        let table = self.table;
        let fixed = FIXED.iter().map(|(name, field_type)| (*name, field_type));
        let fields = table.fields.iter().map(|field| (field.name.as_ref(), &field.field_type));
        fixed.chain(fields).map(|(name, field_type)| Ok((name.to_owned(), self.value(field_type)?))).collect()
    }

    /// The user-defined fields that follow the declared ones.
    pub fn custom(&mut self) -> Result<Custom> {
        let table = self.table;
        let mut custom = Custom::new();
        for field in &table.fields[table.meta.fields.len()..] {
            custom.insert(field.name.to_string(), self.value(&field.field_type)?);
        }
        Ok(custom)
    }
}

//! Between values and SQLite's columns. No type of the database library leaves `store/`.

use super::schema::{FIXED, Part, Table};
use crate::entity::FieldType;
use crate::registry::Named;
use crate::value::moment_from_millis;
use crate::{Currency, Custom, Error, FieldValue, Money, Result, Value};
use rusqlite::types::{ToSql, ToSqlOutput, Value as Raw, ValueRef};
use rust_decimal::Decimal;

/// One column's share of a value, ready to be bound without a copy.
pub(crate) struct Cell<'a>(pub &'a Value, pub Part);

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let raw = match (self.0, self.1) {
            (Value::Text(text), _) => return Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
            (Value::Money(money), Part::Currency) => return Ok(ToSqlOutput::Borrowed(ValueRef::Text(money.currency.code().as_bytes()))),
            (Value::Money(money), _) => Raw::Integer(money.minor),
            (Value::Null, _) => Raw::Null,
            (Value::Bool(yes), _) => Raw::Integer((*yes).into()),
            (Value::Integer(number), _) => Raw::Integer(*number),
            (Value::Number(number), _) => Raw::Real(*number),
            (Value::Decimal(number), _) => Raw::Text(number.normalize().to_string()),
            (Value::Date(day), _) => Raw::Text(day.to_string()),
            (Value::Moment(moment), _) => Raw::Integer(moment.timestamp_millis()),
            (Value::Items(items), _) => Raw::Text(serde_json::Value::from(items.as_slice()).to_string()),
        };
        Ok(ToSqlOutput::Owned(raw))
    }
}

impl Cell<'_> {
    /// The column's content as a value of its own.
    pub(crate) fn raw(&self) -> Result<Raw> {
        Ok(match self.to_sql().map_err(storage)? {
            ToSqlOutput::Borrowed(ValueRef::Text(text)) => Raw::Text(String::from_utf8_lossy(text).into_owned()),
            ToSqlOutput::Owned(owned) => owned,
            _ => Raw::Null,
        })
    }
}

/// Reads a field of `field_type` from a column (and, for money, the next one).
pub(crate) fn read_value<'r>(field_type: &FieldType, whole: ValueRef<'r>, second: impl FnOnce() -> Result<ValueRef<'r>>) -> Result<Value> {
    let damaged = || Error::corrupt("", "a column holds a value of a wrong kind");
    Ok(match (field_type, whole) {
        (_, ValueRef::Null) => Value::Null,
        (FieldType::Bool, ValueRef::Integer(number)) => Value::Bool(number != 0),
        (FieldType::Moment, ValueRef::Integer(millis)) => Value::Moment(moment_from_millis(millis)?),
        (FieldType::Money, ValueRef::Integer(minor)) => {
            let code = text(second()?)?;
            Value::Money(Money::from_minor(minor, code.parse::<Currency>().map_err(|_| damaged())?))
        }
        (FieldType::Number, ValueRef::Real(number)) => Value::Number(number),
        (FieldType::Number, ValueRef::Integer(number)) => Value::Number(number as f64),
        (FieldType::Date, ValueRef::Text(_)) => Value::Date(text(whole)?.parse().map_err(|_| damaged())?),
        (FieldType::Decimal, ValueRef::Text(_)) => Value::Decimal(Decimal::from_str_exact(text(whole)?).map_err(|_| damaged())?),
        (FieldType::Items(_), ValueRef::Text(_)) => Value::Items(serde_json::from_str(text(whole)?).map_err(|_| damaged())?),
        (_, other) => plain(other)?,
    })
}

/// A column's content without a known field type.
pub(crate) fn plain(column: ValueRef<'_>) -> Result<Value> {
    Ok(match column {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Number(number),
        ValueRef::Text(_) => Value::Text(text(column)?.to_owned()),
        ValueRef::Blob(_) => return Err(Error::invalid("", "binary columns cannot be shown")),
    })
}

fn text(column: ValueRef<'_>) -> Result<&str> {
    column.as_str().map_err(|_| Error::corrupt("", "a column holds a value of a wrong kind"))
}

/// A record being read, column after column, through the lens.
#[derive(Debug)]
pub struct Row<'a> {
    row: &'a rusqlite::Row<'a>,
    table: &'a Table,
    at: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(row: &'a rusqlite::Row<'a>, table: &'a Table) -> Self {
        Self { row, table, at: 0 }
    }

    fn value(&mut self, field_type: &FieldType) -> Result<Value> {
        let at = self.at;
        self.at += if *field_type == FieldType::Money { 2 } else { 1 };
        let row = self.row;
        read_value(field_type, row.get_ref(at).map_err(storage)?, || row.get_ref(at + 1).map_err(storage))
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
        for field in &table.fields[table.kind.meta().fields.len()..] {
            custom.insert(field.name.to_string(), self.value(&field.field_type)?);
        }
        Ok(custom)
    }
}

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

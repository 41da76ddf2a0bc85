//! Results as columns: what lists, reports and `sql()` give.

use crate::engine::money::Currency;
use crate::engine::value::{Custom, Value};
use crate::engine::wire::{Definitions, Described, text_of};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::Value as Json;

/// The values of one column. Missing values hold a zero or an empty text and are marked in `valid`.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnData {
    /// Whole numbers, ids, yes/no as 1/0, days since 1970 for dates, milliseconds since 1970 for moments.
    Integer(Vec<i64>),
    /// Numbers with a fraction.
    Number(Vec<f64>),
    /// Texts: where each ends, and all of them one after another.
    Text {
        /// `ends[i]` is where the text of row i ends in `bytes`; it begins where the one before ends.
        ends: Vec<i64>,
        /// The texts.
        bytes: String,
    },
}

/// One named column.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// The name.
    pub name: String,
    /// What the values mean: `integer`, `number`, `text`, `decimal` (exact, kept as text), `bool`, `date` or `moment`.
    pub kind: &'static str,
    /// The values.
    pub data: ColumnData,
    /// Which rows have a value; `None` when all have.
    pub valid: Option<Vec<bool>>,
}

/// A table of results, column by column; with the feature `arrow`, an Arrow record batch without copying texts
/// or numbers.
///
/// ```
/// # use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// let table = crm.sql("select 1 as n, 'one' as word", &[])?;
/// assert_eq!(table.value(0, "word"), Some(Value::Text("one".into())));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// How many rows there are.
    pub rows: usize,
    /// What its figures mean, when it is a report.
    pub about: Option<About>,
}

/// What the figures of a report mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct About {
    /// The report's name.
    pub report: &'static str,
    /// What it is split by.
    pub by: Vec<String>,
    /// The columns that are amounts, in minor units of `currency`.
    pub amounts: Vec<&'static str>,
    /// The base currency.
    pub currency: Currency,
}

impl Table {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The value in a row of a named column; `None` when there is no such place.
    pub fn value(&self, row: usize, name: &str) -> Option<Value> {
        self.column(name).filter(|_| row < self.rows).map(|column| column.value(row))
    }

    /// The whole number in a row of a named column; `None` when it is missing.
    pub fn integer(&self, row: usize, name: &str) -> Option<i64> {
        match self.value(row, name)? {
            Value::Integer(number) => Some(number),
            Value::Bool(yes) => Some(yes.into()),
            _ => None,
        }
    }

    /// The text in a row of a named column; `None` when it is missing.
    pub fn text(&self, row: usize, name: &str) -> Option<String> {
        if let Value::Text(text) = self.value(row, name)? { Some(text) } else { None }
    }

    /// The number in a row of a named column, whole ones included.
    pub fn number(&self, row: usize, name: &str) -> Option<f64> {
        match self.value(row, name)? {
            Value::Number(number) => Some(number),
            Value::Integer(number) => Some(number as f64),
            _ => None,
        }
    }
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        match &self.data {
            ColumnData::Integer(values) => values.len(),
            ColumnData::Number(values) => values.len(),
            ColumnData::Text { ends, .. } => ends.len(),
        }
    }

    fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid[row])
    }

    /// The value in a row; missing ones are `Value::Null`.
    pub fn value(&self, row: usize) -> Value {
        if !self.is_valid(row) {
            return Value::Null;
        }
        match (&self.data, self.kind) {
            (ColumnData::Integer(values), "bool") => Value::Bool(values[row] != 0),
            (ColumnData::Integer(values), "date") => {
                chrono::NaiveDate::from_epoch_days(i32::try_from(values[row]).unwrap_or_default()).map_or(Value::Null, Value::Date)
            }
            (ColumnData::Integer(values), "moment") => chrono::DateTime::from_timestamp_millis(values[row]).map_or(Value::Null, Value::Moment),
            (ColumnData::Integer(values), _) => Value::Integer(values[row]),
            (ColumnData::Number(values), _) => Value::Number(values[row]),
            (ColumnData::Text { .. }, "decimal") => match Decimal::from_str_exact(self.str(row)) {
                Ok(number) => Value::Decimal(number),
                // SQL can give the name of a decimal field to anything.
                Err(_) => Value::Text(self.str(row).to_owned()),
            },
            (ColumnData::Text { .. }, _) => Value::Text(self.str(row).to_owned()),
        }
    }

    /// The text in a row of a text column.
    pub(crate) fn str(&self, row: usize) -> &str {
        let ColumnData::Text { ends, bytes } = &self.data else { return "" };
        let from = if row == 0 { 0 } else { ends[row - 1] };
        bytes.get(from as usize..ends[row] as usize).unwrap_or_default()
    }
}

impl Table {
    /// The rows as a JSON array of objects.
    ///
    /// ```
    /// let crm = crm_core::Crm::open(":memory:")?;
    /// assert_eq!(crm.sql("select 1 as n, 'one' as word", &[])?.to_json(), r#"[{"n":1,"word":"one"}]"#);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        text_of(self)
    }
}

impl Described for Table {
    fn schema(known: &mut Definitions) -> Json {
        Vec::<Custom>::schema(known)
    }
}

/// The rows, each a map of its values by the names of the columns. There is no way back: rows do not tell the kinds of their columns.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq((0..self.rows).map(|row| TableRow(self, row)))
    }
}

struct TableRow<'a>(&'a Table, usize);

impl Serialize for TableRow<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self(table, row) = self;
        out.collect_map(table.columns.iter().map(|column| (&column.name, ColumnCell(column, *row))))
    }
}

/// The name, the kind and the values, as they stand in the table's rows.
impl Serialize for Column {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut column = out.serialize_struct("Column", 3)?;
        column.serialize_field("name", &self.name)?;
        column.serialize_field("kind", self.kind)?;
        column.serialize_field("values", &(0..self.len()).map(|row| ColumnCell(self, row)).collect::<Vec<_>>())?;
        column.end()
    }
}

struct ColumnCell<'a>(&'a Column, usize);

impl Serialize for ColumnCell<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self(column, row) = self;
        match &column.data {
            // Most cells: without a copy.
            ColumnData::Text { .. } if column.kind == "text" && column.is_valid(*row) => out.serialize_str(column.str(*row)),
            _ => column.value(*row).serialize(out),
        }
    }
}

//! Results as columns: what lists, reports and `sql()` give.

use crate::entity::FieldType;
use crate::store::schema::{FIXED, Schema};
use crate::store::session::refuse_schemas;
use crate::store::{View, storage};
use crate::{Error, Result, Value};
use rusqlite::types::ValueRef;
use rust_decimal::Decimal;

/// The longest SQL text, in bytes.
const MAX_SQL: usize = 100_000;

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
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// How many rows there are.
    pub rows: usize,
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

    /// The value in a row; missing ones are `Value::Null`.
    pub fn value(&self, row: usize) -> Value {
        if self.valid.as_ref().is_some_and(|valid| !valid[row]) {
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

/// The names of a statement's columns, with the types their names suggest.
pub(crate) fn columns_of(schema: &Schema, own: Option<usize>, names: &[String]) -> Vec<(String, Option<FieldType>)> {
    names
        .iter()
        .map(|name| {
            let known = match own {
                Some(table) => schema.tables[table].shown_columns().find(|(column, _)| column == name).map(|(_, field_type)| field_type.clone()),
                None => FIXED.iter().find(|(fixed, _)| fixed == name).map(|(_, field_type)| field_type.clone()).or_else(|| schema.column_type(name)),
            };
            (name.clone(), known)
        })
        .collect()
}

impl Builder {
    pub fn new(columns: Vec<(String, Option<FieldType>)>) -> Self {
        let columns = columns.into_iter().map(|(name, expected)| Pending { name, expected, data: None, valid: None }).collect();
        Self { columns, rows: 0 }
    }

    pub fn push(&mut self, row: &rusqlite::Row<'_>) -> Result<()> {
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.push(self.rows, row.get_ref(at).map_err(storage)?)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Adds a row of values that were computed.
    pub fn push_values(&mut self, values: &[Value]) -> Result<()> {
        for (column, value) in self.columns.iter_mut().zip(values) {
            let raw = super::bindable(value)?;
            column.push(self.rows, (&raw).into())?;
        }
        self.rows += 1;
        Ok(())
    }

    pub fn finish(self) -> Table {
        let rows = self.rows;
        Table { columns: self.columns.into_iter().map(|column| column.finish(rows)).collect(), rows }
    }
}

impl Pending {
    fn push(&mut self, row: usize, value: ValueRef<'_>) -> Result<()> {
        let dated = matches!(self.expected, Some(FieldType::Date));
        match (value, &mut self.data) {
            (ValueRef::Null, data) => {
                match data {
                    None => {}
                    Some(ColumnData::Integer(values)) => values.push(0),
                    Some(ColumnData::Number(values)) => values.push(0.0),
                    Some(ColumnData::Text { ends, bytes }) => ends.push(bytes.len() as i64),
                }
                self.valid.get_or_insert_with(|| vec![true; row]).push(false);
                return Ok(());
            }
            (ValueRef::Integer(number), Some(ColumnData::Integer(values))) if !dated => values.push(number),
            (ValueRef::Real(number), Some(ColumnData::Number(values))) => values.push(number),
            (ValueRef::Integer(number), Some(ColumnData::Number(values))) => values.push(number as f64),
            (ValueRef::Text(text), Some(ColumnData::Text { ends, bytes })) => {
                bytes.push_str(std::str::from_utf8(text).map_err(|_| Error::corrupt(self.name.as_str(), "a text in the file is not UTF-8"))?);
                ends.push(bytes.len() as i64);
            }
            (ValueRef::Text(text), Some(ColumnData::Integer(values))) if dated => match day(text) {
                Some(day) => values.push(day),
                None => return self.mix(row, value),
            },
            (ValueRef::Blob(_), _) => return Err(Error::invalid(self.name.as_str(), "binary columns cannot be shown")),
            (value, None) => {
                self.data = Some(match value {
                    ValueRef::Text(text) if !(dated && day(text).is_some()) => ColumnData::Text { ends: vec![0; row], bytes: String::new() },
                    ValueRef::Real(_) => ColumnData::Number(vec![0.0; row]),
                    _ => ColumnData::Integer(vec![0; row]),
                });
                if dated && !matches!(value, ValueRef::Text(text) if day(text).is_some()) {
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
    fn mix(&mut self, row: usize, value: ValueRef<'_>) -> Result<()> {
        let Some(data) = self.data.take() else { return self.push(row, value) };
        let expected = self.expected.take();
        self.data = Some(match (data, value) {
            (ColumnData::Integer(values), ValueRef::Real(_)) if !matches!(expected, Some(FieldType::Date)) => {
                ColumnData::Number(values.into_iter().map(|number| number as f64).collect())
            }
            (data, ValueRef::Text(_)) => self.as_text(data, expected.as_ref()),
            (ColumnData::Text { ends, bytes }, value) => {
                self.data = Some(ColumnData::Text { ends, bytes });
                let text = match value {
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(number) => number.to_string(),
                    _ => String::new(),
                };
                return self.push(row, ValueRef::Text(text.as_bytes()));
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

fn day(text: &[u8]) -> Option<i64> {
    let day: chrono::NaiveDate = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(day.to_epoch_days().into())
}

impl View<'_> {
    /// Runs reading SQL from outside.
    pub(crate) fn sql(&self, sql: &str, params: &[Value]) -> Result<Table> {
        if sql.len() > MAX_SQL {
            return Err(Error::invalid("sql", format!("longer than {MAX_SQL} bytes")));
        }
        refuse_schemas(sql)?;
        let params = params.iter().map(super::filter::bindable).collect::<Result<Vec<_>>>()?;
        // The comment keeps the text apart from the library's own statements, which are checked differently.
        let sql = format!("/* sql */ {sql}");
        self.session.restricted(|| {
            // How a query runs is told with the names of the inner views, which nobody may know.
            if self.session.prepare(&sql)?.is_explain() != 0 {
                return Err(Error::denied("sql", "only reading is allowed"));
            }
            self.table(&sql, rusqlite::params_from_iter(params), None)
        })
    }

    /// Runs a query into a table; `own` names the entity whose fields the columns are.
    pub(crate) fn table(&self, sql: &str, params: impl rusqlite::Params, own: Option<usize>) -> Result<Table> {
        let mut statement = self.session.prepare(sql)?;
        if !statement.readonly() {
            return Err(Error::denied("sql", "only reading is allowed"));
        }
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut builder = Builder::new(columns_of(self.schema, own, &names));
        let mut rows = statement.query(params).map_err(|error| self.session.error(error))?;
        while let Some(row) = rows.next().map_err(|error| self.session.error(error))? {
            builder.push(row)?;
        }
        Ok(builder.finish())
    }
}

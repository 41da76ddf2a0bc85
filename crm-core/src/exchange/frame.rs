//! A data frame as rows: Arrow record batches whose columns have types already.

use super::mapping::Plan;
use super::options::{Import, Imported};
use super::rows::{Cell, MAX_COLUMNS, Next, Rows};
use crate::engine::cancel::Progress;
use crate::engine::error::{Error, Result};
use crate::engine::store::{ChangeSet, Crm};
use crate::engine::value::Value;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader, types};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

impl Crm {
    /// Imports a data frame, given as Arrow record batches, into any entity as one change set: [`import_csv`](Crm::import_csv)
    /// for columns that have types already. Mapping, key, defaults, dry run, errors by row and undo are the same; `rows` is how many
    /// rows there will be, where that is known, and `progress` is told rows.
    ///
    /// Whole numbers, numbers, decimals, yes/no, days, moments, texts, categories (dictionaries of texts) and lists of texts are
    /// taken; missing values and NaN are nothing. Moments without a zone are UTC, as in an import of CSV, and a moment is a day where it
    /// is midnight. Texts are read as those of a CSV file. `line` of an error is the row, counted from 0.
    ///
    /// ```
    /// # use crm_core::*;
    /// use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchIterator, StringArray};
    /// # use std::sync::Arc;
    /// let crm = Crm::open(":memory:")?;
    /// let names: ArrayRef = Arc::new(StringArray::from(vec!["Acme", "Birch"]));
    /// let sizes: ArrayRef = Arc::new(Int64Array::from(vec![Some(120), None]));
    /// let batch = RecordBatch::try_from_iter([("name", names), ("employees", sizes)]).unwrap();
    /// let frame = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    /// let done = crm.import_frame("organization", frame, Some(2), &Import::default(), &mut |_, _| {})?;
    /// assert_eq!((done.added, crm.organizations().count("employees = 120")?), (2, 1));
    /// crm.undo(done.change_set.unwrap())?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn import_frame(&self, entity: &str, frame: impl RecordBatchReader, rows: Option<u64>, import: &Import, progress: Progress<'_>) -> Result<Imported> {
        self.import(entity, import, |change| change.import_frame(entity, frame, rows, import, progress))
    }
}

impl ChangeSet {
    /// Imports a data frame within this change set, whole or, on an error, not at all; see [`Crm::import_frame`].
    pub fn import_frame(&self, entity: &str, frame: impl RecordBatchReader, rows: Option<u64>, import: &Import, progress: Progress<'_>) -> Result<Imported> {
        for (option, given) in [("delimiter", import.delimiter.is_some()), ("encoding", import.encoding.is_some())] {
            if given {
                return Err(Error::invalid(option, "does not apply to a frame"));
            }
        }
        let expected = rows.map_or(usize::MAX, |rows| usize::try_from(rows).unwrap_or(usize::MAX));
        self.import_rows(entity, &mut Frame::new(frame), expected, rows, import, progress)
    }
}

struct Frame<R> {
    batches: R,
    columns: Vec<Column>,
    /// The rows of the batch at hand, and the next of them.
    rows: usize,
    next: usize,
    /// Rows of the frame gone through, the one at hand included.
    read: u64,
}

impl<R: RecordBatchReader> Frame<R> {
    fn new(batches: R) -> Self {
        Self { batches, columns: Vec::new(), rows: 0, next: 0, read: 0 }
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_columns() != self.batches.schema().fields().len() {
            return Err(Error::invalid("frame", "its batches have other columns than it says"));
        }
        self.columns = batch.columns().iter().map(Column::new).collect();
        (self.rows, self.next) = (batch.num_rows(), 0);
        Ok(())
    }
}

impl<R: RecordBatchReader> Rows for Frame<R> {
    fn headers(&mut self) -> Result<Vec<String>> {
        let schema = self.batches.schema();
        match schema.fields().len() {
            0 => Err(Error::invalid("frame", "has no columns")),
            1..=MAX_COLUMNS => Ok(schema.fields().iter().map(|field| field.name().trim().to_owned()).collect()),
            _ => Err(Error::invalid("frame", "has more than 1000 columns")),
        }
    }

    fn next(&mut self) -> Result<Next> {
        while self.next == self.rows {
            let Some(batch) = self.batches.next() else { return Ok(Next::End) };
            // Whose words these are is not known: they may show values.
            let batch = batch.map_err(|_| Error::invalid("frame", "could not be read to its end"))?;
            self.take(&batch)?;
        }
        self.next += 1;
        self.read += 1;
        Ok(Next::Row)
    }

    fn cell(&self, at: usize) -> Cell<'_> {
        self.columns.get(at).map_or(Cell::Value(Value::Null), |column| column.cell(self.next - 1))
    }

    fn kept(&self) -> Vec<Value> {
        let cells = (0..self.columns.len()).map(|at| self.cell(at));
        cells
            .map(|cell| match cell {
                Cell::Text(text) => text.into(),
                Cell::Value(value) => value,
                Cell::Bad(_) => Value::Null,
            })
            .collect()
    }

    fn line(&self) -> u64 {
        self.read.saturating_sub(1)
    }

    fn read(&self) -> u64 {
        self.read
    }

    fn problem(&self, _plan: &Plan<'_>) -> Option<String> {
        None
    }

    fn described(&self) -> (String, String) {
        Default::default()
    }
}

/// A column of a batch, and how its values are read.
struct Column {
    array: ArrayRef,
    nulls: Option<NullBuffer>,
    /// For categories: which value each row has.
    keys: Option<Vec<usize>>,
    read: Read,
}

type Read = for<'a> fn(&'a dyn Array, usize) -> Cell<'a>;

impl Column {
    fn new(array: &ArrayRef) -> Self {
        let nulls = array.logical_nulls();
        match array.as_any_dictionary_opt() {
            Some(dictionary) if !dictionary.values().is_empty() => {
                let values = dictionary.values().clone();
                Self { read: reader(values.data_type()), array: values, nulls, keys: Some(dictionary.normalized_keys()) }
            }
            _ => Self { read: reader(array.data_type()), array: array.clone(), nulls, keys: None },
        }
    }

    fn cell(&self, row: usize) -> Cell<'_> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return Cell::Value(Value::Null);
        }
        let at = self.keys.as_ref().map_or(row, |keys| keys[row]);
        // A category itself may be missing.
        if self.keys.is_some() && self.array.is_null(at) { Cell::Value(Value::Null) } else { (self.read)(&self.array, at) }
    }
}

/// How values of a type are read.
fn reader(data_type: &DataType) -> Read {
    macro_rules! whole {
        ($ty:ident) => {
            |array, row| {
                i64::try_from(array.as_primitive::<types::$ty>().value(row))
                    .map_or(Cell::Bad("a whole number beyond 64 bits"), |number| Cell::Value(Value::Integer(number)))
            }
        };
    }
    macro_rules! moment {
        ($ty:ident, $from:expr) => {
            |array, row| moment($from(array.as_primitive::<types::$ty>().value(row)))
        };
    }
    match data_type {
        DataType::Null => |_, _| Cell::Value(Value::Null),
        DataType::Boolean => |array, row| Cell::Value(Value::Bool(array.as_boolean().value(row))),
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => whole!(UInt64Type),
        DataType::Float32 => |array, row| number(shortest(array.as_primitive::<types::Float32Type>().value(row))),
        DataType::Float64 => |array, row| number(array.as_primitive::<types::Float64Type>().value(row)),
        DataType::Decimal128(_, _) => |array, row| decimal(array.as_primitive::<types::Decimal128Type>().value(row), array.data_type()),
        DataType::Utf8 => |array, row| Cell::Text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => |array, row| Cell::Text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => |array, row| Cell::Text(array.as_string_view().value(row)),
        DataType::Date32 => |array, row| day(Some(array.as_primitive::<types::Date32Type>().value(row))),
        DataType::Date64 => |array, row| day(i32::try_from(array.as_primitive::<types::Date64Type>().value(row).div_euclid(86_400_000)).ok()),
        DataType::Timestamp(TimeUnit::Second, _) => moment!(TimestampSecondType, |seconds| DateTime::from_timestamp(seconds, 0)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => moment!(TimestampMillisecondType, DateTime::from_timestamp_millis),
        DataType::Timestamp(TimeUnit::Microsecond, _) => moment!(TimestampMicrosecondType, DateTime::from_timestamp_micros),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => moment!(TimestampNanosecondType, |nanos| Some(DateTime::from_timestamp_nanos(nanos))),
        DataType::List(_) => |array, row| items(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => |array, row| items(&array.as_list::<i64>().value(row)),
        _ => |_, _| Cell::Bad("values of this column's type cannot be stored; turn them into texts, numbers, days or moments first"),
    }
}

/// The number that the shortest text for a narrow one means: 0.1, not 0.10000000149.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::NAN)
}

fn number(number: f64) -> Cell<'static> {
    Cell::Value(if number.is_nan() { Value::Null } else { Value::Number(number) })
}

fn decimal(unscaled: i128, data_type: &DataType) -> Cell<'static> {
    let scale = if let DataType::Decimal128(_, scale) = data_type { *scale } else { 0 };
    // A negative scale stands for zeros at the end.
    let unscaled = 10_i128.checked_pow(u32::from(scale.min(0).unsigned_abs())).and_then(|zeros| unscaled.checked_mul(zeros));
    let made = unscaled.and_then(|unscaled| Decimal::try_from_i128_with_scale(unscaled, u32::from(scale.max(0).unsigned_abs())).ok());
    made.map_or(Cell::Bad("a decimal number with more than 28 digits"), |number| Cell::Value(Value::Decimal(number)))
}

fn day(since: Option<i32>) -> Cell<'static> {
    since.and_then(NaiveDate::from_epoch_days).map_or(Cell::Bad("a day beyond the calendar"), |day| Cell::Value(Value::Date(day)))
}

fn moment(moment: Option<DateTime<Utc>>) -> Cell<'static> {
    moment.map_or(Cell::Bad("a moment beyond the calendar"), |moment| Cell::Value(Value::Moment(moment)))
}

fn items(list: &ArrayRef) -> Cell<'static> {
    let column = Column::new(list);
    let texts = (0..list.len()).map(|row| if let Cell::Text(text) = column.cell(row) { Some(text.to_owned()) } else { None });
    texts.collect::<Option<Vec<_>>>().map_or(Cell::Bad("a list of something else than texts"), |items| Cell::Value(Value::Items(items)))
}

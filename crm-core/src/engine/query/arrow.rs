//! Tables as Arrow record batches, so that data frames and databases take them without copying texts or numbers.

use super::{Column, ColumnData, Table};
use crate::engine::error::{Error, Result};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, LargeStringArray, RecordBatch, RecordBatchOptions,
    TimestampMillisecondArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use rust_decimal::Decimal;
use std::sync::Arc;

/// Digits after the point of a column of decimals, unless one of them has more: all pages of a list have the same type.
const DECIMAL_SCALE: u32 = 10;
/// Digits that Arrow's decimals have in all.
const DECIMAL_DIGITS: u8 = 38;

impl Table {
    /// The table as an Arrow record batch: whole numbers as `Int64`, numbers as `Float64`, texts as `LargeUtf8`,
    /// exact decimals as `Decimal128(38, 10)`, yes/no as `Boolean`, dates as `Date32`, moments as `Timestamp(Millisecond, "UTC")`. Texts, numbers and
    /// moments move into it uncopied.
    ///
    /// ```
    /// let crm = crm_core::Crm::open(":memory:")?;
    /// let batch = crm.sql("select 1 as n, 'one' as word", &[])?.to_record_batch()?;
    /// assert_eq!((batch.num_rows(), batch.num_columns()), (1, 2));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[allow(clippy::wrong_self_convention)]
    pub fn to_record_batch(self) -> Result<RecordBatch> {
        let rows = self.rows;
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for column in self.columns {
            let name = column.name.clone();
            let array = array(column)?;
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
        // The count is given because a table without columns can have rows.
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(|_| Error::storage("", "the columns are of unequal length"))
    }
}

fn array(column: Column) -> Result<ArrayRef> {
    if let Some(array) = decimals(&column) {
        return Ok(array);
    }
    let Column { name, kind, data, valid } = column;
    let valid = valid.map(NullBuffer::from);
    Ok(match (data, kind) {
        (ColumnData::Integer(values), "bool") => Arc::new(BooleanArray::new(values.iter().map(|value| *value != 0).collect::<BooleanBuffer>(), valid)),
        (ColumnData::Integer(values), "date") => {
            let days = values.into_iter().map(|day| i32::try_from(day).map_err(|_| Error::corrupt(name.as_str(), "a date is out of range")));
            Arc::new(Date32Array::new(days.collect::<Result<Vec<_>>>()?.into(), valid))
        }
        (ColumnData::Integer(values), "moment") => Arc::new(TimestampMillisecondArray::new(values.into(), valid).with_timezone("UTC")),
        (ColumnData::Integer(values), _) => Arc::new(Int64Array::new(values.into(), valid)),
        (ColumnData::Number(values), _) => Arc::new(Float64Array::new(values.into(), valid)),
        (ColumnData::Text { mut ends, bytes }, _) => {
            ends.insert(0, 0);
            let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
            let texts = LargeStringArray::try_new(offsets, Buffer::from_vec(bytes.into_bytes()), valid);
            Arc::new(texts.map_err(|_| Error::corrupt(name, "a text in the file is not UTF-8"))?)
        }
    })
}

/// A column of exact decimals, unless one of them is none or does not fit.
fn decimals(column: &Column) -> Option<ArrayRef> {
    if column.kind != "decimal" {
        return None;
    }
    let valid = |row: usize| column.valid.as_ref().is_none_or(|valid| valid[row]);
    let numbers = (0..column.len()).map(|row| if valid(row) { Decimal::from_str_exact(column.str(row)).map(Some) } else { Ok(None) });
    let numbers = numbers.collect::<std::result::Result<Vec<_>, _>>().ok()?;
    let scale = numbers.iter().flatten().map(|number| number.normalize().scale()).max().unwrap_or(0).max(DECIMAL_SCALE);
    let unscaled = |number: Decimal| {
        let number = number.normalize();
        10_i128.checked_pow(scale - number.scale())?.checked_mul(number.mantissa())
    };
    let values = numbers.into_iter().map(|number| number.map_or(Some(None), |number| unscaled(number).map(Some)));
    let array = values.collect::<Option<Decimal128Array>>()?.with_precision_and_scale(DECIMAL_DIGITS, i8::try_from(scale).ok()?).ok()?;
    array.validate_decimal_precision(DECIMAL_DIGITS).ok()?;
    Some(Arc::new(array))
}

/// The Arrow type of a column kind, as [`Column::kind`] names them.
///
/// ```
/// assert_eq!(crm_core::arrow_type("date").to_string(), "Date32");
/// ```
pub fn arrow_type(kind: &str) -> DataType {
    match kind {
        "integer" => DataType::Int64,
        "number" => DataType::Float64,
        "decimal" => DataType::Decimal128(DECIMAL_DIGITS, DECIMAL_SCALE as i8),
        "bool" => DataType::Boolean,
        "date" => DataType::Date32,
        "moment" => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        _ => DataType::LargeUtf8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Crm, DealFields, OrganizationFields, ProcessTemplate};
    use arrow_array::{Array, cast::AsArray, types};

    /// Every kind of column, with and without a value.
    #[test]
    fn every_kind_keeps_its_values_and_gaps() -> Result<()> {
        let crm = Crm::open(":memory:")?;
        crm.add_process("New business", ProcessTemplate::Classic)?;
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 31).ok_or_else(|| Error::storage("", "no such day"))?;
        crm.deals().add(DealFields { name: "Łódź".into(), closes_on: Some(day), ..Default::default() })?;
        crm.deals().add(DealFields { name: String::from("Mill"), ..Default::default() })?;
        let table = crm.sql("select id, name, closes_on, created_at, case id when 1 then 0.5 end as share, null as absent from deal order by id", &[])?;
        let kinds: Vec<_> = table.columns.iter().map(|column| arrow_type(column.kind)).collect();
        let batch = table.to_record_batch()?;
        let types: Vec<_> = batch.schema().fields().iter().map(|field| field.data_type().clone()).collect();
        assert_eq!(types, kinds);
        assert_eq!(batch.column(0).as_primitive::<types::Int64Type>().values(), &[1, 2]);
        assert_eq!(batch.column(1).as_string::<i64>().iter().collect::<Vec<_>>(), [Some("Łódź"), Some("Mill")]);
        // 31 January 2026 is 20,484 days after 1 January 1970 (56 years, 14 of them leap years, and 30 days).
        assert_eq!(batch.column(2).as_primitive::<types::Date32Type>().iter().collect::<Vec<_>>(), [Some(56 * 365 + 14 + 30), None]);
        assert!(matches!(types[3], DataType::Timestamp(TimeUnit::Millisecond, Some(_))));
        assert_eq!(batch.column(4).as_primitive::<types::Float64Type>().iter().collect::<Vec<_>>(), [Some(0.5), None]);
        assert_eq!(batch.column(5).null_count(), 2);

        crm.users().add(crate::UserFields { name: "Ann".into(), ..Default::default() })?;
        let batch = crm.sql("select active from user", &[])?.to_record_batch()?;
        assert!(batch.column(0).as_boolean().value(0));
        Ok(())
    }

    #[test]
    fn an_empty_table_keeps_its_columns() -> Result<()> {
        let crm = Crm::open(":memory:")?;
        let batch = crm.organizations().table("")?.to_record_batch()?;
        assert_eq!(batch.num_rows(), 0);
        assert_eq!(batch.schema().field_with_name("name").map(|field| field.data_type().clone()).ok(), Some(DataType::LargeUtf8));
        crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
        assert_eq!(crm.organizations().table("")?.to_record_batch()?.num_rows(), 1);
        Ok(())
    }
}

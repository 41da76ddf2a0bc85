//! What to find, and tables of results.

use crate::{CrmError, Result};
use crm_core::Value;
use crm_core::entity::FieldType;
use std::sync::Arc;

/// What to find: an SQL boolean expression over an entity's fields, values for its parameters, an order, a limit.
/// Money is compared in minor units, moments with texts such as `'2026-01-31'`. Without an expression it finds everything.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct Filter {
    /// The expression, such as `employees >= ?1 and industry = ?2`.
    #[uniffi(default)]
    pub expression: String,
    /// The values of `?1`, `?2`, ...
    #[uniffi(default)]
    pub params: Vec<Value>,
    /// Fields to order by: `name`, or `-name` for the other direction.
    #[uniffi(default)]
    pub order_by: Vec<String>,
    /// At most this many records (1 to 100,000).
    #[uniffi(default)]
    pub limit: Option<i64>,
    /// Goes on after an earlier page, whose `next` this is.
    #[uniffi(default)]
    pub after: Option<String>,
}

impl Filter {
    pub(crate) fn of(given: Option<Self>) -> Result<crm_core::Filter> {
        let Self { expression, params, order_by, limit, after } = given.unwrap_or_default();
        let mut filter = crm_core::Filter::from((expression, params));
        for field in order_by {
            filter = filter.order_by(field);
        }
        if let Some(limit) = limit {
            filter = filter.limit(size("limit", limit)?);
        }
        Ok(after.into_iter().fold(filter, crm_core::Filter::after))
    }
}

/// A whole number of the host as a count of things.
pub(crate) fn size(field: &str, number: i64) -> Result<usize> {
    usize::try_from(number).map_err(|_| CrmError::invalid(field, "cannot be negative"))
}

/// A page of records as JSON objects, and where the next one begins.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct JsonPage {
    /// The records, each a JSON object, in order.
    pub records: Vec<String>,
    /// Give this to `Filter.after` for the next page; empty on the last one.
    pub next: Option<String>,
}

/// A table of results, column by column. It is kept in the library until it is taken as values, JSON or Arrow.
#[derive(uniffi::Object)]
pub struct Table {
    core: crm_core::Table,
}

impl Table {
    pub(crate) fn new(core: crm_core::Table) -> Arc<Self> {
        Arc::new(Self { core })
    }
}

#[uniffi::export]
impl Table {
    /// The number of rows.
    pub fn rows(&self) -> i64 {
        self.core.rows as i64
    }

    /// The names of the columns, in order.
    pub fn columns(&self) -> Vec<String> {
        self.core.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// What the values of each column mean: `integer`, `number`, `text`, `bool`, `date` or `moment`.
    pub fn kinds(&self) -> Vec<String> {
        self.core.columns.iter().map(|column| column.kind.to_owned()).collect()
    }

    /// The value in a row (from 0) of a named column; empty when there is no such place.
    pub fn value(&self, row: i64, column: String) -> Value {
        usize::try_from(row).ok().and_then(|row| self.core.value(row, &column)).unwrap_or_default()
    }

    /// The rows as a JSON array of objects.
    pub fn to_json(&self) -> String {
        self.core.to_json()
    }

    /// The table as an Arrow IPC stream, which data frames of every language read.
    pub fn to_arrow_ipc(&self) -> Result<Vec<u8>> {
        let batch = self.core.clone().to_record_batch()?;
        let failed = |_| CrmError::Storage { field: "arrow".into(), reason: "the table cannot be written as Arrow".into() };
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).map_err(failed)?;
        writer.write(&batch).map_err(failed)?;
        writer.into_inner().map_err(failed)
    }
}

/// What there is to know about a field.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Field {
    /// The name in filters, SQL and JSON.
    pub name: String,
    /// What it accepts: `text`, `integer`, `money`, `choice`, `item`, `reference` and so on.
    pub kind: String,
    /// What it means.
    pub doc: String,
    /// Must be given.
    pub required: bool,
    /// Kept by the library's own rules, or computed when read.
    pub computed: bool,
    /// Defined by the users of this file.
    pub custom: bool,
    /// The dictionary of an item, the entity of a reference.
    pub of: Option<String>,
    /// The words of a closed set.
    pub words: Vec<String>,
}

impl Field {
    pub(crate) fn of(field: &crm_core::entity::Field) -> Self {
        let (mut of, mut words) = (None, Vec::new());
        match &field.field_type {
            FieldType::Item(name) | FieldType::Items(name) | FieldType::Reference(name) => of = Some(name.to_string()),
            FieldType::Choice(all) => words = all.iter().map(|&word| word.to_owned()).collect(),
            _ => {}
        }
        let (required, computed, custom) = (field.required, field.computed || field.expression.is_some(), field.is_custom());
        Self { name: field.name.to_string(), kind: field.field_type.name().to_owned(), doc: field.doc.to_string(), required, computed, custom, of, words }
    }
}

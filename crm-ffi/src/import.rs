//! Import of CSV files.

use crate::crossing::{as_is, options, results};
use crate::{ChangeSet, Crm, CrmError, Lift, Lower, Result};
use arrow_ipc::reader::StreamReader;
use crm_core::{ChangeSetId, Currency, Named, RowError, Suspect};
use rust_decimal::Decimal;
use std::io::Cursor;
use std::sync::Arc;

/// Told how far long work has come.
#[uniffi::export(with_foreign)]
pub trait Progress: Send + Sync {
    /// Done so far (bytes of an import, pages of a copy), and of how many when that is known.
    fn tell(&self, done: i64, of: Option<i64>);
}

/// Hands the library's reports to the host's.
pub(crate) fn teller(progress: Option<Arc<dyn Progress>>) -> impl FnMut(u64, Option<u64>) {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    move |done, of| {
        if let Some(progress) = &progress {
            progress.tell(number(done), of.map(number));
        }
    }
}

/// A column of the file and the field it fills.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ColumnField {
    /// The column's header.
    pub column: String,
    /// The field: `name`, `organization_id.id`, `annual_revenue_currency`, ...
    pub field: String,
}

/// Another system and the column with its keys.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ExternalKey {
    /// The system.
    pub system: String,
    /// The column's header.
    pub column: String,
}

/// A column of numbers or money, and what its numbers are multiplied by.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ColumnScale {
    /// The column's header.
    pub column: String,
    /// The factor: 1000000 for a revenue in millions.
    pub factor: Decimal,
}

// Hosts have no pairs.
impl Lower for Vec<(String, String)> {
    type Host = Vec<ColumnField>;
    fn lower(self) -> Vec<ColumnField> {
        self.into_iter().map(|(column, field)| ColumnField { column, field }).collect()
    }
}

impl Lift for Vec<(String, String)> {
    type Host = Vec<ColumnField>;
    fn lift(host: Vec<ColumnField>, _: Self) -> Self {
        host.into_iter().map(|pair| (pair.column, pair.field)).collect()
    }
}

impl Lift for Vec<(String, Decimal)> {
    type Host = Vec<ColumnScale>;
    fn lift(host: Vec<ColumnScale>, _: Self) -> Self {
        host.into_iter().map(|pair| (pair.column, pair.factor)).collect()
    }
}

impl Lift for Option<(String, String)> {
    type Host = Option<ExternalKey>;
    fn lift(host: Option<ExternalKey>, _: Self) -> Self {
        host.map(|key| (key.system, key.column))
    }
}

as_is!(Vec<RowError>, Vec<Suspect>);
crm_core::for_import!(options);
crm_core::for_imported!(results);
crm_core::for_csv_preview!(results);

#[uniffi::export]
impl Crm {
    /// Imports a CSV file into any entity as one change set. Rows that cannot be taken are told with line and reason, the
    /// others go in; an error of the file as a whole, or a cancellation, leaves nothing.
    #[uniffi::method(default(import = None, progress = None))]
    pub fn import_csv(&self, entity: String, path: String, import: Option<Import>, progress: Option<Arc<dyn Progress>>) -> Result<Imported> {
        self.with(|core| core.import_csv(&entity, path, import.unwrap_or_default().into(), &mut teller(progress)).map(Into::into))
    }

    /// Imports an Arrow IPC stream, such as data frames of every language write, with the options of `import_csv` but `delimiter`
    /// and `encoding`. Columns keep their types; `line` of an error is the row, counted from 0.
    #[uniffi::method(default(import = None, progress = None))]
    pub fn import_arrow_ipc(&self, entity: String, stream: Vec<u8>, import: Option<Import>, progress: Option<Arc<dyn Progress>>) -> Result<Imported> {
        let frame = StreamReader::try_new(Cursor::new(stream), None).map_err(|_| CrmError::invalid("stream", "is no Arrow IPC stream"))?;
        self.with(|core| core.import_frame(&entity, frame, None, import.unwrap_or_default().into(), &mut teller(progress)).map(Into::into))
    }

    /// How an import would read a file: encoding, delimiter, mapping and the first rows. Nothing is written.
    #[uniffi::method(default(import = None))]
    pub fn preview_csv(&self, entity: String, path: String, import: Option<Import>) -> Result<CsvPreview> {
        self.with(|core| core.preview_csv(&entity, path, &import.unwrap_or_default().into()).map(Into::into))
    }

    /// Copies the file while others read and write it. An existing file is never overwritten.
    #[uniffi::method(default(progress = None))]
    pub fn backup_to(&self, path: String, progress: Option<Arc<dyn Progress>>) -> Result<()> {
        let never = crm_core::Cancel::new();
        self.with(|core| core.backup_with(path, &mut teller(progress), &never))
    }
}

#[uniffi::export]
impl ChangeSet {
    /// Imports a CSV file into any entity within this change set.
    #[uniffi::method(default(import = None, progress = None))]
    pub fn import_csv(&self, entity: String, path: String, import: Option<Import>, progress: Option<Arc<dyn Progress>>) -> Result<Imported> {
        self.with(|core| core.import_csv(&entity, path, &import.unwrap_or_default().into(), &mut teller(progress)).map(Into::into))
    }
}

//! Import of CSV files.

use crate::{ChangeSet, Crm, Result};
use crm_core::{ChangeSetId, Currency, RowError, Suspect, Value};
use rust_decimal::Decimal;
use std::collections::HashMap;
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

/// How a CSV file becomes records. Left out, encoding and delimiter are found out, columns mapped by their headers, and
/// every row is a new record. A row has at most 1 MB and 1,000 columns.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct Import {
    /// Columns and their fields; a column may fill several. Empty: each column whose header is the name of a field.
    #[uniffi(default)]
    pub mapping: Vec<ColumnField>,
    /// The fields by which an existing record is found and then updated. Empty: every row is new.
    #[uniffi(default)]
    pub key: Vec<String>,
    /// The record known by the key in another system is updated; a new one becomes known by it.
    #[uniffi(default)]
    pub external: Option<ExternalKey>,
    /// Values that new records get in fields that the file leaves empty.
    #[uniffi(default)]
    pub defaults: HashMap<String, Value>,
    /// The currency of amounts written without one.
    #[uniffi(default)]
    pub currency: Option<Currency>,
    /// Columns whose numbers are multiplied.
    #[uniffi(default)]
    pub scale: Vec<ColumnScale>,
    /// The delimiter, one ASCII character.
    #[uniffi(default)]
    pub delimiter: Option<String>,
    /// The encoding by its WHATWG name, such as `windows-1250`.
    #[uniffi(default)]
    pub encoding: Option<String>,
    /// What separates the thousands in numbers. When left out, a number with separators is a mistake.
    #[uniffi(default)]
    pub thousands: Option<String>,
    /// Numbers have a decimal comma.
    #[uniffi(default)]
    pub decimal_comma: bool,
    /// How days and moments are written, such as `%d.%m.%Y`; ISO 8601 when left out. Times without a zone are UTC.
    #[uniffi(default)]
    pub date_format: Option<String>,
    /// Drops white space around every cell.
    #[uniffi(default)]
    pub trim: bool,
    /// An empty cell empties the field of the record it updates; otherwise the record keeps what it has.
    #[uniffi(default)]
    pub clear_empty: bool,
    /// The first row that fails ends the import, and nothing is written.
    #[uniffi(default)]
    pub strict: bool,
    /// How many failed rows are listed (1,000 when left out); further ones are only counted.
    #[uniffi(default)]
    pub max_errors: Option<i64>,
    /// Does everything but keep it.
    #[uniffi(default)]
    pub dry_run: bool,
}

impl Import {
    fn of(given: Option<Self>) -> crm_core::Import {
        let Self {
            mapping,
            key,
            external,
            defaults,
            currency,
            scale,
            delimiter,
            encoding,
            thousands,
            decimal_comma,
            date_format,
            trim,
            clear_empty,
            strict,
            max_errors,
            dry_run,
        } = given.unwrap_or_default();
        crm_core::Import {
            mapping: mapping.into_iter().map(|pair| (pair.column, pair.field)).collect(),
            key,
            external: external.map(|external| (external.system, external.column)),
            defaults: defaults.into_iter().collect(),
            currency,
            scale: scale.into_iter().map(|scale| (scale.column, scale.factor)).collect(),
            delimiter,
            encoding,
            thousands,
            decimal_comma,
            date_format,
            trim,
            clear_empty,
            strict,
            max_errors: max_errors.unwrap_or(crm_core::Import::default().max_errors),
            dry_run,
        }
    }
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Imported {
    /// The change set, to be undone with `undo`; empty when nothing changed.
    pub change_set: Option<ChangeSetId>,
    /// Rows of the file without the header: the sum of the next four.
    pub rows: i64,
    /// Records added.
    pub added: i64,
    /// Records changed.
    pub updated: i64,
    /// Rows that say what the record already says.
    pub unchanged: i64,
    /// Rows that could not be taken.
    pub failed: i64,
    /// Why rows failed, in the order of the file, at most as many as asked for.
    pub errors: Vec<RowError>,
    /// Values of pick-list fields that the dictionary does not hold, the most frequent first; at most 1,000.
    pub suspects: Vec<Suspect>,
    /// What was allowed but deserves a look.
    pub warnings: Vec<String>,
    /// The encoding the file was read in.
    pub encoding: String,
    /// The delimiter it was read with.
    pub delimiter: String,
    /// Columns and fields, as used.
    pub mapping: Vec<ColumnField>,
    /// Columns that were left out.
    pub unmapped: Vec<String>,
}

impl From<crm_core::Imported> for Imported {
    fn from(core: crm_core::Imported) -> Self {
        let crm_core::Imported { change_set, rows, added, updated, unchanged, failed, errors, suspects, warnings, encoding, delimiter, mapping, unmapped } =
            core;
        let mapping = columns(mapping);
        Self { change_set, rows, added, updated, unchanged, failed, errors, suspects, warnings, encoding, delimiter, mapping, unmapped }
    }
}

fn columns(mapping: Vec<(String, String)>) -> Vec<ColumnField> {
    mapping.into_iter().map(|(column, field)| ColumnField { column, field }).collect()
}

/// How an import would read a file.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct CsvPreview {
    /// The encoding given or found.
    pub encoding: String,
    /// The delimiter given or found.
    pub delimiter: String,
    /// The headers.
    pub columns: Vec<String>,
    /// Columns and fields, as they would be used.
    pub mapping: Vec<ColumnField>,
    /// Columns that would be left out.
    pub unmapped: Vec<String>,
    /// Required fields that neither a column nor a default fills.
    pub missing: Vec<String>,
    /// The first 20 rows.
    pub rows: Vec<Vec<String>>,
    /// Rows among these that cannot be read.
    pub errors: Vec<RowError>,
}

#[uniffi::export]
impl Crm {
    /// Imports a CSV file into any entity as one change set. Rows that cannot be taken are told with line and reason, the
    /// others go in; an error of the file as a whole, or a cancellation, leaves nothing.
    #[uniffi::method(default(import = None, progress = None))]
    pub fn import_csv(&self, entity: String, path: String, import: Option<Import>, progress: Option<Arc<dyn Progress>>) -> Result<Imported> {
        self.with(|core| core.import_csv(&entity, path, Import::of(import), &mut teller(progress)).map(Into::into))
    }

    /// How an import would read a file: encoding, delimiter, mapping and the first rows. Nothing is written.
    #[uniffi::method(default(import = None))]
    pub fn preview_csv(&self, entity: String, path: String, import: Option<Import>) -> Result<CsvPreview> {
        let core = self.with(|core| core.preview_csv(&entity, path, &Import::of(import)))?;
        let crm_core::CsvPreview { encoding, delimiter, columns, mapping, unmapped, missing, rows, errors } = core;
        Ok(CsvPreview { encoding, delimiter, columns, mapping: self::columns(mapping), unmapped, missing, rows, errors })
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
        self.with(|core| core.import_csv(&entity, path, &Import::of(import), &mut teller(progress)).map(Into::into))
    }
}

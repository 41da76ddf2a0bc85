//! What imports take and give, and the one of data frames; progress.

use crate::crossing::lifted;
use crate::{Crm, CrmError, Import, Imported, Lift, Lower, Result};
use arrow_ipc::reader::StreamReader;
use rust_decimal::Decimal;
use std::io::Cursor;
use std::sync::Arc;

/// Told how far long work has come.
#[uniffi::export(with_foreign)]
pub trait Progress: Send + Sync {
    /// Done so far (bytes of an import, pages of a copy, documents of the search index), and of how many when that is known.
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
impl Lower for (String, String) {
    type Host = ColumnField;
    fn lower(self) -> ColumnField {
        let (column, field) = self;
        ColumnField { column, field }
    }
}

lifted!(Vec<(String, String)> as Vec<ColumnField> = |host| host.into_iter().map(|pair| (pair.column, pair.field)).collect());
lifted!(Vec<(String, Decimal)> as Vec<ColumnScale> = |host| host.into_iter().map(|pair| (pair.column, pair.factor)).collect());

impl Lift for Option<(String, String)> {
    type Host = Option<ExternalKey>;
    type Optional = Option<ExternalKey>;
    fn lift(host: Self::Host) -> Self {
        host.map(|key| (key.system, key.column))
    }
    fn lift_or(given: Self::Optional, default: impl FnOnce() -> Self) -> Self {
        Self::lift(given).or_else(default)
    }
}

#[uniffi::export]
impl Crm {
    /// Imports an Arrow IPC stream, such as data frames of every language write, with the options of `import_csv` but `delimiter`
    /// and `encoding`. Columns keep their types; `line` of an error is the row, counted from 0.
    #[uniffi::method(default(import = None, progress = None))]
    pub fn import_arrow_ipc(&self, entity: String, stream: Vec<u8>, import: Option<Import>, progress: Option<Arc<dyn Progress>>) -> Result<Imported> {
        let frame = StreamReader::try_new(Cursor::new(stream), None).map_err(|_| CrmError::invalid("stream", "is no Arrow IPC stream"))?;
        let import = Lift::lift_or(import, Default::default);
        self.with(|core| core.import_frame(&entity, frame, None, &import, &mut teller(progress)).map(Lower::lower))
    }
}

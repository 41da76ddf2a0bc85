//! Exchange with other programs: CSV and data frames in (I1, B4), records as JSON.

mod calls;
mod cell;
mod door;
#[cfg(feature = "arrow")]
mod frame;
mod import;
mod json;
mod options;
mod plan;
mod resolve;
mod rows;
mod run;
mod source;
mod wire;

pub use door::JsonCalls;
pub use json::JsonRecords;
pub use options::{CsvPreview, Import, Imported, RowError, Suspect};
pub(crate) use wire::{FromJson, ToJson, json_scalar, members, options, scalar, write_members};

/// The longest row of a CSV file that is read, in bytes.
pub(crate) const MAX_ROW: usize = 1 << 20;
/// The most columns a CSV file has.
pub(crate) const MAX_COLUMNS: usize = 1_000;

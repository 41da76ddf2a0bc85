//! Asking: filters, order, pages, and tables of results.

#[cfg(feature = "arrow")]
mod arrow;
mod check;
mod filter;
mod names;
mod table;

#[cfg(feature = "arrow")]
pub use arrow::arrow_type;
pub(crate) use check::{Checked, check};
pub(crate) use filter::{Compiled, bindable};
pub use filter::{Filter, Page};
pub(crate) use table::Builder;
pub use table::{Column, ColumnData, Table};

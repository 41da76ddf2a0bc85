//! Asking: filters, order, pages, and tables of results.

mod check;
mod filter;
mod names;
mod table;

pub(crate) use check::{Checked, check};
pub(crate) use filter::{Compiled, bindable};
pub use filter::{Filter, Page};
pub(crate) use table::Builder;
pub use table::{Column, ColumnData, Table};

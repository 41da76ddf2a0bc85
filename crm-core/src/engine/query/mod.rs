//! Asking: filters, order, pages, and tables of results.

#[cfg(feature = "arrow")]
mod arrow;
mod builder;
mod filter;
mod filter_check;
mod filter_form;
mod functions;
mod lists;
mod sql;
mod subquery;
mod table;

#[cfg(feature = "arrow")]
pub use arrow::arrow_type;
pub(crate) use builder::Builder;
pub(crate) use filter::{Compiled, bindable};
pub use filter::{Filter, Page};
pub(crate) use filter_check::check;
#[cfg(test)]
pub(crate) use functions::functions;
pub(crate) use lists::{list_filter, membership};
pub use table::{About, Column, ColumnData, Table};

//! Asking: filters, order, pages, and tables of results.

#[cfg(feature = "arrow")]
mod arrow;
mod builder;
mod dialect;
mod expression;
mod filter;
mod filter_check;
mod filter_form;
mod from;
mod function_call;
mod functions;
mod lists;
mod names;
mod parts;
mod pieces;
mod scope;
mod sql;
mod statement;
mod table;
mod text;

#[cfg(feature = "arrow")]
pub use arrow::arrow_type;
pub(crate) use builder::Builder;
pub(crate) use filter::{Compiled, bindable};
pub use filter::{Filter, Page};
pub(crate) use filter_check::check;
#[cfg(test)]
pub(crate) use functions::{Reach, functions};
pub(crate) use lists::{list_filter, membership};
pub use table::{About, Column, ColumnData, Table};

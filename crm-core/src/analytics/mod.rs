//! Reports: what the records add up to. The queries are in `sql/reports`, one file each, over plain table names, so that
//! rights and moments apply to them as to any other reading.

mod query;
mod report;

pub use report::{Dimension, Report, ReportQuery};

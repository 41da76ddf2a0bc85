//! Data in and out of the file in the forms other programs use.

mod json;

pub use json::JsonRecords;

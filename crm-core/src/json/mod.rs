//! The library for hosts that speak JSON and nothing else.

mod calls;
mod described;
mod door;
mod records;
mod schema;

pub use door::JsonCalls;
pub use records::JsonRecords;
pub use schema::json_schema;

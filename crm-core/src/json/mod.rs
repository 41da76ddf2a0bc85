//! The library for hosts that speak JSON and nothing else.

mod calls;
mod door;
mod records;

pub use door::JsonCalls;
pub use records::JsonRecords;

//! Entities, declared once: `entity!` declares them, [`Entity`] is what it yields, [`Entities`] what can be done with their records.

mod by_name;
mod declare;
mod entities;
mod given;
mod merge;
mod number;
mod one_of;
mod read;
mod rules;
mod values;

pub(crate) use by_name::{count_in, find_named, get_named, next_page, table_in};
pub(crate) use declare::entity;
pub use entities::{Entities, Loaded};
pub(crate) use entities::{at_row, label};
pub(crate) use given::given;
pub(crate) use read::{get_in, records};
pub use rules::{After, Entity, Fields, Rules};
pub(crate) use values::stored_values;

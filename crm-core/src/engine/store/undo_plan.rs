//! What an undo is to do: steps, and what stands in their way.

use super::log::Columns;
use crate::engine::declare::outcome;
use std::collections::{BTreeMap, HashMap};

outcome! {
    /// What stands in the way of an undo: a record that changed again since.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Obstacle as for_obstacle {
        /// The entity.
        pub entity: String,
        /// The record.
        pub record_id: i64,
        /// The fields changed again; empty when the record itself was removed, restored or is referred to.
        pub fields: Vec<String>,
        /// Why it stands in the way.
        pub reason: String,
    }
}

/// What undoing does to one record, or to the records between two ids.
pub(super) enum Step {
    /// It was added: it goes.
    Remove,
    /// It was removed: it comes back as it was.
    Restore(Columns),
    /// Some of its fields get back what they held.
    Set(Columns),
    Nothing,
}

/// A step, and the records that it is about: table, first and last id.
pub(super) type Planned = (usize, (i64, i64), Step);

/// Records of tables, as ranges of ids.
#[derive(Default)]
pub(super) struct Seen {
    ranges: HashMap<usize, BTreeMap<i64, i64>>,
}

impl Seen {
    pub fn add(&mut self, table: usize, first: i64, last: i64) {
        self.ranges.entry(table).or_default().insert(first, last);
    }

    pub fn has(&self, table: usize, id: i64) -> bool {
        self.within(table, id, id)
    }

    /// Whether any record between two ids is among them.
    pub fn within(&self, table: usize, first: i64, last: i64) -> bool {
        self.ranges.get(&table).and_then(|ranges| ranges.range(..=last).next_back()).is_some_and(|(_, end)| *end >= first)
    }
}

//! What a change set in the making knows of itself.

use crate::engine::chain::{Chain, Versions};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Records that were added one after another and are not logged yet.
#[derive(Clone)]
pub(super) struct Pending {
    pub table: usize,
    pub first: i64,
    pub last: i64,
    pub digests: Versions,
}

/// What a change set wrote so far, and what it remembers to save work.
pub(super) struct State {
    pub(super) next_change: i64,
    pub(super) next_ids: Vec<Option<i64>>,
    /// An insert not yet logged, which grows while ids follow each other.
    pub(super) pending: Option<Pending>,
    pub(super) chain: Chain,
    pub(super) reshaped: bool,
    pub(super) known: Known,
    /// An operation failed half-way: nothing of the change set may be committed.
    pub(super) spoiled: bool,
    pub(super) warnings: Vec<String>,
    /// A step of an area's work was counted, which stays even when it had nothing to write.
    pub(super) stepped: bool,
    /// Something was written that the log has no entries for: former versions were taken away, or operational records written.
    pub(super) unlogged: bool,
}

impl State {
    /// What it is at first: the position of its first entry, and how many tables there are.
    pub fn new(next_change: i64, tables: usize) -> Self {
        Self {
            next_change,
            next_ids: vec![None; tables],
            pending: None,
            chain: Chain::default(),
            reshaped: false,
            known: Known::default(),
            spoiled: false,
            warnings: Vec::new(),
            stepped: false,
            unlogged: false,
        }
    }

    /// A copy without what is only remembered to save work.
    pub fn without_known(&self) -> Self {
        let Self { next_change, next_ids, pending, chain, reshaped, known: _, spoiled, warnings, stepped, unlogged } = self;
        Self {
            next_change: *next_change,
            next_ids: next_ids.clone(),
            pending: pending.clone(),
            chain: chain.clone(),
            reshaped: *reshaped,
            known: Known::default(),
            spoiled: *spoiled,
            warnings: warnings.clone(),
            stepped: *stepped,
            unlogged: *unlogged,
        }
    }
}

/// Salts drawn beforehand.
#[derive(Default)]
pub(super) struct Salts {
    pub(super) drawn: Vec<u8>,
    pub(super) next: usize,
}

/// References that were looked up already: table and id.
pub(super) type Known = HashSet<(usize, i64), BuildHasherDefault<IdHasher>>;

/// Numbers of our own, which nobody chooses to collide: a load looks up several for each of its records (Fibonacci hashing).
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(32) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

//! What a change set in the making knows of itself.

use crate::engine::chain::{Chain, Versions};

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

/// Records that were found to be there, so that a load looks each up once: a bit for each, by table and id.
#[derive(Default)]
pub(super) struct Known(Vec<Vec<u64>>);

impl Known {
    /// Those with greater ids are looked up again; a table takes 2 MB at most.
    const GREATEST: i64 = 1 << 24;

    fn place(id: i64) -> Option<(usize, u64)> {
        (0..Self::GREATEST).contains(&id).then(|| ((id / 64) as usize, 1 << (id % 64)))
    }

    pub fn has(&self, table: usize, id: i64) -> bool {
        let Some((word, bit)) = Self::place(id) else { return false };
        self.0.get(table).and_then(|bits| bits.get(word)).is_some_and(|bits| bits & bit != 0)
    }

    pub fn add(&mut self, table: usize, id: i64) {
        let Some((word, bit)) = Self::place(id) else { return };
        if self.0.len() <= table {
            self.0.resize(table + 1, Vec::new());
        }
        let bits = &mut self.0[table];
        if bits.len() <= word {
            bits.resize(word + 1, 0);
        }
        bits[word] |= bit;
    }

    pub fn remove(&mut self, table: usize, id: i64) {
        let Some((word, bit)) = Self::place(id) else { return };
        if let Some(bits) = self.0.get_mut(table).and_then(|bits| bits.get_mut(word)) {
            *bits &= !bit;
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

//! Who listens to commits of this process, and telling them in order.

use super::cause::ChangeCause;
use crate::engine::declare::{ChangeSetId, UserId, outcome};
use crate::engine::sync;
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

outcome! {
    /// A change set that was committed, as a listener is told of it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CommitEvent as for_commit_event {
        /// The change set.
        pub change_set: ChangeSetId,
        /// The moment it carries.
        pub at: DateTime<Utc>,
        /// Who made it, or `None` for the system.
        pub actor: Option<UserId>,
        /// What brought it about.
        pub cause: ChangeCause,
        /// What it is called.
        pub label: Option<String>,
        /// The change set it took back, when it is an undo.
        pub undoes: Option<ChangeSetId>,
        /// The position in the feed before its first entry: its entries are `changes(since, entries)`.
        pub since: i64,
        /// How many entries it has in the feed.
        pub entries: i64,
        /// The hash at the end of the log's chain after it, as `verify` gives it. Signed and kept elsewhere, it shows later that nothing before it was altered.
        pub head: String,
    }
}

pub(super) type Hear = Arc<dyn Fn(&CommitEvent) + Send + Sync>;

/// Who listens to a file, and what they have not been told yet.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<State>);

#[derive(Default)]
struct State {
    all: Vec<Listener>,
    waiting: VecDeque<CommitEvent>,
    /// How many events were noted; a listener hears those noted after it came.
    noted: u64,
    /// A thread is telling; it also tells what others note meanwhile.
    telling: bool,
    next: u64,
}

struct Listener {
    id: u64,
    from: u64,
    hear: Hear,
}

impl Listeners {
    /// Notes a commit. To be called while the writer is still held, so that the order is that of the commits.
    pub fn note(&self, event: impl FnOnce() -> CommitEvent) {
        let mut state = sync::lock(&self.0);
        if !state.all.is_empty() {
            state.noted += 1;
            state.waiting.push_back(event());
        }
    }

    /// Tells what was noted. To be called with nothing held; one thread at a time tells, so that the order stays.
    pub fn tell(&self) {
        let mut state = sync::lock(&self.0);
        if state.telling {
            return;
        }
        state.telling = true;
        while let Some(event) = state.waiting.pop_front() {
            let number = state.noted - state.waiting.len() as u64;
            let all: Vec<Hear> = state.all.iter().filter(|listener| listener.from < number).map(|listener| listener.hear.clone()).collect();
            drop(state);
            for hear in all {
                if catch_unwind(AssertUnwindSafe(|| hear(&event))).is_err() {
                    log::warn!(target: "crm", "a commit listener failed; the commit stands");
                }
            }
            state = sync::lock(&self.0);
        }
        state.telling = false;
    }

    pub fn add(&self, hear: Hear) -> u64 {
        let mut state = sync::lock(&self.0);
        let (id, from) = (state.next, state.noted);
        state.next += 1;
        state.all.push(Listener { id, from, hear });
        id
    }

    pub fn remove(&self, id: u64) {
        let mut state = sync::lock(&self.0);
        let found = state.all.iter().position(|listener| listener.id == id);
        let gone = found.map(|at| state.all.swap_remove(at));
        // A listener may own a handle; it goes when the lock is free.
        drop(state);
        drop(gone);
    }
}

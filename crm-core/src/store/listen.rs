//! Being told of commits, by this process, in order.

use crate::{ChangeSetId, Crm, Error, Result, UserId, outcome, sync};
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
        /// What it is called.
        pub label: Option<String>,
        /// The change set it took back, when it is an undo.
        pub undoes: Option<ChangeSetId>,
        /// The position in the feed before its first entry: its entries are `changes(since, entries)`.
        pub since: i64,
        /// How many entries it has in the feed.
        pub entries: i64,
    }
}

type Hear = Arc<dyn Fn(&CommitEvent) + Send + Sync>;

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

    fn add(&self, hear: Hear) -> u64 {
        let mut state = sync::lock(&self.0);
        let (id, from) = (state.next, state.noted);
        state.next += 1;
        state.all.push(Listener { id, from, hear });
        id
    }

    fn remove(&self, id: u64) {
        let mut state = sync::lock(&self.0);
        let found = state.all.iter().position(|listener| listener.id == id);
        let gone = found.map(|at| state.all.swap_remove(at));
        // A listener may own a handle; it goes when the lock is free.
        drop(state);
        drop(gone);
    }
}

/// Keeps a listener listening; it stops when this is dropped.
///
/// ```
/// # use crm_core::*;
/// # use std::sync::{Arc, atomic::{AtomicI64, Ordering}};
/// let crm = Crm::open(":memory:")?;
/// let heard = Arc::new(AtomicI64::new(0));
/// let count = heard.clone();
/// let listening = crm.on_commit(move |event| _ = count.fetch_add(event.entries, Ordering::Relaxed))?;
/// crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
/// listening.stop();
/// crm.organizations().add(OrganizationFields { name: "Birch".into(), ..Default::default() })?;
/// assert_eq!(heard.load(Ordering::Relaxed), 1);
/// # Ok::<(), Error>(())
/// ```
#[must_use = "a listener stops when this is dropped; `keep` lets it go on"]
pub struct Listening(Option<(Arc<Listeners>, u64)>);

impl Listening {
    /// Stops. A call that another thread is in the middle of comes to its end.
    pub fn stop(self) {
        drop(self);
    }

    /// Lets the listener go on as long as the file is open.
    pub fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some((listeners, id)) = self.0.take() {
            listeners.remove(id);
        }
    }
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Listening {{ id: {:?} }}", self.0.as_ref().map(|(_, id)| id))
    }
}

impl Crm {
    /// Calls a listener after every commit made through this open file from now on: in the order of the commits, each once, none left
    /// out, one call at a time. No lock is held meanwhile, so a listener may read and write; of what it writes it is told next.
    ///
    /// It runs on a thread that commits, mostly the one whose commit it is told of; while several commit at once, one
    /// tells for all, and a commit may return before its listeners were called. So a listener should be quick. One that panics
    /// harms neither the commit nor others. A listener that owns a handle keeps the file open until it stops.
    ///
    /// Other processes' commits, and those made before, are in [`changes`](Crm::changes). For handles without a user only, because
    /// it tells of everything.
    ///
    /// ```
    /// # use crm_core::*;
    /// # use std::sync::mpsc;
    /// let crm = Crm::open(":memory:")?;
    /// let (tell, told) = mpsc::channel();
    /// let listening = crm.on_commit(move |event| drop(tell.send(event.clone())))?;
    /// crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
    /// let event = told.recv().unwrap();
    /// let changes = crm.changes(event.since, event.entries as usize)?;
    /// assert_eq!((changes[0].entity.as_str(), changes[0].operation), ("organization", Operation::Insert));
    /// # listening.stop();
    /// # Ok::<(), Error>(())
    /// ```
    pub fn on_commit(&self, hear: impl Fn(&CommitEvent) + Send + Sync + 'static) -> Result<Listening> {
        if !self.is_system() {
            return Err(Error::denied("on_commit", "only a handle without a user may listen to all commits"));
        }
        let listeners = self.listeners().clone();
        let id = listeners.add(Arc::new(hear));
        Ok(Listening(Some((listeners, id))))
    }
}

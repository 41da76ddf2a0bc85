//! Being told of commits, by this process, in order.

use super::crm::Crm;
use super::listeners::{CommitEvent, Listeners};
use crate::engine::error::{Error, Result};
use std::sync::Arc;

/// Keeps a listener listening; it stops when this is dropped.
///
/// ```
/// # use crm_core::*;
/// # use std::sync::{Arc, atomic::{AtomicI64, Ordering}};
/// let crm = Crm::open(":memory:")?;
/// let heard = Arc::new(AtomicI64::new(0));
/// let count = heard.clone();
/// let listening = crm.on_commit(move |event| _ = count.fetch_add(event.entries, Ordering::Relaxed))?;
/// crm.organizations().add(OrganizationFields::new("Acme"))?;
/// listening.stop();
/// crm.organizations().add(OrganizationFields::new("Birch"))?;
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
    /// crm.organizations().add(OrganizationFields::new("Acme"))?;
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

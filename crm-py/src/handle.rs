//! What a Python handle stands on: the core's handle, and the change set open in a thread.

use crate::clock::Asked;
use crate::interrupt::{detached, interruptible};
use crm_core::{ChangeSet, Crm, Error, Result};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::thread::{self, ThreadId};

/// Through what a call goes: the file, or the change set that its thread has open.
pub(crate) enum On<'a> {
    Crm(&'a Crm),
    Change(&'a ChangeSet),
}

pub(crate) struct Handle {
    crm: RwLock<Option<Crm>>,
    clock: Option<Arc<Asked>>,
    current: Mutex<Option<Current>>,
}

struct Current {
    thread: ThreadId,
    change: Arc<Mutex<ChangeSet>>,
}

fn busy(reason: &str) -> Error {
    Error::busy("", reason)
}

impl Handle {
    /// Work under this handle stops at Ctrl-C.
    pub fn new(crm: Crm, clock: Option<Arc<Asked>>) -> Arc<Self> {
        let crm = crm.cancelled_by(&interruptible());
        Arc::new(Self { crm: RwLock::new(Some(crm)), clock, current: Mutex::default() })
    }

    /// A handle of its own for a narrower view of the same file.
    pub fn narrower(&self, py: Python<'_>, narrow: impl FnOnce(&Crm) -> Result<Crm> + Send) -> PyResult<Arc<Self>> {
        Ok(Self::new(self.read(py, narrow)?, self.clock.clone()))
    }

    /// Runs work of the core, at the moment that the caller's clock shows as it begins.
    fn timed<T: Send>(&self, py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
        self.clock.as_ref().map_or(Ok(()), |clock| clock.ask(py))?;
        detached(py, work)
    }

    /// The core's handle, unless it was closed.
    pub fn crm(&self) -> Result<Crm> {
        let crm = self.crm.read().unwrap_or_else(PoisonError::into_inner).clone();
        crm.ok_or_else(|| Error::storage("", "the file is closed"))
    }

    pub fn close(&self) {
        self.current().take();
        self.crm.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_here(&self) -> Option<Arc<Mutex<ChangeSet>>> {
        self.current().as_ref().filter(|current| current.thread == thread::current().id()).map(|current| current.change.clone())
    }

    /// Runs work on the change set that this thread has open, or else on the file.
    pub fn run<T: Send>(&self, py: Python<'_>, work: impl FnOnce(On<'_>) -> Result<T> + Send) -> PyResult<T> {
        self.timed(py, || match self.open_here() {
            None => work(On::Crm(&self.crm()?)),
            Some(change) => match change.try_lock() {
                Ok(change) => work(On::Change(&change)),
                Err(TryLockError::Poisoned(change)) => work(On::Change(&change.into_inner())),
                Err(TryLockError::WouldBlock) => Err(busy("the change set is at work: what is given to it cannot use it")),
            },
        })
    }

    /// Runs work on the file as it is committed.
    pub fn read<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&Crm) -> Result<T> + Send) -> PyResult<T> {
        self.timed(py, || work(&self.crm()?))
    }

    /// Runs work that makes a change set of its own.
    pub fn write<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&Crm) -> Result<T> + Send) -> PyResult<T> {
        self.read(py, |crm| {
            if self.open_here().is_some() {
                return Err(busy("this makes a change set of its own; call it outside the `with` block"));
            }
            work(crm)
        })
    }

    /// Opens a change set for this thread.
    pub fn begin(&self, py: Python<'_>, label: &str) -> PyResult<()> {
        self.timed(py, || {
            if self.open_here().is_some() {
                return Err(busy("a change set is open in this thread already"));
            }
            let change = self.crm()?.begin(label)?;
            *self.current() = Some(Current { thread: thread::current().id(), change: Arc::new(Mutex::new(change)) });
            Ok(())
        })
    }

    /// Takes the change set of this thread, to end it.
    pub fn end(&self) -> Result<ChangeSet> {
        let mut current = self.current();
        let here = current.take_if(|current| current.thread == thread::current().id());
        let change = here.and_then(|current| Arc::into_inner(current.change)).ok_or_else(|| busy("no change set is open in this thread"))?;
        Ok(change.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

//! Several operations as one, and what the library tells about changes.

use crate::{Change, CrmError, Lower, Result};
use crm_core::{ChangeSetId, Operation};
use std::sync::{Arc, Mutex, MutexGuard};

/// A change set in the making. Everything done in it happens when it is committed, or not at all; let go without a
/// commit, it leaves nothing. Threads may share it: their operations wait for each other.
#[derive(uniffi::Object)]
pub struct ChangeSet {
    core: Mutex<Option<crm_core::ChangeSet>>,
}

impl ChangeSet {
    pub(crate) fn new(core: crm_core::ChangeSet) -> Arc<Self> {
        Arc::new(Self { core: Mutex::new(Some(core)) })
    }

    fn lock(&self) -> MutexGuard<'_, Option<crm_core::ChangeSet>> {
        self.core.lock().unwrap_or_else(|poisoned| {
            // An operation broke off in the middle: nothing of the change set may stay.
            let mut core = poisoned.into_inner();
            *core = None;
            core
        })
    }

    fn over() -> CrmError {
        CrmError::Conflict { field: "change_set".into(), reason: "this change set is over: it was committed or rolled back".into() }
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&crm_core::ChangeSet) -> crm_core::Result<T>) -> Result<T> {
        Ok(work(self.lock().as_ref().ok_or_else(Self::over)?)?)
    }
}

#[uniffi::export]
impl ChangeSet {
    /// The id this change set will have.
    pub fn id(&self) -> Result<ChangeSetId> {
        self.with(|core| Ok(core.id()))
    }

    /// What this change set has done so far. Rolled back afterwards instead of committed, it was a dry run.
    pub fn preview(&self) -> Result<Preview> {
        let core = self.with(|core| core.preview(()))?;
        let count = |((entity, operation), count)| PreviewCount { entity, operation, count };
        Ok(Preview { counts: core.counts.into_iter().map(count).collect(), changes: Lower::lower(core.changes), warnings: core.warnings })
    }

    /// Writes everything that was done in it.
    pub fn commit(&self) -> Result<Committed> {
        let core = self.lock().take().ok_or_else(Self::over)?.commit()?;
        Ok(Committed { change_set: core.change_set, warnings: core.warnings })
    }

    /// Leaves everything as it was. It may be called when the change set is over, so that it can stand in a `finally`.
    pub fn rollback(&self) {
        drop(self.lock().take());
    }
}

/// What a change set wrote.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Committed {
    /// The change set; empty when nothing changed.
    pub change_set: Option<ChangeSetId>,
    /// What was allowed but deserves a look.
    pub warnings: Vec<String>,
}

/// What a change set would do.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Preview {
    /// How many records of each entity would be added, changed, removed.
    pub counts: Vec<PreviewCount>,
    /// The changes themselves, the first 10,000.
    pub changes: Vec<Change>,
    /// What is allowed but deserves a look.
    pub warnings: Vec<String>,
}

/// How many records of one entity would be added, changed or removed.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PreviewCount {
    /// The entity.
    pub entity: String,
    /// What would happen to them.
    pub operation: Operation,
    /// How many.
    pub count: i64,
}

//! Several operations as one, and what the library tells about changes.

use crate::{CrmError, Result, Table};
use chrono::{DateTime, Utc};
use crm_core::{Change, ChangeEvent, ChangeSetId, Custom, Obstacle, Operation, UserId, Value, Verified};
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

    /// Runs any reading SQL over the entities as they are within this change set.
    #[uniffi::method(default(params = []))]
    pub fn sql(&self, sql: String, params: Vec<Value>) -> Result<Arc<Table>> {
        self.with(|core| core.sql(&sql, &params).map(Table::new))
    }

    /// What this change set has done so far. Rolled back afterwards instead of committed, it was a dry run.
    pub fn preview(&self) -> Result<Preview> {
        let core = self.with(|core| core.preview(()))?;
        let count = |((entity, operation), count)| PreviewCount { entity, operation, count };
        Ok(Preview { counts: core.counts.into_iter().map(count).collect(), changes: core.changes, warnings: core.warnings })
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

/// One change of one record, with the values before and after it.
#[uniffi::remote(Record)]
pub struct Change {
    /// The change set it belongs to.
    pub change_set: ChangeSetId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; empty for the system.
    pub actor: Option<UserId>,
    /// What the change set was called.
    pub label: Option<String>,
    /// The entity.
    pub entity: String,
    /// The record's id.
    pub record_id: i64,
    /// What happened to it.
    pub operation: Operation,
    /// The former values of the fields that changed; all fields for a removal.
    pub before: Custom,
    /// The values they changed to; all fields for an addition.
    pub after: Custom,
}

/// One entry of the change feed. A bulk load is one entry for a range of ids.
#[uniffi::remote(Record)]
pub struct ChangeEvent {
    /// Position in the feed; give the last one seen to `changes` to go on.
    pub sequence: i64,
    /// The change set it belongs to.
    pub change_set: ChangeSetId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; empty for the system.
    pub actor: Option<UserId>,
    /// What the change set was called.
    pub label: Option<String>,
    /// The entity.
    pub entity: String,
    /// The record, or the first of a range.
    pub first_id: i64,
    /// The last of the range; equals `first_id` but for bulk loads.
    pub last_id: i64,
    /// What happened.
    pub operation: Operation,
    /// The fields that changed, for an update.
    pub fields: Vec<String>,
}

/// What stands in the way of an undo: a record that changed again since.
#[uniffi::remote(Record)]
pub struct Obstacle {
    /// The entity.
    pub entity: String,
    /// The record.
    pub record_id: i64,
    /// The fields changed again; empty when the record itself was removed, restored or is referred to.
    pub fields: Vec<String>,
    /// Why it stands in the way.
    pub reason: String,
}

/// What `verify` found.
#[uniffi::remote(Record)]
pub struct Verified {
    /// What is wrong, at most 100 findings; empty when nothing is.
    pub findings: Vec<String>,
    /// How many change sets were checked.
    pub change_sets: i64,
    /// How many records were checked.
    pub records: i64,
    /// The hash at the end of the log's chain. Keep it elsewhere to be able to show later that nothing before it was altered.
    pub head: String,
}

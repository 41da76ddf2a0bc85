//! The handle: an open file, who reads it, and as of when.

use crate::change::ChangeSet;
use crate::entities::{Entities, ops};
use crate::error::{detached, interruptible, invalid, keep};
use crate::handle::{Handle, On};
use crate::made;
use crate::record::Record;
use crate::table::Table;
use crate::value::{Show, moment, params};
use chrono::{DateTime, Utc};
use crm_core::{ChangeEvent, ChangeSetId, Obstacle, Options, ProcessTemplate, Synchronous, UserId, Verified};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An open CRM file, seen by somebody, as of some moment. May be shared by threads. Its accessors, such as
/// `organizations`, stand for the records of each entity.
#[pyclass(frozen, dict, module = "crm")]
pub(crate) struct Crm {
    handle: Arc<Handle>,
}

/// Opens a file, creating it when there is none; `":memory:"` is a file that lives as long as its handles. Acts as the
/// system, which may do everything.
#[pyfunction]
#[pyo3(signature = (path, *, read_only=false, create=true, busy_timeout=5.0, synchronous="normal", max_bytes=None))]
pub(crate) fn open(
    py: Python<'_>,
    path: PathBuf,
    read_only: bool,
    create: bool,
    busy_timeout: f64,
    synchronous: &str,
    max_bytes: Option<u64>,
) -> PyResult<Crm> {
    let synchronous = match synchronous {
        "normal" => Synchronous::Normal,
        "full" => Synchronous::Full,
        _ => return Err(invalid(py, "synchronous", "must be one of normal, full")),
    };
    let options = Options { read_only, create, busy_timeout: seconds(py, "busy_timeout", busy_timeout)?, synchronous, max_bytes, ..Options::default() };
    let crm = detached(py, || crm_core::Crm::open_with(path, options))?;
    Ok(Crm { handle: Handle::new(crm) })
}

fn seconds(py: Python<'_>, field: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_| invalid(py, field, "must be a number of seconds, 0 or more"))
}

/// Who a change was made by, when, and what it was called.
fn event<'py>(py: Python<'py>, event: &ChangeEvent) -> PyResult<Bound<'py, PyAny>> {
    let ChangeEvent { sequence, change_set, at, actor, label, entity, first_id, last_id, operation, fields } = event;
    made(py, "ChangeEvent", (sequence, change_set.0, at, actor.map(|user| user.0), label, entity, first_id, last_id, operation.show(py)?, fields))
}

impl Crm {
    fn narrower(&self, py: Python<'_>, narrow: impl FnOnce(&crm_core::Crm) -> crm_core::Result<crm_core::Crm> + Send) -> PyResult<Self> {
        Ok(Self { handle: Handle::new(self.handle.read(py, narrow)?) })
    }
}

#[pymethods]
impl Crm {
    fn __enter__(db: PyRef<'_, Self>) -> PyRef<'_, Self> {
        db
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    /// Lets go of the file. Handles made from this one keep it open until they are closed or gone.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.handle.close());
    }

    fn _entities(&self, py: Python<'_>, name: &str) -> PyResult<Entities> {
        Ok(Entities { handle: self.handle.clone(), ops: ops(py, name)? })
    }

    /// The same file as a user sees and may change it, given by the user's id.
    fn acting_as(&self, py: Python<'_>, user: i64) -> PyResult<Self> {
        self.narrower(py, |crm| crm.acting_as(UserId(user)))
    }

    /// The same file as it was at a moment (a text, a date or an aware datetime), seen with the rights of today. It can
    /// only be read.
    fn at(&self, py: Python<'_>, moment: &Bound<'_, PyAny>) -> PyResult<Self> {
        let moment = self::moment("at", moment)?;
        self.narrower(py, |crm| crm.at(moment))
    }

    /// The same file with a limit on how many seconds each read may take; beyond it reads raise `TimedOut`.
    fn time_limit(&self, py: Python<'_>, seconds: f64) -> PyResult<Self> {
        let limit = self::seconds(py, "seconds", seconds)?;
        self.narrower(py, |crm| Ok(crm.time_limit(limit)))
    }

    /// The moment this handle shows: the clock's, or the one of the past it was narrowed to.
    #[getter]
    fn now(&self, py: Python<'_>) -> PyResult<DateTime<Utc>> {
        self.handle.read(py, |crm| Ok(crm.now()))
    }

    /// The id of the acting user, or `None` for the system.
    #[getter]
    fn user(&self, py: Python<'_>) -> PyResult<Option<i64>> {
        self.handle.read(py, |crm| Ok(crm.user().map(|user| user.0)))
    }

    /// Runs any reading SQL over the entities, seen as this handle sees them, and gives a table.
    #[pyo3(signature = (text, params=None))]
    fn sql(&self, py: Python<'_>, text: &str, params: Option<&Bound<'_, PyAny>>) -> PyResult<Table> {
        let params = self::params(params)?;
        let run = |on: On<'_>| match on {
            On::Crm(crm) => crm.sql(text, &params),
            On::Change(change) => change.sql(text, &params),
        };
        self.handle.run(py, |on| run(on)?.to_record_batch()).map(Table)
    }

    /// One change set for everything done with this handle within the `with` block, in this thread.
    fn change(&self, label: &str) -> ChangeSet {
        ChangeSet::new(self.handle.clone(), label, false)
    }

    /// A change set that never happens: after the `with` block its `preview` tells what would have changed.
    #[pyo3(signature = (label="dry run"))]
    fn dry_run(&self, label: &str) -> ChangeSet {
        ChangeSet::new(self.handle.clone(), label, true)
    }

    /// Takes back a change set, and gives the id of the change set that did so, which can itself be undone.
    #[pyo3(signature = (change_set, /))]
    fn undo(&self, py: Python<'_>, change_set: i64) -> PyResult<i64> {
        self.handle.write(py, |crm| crm.undo(ChangeSetId(change_set))).map(|id| id.0)
    }

    /// What stands in the way of undoing a change set; empty when nothing does.
    #[pyo3(signature = (change_set, /))]
    fn obstacles<'py>(&self, py: Python<'py>, change_set: i64) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let found = self.handle.write(py, |crm| crm.obstacles(ChangeSetId(change_set)))?;
        found.into_iter().map(|Obstacle { entity, record_id, fields, reason }| made(py, "Obstacle", (entity, record_id, fields, reason))).collect()
    }

    /// Checks the whole file: storage, references, the log's chain of hashes, and the records against the log.
    fn verify<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let Verified { findings, change_sets, records, head } = self.handle.read(py, crm_core::Crm::verify)?;
        made(py, "Verified", (findings, change_sets, records, head))
    }

    /// Copies the file while others read and write it; an existing file is never overwritten. `on_progress` is told
    /// pages done and pages in all.
    #[pyo3(signature = (path, on_progress=None))]
    fn backup_to(&self, py: Python<'_>, path: PathBuf, on_progress: Option<Py<PyAny>>) -> PyResult<()> {
        self.handle.read(py, |crm| {
            let cancel = interruptible();
            crm.backup_with(path, &mut reporter(on_progress.as_ref()), &cancel)
        })
    }

    /// The changes after a position of the feed, oldest first.
    #[pyo3(signature = (since=0, limit=1000))]
    fn changes<'py>(&self, py: Python<'py>, since: i64, limit: usize) -> PyResult<Bound<'py, PyList>> {
        let events = self.handle.read(py, |crm| crm.changes(since, limit))?;
        PyList::new(py, events.iter().map(|each| event(py, each)).collect::<PyResult<Vec<_>>>()?)
    }

    /// Everything that happened to a record of the named entity, newest first.
    #[pyo3(signature = (entity, id, /))]
    fn history<'py>(&self, py: Python<'py>, entity: &str, id: i64) -> PyResult<Bound<'py, PyList>> {
        ops(py, entity)?.history(py, &self.handle, id)
    }

    /// Adds a sales process with the stages of a template, under a name of its own.
    #[pyo3(signature = (name, template="classic"))]
    fn add_process(&self, py: Python<'_>, name: &str, template: &str) -> PyResult<Py<PyAny>> {
        let added = self.handle.run(py, |on| {
            let template: ProcessTemplate = template.parse()?;
            match on {
                On::Crm(crm) => crm.add_process(name, template),
                On::Change(change) => change.add_process(name, template),
            }
        })?;
        added.wrap(py)
    }

    /// The descriptions of every entity with the fields this handle may see, the user-defined ones included.
    fn entities<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let metas: Vec<_> = crm_core::entities().collect();
        let fields = self.handle.read(py, |crm| metas.iter().map(|meta| crm.fields(meta.name)).collect::<crm_core::Result<Vec<_>>>())?;
        metas.iter().zip(fields).map(|(meta, fields)| crate::meta::entity(py, meta, &fields)).collect()
    }

    fn __repr__(&self) -> String {
        self.handle.crm().map_or_else(|_| "<Crm: closed>".into(), |crm| format!("<{crm:?}>"))
    }
}

/// Tells a Python callable how far long work has come; what it raises ends the work.
fn reporter(on_progress: Option<&Py<PyAny>>) -> impl FnMut(u64, Option<u64>) + '_ {
    move |done, of| {
        let Some(callable) = on_progress else { return };
        let told = Python::attach(|py| callable.call1(py, (done, of)).map(drop));
        if let Err(raised) = told {
            // The token sees it and stops the work.
            let _ = keep(raised);
        }
    }
}

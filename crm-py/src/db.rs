//! The handle: an open file, who reads it, and as of when.

use crate::calls::CALLS;
use crate::change::ChangeSet;
use crate::clock::Asked;
use crate::entities::{Entities, ops};
use crate::error::invalid;
use crate::frame;
use crate::handle::{Handle, On};
use crate::interrupt::detached;
use crate::listen::Listening;
use crate::opened::{File, Opened};
use crate::options::{Declares as _, Take as _, Whole};
use crate::progress::Reporter;
use crate::value::{Show, moment};
use chrono::{DateTime, Utc};
use crm_core::{Import, Options, UserId};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An open CRM file, seen by somebody, as of some moment. May be shared by threads. Its accessors, such as
/// `organizations`, stand for the records of each entity.
#[pyclass(frozen, dict, module = "crm")]
pub(crate) struct Crm {
    handle: Arc<Handle>,
    opened: Opened,
}

/// Opens a file; the function that Python knows is made in `crm/_calls.py`.
#[pyfunction]
pub(crate) fn _open(py: Python<'_>, path: PathBuf, clock: Option<&Bound<'_, PyAny>>, given: &Bound<'_, PyDict>) -> PyResult<Crm> {
    let mut options = Options::of(py, Some(given))?;
    let memory = path.as_os_str() == ":memory:";
    let again = std::path::absolute(&path).ok().filter(|_| !memory);
    let file = File { path: again, options: given.clone().unbind(), clock: clock.map(|clock| clock.clone().unbind()) };
    let clock = clock.map(Asked::new).transpose()?.map(Arc::new);
    if let Some(clock) = &clock {
        options.clock = clock.shown();
    }
    let crm = detached(py, || crm_core::Crm::open_with(path, options))?;
    Ok(Crm { handle: Handle::new(crm, clock), opened: Opened { file: Arc::new(file), user: None, at: None, time_limit: None } })
}

/// Opens again what `pickle` kept of a handle.
#[pyfunction]
pub(crate) fn _reopen(
    py: Python<'_>,
    path: PathBuf,
    options: &Bound<'_, PyDict>,
    user: Option<i64>,
    at: Option<&Bound<'_, PyAny>>,
    time_limit: Option<f64>,
) -> PyResult<Py<PyAny>> {
    let mut db = py.import("crm")?.getattr("open")?.call((path,), Some(options))?;
    if let Some(user) = user {
        db = db.call_method1("acting_as", (user,))?;
    }
    if let Some(at) = at {
        db = db.call_method1("at", (at,))?;
    }
    if let Some(seconds) = time_limit {
        db = db.call_method1("time_limit", (seconds,))?;
    }
    Ok(db.unbind())
}

impl Crm {
    fn narrower(&self, py: Python<'_>, opened: Opened, narrow: impl FnOnce(&crm_core::Crm) -> crm_core::Result<crm_core::Crm> + Send) -> PyResult<Self> {
        Ok(Self { handle: self.handle.narrower(py, narrow)?, opened })
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

    /// Runs one of the declared calls; the methods are made of them in `crm/_calls.py`.
    #[pyo3(signature = (at, args, keywords))]
    fn _call<'py>(&self, at: usize, args: &Bound<'py, PyTuple>, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        CALLS[at].call(&self.handle, args, keywords)
    }

    fn _entities(&self, py: Python<'_>, name: &str) -> PyResult<Entities> {
        Ok(Entities { handle: self.handle.clone(), ops: ops(py, name)? })
    }

    /// The same file as a user sees and may change it, given by the user's id.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> ann = db.users.add(name="Ann")
    /// >>> db.acting_as(ann.id).user == ann.id
    /// True
    fn acting_as(&self, py: Python<'_>, user: Whole) -> PyResult<Self> {
        self.narrower(py, Opened { user: Some(user.0), ..self.opened.clone() }, |crm| crm.acting_as(UserId(user.0)))
    }

    /// The same file as it was at a moment (a text, a date or an aware datetime), seen with the rights of today. It can
    /// only be read.
    ///
    /// >>> clock = crm.ManualClock("2026-01-01T09:00:00Z")
    /// >>> db = crm.open(":memory:", clock=clock)
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> clock.set("2026-02-01")
    /// >>> db.organizations.update(acme.id, name="Ajax").name
    /// 'Ajax'
    /// >>> db.at("2026-01-15").organizations.get(acme.id).name
    /// 'Acme'
    fn at(&self, py: Python<'_>, moment: &Bound<'_, PyAny>) -> PyResult<Self> {
        let moment = self::moment("at", moment)?;
        self.narrower(py, Opened { at: Some(moment), ..self.opened.clone() }, |crm| crm.at(moment))
    }

    /// The same file with a limit on how many seconds each read may take; beyond it reads raise `TimedOut`.
    ///
    /// >>> crm.open(":memory:").time_limit(2.0).sql("select 1 as n")["n"]
    /// [1]
    fn time_limit(&self, py: Python<'_>, seconds: &Bound<'_, PyAny>) -> PyResult<Self> {
        let limit = Duration::take("seconds", seconds)?;
        self.narrower(py, Opened { time_limit: Some(limit.as_secs_f64()), ..self.opened.clone() }, |crm| Ok(crm.time_limit(limit)))
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

    /// The file, as an absolute path; `None` for one in memory.
    #[getter]
    fn path(&self) -> Option<PathBuf> {
        self.opened.file.path.clone()
    }

    /// Pickled by path, user, moment and time limit: another process opens the file for itself, so that `joblib` and
    /// `multiprocessing` can be given a handle.
    #[allow(clippy::type_complexity)]
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (PathBuf, Bound<'py, PyDict>, Option<i64>, Option<DateTime<Utc>>, Option<f64>))> {
        let Some(path) = self.opened.file.path.clone() else {
            return Err(invalid(py, "path", "a file in memory cannot be opened by another process; open one on disk"));
        };
        let Opened { file: _, user, at, time_limit } = &self.opened;
        Ok((py.import("crm._crm")?.getattr("_reopen")?, (path, self.opened.options(py)?, *user, *at, *time_limit)))
    }

    /// One change set for everything done with this handle within the `with` block, in this thread.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> with db.change("two customers") as change:
    /// ...     acme = db.organizations.add(name="Acme")
    /// ...     birch = db.organizations.add(name="Birch")
    /// >>> undone = db.undo(change.change_set)
    /// >>> db.organizations.count()
    /// 0
    fn change(&self, label: &str) -> ChangeSet {
        ChangeSet::new(self.handle.clone(), label, false)
    }

    /// A change set that never happens: after the `with` block its `preview` tells what would have changed.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> with db.dry_run() as trial:
    /// ...     acme = db.organizations.add(name="Acme")
    /// >>> trial.preview.counts
    /// {('organization', <Operation.INSERT: 'insert'>): 1}
    /// >>> db.organizations.count()
    /// 0
    #[pyo3(signature = (label="dry run"))]
    fn dry_run(&self, label: &str) -> ChangeSet {
        ChangeSet::new(self.handle.clone(), label, true)
    }

    /// Imports a data frame of polars, pandas, pyarrow, DuckDB or whatever else has `__arrow_c_stream__` into any entity, with the
    /// options of `import_csv` but `delimiter` and `encoding`. Columns keep their types; NaN and NaT are missing values; moments without a
    /// zone are UTC. `on_progress` is told rows done and rows in all; `line` of an error is the row, counted from 0.
    ///
    /// >>> import polars
    /// >>> db = crm.open(":memory:")
    /// >>> frame = polars.DataFrame({"account": ["Acme", "Birch"], "staff": [120, None]})
    /// >>> done = db.import_frame("organization", frame, mapping={"account": "name", "staff": "employees"}, key="name")
    /// >>> done.added, db.organizations.find("employees > 100")[0].name
    /// (2, 'Acme')
    #[pyo3(signature = (entity, frame, *, on_progress=None, **options))]
    fn import_frame<'py>(
        &self,
        py: Python<'py>,
        entity: &str,
        frame: &Bound<'py, PyAny>,
        on_progress: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let how = Import::of(py, options)?;
        let (stream, rows) = frame::stream(frame)?;
        let progress = Reporter::new(py, on_progress, "import", " rows")?;
        let tell = &mut |done, of| progress.tell(done, of);
        let done = self.handle.run(py, |on| match on {
            On::Crm(crm) => crm.import_frame(entity, stream, rows, &how, tell),
            On::Change(change) => change.import_frame(entity, stream, rows, &how, tell),
        });
        progress.close(py)?;
        done?.show(py)
    }

    /// Calls `hear(event)` after every commit made through this open file from now on, in this process: in order, each once. It may read
    /// and write with `db`; it should be quick, since it runs in a thread that commits. `db.changes(event.since, event.entries)` tells
    /// what was changed, and `db.changes` what other processes did. The result stops it, by `stop()` or as a `with` block.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> heard = []
    /// >>> with db.on_commit(heard.append):
    /// ...     acme = db.organizations.add(name="Acme")
    /// >>> heard[0].change_set == acme.revision, heard[0].label
    /// (True, 'add organization')
    #[pyo3(signature = (hear, /))]
    fn on_commit(&self, py: Python<'_>, hear: Bound<'_, PyAny>) -> PyResult<Listening> {
        if !hear.is_callable() {
            return Err(invalid(py, "hear", "must be a callable that takes an event"));
        }
        let hear = hear.unbind();
        self.handle.read(py, |crm| Listening::begin(crm, hear))
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

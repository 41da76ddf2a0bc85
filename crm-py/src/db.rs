//! The handle: an open file, who reads it, and as of when.

use crate::change::ChangeSet;
use crate::clock::Asked;
use crate::entities::{Entities, ops};
use crate::error::{detached, interruptible, invalid};
use crate::frame;
use crate::handle::{Handle, On, through};
use crate::listen::Listening;
use crate::opened::{File, Opened};
use crate::options::Options as _;
use crate::progress::Reporter;
use crate::record::Record;
use crate::search::SearchIndex;
use crate::table::{About, Table};
use crate::value::{Show, day, moment, params};
use chrono::{DateTime, Utc};
use crm_core::{ChangeSetId, Import, Options, Report, ReportQuery, Search, SearchOptions, Synchronous, UserId};
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

/// Opens a file, creating it when there is none; `":memory:"` is a file that lives as long as its handles. Acts as the
/// system, which may do everything. `clock` is a `ManualClock`, or a callable that gives an aware datetime and is asked
/// before every call; what it raises comes out of that call, which has then done nothing.
///
/// >>> with crm.open(":memory:") as db:
/// ...     db.organizations.add(name="Acme").name
/// 'Acme'
#[pyfunction]
#[pyo3(signature = (path, *, read_only=false, create=true, busy_timeout=5.0, synchronous="normal", max_bytes=None, clock=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn open(
    py: Python<'_>,
    path: PathBuf,
    read_only: bool,
    create: bool,
    busy_timeout: f64,
    synchronous: &str,
    max_bytes: Option<u64>,
    clock: Option<&Bound<'_, PyAny>>,
) -> PyResult<Crm> {
    let word = synchronous;
    let synchronous = match synchronous {
        "normal" => Synchronous::Normal,
        "full" => Synchronous::Full,
        _ => return Err(invalid(py, "synchronous", "must be one of normal, full")),
    };
    let mut options = Options { read_only, create, busy_timeout: seconds(py, "busy_timeout", busy_timeout)?, synchronous, max_bytes, ..Options::default() };
    let memory = path.as_os_str() == ":memory:";
    let again = std::path::absolute(&path).ok().filter(|_| !memory);
    let file = File { path: again, read_only, busy_timeout, synchronous: word.to_owned(), max_bytes, clock: clock.map(|clock| clock.clone().unbind()) };
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

fn seconds(py: Python<'_>, field: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_| invalid(py, field, "must be a number of seconds, 0 or more"))
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

    fn _entities(&self, py: Python<'_>, name: &str) -> PyResult<Entities> {
        Ok(Entities { handle: self.handle.clone(), ops: ops(py, name)? })
    }

    /// The same file as a user sees and may change it, given by the user's id.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> ann = db.users.add(name="Ann")
    /// >>> db.acting_as(ann.id).user == ann.id
    /// True
    fn acting_as(&self, py: Python<'_>, user: i64) -> PyResult<Self> {
        self.narrower(py, Opened { user: Some(user), ..self.opened.clone() }, |crm| crm.acting_as(UserId(user)))
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
    fn time_limit(&self, py: Python<'_>, seconds: f64) -> PyResult<Self> {
        let limit = self::seconds(py, "seconds", seconds)?;
        self.narrower(py, Opened { time_limit: Some(seconds), ..self.opened.clone() }, |crm| Ok(crm.time_limit(limit)))
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

    /// The code of the currency that reports and sums are in.
    ///
    /// >>> crm.open(":memory:").base_currency
    /// 'EUR'
    #[getter]
    fn base_currency(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.handle.run(py, |on| through!(on, base_currency())).map(crm_core::Currency::code)
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

    /// Runs any reading SQL over the entities, seen as this handle sees them, and gives a table.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> loaded = db.organizations.add_many([{"name": "Acme", "employees": 120}, {"name": "Birch", "employees": 40}])
    /// >>> db.sql("select name from organization where employees > ?", [100])["name"]
    /// ['Acme']
    #[pyo3(signature = (text, params=None))]
    fn sql(&self, py: Python<'_>, text: &str, params: Option<&Bound<'_, PyAny>>) -> PyResult<Table> {
        let params = self::params(params)?;
        self.handle.run(py, |on| through!(on, sql(text, &params))?.to_record_batch()).map(Table::plain)
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

    /// Takes back a change set, and gives the id of the change set that did so, which can itself be undone.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> redo = db.undo(acme.revision)
    /// >>> db.organizations.count()
    /// 0
    /// >>> undone = db.undo(redo)
    /// >>> db.organizations.count()
    /// 1
    #[pyo3(signature = (change_set, /))]
    fn undo(&self, py: Python<'_>, change_set: i64) -> PyResult<i64> {
        self.handle.write(py, |crm| crm.undo(ChangeSetId(change_set))).map(|id| id.0)
    }

    /// What stands in the way of undoing a change set; empty when nothing does.
    #[pyo3(signature = (change_set, /))]
    fn obstacles<'py>(&self, py: Python<'py>, change_set: i64) -> PyResult<Bound<'py, PyAny>> {
        self.handle.write(py, |crm| crm.obstacles(ChangeSetId(change_set)))?.show(py)
    }

    /// Checks the whole file: storage, references, the log's chain of hashes, and the records against the log.
    ///
    /// >>> crm.open(":memory:").verify().is_clean
    /// True
    fn verify<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.handle.read(py, crm_core::Crm::verify)?.show(py)
    }

    /// Copies the file while others read and write it; an existing file is never overwritten. `on_progress` is told
    /// pages done and pages in all.
    #[pyo3(signature = (path, on_progress=None))]
    fn backup_to(&self, py: Python<'_>, path: PathBuf, on_progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let progress = Reporter::new(py, on_progress, "backup", " pages")?;
        let done = self.handle.read(py, |crm| crm.backup_with(path, &mut |done, of| progress.tell(done, of), &interruptible()));
        progress.close(py)?;
        done
    }

    /// Imports a CSV file into any entity as one change set; rows that cannot be taken are told with line and reason, the
    /// others go in. `mapping` gives columns their fields, `key` names the fields that existing records are found by.
    /// `on_progress` is told bytes done and bytes in all; `True` shows a bar when `tqdm` is installed.
    ///
    /// >>> import tempfile, pathlib
    /// >>> path = pathlib.Path(tempfile.mkdtemp(), "accounts.csv")
    /// >>> size = path.write_text("Account;Staff\nAcme;120\n")
    /// >>> db = crm.open(":memory:")
    /// >>> done = db.import_csv("organization", path, mapping={"Account": "name", "Staff": "employees"}, key="name")
    /// >>> done.added, done.failed, done.delimiter
    /// (1, 0, ';')
    #[pyo3(signature = (entity, path, *, on_progress=None, **options))]
    fn import_csv<'py>(
        &self,
        py: Python<'py>,
        entity: &str,
        path: PathBuf,
        on_progress: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let how = Import::of(py, options)?;
        let progress = Reporter::new(py, on_progress, "import", "B")?;
        let tell = &mut |done, of| progress.tell(done, of);
        let done = self.handle.run(py, |on| match on {
            On::Crm(crm) => crm.import_csv(entity, path, how, tell),
            On::Change(change) => change.import_csv(entity, path, &how, tell),
        });
        progress.close(py)?;
        done?.show(py)
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
            On::Crm(crm) => crm.import_frame(entity, stream, rows, how, tell),
            On::Change(change) => change.import_frame(entity, stream, rows, &how, tell),
        });
        progress.close(py)?;
        done?.show(py)
    }

    /// How an import would read a file: encoding, delimiter, mapping and the first rows. Nothing is written.
    #[pyo3(signature = (entity, path, **options))]
    fn preview_csv<'py>(&self, py: Python<'py>, entity: &str, path: PathBuf, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let how = Import::of(py, options)?;
        self.handle.read(py, |crm| crm.preview_csv(entity, path, &how))?.show(py)
    }

    /// A report over the records that this handle sees, at its moment. A part of the query that the report has no use for
    /// is refused, rather than passed over.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> process = db.add_process("New business", "short")
    /// >>> won = db.stages.find("kind = 'won'")[0]
    /// >>> deal = db.deals.add(name="Mill", value="900 EUR", stage_id=won.id)
    /// >>> table = db.report("won", by="product")
    /// >>> table[0]["amount"], table.currency, table.amounts
    /// (90000, 'EUR', ['amount'])
    #[pyo3(signature = (report, *, by=None, process_id=None, from_=None, until=None, owner_id=None, team_id=None, line_id=None, limit=None))]
    #[allow(clippy::too_many_arguments)]
    fn report(
        &self,
        py: Python<'_>,
        report: &str,
        by: Option<&str>,
        process_id: Option<i64>,
        from_: Option<&Bound<'_, PyAny>>,
        until: Option<&Bound<'_, PyAny>>,
        owner_id: Option<i64>,
        team_id: Option<i64>,
        line_id: Option<i64>,
        limit: Option<i64>,
    ) -> PyResult<Table> {
        let query = ReportQuery {
            process_id: process_id.map(Into::into),
            from: from_.map(|day| self::day("from", day)).transpose()?,
            until: until.map(|day| self::day("until", day)).transpose()?,
            owner_id: owner_id.map(Into::into),
            team_id: team_id.map(Into::into),
            line_id: line_id.map(Into::into),
            by: None,
            // The core says that a limit is at least 1.
            limit: limit.map(|limit| usize::try_from(limit).unwrap_or(0)),
        };
        let (batch, about) = self.handle.run(py, |on| {
            let report: Report = report.parse()?;
            let by = by.map(str::parse).transpose()?;
            let query = ReportQuery { by, ..query };
            let currency = through!(&on, base_currency())?;
            Ok((through!(&on, report(report, &query))?.to_record_batch()?, About { report, by, currency }))
        })?;
        Ok(Table { batch, about: Some(about) })
    }

    /// Searches everything that this handle may see: names, texts, phones, addresses, fields of your own. Words are found in any
    /// form, in English, Russian and Polish, as beginnings and with typing errors; there are `"phrases"`, `-word` and `field:word`. Any
    /// text is valid. What was committed before the call is found.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> call = db.activities.add(kind="call", subject="Przedłużenie umowy")
    /// >>> found = db.search("umowa", kinds=["activity", "note"], facets=True)
    /// >>> found.hits[0].title, found.facets.total
    /// ('Przedłużenie umowy', 1)
    #[pyo3(signature = (text, /, **options))]
    fn search<'py>(&self, py: Python<'py>, text: String, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let search = Search { text, options: SearchOptions::of(py, options)? };
        self.handle.read(py, |crm| crm.search(search))?.show(py)
    }

    /// Names of organizations and people as one types: those that begin with the text, then those with such words in the middle.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> [each.title for each in db.suggest("ac")]
    /// ['Acme']
    #[pyo3(signature = (text, /, limit=10))]
    fn suggest<'py>(&self, py: Python<'py>, text: &str, limit: i64) -> PyResult<Bound<'py, PyAny>> {
        // The core says that a limit is at least 1.
        let limit = usize::try_from(limit).unwrap_or(0);
        self.handle.read(py, |crm| crm.suggest(text, limit))?.show(py)
    }

    /// Why a record is a hit of a search: how it was found, which of its words answer which of the query's, and its score.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme pumps")
    /// >>> why = db.explain_hit("pump", "organization", acme.id)
    /// >>> str(why.found_by), why.words[0].found
    /// ('forms', 'pumps')
    #[pyo3(signature = (text, kind, id, /, **options))]
    fn explain_hit<'py>(&self, py: Python<'py>, text: String, kind: &str, id: i64, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let search = Search { text, options: SearchOptions::of(py, options)? };
        self.handle.read(py, |crm| crm.explain_hit(search, kind, id))?.show(py)
    }

    /// The index behind `search`: how far it is, and how to bring it up to date or make it anew.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> db.search_index().update()
    /// >>> db.search_index().status().pending
    /// 0
    fn search_index(&self) -> SearchIndex {
        SearchIndex { handle: self.handle.clone() }
    }

    /// Everything needed before a call or meeting with an organization; for a day of the past, ask `at` that moment.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> call = db.activities.add(kind="call", subject="Intro", organization_id=acme.id)
    /// >>> [each.subject for each in db.dossier(acme.id).activities]
    /// ['Intro']
    #[pyo3(signature = (organization_id, /))]
    fn dossier<'py>(&self, py: Python<'py>, organization_id: i64) -> PyResult<Bound<'py, PyAny>> {
        self.handle.run(py, |on| through!(on, dossier(organization_id.into())))?.show(py)
    }

    /// Who calls from a number, in whatever spelling; `None` when nobody known does.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> bob = db.people.add(name="Bob Stone")
    /// >>> phone = db.contact_points.add(person_id=bob.id, kind="phone", value="+48 601 234 567")
    /// >>> db.caller_card("0048 601-234-567").people[0].name
    /// 'Bob Stone'
    #[pyo3(signature = (number, /))]
    fn caller_card<'py>(&self, py: Python<'py>, number: &str) -> PyResult<Bound<'py, PyAny>> {
        self.handle.run(py, |on| through!(on, caller_card(number)))?.show(py)
    }

    /// What happened with an organization, the newest first, as a table; `at` of its last row is `before` of the next page.
    #[pyo3(signature = (organization_id, /, limit=100, before=None))]
    fn timeline(&self, py: Python<'_>, organization_id: i64, limit: i64, before: Option<&Bound<'_, PyAny>>) -> PyResult<Table> {
        let before = before.map(|before| moment("before", before)).transpose()?;
        let limit = usize::try_from(limit).unwrap_or(0);
        self.handle.run(py, |on| through!(on, timeline(organization_id.into(), limit, before))?.to_record_batch()).map(Table::plain)
    }

    /// Planned activities whose time is over, the longest overdue first; those of one responsible user, or all.
    #[pyo3(signature = (user=None))]
    fn overdue<'py>(&self, py: Python<'py>, user: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
        self.handle.run(py, |on| through!(on, overdue(user.map(UserId))))?.show(py)
    }

    /// The chain an activity is part of: what it followed from, itself, and what followed from it.
    #[pyo3(signature = (activity_id, /))]
    fn activity_chain<'py>(&self, py: Python<'py>, activity_id: i64) -> PyResult<Bound<'py, PyAny>> {
        self.handle.run(py, |on| through!(on, activity_chain(activity_id.into())))?.show(py)
    }

    /// The ids of the organizations or people in a list, whatever its kind, in order.
    #[pyo3(signature = (list_id, /))]
    fn members_of(&self, py: Python<'_>, list_id: i64) -> PyResult<Vec<i64>> {
        self.handle.run(py, |on| through!(on, members_of(list_id.into())))
    }

    /// The changes after a position of the feed, oldest first.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> db.changes()[-1].entity
    /// 'organization'
    #[pyo3(signature = (since=0, limit=1000))]
    fn changes<'py>(&self, py: Python<'py>, since: i64, limit: usize) -> PyResult<Bound<'py, PyAny>> {
        self.handle.read(py, |crm| crm.changes(since, limit))?.show(py)
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

    /// Everything that happened to a record of the named entity, newest first.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> ajax = db.organizations.update(acme.id, name="Ajax")
    /// >>> [dict(change.before) for change in db.history("organization", acme.id)]
    /// [{'name': 'Acme'}, {}]
    #[pyo3(signature = (entity, id, /))]
    fn history<'py>(&self, py: Python<'py>, entity: &str, id: i64) -> PyResult<Bound<'py, PyAny>> {
        ops(py, entity)?.history(py, &self.handle, id)
    }

    /// Adds a sales process with the stages of a template, under a name of its own.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> process = db.add_process("New business", "short")
    /// >>> db.stages.count("process_id = ?", [process.id]) > 2
    /// True
    #[pyo3(signature = (name, template="classic"))]
    fn add_process(&self, py: Python<'_>, name: &str, template: &str) -> PyResult<Py<PyAny>> {
        self.handle.run(py, |on| through!(on, add_process(name, template.parse()?)))?.wrap(py)
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

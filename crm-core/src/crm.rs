//! The handle: an open file, who reads it, and as of when.

use crate::access::Access;
use crate::store::open::{Place, generation, load_schema};
use crate::store::schema::Schema;
use crate::store::session::{Limits, Session};
use crate::store::{self, Cancel, ChangeEvent, ChangeSet, Committed, Listeners, Obstacle, Options, Preview, View};
use crate::{ChangeSetId, Error, Result, UserId, Value, query, sync};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::time::{Duration, Instant};

/// Readers kept ready. More are made when more threads read at once, and let go afterwards.
const READERS_KEPT: usize = 16;
/// A read that takes longer is worth a log line.
const SLOW: Duration = Duration::from_secs(1);
/// Users whose rights are kept ready.
const USERS_KEPT: usize = 1_000;

/// An open CRM file, seen by somebody, as of some moment. Cheap to clone, and to be shared by threads.
///
/// [`Crm::open`] acts as the system, which may do everything; [`acting_as`](Crm::acting_as) and [`at`](Crm::at)
/// give narrower handles of the same type.
///
/// ```
/// use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// let before = crm.now();
/// # std::thread::sleep(std::time::Duration::from_millis(3));
/// crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
/// assert_eq!(crm.organizations().count("")?, 1);
/// assert_eq!(crm.at(before)?.organizations().count("")?, 0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Crm {
    file: Arc<File>,
    user: Option<UserId>,
    at: Option<DateTime<Utc>>,
    limits: Limits,
}

struct File {
    schema: RwLock<Arc<Schema>>,
    rights: Mutex<HashMap<i64, Arc<Access>>>,
    readers: Mutex<Vec<Session>>,
    writer: Mutex<Option<Session>>,
    writer_free: Condvar,
    #[cfg(feature = "search")]
    search: crate::search::SearchIndex,
    listeners: Arc<Listeners>,
    /// Last, so that a file in memory goes after its connections.
    place: Place,
}

impl Crm {
    /// Opens a file, creating it when there is none; `:memory:` is a private file, in memory where the system has a file system
    /// for that, that lives as long as its handles.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// Opens a file as the options say.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let place = Place::new(path.as_ref(), options)?;
        let (session, fresh) = place.open()?;
        let schema = RwLock::new(Arc::new(load_schema(&session)?));
        let file = File {
            place,
            schema,
            rights: Mutex::default(),
            readers: Mutex::default(),
            writer: Mutex::new(Some(session)),
            writer_free: Condvar::new(),
            #[cfg(feature = "search")]
            search: crate::search::SearchIndex::default(),
            listeners: Arc::default(),
        };
        let crm = Self { file: Arc::new(file), user: None, at: None, limits: Limits::default() };
        if fresh {
            store::seed(&crm)?;
        }
        log::info!(target: "crm", "opened a {} file", if fresh { "new" } else { "known" });
        Ok(crm)
    }

    /// The same file as a user sees and may change it.
    pub fn acting_as(&self, user: UserId) -> Result<Self> {
        let narrower = Self { user: Some(user), ..self.clone() };
        narrower.view(|_| Ok(()))?;
        Ok(narrower)
    }

    /// The same file as it was at a moment (B2), seen with the rights of today. It can only be read.
    pub fn at(&self, moment: DateTime<Utc>) -> Result<Self> {
        Ok(Self { at: Some(moment), ..self.clone() })
    }

    /// The same file with a limit on how long each read may take; beyond it reads are `TimedOut`.
    pub fn time_limit(&self, limit: Duration) -> Self {
        Self { limits: Limits { time: Some(limit), ..self.limits.clone() }, ..self.clone() }
    }

    /// The same file, whose work stops when the token is used.
    pub fn cancelled_by(&self, cancel: &Cancel) -> Self {
        Self { limits: Limits { cancel: Some(cancel.clone()), ..self.limits.clone() }, ..self.clone() }
    }

    /// The moment this handle shows: the clock's, or the one of the past it was narrowed to.
    pub fn now(&self) -> DateTime<Utc> {
        self.at.unwrap_or_else(|| self.clock_now())
    }

    /// The acting user, or `None` for the system.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// Runs any reading SQL over the entities, seen as this handle sees them (B3), and gives a table.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let table = crm.sql("select count(*) as n from deal where value > ?", &[Value::from(100_000)])?;
    /// assert_eq!(table.integer(0, "n"), Some(0));
    /// assert_eq!(crm.sql("delete from deal", &[]).unwrap_err().code(), "denied");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sql(&self, sql: &str, params: &[Value]) -> Result<query::Table> {
        self.view(|view| view.sql(sql, params))
    }

    /// Runs work as one change set with a label: everything in it happens, or nothing.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let done = crm.change("two customers", |change| {
    ///     for name in ["Acme", "Birch"] {
    ///         change.organizations().add(OrganizationFields { name: name.into(), ..Default::default() })?;
    ///     }
    ///     Ok(())
    /// })?;
    /// crm.undo(done.change_set.unwrap())?;
    /// assert_eq!(crm.organizations().count("")?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn change<T>(&self, label: &str, work: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<Committed<T>> {
        let change = self.begin(label)?;
        let value = work(&change)?;
        let Committed { change_set, value: (), warnings } = change.commit()?;
        Ok(Committed { change_set, value, warnings })
    }

    /// Begins a change set that is committed or rolled back later; other writers wait meanwhile.
    pub fn begin(&self, label: &str) -> Result<ChangeSet> {
        self.begin_with(Some(label.to_owned()))
    }

    /// Runs work, tells what it would change, and leaves everything as it was (B7).
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let preview = crm.dry_run(|change| change.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() }))?;
    /// assert_eq!(preview.changes[0].after["name"], Value::from("Acme"));
    /// assert_eq!(crm.organizations().count("")?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn dry_run<T>(&self, work: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<Preview<T>> {
        let change = self.begin_with(None)?;
        let value = work(&change)?;
        change.preview(value)
    }

    /// Takes back a change set (B1). The undo is a change set itself, so it can be undone. When later changes
    /// stand in the way it is a conflict that names them, and nothing changes; see [`obstacles`](Crm::obstacles).
    pub fn undo(&self, change_set: ChangeSetId) -> Result<ChangeSetId> {
        let done = self.change(&format!("undo of change set {change_set}"), |change| change.undo(change_set))?;
        done.change_set.ok_or_else(|| Error::conflict("change_set", "nothing is left of this change set to undo"))
    }

    /// What stands in the way of undoing a change set; empty when nothing does.
    pub fn obstacles(&self, change_set: ChangeSetId) -> Result<Vec<Obstacle>> {
        self.begin_with(None)?.obstacles(change_set)
    }

    /// The changes after a position of the feed, oldest first, at most `limit` (10,000) of them (B8). Positions
    /// only grow, and no entry appears before an earlier one: none is lost, none comes twice.
    pub fn changes(&self, since: i64, limit: usize) -> Result<Vec<ChangeEvent>> {
        self.view(|view| view.changes(since, limit))
    }

    /// The fields of an entity in this file that this handle may see: the declared ones, then the user-defined ones.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let target = "deal".into();
    /// crm.custom_fields().add(CustomFieldFields { target, name: "risk".into(), kind: CustomKind::Text, ..Default::default() })?;
    /// assert!(crm.fields("deal")?.iter().any(|field| field.name == "risk" && field.is_custom()));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fields(&self, entity: &str) -> Result<Vec<crate::entity::Field>> {
        self.view(|view| {
            let index = view.schema.index(entity)?;
            let fields = view.schema.tables[index].fields.iter().enumerate();
            Ok(fields.filter(|(field, _)| !view.access.is_hidden(index, *field)).map(|(_, field)| field.clone()).collect())
        })
    }

    pub(crate) fn is_system(&self) -> bool {
        self.user.is_none() && self.at.is_none()
    }

    pub(crate) fn clock_now(&self) -> DateTime<Utc> {
        self.file.place.options.clock.now()
    }

    #[cfg(feature = "search")]
    pub(crate) fn index(&self) -> &crate::search::SearchIndex {
        &self.file.search
    }

    #[cfg(feature = "search")]
    pub(crate) fn place(&self) -> &Place {
        &self.file.place
    }

    pub(crate) fn listeners(&self) -> &Arc<Listeners> {
        &self.file.listeners
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn begin_single(&self, label: &str) -> Result<ChangeSet> {
        self.begin(label).map(ChangeSet::single)
    }

    fn begin_with(&self, label: Option<String>) -> Result<ChangeSet> {
        if self.file.place.options.read_only {
            return Err(Error::ReadOnly { field: String::new(), reason: "the file is open for reading only".into() });
        }
        if self.at.is_some() {
            return Err(Error::ReadOnly { field: "at".into(), reason: "the past can only be read".into() });
        }
        if let Some(cancel) = &self.limits.cancel {
            cancel.check()?;
        }
        ChangeSet::begin(self, self.take_writer()?, label)
    }

    /// Waits for this process's writer; between processes SQLite's lock decides.
    fn take_writer(&self) -> Result<Session> {
        let began = Instant::now();
        let deadline = began + self.file.place.options.busy_timeout;
        let mut writer = sync::lock(&self.file.writer);
        let mut waited = false;
        loop {
            if let Some(session) = writer.take() {
                if waited {
                    log::debug!(target: "crm", "waited {} ms for another change set of this process", began.elapsed().as_millis());
                }
                return Ok(session);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Busy { field: String::new(), reason: "another change set is open in this process; commit it or roll it back".into() });
            }
            waited = true;
            writer = self.file.writer_free.wait_timeout(writer, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    pub(crate) fn give_back(&self, session: Session) {
        *sync::lock(&self.file.writer) = Some(session);
        self.file.writer_free.notify_one();
    }

    /// A reading connection of its own, for long work.
    pub(crate) fn connection(&self) -> Result<Session> {
        self.file.place.connect(false)
    }

    /// Reads through the lens as this handle sees it.
    pub(crate) fn view<T>(&self, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        if let Some(cancel) = &self.limits.cancel {
            cancel.check()?;
        }
        let session = self.take_reader()?;
        session.limit(&self.limits);
        let began = Instant::now();
        let done = self.view_with(&session, read);
        let took = began.elapsed();
        if took >= SLOW {
            log::warn!(target: "crm", "a read took {} ms", took.as_millis());
        }
        let mut readers = sync::lock(&self.file.readers);
        if readers.len() < READERS_KEPT {
            readers.push(session);
        }
        done
    }

    fn view_with<T>(&self, session: &Session, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        // One snapshot for everything the read looks at.
        session.execute("begin", [])?;
        let done = (|| {
            let schema = self.schema_of(session)?;
            let access = self.access_of(session, &schema)?;
            let shown = self.at.map(|at| store::change_set_at(session, at.timestamp_millis())).transpose()?;
            store::install(session, &schema, &access, shown.is_some(), self.now())?;
            if let Some(shown) = shown {
                store::overlay(session, &schema, shown)?;
            }
            read(View { session, schema: &schema, access: &access, shown })
        })();
        // Commit, not rollback: the lens made within the transaction stays.
        if session.execute("commit", []).is_err() {
            let _ = session.conn.execute_batch("rollback");
            *session.installed.borrow_mut() = Default::default();
        }
        done
    }

    /// A reader that shows the right thing already, if there is one.
    fn take_reader(&self) -> Result<Session> {
        let mut readers = sync::lock(&self.file.readers);
        let fits = readers.iter().rposition(|reader| reader.installed.borrow().fits(self.user, self.at.is_some()));
        let found = fits.map(|at| readers.swap_remove(at)).or_else(|| if readers.len() >= READERS_KEPT { readers.pop() } else { None });
        drop(readers);
        found.map_or_else(|| self.connection(), Ok)
    }

    /// The file's schema, read anew when its generation has moved on.
    pub(crate) fn schema_of(&self, session: &Session) -> Result<Arc<Schema>> {
        let generation = generation(session)?;
        let known = sync::read(&self.file.schema).clone();
        if known.generation == generation {
            return Ok(known);
        }
        let schema = Arc::new(load_schema(session)?);
        log::debug!(target: "crm", "took over generation {} of rights, fields and settings", schema.generation);
        let mut newest = sync::write(&self.file.schema);
        if newest.generation < schema.generation {
            *newest = schema.clone();
        }
        Ok(schema)
    }

    pub(crate) fn access_of(&self, session: &Session, schema: &Schema) -> Result<Arc<Access>> {
        let key = self.user.map_or(0, |user| user.0);
        if let Some(known) = sync::lock(&self.file.rights).get(&key).filter(|access| access.generation == schema.generation) {
            return Ok(known.clone());
        }
        let access = Arc::new(match self.user {
            None => Access::system(schema),
            Some(user) => Access::of(session, schema, user)?,
        });
        let mut rights = sync::lock(&self.file.rights);
        if rights.len() >= USERS_KEPT {
            rights.clear();
        }
        rights.insert(key, access.clone());
        Ok(access)
    }
}

impl std::fmt::Debug for Crm {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Crm {{ user: {:?}, at: {:?} }}", self.user, self.at)
    }
}

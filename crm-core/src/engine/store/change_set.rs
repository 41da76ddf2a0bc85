//! The door: every write is part of a change set, which happens as a whole or not at all. What it does to rows is in `apply`.

use super::cause::ChangeCause;
use super::crm::Crm;
use super::head::Head;
use super::lens;
use super::listeners::CommitEvent;
use super::log;
use super::sqlite::{Installed, Session, Stored, start_of};
use super::state::{Salts, State};
use super::view::View;
use crate::engine::access::Access;
use crate::engine::chain::{Said, in_hex};
use crate::engine::declare::{ChangeSetId, UserId};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::Schema;
use crate::engine::value::Value;
use chrono::{DateTime, Utc};
use std::cell::{Cell as Slot, RefCell};
use std::sync::Arc;

/// How far a clock may go back without a word, in milliseconds: clocks are set right by less.
const CLOCK_SLACK: i64 = 10_000;

/// What a change set wrote.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Committed<T> {
    /// The change set, or `None` when nothing changed.
    pub change_set: Option<ChangeSetId>,
    /// What the work returned; it is left out in serde's formats.
    #[serde(skip)]
    pub value: T,
    /// What was allowed but deserves a look, such as a deal with an unwanted customer.
    pub warnings: Vec<String>,
}

/// One change set in the making: a transaction that checks rights, validates, applies and logs. Dropped
/// without [`commit`](ChangeSet::commit) it leaves nothing. While it lives, it holds the file's only place for a writer.
///
/// ```
/// # use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// let change = crm.begin("import of one")?;
/// change.organizations().add(OrganizationFields::new("Acme"))?;
/// change.rollback();
/// assert_eq!(crm.organizations().count("")?, 0);
/// # Ok::<(), Error>(())
/// ```
pub struct ChangeSet {
    pub(super) crm: Crm,
    session: Option<Session>,
    pub(super) access: Arc<Access>,
    pub(super) schema: RefCell<Arc<Schema>>,
    label: Option<String>,
    pub(super) id: i64,
    pub(super) at: i64,
    undoes: Slot<Option<i64>>,
    cause: Slot<ChangeCause>,
    loading: Slot<bool>,
    keeping: Slot<bool>,
    /// It is one operation: what fails ends it as a whole, so its parts need no savepoints.
    single: bool,
    /// The moment of the change set before.
    former_at: i64,
    first_change: i64,
    installed_before: Installed,
    pub(super) state: RefCell<State>,
    /// Records that were written after they were logged. Those of a part that was taken back do no harm.
    pub(super) written_again: RefCell<Vec<(&'static str, i64)>>,
    pub(super) salts: RefCell<Salts>,
    former_hash: Vec<u8>,
}

impl ChangeSet {
    /// Begins a change set on the file's writer.
    pub(crate) fn begin(crm: &Crm, session: Session, label: Option<String>) -> Result<Self> {
        let installed_before = session.installed.borrow().clone();
        let started = check_label(label.as_deref()).and_then(|()| Self::start(crm, &session));
        match started {
            Ok((schema, access, head)) => {
                let Head { generation: _, change_set, change, at: former_at, hash } = head;
                let at = crm.clock_now().timestamp_millis();
                let state = State::new(change + 1, schema.tables.len());
                Ok(Self {
                    crm: crm.clone(),
                    session: Some(session),
                    access,
                    schema: RefCell::new(schema),
                    label,
                    id: change_set + 1,
                    at,
                    former_at,
                    undoes: Slot::new(None),
                    cause: Slot::new(ChangeCause::Call),
                    loading: Slot::new(false),
                    keeping: Slot::new(false),
                    single: false,
                    first_change: change + 1,
                    installed_before,
                    state: RefCell::new(state),
                    written_again: RefCell::default(),
                    salts: RefCell::default(),
                    former_hash: hash,
                })
            }
            Err(error) => {
                let _ = session.batch("rollback");
                *session.installed.borrow_mut() = Installed::default();
                crm.give_back(session);
                Err(error)
            }
        }
    }

    fn start(crm: &Crm, session: &Session) -> Result<(Arc<Schema>, Arc<Access>, Head)> {
        session.limit(crm.limits());
        crm.place().check_same()?;
        session.execute("begin immediate", [])?;
        let head = Head::read(session)?;
        let schema = crm.schema_at(session, head.generation)?;
        let access = crm.access_of(session, &schema)?;
        lens::install(session, &schema, &access, None, crm.clock_now())?;
        Ok((schema, access, head))
    }

    pub(crate) fn session(&self) -> &Session {
        // The session leaves only when the change set ends, which consumes it.
        self.session.as_ref().unwrap_or_else(|| unreachable!("a change set has its session until it ends"))
    }

    /// The rows as they are stored, whatever the acting user's rights: for rules that hold for everybody.
    pub(crate) fn stored(&self) -> Stored<'_> {
        self.session().stored()
    }

    /// Reads through the lens, seeing what was written so far.
    pub(crate) fn view<T>(&self, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        let schema = self.schema();
        read(View { session: self.session(), schema: &schema, access: self.access(), shown: None })
    }

    /// The tables as they are within this change set.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.schema.borrow().clone()
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// The id this change set will have.
    pub fn id(&self) -> ChangeSetId {
        ChangeSetId(self.id)
    }

    /// The moment this change set carries.
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at).unwrap_or_default()
    }

    /// The acting user, or `None` for the system.
    pub fn actor(&self) -> Option<UserId> {
        self.access.user
    }

    /// The day of this change set in the acting user's time zone.
    pub fn today(&self) -> chrono::NaiveDate {
        self.at().with_timezone(&self.access.zone).date_naive()
    }

    /// The first moment of a day in the acting user's time zone.
    pub(crate) fn start_of(&self, day: chrono::NaiveDate) -> DateTime<Utc> {
        start_of(self.access.zone, day)
    }

    pub(crate) fn undoing(&self, change_set: i64) {
        self.undoes.set(Some(change_set));
        self.caused_by(ChangeCause::Undo);
    }

    /// Notes what brought the change set about, where it was not a call for just this.
    pub(crate) fn caused_by(&self, cause: ChangeCause) {
        self.cause.set(cause);
    }

    /// What brought this change set about, as far as it has come: a call until an import is made in it.
    pub(crate) fn cause(&self) -> ChangeCause {
        self.cause.get()
    }

    /// Notes something that was allowed but deserves a look.
    pub(crate) fn warn(&self, warning: impl Into<String>) {
        self.state.borrow_mut().warnings.push(warning.into());
    }

    /// What the change set is called.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What was allowed so far but deserves a look.
    pub fn warnings(&self) -> Vec<String> {
        self.state.borrow().warnings.clone()
    }

    /// The position in the feed of its first change.
    pub(crate) fn first_change(&self) -> i64 {
        self.first_change
    }

    /// Makes it a change set of one operation.
    pub(crate) fn single(mut self) -> Self {
        self.single = true;
        self
    }

    /// Runs a load from another system, where rules that ask a user for something take what there is.
    pub(crate) fn loading<T>(&self, load: impl FnOnce() -> T) -> T {
        let before = self.loading.replace(true);
        let loaded = load();
        self.loading.set(before);
        loaded
    }

    /// Whether records come from another system rather than from a user.
    pub(crate) fn is_loading(&self) -> bool {
        self.loading.get()
    }

    /// Runs a rule's writing of records that only the library writes.
    pub(crate) fn keeping<T>(&self, keep: impl FnOnce() -> T) -> T {
        let before = self.keeping.replace(true);
        let kept = keep();
        self.keeping.set(before);
        kept
    }

    /// Whether records that only the library writes may be written.
    pub(crate) fn is_keeping(&self) -> bool {
        self.keeping.get()
    }

    /// Refuses to go on when the storage has ended the transaction by itself (a full disk, a time limit): what came
    /// after would be written outside of any change set.
    pub(super) fn check_alive(&self) -> Result<()> {
        if self.session().conn.is_autocommit() {
            self.spoil();
            return Err(Error::conflict("change_set", "an earlier operation ran out of room or time, so nothing of it can be kept"));
        }
        Ok(())
    }

    /// Notes that former versions were taken away: others are to know, and it is kept though it has no entries.
    pub(super) fn note_pruned(&self) {
        let mut state = self.state.borrow_mut();
        (state.unlogged, state.reshaped) = (true, true);
    }

    /// Notes that an operation failed half-way.
    pub(crate) fn spoil(&self) {
        self.state.borrow_mut().spoiled = true;
    }

    /// Writes everything that was done since [`Crm::begin`].
    pub fn commit(self) -> Result<Committed<()>> {
        if self.state.borrow().spoiled {
            return Err(Error::conflict("change_set", "an operation in it failed half-way, so nothing of it can be kept"));
        }
        self.flush()?;
        if self.at < self.former_at.saturating_sub(CLOCK_SLACK) {
            self.warn("the clock stands before the last change set: it was put back, or was wrong then; what is written carries its time as it is now");
        }
        let mut change = self;
        let warnings = std::mem::take(&mut change.state.borrow_mut().warnings);
        let change_set = change.finish()?;
        Ok(Committed { change_set, value: (), warnings })
    }

    /// Leaves everything as it was.
    pub fn rollback(self) {
        drop(self);
    }

    fn finish(&mut self) -> Result<Option<ChangeSetId>> {
        self.check_alive()?;
        let chain = self.chain()?;
        let state = self.state.get_mut();
        if state.next_change == self.first_change && !state.unlogged {
            if state.stepped {
                self.session().execute("commit", [])?;
            }
            return Ok(None);
        }
        let (actor, undoes, cause) = (self.access.user.map(|user| user.0), self.undoes.get(), self.cause.get());
        let said = Said { id: self.id, at: self.at, actor, undoes, label: self.label.as_deref(), cause: cause.stored() };
        let hash = chain.finish(&said, &self.former_hash);
        let (reshaped, next_change) = (state.reshaped, state.next_change);
        let session = self.session();
        session.execute(
            "insert into main.change_set (id, at, since, actor_id, label, undoes, first_change, hash, cause) values (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (self.id, self.at, actor, &self.label, undoes, self.first_change, hash, cause.stored()),
        )?;
        // Where the clock was put back, earlier sets count from this one's moment on.
        if self.at < self.former_at {
            session.execute("update main.change_set set since = ?1 where since > ?1", [self.at])?;
        }
        Head::advance(session, (self.id, next_change - 1, self.at), hash, reshaped)?;
        session.execute("commit", [])?;
        self.crm.listeners().note(|| CommitEvent {
            change_set: self.id(),
            at: self.at(),
            actor: self.actor(),
            cause,
            label: self.label.clone(),
            undoes: undoes.map(ChangeSetId),
            since: self.first_change - 1,
            entries: next_change - self.first_change,
            head: in_hex(&hash),
        });
        if let Some(session) = self.session.take() {
            self.crm.give_back(session);
        }
        self.crm.listeners().tell();
        Ok(Some(ChangeSetId(self.id)))
    }

    /// Runs a part of the work that happens whole or not at all within the change set.
    pub(crate) fn atomically<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check_alive()?;
        if self.single {
            return work().inspect_err(|_| self.spoil());
        }
        self.attempt(work)
    }

    /// Runs work that leaves nothing where it fails.
    pub(super) fn attempt<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.session().execute("savepoint part", [])?;
        let (before, schema) = (self.state.borrow().without_known(), self.schema());
        let done = work();
        if done.is_err() {
            if self.check_alive().is_err() {
                return done;
            }
            self.session().execute("rollback to part", [])?;
            if !Arc::ptr_eq(&schema, &self.schema()) {
                lens::install(self.session(), &schema, &self.access, None, self.crm.clock_now())?;
                *self.schema.borrow_mut() = schema;
            }
            *self.state.borrow_mut() = before;
        }
        self.session().execute("release part", [])?;
        done
    }

    /// Reads the schema anew after a write that changed it.
    pub(crate) fn reshape(&self) -> Result<()> {
        self.check_alive()?;
        let session = self.session();
        log::next_generation(session)?;
        let library = self.crm.place().library;
        let schema = Arc::new((library.load)(session, library)?);
        lens::install(session, &schema, &self.access, None, self.crm.clock_now())?;
        *self.schema.borrow_mut() = schema;
        Ok(())
    }
}

impl Drop for ChangeSet {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            let _ = session.batch("rollback");
            // What was installed within the transaction was rolled back with it.
            if *session.installed.borrow() != self.installed_before {
                *session.installed.borrow_mut() = Installed::default();
            }
            self.crm.give_back(session);
        }
    }
}

fn check_label(label: Option<&str>) -> Result<()> {
    let Some(label) = label else { return Ok(()) };
    FieldType::Text { max: FieldType::DEFAULT_TEXT }.accept("label", Value::Text(label.to_owned())).map(drop)
}

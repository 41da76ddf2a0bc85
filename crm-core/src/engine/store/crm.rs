//! The handle: an open file, who reads it, and as of when.

use super::listeners::Listeners;
use super::sqlite::{Library, Options, Place, Session, look};
use super::view::View;
use super::{lens, log};
use crate::engine::access::Access;
use crate::engine::cancel::{Cancel, Limits};
use crate::engine::declare::UserId;
use crate::engine::error::{Error, Result};
use crate::engine::field::Field;
use crate::engine::store::schema::Schema;
use crate::engine::sync;
use chrono::{DateTime, Utc};
use std::any::Any;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, OnceLock, RwLock};
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
/// crm.organizations().add(OrganizationFields::new("Acme"))?;
/// assert_eq!(crm.organizations().count("")?, 1);
/// assert_eq!(crm.at(before)?.organizations().count("")?, 0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Crm {
    file: Arc<File>,
    pub(super) user: Option<UserId>,
    pub(super) at: Option<DateTime<Utc>>,
    limits: Limits,
}

struct File {
    schema: RwLock<Arc<Schema>>,
    rights: Mutex<HashMap<Option<UserId>, Arc<Access>>>,
    readers: Mutex<Vec<Session>>,
    writer: Mutex<Option<Session>>,
    writer_free: Condvar,
    /// What follows the file and goes with it: the search index.
    follower: OnceLock<Box<dyn Any + Send + Sync>>,
    listeners: Arc<Listeners>,
    /// Last, so that a file in memory goes after its connections.
    place: Place,
}

impl Crm {
    /// Opens a file of what a library declares, and says whether it lacks work through the door, such as first words.
    pub(crate) fn open_file(path: &Path, options: Options, library: &'static Library) -> Result<(Self, bool)> {
        let place = Place::new(path, options, library)?;
        let (session, lacks_work) = place.open()?;
        let schema = RwLock::new(Arc::new((library.load)(&session, library)?));
        let file = File {
            place,
            schema,
            rights: Mutex::default(),
            readers: Mutex::default(),
            writer: Mutex::new(Some(session)),
            writer_free: Condvar::new(),
            follower: OnceLock::new(),
            listeners: Arc::default(),
        };
        Ok((Self { file: Arc::new(file), user: None, at: None, limits: Limits::default() }, lacks_work))
    }

    /// The same file as a user sees and may change it: a user without a role sees nothing.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let sellers = crm.roles().add(RoleFields::new("Sellers"))?;
    /// crm.permissions().add(PermissionFields::new(sellers.id, "organization").reading(Level::All).writing(Level::Own))?;
    /// let ann = crm.users().add(UserFields::new("Ann"))?;
    /// crm.user_roles().add(UserRoleFields::new(ann.id, sellers.id))?;
    /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
    ///
    /// let crm = crm.acting_as(ann.id)?;
    /// assert_eq!(crm.organizations().count("")?, 1);
    /// assert_eq!(crm.organizations().remove(acme.id).unwrap_err().code(), "denied");
    /// assert_eq!(crm.deals().count("")?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn acting_as(&self, user: UserId) -> Result<Self> {
        let narrower = Self { user: Some(user), ..self.clone() };
        narrower.view(|_| Ok(()))?;
        Ok(narrower)
    }

    /// The same file as it was at a moment, seen with the rights of today. It can only be read.
    ///
    /// ```
    /// # use crm_core::*;
    /// # use std::sync::Arc;
    /// # let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
    /// # let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone()))?;
    /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
    /// let then = crm.now();
    /// # clock.advance(chrono::TimeDelta::days(1));
    /// crm.organizations().edit(acme.id, |fields| fields.name = "Acme Group".into())?;
    /// assert_eq!(crm.at(then)?.organizations().get(acme.id)?.name, "Acme");
    /// # Ok::<(), Error>(())
    /// ```
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

    /// The fields of an entity in this file that this handle may see: the declared ones, then the user-defined ones.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// crm.custom_fields().add(CustomFieldFields::new("deal", "risk", CustomKind::Text))?;
    /// assert!(crm.fields("deal")?.iter().any(|field| field.name == "risk" && field.is_custom()));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fields(&self, entity: &str) -> Result<Vec<Field>> {
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

    /// What follows the file, made when first asked for. There is one for each open file.
    #[cfg_attr(not(feature = "search"), allow(dead_code))]
    pub(crate) fn follower<T: Any + Default + Send + Sync>(&self) -> &T {
        let follower = self.file.follower.get_or_init(|| Box::<T>::default());
        follower.downcast_ref().unwrap_or_else(|| unreachable!("a file has one kind of follower"))
    }

    pub(crate) fn place(&self) -> &Place {
        &self.file.place
    }

    pub(crate) fn listeners(&self) -> &Arc<Listeners> {
        &self.file.listeners
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Waits for this process's writer; between processes SQLite's lock decides.
    pub(super) fn take_writer(&self) -> Result<Session> {
        let began = Instant::now();
        let deadline = began + self.file.place.options.busy_timeout;
        let mut writer = sync::lock(&self.file.writer);
        let mut waited = false;
        loop {
            if let Some(session) = writer.take() {
                if waited {
                    ::log::debug!(target: "crm", "waited {} ms for another change set of this process", began.elapsed().as_millis());
                }
                return Ok(session);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::busy("", "another change set is open in this process; commit it or roll it back"));
            }
            waited = true;
            writer = self.file.writer_free.wait_timeout(writer, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    pub(super) fn give_back(&self, session: Session) {
        *sync::lock(&self.file.writer) = Some(session);
        self.file.writer_free.notify_one();
    }

    /// A reading connection of its own, for long work.
    pub(crate) fn connection(&self) -> Result<Session> {
        self.file.place.check_same()?;
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
            ::log::warn!(target: "crm", "a read took {} ms", took.as_millis());
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
            let shown = self.at.map(|at| log::change_set_at(session, at.timestamp_millis())).transpose()?;
            lens::install(session, &schema, &access, shown, self.now())?;
            read(View { session, schema: &schema, access: &access, shown })
        })();
        // Commit, not rollback: the lens made within the transaction stays.
        if session.execute("commit", []).is_err() {
            let _ = session.batch("rollback");
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
        self.schema_at(session, log::generation(session)?)
    }

    /// The same, where the generation is known.
    pub(super) fn schema_at(&self, session: &Session, generation: i64) -> Result<Arc<Schema>> {
        let known = sync::read(&self.file.schema).clone();
        if known.generation == generation {
            return Ok(known);
        }
        // Another process may have brought the file further than this version of the library knows.
        look(&session.conn, self.file.place.library)?;
        let schema = Arc::new((self.file.place.library.load)(session, self.file.place.library)?);
        ::log::debug!(target: "crm", "took over generation {} of rights, fields and settings", schema.generation);
        let mut newest = sync::write(&self.file.schema);
        if newest.generation < schema.generation {
            *newest = schema.clone();
        }
        Ok(schema)
    }

    pub(crate) fn access_of(&self, session: &Session, schema: &Schema) -> Result<Arc<Access>> {
        if let Some(known) = sync::lock(&self.file.rights).get(&self.user).filter(|access| access.generation == schema.generation) {
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
        rights.insert(self.user, access.clone());
        Ok(access)
    }
}

impl std::fmt::Debug for Crm {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Crm {{ user: {:?}, at: {:?} }}", self.user, self.at)
    }
}

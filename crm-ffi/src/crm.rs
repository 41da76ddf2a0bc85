//! The handle: an open file, who reads it, and as of when.

use crate::listen::HostClock;
use crate::{ChangeSet, Clock, Field, Filter, HostError, JsonPage, Lift, Options, Result, Table};
use chrono::{DateTime, Utc};
use crm_core::{ChangeSetId, Loaded, UserId, Value};
use std::sync::Arc;
use std::time::Duration;

/// A clock that stands still until it is moved, for tests and repeatable scripts.
#[derive(uniffi::Object)]
pub struct ManualClock {
    core: Arc<crm_core::ManualClock>,
}

#[uniffi::export]
impl ManualClock {
    /// A clock that shows this moment.
    #[uniffi::constructor]
    pub fn new(moment: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(crm_core::ManualClock::at(moment)) })
    }

    /// Sets the clock.
    pub fn set(&self, moment: DateTime<Utc>) {
        self.core.set(moment);
    }
}

#[uniffi::export]
impl Clock for ManualClock {
    /// The moment it shows.
    fn now(&self) -> Result<DateTime<Utc>, HostError> {
        Ok(crm_core::Clock::now(&*self.core))
    }
}

/// A way to stop work from another thread.
#[derive(uniffi::Object)]
pub struct Cancel {
    core: crm_core::Cancel,
}

#[uniffi::export]
impl Cancel {
    /// A token that has not been used.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { core: crm_core::Cancel::new() })
    }

    /// Stops everything that runs under this token, now and later.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

/// The version of the library.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// An open CRM file, seen by somebody, as of some moment. To be shared by threads; the file is closed when the last
/// handle to it is gone.
#[derive(uniffi::Object)]
pub struct Crm {
    pub(crate) core: crm_core::Crm,
}

impl Crm {
    pub(crate) fn with<T>(&self, work: impl FnOnce(&crm_core::Crm) -> crm_core::Result<T>) -> Result<T> {
        Ok(work(&self.core)?)
    }

    fn narrowed(core: crm_core::Crm) -> Arc<Self> {
        Arc::new(Self { core })
    }
}

#[uniffi::export]
impl Crm {
    /// Opens a file, creating it when there is none; `:memory:` is a file that lives as long as its handles. The time comes from a
    /// `ManualClock`, a clock of the host's, or the computer's.
    #[uniffi::constructor(default(options = None, clock = None))]
    pub fn open(path: String, options: Option<Options>, clock: Option<Arc<dyn Clock>>) -> Result<Arc<Self>> {
        let mut options: crm_core::Options = Lift::lift_or(options, Default::default);
        if let Some(clock) = clock {
            options.clock = Arc::new(HostClock(clock));
        }
        Ok(Self::narrowed(crm_core::Crm::open_with(path, options)?))
    }

    /// The same file as a user sees and may change it.
    pub fn acting_as(&self, user: UserId) -> Result<Arc<Self>> {
        self.with(|core| core.acting_as(user).map(Self::narrowed))
    }

    /// The same file as it was at a moment, seen with the rights of today. It can only be read.
    pub fn at(&self, moment: DateTime<Utc>) -> Result<Arc<Self>> {
        self.with(|core| core.at(moment).map(Self::narrowed))
    }

    /// The same file with a limit on how long each read may take; beyond it reads are `TimedOut`.
    pub fn time_limit(&self, limit: Duration) -> Arc<Self> {
        Self::narrowed(self.core.time_limit(limit))
    }

    /// The same file, whose work stops when the token is used.
    pub fn cancelled_by(&self, cancel: Arc<Cancel>) -> Arc<Self> {
        Self::narrowed(self.core.cancelled_by(&cancel.core))
    }

    /// The moment this handle shows: the clock's, or the one of the past it was narrowed to.
    pub fn now(&self) -> DateTime<Utc> {
        self.core.now()
    }

    /// The acting user; empty for the system.
    pub fn user(&self) -> Option<UserId> {
        self.core.user()
    }

    /// As `sql`, with the rows as an Arrow IPC stream: for thousands of them, and for data frames.
    #[uniffi::method(default(params = None))]
    pub fn sql_arrow_ipc(&self, sql: String, params: Option<Vec<Value>>) -> Result<Vec<u8>> {
        self.sql(sql, params)?.to_arrow_ipc()
    }

    /// The records of an entity that a filter finds, as a table with every field as a column.
    #[uniffi::method(default(filter = None))]
    pub fn table(&self, entity: String, filter: Option<Filter>) -> Result<Arc<Table>> {
        let filter = Filter::of(filter)?;
        self.with(|core| core.json(&entity)?.table(filter).map(Table::new))
    }

    /// The fields of an entity in this file that this handle may see: the declared ones, then the user-defined ones.
    pub fn fields(&self, entity: String) -> Result<Vec<Field>> {
        self.with(|core| Ok(core.fields(&entity)?.iter().map(Field::of).collect()))
    }

    /// Begins a change set: what is done in it happens when it is committed, as a whole, or not at all. Other writers wait
    /// meanwhile, those of this process included.
    pub fn begin(&self, label: String) -> Result<Arc<ChangeSet>> {
        self.with(|core| core.begin(&label).map(ChangeSet::new))
    }
}

/// What a bulk load did.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Added {
    /// The id of the first record added; ids follow each other.
    pub first: Option<i64>,
    /// How many were added.
    pub count: i64,
    /// The change set they were added in.
    pub change_set: Option<ChangeSetId>,
}

/// Declares the by-name methods, with records as JSON, on one of the two objects.
macro_rules! json_methods {
    ($Object:ident) => {
        #[uniffi::export]
        impl $Object {
            /// The record of this id, a JSON object.
            pub fn get_json(&self, entity: String, id: i64) -> Result<String> {
                self.with(|core| core.json(&entity)?.get(id))
            }

            /// All records that a filter finds, a JSON array of objects in its order.
            #[uniffi::method(default(filter = None))]
            pub fn find_json(&self, entity: String, filter: Option<Filter>) -> Result<String> {
                let filter = Filter::of(filter)?;
                self.with(|core| core.json(&entity)?.find(filter))
            }

            /// A page of the records that a filter finds (100 when it has no limit), and where the next one begins.
            #[uniffi::method(default(filter = None))]
            pub fn page_json(&self, entity: String, filter: Option<Filter>) -> Result<JsonPage> {
                let filter = Filter::of(filter)?;
                let page = self.with(|core| core.json(&entity)?.page(filter))?;
                Ok(JsonPage { records: page.records, next: page.next })
            }

            /// Adds the record of a JSON object, and gives it as it is then.
            pub fn add_json(&self, entity: String, record: String) -> Result<String> {
                self.with(|core| core.json(&entity)?.add(&record))
            }

            /// Adds the records of a JSON array of objects in one change set, or none of them. A text has at most 256 MiB.
            pub fn add_many_json(&self, entity: String, records: String) -> Result<Added> {
                let Loaded { first, count, change_set, .. } = self.with(|core| core.json(&entity)?.add_many(&records))?;
                Ok(Added { first, count, change_set })
            }

            /// Changes the fields that a JSON object names, and gives the record as it is then.
            #[uniffi::method(default(revision = None))]
            pub fn set_json(&self, entity: String, id: i64, fields: String, revision: Option<ChangeSetId>) -> Result<String> {
                self.with(|core| core.json(&entity)?.set(id, &fields, revision))
            }

            /// Adds or changes the record that another system knows by this key, and gives it as it is then.
            pub fn upsert_json(&self, entity: String, system: String, key: String, fields: String) -> Result<String> {
                self.with(|core| Ok(core.json(&entity)?.upsert(&system, &key, &fields)?.0))
            }

            /// Removes a record and what is part of it; refused while other records refer to it.
            pub fn remove(&self, entity: String, id: i64) -> Result<()> {
                self.with(|core| core.json(&entity)?.remove(id))
            }
        }
    };
}

json_methods!(Crm);
json_methods!(ChangeSet);

//! The door for hosts that speak JSON and nothing else: a request names a call and its arguments, the answer is JSON.

use super::calls::call_named;
use crate::engine::declare::{ChangeSetId, UserId};
use crate::engine::error::{Error, Result};
use crate::engine::query::Table;
use crate::engine::registry::{Given, Reply};
use crate::engine::store::{ChangeSet, CommitEvent, Crm, Via};
use crate::engine::wire::json::MAX_JSON;
use crate::engine::wire::{members, text_of};
use chrono::{DateTime, Utc};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What a request may hold beside the arguments of its call.
const ENVELOPE: [&str; 5] = ["call", "within", "acting_as", "at", "time_limit"];

/// An open file that is spoken to in JSON. To be shared by threads.
///
/// A request is an object: `call` names the call, its other members are the arguments. Beside them it may say
/// `acting_as` (a user's id) and `at` (a moment), which narrow this one call as [`Crm::acting_as`] and [`Crm::at`] do, `time_limit` (milliseconds),
/// and `within` (the change set that `begin` gave). The call `calls` lists all calls and their arguments.
///
/// ```
/// use crm_core::{Crm, JsonCalls};
/// let crm = JsonCalls::new(Crm::open(":memory:")?);
/// crm.call(r#"{"call": "add", "entity": "organization", "fields": {"name": "Acme", "employees": 120}}"#)?;
/// assert_eq!(crm.call(r#"{"call": "count", "entity": "organization", "filter": "employees >= 100"}"#)?, "1");
/// let rows = crm.call(r#"{"call": "sql", "sql": "select name from organization where id = ?", "params": [1]}"#)?;
/// assert_eq!(rows, r#"[{"name":"Acme"}]"#);
/// assert_eq!(crm.call(r#"{"call": "cuont"}"#).unwrap_err().to_json(),
///     r#"{"code":"invalid","field":"cuont","reason":"unknown call `cuont`, did you mean `count`?"}"#);
/// # Ok::<(), crm_core::Error>(())
/// ```
pub struct JsonCalls {
    crm: Crm,
    /// The change set begun and not yet ended; a file has one writer, so there is at most one.
    open: Mutex<Option<ChangeSet>>,
}

impl JsonCalls {
    /// Speaks JSON to this handle.
    pub fn new(crm: Crm) -> Self {
        Self { crm, open: Mutex::new(None) }
    }

    /// The handle.
    pub fn crm(&self) -> &Crm {
        &self.crm
    }

    /// Answers a request of at most 256 MiB.
    pub fn call(&self, request: &str) -> Result<String> {
        match self.answer(request)? {
            Reply::Json(text) => Ok(text),
            Reply::Table(table) => Ok(table.to_json()),
        }
    }

    /// Answers a request whose call gives a table: `sql`, `table`, `report` or `timeline`.
    ///
    /// ```
    /// # use crm_core::{Crm, JsonCalls};
    /// let crm = JsonCalls::new(Crm::open(":memory:")?);
    /// let table = crm.table(r#"{"call": "sql", "sql": "select 1 as n"}"#)?;
    /// assert_eq!(table.integer(0, "n"), Some(1));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn table(&self, request: &str) -> Result<Table> {
        match self.answer(request)? {
            Reply::Table(table) => Ok(table),
            Reply::Json(_) => Err(Error::invalid("call", "gives no table")),
        }
    }

    fn answer(&self, request: &str) -> Result<Reply> {
        if request.len() > MAX_JSON {
            return Err(Error::invalid("request", format!("longer than {MAX_JSON} bytes")));
        }
        let mut given = Given(members("request", request)?);
        let call = call_named(&given.take::<String>("call")?)?;
        let within: Option<ChangeSetId> = given.take("within")?;
        let narrowed = (given.take("acting_as")?, given.take("at")?, given.take("time_limit")?);
        call.check(&given, &ENVELOPE)?;
        match (within, call.name) {
            (Some(_), _) if narrowed != (None, None, None) => Err(Error::invalid("within", "a change set keeps the user it was begun with")),
            (Some(id), "commit") => self.take(id)?.commit().map(|committed| Reply::Json(text_of(&committed))),
            (Some(id), "rollback") => {
                self.take(id)?.rollback();
                Ok(Reply::Json("null".into()))
            }
            (Some(id), _) => {
                let open = self.lock();
                let change = open.as_ref().filter(|change| change.id() == id).ok_or_else(over)?;
                (call.run)(Via::Change(change), &mut given)
            }
            (None, "commit" | "rollback") => Err(Error::invalid("within", "names the change set to end")),
            (None, "begin") => {
                let change = self.narrow(narrowed)?.begin(&given.take::<String>("label")?)?;
                let id = change.id();
                *self.lock() = Some(change);
                Ok(Reply::Json(format!("{{\"change_set\":{id}}}")))
            }
            (None, _) => (call.run)(Via::Crm(&self.narrow(narrowed)?), &mut given),
        }
    }

    fn narrow(&self, (user, at, time): (Option<UserId>, Option<DateTime<Utc>>, Option<Duration>)) -> Result<Crm> {
        let mut crm = self.crm.clone();
        if let Some(user) = user {
            crm = crm.acting_as(user)?;
        }
        if let Some(at) = at {
            crm = crm.at(at)?;
        }
        if let Some(time) = time {
            crm = crm.time_limit(time);
        }
        Ok(crm)
    }

    fn lock(&self) -> MutexGuard<'_, Option<ChangeSet>> {
        self.open.lock().unwrap_or_else(|poisoned| {
            // A call broke off in the middle: nothing of the change set may stay.
            self.open.clear_poison();
            let mut open = poisoned.into_inner();
            *open = None;
            open
        })
    }

    fn take(&self, id: ChangeSetId) -> Result<ChangeSet> {
        self.lock().take_if(|change| change.id() == id).ok_or_else(over)
    }
}

fn over() -> Error {
    Error::conflict("within", "this change set is over: it was committed or rolled back")
}

impl Error {
    /// The error as a JSON object of `code`, `field` and `reason`.
    pub fn to_json(&self) -> String {
        text_of(self)
    }
}

impl CommitEvent {
    /// The event as a JSON object with the names of its fields.
    pub fn to_json(&self) -> String {
        text_of(self)
    }
}

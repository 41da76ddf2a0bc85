//! An embeddable CRM: customers, contacts, sales, rights and reports as a library, in one file on disk, with no server.
//!
//! ```
//! use crm_core::*;
//!
//! let crm = Crm::open(":memory:")?; // or "acme.crm", made if it is not there
//! let acme = crm.organizations().add(OrganizationFields::new("Acme").industry("steel"))?;
//! let acme = crm.organizations().edit(acme.id, |fields| fields.employees = Some(120))?;
//!
//! crm.add_process("New business", ProcessTemplate::Classic)?;
//! let mill = DealFields::new("Rolling mill").organization_id(acme.id).value("25000 EUR".parse()?);
//! crm.deals().add(mill)?;
//!
//! let buying = "employees >= ?1 and id in (select organization_id from deal where status = 'open')";
//! let found = crm.organizations().find(Filter::new(buying).bind(100).order_by("name"))?;
//! assert_eq!(found[0].name, "Acme");
//!
//! crm.undo(acme.revision)?;
//! assert_eq!(crm.organizations().get(acme.id)?.employees, None);
//! # Ok::<(), Error>(())
//! ```
//!
//! Every write is a [change set](ChangeSet): it happens whole or not at all, is logged, and can be undone. Every read, whatever its way, shows what the
//! [handle](Crm) may see, as of the handle's moment. So rights and time travel need no care in a program's own queries.
//!
//! # What there is
//!
//! Everything stands in its area's module and at the root of the crate, too; [`prelude`] has what most programs name.
//!
//! | module | what for |
//! |---|---|
//! | [`directory`] | organizations and people, how they are reached and hang together, lists, unwanted customers |
//! | [`activity`] | calls, meetings, letters, tasks, and who takes part in them |
//! | [`sales`] | deals and their key people, milestones, products and prices |
//! | [`stages`] | the ways that deals, customers and other records go, with their stages and plans |
//! | [`base`] | users, teams, roles and rights, dictionaries, user-defined fields, notes, keys of other systems, settings, exchange rates |
//! | [`customer`] | a customer as a whole: dossier, timeline, the card of a caller |
//! | [`analytics`] | reports, and what they are split and narrowed by |
//! | [`exchange`] | import of CSV files and data frames |
//! | [`search`] | full-text search |
//! | [`entity`] | descriptions of all records and fields, for programs that work with any of them |
//!
//! # Where to go on
//!
//! | to | look at |
//! |---|---|
//! | add, change, find and remove records | [`Entities`], which `crm.organizations()` and its like give; [`Filter`] |
//! | do several things as one, or try them out | [`Crm::change`], [`Crm::begin`], [`Crm::dry_run`] |
//! | let users see and change only what they may | [`Role`], [`Permission`], [`HiddenField`], then [`Crm::acting_as`] |
//! | look at the past, take something back | [`Crm::at`], [`Entities::history`], [`Crm::changes`], [`Crm::undo`] |
//! | ask for figures | [`Crm::report`] with [`ReportQuery`]; [`Crm::sql`] for anything else; a [`Table`] can be had as an Arrow record batch |
//! | search | [`Crm::search`], [`Crm::suggest`] for what is being typed |
//! | prepare a call | [`Crm::dossier`], [`Crm::timeline`], [`Crm::caller_card`] |
//! | bring data in | [`Crm::import_csv`], [`Crm::import_frame`], [`Entities::add_many`], [`Entities::upsert`] |
//! | add fields of one's own | [`CustomField`] |
//! | be told of what was written | [`Crm::on_commit`] |
//! | copy and check the file, let go of what was long ago | [`Crm::backup_to`], [`Crm::verify`], [`Crm::prune`], [`Retention`], [`Crm::status`] |
//! | speak JSON | [`JsonCalls`], [`json_schema`]; see below for serde |
//! | handle what goes wrong | [`Error`], with a code, the field concerned and the reason in words |
//!
//! # In a web server
//!
//! Open the file once; a [`Crm`] is `Clone`, `Send` and `Sync`, and every request narrows a handle of its own, which is cheap:
//!
//! ```
//! # use crm_core::*;
//! # use std::time::Duration;
//! fn answer(crm: &Crm, user: UserId, closed: &Cancel) -> Result<Vec<Organization>> {
//!     let crm = crm.acting_as(user)?.time_limit(Duration::from_secs(2)).cancelled_by(closed);
//!     crm.organizations().find(Filter::new("employees > 100").order_by("name").limit(50))
//! }
//! # let crm = Crm::open(":memory:")?;
//! # let ann = crm.users().add(UserFields::new("Ann"))?;
//! # assert!(answer(&crm, ann.id, &Cancel::new())?.is_empty());
//! # Ok::<(), Error>(())
//! ```
//!
//! Calls block while they read the disk or wait for the writer, so asynchronous code makes them in a place for that, such as tokio's `spawn_blocking`. Any number of
//! threads read at once, one writes at a time; a [`ChangeSet`] that is kept open makes other writers wait. Whoever drops a connection sets its
//! [`Cancel`].
//!
//! # Records and their fields
//!
//! Each entity has a record (`Deal`), a typed id (`DealId`), and the fields that a caller gives (`DealFields`): `new` takes those that must be given, methods set the
//! others, and all are public, so that `..Default::default()` and `edit(id, |fields| ...)` work as well. Options of calls are made likewise.
//!
//! Versions to come add entities, fields, options and words. A program stays clear of that with `new` or `..Default::default()` for fields, and
//! `..` where it takes records apart; the compiler asks for the rest, since what may grow is `#[non_exhaustive]`.
//!
//! Records, ids, choices, outcomes, options, filters, tables and errors are serde's `Serialize`, and all that can come back is `Deserialize`,
//! in the form that the calls in JSON have. User-defined fields stand beside the declared ones.
//!
//! ```
//! # use crm_core::*;
//! let told = r#"{"name": "Acme", "credit_limit": "500.00 EUR"}"#;
//! let fields: OrganizationFields = serde_json::from_str(told).unwrap();
//! let acme = Crm::open(":memory:")?.organizations().add(fields)?;
//! let told = serde_json::to_string(&acme).unwrap();
//! assert!(told.starts_with(r#"{"id":1,"#) && told.contains(r#""credit_limit":"500.00 EUR""#));
//! assert_eq!(serde_json::from_str::<Organization>(&told).unwrap(), acme);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Features
//!
//! `arrow` (tables as Arrow record batches, import of data frames) and `search` (full-text search) are both on unless `default-features = false`.

mod engine;
#[macro_use]
pub mod base;
#[macro_use]
mod areas;
#[macro_use]
pub mod customer;
#[macro_use]
pub mod analytics;
mod open;
#[macro_use]
pub mod exchange;
mod for_every;
mod json;
mod registry;
#[cfg(feature = "search")]
#[macro_use]
pub mod search;
#[cfg(test)]
mod every_use;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod upgrades;
mod vacuum;

pub use analytics::*;
#[doc(no_inline)]
pub use areas::*;
#[doc(inline)]
pub use areas::{entities, entity_named};
pub use base::*;
pub use customer::*;
pub use engine::access::Level;
pub use engine::cancel::{Cancel, Progress};
pub use engine::clock::{Clock, ManualClock, SystemClock};
pub use engine::declare::{ChangeSetId, UserId};
pub use engine::entity::{Entities, Loaded};
pub use engine::error::{Cause, Error, Result};
pub use engine::money::{Currency, Money};
#[cfg(feature = "arrow")]
pub use engine::query::arrow_type;
pub use engine::query::{About, Column, ColumnData, Filter, Page, Table};
pub use engine::store::{
    Change, ChangeCause, ChangeEvent, ChangeSet, CommitEvent, Committed, Crm, EntityStatus, Erased, Listening, MAX_CHANGES, Mention, Obstacle, Operation,
    Options, Preview, Pruned, PrunedEntity, Restored, Status, Synchronous, Upgrade, Verified,
};
pub use engine::value::{Custom, Named, Value};
pub use exchange::*;
#[doc(hidden)]
pub use for_every::pastey;
pub use json::{JsonCalls, JsonRecords, json_schema};
#[cfg(feature = "search")]
pub use search::*;

// Each area as a module of the crate, though its folder lies deeper.
macro_rules! modules {
    (below $below:tt areas { $($area:ident),* } above $above:tt) => { $( #[doc(inline)] pub use areas::$area; )* };
}
for_every_area! { [modules] }

/// The types of the public interface that come from elsewhere, in the version that the library uses.
pub use {chrono, rust_decimal};

/// What most programs name: the handle, change sets, filters, values, and the records of every area with their fields.
///
/// ```
/// use crm_core::prelude::*;
/// let crm = Crm::open(":memory:")?;
/// let day: NaiveDate = "2026-01-31".parse().unwrap();
/// let deal = DealId(7);
/// let error = crm.milestones().add(MilestoneFields::new(deal, "Offer").planned_on(day)).unwrap_err();
/// assert_eq!(error.field(), "deal_id");
/// # Ok::<(), Error>(())
/// ```
pub mod prelude {
    macro_rules! areas {
        (below $below:tt areas { $($area:ident),* } above $above:tt) => { $( #[doc(no_inline)] pub use crate::areas::$area::*; )* };
    }
    crate::for_every_area! { [areas] }

    #[doc(no_inline)]
    pub use crate::base::*;
    #[doc(no_inline)]
    pub use crate::{
        ChangeSet, ChangeSetId, Crm, Currency, Dimension, Error, Filter, Import, Level, ManualClock, Money, Options, Page, Report, ReportQuery, Table, UserId,
        Value,
    };
    #[cfg(feature = "search")]
    #[doc(no_inline)]
    pub use crate::{Search, SearchOptions};
    pub use chrono::{DateTime, NaiveDate, Utc};
    pub use rust_decimal::Decimal;
}

/// What filters, formulas and `sql()` may call.
///
#[doc = include_str!("../FUNCTIONS.md")]
pub mod functions {}

/// Entities, declared once: their descriptions, and the traits that every one of them has.
pub mod entity {
    pub use crate::engine::declare::RecordId;
    pub use crate::engine::entity::{After, Entity, Fields, Rules};
    pub use crate::engine::field::{Field, FieldType};
    pub use crate::engine::field_value::FieldValue;
    pub use crate::engine::meta::{Meta, Searched, Shapes};
}

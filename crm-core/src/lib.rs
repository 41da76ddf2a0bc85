//! An embeddable CRM: one file on disk, no server.
//!
//! ```
//! use crm_core::*;
//!
//! let crm = Crm::open(":memory:")?; // or "acme.crm"
//! let acme = crm.organizations().add(OrganizationFields::new("Acme").industry("steel"))?;
//! let acme = crm.organizations().edit(acme.id, |fields| fields.employees = Some(120))?;
//!
//! crm.add_process("New business", ProcessTemplate::Classic)?;
//! let value = Some("25000 EUR".parse()?);
//! crm.deals().add(DealFields::new("Rolling mill").organization_id(acme.id).value(value))?;
//!
//! let big = crm.organizations().find(Filter::new("employees >= ?1 and id in (select organization_id from deal where status = 'open')").bind(100))?;
//! assert_eq!(big[0].name, "Acme");
//!
//! crm.undo(acme.revision)?;
//! assert_eq!(crm.organizations().get(acme.id)?.employees, None);
//! # Ok::<(), Error>(())
//! ```
//!
//! Records, ids, choices, outcomes, options, filters, tables and errors are serde's `Serialize`, and all that can come back is `Deserialize`,
//! in the form that the calls in JSON have ([`JsonCalls`]); [`json_schema`] describes it. User-defined fields stand beside the declared ones.
//!
//! ```
//! # use crm_core::*;
//! let fields: OrganizationFields = serde_json::from_str(r#"{"name": "Acme", "credit_limit": "500.00 EUR"}"#).unwrap();
//! let acme = Crm::open(":memory:")?.organizations().add(fields)?;
//! let told = serde_json::to_string(&acme).unwrap();
//! assert!(told.starts_with(r#"{"id":1,"#) && told.contains(r#""credit_limit":"500.00 EUR""#));
//! assert_eq!(serde_json::from_str::<Organization>(&told).unwrap(), acme);
//! # Ok::<(), Error>(())
//! ```
//!
//! Entities stand here and under the name of their area (`crm_core::sales::Deal`); [`prelude`] has what most programs name. Handles are `Send` and `Sync`:
//! threads share a clone each.
//!
//! Every write is a change set that happens whole or not at all, is logged and can be undone; every read goes through
//! a lens that applies the reader's rights and the moment asked for. ARCHITECTURE.md says how.

mod engine;
#[macro_use]
mod base;
#[macro_use]
mod areas;
#[macro_use]
mod customer;
#[macro_use]
mod analytics;
mod open;
#[macro_use]
mod exchange;
mod for_every;
mod json;
mod registry;
#[cfg(feature = "search")]
#[macro_use]
mod search;
#[cfg(test)]
mod every_use;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod upgrades;

pub use analytics::*;
pub use areas::*;
pub use base::*;
pub use customer::*;
pub use engine::access::Level;
pub use engine::cancel::{Cancel, Progress};
pub use engine::clock::{Clock, ManualClock, SystemClock};
pub use engine::declare::{ChangeSetId, UserId};
pub use engine::entity::{Entities, Loaded};
pub use engine::error::{Cause, Error, Result};
pub use engine::field_value::FieldValue;
pub use engine::money::{Currency, Money};
#[cfg(feature = "arrow")]
pub use engine::query::arrow_type;
pub use engine::query::{About, Column, ColumnData, Filter, Page, Table};
pub use engine::store::{
    Change, ChangeEvent, ChangeSet, CommitEvent, Committed, Crm, Listening, MAX_CHANGES, Obstacle, Operation, Options, Preview, Synchronous, Verified,
};
pub use engine::value::{Custom, Named, Value};
pub use exchange::{CsvPreview, Import, Imported, RowError, Suspect};
#[doc(hidden)]
pub use for_every::pastey;
pub use json::{JsonCalls, JsonRecords, json_schema};
#[cfg(feature = "search")]
pub use search::{Explanation, FacetCount, Facets, FoundBy, FoundWord, Highlight, Hit, Hits, MatchKind, Search, SearchOptions, SearchStatus, Suggestion};

/// The types of the public interface that come from elsewhere, in the version that the library uses.
pub use {chrono, rust_decimal};

/// What most programs name: the handle, change sets, filters, values, and the records of every area with their fields.
///
/// ```
/// use crm_core::prelude::*;
/// let crm = Crm::open(":memory:")?;
/// let day: NaiveDate = "2026-01-31".parse().unwrap();
/// let fields = MilestoneFields { name: "Offer".into(), planned_on: Some(day), ..Default::default() };
/// assert_eq!(crm.milestones().add(fields).unwrap_err().code(), "invalid");
/// # Ok::<(), Error>(())
/// ```
pub mod prelude {
    pub use crate::areas::*;
    pub use crate::base::*;
    pub use crate::{
        ChangeSet, ChangeSetId, Crm, Currency, Dimension, Error, Filter, ManualClock, Money, Options, Page, Report, ReportQuery, Table, UserId, Value,
    };
    pub use chrono::{DateTime, NaiveDate, Utc};
    pub use rust_decimal::Decimal;
}

/// Entities, declared once: their descriptions, and the traits that every one of them has.
pub mod entity {
    pub use crate::engine::declare::RecordId;
    pub use crate::engine::entity::{After, Entity, Fields, Rules};
    pub use crate::engine::field::{Field, FieldType};
    pub use crate::engine::meta::{Meta, Searched, Shapes};
}

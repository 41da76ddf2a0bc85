//! An embeddable CRM: one file on disk, no server.
//!
//! ```
//! use crm_core::*;
//!
//! let crm = Crm::open(":memory:")?; // or "acme.crm"
//! let acme = crm.organizations().add(OrganizationFields { name: "Acme".into(), industry: Some("steel".into()), ..Default::default() })?;
//! let acme = crm.organizations().edit(acme.id, |fields| fields.employees = Some(120))?;
//!
//! crm.add_process("New business", ProcessTemplate::Classic)?;
//! let value = Some("25000 EUR".parse()?);
//! crm.deals().add(DealFields { name: "Rolling mill".into(), organization_id: Some(acme.id), value, ..Default::default() })?;
//!
//! let big = crm.organizations().find(Filter::new("employees >= ?1 and id in (select organization_id from deal where status = 'open')").bind(100))?;
//! assert_eq!(big[0].name, "Acme");
//!
//! crm.undo(acme.revision)?;
//! assert_eq!(crm.organizations().get(acme.id)?.employees, None);
//! # Ok::<(), Error>(())
//! ```
//!
//! Every write is a change set that happens whole or not at all, is logged and can be undone; every read goes through
//! a lens that applies the reader's rights and the moment asked for. ARCHITECTURE.md says how.

#[macro_use]
pub mod entity;

mod access;
mod activity;
mod analytics;
mod clock;
mod crm;
mod directory;
mod error;
mod exchange;
mod money;
mod query;
mod registry;
mod sales;
#[cfg(feature = "search")]
mod search;
mod store;
mod sync;
mod text;
mod value;

pub use access::*;
pub use activity::*;
pub use analytics::*;
pub use clock::{Clock, ManualClock, SystemClock};
pub use crm::Crm;
pub use directory::*;
pub use error::{Error, Result};
pub use exchange::{CsvPreview, Import, Imported, JsonCalls, JsonRecords, RowError, Suspect};
pub use money::{Currency, Money};
#[cfg(feature = "arrow")]
pub use query::arrow_type;
pub use query::{Column, ColumnData, Filter, Page, Table};
pub use registry::{Named, entities, entity_named};
pub use sales::*;
#[cfg(feature = "search")]
pub use search::{
    Explanation, FacetCount, Facets, FoundBy, FoundWord, Highlight, Hit, Hits, MatchKind, Search, SearchIndexHandle, SearchOptions, SearchStatus, Suggestion,
};
pub use store::{
    Cancel, Change, ChangeEvent, ChangeSet, CommitEvent, Committed, Entities, Listening, Loaded, MAX_CHANGES, Obstacle, Operation, Options, Preview, Progress,
    Synchronous, Verified,
};
pub use value::{Custom, FieldValue, Value};

crate::record_id!(ChangeSetId, "change_set");

//! Full-text search.

use crate::crossing::options;
use crate::import::teller;
use crate::query::size;
use crate::{Crm, Progress, Result};
use chrono::{DateTime, Utc};
use crm_core::{Explanation, Hits, LineId, SearchStatus, Suggestion, UserId, Value};
use std::sync::Arc;

crm_core::for_search_options!(options);

fn search(text: String, options: Option<SearchOptions>) -> crm_core::Search {
    crm_core::Search { text, options: options.unwrap_or_default().into() }
}

#[uniffi::export]
impl Crm {
    /// Searches everything that this handle may see: names, texts, phones, addresses, user-defined fields. Words are found in any
    /// form, in English, Russian and Polish, as beginnings and with typing errors; there are `"phrases"`, `-word` and `field:word`. Any
    /// text is valid. What was committed before the call is found.
    #[uniffi::method(default(options = None))]
    pub fn search(&self, text: String, options: Option<SearchOptions>) -> Result<Hits> {
        self.with(|core| core.search(search(text, options)))
    }

    /// Names of organizations and people as one types, at most `limit` (1 to 100).
    #[uniffi::method(default(limit = 10))]
    pub fn suggest(&self, text: String, limit: i64) -> Result<Vec<Suggestion>> {
        let limit = size("limit", limit)?;
        self.with(|core| core.suggest(&text, limit))
    }

    /// Why a record is a hit of a search, and what its score consists of; `NotFound` when it is none.
    #[uniffi::method(default(options = None))]
    pub fn explain_hit(&self, text: String, kind: String, id: i64, options: Option<SearchOptions>) -> Result<Explanation> {
        self.with(|core| core.explain_hit(search(text, options), &kind, id))
    }

    /// The index behind `search`: how far it is, and how to bring it up to date or make it anew.
    pub fn search_index(&self) -> Arc<SearchIndex> {
        Arc::new(SearchIndex { core: self.core.clone() })
    }
}

/// The index behind `search`. It follows what is written by itself; tending it beforehand only saves the next search the time.
#[derive(uniffi::Object)]
pub struct SearchIndex {
    core: crm_core::Crm,
}

#[uniffi::export]
impl SearchIndex {
    /// How far the index is. Looks at it without moving it on.
    pub fn status(&self) -> Result<SearchStatus> {
        Ok(self.core.search_index().status()?)
    }

    /// Takes in what is pending, as a search would, but all of it onto the disk; tells records done, and of how many.
    #[uniffi::method(default(progress = None))]
    pub fn update(&self, progress: Option<Arc<dyn Progress>>) -> Result<()> {
        Ok(self.core.search_index().update(&mut teller(progress))?)
    }

    /// Makes the index anew from the records, while the file and the former index stay usable.
    #[uniffi::method(default(progress = None))]
    pub fn rebuild(&self, progress: Option<Arc<dyn Progress>>) -> Result<()> {
        Ok(self.core.search_index().rebuild(&mut teller(progress))?)
    }
}

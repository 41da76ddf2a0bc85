//! What to search for, and what is found.

use super::snippet::Highlight;
use crate::base::LineId;
use crate::engine::declare::{UserId, options, outcome};
use crate::engine::value::Value;
use chrono::{DateTime, Utc};

/// What to search for, and how to narrow and order it.
///
/// A text may hold words, which are found in any form and, where too little is found, as beginnings and with typing errors;
/// `"quoted phrases"`, `-words` that must not be there, `field:word`; phone numbers in any spelling; parts of addresses. Any text is
/// valid; an empty one finds everything, the newest first. Its first 1,000 characters and 32 words count.
///
/// ```
/// use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// crm.organizations().add(OrganizationFields::new("Röder Pumpen"))?;
/// let found = crm.search(Search::new("pump roder").kinds(["organization"]).limit(5))?;
/// assert_eq!(found.hits[0].title, "Röder Pumpen");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// What to search for.
    pub text: String,
    /// How the hits are narrowed and ordered.
    pub options: SearchOptions,
}

options! {
    /// How the hits of a search are narrowed, ordered and counted. By default all of them, the best ten first.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct SearchOptions as for_search_options within (Search.options) {
        /// Only records of these entities; of all when empty.
        pub kinds: Vec<String>,
        /// Only records of this owner; a note counts as its record's owner's.
        pub owner: Option<UserId>,
        /// Only records of this line of business.
        pub line: Option<LineId>,
        /// Only what took place, or was added, at this moment or later.
        pub since: Option<DateTime<Utc>>,
        /// Only what took place, or was added, before this moment.
        pub until: Option<DateTime<Utc>>,
        /// Only records that a filter finds, too: an expression over the fields of one entity, which must be the only kind.
        pub filter: Option<String>,
        /// Values for the parameters of the filter.
        pub params: Vec<Value>,
        /// At most this many hits (1 to 1,000; 10 when left out).
        pub limit: Option<i64>,
        /// Goes on after an earlier page (`next` of its hits) of the same search.
        pub after: Option<String>,
        /// The newest first instead of the best.
        pub by_time: bool,
        /// Counts all hits, by kind, owner, stage and month.
        pub facets: bool,
    }
}

impl Search {
    /// A search for a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), options: SearchOptions::default() }
    }
}

impl From<&str> for Search {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Search {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

outcome! {
    /// A record that a search found.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Hit as for_hit {
        /// The entity, such as `organization`.
        pub kind: String,
        /// The record.
        pub id: i64,
        /// What names it; of a note, its first line.
        pub title: String,
        /// The part of its texts that answers the query best; empty when only the title does and there is nothing else.
        pub snippet: String,
        /// Where the snippet answers the query.
        pub highlights: Vec<Highlight>,
        /// The snippet as HTML: escaped, with `<mark>` around what answers the query.
        pub html: String,
        /// How well it answers; only to be compared with others of the same search. 0 when ordered by time.
        pub score: f64,
        /// When it took place or is planned for, of an activity; else when it was added.
        pub time: DateTime<Utc>,
        /// Whether it holds every word that was asked for; otherwise some.
        pub complete: bool,
    }
}

outcome! {
    /// What a search found.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Hits as for_hits {
        /// The hits of this page, the best (or newest) first.
        pub hits: Vec<Hit>,
        /// Give this to `after` for the next page; empty on the last one. Pages follow each other exactly while nothing is written.
        pub next: Option<String>,
        /// How many there are, when asked for.
        pub facets: Option<Facets>,
    }
}

outcome! {
    /// How many hits a search has in all, and among what: those that hold every word, or, where none does, some.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Facets as for_facets {
        /// All hits.
        pub total: i64,
        /// By entity.
        pub kinds: Vec<FacetCount>,
        /// By owner, of records that have one; the first 1,000.
        pub owners: Vec<FacetCount>,
        /// By stage, of deals; the first 1,000.
        pub stages: Vec<FacetCount>,
        /// By month of their time in the reader's time zone, the newest first.
        pub months: Vec<FacetCount>,
    }
}

outcome! {
    /// How many hits share something.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FacetCount as for_facet_count {
        /// What they share: an entity, the name of an owner or a stage, a month such as `2026-01`.
        pub value: String,
        /// The owner's or stage's id.
        pub id: Option<i64>,
        /// How many.
        pub count: i64,
    }
}

outcome! {
    /// A name for type-ahead.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Suggestion as for_suggestion {
        /// `organization` or `person`.
        pub kind: String,
        /// The record.
        pub id: i64,
        /// Its name.
        pub title: String,
    }
}

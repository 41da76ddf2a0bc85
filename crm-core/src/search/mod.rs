//! Full-text search (D23): everything, in English, Russian and Polish at once, within the reader's rights.
//!
//! The index is derived data. It follows the log (`feed`), can be deleted at any time, and a search first takes in what is pending.

mod directory;
mod documents;
mod explain;
mod feed;
mod find;
mod home;
mod index;
mod matcher;
mod parse;
mod plan;
mod query;
mod request;
mod rights;
mod run;
mod schema;
mod shown;
mod slots;
mod snippet;
mod status;
mod stream;
mod suggest;
mod tail;
mod text;
mod texts;
mod writer;

pub use explain::{Explanation, FoundBy, FoundWord};
pub(crate) use index::SearchIndex;
pub use matcher::MatchKind;
pub use request::{FacetCount, Facets, Hit, Hits, Search, SearchOptions, Suggestion};
pub use snippet::Highlight;
pub use status::{SearchIndexHandle, SearchStatus};

use crate::store::View;
use crate::{Crm, Error, Result};
use index::is_broken;
use run::Run;
use shown::Shown;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Names suggested at most.
const MOST_SUGGESTIONS: usize = 100;

impl Crm {
    /// Searches everything that this handle may see (D23): names, texts, phones, addresses, user-defined fields. What was
    /// committed before the call is found. The first search of a file without a current index makes one, which takes seconds
    /// per million records; see [`search_index`](Crm::search_index) to do that beforehand.
    ///
    /// The past cannot be searched: a handle made by [`at`](Crm::at) gives an error.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let acme = crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
    /// crm.activities().add(ActivityFields {
    ///     kind: "call".into(),
    ///     subject: "Przedłużenie umowy".into(),
    ///     organization_id: Some(acme.id),
    ///     ..Default::default()
    /// })?;
    /// let found = crm.search("umowa")?;
    /// assert_eq!(found.hits[0].title, "Przedłużenie umowy");
    /// let found = crm.search(Search::new("acme").kinds(["organization"]).facets())?;
    /// assert_eq!((found.hits[0].id, found.facets.unwrap().total), (acme.id.0, 1));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn search(&self, search: impl Into<Search>) -> Result<Hits> {
        let search = search.into();
        self.searched(|view, shown| Run::new(view, shown, &search)?.hits())
    }

    /// Names of organizations and people as one types: those that begin with the text, by the alphabet, then those with such
    /// words in the middle; at most `limit` (1 to 100).
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// crm.people().add(PersonFields { name: "Łucja Żak".into(), ..Default::default() })?;
    /// assert_eq!(crm.suggest("luc", 10)?[0].title, "Łucja Żak");
    /// assert_eq!(crm.suggest("za", 10)?[0].title, "Łucja Żak");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn suggest(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>> {
        if limit == 0 || limit > MOST_SUGGESTIONS {
            return Err(Error::invalid("limit", format!("must be between 1 and {MOST_SUGGESTIONS}")));
        }
        self.searched(|view, shown| suggest::suggestions(view, shown, text, limit))
    }

    /// Why a hit of a search is one, and what its score consists of (B12). `NotFound` when it is no hit for this reader.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// crm.organizations().add(OrganizationFields { name: "Насосы и дробилки".into(), ..Default::default() })?;
    /// let hit = crm.search("насосами")?.hits.remove(0);
    /// let why = crm.explain_hit("насосами", &hit.kind, hit.id)?;
    /// assert_eq!((why.found_by, why.words[0].how, why.words[0].found.as_str()), (FoundBy::Forms, MatchKind::Form, "Насосы"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn explain_hit(&self, search: impl Into<Search>, kind: &str, id: i64) -> Result<Explanation> {
        let search = search.into();
        self.searched(|view, shown| explain::explain(Run::new(view, shown, &search)?, kind, id))
    }

    /// The index behind [`search`](Crm::search): how far it is, and how to bring it up to date or make it anew.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
    /// crm.search_index().update(&mut |_done, _all| {})?;
    /// assert_eq!(crm.search_index().status()?.pending, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn search_index(&self) -> SearchIndexHandle<'_> {
        SearchIndexHandle::new(self)
    }

    /// Runs work on the index as of now. An index found to be damaged is made anew, once.
    fn searched<T>(&self, work: impl Fn(View<'_>, &Shown) -> Result<T>) -> Result<T> {
        let search = || {
            self.view(|view| {
                if view.shown.is_some() {
                    return Err(Error::invalid("at", "the past cannot be searched, only read; search a handle of the present"));
                }
                let shown = self.index().shown(self, view, &mut |_, _| {})?;
                // Damaged files can make the reading of them panic.
                catch_unwind(AssertUnwindSafe(|| work(view, &shown))).unwrap_or_else(|_| Err(index::damaged()))
            })
        };
        match search() {
            Err(error) if is_broken(&error) => {
                self.index().damaged();
                search()
            }
            done => done,
        }
    }
}

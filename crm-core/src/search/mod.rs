//! Full-text search: everything, in English, Russian and Polish at once, within the reader's rights.
//!
//! [`Crm::search`] takes a text or a [`Search`] and gives [`Hits`]; [`Crm::suggest`] completes names while they are typed, and
//! [`Crm::explain_hit`] says why something was found. The index is derived data: it follows what is written, may be deleted at any time, and a search first takes
//! in what is pending.

mod columns;
mod directory;
mod documents;
mod explain;
mod failure;
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
pub use matcher::MatchKind;
pub use request::{FacetCount, Facets, Hit, Hits, Search, SearchOptions, Suggestion};
pub use snippet::Highlight;
pub use status::SearchStatus;

use crate::engine::cancel::Progress;
use crate::engine::error::{Error, Result};
use crate::engine::registry::area;
use crate::engine::store::{Crm, View};
use failure::{damaged, is_broken};
use index::SearchIndex;
use run::Run;
use shown::Shown;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Names suggested at most.
const MOST_SUGGESTIONS: usize = 100;

area! {
    /// Full-text search.
    search after directory {
        choices: [MatchKind, FoundBy];
        outcomes: [Hits, Hit, Highlight, Facets, FacetCount, Suggestion, Explanation, FoundWord, SearchStatus];
        options: [SearchOptions];
        calls: {
            /// Searches everything that this handle may see: names, texts, phones, addresses, user-defined fields. Words are found in any
            /// form, in English, Russian and Polish, as beginnings and with typing errors; there are `"phrases"`, `-word` and `field:word`. Any
            /// text is valid. What was committed before the call is found. The first search of a file without a current index makes one, which
            /// takes seconds per million records; `search_update` does that beforehand.
            ///
            /// The past cannot be searched: a handle of a past moment gives an error.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// crm.activities().add(ActivityFields::new("call", "Przedłużenie umowy").organization_id(acme.id))?;
                /// let found = crm.search("umowa")?;
                /// assert_eq!(found.hits[0].title, "Przedłużenie umowy");
                /// let found = crm.search(Search::new("acme").kinds(["organization"]).facets(true))?;
                /// assert_eq!((found.hits[0].id, found.facets.unwrap().total), (acme.id.0, 1));
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> call = db.activities.add(kind="call", subject="Przedłużenie umowy")
                /// >>> found = db.search("umowa", kinds=["activity", "note"], facets=True)
                /// >>> found.hits[0].title, found.facets.total
                /// ('Przedłużenie umowy', 1)
            }
            [crm] search(text: String, options: SearchOptions = SearchOptions::default()) as (search: impl Into<Search>) from (Search { text, options })
                -> Hits = |crm| {
                    let search = search.into();
                    crm.searched(|view, shown| Run::new(view, shown, &search)?.hits())
                };

            /// Names of organizations and people as one types: those that begin with the text, by the alphabet, then those with such
            /// words in the middle; at most `limit` (1 to 100; 10 when it is left out).
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// crm.people().add(PersonFields::new().name("Łucja Żak"))?;
                /// assert_eq!(crm.suggest("luc", 10)?[0].title, "Łucja Żak");
                /// assert_eq!(crm.suggest("za", 10)?[0].title, "Łucja Żak");
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme")
                /// >>> [each.title for each in db.suggest("ac")]
                /// ['Acme']
            }
            [crm] suggest(text: String [&str], limit: usize = 10) -> Vec<Suggestion> = |crm| {
                if limit == 0 || limit > MOST_SUGGESTIONS {
                    return Err(Error::invalid("limit", format!("must be between 1 and {MOST_SUGGESTIONS}")));
                }
                crm.searched(|view, shown| suggest::suggestions(view, shown, text, limit))
            };

            /// Why a hit of a search is one: how it was found, which of its words answer which of the query's, and what its score
            /// consists of. `NotFound` when it is no hit for this reader.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// crm.organizations().add(OrganizationFields::new("Насосы и дробилки"))?;
                /// let hit = crm.search("насосами")?.hits.remove(0);
                /// let why = crm.explain_hit("насосами", &hit.kind, hit.id)?;
                /// assert_eq!((why.found_by, why.words[0].how, why.words[0].found.as_str()), (FoundBy::Forms, MatchKind::Form, "Насосы"));
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme pumps")
                /// >>> why = db.explain_hit("pump", "organization", acme.id)
                /// >>> str(why.found_by), why.words[0].found
                /// ('forms', 'pumps')
            }
            [crm] explain_hit(text: String, kind: String, id: i64, options: SearchOptions = SearchOptions::default())
                as (search: impl Into<Search>, kind: &str, id: i64) from (Search { text, options }, &kind, id) -> Explanation = |crm| {
                    let search = search.into();
                    crm.searched(|view, shown| explain::explain(Run::new(view, shown, &search)?, kind, id))
                };

            /// How far the search index is. Looks at it without moving it on. Only for a handle of the present without a user, as the next two.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// crm.search_update(&mut |_done, _all| {})?;
                /// assert_eq!(crm.search_status()?.pending, 0);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> db.search_update()
                /// >>> db.search_status().pending
                /// 0
            }
            [crm] search_status() -> SearchStatus = |crm| {
                crm.check_keeper()?;
                crm.view(|view| crm.index().status(crm, view))
            };

            /// Takes what is pending into the search index, as a search would, but all of it onto the disk. A search does so by itself; doing it
            /// beforehand only saves the next one the time. Progress is told in documents.
            [crm long] search_update() -> () = |crm, progress| crm.tend_index(false, progress);

            /// Makes the search index anew from the records, while the file and the former index stay usable. Progress is told in documents.
            [crm long] search_rebuild() -> () = |crm, progress| crm.tend_index(true, progress);
        }
    }
}

impl Crm {
    fn index(&self) -> &SearchIndex {
        self.follower()
    }

    /// The index is one for all readers; the past has none.
    fn check_keeper(&self) -> Result<()> {
        if self.is_system() { Ok(()) } else { Err(Error::denied("search_index", "only a handle of the present without a user may tend the index")) }
    }

    pub(crate) fn tend_index(&self, anew: bool, progress: Progress<'_>) -> Result<()> {
        self.check_keeper()?;
        self.view(|view| self.index().update(self, view, anew, progress))
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
                catch_unwind(AssertUnwindSafe(|| work(view, &shown))).unwrap_or_else(|_| Err(damaged()))
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

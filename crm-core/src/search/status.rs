//! The index as its keeper sees it.

use crate::store::Progress;
use crate::{Crm, Error, Result, outcome};

outcome! {
    /// How far the search index is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SearchStatus as for_search_status {
        /// Records that can be found.
        pub documents: i64,
        /// Segments on disk; searching takes longer the more there are.
        pub segments: i64,
        /// Change sets that are not in the index on disk yet. A search takes them in by itself.
        pub pending: i64,
        /// Bytes on disk.
        pub bytes: i64,
        /// Whether the index lies beside the file. Otherwise it goes with the handle: the file is in memory, or only to be read.
        pub kept: bool,
    }
}

/// The search index of a file; see [`Crm::search_index`].
#[derive(Debug)]
pub struct SearchIndexHandle<'a> {
    crm: &'a Crm,
}

impl<'a> SearchIndexHandle<'a> {
    pub(super) fn new(crm: &'a Crm) -> Self {
        Self { crm }
    }

    /// How far the index is. Looks at it without moving it on.
    pub fn status(&self) -> Result<SearchStatus> {
        self.present()?;
        self.crm.view(|view| self.crm.index().status(self.crm, view))
    }

    /// Takes in what is pending, as a search would, but all of it onto the disk; tells documents done, and of how many.
    pub fn update(&self, progress: Progress<'_>) -> Result<()> {
        self.present()?;
        self.crm.view(|view| self.crm.index().update(self.crm, view, false, progress))
    }

    /// Makes the index anew from the records, while the file and the former index stay usable; tells documents done, and of how many.
    pub fn rebuild(&self, progress: Progress<'_>) -> Result<()> {
        self.present()?;
        self.crm.view(|view| self.crm.index().update(self.crm, view, true, progress))
    }

    /// The index is one for all readers; the past has none.
    fn present(&self) -> Result<()> {
        if self.crm.is_system() { Ok(()) } else { Err(Error::denied("search_index", "only a handle of the present without a user may tend the index")) }
    }
}

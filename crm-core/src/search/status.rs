//! The index as its keeper sees it.

use crate::engine::declare::outcome;

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

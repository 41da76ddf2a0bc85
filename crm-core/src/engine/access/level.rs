//! How far a right reaches.

use crate::engine::declare::choice;

choice! {
    /// How far a right reaches, each step including the ones before it.
    pub enum Level as for_level {
        /// No records.
        None = "none",
        /// Records one owns.
        Own = "own",
        /// Records owned by somebody of one's team or of a team below it.
        Team = "team",
        /// Records of one's lines of business, too.
        Line = "line",
        /// All records.
        All = "all",
    }
}

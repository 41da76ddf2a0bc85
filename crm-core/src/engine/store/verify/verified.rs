//! What was found.

use crate::engine::declare::outcome;

/// The most findings reported.
const MAX_FINDINGS: usize = 100;

outcome! {
    /// What `verify` found.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Verified as for_verified {
        /// What is wrong, at most 100 findings; empty when nothing is.
        pub findings: Vec<String>,
        /// How many change sets were checked.
        pub change_sets: i64,
        /// How many records were checked.
        pub records: i64,
        /// The hash at the end of the log's chain. Keep it elsewhere to be able to show later that nothing before it was altered.
        pub head: String,
    }
}

impl Verified {
    /// True when nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn find(&mut self, finding: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding.into());
        }
    }
}

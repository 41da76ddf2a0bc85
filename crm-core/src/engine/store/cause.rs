//! What brings a change set about.

use crate::engine::declare::choice;
use crate::engine::error::{Error, Result};

choice! {
    /// What brought a change set about. Who made it is its actor.
    pub enum ChangeCause as for_change_cause {
        /// A call, by the program that works with the file or one of its users.
        Call = "call",
        /// A file or a data frame was imported; whatever else the change set did stands beside it.
        Import = "import",
        /// An undo took another change set back.
        Undo = "undo",
        /// The file was opened by a version of the library that it was new to: first words, and what an older file lacked.
        Upgrade = "upgrade",
    }
}

impl ChangeCause {
    /// How a change set holds it: a call, which nearly all are, takes no room.
    pub(super) fn stored(self) -> Option<&'static str> {
        (self != Self::Call).then(|| self.as_str())
    }

    pub(super) fn of_stored(word: Option<&str>) -> Result<Self> {
        word.map_or(Ok(Self::Call), |word| word.parse().map_err(|_| Error::corrupt("change_set", "the log names a cause that there is not")))
    }
}

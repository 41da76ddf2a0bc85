//! How a file is opened.

use crate::engine::clock::{Clock, SystemClock};
use crate::engine::declare::{choice, options};
use crate::engine::error::Result;
use crate::engine::wire::{FromJson, json};
use std::sync::Arc;
use std::time::Duration;

choice! {
    /// How hard a commit is pressed onto the disk.
    pub enum Synchronous as for_synchronous {
        /// A commit survives the death of the process; the last ones may be lost when the power fails.
        Normal = "normal",
        /// A commit survives the failure of power, too.
        Full = "full",
    }
}

choice! {
    /// What happens to a file that an earlier version of the library wrote.
    pub enum Upgrade as for_upgrade {
        /// A copy of the file as it was is left beside it, called after it and this version (`acme.crm.before-0.2.0`); then it is brought up to date.
        Backup = "backup",
        /// It is brought up to date without a copy.
        InPlace = "in_place",
        /// It is not touched: opening it is an `OlderFile`.
        Refuse = "refuse",
    }
}

options! {
    /// How a file is opened.
    #[derive(Clone)]
    pub struct Options as for_options {
        /// Opens for reading only; the file must exist.
        pub read_only: bool,
        /// Creates the file when there is none. Otherwise a missing file is an error. Yes by default.
        pub create: bool,
        /// How long a write waits for another writer before it is `Busy`; 5 seconds by default.
        pub busy_timeout: Duration,
        /// How hard a commit is pressed onto the disk; normally by default.
        pub synchronous: Synchronous,
        /// The largest size the file may grow to, in bytes; writes beyond it are `Full`. Unlimited by default.
        pub max_bytes: Option<u64>,
        /// What happens to a file that an earlier version of the library wrote: by default a copy is left beside it before it is brought up to date.
        pub upgrade: Upgrade,
    }
    and {
        /// Where the time comes from.
        pub clock: Arc<dyn Clock>,
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            read_only: false,
            create: true,
            busy_timeout: Duration::from_secs(5),
            synchronous: Synchronous::Normal,
            max_bytes: None,
            upgrade: Upgrade::Backup,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { clock: _, read_only, create, busy_timeout, synchronous, max_bytes, upgrade } = self;
        write!(
            out,
            "Options {{ read_only: {read_only}, create: {create}, busy_timeout: {busy_timeout:?}, synchronous: {synchronous:?}, max_bytes: {max_bytes:?}, \
             upgrade: {upgrade:?} }}"
        )
    }
}

impl Options {
    /// The options of a JSON object with the names of the fields (`busy_timeout` in milliseconds). What is left out is as by default.
    ///
    /// ```
    /// let options = crm_core::Options::from_json(r#"{"read_only": true, "busy_timeout": 1000}"#)?;
    /// assert!(options.read_only && options.create);
    /// assert!(crm_core::Options::from_json(r#"{"readonly": true}"#).unwrap_err().reason().contains("did you mean `read_only`"));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        FromJson::from_json("option", json::parse("options", text, serde_json::from_str)?)
    }
}

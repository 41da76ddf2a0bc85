//! When work stops before its end: by a token, or by time.

use super::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A way to stop work from another thread. Clones stop the same work.
///
/// ```
/// let stop = crm_core::Cancel::new();
/// let crm = crm_core::Crm::open(":memory:")?.cancelled_by(&stop);
/// stop.cancel();
/// assert_eq!(crm.sql("select 1", &[]).unwrap_err().code(), "cancelled");
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Cancel(Arc<Stop>);

#[derive(Default)]
struct Stop {
    used: AtomicBool,
    asked: Option<Box<dyn Fn() -> bool + Send + Sync>>,
}

impl Cancel {
    /// A token that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that asks, on the thread that does the work, whether to stop: before every operation and about
    /// every millisecond within long ones. For hosts that cannot be told from another thread, as Python's Ctrl-C.
    ///
    /// ```
    /// let stop = crm_core::Cancel::when(|| true);
    /// let crm = crm_core::Crm::open(":memory:")?.cancelled_by(&stop);
    /// assert_eq!(crm.sql("select 1", &[]).unwrap_err().code(), "cancelled");
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn when(asked: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(Stop { used: AtomicBool::new(false), asked: Some(Box::new(asked)) }))
    }

    /// Stops everything that runs under this token, now and later.
    pub fn cancel(&self) {
        self.0.used.store(true, Ordering::Relaxed);
    }

    /// Whether it has been used.
    pub fn is_cancelled(&self) -> bool {
        self.0.used.load(Ordering::Relaxed) || self.0.asked.as_ref().is_some_and(|asked| asked())
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::cancelled("", "cancelled")) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Cancel {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Cancel {{ used: {:?} }}", self.0.used.load(Ordering::Relaxed))
    }
}

/// When to stop: by time, by a token, or both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub time: Option<Duration>,
    pub cancel: Option<Cancel>,
}

/// Told how far long work has come: done, and of how many when that is known.
pub type Progress<'a> = &'a mut dyn FnMut(u64, Option<u64>);

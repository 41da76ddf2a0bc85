//! Where the time comes from. Everything that needs "now" asks the file's clock, so that the same
//! script with the same clock gives the same state.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::sync::Mutex;

/// A source of the current moment.
///
/// ```
/// use crm_core::{Clock, Crm, ManualClock, Options};
/// use std::sync::Arc;
/// let clock = Arc::new(ManualClock::at("2026-01-01T09:00:00Z".parse().unwrap()));
/// let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone()))?;
/// clock.advance(chrono::TimeDelta::hours(1));
/// assert_eq!(crm.now(), clock.now());
/// # Ok::<(), crm_core::Error>(())
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The current moment; it is cut to milliseconds where it enters.
    fn now(&self) -> DateTime<Utc>;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(3)
    }
}

/// A clock that stands still until it is moved, for tests and repeatable scripts.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// A clock that shows `moment`.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self(Mutex::new(moment.trunc_subsecs(3)))
    }

    /// Sets the clock.
    pub fn set(&self, moment: DateTime<Utc>) {
        *super::sync::lock(&self.0) = moment.trunc_subsecs(3);
    }

    /// Moves the clock forward (or back, by a negative span), as far as the calendar goes.
    pub fn advance(&self, span: TimeDelta) {
        let end = if span < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        let mut now = super::sync::lock(&self.0);
        *now = now.checked_add_signed(span).unwrap_or(end);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *super::sync::lock(&self.0)
    }
}

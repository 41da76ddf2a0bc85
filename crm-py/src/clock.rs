//! Where the time comes from when the caller says so.

use crate::error::invalid;
use crate::value::moment;
use chrono::{DateTime, TimeDelta, Utc};
use crm_core::Clock;
use pyo3::prelude::*;
use std::sync::Arc;

/// A clock that stands still until it is moved: `ManualClock(moment)`, for tests and repeatable scripts. Give it to
/// `open` as `clock`. It is cut to milliseconds.
///
/// >>> from datetime import timedelta
/// >>> clock = crm.ManualClock("2026-01-01T09:00:00Z")
/// >>> clock.advance(timedelta(days=1))
/// >>> clock.now.isoformat()
/// '2026-01-02T09:00:00+00:00'
#[pyclass(frozen, module = "crm")]
pub(crate) struct ManualClock(Arc<crm_core::ManualClock>);

#[pymethods]
impl ManualClock {
    #[new]
    fn new(moment: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(Arc::new(crm_core::ManualClock::at(self::moment("moment", moment)?))))
    }

    /// Sets the clock to a moment (a text, a date or an aware datetime).
    fn set(&self, moment: &Bound<'_, PyAny>) -> PyResult<()> {
        self.0.set(self::moment("moment", moment)?);
        Ok(())
    }

    /// Moves the clock forward by a `timedelta`, or back by a negative one.
    fn advance(&self, span: TimeDelta) {
        self.0.advance(span);
    }

    /// The moment it shows.
    #[getter]
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    /// Another clock that shows the same moment.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (DateTime<Utc>,))> {
        Ok((py.get_type::<Self>().into_any(), (self.0.now(),)))
    }

    fn __repr__(&self) -> String {
        format!("ManualClock('{}')", self.0.now().to_rfc3339())
    }
}

/// A clock of the caller's. A callable is asked before a call begins, never within: what it raises comes out of the
/// call, which has then done nothing, and it may itself do whatever it likes.
pub(crate) enum Asked {
    Manual(Arc<crm_core::ManualClock>),
    Callable { ask: Py<PyAny>, shown: Arc<crm_core::ManualClock> },
}

impl Asked {
    pub fn new(clock: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(manual) = clock.cast::<ManualClock>() {
            return Ok(Self::Manual(manual.get().0.clone()));
        }
        if !clock.is_callable() {
            return Err(invalid(clock.py(), "clock", "must be a ManualClock, or a callable that gives an aware datetime"));
        }
        let shown = Arc::new(crm_core::ManualClock::at(moment("clock", &clock.call0()?)?));
        Ok(Self::Callable { ask: clock.clone().unbind(), shown })
    }

    /// What the core asks.
    pub fn shown(&self) -> Arc<crm_core::ManualClock> {
        match self {
            Self::Manual(shown) | Self::Callable { shown, .. } => shown.clone(),
        }
    }

    /// Shows the moment that the callable gives now.
    pub fn ask(&self, py: Python<'_>) -> PyResult<()> {
        if let Self::Callable { ask, shown } = self {
            shown.set(moment("clock", ask.bind(py).call0()?.as_any())?);
        }
        Ok(())
    }
}

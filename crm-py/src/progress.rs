//! Progress of long work, told to a Python callable.

use crate::interrupt::keep;
use pyo3::prelude::*;

/// Tells what `crm/_progress.py` made of the caller's `on_progress` how far the work has come.
pub(crate) struct Reporter(Option<Py<PyAny>>);

impl Reporter {
    pub fn new(py: Python<'_>, on_progress: Option<&Bound<'_, PyAny>>, label: &str, unit: &str) -> PyResult<Self> {
        let Some(on_progress) = on_progress else { return Ok(Self(None)) };
        let made = py.import("crm._progress")?.getattr("reporter")?.call1((on_progress, label, unit))?;
        Ok(Self(Some(made.unbind())))
    }

    /// Tells how much is done, and of how much; what the callable raises ends the work.
    pub fn tell(&self, done: u64, of: Option<u64>) {
        let Some(callable) = &self.0 else { return };
        if let Err(raised) = Python::attach(|py| callable.call1(py, (done, of))) {
            // The token sees it and stops the work.
            let _ = keep(raised);
        }
    }

    /// The work is over, one way or another.
    pub fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(callable) = &self.0 else { return Ok(()) };
        if let Ok(close) = callable.bind(py).getattr("close") {
            close.call0()?;
        }
        Ok(())
    }
}

//! Being told of commits.

use crate::value::Show;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::{Mutex, PoisonError};

/// A listener to commits. It goes on for as long as the file is open, whether this object is kept or not, until `stop` is called or
/// its `with` block is left.
#[pyclass(frozen, module = "crm")]
pub(crate) struct Listening(Mutex<Option<crm_core::Listening>>);

impl Listening {
    /// Calls a Python callable after every commit. What it raises is reported as Python reports what nobody can catch.
    pub fn begin(crm: &crm_core::Crm, hear: Py<PyAny>) -> crm_core::Result<Self> {
        let listening = crm.on_commit(move |event| {
            Python::attach(|py| {
                if let Err(raised) = event.show(py).and_then(|event| hear.bind(py).call1((event,))) {
                    raised.write_unraisable(py, Some(hear.bind(py)));
                }
            });
        })?;
        Ok(Self(Mutex::new(Some(listening))))
    }

    fn take(&self) -> Option<crm_core::Listening> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(listening) = self.take() {
            listening.keep();
        }
    }
}

#[pymethods]
impl Listening {
    /// The listener hears no more. A call that another thread is in the middle of comes to its end.
    fn stop(&self, py: Python<'_>) {
        let listening = self.take();
        py.detach(|| drop(listening));
    }

    fn __enter__(listening: PyRef<'_, Self>) -> PyRef<'_, Self> {
        listening
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) {
        self.stop(py);
    }
}

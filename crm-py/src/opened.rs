//! How a handle was made, so that it can be made again in another process.

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::Arc;

/// A file and the options it was opened with.
pub(crate) struct File {
    /// Absolute; `None` for a file in memory, which no other process can open.
    pub path: Option<PathBuf>,
    pub options: Py<PyDict>,
    pub clock: Option<Py<PyAny>>,
}

/// A file, and what a handle was narrowed to.
#[derive(Clone)]
pub(crate) struct Opened {
    pub file: Arc<File>,
    pub user: Option<i64>,
    pub at: Option<DateTime<Utc>>,
    pub time_limit: Option<f64>,
}

impl Opened {
    /// The keyword arguments that open the file again. A file that is gone is not made anew.
    pub fn options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let File { path: _, options, clock } = &*self.file;
        let options = options.bind(py).copy()?;
        options.set_item("create", false)?;
        options.set_item("clock", clock)?;
        Ok(options)
    }
}

//! The search index, for those who tend it.

use crate::handle::Handle;
use crate::progress::Reporter;
use crate::value::Show;
use pyo3::prelude::*;
use std::sync::Arc;

/// The index behind `search`. It follows what is written by itself; tending it beforehand only saves the next search the time.
#[pyclass(frozen, module = "crm")]
pub(crate) struct SearchIndex {
    pub handle: Arc<Handle>,
}

impl SearchIndex {
    fn long(
        &self,
        py: Python<'_>,
        on_progress: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&crm_core::Crm, crm_core::Progress<'_>) -> crm_core::Result<()> + Send,
    ) -> PyResult<()> {
        let progress = Reporter::new(py, on_progress, "search index", " records")?;
        let done = self.handle.read(py, |crm| work(crm, &mut |done, of| progress.tell(done, of)));
        progress.close(py)?;
        done
    }
}

#[pymethods]
impl SearchIndex {
    /// How far the index is. Looks at it without moving it on.
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.handle.read(py, |crm| crm.search_index().status())?.show(py)
    }

    /// Takes in what is pending, as a search would, but all of it onto the disk. `on_progress` is told records done and records in all.
    #[pyo3(signature = (on_progress=None))]
    fn update(&self, py: Python<'_>, on_progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.long(py, on_progress, |crm, progress| crm.search_index().update(progress))
    }

    /// Makes the index anew from the records, while the file and the former index stay usable.
    #[pyo3(signature = (on_progress=None))]
    fn rebuild(&self, py: Python<'_>, on_progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.long(py, on_progress, |crm, progress| crm.search_index().rebuild(progress))
    }
}

//! `with db.change("label") as change:` and `with db.dry_run() as trial:`.

use crate::handle::Handle;
use crate::interrupt::detached;
use crate::results::made;
use crate::value::Show;
use crm_core::{Committed, Preview};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::{Arc, Mutex, PoisonError};

/// One change set: what is done with the handle within the block, in this thread, happens whole, or not at all when
/// the block is left by an exception. A dry run never happens, and tells in `preview` what would have changed.
#[pyclass(frozen, module = "crm")]
pub(crate) struct ChangeSet {
    handle: Arc<Handle>,
    label: String,
    trial: bool,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    change_set: Option<i64>,
    warnings: Vec<String>,
    preview: Option<Py<PyAny>>,
}

impl ChangeSet {
    pub fn new(handle: Arc<Handle>, label: &str, trial: bool) -> Self {
        Self { handle, label: label.to_owned(), trial, done: Mutex::default() }
    }

    fn done(&self) -> std::sync::MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl ChangeSet {
    fn __enter__<'py>(change: PyRef<'py, Self>, py: Python<'py>) -> PyResult<PyRef<'py, Self>> {
        let this: &Self = &change;
        this.handle.begin(py, &this.label)?;
        Ok(change)
    }

    #[pyo3(signature = (*raised))]
    fn __exit__(&self, py: Python<'_>, raised: &Bound<'_, PyTuple>) -> PyResult<bool> {
        if raised.get_item(0).is_ok_and(|raised| !raised.is_none()) {
            detached(py, || self.handle.end().map(crm_core::ChangeSet::rollback))?;
            return Ok(false);
        }
        if self.trial {
            let Preview { value: (), counts, changes, warnings, .. } = detached(py, || self.handle.end()?.preview(()))?;
            let by_kind = PyDict::new(py);
            for (kind, count) in &counts {
                by_kind.set_item(kind.show(py)?, count)?;
            }
            let fields = [("counts", by_kind.into_any()), ("changes", changes.show(py)?), ("warnings", warnings.show(py)?)];
            let preview = made(py, "Preview", &fields)?.unbind();
            *self.done() = Done { change_set: None, warnings, preview: Some(preview) };
        } else {
            let Committed { change_set, value: (), warnings, .. } = detached(py, || self.handle.end()?.commit())?;
            *self.done() = Done { change_set: change_set.map(|id| id.0), warnings, preview: None };
        }
        Ok(false)
    }

    /// What the change set is called.
    #[getter]
    fn label(&self) -> &str {
        &self.label
    }

    /// The id of the change set once the block is over, to undo it by; `None` when nothing changed.
    #[getter]
    fn change_set(&self) -> Option<i64> {
        self.done().change_set
    }

    /// What was allowed but deserves a look, such as a deal with an unwanted customer.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.done().warnings.clone()
    }

    /// What a dry run would have changed, once its block is over.
    #[getter]
    fn preview(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.done().preview.as_ref().map(|preview| preview.clone_ref(py))
    }

    fn __repr__(&self) -> String {
        format!("ChangeSet(label={:?}, change_set={})", self.label, self.change_set().map_or_else(|| "None".into(), |id| id.to_string()))
    }
}

//! Ctrl-C and exceptions of callbacks, which end the work of the core; it runs with the interpreter released.

use crate::error::raise;
use crm_core::{Cancel, Error, Result};
use pyo3::prelude::*;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// How long Ctrl-C may go unnoticed within a call.
const LOOK_EVERY: Duration = Duration::from_millis(50);

thread_local! {
    /// What a signal handler or a callback raised while the core was at work.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
    static LOOKED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Keeps an exception until the core's work, which it ends, has come back.
pub(crate) fn keep(error: PyErr) -> Error {
    RAISED.with_borrow_mut(|raised| *raised = Some(error));
    Error::cancelled("", "an exception ended it")
}

/// A token that stops work when Python's signal handlers raise.
pub(crate) fn interruptible() -> Cancel {
    Cancel::when(|| {
        if RAISED.with_borrow(Option::is_some) {
            return true;
        }
        let now = Instant::now();
        if LOOKED.get().is_some_and(|looked| now.duration_since(looked) < LOOK_EVERY) {
            return false;
        }
        LOOKED.set(Some(now));
        match Python::try_attach(|py| py.check_signals()) {
            Some(Err(raised)) => {
                keep(raised);
                true
            }
            _ => false,
        }
    })
}

/// Runs work of the core with the interpreter released.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    let done = py.detach(work);
    match RAISED.take() {
        Some(raised) => Err(raised),
        None => done.map_err(|error| raise(py, &error)),
    }
}

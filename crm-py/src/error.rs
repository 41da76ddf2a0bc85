//! Errors of the core as exceptions.

use crm_core::Error;
use pyo3::prelude::*;

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])* $variant:ident $code:literal, )*) => {
        /// Every kind of error: its name, its code and what it means.
        pub(crate) const KINDS: &[(&str, &str, &str)] = &[$((stringify!($variant), $code, concat!($($doc),*))),*];
    };
}
crm_core::for_error!(kinds);

/// The exception for an error; the classes are declared in `crm/_errors.py`.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let made = (|| {
        let class = py.import("crm._errors")?.getattr("BY_CODE")?.get_item(error.code())?;
        class.call1((error.to_string(), error.field(), error.reason()))
    })();
    made.map_or_else(|error| error, PyErr::from_value)
}

/// The exception for an argument that cannot be accepted.
pub(crate) fn invalid(py: Python<'_>, field: &str, reason: &str) -> PyErr {
    raise(py, &Error::invalid(field, reason))
}

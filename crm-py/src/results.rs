//! Plain results: structures of the core as data classes, field by field.

use crate::value::{Show, mapping};
use crm_core::Custom;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Makes a plain result from its fields by name.
pub(crate) fn made<'py>(py: Python<'py>, class: &str, fields: &[(&str, Bound<'py, PyAny>)]) -> PyResult<Bound<'py, PyAny>> {
    let named = PyDict::new(py);
    for (name, value) in fields {
        named.set_item(name, value)?;
    }
    py.import("crm")?.getattr(class)?.call((), Some(&named))
}

macro_rules! plain {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        impl Show for crm_core::$N {
            fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                // The library's own list of its fields, whole whatever comes to it.
                let Self { $($f,)* .. } = self;
                made(py, stringify!($N), &[$( (stringify!($f), $f.show(py)?) ),*])
            }
        }
    };
}

/// What a structure declares: its name, its documentation, and each field with its type and documentation.
pub(crate) type Declared = (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

macro_rules! declared {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        (stringify!($N), concat!($($doc, "\n"),*), &[$( (stringify!($f), stringify!($ty), concat!($($fdoc, "\n"),*)) ),*])
    };
}
pub(crate) use declared;

macro_rules! every_outcome {
    ($($N:ident $each:ident,)*) => {
        $( crm_core::$each!(plain); )*

        /// Every plain result.
        pub(crate) const OUTCOMES: &[Declared] = &[$( crm_core::$each!(declared), )*];
    };
}

crm_core::for_every_outcome!(every_outcome);

impl Show for Custom {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        mapping(py, self)
    }
}

impl<T: Show> Show for Vec<T> {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let items = self.iter().map(|item| item.show(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(py, items)?.into_any())
    }
}

impl<A: Show, B: Show> Show for (A, B) {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        (self.0.show(py)?, self.1.show(py)?).into_bound_py_any(py)
    }
}

//! The record classes: one frozen class per entity, expanded from the core's declarations.

use crate::entities::{Of, Ops};
use crate::handle::On;
use crate::value::{Show, mapping, take};
use chrono::{DateTime, Utc};
use crm_core::entity::{Entity, Fields};
use crm_core::{ChangeSetId, Custom, Entities};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;

/// What the library gives every record.
pub(crate) type Head = (i64, i64, DateTime<Utc>, DateTime<Utc>);

/// An entity with its Python class.
pub(crate) trait Record: Entity {
    /// The declared fields and their types as written in the declaration.
    const TYPES: &'static [(&'static str, &'static str)];
    fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>>;
    fn of<'a>(on: &On<'a>) -> Entities<'a, Self>;
    fn rebuild(head: Head, fields: Self::Fields) -> Self;
}

type Items<'py> = Vec<(&'static str, Bound<'py, PyAny>)>;

/// `Deal(id=1, name='Mill', ...)`, without what is empty.
fn repr(name: &str, id: i64, items: &Items<'_>, custom: &Bound<'_, PyAny>) -> PyResult<String> {
    let mut text = format!("{name}(id={id}");
    for (field, value) in items.iter().filter(|(_, value)| !value.is_none()) {
        text += &format!(", {field}={}", value.repr()?);
    }
    for item in custom.call_method0("items")?.try_iter()? {
        let (field, value): (String, Bound<'_, PyAny>) = item?.extract()?;
        if !value.is_none() {
            text += &format!(", {field}={}", value.repr()?);
        }
    }
    Ok(text + ")")
}

/// A user-defined field as an attribute.
fn custom_attribute<'py>(py: Python<'py>, class: &str, custom: &Custom, name: &str) -> PyResult<Bound<'py, PyAny>> {
    match custom.get(name) {
        Some(value) => value.show(py),
        None => Err(PyAttributeError::new_err(format!("'{class}' object has no attribute '{name}'"))),
    }
}

/// What `pickle` keeps: how to make the record again, and from what.
type Reduced<'py> = (Bound<'py, PyAny>, (&'static str, Head, Vec<Bound<'py, PyAny>>, Bound<'py, PyDict>));

fn reduce<'py, E: Entity>(py: Python<'py>, record: &E, head: Head) -> PyResult<Reduced<'py>> {
    let (values, custom) = record.fields().into_values();
    let values = values.iter().map(|value| value.show(py)).collect::<PyResult<_>>()?;
    let shown = PyDict::new(py);
    for (name, value) in &custom {
        shown.set_item(name, value.show(py)?)?;
    }
    Ok((py.import("crm._crm")?.getattr("_restore")?, (E::meta().name, head, values, shown)))
}

/// Makes a record again from what `pickle` kept.
pub(crate) fn restore<E: Record>(py: Python<'_>, head: Head, values: &[Bound<'_, PyAny>], custom: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
    let values = values.iter().zip(&E::meta().fields).map(|(value, field)| take(&field.name, value)).collect::<PyResult<_>>()?;
    let custom = crate::value::named(Some(custom))?.into_iter().collect();
    let fields = E::Fields::from_values(values, custom).map_err(|error| crate::error::raise(py, &error))?;
    E::rebuild(head, fields).wrap(py)
}

macro_rules! record {
    ($(#[doc = $doc:literal])* $N:ident, $Fields:ident, $Id:ident, $table:literal, $plural:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        $(#[doc = $doc])*
        #[pyclass(frozen, module = "crm")]
        pub(crate) struct $N(crm_core::$N);

        #[pymethods]
        impl $N {
            /// Identity, given once and never reused.
            #[getter]
            fn id(&self) -> i64 { self.0.id.0 }
            /// The change set that last touched the record; give it to `update` to be told of conflicts.
            #[getter]
            fn revision(&self) -> i64 { self.0.revision.0 }
            /// When the record was added.
            #[getter]
            fn created_at(&self) -> DateTime<Utc> { self.0.created_at }
            /// When the record was last changed.
            #[getter]
            fn updated_at(&self) -> DateTime<Utc> { self.0.updated_at }
            $(
                $(#[doc = $fdoc])*
                #[getter]
                #[allow(clippy::wrong_self_convention)] // A field such as `from_stage_id` is called by what it is.
                fn $f<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { self.0.$f.show(py) }
            )*
            /// User-defined fields by name, formula and roll-up fields included.
            #[getter]
            fn custom<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { mapping(py, &self.0.custom) }
            /// All fields by name, the user-defined ones included.
            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let all = PyDict::new(py);
                let (id, revision, created_at, updated_at) = self.head();
                all.set_item("id", id)?;
                all.set_item("revision", revision)?;
                all.set_item("created_at", created_at)?;
                all.set_item("updated_at", updated_at)?;
                for (name, value) in self.items(py)? {
                    all.set_item(name, value)?;
                }
                for (name, value) in &self.0.custom {
                    all.set_item(name, value.show(py)?)?;
                }
                Ok(all)
            }
            fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
                custom_attribute(py, stringify!($N), &self.0.custom, name)
            }
            fn __eq__(&self, other: PyRef<'_, Self>) -> bool { self.0 == other.0 }
            fn __hash__(&self) -> u64 {
                let mut hasher = DefaultHasher::new();
                ($table, self.0.id, self.0.revision).hash(&mut hasher);
                hasher.finish()
            }
            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                repr(stringify!($N), self.0.id.0, &self.items(py)?, &mapping(py, &self.0.custom)?)
            }
            fn _repr_html_<'py>(record: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                record.py().import("crm._html")?.getattr("record")?.call1((record,))
            }
            fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> { reduce(py, &self.0, self.head()) }
        }

        impl $N {
            fn head(&self) -> Head { (self.0.id.0, self.0.revision.0, self.0.created_at, self.0.updated_at) }

            fn items<'py>(&self, py: Python<'py>) -> PyResult<Items<'py>> {
                // Naming every field keeps one from being forgotten.
                let crm_core::$N { id: _, revision: _, created_at: _, updated_at: _, $($f,)* custom: _ } = &self.0;
                Ok(vec![$( (stringify!($f), $f.show(py)?) ),*])
            }
        }

        impl Record for crm_core::$N {
            const TYPES: &'static [(&'static str, &'static str)] = &[$( (stringify!($f), stringify!($ty)) ),*];

            fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>> { Ok(Py::new(py, $N(self))?.into_any()) }

            fn of<'a>(on: &On<'a>) -> Entities<'a, Self> {
                match on {
                    On::Crm(crm) => crm.$plural(),
                    On::Change(change) => change.$plural(),
                }
            }

            fn rebuild((id, revision, created_at, updated_at): Head, fields: crm_core::$Fields) -> Self {
                let crm_core::$Fields { $($f,)* custom } = fields;
                Self { id: crm_core::$Id(id), revision: ChangeSetId(revision), created_at, updated_at, $($f,)* custom }
            }
        }

        impl Show for crm_core::$N {
            fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { Ok(self.clone().wrap(py)?.into_bound(py)) }
        }

        impl Show for crm_core::$Id {
            fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { self.0.into_bound_py_any(py) }
        }
    };
}

macro_rules! every {
    ($($N:ident $each:ident,)*) => {
        $( crm_core::$each!(record); )*

        /// Every entity with what can be done with its records.
        pub(crate) static KINDS: &[(&str, &dyn Ops)] = &[$( (stringify!($N), &Of::<crm_core::$N>(PhantomData)) ),*];

        /// Puts every record class into the module.
        pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_class::<$N>()?; )*
            Ok(())
        }
    };
}
crm_core::for_every_entity!(every);

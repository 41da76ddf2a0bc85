//! What there is to know about entities without looking at a record.

use crate::options::Declares;
use crate::record::KINDS;
use crate::results::made;
use crate::value::Show;
use crm_core::entity::{Field, FieldType, Meta};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An entity with these fields.
pub(crate) fn entity<'py>(py: Python<'py>, meta: &Meta, fields: &[Field]) -> PyResult<Bound<'py, PyAny>> {
    let fields: Vec<_> = fields.iter().map(|each| field(py, each)).collect::<PyResult<_>>()?;
    let title = meta.title.map(|at| meta.fields[at].name.to_string());
    let named = [("name", meta.name.to_owned()), ("plural", meta.plural.to_owned()), ("doc", meta.doc.clone())];
    let mut all = named.iter().map(|(name, value)| Ok((*name, value.show(py)?))).collect::<PyResult<Vec<_>>>()?;
    all.extend([("title", title.show(py)?), ("fields", pyo3::types::PyList::new(py, fields)?.into_any())]);
    made(py, "Entity", &all)
}

fn field<'py>(py: Python<'py>, field: &Field) -> PyResult<Bound<'py, PyAny>> {
    #[rustfmt::skip]
    let Field {
        name, doc, field_type, required, computed, part_of, searchable, expression,
        defaulted: _, shows: _, in_base: _, one_of: _, seals: _, outside: _, number: _, column: _, ..
    } = field;
    let (mut of, mut least, mut most, mut words) = (None, None, None, &[][..]);
    match field_type {
        FieldType::Text { max } => most = Some(i64::try_from(*max).unwrap_or(i64::MAX)),
        FieldType::Integer { min, max } => (least, most) = (Some(*min).filter(|min| *min > i64::MIN), Some(*max).filter(|max| *max < i64::MAX)),
        FieldType::Choice(all) => words = all,
        FieldType::Item(name) | FieldType::Items(name) | FieldType::Reference(name) => of = Some(name.as_ref()),
        // The name of any other type says it all.
        _ => {}
    }
    let options = PyDict::new(py);
    options.set_item("required", required)?;
    options.set_item("computed", computed)?;
    options.set_item("part_of", part_of)?;
    options.set_item("searchable", searchable)?;
    options.set_item("custom", field.is_custom())?;
    options.set_item("expression", expression)?;
    options.set_item("of", of)?;
    options.set_item("words", pyo3::types::PyTuple::new(py, words)?)?;
    options.set_item("least", least)?;
    options.set_item("most", most)?;
    py.import("crm._types")?.getattr("Field")?.call((name.as_ref(), field_type.name(), doc.as_ref()), Some(&options))
}

/// The descriptions of every entity as declared, in the order of the registry.
#[pyfunction]
pub(crate) fn entities(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    crm_core::entities().map(|meta| entity(py, meta, &meta.fields)).collect()
}

/// For the typed layer and its stubs: class name, entity, accessor, and the declared fields with their types.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub(crate) fn _classes() -> Vec<(&'static str, &'static str, &'static str, Vec<(&'static str, &'static str)>)> {
    KINDS.iter().map(|(class, ops)| (*class, ops.meta().name, ops.meta().plural, ops.types().to_vec())).collect()
}

/// Every kind of error: its name, its code and what it means.
#[pyfunction]
pub(crate) fn _errors() -> Vec<(&'static str, &'static str, &'static str)> {
    crate::error::KINDS.to_vec()
}

/// Every plain result: its name, its documentation, and its fields with their types and documentation.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub(crate) fn _outcomes() -> Vec<(&'static str, &'static str, Vec<(&'static str, &'static str, &'static str)>)> {
    crate::results::OUTCOMES.iter().map(|(name, doc, fields)| (*name, *doc, fields.to_vec())).collect()
}

/// Options of calls, declared like a plain result.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub(crate) fn _options() -> Vec<(&'static str, &'static str, Vec<(&'static str, &'static str, &'static str)>)> {
    macro_rules! declared {
        ($($N:ident $each:ident,)*) => { [$( crm_core::$N::DECLARED ),*] };
    }
    let all = crm_core::for_every_options!(declared);
    all.into_iter().map(|(name, doc, fields)| (name, doc, fields.to_vec())).collect()
}

/// The defaults of the same options, in the same order.
#[pyfunction]
pub(crate) fn _defaults(py: Python<'_>) -> PyResult<Vec<Vec<Py<PyAny>>>> {
    macro_rules! defaults {
        ($($N:ident $each:ident,)*) => { vec![$( <crm_core::$N as Declares>::defaults(py)? ),*] };
    }
    Ok(crm_core::for_every_options!(defaults))
}

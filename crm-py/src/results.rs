//! Plain results: structures of the core as the data classes of `crm/_types.py`, field by field.

use crate::value::{Show, mapping};
use crm_core::{Change, ChangeEvent, CallerCard, CsvPreview, Custom, Dossier, DossierPerson, DossierSums, Imported, Obstacle, RowError, Suspect, Verified};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Makes a plain result from its fields by name.
pub(crate) fn made<'py>(py: Python<'py>, class: &str, fields: &[(&str, Bound<'py, PyAny>)]) -> PyResult<Bound<'py, PyAny>> {
    let named = PyDict::new(py);
    for (name, value) in fields {
        named.set_item(name, value)?;
    }
    py.import("crm._types")?.getattr(class)?.call((), Some(&named))
}

macro_rules! plain {
    ($($N:ident { $($f:ident),* $(,)? })*) => { $(
        impl Show for $N {
            fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                // Naming every field keeps one from being forgotten.
                let Self { $($f),* } = self;
                made(py, stringify!($N), &[$( (stringify!($f), $f.show(py)?) ),*])
            }
        }
    )* };
}

plain! {
    Change { change_set, at, actor, label, entity, record_id, operation, before, after }
    ChangeEvent { sequence, change_set, at, actor, label, entity, first_id, last_id, operation, fields }
    Obstacle { entity, record_id, fields, reason }
    Verified { findings, change_sets, records, head }
    CallerCard { number, exact, people, organizations, deals, activities, unwanted }
    Dossier {
        organization, parent, subsidiaries, contact_points, addresses, bank_accounts, people, deals, activities, overdue, upcoming, notes, unwanted,
        lists, sums, history,
    }
    DossierPerson { person, affiliation, contact_points }
    DossierSums { currency, open_deals, open_value, won_deals, won_amount }
    Imported { change_set, rows, added, updated, unchanged, failed, errors, suspects, warnings, encoding, delimiter, mapping, unmapped }
    RowError { line, column, code, reason }
    Suspect { field, value, count, line, nearest }
    CsvPreview { encoding, delimiter, columns, mapping, unmapped, missing, rows, errors }
}

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

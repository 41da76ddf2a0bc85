//! Python bindings: expansions of what the core declares, and nothing else. The typed layer is in `python/crm`.

mod change;
mod choice;
mod db;
mod entities;
mod error;
mod handle;
mod meta;
mod money;
mod record;
mod table;
mod value;

use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

/// Makes a plain result, whose class is declared in `crm/_types.py`.
fn made<'py>(py: Python<'py>, class: &str, values: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
    py.import("crm._types")?.getattr(class)?.call1(values)
}

#[pymodule]
fn _crm(module: &Bound<'_, PyModule>) -> PyResult<()> {
    record::register(module)?;
    choice::register(module)?;
    module.add_class::<db::Crm>()?;
    module.add_class::<entities::Entities>()?;
    module.add_class::<change::ChangeSet>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<money::Money>()?;
    module.add_function(wrap_pyfunction!(db::open, module)?)?;
    module.add_function(wrap_pyfunction!(meta::entities, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_classes, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_errors, module)?)?;
    module.add_function(wrap_pyfunction!(entities::_restore, module)?)
}

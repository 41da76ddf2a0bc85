//! Python bindings: expansions of what the core declares, and nothing else. The typed layer is in `python/crm`.

mod calls;
mod change;
mod choice;
mod clock;
mod db;
mod entities;
mod error;
mod frame;
mod handle;
mod interrupt;
mod listen;
mod meta;
mod money;
mod opened;
mod options;
mod progress;
mod record;
mod results;
mod table;
mod value;

use pyo3::prelude::*;

#[pymodule]
fn _crm(module: &Bound<'_, PyModule>) -> PyResult<()> {
    record::register(module)?;
    choice::register(module)?;
    module.add_class::<db::Crm>()?;
    module.add_class::<entities::Entities>()?;
    module.add_class::<change::ChangeSet>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<listen::Listening>()?;
    module.add_class::<money::Money>()?;
    module.add_class::<clock::ManualClock>()?;
    module.add_function(wrap_pyfunction!(db::_open, module)?)?;
    module.add_function(wrap_pyfunction!(meta::entities, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_classes, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_errors, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_outcomes, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_options, module)?)?;
    module.add_function(wrap_pyfunction!(meta::_defaults, module)?)?;
    module.add_function(wrap_pyfunction!(calls::_calls, module)?)?;
    module.add_function(wrap_pyfunction!(calls::_is_keyword, module)?)?;
    module.add_function(wrap_pyfunction!(db::_reopen, module)?)?;
    module.add_function(wrap_pyfunction!(money::_digits_of, module)?)?;
    module.add_function(wrap_pyfunction!(entities::_restore, module)?)
}

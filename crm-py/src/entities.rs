//! What can be done with the records of any entity, by one class for all of them.

use crate::error::{invalid, raise};
use crate::handle::Handle;
use crate::interrupt::keep;
use crate::options::Whole;
use crate::record::{Head, KINDS, Record, restore};
use crate::results::made;
use crate::table::Table;
use crate::value::{Show, Texts, named, params};
use crm_core::entity::Meta;
use crm_core::{ChangeSetId, Filter, Named};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::Arc;

/// Rows taken from Python at a time, so that the interpreter is asked for seldom.
const ROWS_AT_A_TIME: usize = 512;

/// The records of one entity, as a handle sees them. Within `with db.change(...)` everything goes through the change set.
#[pyclass(frozen, module = "crm")]
pub(crate) struct Entities {
    pub handle: Arc<Handle>,
    pub ops: &'static dyn Ops,
}

#[pymethods]
impl Entities {
    /// Adds a record.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> db.organizations.add(name="Acme", industry="steel").industry
    /// 'steel'
    /// >>> db.organizations.add(nmae="Birch")
    /// Traceback (most recent call last):
    /// crm.Invalid: unknown field `nmae`, did you mean `name`?
    #[pyo3(signature = (**fields))]
    fn add(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        self.ops.add(py, &self.handle, named(fields)?)
    }

    /// Adds many records in one change set, from any iterable of dicts; the first that cannot be accepted ends it,
    /// and nothing is added.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> db.organizations.add_many({"name": f"Firm {n}"} for n in range(3)).count
    /// 3
    fn add_many<'py>(&self, py: Python<'py>, records: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let expected = records.len().unwrap_or(0);
        let rows = Rows { records: records.try_iter()?.unbind(), expected, ready: VecDeque::new(), over: false };
        self.ops.add_many(py, &self.handle, rows)
    }

    /// The record of this id.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> db.organizations.get(acme.id) == acme
    /// True
    #[pyo3(signature = (id, /))]
    fn get(&self, py: Python<'_>, id: Whole) -> PyResult<Py<PyAny>> {
        self.ops.get(py, &self.handle, id.0)
    }

    /// All records that a filter finds, in its order.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> loaded = db.organizations.add_many([{"name": "Acme", "employees": 120}, {"name": "Birch", "employees": 40}])
    /// >>> [each.name for each in db.organizations.find("employees >= ?", [40], order_by="-employees")]
    /// ['Acme', 'Birch']
    /// >>> db.organizations.find("emploees > 3")
    /// Traceback (most recent call last):
    /// crm.Invalid: unknown field `emploees`, did you mean `employees`?
    #[pyo3(signature = (filter="", params=None, *, order_by=None, limit=None))]
    fn find<'py>(
        &self,
        py: Python<'py>,
        filter: &str,
        params: Option<&Bound<'py, PyAny>>,
        order_by: Option<Texts>,
        limit: Option<Whole>,
    ) -> PyResult<Bound<'py, PyList>> {
        self.ops.find(py, &self.handle, made_filter(filter, params, order_by, limit, None)?)
    }

    /// A page of the records that a filter finds; give its `next` as `after` for the next one.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> loaded = db.organizations.add_many({"name": f"Firm {n}"} for n in range(3))
    /// >>> page = db.organizations.page(order_by="name", limit=2)
    /// >>> [each.name for each in page], len(db.organizations.page(order_by="name", limit=2, after=page.next))
    /// (['Firm 0', 'Firm 1'], 1)
    #[pyo3(signature = (filter="", params=None, *, order_by=None, limit=None, after=None))]
    fn page<'py>(
        &self,
        py: Python<'py>,
        filter: &str,
        params: Option<&Bound<'py, PyAny>>,
        order_by: Option<Texts>,
        limit: Option<Whole>,
        after: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.ops.page(py, &self.handle, made_filter(filter, params, order_by, limit, after)?)
    }

    /// How many records a filter finds.
    #[pyo3(signature = (filter="", params=None))]
    fn count(&self, py: Python<'_>, filter: &str, params: Option<&Bound<'_, PyAny>>) -> PyResult<i64> {
        self.ops.count(py, &self.handle, made_filter(filter, params, None, None, None)?)
    }

    /// The records that a filter finds, as a table with every field as a column.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme")
    /// >>> db.organizations.table().to_polars()["name"].to_list()
    /// ['Acme']
    #[pyo3(signature = (filter="", params=None, *, order_by=None, limit=None))]
    fn table(&self, py: Python<'_>, filter: &str, params: Option<&Bound<'_, PyAny>>, order_by: Option<Texts>, limit: Option<Whole>) -> PyResult<Table> {
        self.ops.table(py, &self.handle, made_filter(filter, params, order_by, limit, None)?)
    }

    /// Changes the named fields only; with the revision they were read at, a conflict is raised where one of them
    /// changed meanwhile.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> acme = db.organizations.add(name="Acme", industry="steel")
    /// >>> db.organizations.update(acme.id, employees=120).industry
    /// 'steel'
    #[pyo3(signature = (id, /, revision=None, **fields))]
    fn update(&self, py: Python<'_>, id: Whole, revision: Option<Whole>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        self.ops.update(py, &self.handle, id.0, named(fields)?, revision.map(|revision| ChangeSetId(revision.0)))
    }

    /// Removes a record and what is part of it; refused while other records refer to it.
    #[pyo3(signature = (id, /))]
    fn remove(&self, py: Python<'_>, id: Whole) -> PyResult<()> {
        self.ops.remove(py, &self.handle, id.0)
    }

    /// Everything that happened to a record, newest first.
    #[pyo3(signature = (id, /))]
    fn history<'py>(&self, py: Python<'py>, id: Whole) -> PyResult<Bound<'py, PyAny>> {
        self.ops.history(py, &self.handle, id.0)
    }

    /// Adds or changes the record that another system knows by this key.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> db.organizations.upsert("erp", "C-17", name="Acme").name
    /// 'Acme'
    /// >>> db.organizations.upsert("erp", "C-17", employees=120).name
    /// 'Acme'
    #[pyo3(signature = (system, key, /, **fields))]
    fn upsert(&self, py: Python<'_>, system: &str, key: &str, fields: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        self.ops.upsert(py, &self.handle, system, key, named(fields)?)
    }

    /// The record that another system knows by this key.
    #[pyo3(signature = (system, key, /))]
    fn by_external(&self, py: Python<'_>, system: &str, key: &str) -> PyResult<Py<PyAny>> {
        self.ops.by_external(py, &self.handle, system, key)
    }

    fn __repr__(&self) -> String {
        format!("<{}>", self.ops.meta().plural)
    }
}

fn made_filter(expression: &str, bound: Option<&Bound<'_, PyAny>>, order_by: Option<Texts>, limit: Option<Whole>, after: Option<String>) -> PyResult<Filter> {
    let mut filter = Filter::from((expression.to_owned(), params(bound)?));
    for field in order_by.map(Texts::into_vec).unwrap_or_default() {
        filter = filter.order_by(field);
    }
    if let Some(limit) = limit {
        // The core says that a limit is at least 1.
        filter = filter.limit(usize::try_from(limit.0).unwrap_or(0));
    }
    Ok(if let Some(after) = after { filter.after(after) } else { filter })
}

/// Records taken from a Python iterable while the core adds them.
pub(crate) struct Rows {
    records: Py<PyIterator>,
    expected: usize,
    ready: VecDeque<crm_core::Result<Named>>,
    over: bool,
}

impl Rows {
    fn refill(&mut self) {
        let ready = &mut self.ready;
        self.over = Python::attach(|py| {
            let mut records = self.records.bind(py).clone();
            while ready.len() < ROWS_AT_A_TIME {
                let row = match records.next() {
                    None => return true,
                    Some(row) => row.and_then(|row| match row.cast::<PyDict>() {
                        Ok(row) => named(Some(row)),
                        Err(_) => Err(invalid(py, "records", "expected dicts of fields")),
                    }),
                };
                let failed = row.is_err();
                ready.push_back(row.map_err(keep));
                if failed {
                    return true;
                }
            }
            false
        });
    }
}

impl Iterator for Rows {
    type Item = crm_core::Result<Named>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() && !self.over {
            self.refill();
        }
        self.ready.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.expected, None)
    }
}

/// The operations of one entity, without its Rust type.
pub(crate) trait Ops: Sync {
    fn meta(&self) -> &'static Meta;
    fn types(&self) -> &'static [(&'static str, &'static str)];
    fn add(&self, py: Python<'_>, on: &Handle, named: Named) -> PyResult<Py<PyAny>>;
    fn add_many<'py>(&self, py: Python<'py>, on: &Handle, rows: Rows) -> PyResult<Bound<'py, PyAny>>;
    fn get(&self, py: Python<'_>, on: &Handle, id: i64) -> PyResult<Py<PyAny>>;
    fn find<'py>(&self, py: Python<'py>, on: &Handle, filter: Filter) -> PyResult<Bound<'py, PyList>>;
    fn page<'py>(&self, py: Python<'py>, on: &Handle, filter: Filter) -> PyResult<Bound<'py, PyAny>>;
    fn count(&self, py: Python<'_>, on: &Handle, filter: Filter) -> PyResult<i64>;
    fn table(&self, py: Python<'_>, on: &Handle, filter: Filter) -> PyResult<Table>;
    fn update(&self, py: Python<'_>, on: &Handle, id: i64, named: Named, revision: Option<ChangeSetId>) -> PyResult<Py<PyAny>>;
    fn remove(&self, py: Python<'_>, on: &Handle, id: i64) -> PyResult<()>;
    fn history<'py>(&self, py: Python<'py>, on: &Handle, id: i64) -> PyResult<Bound<'py, PyAny>>;
    fn upsert(&self, py: Python<'_>, on: &Handle, system: &str, key: &str, named: Named) -> PyResult<Py<PyAny>>;
    fn by_external(&self, py: Python<'_>, on: &Handle, system: &str, key: &str) -> PyResult<Py<PyAny>>;
    fn restore(&self, py: Python<'_>, head: Head, values: &[Bound<'_, PyAny>], custom: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>>;
}

/// The operations of the entity `E`.
pub(crate) struct Of<E>(pub PhantomData<fn() -> E>);

impl<E: Record> Ops for Of<E> {
    fn meta(&self) -> &'static Meta {
        E::meta()
    }
    fn types(&self) -> &'static [(&'static str, &'static str)] {
        E::TYPES
    }
    fn add(&self, py: Python<'_>, on: &Handle, named: Named) -> PyResult<Py<PyAny>> {
        on.run(py, |on| E::of(&on).add_named(named))?.wrap(py)
    }
    fn add_many<'py>(&self, py: Python<'py>, on: &Handle, rows: Rows) -> PyResult<Bound<'py, PyAny>> {
        let loaded = on.run(py, |on| E::of(&on).add_many_named(rows))?;
        let first: Option<i64> = loaded.first.map(Into::into);
        made(py, "Loaded", &[("first", first.show(py)?), ("count", loaded.count.show(py)?), ("change_set", loaded.change_set.show(py)?)])
    }
    fn get(&self, py: Python<'_>, on: &Handle, id: i64) -> PyResult<Py<PyAny>> {
        on.run(py, |on| E::of(&on).get(id.into()))?.wrap(py)
    }
    fn find<'py>(&self, py: Python<'py>, on: &Handle, filter: Filter) -> PyResult<Bound<'py, PyList>> {
        list(py, on.run(py, |on| E::of(&on).find(filter))?)
    }
    fn page<'py>(&self, py: Python<'py>, on: &Handle, filter: Filter) -> PyResult<Bound<'py, PyAny>> {
        let page = on.run(py, |on| E::of(&on).page(filter))?;
        made(py, "Page", &[("records", list(py, page.records)?.into_any()), ("next", page.next.show(py)?)])
    }
    fn count(&self, py: Python<'_>, on: &Handle, filter: Filter) -> PyResult<i64> {
        on.run(py, |on| E::of(&on).count(filter))
    }
    fn table(&self, py: Python<'_>, on: &Handle, filter: Filter) -> PyResult<Table> {
        on.run(py, |on| Table::new(E::of(&on).table(filter)?))
    }
    fn update(&self, py: Python<'_>, on: &Handle, id: i64, named: Named, revision: Option<ChangeSetId>) -> PyResult<Py<PyAny>> {
        on.run(py, |on| E::of(&on).set(id.into(), named, revision))?.wrap(py)
    }
    fn remove(&self, py: Python<'_>, on: &Handle, id: i64) -> PyResult<()> {
        on.run(py, |on| E::of(&on).remove(id.into()))
    }
    fn history<'py>(&self, py: Python<'py>, on: &Handle, id: i64) -> PyResult<Bound<'py, PyAny>> {
        on.run(py, |on| E::of(&on).history(id.into()))?.show(py)
    }
    fn upsert(&self, py: Python<'_>, on: &Handle, system: &str, key: &str, named: Named) -> PyResult<Py<PyAny>> {
        on.run(py, |on| E::of(&on).upsert(system, key, named))?.0.wrap(py)
    }
    fn by_external(&self, py: Python<'_>, on: &Handle, system: &str, key: &str) -> PyResult<Py<PyAny>> {
        on.run(py, |on| E::of(&on).by_external(system, key))?.wrap(py)
    }
    fn restore(&self, py: Python<'_>, head: Head, values: &[Bound<'_, PyAny>], custom: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
        restore::<E>(py, head, values, custom)
    }
}

fn list<E: Record>(py: Python<'_>, records: Vec<E>) -> PyResult<Bound<'_, PyList>> {
    PyList::new(py, records.into_iter().map(|record| record.wrap(py)).collect::<PyResult<Vec<_>>>()?)
}

/// The operations of an entity given by its name or that of its accessor.
pub(crate) fn ops(py: Python<'_>, name: &str) -> PyResult<&'static dyn Ops> {
    let found = KINDS.iter().map(|(_, ops)| *ops).find(|ops| ops.meta().name == name || ops.meta().plural == name);
    found.map_or_else(|| Err(unknown(py, name)), Ok)
}

/// The core's own words for an unknown entity, with the nearest known one.
fn unknown(py: Python<'_>, name: &str) -> PyErr {
    crm_core::entity_named(name).map_or_else(|error| raise(py, &error), |_| invalid(py, name, "unknown entity"))
}

/// Makes a record again from what `pickle` kept.
#[pyfunction]
pub(crate) fn _restore(py: Python<'_>, entity: &str, head: Head, values: Vec<Bound<'_, PyAny>>, custom: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
    ops(py, entity)?.restore(py, head, &values, custom)
}

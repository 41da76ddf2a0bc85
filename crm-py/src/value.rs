//! Values between Python and the core. What a value means for a field is the core's to say.

use crate::error::invalid;
use crate::money::Money;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use crm_core::entity::FieldType;
use crm_core::{Currency, Custom, Value};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMappingProxy, PySet, PyString, PyTuple, PyType};
use rust_decimal::Decimal;

/// A value of the core as Python sees it.
pub(crate) trait Show {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

macro_rules! show {
    ($($ty:ty),*) => { $(
        impl Show for $ty {
            fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { self.clone().into_bound_py_any(py) }
        }
    )* };
}
show!(String, i64, f64, bool, NaiveDate, DateTime<Utc>, Decimal);

impl<T: Show> Show for Option<T> {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_ref().map_or_else(|| Ok(py.None().into_bound(py)), |value| value.show(py))
    }
}

impl Show for () {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(py.None().into_bound(py))
    }
}

impl Show for Currency {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.code().into_bound_py_any(py)
    }
}

impl Show for crm_core::Money {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Money(*self).into_bound_py_any(py)
    }
}

impl Show for crm_core::ChangeSetId {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.into_bound_py_any(py)
    }
}

impl Show for Value {
    fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Null => Ok(py.None().into_bound(py)),
            Self::Bool(value) => value.show(py),
            Self::Integer(value) => value.show(py),
            Self::Number(value) => value.show(py),
            Self::Decimal(value) => value.show(py),
            Self::Text(value) => value.show(py),
            Self::Date(value) => value.show(py),
            Self::Moment(value) => value.show(py),
            Self::Money(value) => value.show(py),
            Self::Items(items) => Ok(PyTuple::new(py, items)?.into_any()),
        }
    }
}

/// Named values, such as the user-defined fields of a record, as a mapping that cannot be changed.
pub(crate) fn mapping<'py>(py: Python<'py>, values: &Custom) -> PyResult<Bound<'py, PyAny>> {
    let shown = PyDict::new(py);
    for (name, value) in values {
        shown.set_item(name, value.show(py)?)?;
    }
    Ok(PyMappingProxy::new(py, shown.as_mapping()).into_any())
}

/// A Python value as one of the core. `NaN`, `NaT` and `NA`, which data frames use for missing values, are nothing.
pub(crate) fn take(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = value.py();
    if value.is_none() {
        return Ok(Value::Null);
    }
    // A member of a closed set is a `str`.
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_str().map_err(|_| invalid(py, field, "a text with half of a surrogate pair"))?;
        return Ok(Value::Text(text.to_owned()));
    }
    if let Ok(yes) = value.cast::<PyBool>() {
        return Ok(Value::Bool(yes.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return value.extract().map(Value::Integer).map_err(|_| invalid(py, field, "a whole number beyond 64 bits"));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let number = number.value();
        return Ok(if number.is_nan() { Value::Null } else { Value::Number(number) });
    }
    if let Ok(money) = value.cast::<Money>() {
        return Ok(Value::Money(money.get().0));
    }
    if value.is_instance_of::<PyDateTime>() {
        if value.ne(value)? {
            return Ok(Value::Null);
        }
        return since_epoch(value)?
            .map_or_else(|| Err(invalid(py, field, "a moment needs a time zone, such as datetime.now(timezone.utc)")), |moment| Ok(Value::from(moment)));
    }
    if value.is_instance_of::<PyDate>() {
        return Ok(Value::Date(value.extract()?));
    }
    if is_decimal(value)? {
        let text = value.str()?.to_string();
        return Decimal::from_str_exact(&text)
            .or_else(|_| Decimal::from_scientific(&text))
            .map(Value::Decimal)
            .map_err(|_| invalid(py, field, "a decimal number with more than 28 digits, or none at all"));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() || value.is_instance_of::<PySet>() {
        let items: PyResult<Vec<String>> = value.try_iter()?.map(|item| item?.extract()).collect();
        return items.map(Value::Items).map_err(|_| invalid(py, field, "a list of something else than texts"));
    }
    foreign(field, value)
}

/// An aware datetime as a moment, or nothing for a naive one. Subtracting is several times as fast as `astimezone`.
fn since_epoch(value: &Bound<'_, PyAny>) -> PyResult<Option<DateTime<Utc>>> {
    static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let epoch = EPOCH.get_or_try_init(py, || DateTime::UNIX_EPOCH.into_py_any(py))?;
    match value.sub(epoch) {
        Ok(since) => Ok(DateTime::UNIX_EPOCH.checked_add_signed(since.extract::<TimeDelta>()?)),
        Err(error) if error.is_instance_of::<PyTypeError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The scalars of numpy and pandas, which are no instances of Python's own types.
fn foreign(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(yes) = value.extract() {
        return Ok(Value::Bool(yes));
    }
    if let Ok(number) = value.extract() {
        return Ok(Value::Integer(number));
    }
    let kind = value.get_type().name()?.to_string();
    if kind == "NAType" || kind == "NaTType" {
        return Ok(Value::Null);
    }
    if value.hasattr("__float__")? {
        return take(field, PyFloat::new(value.py(), value.extract()?).as_any());
    }
    Err(invalid(value.py(), field, &format!("a `{kind}` cannot be stored")))
}

fn is_decimal(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    value.is_instance(DECIMAL.import(value.py(), "decimal", "Decimal")?)
}

/// Keyword arguments, or a dict, as named values.
pub(crate) fn named(fields: Option<&Bound<'_, PyDict>>) -> PyResult<crm_core::Named> {
    let Some(fields) = fields else { return Ok(Vec::new()) };
    let mut named = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let name: String = name.extract()?;
        let value = take(&name, &value)?;
        named.push((name, value));
    }
    Ok(named)
}

/// Values to bind: any iterable but a text.
pub(crate) fn params(params: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Value>> {
    let Some(params) = params.filter(|params| !params.is_none()) else { return Ok(Vec::new()) };
    if params.is_instance_of::<PyString>() {
        return Err(invalid(params.py(), "params", "expected a list of values, got one text"));
    }
    params.try_iter()?.map(|value| take("params", &value?)).collect()
}

/// A moment given as a text, a date or a datetime.
pub(crate) fn moment(field: &str, value: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
    match FieldType::Moment.accept(field, take(field, value)?) {
        Ok(Value::Moment(moment)) => Ok(moment),
        Ok(_) => Err(invalid(value.py(), field, "expected a moment")),
        Err(error) => Err(crate::error::raise(value.py(), &error)),
    }
}

/// A day given as a text or a date.
pub(crate) fn day(field: &str, value: &Bound<'_, PyAny>) -> PyResult<NaiveDate> {
    match FieldType::Date.accept(field, take(field, value)?) {
        Ok(Value::Date(day)) => Ok(day),
        Ok(_) => Err(invalid(value.py(), field, "expected a date")),
        Err(error) => Err(crate::error::raise(value.py(), &error)),
    }
}

/// One text or several.
#[derive(FromPyObject)]
pub(crate) enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    pub fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

//! Exact money.

use crate::error::raise;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyString;
use rust_decimal::Decimal;
use std::hash::{DefaultHasher, Hash, Hasher};

/// An exact amount in one currency: `Money("12.50", "EUR")`, or `Money("12.50 EUR")`. Amounts with more digits than
/// the currency has are refused; amounts in different currencies are never silently added.
///
/// >>> crm.Money("12.50", "EUR") + crm.Money("0.50 EUR")
/// Money('13.00 EUR')
/// >>> crm.Money("1.999 EUR")
/// Traceback (most recent call last):
/// crm.Invalid: ...
#[pyclass(frozen, module = "crm")]
pub(crate) struct Money(pub crm_core::Money);

#[pymethods]
impl Money {
    #[new]
    #[pyo3(signature = (amount, currency=None))]
    fn new(py: Python<'_>, amount: &Bound<'_, PyAny>, currency: Option<&str>) -> PyResult<Self> {
        let text = match (amount.cast::<PyString>(), currency) {
            (Ok(text), None) => text.to_str()?.to_owned(),
            (_, currency) => format!("{} {}", amount.str()?.to_str()?, currency.unwrap_or_default()),
        };
        text.parse().map(Self).map_err(|error| raise(py, &error))
    }

    /// The amount, as a `Decimal` with as many digits as the currency has.
    #[getter]
    fn amount(&self) -> Decimal {
        self.0.amount()
    }

    /// The ISO 4217 code of the currency.
    #[getter]
    fn currency(&self) -> &'static str {
        self.0.currency.code()
    }

    /// The amount in minor units (cents), as filters compare it.
    #[getter]
    fn minor(&self) -> i64 {
        self.0.minor
    }

    fn __add__(&self, py: Python<'_>, other: PyRef<'_, Self>) -> PyResult<Self> {
        self.0.plus(other.0).map(Self).map_err(|error| raise(py, &error))
    }

    fn __eq__(&self, other: PyRef<'_, Self>) -> bool {
        self.0 == other.0
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Money('{}')", self.0)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().into_bound_py_any(py)?, (self.0.to_string(),)))
    }
}

/// How many digits a currency has after the point.
#[pyfunction]
pub(crate) fn _digits_of(py: Python<'_>, currency: &str) -> PyResult<u32> {
    currency.parse().map(crm_core::Currency::digits).map_err(|error| raise(py, &error))
}

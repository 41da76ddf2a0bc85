//! Options that the core declares, from keyword arguments.

use crate::calls::Given;
use crate::error::raise;
use crate::results::{Declared, declared};
use crate::value::{Show, Texts, day, moment, named, params, take};
use chrono::{DateTime, NaiveDate, Utc};
use crm_core::entity::FieldType;
// The declarations name types of the core.
use crm_core::*;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use rust_decimal::Decimal;
use std::path::PathBuf;
use std::time::Duration;

/// A value of an argument or of an option, taken from Python.
pub(crate) trait Take: Sized {
    /// The options of a type that consists of them; each is a keyword of its own.
    const OPTIONS: Option<Declared> = None;

    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self>;

    /// An argument of a call; where it is left out, its default.
    fn argument(given: &Given<'_>, name: &str, default: Option<fn() -> Self>) -> PyResult<Self> {
        match (given.get(name)?, default) {
            (Some(value), _) => Self::take(name, &value),
            (None, Some(default)) => Ok(default()),
            (None, None) => Err(PyTypeError::new_err(format!("'{name}' cannot be None"))),
        }
    }

    /// A default as Python shows it.
    fn shown(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.None())
    }
}

macro_rules! as_is {
    ($($ty:ty),*) => { $(
        impl Take for $ty {
            fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> { value.extract() }
        }
    )* };
}
as_is!(PathBuf, (String, String));

impl Take for String {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Ok(text) = value.cast::<PyString>() else { return Err(PyTypeError::new_err(format!("'{name}' must be a str"))) };
        text.to_str().map(str::to_owned).map_err(|_| crate::error::invalid(value.py(), name, "a text cannot hold half of a surrogate pair"))
    }
}

impl Take for bool {
    fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        value.extract()
    }
    fn shown(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.into_py_any(py)
    }
}

/// A number of seconds.
impl Take for Duration {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err(format!("'{name}' must be a number of seconds")));
        }
        let seconds: f64 = value.extract()?;
        Self::try_from_secs_f64(seconds).map_err(|_| crate::error::invalid(value.py(), name, "must be a number of seconds, 0 or more"))
    }
    fn shown(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.as_secs_f64().into_py_any(py)
    }
}

/// A whole number. Python takes yes and no for 1 and 0; an id of `True` is a mistake. Of an argument of a method,
/// whose name is empty here, Python says the name itself.
fn whole(name: &str, value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let named = if name.is_empty() { String::new() } else { format!("'{name}' ") };
    if value.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err(format!("{named}must be a whole number")));
    }
    match value.extract::<i64>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => Err(crate::error::invalid(value.py(), name, "a whole number beyond 64 bits")),
        Err(_) => Err(PyTypeError::new_err(format!("{named}must be a whole number"))),
        number => number,
    }
}

/// A whole number among the arguments of a method.
pub(crate) struct Whole(pub i64);

impl<'py> FromPyObject<'_, 'py> for Whole {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        whole("", &value).map(Self)
    }
}

impl Take for u64 {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::try_from(whole(name, value)?).map_err(|_| crate::error::invalid(value.py(), name, "cannot be negative"))
    }
}

impl Take for i64 {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        whole(name, value)
    }
    fn shown(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.show(py).map(Bound::unbind)
    }
}

impl Take for usize {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        // The core says that a limit is at least 1.
        whole(name, value).map(|number| Self::try_from(number).unwrap_or(0))
    }
    fn shown(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        i64::try_from(*self).unwrap_or(i64::MAX).shown(py)
    }
}

impl Take for NaiveDate {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        day(name, value)
    }
}

impl<T: Take> Take for Option<T> {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        T::take(name, value).map(Some)
    }
}

impl Take for Vec<String> {
    fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        value.extract::<Texts>().map(Texts::into_vec)
    }
}

impl Take for Named {
    fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        named(Some(value.cast::<PyDict>()?))
    }
}

impl Take for Currency {
    fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        value.extract::<&str>()?.parse().map_err(|error: Error| raise(value.py(), &error))
    }
}

impl Take for Decimal {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        match FieldType::Decimal.accept(name, take(name, value)?) {
            Ok(Value::Decimal(number)) => Ok(number),
            Ok(_) => Err(crate::error::invalid(value.py(), name, "expected a number")),
            Err(error) => Err(raise(value.py(), &error)),
        }
    }
}

/// Pairs given as a dict or as a list of pairs.
macro_rules! pairs {
    ($ty:ty) => {
        impl Take for Vec<(String, $ty)> {
            fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                let pairs: Vec<(String, Bound<'_, PyAny>)> = match value.cast::<PyDict>() {
                    Ok(dict) => dict.iter().map(|(column, value)| Ok((column.extract()?, value))).collect::<PyResult<_>>()?,
                    Err(_) => value.extract()?,
                };
                pairs.into_iter().map(|(column, value)| Ok((column, <$ty>::take(name, &value)?))).collect()
            }
        }
    };
}
pairs!(String);
pairs!(Decimal);

macro_rules! id {
    ($(#[doc = $doc:literal])* $N:ident, $Fields:ident, $Id:ident, $table:literal, $plural:ident { $($rest:tt)* }) => {
        impl Take for crm_core::$Id {
            fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                whole(name, value).map(Self)
            }
        }
    };
}

macro_rules! word {
    ($(#[doc = $doc:literal])* $N:ident { $($rest:tt)* }) => {
        impl Take for crm_core::$N {
            fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                value.extract::<&str>()?.parse().map_err(|error: Error| raise(value.py(), &error))
            }
            fn shown(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.as_str().into_py_any(py)
            }
        }
    };
}

macro_rules! every_id {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(id); )* };
}
macro_rules! every_word {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(word); )* };
}
crm_core::for_every_entity!(every_id);
crm_core::for_every_choice!(every_word);

impl Take for crm_core::ChangeSetId {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        whole(name, value).map(Self)
    }
}

impl Take for DateTime<Utc> {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        moment(name, value)
    }
}

impl Take for Vec<Value> {
    fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        params(Some(value))
    }
}

/// Options with a default, given by name.
pub(crate) trait Declares: Sized {
    /// The options with their types and documentation.
    const DECLARED: Declared;

    /// Their defaults, in the same order, as Python shows them.
    fn defaults(py: Python<'_>) -> PyResult<Vec<Py<PyAny>>>;

    /// Takes what is given; an unknown option is refused.
    fn of(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self>;
}

macro_rules! options {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        impl Declares for $N {
            const DECLARED: Declared = declared! { $(#[doc = $doc])* $N { $( $(#[doc = $fdoc])* $f : $ty, )* } };

            fn defaults(py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
                let default = Self::default();
                Ok(vec![$( <$ty as Take>::shown(&default.$f, py)? ),*])
            }

            fn of(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
                let mut how = Self::default();
                for (name, value) in given.into_iter().flatten() {
                    let name: String = name.extract()?;
                    // A word that Python keeps for itself is written with an underscore after it.
                    match name.strip_suffix('_').filter(|name| is_keyword(name)).unwrap_or(&name) {
                        $( stringify!($f) if value.is_none() => {}
                        stringify!($f) => how.$f = <$ty as Take>::take(&name, &value)?, )*
                        _ => return Err(raise(py, &Error::unknown("option", &name, [$(stringify!($f)),*].into_iter()))),
                    }
                }
                Ok(how)
            }
        }

        impl Take for $N {
            const OPTIONS: Option<Declared> = Some(<Self as Declares>::DECLARED);

            fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                Self::of(value.py(), Some(value.cast::<PyDict>()?))
            }

            fn argument(given: &Given<'_>, _: &str, _: Option<fn() -> Self>) -> PyResult<Self> {
                let (py, options) = given.options();
                Self::of(py, options)
            }
        }
    };
}

macro_rules! every_options {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(options); )* };
}
crm_core::for_every_options!(every_options);

/// Whether an option has a name that is a word of Python's own.
pub(crate) fn is_keyword(name: &str) -> bool {
    matches!(name, "from" | "in" | "is" | "not" | "or" | "and" | "class" | "global" | "with" | "as" | "if" | "else" | "for" | "while" | "return" | "lambda")
}

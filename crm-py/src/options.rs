//! Options that the core declares, from keyword arguments.

use crate::error::raise;
use crate::results::{Declared, declared};
use crate::value::{Texts, moment, named, params, take};
use chrono::{DateTime, Utc};
use crm_core::entity::FieldType;
use crm_core::{Currency, Error, Import, LineId, Named, SearchOptions, UserId, Value};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rust_decimal::Decimal;

/// A value of an option, taken from Python.
trait Take: Sized {
    fn take(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self>;
}

macro_rules! as_is {
    ($($ty:ty),*) => { $(
        impl Take for $ty {
            fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> { value.extract() }
        }
    )* };
}
as_is!(bool, i64, String, (String, String));

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

macro_rules! ids {
    ($($ty:ty),*) => { $(
        impl Take for $ty {
            fn take(_: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> { value.extract().map(Self) }
        }
    )* };
}
ids!(UserId, LineId);

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
pub(crate) trait Options: Sized {
    /// The options with their types and documentation.
    const DECLARED: Declared;

    /// Takes what is given; an unknown option is refused.
    fn of(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self>;
}

macro_rules! options {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        impl Options for $N {
            const DECLARED: Declared = declared! { $(#[doc = $doc])* $N { $( $(#[doc = $fdoc])* $f : $ty, )* } };

            fn of(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
                let mut how = Self::default();
                for (name, value) in given.into_iter().flatten() {
                    let name: String = name.extract()?;
                    match name.as_str() {
                        _ if value.is_none() => {}
                        $( stringify!($f) => how.$f = <$ty as Take>::take(&name, &value)?, )*
                        _ => return Err(raise(py, &Error::unknown("option", &name, [$(stringify!($f)),*].into_iter()))),
                    }
                }
                Ok(how)
            }
        }
    };
}
crm_core::for_import!(options);
crm_core::for_search_options!(options);

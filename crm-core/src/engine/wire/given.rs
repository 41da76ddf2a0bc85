//! The arguments of calls: what is declared, read from JSON.

use super::json::{self, from_json};
use crate::engine::error::{Error, Result};
use crate::engine::field_value::FieldValue;
use crate::engine::money::{Currency, Money};
use crate::engine::value::{Named, Value};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

/// The longest time limit that can be given: a day, in milliseconds.
const MAX_MILLIS: i64 = 86_400_000;

/// What can be read from JSON, as an argument of a call or a part of one.
pub(crate) trait FromJson: Sized {
    /// What is expected, for documentation.
    fn kind() -> String;

    fn from_json(name: &str, raw: &RawValue) -> Result<Self>;

    fn missing(name: &str) -> Result<Self> {
        Err(Error::invalid(name, "is required"))
    }
}

/// A JSON text that is given as it is.
pub(crate) struct Text(pub String);

/// The JSON text of a `T` that is handed on unread.
pub(crate) struct Raw<T>(pub String, PhantomData<T>);

/// The members of a JSON object, by name.
pub(crate) type Members<'a> = BTreeMap<String, &'a RawValue>;

pub(crate) fn members<'a>(name: &str, text: &'a str) -> Result<Members<'a>> {
    json::parse(name, text, serde_json::from_str)
}

/// Types that are the value of a field: taken as a field takes them.
macro_rules! argument {
    ($($ty:ty),* $(,)?) => { $(
        impl $crate::engine::wire::FromJson for $ty {
            fn kind() -> String { <Self as $crate::engine::field_value::FieldValue>::field_type().told() }
            fn from_json(name: &str, raw: &serde_json::value::RawValue) -> $crate::engine::error::Result<Self> { $crate::engine::wire::scalar(name, raw) }
        }
    )* };
}
pub(crate) use argument;

/// A value of a field's type, put into shape as the field would.
pub(crate) fn scalar<T: FieldValue>(name: &str, raw: &RawValue) -> Result<T> {
    let value = T::field_type().accept(name, Value::from_json(name, raw)?)?;
    T::from_value(value).ok_or_else(|| Error::invalid(name, "is required"))
}

argument!(i64, f64, bool, Decimal, NaiveDate, DateTime<Utc>, Money, Currency);

impl<T> FromJson for Raw<T> {
    fn kind() -> String {
        "json".into()
    }
    fn from_json(_: &str, raw: &RawValue) -> Result<Self> {
        Ok(Self(raw.get().to_owned(), PhantomData))
    }
}

impl FromJson for std::path::PathBuf {
    fn kind() -> String {
        String::kind()
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        String::from_json(name, raw).map(Self::from)
    }
}

impl FromJson for String {
    fn kind() -> String {
        "text".into()
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        serde_json::from_str(raw.get()).map_err(|_| Error::invalid(name, "expected a text"))
    }
}

/// Whole numbers that count something.
macro_rules! json_count {
    ($($ty:ty),*) => { $(
        impl FromJson for $ty {
            fn kind() -> String { i64::kind() }
            fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
                Self::try_from(scalar::<i64>(name, raw)?).map_err(|_| Error::invalid(name, "must not be negative"))
            }
        }
    )* };
}
json_count!(usize, u64);

impl FromJson for Duration {
    fn kind() -> String {
        "milliseconds".into()
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        match scalar(name, raw)? {
            millis @ 0..=MAX_MILLIS => Ok(Self::from_millis(millis.unsigned_abs())),
            _ => Err(Error::invalid(name, format!("must be between 0 and {MAX_MILLIS} milliseconds"))),
        }
    }
}

impl FromJson for Value {
    fn kind() -> String {
        "value".into()
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        json::parse(name, raw.get(), serde_json::from_str).and_then(|json| from_json(name, json))
    }
}

impl FromJson for Named {
    fn kind() -> String {
        "object".into()
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        let value = |(field, raw): (String, &RawValue)| Value::from_json(&field, raw).map(|value| (field, value));
        members(name, raw.get())?.into_iter().map(value).collect()
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        if raw.get() == "null" { Ok(None) } else { T::from_json(name, raw).map(Some) }
    }
    fn kind() -> String {
        T::kind()
    }
    fn missing(_: &str) -> Result<Self> {
        Ok(None)
    }
}

/// Several of a kind that stand in an array.
macro_rules! json_array {
    ($($ty:ty),* $(,)?) => { $(
        impl FromJson for Vec<$ty> {
            fn kind() -> String { format!("[{}, ...]", <$ty as FromJson>::kind()) }
                    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| Error::invalid(name, "expected an array"))?;
                items.into_iter().map(|item| <$ty>::from_json(name, item)).collect()
            }
            fn missing(_: &str) -> Result<Self> { Ok(Self::new()) }
        }
    )* };
}

json_array!(String, Value, (String, String), (String, Decimal));

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn kind() -> String {
        format!("[{}, {}]", A::kind(), B::kind())
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        let pair: (&RawValue, &RawValue) = serde_json::from_str(raw.get()).map_err(|_| Error::invalid(name, "expected an array of two"))?;
        Ok((A::from_json(name, pair.0)?, B::from_json(name, pair.1)?))
    }
}

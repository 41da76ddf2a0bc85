//! The values of fields.

use super::error::{Error, Result};
use super::money::{Currency, Money};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The value of one field of any type.
///
/// ```
/// use crm_core::Value;
/// assert_eq!(Value::from(120), Value::Integer(120));
/// assert_eq!(Value::from(None::<&str>), Value::Null);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing known.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number, or the id of a record.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A moment, in milliseconds.
    Moment(DateTime<Utc>),
    /// An amount of money.
    Money(Money),
    /// Several items of a dictionary.
    Items(Vec<String>),
}

/// The user-defined fields of a record by name.
pub type Custom = BTreeMap<String, Value>;

/// Field values by name, in the order given.
pub type Named = Vec<(String, Value)>;

impl Value {
    /// What kind of value this is, for error messages that must not show the value itself.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a yes/no value",
            Self::Integer(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Decimal(_) => "a decimal number",
            Self::Text(_) => "a text",
            Self::Date(_) => "a date",
            Self::Moment(_) => "a moment",
            Self::Money(_) => "an amount of money",
            Self::Items(_) => "a list of items",
        }
    }

    /// True when nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

macro_rules! from {
    ($( $ty:ty, $variant:ident; )*) => { $( impl From<$ty> for Value { fn from(value: $ty) -> Self { Value::$variant(value) } } )* };
}
from! { String, Text; i64, Integer; f64, Number; Decimal, Decimal; bool, Bool; NaiveDate, Date; }

impl From<DateTime<Utc>> for Value {
    fn from(value: DateTime<Utc>) -> Self {
        Self::Moment(value.trunc_subsecs(3))
    }
}

impl From<Money> for Value {
    fn from(value: Money) -> Self {
        Self::Money(value)
    }
}

impl From<Currency> for Value {
    fn from(value: Currency) -> Self {
        Self::Text(value.code().to_owned())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::Items(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Milliseconds since 1970 as a moment; out of range (about ±262,000 years) is an error.
pub(crate) fn moment_from_millis(millis: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| Error::corrupt("", "a moment in the file is out of range"))
}

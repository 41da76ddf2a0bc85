//! The values of fields, and the conversions between them and Rust's types.

use crate::{Currency, Error, Money, Result, entity::FieldType};
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

/// The user-defined fields of a record by name (D5).
pub type Custom = BTreeMap<String, Value>;

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

/// A Rust type that can be the type of an entity's field.
pub trait FieldValue: Sized {
    /// True for `Option<_>`: the field may be empty.
    const OPTIONAL: bool = false;
    /// How many columns it takes in a table.
    const WIDTH: usize = 1;
    /// The field type it stands for; `Options` refine it.
    fn field_type() -> FieldType;
    /// Into a value.
    fn into_value(self) -> Value;
    /// From a value that [`FieldType::accept`] has already put into shape.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! field_value {
    ($( $ty:ty, $variant:ident, $field_type:expr; )*) => { $(
        impl FieldValue for $ty {
            fn field_type() -> FieldType { $field_type }
            fn into_value(self) -> Value { Value::$variant(self) }
            fn from_value(value: Value) -> Option<Self> {
                match value { Value::$variant(inner) => Some(inner), _ => None }
            }
        }
        impl From<$ty> for Value { fn from(value: $ty) -> Self { Value::$variant(value) } }
    )* };
}

field_value! {
    String, Text, FieldType::Text { max: FieldType::DEFAULT_TEXT };
    i64, Integer, FieldType::Integer { min: i64::MIN, max: i64::MAX };
    f64, Number, FieldType::Number;
    Decimal, Decimal, FieldType::Decimal;
    bool, Bool, FieldType::Bool;
    NaiveDate, Date, FieldType::Date;
}

impl FieldValue for DateTime<Utc> {
    fn field_type() -> FieldType {
        FieldType::Moment
    }
    fn into_value(self) -> Value {
        self.into()
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Moment(moment) = value { Some(moment) } else { None }
    }
}

impl FieldValue for Money {
    const WIDTH: usize = 2;
    fn field_type() -> FieldType {
        FieldType::Money
    }
    fn into_value(self) -> Value {
        Value::Money(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Money(money) = value { Some(money) } else { None }
    }
}

impl FieldValue for Currency {
    fn field_type() -> FieldType {
        FieldType::Currency
    }
    fn into_value(self) -> Value {
        Value::Text(self.code().to_owned())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(code) = value { code.parse().ok() } else { None }
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    const OPTIONAL: bool = true;
    const WIDTH: usize = T::WIDTH;
    fn field_type() -> FieldType {
        T::field_type()
    }
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_value(value).map(Some) }
    }
}

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
        value.into_value()
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

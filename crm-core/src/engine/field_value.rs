//! Which types of Rust can be the types of fields, and how their values come and go.

use super::field::FieldType;
use super::money::{Currency, Money};
use super::value::Value;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

/// A Rust type that can be the type of an entity's field.
pub trait FieldValue: Sized {
    /// True for `Option<_>`: the field may be empty.
    const OPTIONAL: bool = false;
    /// How many columns it takes in a table.
    const WIDTH: usize = 1;
    /// The field type it stands for; the options of a declaration refine it.
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

//! The form of what is declared, in serde's formats: days are `2026-01-31`, moments `2026-01-31T09:00:00.000Z`, money `12.50 EUR`, exact decimals
//! are texts, durations milliseconds, several items an array, missing values `null`. It is the same in formats other than JSON, which must tell
//! texts from numbers by themselves: the values of user-defined fields have no type beside them.
//!
//! By hand stand values, money and tables, which are no structs here, and what belongs to other crates: chrono's own form of a moment leaves
//! out milliseconds that are zero, and that of decimals keeps zeros at the end, so the derived types name [`serialize`] and [`deserialize`]
//! for all their fields, in `#[serde(with = "...")]`.

use crate::engine::field_value::FieldValue;
use crate::engine::money::{Currency, Money};
use crate::engine::value::{Custom, Named, Value};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// What can be shown in serde's formats.
pub(crate) trait Shown: Sized {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error>;

    /// Several of them.
    fn show_all<S: Serializer>(all: &[Self], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(all.iter().map(Form))
    }
}

/// What can be taken from them.
pub(crate) trait Taken: Sized {
    fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

    /// Several of them.
    fn take_all<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Self>, D::Error> {
        Ok(Vec::<Form<Self>>::deserialize(from)?.into_iter().map(|form| form.0).collect())
    }
}

/// The form of a field, whatever its type, for `#[serde(with = "...")]`.
pub(crate) fn serialize<T: Shown, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    value.show(out)
}

pub(crate) fn deserialize<'de, T: Taken, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::take(from)
}

/// The form of a value where serde asks for a type of its own.
pub(crate) struct Form<T>(pub T);

impl<T: Shown> Serialize for Form<&T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.show(out)
    }
}

impl<'de, T: Taken> Deserialize<'de> for Form<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::take(from).map(Self)
    }
}

/// The JSON of what cannot fail to be JSON: the keys of all objects here are texts.
pub(crate) fn text_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

/// Types that serde can show, itself or since it was taught by a derive.
macro_rules! shown_form {
    ($($ty:ty),* $(,)?) => { $(
        impl $crate::engine::wire::form::Shown for $ty {
            fn show<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> { serde::Serialize::serialize(self, out) }
        }
    )* };
}
pub(crate) use shown_form;

/// Types that serde can show and take.
macro_rules! own_form {
    ($($ty:ty),* $(,)?) => { $(
        $crate::engine::wire::shown_form!($ty);
        impl $crate::engine::wire::form::Taken for $ty {
            fn take<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> { serde::Deserialize::deserialize(from) }
        }
    )* };
}
pub(crate) use own_form;

own_form!((), bool, i64, u64, usize, f64, String, Value, Money, Currency, Custom);

impl Shown for DateTime<Utc> {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

impl Shown for NaiveDate {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl Shown for Decimal {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&self.normalize())
    }
}

impl Shown for Duration {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u64(u64::try_from(self.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Taken for Duration {
    fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        u64::deserialize(from).map(Self::from_millis)
    }
}

/// Taken as a field takes them, from a text mostly.
macro_rules! taken_as_fields {
    ($($ty:ty),*) => { $(
        impl Taken for $ty {
            fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value = Self::field_type().accept("", Value::deserialize(from)?).map_err(|error| de::Error::custom(error.reason()))?;
                Self::from_value(value).ok_or_else(|| de::Error::custom("is required"))
            }
        }
    )* };
}
taken_as_fields!(DateTime<Utc>, NaiveDate, Decimal);

impl<T: Shown> Shown for Option<T> {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => out.serialize_some(&Form(value)),
            None => out.serialize_none(),
        }
    }
}

impl<T: Taken> Taken for Option<T> {
    fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::<Form<T>>::deserialize(from)?.map(|form| form.0))
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        T::show_all(self, out)
    }
}

impl<T: Taken> Taken for Vec<T> {
    fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::take_all(from)
    }
}

/// Pairs stand in an array of two.
macro_rules! pairs {
    ($(($a:ty, $b:ty)),*) => { $(
        impl Shown for ($a, $b) {
            fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> { (Form(&self.0), Form(&self.1)).serialize(out) }
        }
        impl Taken for ($a, $b) {
            fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <(Form<$a>, Form<$b>)>::deserialize(from).map(|(a, b)| (a.0, b.0))
            }
        }
    )* };
}
pairs!((String, String), (String, Decimal));

/// Values by name are an object, in the order given.
impl Shown for (String, Value) {
    fn show<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Self::show_all(std::slice::from_ref(self), out)
    }

    fn show_all<S: Serializer>(all: &[Self], out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(all.iter().map(|(name, value)| (name, value)))
    }
}

impl Taken for (String, Value) {
    fn take<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::take_all(from)?.pop().ok_or_else(|| de::Error::custom("expected a name and a value"))
    }

    fn take_all<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Self>, D::Error> {
        from.deserialize_map(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Named;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Named, A::Error> {
        let mut all = Named::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(all)
    }
}

/// Types that are a text, as they are displayed and parsed.
macro_rules! text_form {
    ($($ty:ty, $expected:literal;)*) => { $(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> { out.collect_str(self) }
        }
        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(|_| de::Error::custom(concat!("expected ", $expected)))
            }
        }
    )* };
}
text_form! {
    Money, "an amount and a currency, such as `12.50 EUR`";
    Currency, "an ISO 4217 currency code";
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_none(),
            Self::Bool(yes) => out.serialize_bool(*yes),
            Self::Integer(number) => out.serialize_i64(*number),
            Self::Number(number) => out.serialize_f64(*number),
            Self::Decimal(number) => number.show(out),
            Self::Text(text) => out.serialize_str(text),
            Self::Date(day) => day.show(out),
            Self::Moment(moment) => moment.show(out),
            Self::Money(money) => money.serialize(out),
            Self::Items(items) => items.serialize(out),
        }
    }
}

/// A day, a moment, an amount and a decimal come back as the texts they are in these formats: which of them a text is, a field knows.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, a number, true, false, null or an array of texts")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        Value::deserialize(from)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Number(number as f64), Value::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Items(all))
    }
}

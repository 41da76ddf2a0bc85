//! What is declared, to JSON and from it: every declaring macro gives its types one of these two traits or both.

use super::json::{self, from_json, separate, to_json};
use crate::registry::Named;
use crate::{Currency, Custom, Error, FieldValue, Filter, Money, Options, Result, Synchronous, Value};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value as Json, value::RawValue};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// The longest time limit that can be given: a day, in milliseconds.
const MAX_MILLIS: i64 = 86_400_000;

/// What can be written as JSON.
pub(crate) trait ToJson {
    fn write_json(&self, out: &mut String);
}

/// What can be read from JSON, as an argument of a call or a part of one.
pub(crate) trait FromJson: Sized {
    /// What is expected, for documentation.
    fn kind() -> String;
    /// Whether it may be left out.
    const OPTIONAL: bool = false;

    fn from_json(name: &str, raw: &RawValue) -> Result<Self>;

    fn missing(name: &str) -> Result<Self> {
        Err(Error::invalid(name, "is required"))
    }
}

/// A JSON text that is handed on as it is.
pub(crate) struct Text<'a>(pub &'a str);

/// The members of a JSON object, by name.
pub(crate) type Members<'a> = BTreeMap<String, &'a RawValue>;

pub(crate) fn members<'a>(name: &str, text: &'a str) -> Result<Members<'a>> {
    json::parse(name, text, serde_json::from_str)
}

/// Writes an object; the names are those of the declaration.
pub(crate) fn write_members<'a>(out: &mut String, members: impl IntoIterator<Item = (&'a str, &'a dyn ToJson)>) {
    out.push('{');
    for (at, (name, value)) in members.into_iter().enumerate() {
        let _ = write!(out, "{}{}:", if at > 0 { "," } else { "" }, Json::from(name));
        value.write_json(out);
    }
    out.push('}');
}

fn write_array<'a, T: ToJson + 'a>(out: &mut String, items: impl IntoIterator<Item = &'a T>) {
    out.push('[');
    for item in items {
        separate(out);
        item.write_json(out);
    }
    out.push(']');
}

pub(crate) fn text_of(value: &dyn ToJson) -> String {
    let mut out = String::new();
    value.write_json(&mut out);
    out
}

/// Types that are the value of a field: from JSON as a field takes them, to JSON as a field shows them.
macro_rules! json_scalar {
    ($($ty:ty),* $(,)?) => { $(
        impl $crate::exchange::ToJson for $ty {
            fn write_json(&self, out: &mut String) {
                $crate::exchange::ToJson::write_json(&$crate::FieldValue::into_value(self.clone()), out);
            }
        }
        impl $crate::exchange::FromJson for $ty {
            fn kind() -> String { <Self as $crate::FieldValue>::field_type().told() }
            fn from_json(name: &str, raw: &serde_json::value::RawValue) -> $crate::Result<Self> { $crate::exchange::scalar(name, raw) }
        }
    )* };
}
pub(crate) use json_scalar;

/// Declares what a caller gives as named options, each with a default: the struct, its way from a JSON object, and `for_…!` for
/// the bindings.
macro_rules! options {
    ($(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident { $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty, )* }) => {
        $crate::outcome!{@plain ($) $(#[doc = $doc])* #[derive($($derive),*)] pub struct $N as $each { $( $(#[doc = $fdoc])* pub $f : $ty, )* }}

        impl $crate::exchange::FromJson for $N {
            const OPTIONAL: bool = true;

            fn kind() -> String {
                let members = [$( format!("{}: {}", stringify!($f), <$ty as $crate::exchange::FromJson>::kind()) ),*];
                format!("{{{}}}", members.join(", "))
            }

            fn missing(_: &str) -> $crate::Result<Self> { Ok(Self::default()) }

            fn from_json(name: &str, raw: &serde_json::value::RawValue) -> $crate::Result<Self> {
                let mut given = Self::default();
                for (member, raw) in $crate::exchange::members(name, raw.get())? {
                    match member.as_str() {
                        $( stringify!($f) => given.$f = $crate::exchange::FromJson::from_json(&member, raw)?, )*
                        _ => return Err($crate::Error::unknown(name, &member, [$(stringify!($f)),*].into_iter())),
                    }
                }
                Ok(given)
            }
        }
    };
}
pub(crate) use options;

/// A value of a field's type, put into shape as the field would.
pub(crate) fn scalar<T: FieldValue>(name: &str, raw: &RawValue) -> Result<T> {
    let value = T::field_type().accept(name, Value::from_json(name, raw)?)?;
    T::from_value(value).ok_or_else(|| Error::invalid(name, "is required"))
}

json_scalar!(i64, f64, bool, Decimal, NaiveDate, DateTime<Utc>, Money, Currency);

impl ToJson for Value {
    fn write_json(&self, out: &mut String) {
        let _ = write!(out, "{}", to_json(self));
    }
}

impl ToJson for String {
    fn write_json(&self, out: &mut String) {
        self.as_str().write_json(out);
    }
}

impl ToJson for &str {
    fn write_json(&self, out: &mut String) {
        let _ = write!(out, "{}", Json::from(*self));
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write_json(&self, out: &mut String) {
        match self {
            Some(value) => value.write_json(out),
            None => out.push_str("null"),
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write_json(&self, out: &mut String) {
        write_array(out, self);
    }
}

impl<A: ToJson, B: ToJson> ToJson for (A, B) {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        self.0.write_json(out);
        out.push(',');
        self.1.write_json(out);
        out.push(']');
    }
}

impl ToJson for Custom {
    fn write_json(&self, out: &mut String) {
        write_members(out, self.iter().map(|(name, value)| (name.as_str(), value as &dyn ToJson)));
    }
}

impl ToJson for Text<'_> {
    fn write_json(&self, out: &mut String) {
        out.push_str(self.0);
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

impl FromJson for usize {
    fn kind() -> String {
        "integer".into()
    }
    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        usize::try_from(scalar::<i64>(name, raw)?).map_err(|_| Error::invalid(name, "must not be negative"))
    }
}

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
    const OPTIONAL: bool = true;
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
            const OPTIONAL: bool = true;
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

/// The expression alone, or an object of expression, params, order_by, limit and after.
impl FromJson for Filter {
    fn kind() -> String {
        "filter".into()
    }
    const OPTIONAL: bool = true;

    fn missing(_: &str) -> Result<Self> {
        Ok(Self::default())
    }

    fn from_json(name: &str, raw: &RawValue) -> Result<Self> {
        if raw.get().starts_with('"') {
            return String::from_json(name, raw).map(Self::new);
        }
        let mut filter = Self::default();
        for (member, raw) in members(name, raw.get())? {
            filter = match member.as_str() {
                "expression" => filter.expression(String::from_json(&member, raw)?),
                "params" => Vec::<Value>::from_json(&member, raw)?.into_iter().fold(filter, Self::bind),
                "order_by" if raw.get().starts_with('"') => filter.order_by(String::from_json(&member, raw)?),
                "order_by" => Vec::<String>::from_json(&member, raw)?.into_iter().fold(filter, Self::order_by),
                "limit" => filter.limit(usize::from_json(&member, raw)?),
                "after" => filter.after(String::from_json(&member, raw)?),
                _ => return Err(Error::unknown(name, &member, ["expression", "params", "order_by", "limit", "after"].into_iter())),
            };
        }
        Ok(filter)
    }
}

impl Options {
    /// The options of a JSON object: `read_only`, `create`, `busy_timeout` (milliseconds), `synchronous` (`normal` or `full`) and
    /// `max_bytes`. What is left out is as by default.
    ///
    /// ```
    /// let options = crm_core::Options::from_json(r#"{"read_only": true, "busy_timeout": 1000}"#)?;
    /// assert!(options.read_only && options.create);
    /// assert!(crm_core::Options::from_json(r#"{"readonly": true}"#).unwrap_err().reason().contains("did you mean `read_only`"));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        let mut options = Self::default();
        for (member, raw) in members("options", text)? {
            match member.as_str() {
                "read_only" => options.read_only = bool::from_json(&member, raw)?,
                "create" => options.create = bool::from_json(&member, raw)?,
                "busy_timeout" => options.busy_timeout = Duration::from_json(&member, raw)?,
                "synchronous" => {
                    options.synchronous = match String::from_json(&member, raw)?.as_str() {
                        "normal" => Synchronous::Normal,
                        "full" => Synchronous::Full,
                        _ => return Err(Error::invalid(member, "must be one of normal full")),
                    }
                }
                "max_bytes" => options.max_bytes = Option::<usize>::from_json(&member, raw)?.map(|bytes| bytes as u64),
                _ => return Err(Error::unknown("option", &member, ["read_only", "create", "busy_timeout", "synchronous", "max_bytes"].into_iter())),
            }
        }
        Ok(options)
    }
}

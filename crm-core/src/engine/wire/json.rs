//! Values as JSON and JSON as values.
//!
//! Days are `2026-01-31`, moments `2026-01-31T09:00:00.000Z`, money `12.50 EUR`, exact decimals are texts, several items an array,
//! missing values `null`. What comes in is put into shape by the field's type, as in an import.

use crate::engine::error::{Error, Result};
use crate::engine::value::{Named, Value};
use serde_json::{Map, Value as Json};
use std::fmt::Write;

/// The longest JSON text taken at once, in bytes.
pub(crate) const MAX_JSON: usize = 256 << 20;

/// Puts a comma after the former element of an array, if there is one.
pub(crate) fn separate(array: &mut String) {
    if !array.ends_with('[') {
        array.push(',');
    }
}

pub(crate) fn object(record: &Named) -> String {
    let mut out = String::new();
    write_object(&mut out, record.iter().map(|(name, value)| (name.as_str(), value)));
    out
}

/// Writes an object with its keys in the order given.
pub(crate) fn write_object<'a>(out: &mut String, fields: impl Iterator<Item = (&'a str, &'a Value)>) {
    out.push('{');
    for (at, (name, value)) in fields.enumerate() {
        // Writing into a string cannot fail.
        let _ = write!(out, "{}{}:{}", if at > 0 { "," } else { "" }, Json::from(name), to_json(value));
    }
    out.push('}');
}

/// A value as JSON.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Integer(number) => (*number).into(),
        Value::Number(number) => (*number).into(),
        Value::Decimal(number) => number.normalize().to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Date(day) => day.to_string().into(),
        Value::Moment(moment) => moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into(),
        Value::Money(money) => money.to_string().into(),
        Value::Items(items) => items.as_slice().into(),
    }
}

/// JSON as a value, not yet in the shape of a field.
pub(crate) fn from_json(field: &str, json: Json) -> Result<Value> {
    let refused = || Error::invalid(field, "expected a text, a number, true, false, null or an array of texts");
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Bool(yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Number(number.as_f64().ok_or_else(refused)?),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => {
            let items = items.into_iter().map(|item| if let Json::String(text) = item { Ok(text) } else { Err(refused()) });
            Value::Items(items.collect::<Result<_>>()?)
        }
        Json::Object(_) => return Err(refused()),
    })
}

pub(crate) fn named(object: Map<String, Json>) -> Result<Named> {
    let value = |(name, json): (String, Json)| from_json(&name, json).map(|value| (name, value));
    object.into_iter().map(value).collect()
}

pub(crate) fn parse<'a, T>(name: &str, text: &'a str, read: impl Fn(&'a str) -> serde_json::Result<T>) -> Result<T> {
    if text.len() > MAX_JSON {
        return Err(Error::invalid(name, format!("longer than {MAX_JSON} bytes")));
    }
    // The parser's own words may quote the text.
    read(text).map_err(|error| Error::invalid(name, format!("not the JSON expected, at line {} column {}", error.line(), error.column())))
}

pub(crate) fn parse_object(text: &str) -> Result<Named> {
    named(parse("json", text, serde_json::from_str)?)
}

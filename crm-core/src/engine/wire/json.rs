//! JSON as values, which the field's type puts into shape, as in an import.

use crate::engine::error::{Error, Result};
use crate::engine::value::{Named, Value};
use serde_json::{Map, Value as Json};

/// The longest JSON text taken at once, in bytes.
pub(crate) const MAX_JSON: usize = 256 << 20;

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

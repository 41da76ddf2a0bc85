//! The JSON Schema of what is declared: every declaring macro tells its types' by [`Described`].

use super::Raw;
use crate::engine::money::{Currency, Money};
use crate::engine::value::{Custom, Value};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};
use std::path::PathBuf;
use std::time::Duration;

/// What has a JSON Schema.
pub(crate) trait Described {
    /// The schema. What has a name is put among the definitions, and referred to.
    fn schema(known: &mut Definitions) -> Json;

    /// The schema of several.
    fn several(known: &mut Definitions) -> Json
    where
        Self: Sized,
    {
        json!({"type": "array", "items": Self::schema(known)})
    }
}

/// What makes a schema.
pub(crate) type Schema = fn(&mut Definitions) -> Json;

/// Schemas by name, each made once.
#[derive(Default)]
pub(crate) struct Definitions(pub Map<String, Json>);

/// One member of an object.
pub(crate) struct Member {
    pub name: &'static str,
    pub doc: &'static str,
    pub schema: Schema,
}

/// A member as a declaration has it: name, type, documentation.
macro_rules! member {
    ($name:ident, $ty:ty, $($doc:literal)*) => {
        $crate::engine::wire::schema::Member {
            name: stringify!($name), doc: concat!($($doc),*), schema: <$ty as $crate::engine::wire::Described>::schema,
        }
    };
}
pub(crate) use member;

/// An object with members.
pub(crate) struct Shape<'a> {
    pub name: &'a str,
    pub doc: &'a str,
    pub members: &'a [Member],
    pub required: &'a [&'a str],
    /// An object of the members' defaults, or null.
    pub defaults: Json,
    /// User-defined fields may stand beside the members.
    pub custom: bool,
}

impl Definitions {
    /// A reference to what has this name; it is made when it is not known yet.
    pub fn named(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Json) -> Json {
        if !self.0.contains_key(name) {
            // What speaks of itself finds this.
            self.0.insert(name.to_owned(), Json::Null);
            let made = make(self);
            self.0.insert(name.to_owned(), made);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    pub fn shape(&mut self, shape: &Shape<'_>) -> Json {
        self.named(shape.name, |known| {
            let member = |member: &Member| (member.name.to_owned(), told((member.schema)(known), member.doc, shape.defaults.get(member.name)));
            let properties: Map<String, Json> = shape.members.iter().map(member).collect();
            let others = if shape.custom { Value::schema(known) } else { Json::Bool(false) };
            let object = json!({"type": "object", "properties": properties, "required": shape.required, "additionalProperties": others});
            told(object, shape.doc, None)
        })
    }
}

/// A schema with what it means, and what it is when it is left out.
pub(crate) fn told(schema: Json, doc: &str, default: Option<&Json>) -> Json {
    let Json::Object(mut schema) = schema else { return schema };
    let more = schema.get("description").and_then(Json::as_str).map(|more| format!(" {more}")).unwrap_or_default();
    schema.insert("description".into(), format!("{}{more}", doc.trim()).into());
    if let Some(default) = default {
        schema.insert("default".into(), default.clone());
    }
    Json::Object(schema)
}

/// The types that are not declared.
macro_rules! described {
    ($( $ty:ty: $schema:tt; )*) => { $( impl Described for $ty { fn schema(_: &mut Definitions) -> Json { json!($schema) } } )* };
}
described! {
    (): {"type": "null"};
    bool: {"type": "boolean"};
    i64: {"type": "integer"};
    usize: {"type": "integer", "minimum": 0};
    u64: {"type": "integer", "minimum": 0};
    f64: {"type": "number"};
    String: {"type": "string"};
    PathBuf: {"type": "string"};
    NaiveDate: {"type": "string", "format": "date"};
    DateTime<Utc>: {"type": "string", "format": "date-time"};
    Decimal: {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"};
    Duration: {"type": "integer", "minimum": 0, "maximum": 86_400_000, "description": "Milliseconds."};
}

/// Types that have a name and are not declared.
macro_rules! named {
    ($( $ty:ty, $name:literal: $schema:tt; )*) => { $(
        impl Described for $ty { fn schema(known: &mut Definitions) -> Json { known.named($name, |_| json!($schema)) } }
    )* };
}
named! {
    Money, "Money": {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)? [A-Z]{3}$", "description": "An exact amount and its currency, such as `12.50 EUR`."};
    Currency, "Currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "An ISO 4217 currency code."};
    Value, "Value": {
        "anyOf": [{"type": ["string", "number", "boolean", "null"]}, {"type": "array", "items": {"type": "string"}}],
        "description": "The value of a field of any type: days, moments, amounts and exact decimals are texts."
    };
}

impl Described for Custom {
    fn schema(known: &mut Definitions) -> Json {
        json!({"type": "object", "additionalProperties": Value::schema(known)})
    }
}

impl<T: Described> Described for Option<T> {
    fn schema(known: &mut Definitions) -> Json {
        json!({"anyOf": [T::schema(known), {"type": "null"}]})
    }
}

impl<T: Described> Described for Vec<T> {
    fn schema(known: &mut Definitions) -> Json {
        T::several(known)
    }
}

impl<T: Described> Described for Raw<T> {
    fn schema(known: &mut Definitions) -> Json {
        T::schema(known)
    }
}

/// Pairs stand in an array of two.
macro_rules! pairs {
    ($(($a:ty, $b:ty)),*) => { $( impl Described for ($a, $b) {
        fn schema(known: &mut Definitions) -> Json {
            json!({"type": "array", "prefixItems": [<$a>::schema(known), <$b>::schema(known)], "items": false, "minItems": 2})
        }
    } )* };
}
pairs!((String, String), (String, Decimal));

/// Values by name are an object.
impl Described for (String, Value) {
    fn schema(known: &mut Definitions) -> Json {
        Custom::schema(known)
    }

    fn several(known: &mut Definitions) -> Json {
        Custom::schema(known)
    }
}

/// A closed set of words.
pub(crate) fn words(known: &mut Definitions, name: &str, doc: &str, words: &[&str]) -> Json {
    known.named(name, |_| told(json!({"type": "string", "enum": words}), doc, None))
}

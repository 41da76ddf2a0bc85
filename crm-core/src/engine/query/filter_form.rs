//! A filter as it is given in JSON and in serde's formats: its expression alone, or all of it by name.

use super::filter::{Filter, MAX_PAGE};
use crate::engine::error::{Error, Result};
use crate::engine::value::Value;
use crate::engine::wire::schema::told;
use crate::engine::wire::{Definitions, Described, FromJson, members, own_form};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use std::fmt;

/// The expression alone, or an object of expression, params, order_by, limit and after.
impl FromJson for Filter {
    fn kind() -> String {
        "filter".into()
    }

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

own_form!(Filter);

impl Described for Filter {
    fn schema(known: &mut Definitions) -> Json {
        known.named("Filter", |known| {
            let params = Vec::<Value>::schema(known);
            json!({
                "description": "What to find: an SQL boolean expression over the entity's fields, alone or with the rest. Empty finds everything.",
                "anyOf": [{"type": "string"}, {
                    "type": "object",
                    "properties": {
                        "expression": {"type": "string", "default": ""},
                        "params": told(params, "The values of ?1, ?2 and so on.", None),
                        "order_by": {
                            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
                            "description": "The fields to order by: `name`, or `-name` for the other direction."
                        },
                        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE},
                        "after": {"type": "string", "description": "Where the page before ended: its `next`."}
                    },
                    "additionalProperties": false
                }]
            })
        })
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyFilter)
    }
}

struct AnyFilter;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whole {
    expression: String,
    params: Vec<Value>,
    order_by: Order,
    limit: Option<usize>,
    after: Option<String>,
}

/// The fields to order by: one text or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Order {
    One(String),
    Several(Vec<String>),
}

impl Default for Order {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl<'de> Visitor<'de> for AnyFilter {
    type Value = Filter;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a filter's expression, or an object of expression, params, order_by, limit and after")
    }

    fn visit_str<E: de::Error>(self, expression: &str) -> Result<Filter, E> {
        Ok(Filter::new(expression))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Filter, A::Error> {
        let Whole { expression, params, order_by, limit, after } = Whole::deserialize(MapAccessDeserializer::new(members))?;
        let mut filter = params.into_iter().fold(Filter::new(expression), Filter::bind);
        filter = match order_by {
            Order::One(field) => filter.order_by(field),
            Order::Several(fields) => fields.into_iter().fold(filter, Filter::order_by),
        };
        filter = limit.into_iter().fold(filter, Filter::limit);
        Ok(after.into_iter().fold(filter, Filter::after))
    }
}

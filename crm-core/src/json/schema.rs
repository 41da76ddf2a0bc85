//! The JSON Schema of the calls, put together from the declarations.

use super::calls::all;
use super::described::EntityName;
use crate::engine::declare::{ChangeSetId, UserId};
use crate::engine::error::Error;
use crate::engine::registry::Call;
use crate::engine::wire::schema::{Schema, told};
use crate::engine::wire::{Definitions, Described};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use std::time::Duration;

/// The JSON Schema (2020-12) of the calls that [`JsonCalls`](crate::JsonCalls) answers: a request is valid when it is a call with its arguments.
/// `$defs` has `get_request` and `get_result` for the call `get`, likewise for every other, `Error` for what a refused call gives, and the types
/// they consist of by their names. Arguments are described as they are best given; some other ways of writing a value are accepted, too.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&crm_core::json_schema()).unwrap();
/// let add = &schema["$defs"]["add_request"];
/// assert_eq!(add["properties"]["call"]["const"], "add");
/// assert_eq!(schema["$defs"]["Deal"]["properties"]["status"]["$ref"], "#/$defs/DealStatus");
/// ```
pub fn json_schema() -> String {
    let mut known = Definitions::default();
    let mut requests = Vec::new();
    for call in all() {
        requests.push(known.named(&format!("{}_request", call.name), |known| request(call, known)));
        known.named(&format!("{}_result", call.name), |known| told((call.result)(known), &format!("What `{}` gives.", call.name), None));
    }
    Error::schema(&mut known);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The calls of the CRM library in JSON",
        "description": "A request names a call; its other members are the arguments.",
        "oneOf": requests,
    });
    // A definition a line: half as long as with a member a line, and still easy to compare.
    let definitions: Vec<_> = known.0.iter().map(|(name, schema)| format!("{}: {schema}", Json::from(name.as_str()))).collect();
    let head: Vec<_> = schema.as_object().into_iter().flatten().map(|(name, says)| format!("{}: {says}", Json::from(name.as_str()))).collect();
    format!("{{\n{},\n\"$defs\": {{\n{}\n}}\n}}", head.join(",\n"), definitions.join(",\n"))
}

fn request(call: &Call, known: &mut Definitions) -> Json {
    let mut members = Map::from_iter([("call".to_owned(), json!({"const": call.name}))]);
    let mut required = vec!["call"];
    for argument in call.arguments {
        let schema = if argument.name == "entity" { EntityName::schema(known) } else { (argument.schema)(known) };
        let default = argument.default.map(|default| default());
        let schema = match (schema, default) {
            (Json::Object(mut schema), Some(default)) => {
                schema.insert("default".into(), default);
                Json::Object(schema)
            }
            (schema, _) => schema,
        };
        members.insert(argument.name.to_owned(), schema);
        if !argument.optional {
            required.push(argument.name);
        }
    }
    for (name, doc, schema) in ENVELOPE {
        let envelope = known.named(name, |known| told(schema(known), doc, None));
        members.entry(*name).or_insert(envelope);
    }
    told(json!({"type": "object", "properties": members, "required": required, "additionalProperties": false}), call.doc, None)
}

type Envelope = (&'static str, &'static str, Schema);

/// What a request may hold beside the arguments of its call.
const ENVELOPE: &[Envelope] = &[
    ("within", "The change set, as `begin` gave it, that the call is part of.", ChangeSetId::schema),
    ("acting_as", "The user whose rights hold for this call.", UserId::schema),
    ("at", "The moment that this call sees.", DateTime::<Utc>::schema),
    ("time_limit", "How long the call may take.", Duration::schema),
];

impl Described for Error {
    fn schema(known: &mut Definitions) -> Json {
        known.named("Error", |_| {
            json!({
                "type": "object",
                "description": "Why a call was refused; free of personal data.",
                "properties": {
                    "code": {"type": "string", "enum": Error::CODES},
                    "field": {"type": "string", "description": "The field or place concerned, or empty."},
                    "reason": {"type": "string", "description": "Why, ready to show."}
                },
                "required": ["code", "field", "reason"],
                "additionalProperties": false
            })
        })
    }
}

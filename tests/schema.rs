//! The JSON Schema of the calls: it is whole, and real requests and answers are as it says.

use crate::forms::file;
use serde_json::{Value as Json, json};

fn schema() -> Json {
    serde_json::from_str(&crm_core::json_schema()).unwrap()
}

/// Every schema within one, whatever it stands under.
fn each(schema: &Json, visit: &mut impl FnMut(&Json)) {
    visit(schema);
    match schema {
        Json::Object(members) => members.values().for_each(|member| each(member, visit)),
        Json::Array(items) => items.iter().for_each(|item| each(item, visit)),
        _ => {}
    }
}

/// Why a value is not as a schema says, for the words that the library's schemas use.
fn wrong(root: &Json, schema: &Json, value: &Json) -> Option<String> {
    let at = |name: &str, problem: Option<String>| problem.map(|problem| format!("{name}: {problem}"));
    let unlike = |ok: bool| if ok { None } else { Some(format!("{value} is not {}", schema.to_string().chars().take(500).collect::<String>())) };
    let Json::Object(words) = schema else { return unlike(*schema == Json::Bool(true)) };
    words.iter().find_map(|(word, says)| match word.as_str() {
        "$ref" => wrong(root, root.pointer(says.as_str()?.strip_prefix('#')?)?, value),
        "anyOf" => unlike(says.as_array()?.iter().any(|one| wrong(root, one, value).is_none())),
        "oneOf" => unlike(says.as_array()?.iter().filter(|one| wrong(root, one, value).is_none()).count() == 1),
        "const" => unlike(says == value),
        "enum" => unlike(says.as_array()?.contains(value)),
        "type" => {
            let is = |name: &Json| match name.as_str() {
                Some("null") => value.is_null(),
                Some("boolean") => value.is_boolean(),
                Some("integer") => value.is_i64() || value.is_u64(),
                Some("number") => value.is_number(),
                Some("string") => value.is_string(),
                Some("array") => value.is_array(),
                Some("object") => value.is_object(),
                _ => false,
            };
            unlike(says.as_array().map_or_else(|| is(says), |names| names.iter().any(is)))
        }
        "minimum" => unlike(value.as_f64() >= says.as_f64()),
        "maximum" => unlike(value.as_f64() <= says.as_f64()),
        "minItems" => unlike(value.as_array()?.len() as u64 >= says.as_u64()?),
        "required" => says.as_array()?.iter().find_map(|name| unlike(value.get(name.as_str()?).is_some())),
        "properties" => says.as_object()?.iter().find_map(|(name, says)| at(name, wrong(root, says, value.get(name)?))),
        "additionalProperties" => {
            let beside = |name: &str| words.get("properties").and_then(|known| known.get(name)).is_none();
            value.as_object()?.iter().filter(|(name, _)| beside(name)).find_map(|(name, value)| at(name, wrong(root, says, value)))
        }
        "prefixItems" => value.as_array()?.iter().zip(says.as_array()?).find_map(|(item, says)| wrong(root, says, item)),
        "items" => {
            value.as_array()?.iter().skip(words.get("prefixItems").map_or(0, |all| all.as_array().map_or(0, Vec::len))).find_map(|item| wrong(root, says, item))
        }
        "pattern" | "format" | "description" | "default" | "title" | "$schema" | "$defs" => None,
        _ => Some(format!("the test does not know `{word}`")),
    })
}

#[test]
fn every_call_is_there_and_every_reference_leads_somewhere() {
    let schema = schema();
    let listed: Json = serde_json::from_str(&file().call(r#"{"call": "calls"}"#).unwrap()).unwrap();
    let requests: Vec<_> = schema["oneOf"].as_array().unwrap().iter().map(|one| one["$ref"].as_str().unwrap()).collect();
    let calls = listed.as_array().unwrap();
    assert_eq!(requests.len(), calls.len());
    for call in calls {
        let name = call["name"].as_str().unwrap();
        assert!(requests.contains(&format!("#/$defs/{name}_request").as_str()), "{name}");
        let request = &schema["$defs"][format!("{name}_request")];
        assert_eq!(request["description"], call["doc"]);
        assert!(schema["$defs"][format!("{name}_result")].is_object(), "{name}");
        for argument in call["arguments"].as_array().unwrap() {
            let member = &request["properties"][argument["name"].as_str().unwrap()];
            assert!(member.is_object(), "{name}: {argument}");
            assert_eq!(request["required"].as_array().unwrap().contains(&argument["name"]), argument["optional"] == false, "{name}: {argument}");
            assert_eq!(member.get("default").is_some(), argument["optional"] == true, "{name}: {argument}");
        }
    }
    for meta in crm_core::entities() {
        assert!(schema["$defs"]["EntityName"]["enum"].as_array().unwrap().contains(&json!(meta.name)));
    }
    let records = schema["$defs"]["Record"]["anyOf"].as_array().unwrap();
    assert_eq!(records.len(), crm_core::entities().count());
    each(&schema, &mut |part| {
        if let Some(reference) = part.get("$ref").and_then(Json::as_str) {
            assert!(schema.pointer(reference.strip_prefix('#').unwrap()).is_some_and(Json::is_object), "{reference}");
        }
        // What is left out is as a value that may be given.
        if let (Some(default), true) = (part.get("default"), part.get("type").is_some() || part.get("$ref").is_some() || part.get("anyOf").is_some()) {
            assert_eq!(wrong(&schema, part, default), None);
        }
    });
}

#[test]
fn requests_and_answers_are_as_the_schema_says() {
    let (schema, host) = (schema(), file());
    let mut requests = vec![
        json!({"call": "calls"}),
        json!({"call": "entities"}),
        json!({"call": "fields", "entity": "organization"}),
        json!({"call": "now"}),
        json!({"call": "count", "entity": "deal", "filter": {"expression": "value > ?1", "params": [1], "order_by": ["-name"], "limit": 5}}),
        json!({"call": "page", "entity": "stage", "filter": {"limit": 2}}),
        json!({"call": "table", "entity": "organization", "filter": "employees > 1"}),
        json!({"call": "add", "entity": "organization", "fields": {"name": "Dale", "credit_limit": "1.00 EUR", "erp_class": "B"}}),
        json!({"call": "add_many", "entity": "person", "records": [{"name": "Bo"}, {"first_name": "Cy"}]}),
        json!({"call": "set", "entity": "organization", "id": 1, "fields": {"employees": 5}, "revision": null}),
        json!({"call": "upsert", "entity": "organization", "system": "erp", "key": "K2", "fields": {"name": "Elm"}}),
        json!({"call": "sql", "sql": "select name, seen_on from organization where id = ?", "params": [1]}),
        json!({"call": "history", "entity": "organization", "id": 1}),
        json!({"call": "changes", "limit": 50}),
        json!({"call": "verify"}),
        json!({"call": "status"}),
        json!({"call": "prune"}),
        json!({"call": "base_currency"}),
        json!({"call": "dossier", "organization_id": 1}),
        json!({"call": "timeline", "organization_id": 1}),
        json!({"call": "caller_card", "number": "+48226789012", "time_limit": 60_000}),
        json!({"call": "overdue"}),
        json!({"call": "members_of", "list_id": 1}),
        json!({"call": "add_process", "name": "Other", "template": "classic"}),
        json!({"call": "report", "report": "won", "query": {"from": "2026-01-01", "by": ["month"]}}),
        json!({"call": "obstacles", "change_set": 3}),
        json!({"call": "begin", "label": "trial"}),
    ];
    if cfg!(feature = "search") {
        requests.insert(0, json!({"call": "search", "text": "mill", "options": {"facets": true}}));
        requests.insert(0, json!({"call": "suggest", "text": "acm"}));
        requests.insert(0, json!({"call": "search_status"}));
    }
    let entities: Vec<_> = crm_core::entities().map(|meta| json!({"call": "find", "entity": meta.name})).collect();
    requests.splice(0..0, entities);
    for request in requests {
        assert_eq!(wrong(&schema, &schema, &request), None, "{request}");
        let answer: Json = serde_json::from_str(&host.call(&request.to_string()).unwrap_or_else(|error| panic!("{request}: {error}"))).unwrap();
        let result = &schema["$defs"][format!("{}_result", request["call"].as_str().unwrap())];
        assert_eq!(wrong(&schema, result, &answer), None, "{request}");
        // A record is one of its own entity, too.
        if let ("find", Some(record)) = (request["call"].as_str().unwrap(), answer.get(0)) {
            let name = crm_core::entities().position(|meta| request["entity"] == meta.name).unwrap();
            assert_eq!(wrong(&schema, &schema["$defs"]["Record"]["anyOf"][name], record), None, "{request}");
        }
    }
    let refused = |request: Json| assert!(wrong(&schema, &schema, &request).is_some(), "{request}");
    refused(json!({"call": "fnid", "entity": "organization"}));
    refused(json!({"call": "find", "entity": "organisation"}));
    refused(json!({"call": "find"}));
    refused(json!({"call": "find", "entity": "deal", "filters": ""}));
    refused(json!({"call": "report", "report": "won", "query": {"form": "2026-01-01"}}));
    let error: Json = serde_json::from_str(&host.call("{}").unwrap_err().to_json()).unwrap();
    assert_eq!(wrong(&schema, &schema["$defs"]["Error"], &error), None);
}

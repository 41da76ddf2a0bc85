//! The calls in JSON: what a host without generated bindings can do, and that nothing else goes wrong.

use crate::support::{memory, organization};
use crm_core::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

struct Host(JsonCalls);

impl Host {
    fn new() -> Self {
        Self(JsonCalls::new(memory()))
    }

    fn call(&self, request: Json) -> Json {
        serde_json::from_str(&self.0.call(&request.to_string()).unwrap()).unwrap()
    }

    fn refused(&self, request: Json, code: &str, word: &str) {
        let error = self.0.call(&request.to_string()).unwrap_err();
        let told: Json = serde_json::from_str(&error.to_json()).unwrap();
        assert_eq!(told["code"], code, "{request}");
        assert!(format!("{} {}", told["field"], told["reason"]).contains(word), "{told}");
    }
}

#[test]
fn what_is_declared_comes_with_its_declared_names() {
    let host = Host::new();
    let acme = host.call(json!({"call": "add", "entity": "organization", "fields": {"name": "Acme \"&\" Ł", "credit_limit": "500.00 EUR"}}));
    host.call(json!({"call": "add_process", "name": "New", "template": "short"}));
    host.call(json!({"call": "add", "entity": "deal", "fields": {"name": "Mill", "organization_id": acme["id"], "value": "900.00 EUR"}}));
    let dossier = host.call(json!({"call": "dossier", "organization_id": acme["id"]}));
    // A record within an outcome is the same object as the record alone.
    assert_eq!(dossier["organization"], acme);
    assert_eq!(dossier["sums"], json!({"currency": "EUR", "open_deals": 1, "open_value": 90_000, "won_deals": 0, "won_amount": 0}));
    assert_eq!(dossier["deals"][0], host.call(json!({"call": "get", "entity": "deal", "id": 1})));
    assert_eq!(dossier["history"][0]["operation"], "insert");
    // User-defined fields stand beside the declared ones.
    host.call(json!({"call": "add", "entity": "custom_field", "fields": {"entity": "organization", "name": "erp_class", "kind": "text"}}));
    let acme = host.call(json!({"call": "set", "entity": "organization", "id": acme["id"], "fields": {"erp_class": "A"}, "revision": acme["revision"]}));
    assert_eq!(acme["erp_class"], "A");
    assert_eq!(host.call(json!({"call": "dossier", "organization_id": acme["id"]}))["organization"], acme);
    let fields = host.call(json!({"call": "fields", "entity": "organization"}));
    assert!(fields.as_array().unwrap().iter().any(|field| field["name"] == "erp_class" && field["custom"] == true));
}

#[test]
fn filters_pages_and_tables_say_the_same() {
    let host = Host::new();
    let records: Vec<_> = (0..250).map(|number| json!({"name": format!("Company {number}"), "employees": number})).collect();
    let added = host.call(json!({"call": "add_many", "entity": "organization", "records": records}));
    assert_eq!((&added["count"], &added["first"]), (&json!(250), &json!(1)));
    let large = json!({"expression": "employees >= ?1", "params": [50], "order_by": ["-employees"]});
    let found = host.call(json!({"call": "find", "entity": "organization", "filter": large}));
    assert_eq!(host.call(json!({"call": "count", "entity": "organization", "filter": large})), 200);
    let (mut pages, mut filter) = (Vec::new(), large.clone());
    loop {
        filter["limit"] = json!(60);
        let page = host.call(json!({"call": "page", "entity": "organization", "filter": filter}));
        pages.extend(page["records"].as_array().unwrap().clone());
        if page["next"].is_null() {
            break;
        }
        filter["after"] = page["next"].clone();
    }
    assert_eq!(Json::Array(pages), found);
    assert_eq!(found.as_array().unwrap().len(), 200);
    let sql = host.call(json!({"call": "sql", "sql": "select name from organization where employees >= ? order by employees desc", "params": [50]}));
    let names = |rows: &Json| rows.as_array().unwrap().iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&sql), names(&found));
    let request = json!({"call": "table", "entity": "organization", "filter": large}).to_string();
    assert_eq!(host.0.table(&request).unwrap().len(), 200);
    host.refused(json!({"call": "find", "entity": "organization", "filter": {"where": "1"}}), "invalid", "unknown filter");
    assert_eq!(host.0.table(r#"{"call": "now"}"#).unwrap_err().code(), "invalid");
}

#[test]
fn a_change_set_goes_across_calls_and_happens_whole_or_not_at_all() {
    let host = Host::new();
    let add = |within: &Json, name: &str| json!({"call": "add", "within": within, "entity": "organization", "fields": {"name": name}});
    let count = json!({"call": "count", "entity": "organization"});
    let open = host.call(json!({"call": "begin", "label": "two customers"}))["change_set"].clone();
    host.call(add(&open, "Acme"));
    host.refused(add(&open, ""), "invalid", "name");
    host.call(add(&open, "Birch"));
    assert_eq!(host.call(count.clone()), 0, "nobody sees it yet");
    assert_eq!(host.call(json!({"call": "preview", "within": open}))["counts"], json!([{"entity": "organization", "operation": "insert", "count": 2}]));
    let done = host.call(json!({"call": "commit", "within": open}));
    assert_eq!((&done["change_set"], host.call(count.clone())), (&open, json!(2)));
    host.refused(add(&open, "Late"), "conflict", "over");
    host.call(json!({"call": "undo", "change_set": open}));
    assert_eq!(host.call(count.clone()), 0);
    let open = host.call(json!({"call": "begin", "label": "nothing"}))["change_set"].clone();
    host.call(add(&open, "Acme"));
    host.refused(json!({"call": "begin", "within": open, "label": "nested"}), "invalid", "nest");
    host.call(json!({"call": "rollback", "within": open}));
    assert_eq!(host.call(count), 0);
    host.refused(json!({"call": "commit"}), "invalid", "within");
}

#[test]
fn a_call_is_narrowed_to_a_user_and_a_moment() {
    let host = Host::new();
    let ann = host.call(json!({"call": "add", "entity": "user", "fields": {"name": "Ann"}}));
    let acme = host.call(json!({"call": "add", "entity": "organization", "fields": {"name": "Acme"}}));
    let count = |more: Json| {
        let mut request = json!({"call": "count", "entity": "organization"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    let core = host.0.crm();
    assert_eq!(
        host.call(count(json!({"acting_as": ann["id"]}))),
        core.acting_as(UserId(ann["id"].as_i64().unwrap())).unwrap().organizations().count("").unwrap()
    );
    assert_eq!(host.call(count(json!({"at": acme["created_at"]}))), 1);
    assert_eq!(host.call(count(json!({"at": "2020-01-01T00:00:00Z"}))), 0);
    host.refused(count(json!({"acting_as": 99})), "not_found", "user");
    host.refused(json!({"call": "remove", "at": acme["created_at"], "entity": "organization", "id": acme["id"]}), "read_only", "past");
    host.refused(count(json!({"time_limit": -1})), "invalid", "time_limit");
}

#[test]
fn mistakes_are_told_by_name_and_leave_nothing() {
    let host = Host::new();
    host.refused(json!({"call": "fnid", "entity": "organization"}), "invalid", "did you mean `find`");
    host.refused(json!({"call": "find", "entity": "organisation"}), "invalid", "did you mean `organization`");
    host.refused(json!({"call": "find", "entiti": "organization"}), "invalid", "did you mean `entity`");
    host.refused(json!({"call": "get", "entity": "organization"}), "invalid", "is required");
    host.refused(json!({"call": "get", "entity": "organization", "id": "one"}), "invalid", "a whole number");
    host.refused(json!({"call": "report", "report": "funnle"}), "invalid", "must be one of");
    host.refused(json!({"call": "report", "report": "won", "query": {"form": "2026-01-01"}}), "invalid", "did you mean `from`");
    host.refused(json!({"entity": "organization"}), "invalid", "is required");
    for text in ["", "[]", "{", "null", "{\"call\": 1}", "{\"call\":\"add\",\"entity\":\"organization\",\"fields\":[]}"] {
        assert_eq!(host.0.call(text).unwrap_err().code(), "invalid", "{text}");
    }
    assert_eq!(host.call(json!({"call": "count", "entity": "organization"})), 0);
}

#[test]
fn every_call_is_listed_with_its_arguments() {
    let host = Host::new();
    let calls = host.call(json!({"call": "calls"}));
    let calls = calls.as_array().unwrap();
    assert!(calls.len() > 30);
    for call in calls {
        assert!(call["doc"].as_str().unwrap().len() > 10, "{call}");
        // Without its arguments, a call that needs some says which.
        let needed = call["arguments"].as_array().unwrap().iter().find(|argument| argument["optional"] == false);
        if let Some(needed) = needed {
            host.refused(json!({"call": call["name"]}), "invalid", needed["name"].as_str().unwrap());
        }
    }
}

#[test]
fn an_event_is_json_with_the_same_names() {
    let crm = memory();
    let (tell, told) = std::sync::mpsc::channel();
    let _listening = crm.on_commit(move |event| drop(tell.send(event.to_json()))).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let event: Json = serde_json::from_str(&told.recv().unwrap()).unwrap();
    assert_eq!(event["change_set"], acme.revision.0);
    assert_eq!((&event["label"], &event["entries"], &event["actor"]), (&json!("add organization"), &json!(1), &Json::Null));
}

/// JSON of any shape, made of words that mean something here and of others.
fn any_json() -> impl Strategy<Value = Json> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "organization",
            "deal",
            "name",
            "employees > 1",
            "select 1 as n",
            "2026-01-31",
            "2026-01-31T09:00:00Z",
            "12.50 EUR",
            "won",
            "short",
            "A",
            ""
        ]),
        Just("\u{0}\u{1F600}'\"\\"),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3i64..5).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        word.prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        let name = prop::sample::select(vec!["name", "employees", "expression", "params", "order_by", "limit", "after", "by", "kinds", "mapping", "entity"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name, inner), 0..4)
                .prop_map(|pairs| { Json::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()) })
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever a host sends, it gets JSON or an error that names a field; nothing breaks, and the file stays whole.
    #[test]
    fn any_request_is_answered(requests in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any_json(), 4), any::<u8>()), 1..25)) {
        let crm = Crm::open_with(":memory:", Options::new().busy_timeout(std::time::Duration::ZERO)).unwrap();
        let host = Host(JsonCalls::new(crm));
        host.call(json!({"call": "add", "entity": "organization", "fields": {"name": "Acme"}}));
        let calls = host.call(json!({"call": "calls"}));
        // This one would leave files.
        let calls: Vec<_> = calls.as_array().unwrap().iter().filter(|call| call["name"] != "backup_to").collect();
        let mut open = Json::Null;
        for (call, values, envelope) in requests {
            let call = call.get(&calls);
            let arguments = call["arguments"].as_array().unwrap().iter().zip(values).map(|(argument, value)| (argument["name"].as_str().unwrap().to_owned(), value));
            let mut request: serde_json::Map<String, Json> = arguments.collect();
            request.insert("call".into(), call["name"].clone());
            match envelope {
                0..60 => drop(request.insert("within".into(), open.clone())),
                60..70 => drop(request.insert("acting_as".into(), json!(1))),
                70..80 => drop(request.insert("at".into(), json!("2026-01-01T00:00:00Z"))),
                _ => {}
            }
            match host.0.call(&Json::Object(request).to_string()) {
                Ok(answer) => {
                    let answer: Json = serde_json::from_str(&answer).unwrap();
                    if call["name"] == "begin" {
                        open = answer["change_set"].clone();
                    }
                }
                Err(error) => prop_assert!(!error.reason().is_empty()),
            }
        }
        let _ = host.0.call(&json!({"call": "rollback", "within": open}).to_string());
        let verified = host.0.crm().verify(None, &mut |_, _| {}).unwrap();
        prop_assert!(verified.is_clean());
    }
}

//! What a program gives in Rust: `new` with what must be given, and a method for each field and option.

use crate::support::memory;
use chrono::NaiveDate;
use crm_core::entity::{Entity, Fields};
use crm_core::*;
use serde_json::json;

/// What an entity's `new` takes, beside what its description says must be given.
fn taken<E: Entity>() -> (&'static str, &'static [&'static str], Vec<&'static str>) {
    let must = E::meta().fields.iter().filter(|field| field.required && !field.computed && !field.defaulted);
    (E::meta().name, E::Fields::REQUIRED, must.map(|field| field.name.as_ref()).collect())
}

macro_rules! all_taken {
    ($($N:ident $each:ident,)*) => { [$( taken::<crm_core::$N>() ),*] };
}

#[test]
fn new_takes_what_must_be_given_and_no_more() {
    let (crm, mut looked_at) = (memory(), 0);
    for (entity, taken, must) in for_every_entity!(all_taken) {
        assert_eq!(taken, must, "{entity}");
        // Only the library adds these.
        if entity_named(entity).unwrap().kept || must.is_empty() {
            continue;
        }
        let error = crm.json(entity).unwrap().add("{}").unwrap_err();
        assert!(taken.contains(&error.field()), "{entity} wants {error}, which `new` does not take");
        looked_at += 1;
    }
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn methods_set_the_fields_they_are_named_like() {
    let day: NaiveDate = "2026-01-31".parse().unwrap();
    let made =
        DealFields::new("Mill").owner_id(UserId(3)).value("900 EUR".parse().unwrap()).closes_on(day).source("partner").probability(20).custom("risk", "high");
    let written = DealFields {
        name: "Mill".into(),
        owner_id: Some(UserId(3)),
        value: Some("900 EUR".parse().unwrap()),
        closes_on: Some(day),
        source: Some("partner".into()),
        probability: Some(20),
        custom: [("risk".to_owned(), Value::from("high"))].into(),
        ..Default::default()
    };
    assert_eq!(made, written);
    assert_eq!(PersonFields::new(), PersonFields::default());
    assert_eq!(
        ParticipantFields::new(ActivityId(1)).person_id(PersonId(2)),
        ParticipantFields { activity_id: ActivityId(1), person_id: Some(PersonId(2)), ..Default::default() }
    );
}

// The forms of JSON have tests of their own; here they tell what the methods made.
#[test]
fn methods_set_the_options_they_are_named_like() {
    let query =
        ReportQuery::new().process_id(ProcessId(1)).from("2026-01-01".parse().unwrap()).filter("value > ?").params([100]).by([Dimension::Owner]).limit(3);
    let told = json!({"process_id": 1, "from": "2026-01-01", "filter": "value > ?", "params": [100], "by": ["owner"], "limit": 3});
    assert_eq!(serde_json::from_value::<ReportQuery>(told).unwrap(), query);

    let import =
        Import::new().mapping([("a", "name")]).key(["name"]).external(("erp", "no")).defaults([("kind", "customer")]).scale([("a", "1.5".parse().unwrap())]);
    let told = json!({"mapping": [["a", "name"]], "key": ["name"], "external": ["erp", "no"], "defaults": {"kind": "customer"}, "scale": [["a", "1.5"]]});
    assert_eq!(serde_json::from_value::<Import>(told).unwrap(), import.strict(true).strict(false));

    let options = SearchOptions::new().kinds(["deal"]).owner(UserId(1)).facets(true).limit(5);
    let search = Search::new("mill").kinds(["deal"]).owner(UserId(1)).facets(true).limit(5);
    assert_eq!(search, Search { text: "mill".into(), options });
    assert_eq!(Import::new(), Import::default());
}

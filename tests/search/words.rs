//! What is typed, and what is found.

use super::{assert_finds, titles};
use crate::support::*;
use crm_core::*;
use proptest::prelude::*;

fn note(crm: &Crm, about: OrganizationId, text: &str) {
    crm.notes().add(NoteFields { entity: "organization".into(), record_id: about.0, text: text.into(), ..Default::default() }).unwrap();
}

/// A few customers, with a phone and an address each.
fn customers() -> (Crm, Vec<OrganizationId>) {
    let crm = memory();
    crm.settings().add(SettingFields { name: "phone_region".into(), value: "RU".into(), ..Default::default() }).unwrap();
    let mut ids = Vec::new();
    for (name, phone, mail) in [
        ("Łódź Pompy Sp. z o.o.", "+48 601 834 267", "biuro@lodz-pompy.example"),
        ("Röder Stahl", "(0049) 30 901820", "einkauf@roeder.example"),
        ("Насосы Ёлкина", "8 (900) 123-45-67", "e.yolkina@nasos.example"),
        ("Raiffeisen Leasing", "+43 1 71707 0000", "office@raiffeisen-leasing.example"),
        ("Acme", "+1 212 555 0147", "sales@acme-steel.example"),
    ] {
        let id = crm.organizations().add(organization(name)).unwrap().id;
        crm.contact_points().add(ContactPointFields { organization_id: Some(id), value: phone.into(), ..Default::default() }).unwrap();
        crm.contact_points().add(email(id, mail)).unwrap();
        ids.push(id);
    }
    (crm, ids)
}

#[test]
fn forms_accents_beginnings_and_errors() {
    let (crm, _) = customers();
    for (query, expected) in [
        ("lodz", "Łódź Pompy Sp. z o.o."),
        ("ŁÓDŹ", "Łódź Pompy Sp. z o.o."),
        ("pompa", "Łódź Pompy Sp. z o.o."),
        ("pompami", "Łódź Pompy Sp. z o.o."),
        ("Roder", "Röder Stahl"),
        ("насосами", "Насосы Ёлкина"),
        ("елкина", "Насосы Ёлкина"),
        ("Raiff", "Raiffeisen Leasing"),
        ("raif", "Raiffeisen Leasing"),
        ("raiffeisne", "Raiffeisen Leasing"),
        ("Raifaisen", "Raiffeisen Leasing"),
        ("acne", "Acme"),
    ] {
        assert_finds(&crm, query, &[expected]);
    }
}

#[test]
fn phones_in_any_spelling_and_parts_of_addresses() {
    let (crm, _) = customers();
    for (query, expected) in [
        ("9001234567", "Насосы Ёлкина"),
        ("+7 (900) 123-45-67", "Насосы Ёлкина"),
        ("8 900 123 45 67", "Насосы Ёлкина"),
        ("123-45-67", "Насосы Ёлкина"),
        ("0048601834267", "Łódź Pompy Sp. z o.o."),
        ("601 834 267", "Łódź Pompy Sp. z o.o."),
        ("(212) 555-0147", "Acme"),
        ("+49 30 901820", "Röder Stahl"),
        ("6018342", "Łódź Pompy Sp. z o.o."),
        ("yolkina", "Насосы Ёлкина"),
        ("nasos.example", "Насосы Ёлкина"),
        ("@acme-steel", "Acme"),
        ("sales@acme-steel.example", "Acme"),
        ("raiffeisen-leas", "Raiffeisen Leasing"),
    ] {
        assert_finds(&crm, query, &[expected]);
    }
    let hit = crm.search("+7 900 1234567").unwrap().hits.remove(0);
    assert!(hit.html.contains("<mark>"), "the snippet shows the number: {}", hit.html);
}

#[test]
fn phrases_exclusions_and_fields() {
    let (crm, ids) = customers();
    note(&crm, ids[0], "new price list sent");
    note(&crm, ids[1], "list of prices, new ones; price unknown");
    note(&crm, ids[2], "new contract");
    assert_finds(&crm, "\"new price\"", &["new price list sent"]);
    assert_finds(&crm, "new -price", &["new contract"]);
    assert_finds(&crm, "new -\"price list\"", &["list of prices, new ones; price unknown", "new contract"]);
    crm.organizations().edit(ids[4], |fields| fields.legal_name = Some("Contract Partners".into())).unwrap();
    assert_finds(&crm, "contracts", &["new contract", "Acme"]);
    assert_finds(&crm, "legal_name:contracts", &["Acme"]);
    assert_finds(&crm, "text:contracts", &["new contract"]);
    assert_finds(&crm, "text:\"new contract\"", &["new contract"]);
    assert_finds(&crm, "contract -legal_name:partners", &["new contract"]);
    // No field of that name: just words.
    assert_finds(&crm, "nofield:contract", &[]);
}

#[test]
fn what_is_typed_ranks_as_one_expects() {
    let (crm, ids) = customers();
    note(&crm, ids[0], "Acme called, wants an offer; spoke of Acme twice");
    crm.deals().add(deal("x")).unwrap_err();
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    crm.deals().add(deal("Acme pumps")).unwrap();
    let found = titles(&crm, "acme");
    assert_eq!(found[0], "Acme", "{found:?}");
    assert_eq!(found[1], "Acme pumps", "names rank above notes: {found:?}");
    // Exact above another form above an error; of equals the newer first.
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    for text in ["contracts here", "contract here", "contrast here", "contract here"] {
        note(&crm, acme, text);
    }
    let hits = crm.search("contract").unwrap().hits;
    assert_eq!(hits.iter().map(|hit| hit.title.as_str()).collect::<Vec<_>>(), ["contract here", "contract here", "contracts here"]);
    assert!(hits[0].id > hits[1].id, "of equal ones the newer comes first");
    // Some of the words, where no record has all.
    let hits = crm.search("contract elephant").unwrap().hits;
    assert_eq!(hits.len(), 3);
    assert!(hits.iter().all(|hit| !hit.complete));
}

#[test]
fn user_defined_fields_and_pick_lists_are_searched() {
    let (crm, ids) = customers();
    let custom = crm.custom_fields().add(custom_field("organization", "site", CustomKind::Text)).unwrap();
    crm.organizations().set(ids[1], named([("site", "Hafenstraße".into()), ("industry", "Metallurgy".into())]), None).unwrap();
    assert_finds(&crm, "hafenstrasse", &["Röder Stahl"]);
    assert_finds(&crm, "site:hafenstrasse", &["Röder Stahl"]);
    assert_finds(&crm, "metallurgy", &["Röder Stahl"]);
    assert_finds(&crm, "industry:metallurgy stahl", &["Röder Stahl"]);
    // A field that goes takes its texts along, and brings them back.
    let removed = crm.change("no more sites", |change| change.custom_fields().remove(custom.id)).unwrap().change_set.unwrap();
    assert_finds(&crm, "hafenstrasse", &[]);
    crm.undo(removed).unwrap();
    assert_finds(&crm, "hafenstrasse", &["Röder Stahl"]);
}

#[test]
fn a_hit_is_explained() {
    let (crm, ids) = customers();
    note(&crm, ids[0], "Rozmowa o umowie, umowa w toku");
    let hit = crm.search("umowy acme").unwrap().hits.into_iter().find(|hit| hit.kind == "note").unwrap();
    let why = crm.explain_hit("umowy acme", &hit.kind, hit.id).unwrap();
    assert_eq!(why.found_by, FoundBy::SomeWords);
    assert_eq!(why.missing, ["acme"]);
    assert_eq!(
        why.words.iter().map(|word| (word.found.as_str(), word.how, word.field.as_str())).collect::<Vec<_>>(),
        [("umowie", MatchKind::Form, "text"), ("umowa", MatchKind::Form, "text")]
    );
    assert!((why.score - hit.score).abs() < 0.02, "{} {}", why.score, hit.score);
    assert_refused(crm.explain_hit("elephant", &hit.kind, hit.id), "not_found", "hit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    // Any input is valid, and finding never depends on what surrounds the words.
    #[test]
    fn any_text_can_be_searched_for(query in "[-\"a-cа-в0-9:+() @.łŁ\u{0}\u{1}=#*~^]{0,30}", other in any::<String>()) {
        static CRM: std::sync::LazyLock<Crm> = std::sync::LazyLock::new(|| customers().0);
        for query in [query, other] {
            let found = CRM.search(Search::new(query.as_str()).facets(true)).unwrap();
            prop_assert!(found.hits.len() as i64 <= 20);
            CRM.suggest(&query, 10).unwrap();
        }
    }
}

//! The door: change sets, validation, revisions, references, rights of writing.

use crate::support::*;
use chrono::NaiveDate;
use crm_core::*;
use std::time::{Duration, Instant};

#[test]
fn a_change_set_happens_whole_or_not_at_all() {
    let crm = memory();
    let failed = crm.change("two, the second wrong", |change| {
        change.organizations().add(organization("Acme"))?;
        change.organizations().add(organization(""))
    });
    assert_refused(failed, "invalid", "name");
    assert_eq!(crm.organizations().count("").unwrap(), 0);

    let kept = crm.change("two", |change| {
        let first = change.organizations().add(organization("Acme"))?;
        // A refused operation leaves the others of its change set alone.
        assert_refused(change.organizations().add(organization(" ")), "invalid", "is required");
        change.people().add(person("Ann"))?;
        Ok(first)
    });
    let kept = kept.unwrap();
    assert_eq!(kept.value.revision, kept.change_set.unwrap());
    assert_eq!((crm.organizations().count("").unwrap(), crm.people().count("").unwrap()), (1, 1));
    assert_clean(&crm);
}

#[test]
fn dropped_and_empty_change_sets_leave_no_trace() {
    let (_folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let before = dump(&path);
    let change = crm.begin("dropped").unwrap();
    change.organizations().add(organization("Acme")).unwrap();
    drop(change);
    assert_eq!(crm.change("nothing", |_| Ok(())).unwrap().change_set, None);
    let acme = crm.dry_run(|change| change.organizations().add(organization("Acme"))).unwrap();
    assert_eq!(acme.counts[&("organization".to_owned(), Operation::Insert)], 1);
    assert!(dump(&path) == before);
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let same = crm.organizations().edit(acme.id, |fields| fields.name = "Acme".into()).unwrap();
    assert_eq!(same.revision, acme.revision);
    assert_eq!(crm.organizations().history(acme.id).unwrap().len(), 1);
}

// P3
#[test]
fn history_tells_label_actor_and_values() {
    let (crm, clock) = open_with_clock(":memory:");
    let (user, _) = user_with(&crm, "Ann", &[("organization", Level::All, Level::All)]);
    let acme = crm.acting_as(user).unwrap().organizations().add(organization("Acme")).unwrap();
    clock.advance(chrono::TimeDelta::hours(1));
    crm.change("growth", |change| change.organizations().edit(acme.id, |fields| fields.employees = Some(5))).unwrap();
    let history = crm.organizations().history(acme.id).unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!((history[0].label.as_deref(), history[0].actor, history[0].operation), (Some("growth"), None, Operation::Update));
    assert_eq!(history[0].before["employees"], Value::Null);
    assert_eq!(history[0].after["employees"], Value::Integer(5));
    assert_eq!((history[1].actor, history[1].operation), (Some(user), Operation::Insert));
    assert_eq!(history[1].after["name"], Value::from("Acme"));
    assert_eq!(history[0].at - history[1].at, chrono::TimeDelta::hours(1));
}

#[test]
fn labels_have_a_limit() {
    let crm = memory();
    assert_refused(crm.begin(&"x".repeat(501)), "invalid", "longer than 500");
    assert_refused(crm.begin("a\0b"), "invalid", "NUL");
    assert!(crm.begin(&"ł".repeat(500)).is_ok());
    // The refused ones gave the writer back.
    crm.organizations().add(organization("Acme")).unwrap();
}

/// What each kind of custom field accepts, and what it must refuse with which words.
fn kinds() -> Vec<(CustomKind, Option<&'static str>, Vec<(Value, Value)>, Vec<(Value, &'static str)>)> {
    let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
    let items = |words: &[&str]| Value::Items(words.iter().map(|word| (*word).to_owned()).collect());
    vec![
        (
            CustomKind::Text,
            None,
            vec![("short".into(), "short".into()), ("  ".into(), Value::Null)],
            vec![("x".repeat(11).into(), "longer than 10"), ("a\0".into(), "NUL"), (Value::Integer(1), "expected a text"), (Value::Bool(true), "a text")],
        ),
        (
            CustomKind::Integer,
            None,
            vec![(Value::Integer(-7), Value::Integer(-7)), (" 12 ".into(), Value::Integer(12)), (Value::Number(3.0), Value::Integer(3))],
            vec![
                ("twelve".into(), "a whole number"),
                (Value::Number(1.5), "a whole number"),
                (Value::Date(day), "a whole number"),
                ("99999999999999999999".into(), "a whole number"),
            ],
        ),
        (
            CustomKind::Number,
            None,
            vec![(Value::Number(1.5), Value::Number(1.5)), (Value::Integer(2), Value::Number(2.0)), ("2.5".into(), Value::Number(2.5))],
            vec![(Value::Number(f64::NAN), "finite"), (Value::Number(f64::INFINITY), "finite"), ("inf".into(), "finite"), ("x".into(), "a number")],
        ),
        (
            CustomKind::Money,
            None,
            vec![("12.50 EUR".into(), Value::Money("12.50 EUR".parse().unwrap())), ("-3 JPY".into(), Value::Money("-3 JPY".parse().unwrap()))],
            vec![
                ("12.50".into(), "an amount and a currency"),
                ("1 XYZ".into(), "ISO 4217"),
                ("0.001 EUR".into(), "2 digits"),
                (Value::Integer(5), "an amount of money"),
                ("99999999999999999999 EUR".into(), "too large"),
            ],
        ),
        (
            CustomKind::Date,
            None,
            vec![("2026-01-31".into(), Value::Date(day)), (Value::Date(day), Value::Date(day))],
            vec![("31.01.2026".into(), "a date"), ("2026-02-30".into(), "a date"), (Value::Integer(20_000), "a date"), (Value::Date(NaiveDate::MAX), "year")],
        ),
        (
            CustomKind::Moment,
            None,
            vec![
                ("2026-01-31T10:00:00+01:00".into(), Value::Moment(moment("2026-01-31T09:00:00Z"))),
                ("2026-01-31 09:00".into(), Value::Moment(moment("2026-01-31T09:00:00Z"))),
                (Value::Moment(moment("2026-01-31T09:00:00.123456Z")), Value::Moment(moment("2026-01-31T09:00:00.123Z"))),
            ],
            vec![("tomorrow".into(), "a moment"), (Value::Bool(true), "a moment"), (Value::Moment(chrono::DateTime::<chrono::Utc>::MAX_UTC), "year")],
        ),
        (
            CustomKind::Bool,
            None,
            vec![(Value::Bool(true), Value::Bool(true)), ("No".into(), Value::Bool(false)), (Value::Integer(1), Value::Bool(true))],
            vec![("perhaps".into(), "yes or no"), (Value::Integer(2), "yes or no")],
        ),
        (
            CustomKind::Item,
            Some("shade"),
            vec![("red".into(), "red".into()), (" blue ".into(), "blue".into())],
            vec![
                ("green".into(), "not in the dictionary `shade`"),
                ("a;b".into(), "no semicolon"),
                ("x".repeat(121).into(), "1 to 120"),
                (Value::Integer(1), "an item"),
            ],
        ),
        (
            CustomKind::Items,
            Some("shade"),
            vec![(items(&["red", "blue", "red"]), items(&["blue", "red"])), ("blue; red".into(), items(&["blue", "red"]))],
            vec![
                (items(&["red", "green"]), "shade"),
                (items(&["a;b"]), "semicolon"),
                (Value::Items(vec!["red".into(); 101]), "more than 100"),
                (Value::Integer(1), "a list of items"),
            ],
        ),
        (
            CustomKind::Reference,
            Some("person"),
            vec![(Value::Integer(1), Value::Integer(1)), ("1".into(), Value::Integer(1))],
            vec![
                (Value::Integer(999), "no such person"),
                (Value::Integer(-1), "the id of a record"),
                ("Ann".into(), "the id of a record"),
                (Value::Bool(true), "the id of a record"),
            ],
        ),
    ]
}

// D5: every type accepts what it should, refuses the rest by name and kind, and never repeats the value.
#[test]
fn every_type_of_field_is_checked() {
    let crm = memory();
    crm.people().add(person("Ann")).unwrap();
    let shade = crm.dictionaries().add(DictionaryFields { name: "shade".into(), closed: Some(true), ..Default::default() }).unwrap();
    for word in ["red", "blue"] {
        crm.dictionary_items().add(DictionaryItemFields { dictionary_id: shade.id, name: word.into(), ..Default::default() }).unwrap();
    }
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let mut checked = 0;
    for (kind, of, accepted, wrong) in kinds() {
        let name = format!("my_{kind}");
        let max_length = (kind == CustomKind::Text).then_some(10);
        crm.custom_fields().add(CustomFieldFields { of: of.map(Into::into), max_length, ..custom_field("organization", &name, kind) }).unwrap();
        for (given, expected) in accepted {
            let record = crm.organizations().set(acme.id, named([(name.as_str(), given)]), None).unwrap();
            assert_eq!(record.custom[&name], expected, "{name}");
            assert_eq!(crm.organizations().get(acme.id).unwrap().custom[&name], expected, "{name}");
            checked += 1;
        }
        let before = crm.organizations().get(acme.id).unwrap();
        for (given, words) in wrong {
            let error = refused(crm.organizations().set(acme.id, named([(name.as_str(), given.clone())]), None));
            assert_eq!((error.code(), error.field()), ("invalid", name.as_str()), "{error}");
            assert!(error.to_string().contains(words), "`{words}` is not in `{error}`");
            // The same through the typed door.
            let mut custom = Custom::new();
            custom.insert(name.clone(), given);
            assert_eq!(refused(crm.organizations().add(OrganizationFields { custom, ..organization("Other") })), error);
            checked += 1;
        }
        assert_eq!(crm.organizations().get(acme.id).unwrap(), before);
    }
    assert!(checked > 50);
    assert_eq!(CustomKind::ALL.len(), kinds().len());
    assert_eq!(crm.organizations().count("").unwrap(), 1);
    assert_clean(&crm);
}

#[test]
fn limits_and_names_are_told() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let set = |name: &str, value: Value| crm.organizations().set(acme.id, named([(name, value)]), None);
    assert_refused(set("emploees", 5.into()), "invalid", "did you mean `employees`");
    assert_refused(set("employees", (-1).into()), "invalid", "between 0 and 100000000");
    assert_refused(set("founded", 3000.into()), "invalid", "between 800 and 2200");
    assert_refused(set("name", "x".repeat(301).into()), "invalid", "longer than 300");
    assert_refused(set("name", Value::Null), "invalid", "is required");
    assert_refused(set("id", 7.into()), "invalid", "unknown field");
    assert_refused(set("parent_id", acme.id.into()), "invalid", "its own parent");
    assert_refused(set("owner_id", 99.into()), "invalid", "no such user");
    assert_refused(crm.activities().add_named(named([("subject", "x".into())])), "invalid", "kind: is required");
    assert_refused(
        crm.activities().add_named(named([("kind", "call".into()), ("subject", "x".into()), ("status", "maybe".into())])),
        "invalid",
        "planned, held",
    );
    assert_refused(crm.deals().add_named(named([("name", "x".into()), ("status", "won".into())])), "invalid", "computed");
    assert!(set("name", "ż".repeat(300).into()).is_ok());
    let secret = "my private words";
    for field in ["employees", "founded", "owner_id", "annual_revenue"] {
        assert!(!refused(set(field, secret.into())).to_string().contains(secret));
    }
    let mut custom = Custom::new();
    custom.insert("name".into(), "Other".into());
    assert_refused(crm.organizations().add(OrganizationFields { custom, ..organization("X") }), "invalid", "built-in field");
    let mut custom = Custom::new();
    custom.insert("colour".into(), "red".into());
    assert_refused(crm.organizations().add(OrganizationFields { custom, ..organization("X") }), "invalid", "unknown field `colour`");
}

// B13
#[test]
fn different_fields_merge_and_the_same_field_conflicts() {
    let crm = memory();
    let base = crm.organizations().add(OrganizationFields { employees: Some(10), ..organization("Acme") }).unwrap();
    let mut ann = base.clone();
    ann.employees = Some(20);
    let mut bob = base.clone();
    bob.country = Some("PL".into());
    let mut eve = base.clone();
    eve.employees = Some(30);
    let update = |mine: &Organization| {
        let fields = OrganizationFields { name: mine.name.clone(), employees: mine.employees, country: mine.country.clone(), ..Default::default() };
        crm.organizations().update(mine.id, fields, Some(mine.revision))
    };
    update(&ann).unwrap();
    let merged = update(&bob).unwrap();
    assert_eq!((merged.employees, merged.country.as_deref()), (Some(20), Some("PL")));
    let conflict = refused(update(&eve));
    assert_eq!((conflict.code(), conflict.field()), ("conflict", "employees"));
    // Both to the same value is no conflict.
    let mut agrees = base.clone();
    agrees.employees = Some(20);
    assert!(update(&agrees).is_ok());
    // By name, the same.
    assert_refused(crm.organizations().set(base.id, named([("employees", 40.into())]), Some(base.revision)), "conflict", "employees");
    assert_eq!(crm.organizations().set(base.id, named([("founded", 1990.into())]), Some(base.revision)).unwrap().employees, Some(20));
    // A revision the record was never at proves nothing.
    for never in [i64::MIN, -1, 0, base.revision.0 - 1, i64::MAX] {
        let never = Some(ChangeSetId(never));
        assert_refused(crm.organizations().set(base.id, named([("employees", 40.into())]), never), "invalid", "revision");
        assert_refused(crm.organizations().update(base.id, organization("Base"), never), "invalid", "revision");
    }
    // Without a revision the last one wins.
    assert_eq!(crm.organizations().set(base.id, named([("employees", 50.into())]), None).unwrap().employees, Some(50));
}

// B13: merging sees custom fields and money, too.
#[test]
fn merging_knows_custom_fields() {
    let crm = memory();
    crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    crm.custom_fields().add(custom_field("organization", "budget", CustomKind::Money)).unwrap();
    let base = crm.organizations().add_named(named([("name", "Acme".into()), ("colour", "red".into()), ("budget", "1 EUR".into())])).unwrap();
    crm.organizations().set(base.id, named([("budget", "2 USD".into())]), None).unwrap();
    let mut fields = OrganizationFields { name: "Acme".into(), custom: base.custom.clone(), ..Default::default() };
    fields.custom.insert("colour".into(), "blue".into());
    let merged = crm.organizations().update(base.id, fields.clone(), Some(base.revision)).unwrap();
    assert_eq!(merged.custom["colour"], "blue".into());
    assert_eq!(merged.custom["budget"], Value::Money("2 USD".parse().unwrap()));
    fields.custom.insert("budget".into(), Value::Money("3 EUR".parse().unwrap()));
    assert_refused(crm.organizations().update(base.id, fields, Some(base.revision)), "conflict", "budget");
}

#[test]
fn a_bulk_load_that_fails_leaves_nothing_and_no_index_missing() {
    let (_folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let indexes = |path: &std::path::Path| raw_rows(&raw(path), "select name, sql from sqlite_schema where type = 'index' order by 1");
    let before = indexes(&path);
    let records = || {
        let mut all: Vec<_> = (0..6000).map(|n| organization(&format!("Company {n}"))).collect();
        all[5500].employees = Some(-1);
        all
    };
    assert_refused(crm.organizations().add_many(records()), "invalid", "row 5501");
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    // Within a change set whose work goes on after the refusal.
    crm.change("a load that fails, and something else", |change| {
        assert_refused(change.organizations().add_many(records()), "invalid", "row 5501");
        change.organizations().add(organization("Acme")).map(drop)
    })
    .unwrap();
    assert_eq!(crm.organizations().count("").unwrap(), 1);
    assert_eq!(indexes(&path), before);
    crm.people().add_many((0..6000).map(|n| person(&format!("Person {n}"))).collect::<Vec<_>>()).unwrap();
    assert_eq!(indexes(&path), before);
    assert_clean(&crm);
}

#[test]
fn an_upsert_that_fails_leaves_nothing() {
    let crm = memory();
    crm.change("an upsert that fails, and something else", |change| {
        let too_long = "k".repeat(201);
        assert_refused(change.organizations().upsert("erp", &too_long, named([("name", "Acme".into())])), "invalid", "longer than 200");
        change.people().add(person("Ann")).map(drop)
    })
    .unwrap();
    assert_eq!((crm.organizations().count("").unwrap(), crm.people().count("").unwrap()), (0, 1));
    let (acme, added) = crm.organizations().upsert("erp", "4711", named([("name", "Acme".into()), ("employees", 5.into())])).unwrap();
    assert!(added);
    let (again, added) = crm.organizations().upsert("erp", "4711", named([("employees", 6.into())])).unwrap();
    assert_eq!((again.id, again.name.as_str(), again.employees, added), (acme.id, "Acme", Some(6), false));
    assert_eq!(crm.organizations().by_external("erp", "4711").unwrap().id, acme.id);
    assert_refused(crm.organizations().by_external("erp", "4712"), "not_found", "organization");
}

// P1: what the library keeps follows from what a user may write, whatever his rights over it.
#[test]
fn a_deal_moves_whatever_the_rights_over_its_stage_moves() {
    let crm = memory();
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let (user, _) = user_with(&crm, "Ann", &[("deal", Level::All, Level::All), ("stage_move", Level::None, Level::None)]);
    let ann = crm.acting_as(user).unwrap();
    let mill = ann.deals().add(deal("Mill")).unwrap();
    let next = crm.stages().find(Filter::new("kind = 'won'")).unwrap()[0].id;
    ann.deals().edit(mill.id, |fields| fields.stage_id = next).unwrap();
    assert_eq!((count(&crm, "select count(*) from stage_move"), ann.stage_moves().count("").unwrap()), (2, 0));
    let forged = StageMoveFields { entity: "deal".into(), record_id: mill.id.0, stage_id: next, ..Default::default() };
    assert_refused(crm.stage_moves().add(forged), "denied", "by the library alone");
    assert_refused(crm.stage_moves().remove(StageMoveId(1)), "denied", "by the library alone");
    assert_clean(&crm);
}

// P5: the storage may end the transaction by itself; nothing may be written beside it.
#[test]
fn what_follows_a_full_disk_in_a_change_set_is_refused() {
    let (_folder, path) = place();
    drop(Crm::open(&path).unwrap());
    let size = std::fs::metadata(&path).unwrap().len();
    let crm = Crm::open_with(&path, Options::new().max_bytes(size + 200_000)).unwrap();
    let before = dump(&path);
    let change = crm.begin("too much").unwrap();
    let text = "x".repeat(20_000);
    let full = (0..100).find_map(|n| change.organizations().add(OrganizationFields { description: Some(text.clone()), ..organization(&format!("{n}")) }).err());
    assert_eq!(full.unwrap().code(), "full");
    let after = change.organizations().add(organization("small"));
    let committed = change.commit();
    assert!(after.is_err() || committed.is_err());
    assert!(dump(&path) == before);
    crm.organizations().add(organization("small")).unwrap();
    assert_clean(&crm);
}

#[test]
fn what_follows_a_time_limit_in_a_change_set_is_refused() {
    let (_folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    crm.organizations().add_many((0..3000).map(|n| organization(&format!("{n}"))).collect::<Vec<_>>()).unwrap();
    let before = dump(&path);
    let change = crm.time_limit(Duration::from_millis(60)).begin("slow").unwrap();
    change.organizations().add(organization("first")).unwrap();
    std::thread::sleep(Duration::from_millis(80));
    let slow = "exists (select 1 from organization a join organization b on a.name < b.name where a.employees = 5)";
    assert_refused(change.organizations().count(slow), "timed_out", "time limit");
    let _ = change.organizations().add(organization("second"));
    // Either everything is there or nothing.
    let committed = change.commit().is_ok();
    assert_eq!(count(&crm, "select count(*) from organization where name in ('first', 'second')"), if committed { 2 } else { 0 });
    assert_eq!(dump(&path) == before, !committed);
    assert_clean(&crm);
}

#[test]
fn one_writer_at_a_time_within_a_process_and_between_handles() {
    let (_folder, path) = place();
    let options = || Options::new().busy_timeout(Duration::from_millis(150));
    let crm = Crm::open_with(&path, options()).unwrap();
    let other = Crm::open_with(&path, options()).unwrap();
    let change = crm.begin("long").unwrap();
    change.organizations().add(organization("Acme")).unwrap();
    for handle in [&crm, &other] {
        let started = Instant::now();
        assert_refused(handle.organizations().add(organization("Birch")), "busy", "");
        assert!((100..3000).contains(&started.elapsed().as_millis()));
        // Reading goes on, and sees only what is committed.
        assert_eq!(handle.organizations().count("").unwrap(), 0);
    }
    change.commit().unwrap();
    other.organizations().add(organization("Birch")).unwrap();
    assert_eq!(crm.organizations().count("").unwrap(), 2);
}

#[test]
fn handles_for_reading_refuse_to_write() {
    let (_folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let reading = Crm::open_with(&path, Options::new().read_only(true)).unwrap();
    assert_eq!(reading.organizations().get(acme.id).unwrap(), acme);
    assert_eq!(reading.sql("select name from organization", &[]).unwrap().text(0, "name").unwrap(), "Acme");
    assert_refused(reading.organizations().add(organization("Birch")), "read_only", "reading only");
    assert_refused(reading.undo(acme.revision), "read_only", "reading only");
    assert!(reading.verify(None, &mut |_, _| {}).unwrap().is_clean());
    let past = crm.at(crm.now()).unwrap();
    assert_refused(past.organizations().add(organization("Birch")), "read_only", "past");
    assert_refused(past.organizations().remove(acme.id), "read_only", "past");
    assert_refused(past.undo(acme.revision), "read_only", "past");
    assert_refused(past.dry_run(|_| Ok(())), "read_only", "past");
    assert_refused(past.backup_to(path.with_extension("copy"), &mut |_, _| {}), "denied", "");
    assert_eq!(crm.organizations().count("").unwrap(), 1);
}

#[test]
fn ids_are_never_given_twice() {
    let (_folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..4 {
        let one = crm.organizations().add(organization("one")).unwrap();
        assert!(seen.insert(one.id));
        crm.organizations().remove(one.id).unwrap();
        let many = crm.organizations().add_many((0..5).map(|n| organization(&format!("{n}"))).collect::<Vec<_>>()).unwrap();
        for offset in 0..5 {
            assert!(seen.insert(OrganizationId(many.first.unwrap().0 + offset)));
        }
        crm.undo(many.change_set.unwrap()).unwrap();
        crm.change("there and gone", |change| {
            let gone = change.organizations().add(organization("gone"))?;
            assert!(seen.insert(gone.id));
            change.organizations().remove(gone.id)
        })
        .unwrap();
        if round == 1 {
            drop(crm.clone());
        }
        let again = Crm::open(&path).unwrap();
        let two = again.organizations().add(organization("two")).unwrap();
        assert!(seen.insert(two.id));
        again.organizations().remove(two.id).unwrap();
    }
    assert_clean(&crm);
}

#[test]
fn parts_go_with_their_owner_and_what_is_referred_to_stays() {
    let crm = memory();
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let ann = crm.people().add(person("Ann")).unwrap();
    crm.affiliations().add(AffiliationFields { person_id: ann.id, organization_id: acme.id, ..Default::default() }).unwrap();
    crm.contact_points().add(email(acme.id, "info@acme.example")).unwrap();
    crm.notes().add(NoteFields { entity: "organization".into(), record_id: acme.id.0, text: "Nice".into(), ..Default::default() }).unwrap();
    crm.organizations().upsert("erp", "1", named([("name", "Birch".into())])).unwrap();
    let mill = crm.deals().add(DealFields { organization_id: Some(acme.id), ..deal("Mill") }).unwrap();
    let refused = refused(crm.organizations().remove(acme.id));
    assert_eq!(refused.code(), "conflict");
    assert!(refused.reason().contains("1 record(s) of `deal`"), "{refused}");
    // Nothing of it went.
    let parts = || ["affiliation", "contact_point", "note", "stage_move"].map(|table| count(&crm, &format!("select count(*) from {table}")));
    assert_eq!(parts(), [1, 1, 1, 1]);
    crm.deals().remove(mill.id).unwrap();
    assert_eq!(parts(), [1, 1, 1, 0]);
    crm.organizations().remove(acme.id).unwrap();
    assert_eq!(parts(), [0, 0, 0, 0]);
    assert_eq!(crm.people().count("").unwrap(), 1);
    assert_refused(crm.organizations().get(acme.id), "not_found", "organization");
    assert_refused(crm.organizations().remove(acme.id), "not_found", "organization");
    assert_clean(&crm);
}

#[test]
fn what_is_unique_is_refused_by_name() {
    let crm = memory();
    crm.users().add(UserFields { name: "Ann".into(), email: Some("ann@x.example".into()), ..Default::default() }).unwrap();
    let error = refused(crm.users().add(UserFields { name: "Eve".into(), email: Some("ann@x.example".into()), ..Default::default() }));
    assert_eq!((error.code(), error.field()), ("invalid", "email"));
    assert!(error.reason().contains("already taken"));
    assert_eq!(crm.users().count("").unwrap(), 1);
    crm.custom_fields().add(custom_field("organization", "budget_currency", CustomKind::Text)).unwrap();
    assert_refused(crm.custom_fields().add(custom_field("organization", "budget", CustomKind::Money)), "invalid", "a field of this name");
    assert_refused(crm.custom_fields().add(custom_field("organization", "name", CustomKind::Text)), "invalid", "a field of this name");
    assert_refused(crm.custom_fields().add(custom_field("organization", "Bad Name", CustomKind::Text)), "invalid", "lower-case");
    assert_refused(crm.custom_fields().add(custom_field("organisation", "x", CustomKind::Text)), "invalid", "did you mean `organization`");
}

// P1: records that one may not see cannot be referred to, changed or removed.
#[test]
fn rights_hold_at_the_door() {
    let crm = memory();
    let (user, role) = user_with(&crm, "Ann", &[("organization", Level::Own, Level::Own), ("activity", Level::Own, Level::Own)]);
    let ann = crm.acting_as(user).unwrap();
    let foreign = crm.organizations().add(organization("Foreign")).unwrap();
    let own = ann.organizations().add(OrganizationFields { owner_id: Some(user), ..organization("Own") }).unwrap();
    assert_refused(ann.organizations().get(foreign.id), "not_found", "none you may see");
    assert_refused(ann.organizations().set(foreign.id, named([("employees", 1.into())]), None), "not_found", "none you may see");
    assert_refused(ann.organizations().remove(foreign.id), "not_found", "none you may see");
    let other = crm.users().add(UserFields { name: "Bob".into(), ..Default::default() }).unwrap();
    assert_refused(ann.organizations().add(OrganizationFields { owner_id: Some(other.id), ..organization("Bob's") }), "denied", "may not write");
    assert_refused(ann.organizations().set(own.id, named([("owner_id", Value::Null)]), None), "denied", "may not write");
    assert_refused(ann.activities().add(ActivityFields { organization_id: Some(foreign.id), ..activity("Call") }), "invalid", "none you may see");
    assert_refused(ann.contact_points().add(email(foreign.id, "a@b.example")), "invalid", "none you may see");
    assert_refused(ann.users().add(UserFields { name: "Me".into(), ..Default::default() }), "denied", "user");
    assert_refused(
        ann.permissions().add(PermissionFields { role_id: role, entity: "*".into(), reading: Level::All, writing: Level::All, ..Default::default() }),
        "denied",
        "permission",
    );
    assert_refused(ann.user_roles().add(UserRoleFields { user_id: user, role_id: role, ..Default::default() }), "denied", "user_role");
    ann.contact_points().add(email(own.id, "a@b.example")).unwrap();
    // The acting user becomes the owner where nobody is named.
    assert_eq!(ann.activities().add(activity("Call")).unwrap().owner_id, Some(user));
    crm.users().set(user, named([("active", false.into())]), None).unwrap();
    assert_refused(ann.organizations().count(""), "denied", "no longer active");
    assert_refused(ann.organizations().add(organization("X")), "denied", "no longer active");
}

// P2: rules of the library fill and keep fields that the acting user does not see.
#[test]
fn hidden_fields_are_neither_written_nor_lost() {
    let crm = memory();
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let (user, role) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    for (target, field) in [("deal", "value"), ("deal", "closed_value"), ("deal", "owner_id"), ("organization", "credit_limit"), ("activity", "due_at")] {
        hide(&crm, role, target, field);
    }
    let ann = crm.acting_as(user).unwrap();
    let acme = crm.organizations().add(OrganizationFields { credit_limit: Some("5 EUR".parse().unwrap()), ..organization("Acme") }).unwrap();
    assert_refused(ann.organizations().set(acme.id, named([("credit_limit", "9 EUR".into())]), None), "denied", "hidden");
    assert_refused(ann.organizations().add(OrganizationFields { credit_limit: Some("5 EUR".parse().unwrap()), ..organization("X") }), "denied", "hidden");
    let seen = ann.organizations().edit(acme.id, |fields| fields.employees = Some(7)).unwrap();
    assert_eq!((seen.credit_limit, seen.employees), (None, Some(7)));
    assert_eq!(crm.organizations().get(acme.id).unwrap().credit_limit, Some("5 EUR".parse().unwrap()));

    // What rules fill in behind the veil is allowed.
    assert_eq!(ann.activities().add(ActivityFields { starts_at: Some(crm.now()), ..activity("Call") }).unwrap().due_at, None);
    let own = ann.deals().add(deal("Own")).unwrap();
    assert_eq!(crm.deals().get(own.id).unwrap().owner_id, Some(user));
    // Closing freezes the value that is there, though the one who closes does not see it (B11).
    let mill = crm.deals().add(DealFields { value: Some("100 EUR".parse().unwrap()), ..deal("Mill") }).unwrap();
    let won = crm.stages().find("kind = 'won'").unwrap().remove(0);
    let seen = ann.deals().edit(mill.id, |fields| fields.stage_id = won.id).unwrap();
    assert_eq!((seen.value, seen.closed_value, seen.status), (None, None, DealStatus::Won));
    let now = crm.deals().get(mill.id).unwrap();
    assert_eq!((now.value, now.closed_value), (Some("100 EUR".parse().unwrap()), Some(10_000)));
}

// P1
#[test]
fn records_about_records_cannot_go_round_in_circles() {
    let crm = memory();
    let (user, _) = user_with(&crm, "Ann", &[("organization", Level::Own, Level::Own)]);
    let foreign = crm.organizations().add(organization("Foreign")).unwrap();
    let about = |entity: &str, id: i64, text: &str| NoteFields { entity: entity.into(), record_id: id, text: text.into(), ..Default::default() };
    let note = crm.notes().add(about("organization", foreign.id.0, "secret")).unwrap();
    assert_refused(crm.notes().add(about("organisation", 1, "x")), "invalid", "did you mean");
    assert_refused(crm.notes().add(about("organization", 99, "x")), "invalid", "no such organization");
    assert_refused(crm.notes().add(about("note", note.id.0, "a note on a note")), "invalid", "note");
    let ann = crm.acting_as(user).unwrap();
    assert_eq!(ann.notes().count("").unwrap(), 0);
}

/// A guard: threads share handles, and may take a change set, a record and an error with them.
#[test]
fn handles_go_from_thread_to_thread() {
    fn both<T: Send + Sync>() {}
    fn moved<T: Send>() {}
    both::<Crm>();
    both::<JsonCalls>();
    both::<Organization>();
    both::<Filter>();
    both::<Table>();
    both::<Error>();
    moved::<ChangeSet>();
    let crm = memory();
    let names: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|n| (n, crm.clone())).map(|(n, crm)| scope.spawn(move || crm.organizations().add(organization(&format!("Firm {n}"))))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap().name).collect()
    });
    assert_eq!((names.len(), crm.organizations().count("").unwrap()), (4, 4));
}

// P1: rules work with what is stored, whatever is hidden from who writes, and a refusal tells nothing of it.
#[test]
fn rules_see_what_is_hidden_from_the_writer() {
    let crm = memory();
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let rate = |rate: &str| ExchangeRateFields {
        currency: "USD".parse().unwrap(),
        day: "2000-01-01".parse().unwrap(),
        rate: rate.parse().unwrap(),
        ..Default::default()
    };
    let usd = crm.exchange_rates().add(rate("2")).unwrap();
    let won = crm.stages().find("kind = 'won'").unwrap()[0].id;
    let mill = crm.deals().add(DealFields { stage_id: won, value: Some("100 USD".parse().unwrap()), ..deal("Mill") }).unwrap();
    assert_eq!(mill.closed_value, Some(20_000));
    crm.exchange_rates().update(usd.id, rate("3"), None).unwrap();
    let (user, role) = user_with(&crm, "Ann", &[("deal", Level::All, Level::All), ("organization", Level::All, Level::All)]);
    hide(&crm, role, "deal", "value");
    hide(&crm, role, "organization", "country");
    let ann = crm.acting_as(user).unwrap();
    ann.deals().edit(mill.id, |fields| fields.name = "Mill, renamed".into()).unwrap();
    let now = crm.deals().get(mill.id).unwrap();
    assert_eq!((now.name.as_str(), now.value, now.closed_value), ("Mill, renamed", mill.value, Some(20_000)), "what was frozen stays");

    // Whether a hidden field changed since a revision is told no more than what it holds.
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let before = refused(ann.organizations().set(acme.id, named([("country", "PL".into())]), Some(acme.revision)));
    crm.organizations().set(acme.id, named([("country", "DE".into())]), None).unwrap();
    let after = refused(ann.organizations().set(acme.id, named([("country", "PL".into())]), Some(acme.revision)));
    assert_eq!((before.code(), &before), ("denied", &after));

    // A field that no record can be read without is not hidden.
    for (entity, field) in [("deal", "stage_id"), ("deal", "status"), ("list", "kind"), ("organization", "name")] {
        let hidden = HiddenFieldFields { role_id: role, entity: entity.into(), field: field.into(), ..Default::default() };
        assert_refused(crm.hidden_fields().add(hidden), "invalid", "cannot be hidden");
    }
    assert_clean(&crm);
}

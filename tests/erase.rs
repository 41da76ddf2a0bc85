//! Erasure: nothing of a person is left, figures and the chain stay (B10).

use crate::support::*;
use chrono::TimeDelta;
use crm_core::*;
use std::path::Path;

/// A word that stands nowhere else, for the file to be searched for.
fn marker(number: usize) -> String {
    format!("Qzx{}Vw", number.wrapping_mul(7919) + 100_003)
}

/// A person with everything that tells of him, part of it gone or changed again: how many markers there are in it.
fn known(crm: &Crm, clock: &ManualClock, from: usize) -> (PersonId, usize) {
    let mut next = from;
    let mut word = || {
        next += 1;
        marker(next)
    };
    let fields = PersonFields::new().first_name(word()).last_name(word()).description(word());
    let jan = crm.people().add(fields).unwrap();
    let points: Vec<_> = (0..3)
        .map(|_| {
            crm.contact_points().add(ContactPointFields {
                person_id: Some(jan.id),
                value: format!("{}@b.example", word()),
                organization_id: None,
                ..email(OrganizationId(1), "")
            })
        })
        .collect::<Result<_>>()
        .unwrap();
    let street = word();
    let address = AddressFields { person_id: Some(jan.id), street: Some(street), city: Some(word()), country: Some("PL".into()), ..Default::default() };
    let address = crm.addresses().add(address).unwrap();
    let note = NoteFields::new("person", jan.id.0, word());
    let note = crm.notes().add(note).unwrap();
    crm.aliases().add(AliasFields::new("person", jan.id.0, word())).unwrap();
    crm.external_refs().add(ExternalRefFields::new("person", jan.id.0, "sap", word())).unwrap();
    crm.people().set(jan.id, named([("nick", word().into()), ("shoe", 43.into())]), None).unwrap();
    clock.advance(TimeDelta::days(1));
    crm.contact_points().remove(points[0].id).unwrap();
    crm.contact_points().edit(points[1].id, |point| point.value = format!("{}@b.example", word())).unwrap();
    crm.people().edit(jan.id, |person| person.last_name = Some(word())).unwrap();
    crm.addresses().edit(address.id, |address| address.street = Some(word())).unwrap();
    crm.notes().edit(note.id, |note| note.text = word()).unwrap();
    crm.notes().remove(note.id).unwrap();
    clock.advance(TimeDelta::days(1));
    (jan.id, next - from)
}

fn open(path: &Path) -> (Crm, std::sync::Arc<ManualClock>) {
    let (crm, clock) = open_with_clock(path);
    crm.custom_fields().add(custom_field("person", "nick", CustomKind::Text)).unwrap();
    crm.custom_fields().add(custom_field("person", "shoe", CustomKind::Integer)).unwrap();
    (crm, clock)
}

fn erase(crm: &Crm, person: PersonId) -> Result<Erased> {
    crm.erase("person", person.0, "asked to", &mut |_, _| {})
}

fn curve(crm: &Crm, entity: &str) -> Vec<String> {
    table_rows(&crm.over_time(entity, &OverTime::new()).unwrap())
}

#[test]
fn what_was_erased_is_nowhere_and_figures_stay() {
    let (folder, path) = place();
    let (crm, clock) = open(&path);
    let (jan, markers) = known(&crm, &clock, 0);
    let (eve, others) = known(&crm, &clock, 1000);
    crm.organizations().add(OrganizationFields::new("Acme").description(format!("ask {} for {}", marker(1), marker(2)))).unwrap();
    let then = crm.now();
    clock.advance(TimeDelta::days(1));
    let curves = |crm: &Crm| ["person", "contact_point", "note", "address"].map(|entity| curve(&crm.at(then).unwrap(), entity));
    let (before, kept) = (curves(&crm), crm.verify(None, &mut |_, _| {}).unwrap().head);
    assert_eq!(crm.search(marker(1).as_str()).unwrap().hits.len(), 2, "the person, and who names him");

    let erased = erase(&crm, jan).unwrap();
    assert_eq!((erased.records, erased.versions), (8, 13));
    // Who else names him is told, and nothing else is.
    assert!(erased.mentions.is_empty(), "a name is what the title is: {:?}", erased.mentions);
    assert_eq!(curves(&crm), before, "what was counted then is counted still");
    assert_eq!(crm.contact_points().count(Filter::new("person_id = ?1").bind(jan)).unwrap(), 0, "what says nothing else is removed");
    let address = &crm.at(then).unwrap().addresses().find(Filter::new("person_id = ?1").bind(jan)).unwrap()[0];
    assert_eq!((address.street.as_deref(), address.city.as_deref(), address.country.as_deref()), (None, None, Some("PL")));
    let person = crm.people().get(jan).unwrap();
    assert_eq!(
        (person.name.as_str(), person.last_name.as_deref(), &person.custom["nick"], &person.custom["shoe"]),
        ("", None, &Value::Null, &Value::Integer(43))
    );
    assert_eq!(crm.at(then).unwrap().people().get(jan).unwrap().last_name, None);
    for change in crm.history("person", jan.0).unwrap() {
        assert!(!format!("{change:?}").contains("Qzx"), "{change:?}");
    }
    assert_eq!(crm.search(marker(1).as_str()).unwrap().hits.len(), 1);
    assert_eq!(crm.verify(Some(kept), &mut |_, _| {}).unwrap().findings, Vec::<String>::new());

    // Nothing brings it back.
    assert_refused(crm.undo(erased.change_set), "conflict", "erased");
    let sets: Vec<_> = crm.history("person", jan.0).unwrap().iter().map(|change| change.change_set).collect();
    assert_refused(crm.undo(sets[1]), "conflict", "erased");
    let gone = crm.changes(0, 10_000).unwrap().into_iter().find(|event| event.entity == "contact_point" && event.operation == Operation::Delete).unwrap();
    assert_refused(crm.undo(gone.change_set), "conflict", "erased");
    assert_eq!(crm.changes(0, 10_000).unwrap().iter().filter(|event| event.operation == Operation::Erase).count(), 8);
    // What is written afterwards is a record like any other.
    crm.people().edit(jan, |person| person.last_name = Some("New".into())).unwrap();
    assert_clean(&crm);

    crm.vacuum(&mut |_, _| {}).unwrap();
    assert_clean(&crm);
    let everything = |folder: &Path| {
        let (mut all, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() { folders.push(entry) } else { all.extend(std::fs::read(entry).unwrap()) }
            }
        }
        all
    };
    let bytes = everything(folder.path()).to_ascii_lowercase();
    let found = |number: usize| {
        let word = marker(number).to_lowercase();
        bytes.windows(word.len()).any(|window| window == word.as_bytes())
    };
    // Those that somebody else's text names are his to change.
    assert_eq!((1..=markers).filter(|number| found(*number)).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((1001..=1000 + others).filter(|number| found(*number)).count(), others, "others are as they were");
    assert!(crm.people().get(eve).unwrap().last_name.is_some_and(|name| name.starts_with("Qzx")));
}

#[test]
fn who_else_names_him_is_told() {
    let (crm, clock) = open_with_clock(":memory:");
    let jan = crm.people().add(PersonFields::new().first_name("Jan").last_name("Kowalski")).unwrap();
    crm.contact_points()
        .add(ContactPointFields { person_id: Some(jan.id), value: "jan@b.example".into(), organization_id: None, ..email(OrganizationId(1), "") })
        .unwrap();
    let acme = crm.organizations().add(OrganizationFields::new("Acme").description("ask JAN  KOWALSKI")).unwrap();
    let birch = crm.organizations().add(OrganizationFields::new("Birch").description("write to jan@b.example")).unwrap();
    clock.advance(TimeDelta::days(1));
    crm.organizations().edit(birch.id, |organization| organization.description = None).unwrap();
    crm.change("a call with Jan Kowalski", |change| change.organizations().add(organization("Cedar"))).unwrap();
    let mentions = erase(&crm, jan.id).unwrap().mentions;
    let told: Vec<_> = mentions.iter().map(|mention| (mention.entity.as_str(), mention.record_id, mention.field.as_str(), mention.former)).collect();
    let label = crm.history("organization", 3).unwrap()[0].change_set.0;
    assert_eq!(
        told,
        [("organization", acme.id.0, "description", false), ("organization", birch.id.0, "description", true), ("change_set", label, "label", false)]
    );
}

#[test]
fn who_may_erase_what() {
    let (crm, clock) = open_with_clock(":memory:");
    let jan = crm.people().add(person("Jan Kowalski")).unwrap().id;
    let (ann, _) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    assert_refused(erase(&crm.acting_as(ann).unwrap(), jan), "denied", "only a handle without a user");
    assert_refused(erase(&crm, PersonId(99)), "not_found", "no such person");
    assert_refused(crm.erase("persn", 1, "", &mut |_, _| {}), "invalid", "did you mean `person`?");
    let then = crm.now();
    clock.advance(TimeDelta::days(1));
    assert_refused(erase(&crm.at(then).unwrap(), jan), "read_only", "past");
    // Who is gone is erased, too, and more than once.
    crm.people().remove(jan).unwrap();
    assert_eq!(erase(&crm, jan).unwrap().versions, 1);
    assert_eq!(crm.at(then).unwrap().people().get(jan).unwrap().name, "");
    assert_refused(erase(&crm, jan), "conflict", "nothing of it is left");
    assert_clean(&crm);
    // Of a load, single records are erased, and the rest of it is still checked.
    let loaded = crm.people().add_many((0..50).map(|n| person(&format!("Person {n}"))).collect::<Vec<_>>()).unwrap();
    let first = loaded.first.unwrap().0;
    for id in [first, first + 7, first + 49] {
        erase(&crm, PersonId(id)).unwrap();
    }
    assert_clean(&crm);
    // A load that is taken back may have been erased in part; what comes back of that is empty.
    let undone = crm.undo(loaded.change_set.unwrap()).unwrap();
    crm.undo(undone).unwrap();
    assert_eq!((crm.people().get(PersonId(first)).unwrap().name.as_str(), crm.people().count("").unwrap()), ("", 50));
    clock.advance(TimeDelta::days(1));
    crm.prune(Some(crm.now()), &[]).unwrap();
    assert_clean(&crm);
}

#[test]
fn whoever_passes_something_for_erased_is_found_out() {
    let (folder, path) = place();
    let (crm, clock) = open(&path);
    let (jan, _) = known(&crm, &clock, 0);
    let (_eve, _) = known(&crm, &clock, 1000);
    erase(&crm, jan).unwrap();
    assert_clean(&crm);
    drop(crm);
    for (number, altering) in [
        "delete from erased_version",
        "delete from erased_version where entity = 'note'",
        "update erased_version set rest = randomblob(32) where entity = 'person'",
        "update erased_version set change_set = change_set - 1",
        "update erased_version set personal = randomblob(32) where entity = 'person'",
        "insert into erased_version select 'person', id, revision, 1, randomblob(32), randomblob(32) from person where id = 2",
        "insert into erased_version select 'person', id, revision, 1, randomblob(32), randomblob(32) from person_past where id = 2",
        "update person_past set last_name = 'Nobody' where id = 1",
        "update person_past set custom_2 = 44 where id = 1",
        "delete from change where operation = 'erase'",
        "update change set operation = 'erase' where id = (select max(id) from change where operation = 'update')",
    ]
    .into_iter()
    .enumerate()
    {
        let copy = folder.path().join(format!("altered-{number}.crm"));
        std::fs::copy(&path, &copy).unwrap();
        raw(&copy).execute_batch(altering).unwrap();
        assert_ne!(Crm::open(&copy).unwrap().verify(None, &mut |_, _| {}).unwrap().findings, Vec::<String>::new(), "{altering}");
    }
}

#[test]
fn what_belongs_to_somebody_else_now_is_not_his_to_take() {
    let (crm, clock) = open_with_clock(":memory:");
    let [anna, bert] = ["Anna Lis", "Bert Mak"].map(|name| crm.people().add(person(name)).unwrap().id);
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    let of = |person: PersonId, value: &str| ContactPointFields { person_id: Some(person), organization_id: None, ..email(OrganizationId(1), value) };
    let (mail, gone) = (crm.contact_points().add(of(bert, "bert@b.example")).unwrap().id, crm.contact_points().add(of(anna, "anna@b.example")).unwrap().id);
    let note = crm.notes().add(NoteFields::new("organization", acme.0, "Pays late")).unwrap().id;
    // Given to Anna by a slip, and put right.
    crm.contact_points().edit(mail, |point| point.person_id = Some(anna)).unwrap();
    crm.notes().edit(note, |note| (note.entity, note.record_id) = ("person".into(), anna.0)).unwrap();
    clock.advance(TimeDelta::days(1));
    crm.contact_points().edit(mail, |point| point.person_id = Some(bert)).unwrap();
    crm.notes().edit(note, |note| (note.entity, note.record_id) = ("organization".into(), acme.0)).unwrap();
    crm.contact_points().remove(gone).unwrap();
    // What was hers when it went is told, and goes.
    assert!(crm.export_of("person", anna.0).unwrap().contains("anna@b.example"));
    assert!(!crm.export_of("person", anna.0).unwrap().contains("Pays late"));
    assert_eq!(erase(&crm, anna).unwrap().records, 2);
    assert_eq!((crm.contact_points().get(mail).unwrap().value.as_str(), crm.notes().get(note).unwrap().text.as_str()), ("bert@b.example", "Pays late"));
    assert!(!format!("{:?}", crm.history("contact_point", gone.0).unwrap()).contains("anna"));
    assert_clean(&crm);
}

#[test]
fn fields_of_ones_own_are_erased_as_they_say_and_when_they_are_gone() {
    let (folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    let jan = crm.people().add(person("Jan Kowalski")).unwrap().id;
    let fields = ["health", "hobby"]
        .map(|name| crm.custom_fields().add(CustomFieldFields { personal: Some(false), ..custom_field("person", name, CustomKind::Text) }).unwrap());
    crm.people().set(jan, named([("health", "Qzxhealth".into()), ("hobby", "Qzxhobby".into())]), None).unwrap();
    clock.advance(TimeDelta::days(1));
    erase(&crm, jan).unwrap();
    assert_eq!(crm.people().get(jan).unwrap().custom["hobby"], Value::from("Qzxhobby"));
    // What is personal since is erased by the next one, and what no field tells of any more.
    crm.custom_fields().edit(fields[1].id, |field| field.personal = Some(true)).unwrap();
    let removed = crm.change("gone", |change| change.custom_fields().remove(fields[0].id)).unwrap().change_set.unwrap();
    erase(&crm, jan).unwrap();
    assert_clean(&crm);
    crm.undo(removed).unwrap();
    let read = crm.people().get(jan).unwrap();
    assert_eq!((&read.custom["health"], &read.custom["hobby"]), (&Value::Null, &Value::Null));
    assert_refused(erase(&crm, jan), "conflict", "nothing of it is left");
    crm.vacuum(&mut |_, _| {}).unwrap();
    assert_clean(&crm);
    drop(crm);
    let bytes = std::fs::read(folder.path().join(path.file_name().unwrap())).unwrap();
    assert!(!bytes.windows(3).any(|window| window == b"Qzx"));
}

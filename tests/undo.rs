//! Undo of any change set (B1).

use crate::support::*;
use crm_core::*;

fn label_of(crm: &Crm, change_set: ChangeSetId) -> Option<String> {
    crm.changes(0, 10_000).unwrap().into_iter().find(|event| event.change_set == change_set).and_then(|event| event.label)
}

// B1
#[test]
fn an_edit_an_addition_and_a_removal_are_taken_back() {
    let crm = memory();
    let acme = crm.organizations().add(OrganizationFields { annual_revenue: Some("5 EUR".parse().unwrap()), ..organization("Acme") }).unwrap();
    let edited = crm.organizations().set(acme.id, named([("annual_revenue", "6 USD".into()), ("name", "Acme AG".into())]), None).unwrap();
    let undone = crm.undo(edited.revision).unwrap();
    let back = crm.organizations().get(acme.id).unwrap();
    assert_eq!((back.name.as_str(), back.annual_revenue, back.revision), ("Acme", Some("5 EUR".parse().unwrap()), undone));
    assert_eq!(label_of(&crm, undone), Some(format!("undo of change set {}", edited.revision)));

    crm.undo(undone).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().name, "Acme AG");
    crm.undo(crm.organizations().get(acme.id).unwrap().revision).unwrap();

    let birch = crm.organizations().add(organization("Birch")).unwrap();
    crm.undo(birch.revision).unwrap();
    assert_refused(crm.organizations().get(birch.id), "not_found", "organization");
    assert_clean(&crm);
}

// B1: a removal comes back with its parts, under the same ids.
#[test]
fn a_removed_customer_comes_back_whole() {
    let (crm, clock) = open_with_clock(":memory:");
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let ann = crm.people().add(person("Ann")).unwrap();
    crm.affiliations().add(AffiliationFields { person_id: ann.id, organization_id: acme.id, role: Some("sales".into()), ..Default::default() }).unwrap();
    for value in ["a@x.example", "b@x.example"] {
        crm.contact_points().add(email(acme.id, value)).unwrap();
    }
    crm.notes().add(NoteFields { entity: "organization".into(), record_id: acme.id.0, text: "Nice".into(), ..Default::default() }).unwrap();
    let all = || {
        ["organization", "affiliation", "contact_point", "note"].map(|table| {
            table_rows(&crm.sql(&format!("select * from {table} order by id"), &[]).unwrap()).into_iter().map(|row| strip_stamps(&row)).collect::<Vec<_>>()
        })
    };
    let before = all();
    clock.advance(chrono::TimeDelta::days(1));
    let removed = crm.change("away with it", |change| change.organizations().remove(acme.id)).unwrap().change_set.unwrap();
    assert_eq!(all().map(|rows| rows.len()), [0, 0, 0, 0]);
    assert_eq!(crm.obstacles(removed).unwrap(), vec![]);
    let restored = crm.undo(removed).unwrap();
    assert_eq!(all(), before);
    let history = crm.organizations().history(acme.id).unwrap();
    assert_eq!(history.iter().map(|change| change.operation).collect::<Vec<_>>(), [Operation::Restore, Operation::Delete, Operation::Insert]);
    crm.undo(restored).unwrap();
    assert_eq!(all().map(|rows| rows.len()), [0, 0, 0, 0]);
    assert_clean(&crm);
}

/// A row without revision and times, which an undo moves on.
fn strip_stamps(row: &str) -> String {
    row.split('|').enumerate().filter(|(at, _)| !(1..4).contains(at)).map(|(_, cell)| cell).collect::<Vec<_>>().join("|")
}

// B1
#[test]
fn a_bulk_load_is_taken_back_and_brought_again() {
    let crm = memory();
    let loaded = crm.organizations().add_many((0..6000).map(|n| organization(&format!("Company {n}"))).collect::<Vec<_>>()).unwrap();
    let set = loaded.change_set.unwrap();
    let other = crm.organizations().add(organization("Other")).unwrap();
    // One of them changed since: it stands in the way, and is named.
    let some = OrganizationId(loaded.first.unwrap().0 + 10);
    let edited = crm.organizations().set(some, named([("employees", 5.into())]), None).unwrap();
    assert_eq!(
        serde_json::to_value(crm.obstacles(set).unwrap()).unwrap(),
        serde_json::json!([{"entity": "organization", "record_id": some.0, "fields": ["employees"], "reason": "was changed again"}])
    );
    assert_refused(crm.undo(set), "conflict", "(employees)");
    assert_eq!(crm.organizations().count("").unwrap(), 6001);
    crm.undo(edited.revision).unwrap();
    let undone = crm.undo(set).unwrap();
    assert_eq!(crm.organizations().find("").unwrap().into_iter().map(|one| one.id).collect::<Vec<_>>(), [other.id]);
    crm.undo(undone).unwrap();
    assert_eq!(crm.organizations().count("").unwrap(), 6001);
    assert_eq!(crm.organizations().get(some).unwrap().name, "Company 10");
    assert_clean(&crm);
}

// B1
#[test]
fn changes_that_touch_other_fields_and_records_do_not_stand_in_the_way() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let first = crm.organizations().set(acme.id, named([("employees", 5.into())]), None).unwrap().revision;
    crm.organizations().set(acme.id, named([("country", "PL".into())]), None).unwrap();
    crm.people().add(person("Ann")).unwrap();
    crm.undo(first).unwrap();
    let now = crm.organizations().get(acme.id).unwrap();
    assert_eq!((now.employees, now.country.as_deref()), (None, Some("PL")));
    // Changed away and back again is as it was left.
    let second = crm.organizations().set(acme.id, named([("employees", 6.into())]), None).unwrap().revision;
    crm.organizations().set(acme.id, named([("employees", 7.into())]), None).unwrap();
    assert_refused(crm.undo(second), "conflict", "employees");
    crm.organizations().set(acme.id, named([("employees", 6.into())]), None).unwrap();
    crm.undo(second).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().employees, None);
    assert_clean(&crm);
}

#[test]
fn obstacles_are_named() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let edited = crm.organizations().set(acme.id, named([("employees", 5.into())]), None).unwrap().revision;
    let ann = crm.people().add(person("Ann")).unwrap();
    crm.affiliations().add(AffiliationFields { person_id: ann.id, organization_id: acme.id, ..Default::default() }).unwrap();
    let reasons = |set| {
        crm.obstacles(set).unwrap().into_iter().map(|one| format!("{} {} {:?} {}", one.entity, one.record_id, one.fields, one.reason)).collect::<Vec<_>>()
    };
    assert_eq!(reasons(ann.revision), [format!("person {} [] 1 later record(s) refer to it", ann.id)]);
    let removed = crm.change("away", |change| change.organizations().remove(acme.id)).unwrap().change_set.unwrap();
    assert_eq!(reasons(edited), [format!("organization {} [] was removed", acme.id)]);
    crm.undo(removed).unwrap();
    assert_eq!(reasons(removed), [format!("organization {} [] is there again", acme.id), "affiliation 1 [] is there again".to_owned()]);
    assert_refused(crm.undo(removed), "conflict", "is there again");
    assert_refused(crm.undo(ChangeSetId(999)), "not_found", "change_set");
    assert_refused(crm.obstacles(ChangeSetId(0)), "not_found", "change_set");
    assert_clean(&crm);
}

// B1, D5
#[test]
fn a_custom_field_goes_and_comes_back_with_its_values() {
    let crm = memory();
    let field = crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    let acme = crm.organizations().add_named(named([("name", "Acme".into()), ("colour", "red".into())])).unwrap();
    let undone = crm.undo(field.revision).unwrap();
    assert_refused(crm.organizations().count("colour = 'red'"), "invalid", "unknown field");
    assert!(crm.organizations().get(acme.id).unwrap().custom.is_empty());
    assert!(crm.sql("select colour from organization", &[]).is_err());
    crm.undo(undone).unwrap();
    assert_eq!(crm.organizations().count("colour = 'red'").unwrap(), 1);
    // A removed field, too; and a second one of its name is another field.
    let removed = crm.change("no colour", |change| change.custom_fields().remove(field.id)).unwrap().change_set.unwrap();
    let second = crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Integer)).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().custom["colour"], Value::Null);
    assert_refused(crm.undo(removed), "conflict", "custom_field 1: is already taken by another record (entity, name)");
    assert_eq!(crm.obstacles(removed).unwrap()[0].fields, ["entity", "name"]);
    crm.undo(second.revision).unwrap();
    crm.undo(removed).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().custom["colour"], "red".into());
    assert_clean(&crm);
}

// B2: the past of records that had a field which is gone.
#[test]
fn the_past_can_be_read_after_a_custom_field_is_gone() {
    let (crm, clock) = open_with_clock(":memory:");
    let field = crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    let acme = crm.organizations().add_named(named([("name", "Acme".into()), ("colour", "red".into())])).unwrap();
    let birch = crm.organizations().add_named(named([("name", "Birch".into()), ("colour", "red".into())])).unwrap();
    let then = crm.now();
    clock.advance(chrono::TimeDelta::days(1));
    crm.organizations().remove(acme.id).unwrap();
    let blue = crm.organizations().set(birch.id, named([("colour", "blue".into())]), None).unwrap();
    crm.custom_fields().remove(field.id).unwrap();
    let past = crm.at(then).unwrap();
    assert_eq!(past.organizations().find(Filter::new("").order_by("name")).unwrap().into_iter().map(|one| one.name).collect::<Vec<_>>(), ["Acme", "Birch"]);
    assert_eq!(past.organizations().history(birch.id).unwrap().len(), 1);
    assert_eq!(crm.organizations().history(birch.id).unwrap().len(), 2);
    // What the field held is out of reach, so there is nothing to take back.
    assert!(crm.obstacles(blue.revision).unwrap().is_empty());
    assert_clean(&crm);
}

// B1, B11
#[test]
fn settings_and_rates_are_taken_back() {
    let crm = memory();
    let worth = || crm.sql("select in_base(100, 'USD', '2026-01-02') as n", &[]).map(|table| table.integer(0, "n").unwrap());
    assert_eq!(refused(worth()).code(), "invalid");
    let rate = crm.exchange_rates().add_named(named([("currency", "USD".into()), ("day", "2026-01-01".into()), ("rate", "0.5".into())])).unwrap();
    assert_eq!(worth().unwrap(), 50);
    let dearer = crm.exchange_rates().set(rate.id, named([("rate", "0.9".into())]), None).unwrap();
    assert_eq!(worth().unwrap(), 90);
    crm.undo(dearer.revision).unwrap();
    assert_eq!(worth().unwrap(), 50);
    crm.undo(crm.exchange_rates().get(rate.id).unwrap().revision).unwrap();
    crm.undo(rate.revision).unwrap_err();
    let removed = crm.change("no rate", |change| change.exchange_rates().remove(rate.id)).unwrap().change_set.unwrap();
    assert_eq!(refused(worth()).code(), "invalid");
    let setting = crm.settings().add(SettingFields { name: "base_currency".into(), value: "USD".into(), ..Default::default() }).unwrap();
    assert_eq!(worth().unwrap(), 100);
    crm.undo(setting.revision).unwrap();
    assert_eq!(refused(worth()).code(), "invalid");
    crm.undo(removed).unwrap();
    assert_eq!(worth().unwrap(), 90);
    assert_clean(&crm);
}

// B1, P1: rights taken back hold at once.
#[test]
fn rights_are_taken_back() {
    let crm = memory();
    let (user, role) = user_with(&crm, "Ann", &[]);
    let ann = crm.acting_as(user).unwrap();
    crm.organizations().add(organization("Acme")).unwrap();
    assert_eq!(ann.organizations().count("").unwrap(), 0);
    let fields = PermissionFields { role_id: role, entity: "organization".into(), reading: Level::All, writing: Level::None, ..Default::default() };
    let granted = crm.permissions().add(fields).unwrap();
    assert_eq!(ann.organizations().count("").unwrap(), 1);
    crm.undo(granted.revision).unwrap();
    assert_eq!(ann.organizations().count("").unwrap(), 0);
}

// B1, P1, P2: who undoes must have the right to write what the undo writes.
#[test]
fn a_restricted_user_undoes_only_what_he_may_write() {
    let crm = memory();
    let (user, role) = user_with(&crm, "Ann", &[("organization", Level::Own, Level::Own)]);
    let ann = crm.acting_as(user).unwrap();
    let own = ann.organizations().add(OrganizationFields { owner_id: Some(user), ..organization("Own") }).unwrap();
    let edit = ann.organizations().set(own.id, named([("employees", 5.into())]), None).unwrap();
    ann.undo(edit.revision).unwrap();
    assert_eq!(ann.organizations().get(own.id).unwrap().employees, None);

    let foreign = crm.organizations().add(organization("Foreign")).unwrap();
    let changed = crm.organizations().set(foreign.id, named([("employees", 9.into())]), None).unwrap();
    // A change set he may not see is none to him, as is one that was never made.
    let no_such = |set: ChangeSetId| {
        let refused = (ann.undo(set).unwrap_err(), ann.obstacles(set).unwrap_err());
        let never = (ann.undo(ChangeSetId(1 << 40)).unwrap_err(), ann.obstacles(ChangeSetId(1 << 40)).unwrap_err());
        assert_eq!(refused, never);
        assert_eq!(never.0.code(), "not_found");
    };
    no_such(changed.revision);
    assert_eq!(crm.organizations().get(foreign.id).unwrap().employees, Some(9));
    // What stands in the way of an undo he may not do is none of his business.
    crm.organizations().set(foreign.id, named([("employees", 10.into())]), None).unwrap();
    no_such(changed.revision);

    let gone = crm.change("away", |change| change.organizations().remove(foreign.id)).unwrap().change_set.unwrap();
    no_such(gone);
    no_such(foreign.revision);
    // Nor may he take back his loss of a record.
    let handed = crm.organizations().set(own.id, named([("owner_id", Value::Null)]), None).unwrap();
    no_such(handed.revision);
    // Of his own he is told what stands in the way.
    assert_refused(ann.undo(own.revision), "denied", "may not write");
    crm.undo(handed.revision).unwrap();

    let limit = crm.organizations().set(own.id, named([("credit_limit", "5 EUR".into())]), None).unwrap();
    hide(&crm, role, "organization", "credit_limit");
    assert_refused(ann.undo(limit.revision), "denied", "may not see");
    assert_eq!(crm.organizations().get(own.id).unwrap().credit_limit, Some("5 EUR".parse().unwrap()));
    // One he sees and may not write is refused with a reason.
    let (reader, _) = user_with(&crm, "Ben", &[("organization", Level::All, Level::None)]);
    assert_refused(crm.acting_as(reader).unwrap().undo(limit.revision), "denied", "may not write");
    assert_refused(crm.acting_as(reader).unwrap().obstacles(limit.revision), "denied", "may not write");
    // Removing and bringing back a whole record is no look at what is hidden in it.
    let removed = ann.change("away", |change| change.organizations().remove(own.id)).unwrap().change_set.unwrap();
    ann.undo(removed).unwrap();
    assert_eq!(crm.organizations().get(own.id).unwrap().credit_limit, Some("5 EUR".parse().unwrap()));
    assert_clean(&crm);
}

// B1, S1: closing a deal touches several records; the undo takes all of it back.
#[test]
fn a_closed_deal_is_reopened_by_undo() {
    let (crm, clock) = open_with_clock(":memory:");
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let mill = crm.deals().add(DealFields { value: Some("100 EUR".parse().unwrap()), ..deal("Mill") }).unwrap();
    clock.advance(chrono::TimeDelta::days(3));
    let won = crm.stages().find("kind = 'won'").unwrap().remove(0).id;
    let closed = crm.deals().edit(mill.id, |fields| fields.stage_id = won).unwrap();
    assert_eq!((closed.status, closed.closed_value, closed.closed_on), (DealStatus::Won, Some(10_000), Some(crm.now().date_naive())));
    crm.undo(closed.revision).unwrap();
    let open = crm.deals().get(mill.id).unwrap();
    assert_eq!(DealFields { ..open_fields(&open) }, open_fields(&mill));
    assert_eq!(count(&crm, "select count(*) from stage_move where left_at is null"), 1);
    assert_clean(&crm);
}

fn open_fields(deal: &Deal) -> DealFields {
    use crm_core::entity::Entity;
    deal.fields()
}

// B1: what is about a record that an undo would take away stands in its way, and nothing comes back about a record that is gone.
#[test]
fn nothing_is_left_about_what_an_undo_took_away() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let note = NoteFields { entity: "organization".into(), record_id: acme.id.0, text: "Nice".into(), ..Default::default() };
    let note = crm.notes().add(note).unwrap();
    assert_eq!(crm.obstacles(acme.revision).unwrap()[0].reason, "1 later record(s) refer to it");
    assert_refused(crm.undo(acme.revision), "conflict", "refer to it");
    let removed = crm.change("no note", |change| change.notes().remove(note.id)).unwrap().change_set.unwrap();
    crm.organizations().remove(acme.id).unwrap();
    assert_eq!(crm.obstacles(removed).unwrap()[0].reason, "what it refers to is gone");
    assert_refused(crm.undo(removed), "conflict", "gone");
    assert_eq!((crm.notes().count("").unwrap(), crm.organizations().count("").unwrap()), (0, 0));
    assert_clean(&crm);
}

// B1: what a change set changed and changed back is no change, so there is nothing to take back.
#[test]
fn what_came_to_nothing_leaves_nothing_to_undo() {
    let crm = memory();
    let acme = crm.organizations().add(OrganizationFields { employees: Some(2), ..organization("Acme") }).unwrap();
    let done = crm.change("to and fro", |change| {
        change.organizations().edit(acme.id, |fields| fields.employees = Some(1))?;
        change.organizations().edit(acme.id, |fields| fields.employees = Some(2))
    });
    assert_refused(crm.undo(done.unwrap().change_set.unwrap()), "conflict", "nothing is left");
    assert_clean(&crm);
}

// B1: what a change set changed and then removed is what it was before.
#[test]
fn what_was_changed_and_removed_by_one_set_is_what_it_was() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let done = crm.change("away", |change| {
        change.organizations().edit(acme.id, |fields| fields.name = "Last".into())?;
        change.organizations().remove(acme.id)
    });
    let undone = crm.undo(done.unwrap().change_set.unwrap()).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().name, "Acme");
    crm.undo(undone).unwrap();
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    assert_clean(&crm);
}

// B1: nothing comes to be about, or to refer to, what is gone by it or is gone already, and what stands in the way is named.
#[test]
fn what_an_undo_would_leave_without_what_it_refers_to_stands_in_its_way() {
    let crm = memory();
    let note_on = |id: OrganizationId| NoteFields { entity: "organization".into(), record_id: id.0, text: "Nice".into(), ..Default::default() };
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    let birch = crm.organizations().add(organization("Birch")).unwrap().id;
    let note = crm.notes().add(note_on(acme)).unwrap().id;
    // Only one of the two fields comes back that say what it is about.
    let moved = crm.notes().edit(note, |fields| fields.record_id = birch.0).unwrap().revision;
    let removed = crm.change("no Acme", |change| change.organizations().remove(acme)).unwrap().change_set.unwrap();
    let obstacles = crm.obstacles(moved).unwrap();
    assert_eq!((obstacles[0].reason.as_str(), &obstacles[0].fields), ("what it refers to is gone", &vec!["record_id".to_owned()]));
    assert_refused(crm.undo(moved), "conflict", "gone");
    crm.undo(removed).unwrap();
    crm.undo(moved).unwrap();
    assert_eq!(crm.notes().get(note).unwrap().record_id, acme.0);

    // What the set changed otherwise came to refer to what it added.
    let call = crm.activities().add(activity("Call")).unwrap().id;
    let added = crm.change("a third", |change| {
        let cedar = change.organizations().add(organization("Cedar"))?.id;
        change.notes().edit(note, |fields| fields.text = "Nicer".into())?;
        change.activities().edit(call, |fields| fields.subject = "Meeting".into())?;
        Ok(cedar)
    });
    let added = added.unwrap();
    let turned = crm.notes().edit(note, |fields| fields.record_id = added.value.0).unwrap().revision;
    let set = added.change_set.unwrap();
    let reasons = || crm.obstacles(set).unwrap().into_iter().map(|one| one.reason).collect::<Vec<_>>();
    assert_eq!(reasons(), ["1 later record(s) refer to it"]);
    assert_refused(crm.undo(set), "conflict", "refer to it");
    crm.undo(turned).unwrap();
    let turned = crm.activities().edit(call, |fields| fields.organization_id = Some(added.value)).unwrap().revision;
    assert_eq!(reasons(), ["1 later record(s) refer to it"]);
    assert_refused(crm.undo(set), "conflict", "later changes stand in the way: organization 3: 1 later record(s) refer to it");
    crm.undo(turned).unwrap();
    crm.undo(set).unwrap();

    // A load comes back as a whole.
    let points = [email(birch, "a@b.example"), email(birch, "c@b.example")];
    let loaded = crm.contact_points().add_many(points).unwrap().change_set.unwrap();
    let undone = crm.undo(loaded).unwrap();
    let removed = crm.change("no Birch", |change| change.organizations().remove(birch)).unwrap().change_set.unwrap();
    assert_eq!(crm.obstacles(undone).unwrap().len(), 2);
    assert_refused(crm.undo(undone), "conflict", "contact_point 1: what it refers to is gone (organization_id)");
    crm.undo(removed).unwrap();
    crm.undo(undone).unwrap();
    assert_eq!(crm.contact_points().count("").unwrap(), 2);
    assert_clean(&crm);
}

// B1: what a field held comes back with the field, also where one change set changed the one and took away the other.
#[test]
fn a_field_comes_back_with_what_it_held() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    let field = crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    let paint = |change: &ChangeSet, colour: &str| change.organizations().set(acme, named([("colour", colour.into())]), None).map(drop);
    crm.change("red", |change| paint(change, "red")).unwrap();
    let done = crm.change("blue, then gone", |change| {
        paint(change, "blue")?;
        change.organizations().edit(acme, |fields| fields.name = "Azure".into())?;
        change.custom_fields().remove(field.id)
    });
    let done = done.unwrap().change_set.unwrap();
    assert_eq!(crm.obstacles(done).unwrap(), []);
    let undone = crm.undo(done).unwrap();
    let read = crm.organizations().get(acme).unwrap();
    assert_eq!((read.name.as_str(), &read.custom["colour"]), ("Acme", &Value::from("red")));
    crm.undo(undone).unwrap();
    let read = crm.organizations().get(acme).unwrap();
    assert_eq!((read.name.as_str(), read.custom.len()), ("Azure", 0));
    assert_clean(&crm);
}

// B2: what was refused leaves nothing of it in the past, though its change set goes on.
#[test]
fn a_change_that_is_refused_leaves_no_version() {
    let (crm, clock) = open_with_clock(":memory:");
    let add = |name: &str| crm.users().add(UserFields { email: Some(format!("{name}@b.example")), ..UserFields::new(name) }).unwrap().id;
    let (_ann, bob) = (add("ann"), add("bob"));
    let then = crm.now();
    clock.advance(chrono::TimeDelta::days(1));
    let import = "name,email\nbob,ann@b.example\ncid,cid@b.example\n";
    let done = crm.import_csv_from("user", import.as_bytes(), &Import::new().key(["name"]), &mut |_, _| {}).unwrap();
    assert_eq!((done.added, done.failed), (1, 1));
    crm.change("on", |change| {
        assert_refused(change.users().edit(bob, |user| user.email = Some("ann@b.example".into())), "invalid", "taken");
        change.users().edit(bob, |user| user.name = "Bobby".into()).map(drop)
    })
    .unwrap();
    assert_eq!(crm.at(then).unwrap().users().count("").unwrap(), 2);
    assert_eq!(crm.history("user", bob.0).unwrap().iter().map(|change| change.operation).collect::<Vec<_>>(), [Operation::Update, Operation::Insert]);
    assert_clean(&crm);
}

#[test]
fn a_zero_has_no_sign() {
    let crm = memory();
    crm.custom_fields().add(custom_field("organization", "ratio", CustomKind::Number)).unwrap();
    let fields = OrganizationFields { custom: named([("ratio", Value::Number(-0.0))]).into_iter().collect(), ..organization("Acme") };
    let acme = crm.organizations().add(fields).unwrap().id;
    assert_clean(&crm);
    crm.organizations().set(acme, named([("ratio", Value::Number(-0.0))]), None).unwrap();
    assert_clean(&crm);
}

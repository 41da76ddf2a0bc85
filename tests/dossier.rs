//! What is known before a call, when the telephone rings, and as of a past day; and the lists one is in.

use chrono::{DateTime, TimeDelta, Utc};
use crm_core::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn open() -> (Crm, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at("2026-06-15T10:00:00Z".parse().unwrap()));
    (Crm::open_with(":memory:", Options::new().clock(clock.clone())).unwrap(), clock)
}

fn organization(crm: &Crm, name: &str) -> Organization {
    crm.organizations().add(OrganizationFields { name: name.into(), ..Default::default() }).unwrap()
}

fn call(subject: &str) -> ActivityFields {
    ActivityFields { kind: "call".into(), subject: subject.into(), ..Default::default() }
}

/// A user who reads these entities this far.
fn user(crm: &Crm, reading: &[(&str, Level)]) -> Crm {
    let user = crm.users().add(UserFields { name: "Ann".into(), ..Default::default() }).unwrap().id;
    let role = crm.roles().add(RoleFields { name: "reader".into(), ..Default::default() }).unwrap().id;
    for (target, reading) in reading {
        crm.permissions().add(PermissionFields { role_id: role, entity: (*target).into(), reading: *reading, ..Default::default() }).unwrap();
    }
    crm.user_roles().add(UserRoleFields { user_id: user, role_id: role, ..Default::default() }).unwrap();
    crm.acting_as(user).unwrap()
}

/// An organization with something in every section, beside another with the same.
fn furnished(crm: &Crm) -> OrganizationId {
    crm.add_process("Orders", ProcessTemplate::Short).unwrap();
    let won = crm.stages().find("kind = 'won'").unwrap()[0].id;
    let list = crm.lists().add(ListFields { name: "Fair".into(), entity: "organization".into(), ..Default::default() }).unwrap().id;
    let parent = organization(crm, "Parent").id;
    let [other, acme] = ["Birch", "Acme"].map(|name| {
        let id = crm.organizations().add(OrganizationFields { name: name.into(), parent_id: Some(parent), ..Default::default() }).unwrap().id;
        let done = crm.change("furnish", |change| {
            let organization_id = Some(id);
            let ann = change.people().add(PersonFields { name: format!("Ann of {name}"), ..Default::default() })?.id;
            change.affiliations().add(AffiliationFields { person_id: ann, organization_id: id, ..Default::default() })?;
            for (person_id, organization_id, value) in
                [(Some(ann), None, "a@example.com"), (None, organization_id, "b@example.com"), (None, organization_id, "c@example.com")]
            {
                let fields = ContactPointFields { person_id, organization_id, kind: ContactKind::Email, value: value.into(), ..Default::default() };
                change.contact_points().add(fields)?;
            }
            change.addresses().add(AddressFields { organization_id, city: Some("Łódź".into()), ..Default::default() })?;
            change.bank_accounts().add(BankAccountFields { organization_id: id, number: "PL00".into(), ..Default::default() })?;
            for (stage_id, value) in [(StageId(0), Some("10 EUR")), (StageId(0), None), (won, Some("25 EUR"))] {
                let value = value.map(str::parse).transpose()?;
                change.deals().add(DealFields { name: "Mill".into(), organization_id, stage_id, value, ..Default::default() })?;
            }
            let deal_id = change.deals().find(("organization_id = ?1", [id]))?[0].id;
            for (name, planned_on, reached_on) in [("Offer", "2026-06-01", Some("2026-06-03")), ("Contract", "2026-07-01", None), ("Idea", "", None)] {
                let (planned_on, reached_on) = (planned_on.parse().ok(), reached_on.and_then(|day| day.parse().ok()));
                change.milestones().add(MilestoneFields { deal_id, name: name.into(), planned_on, reached_on, ..Default::default() })?;
            }
            for hours in [-30, -2, 0, 5, 40] {
                let starts_at = Some(change.at() + TimeDelta::hours(hours));
                change.activities().add(ActivityFields { organization_id, starts_at, ..call("Intro") })?;
                change.activities().add(ActivityFields { organization_id, starts_at, status: ActivityStatus::Held, ..call("Done") })?;
            }
            change.notes().add(NoteFields { entity: "organization".into(), record_id: id.0, text: "A note".into(), ..Default::default() })?;
            change.unwanted().add(UnwantedFields { organization_id, reason: "debts".into(), blocks: Some(false), ..Default::default() })?;
            let lapsed = "2026-06-14".parse().ok();
            change.unwanted().add(UnwantedFields { organization_id, reason: "debts".into(), until: lapsed, ..Default::default() })?;
            change.list_members().add(ListMemberFields { list_id: list, organization_id, ..Default::default() }).map(drop)
        });
        done.unwrap();
        crm.organizations().edit(id, |fields| fields.employees = Some(7)).unwrap();
        id
    });
    crm.organizations().edit(other, |fields| fields.parent_id = Some(acme)).unwrap();
    acme
}

/// The dossier against its parts, each found on its own.
fn check(crm: &Crm, id: OrganizationId) -> Dossier {
    let dossier = crm.dossier(id).unwrap();
    let of = |condition: &str, order: &str| Filter::new(format!("organization_id = {id} and {condition}")).order_by(order);
    let now = crm.now();
    assert_eq!(dossier.organization, crm.organizations().get(id).unwrap());
    assert_eq!(dossier.parent.as_ref().map(|parent| parent.id), dossier.organization.parent_id);
    assert_eq!(dossier.subsidiaries, crm.organizations().find(("parent_id = ?1", [id])).unwrap());
    assert_eq!(dossier.contact_points, crm.contact_points().find(of("true", "-is_primary,id")).unwrap());
    assert_eq!(dossier.addresses, crm.addresses().find(of("true", "id")).unwrap());
    assert_eq!(dossier.bank_accounts, crm.bank_accounts().find(of("true", "id")).unwrap());
    assert_eq!(dossier.people.iter().map(|person| person.affiliation.clone()).collect::<Vec<_>>(), crm.affiliations().find(of("true", "id")).unwrap());
    for person in &dossier.people {
        assert_eq!(person.person, crm.people().get(person.affiliation.person_id).unwrap());
        assert_eq!(person.contact_points, crm.contact_points().find(("person_id = ?1", [person.person.id])).unwrap());
    }
    let mut deals = crm.deals().find(of("status = 'open'", "-id")).unwrap();
    deals.extend(crm.deals().find(of("status <> 'open'", "-id")).unwrap());
    assert_eq!(dossier.deals, deals);
    let begins: Vec<_> = dossier.activities.iter().map(|activity| activity.starts_at).collect();
    assert!(begins.is_sorted_by(|a, b| a >= b), "the latest first");
    assert_eq!(dossier.activities.len() as i64, crm.activities().count(of("true", "id")).unwrap());
    let planned: Vec<_> = crm.activities().find(of("status = 'planned'", "due_at")).unwrap();
    let (overdue, upcoming): (Vec<_>, Vec<_>) = planned.into_iter().partition(|activity| activity.due_at.is_some_and(|due| due < now));
    assert_eq!((&dossier.overdue, &dossier.upcoming), (&overdue, &upcoming));
    assert_eq!(dossier.notes, crm.notes().find(("entity = 'organization' and record_id = ?1", [id])).unwrap());
    assert_eq!(dossier.unwanted, crm.unwanted().find(of("(until is null or until >= today())", "id")).unwrap());
    assert_eq!(dossier.lists, crm.lists().find(("id in (select list_id from list_member where organization_id = ?1 and excluded = false)", [id])).unwrap());
    let open: i64 = dossier.deals.iter().filter(|deal| deal.status == DealStatus::Open).filter_map(|deal| deal.value).map(|value| value.minor).sum();
    assert_eq!(dossier.sums.open_value, Some(open));
    assert_eq!(dossier.sums.won_amount, Some(dossier.deals.iter().filter_map(|deal| deal.closed_value).sum()));
    assert_eq!(dossier.history, crm.organizations().history(id).unwrap());
    dossier
}

// D14
#[test]
fn a_dossier_is_the_same_as_its_parts_found_one_by_one() {
    let (crm, _) = open();
    let acme = furnished(&crm);
    let dossier = check(&crm, acme);
    assert_eq!(serde_json::to_value(&dossier).unwrap().as_object().unwrap().len(), 17, "all of these sections are looked at, and there is no other");
    let Dossier {
        organization: _,
        parent,
        subsidiaries,
        contact_points,
        addresses,
        bank_accounts,
        people,
        deals,
        activities,
        overdue,
        upcoming,
        notes,
        unwanted,
        lists,
        more,
        sums,
        history,
        ..
    } = dossier;
    let more: Vec<_> = more.iter().map(|entry| (entry.entity.as_str(), entry.title.as_deref(), entry.detail.as_deref())).collect();
    assert_eq!(more, [("milestone", Some("Contract"), Some("Mill")), ("milestone", Some("Offer"), Some("Mill"))], "the newest first");
    assert!(parent.is_some());
    let counts = [subsidiaries.len(), contact_points.len(), addresses.len(), bank_accounts.len(), people.len(), deals.len(), activities.len()];
    assert_eq!(counts, [1, 2, 1, 1, 1, 3, 10]);
    assert_eq!([overdue.len(), upcoming.len(), notes.len(), unwanted.len(), lists.len(), history.len()], [2, 3, 1, 1, 1, 2]);
    assert_eq!((sums.open_deals, sums.open_value, sums.won_deals, sums.won_amount), (2, Some(1_000), 1, Some(2_500)));
}

// D14, P2: without a right to deals and activities the sections are empty; without one to the organization there is no dossier.
#[test]
fn a_dossier_holds_what_its_reader_may_see() {
    let (crm, _) = open();
    let acme = furnished(&crm);
    let ann = user(&crm, &[("organization", Level::All), ("list", Level::All)]);
    let dossier = check(&ann, acme);
    assert_eq!((dossier.people.len(), dossier.deals.len(), dossier.activities.len(), dossier.sums.open_deals), (0, 0, 0, 0));
    assert_eq!(dossier.contact_points.len(), 2);
    crm.permissions().find("entity = 'organization'").unwrap().iter().for_each(|right| crm.permissions().remove(right.id).unwrap());
    assert_eq!(ann.dossier(acme).unwrap_err().code(), "not_found");
}

// D14, B2
#[test]
fn a_dossier_of_a_past_day_is_what_it_was_then() {
    let (crm, clock) = open();
    let acme = furnished(&crm);
    let then = crm.now();
    let was = crm.dossier(acme).unwrap();
    clock.advance(TimeDelta::days(1));
    for deal in &was.deals {
        crm.deals().remove(deal.id).unwrap();
    }
    crm.organizations().edit(acme, |fields| fields.name = "Acme Group".into()).unwrap();
    crm.activities().add(ActivityFields { organization_id: Some(acme), ..call("Later") }).unwrap();
    let past = check(&crm.at(then).unwrap(), acme);
    assert_eq!(past, was);
    assert_eq!(crm.dossier(acme).unwrap().overdue.len(), 4, "one day later, more is overdue");
}

// B11: an amount that cannot be converted makes the sum unknown, not the dossier.
#[test]
fn a_missing_rate_leaves_the_dossier_readable() {
    let (crm, _) = open();
    let acme = furnished(&crm);
    let value = Some("1 CHF".parse().unwrap());
    crm.deals().add(DealFields { name: "Watch".into(), organization_id: Some(acme), value, ..Default::default() }).unwrap();
    let sums = crm.dossier(acme).unwrap().sums;
    assert_eq!((sums.open_deals, sums.open_value, sums.won_amount), (3, None, Some(2_500)));
}

// D13: page after page gives everything once, the newest first.
#[test]
fn a_timeline_is_complete_however_it_is_paged() {
    let (crm, _) = open();
    let acme = furnished(&crm);
    let all = crm.timeline(acme, 10_000, None).unwrap();
    let kinds: Vec<_> = (0..all.len()).map(|row| all.text(row, "kind").unwrap()).collect();
    let of = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    assert_eq!(["call", "deal", "stage", "note", "milestone", "insert", "update"].map(of), [10, 3, 3, 1, 2, 1, 1]);
    let row = |table: &Table, row| -> Vec<Value> { table.columns.iter().map(|column| column.value(row)).collect() };
    let whole: Vec<_> = (0..all.len()).map(|at| row(&all, at)).collect();
    for limit in [1, 3, 7] {
        let (mut pages, mut before) = (Vec::new(), None::<DateTime<Utc>>);
        loop {
            let page = crm.timeline(acme, limit, before).unwrap();
            if page.is_empty() {
                break;
            }
            pages.extend((0..page.len()).map(|at| row(&page, at)));
            let Some(Value::Moment(last)) = page.value(page.len() - 1, "at") else { panic!("an entry has a moment") };
            before = Some(last);
        }
        assert_eq!(pages, whole, "pages of {limit}");
    }
}

// D24: any spelling finds the caller; a number noted without its country is found by its last digits.
#[test]
fn a_caller_is_known_by_any_spelling() {
    let (crm, _) = open();
    let acme = furnished(&crm);
    let ann = crm.dossier(acme).unwrap().people[0].person.clone();
    let phone = |person_id, organization_id, value: &str| {
        crm.contact_points().add(ContactPointFields { person_id, organization_id, value: value.into(), ..Default::default() }).unwrap();
    };
    phone(Some(ann.id), None, "+48 601 234 567");
    phone(None, Some(acme), "42 612 345 678");
    for spelling in ["+48601234567", "0048 601 234 567", "+48 (601) 23-45-67"] {
        let card = crm.caller_card(spelling).unwrap().unwrap();
        assert!(card.exact);
        assert_eq!((&card.people[..], card.organizations[0].id), (std::slice::from_ref(&ann), acme), "with whom she works");
        assert_eq!((card.deals.len(), card.activities.len(), card.unwanted.len()), (2, 5, 1));
    }
    let card = crm.caller_card("+48 42 612 345 678").unwrap().unwrap();
    assert_eq!((card.exact, card.organizations[0].id, card.people.len()), (false, acme, 0));
    assert_eq!(crm.caller_card("+48 700 000 000").unwrap(), None);
    assert_eq!(crm.caller_card("who?").unwrap(), None);
    assert_eq!(user(&crm, &[]).caller_card("+48601234567").unwrap(), None, "nor is somebody known whom one may not see");
}

// A6: what was overdue on a past day, by whom.
#[test]
fn overdue_activities_are_known_as_of_any_day() {
    let (crm, clock) = open();
    let [ann, bob] = ["Ann", "Bob"].map(|name| crm.users().add(UserFields { name: name.into(), ..Default::default() }).unwrap().id);
    let start = crm.now();
    let add = |subject: &str, days, owner| {
        let due_at = Some(start + TimeDelta::days(days));
        crm.activities().add(ActivityFields { due_at, owner_id: Some(owner), ..call(subject) }).unwrap().id
    };
    let (first, second) = (add("first", 1, ann), add("second", 3, bob));
    clock.advance(TimeDelta::days(2));
    let then = crm.now();
    clock.advance(TimeDelta::days(2));
    crm.activities().edit(first, |fields| fields.status = ActivityStatus::Held).unwrap();
    let ids = |crm: &Crm, user| crm.overdue(user).unwrap().iter().map(|activity| activity.id).collect::<Vec<_>>();
    assert_eq!(ids(&crm, None), [second]);
    assert_eq!(ids(&crm.at(then).unwrap(), None), [first]);
    assert_eq!(ids(&crm, Some(ann)), []);
    assert_eq!(ids(&crm.at(then).unwrap(), Some(ann)), [first]);
    assert_eq!(ids(&crm.at(start).unwrap(), None), []);
}

// A3
#[test]
fn a_chain_of_activities_ends_even_when_it_goes_round() {
    let (crm, _) = open();
    let mut chain: Vec<ActivityId> = Vec::new();
    for subject in ["call", "visit", "offer"] {
        let previous_id = chain.last().copied();
        chain.push(crm.activities().add(ActivityFields { previous_id, ..call(subject) }).unwrap().id);
    }
    chain.push(crm.activities().add(ActivityFields { previous_id: Some(chain[1]), ..call("letter") }).unwrap().id);
    let ids = |of| crm.activity_chain(of).unwrap().iter().map(|activity| activity.id).collect::<Vec<_>>();
    assert_eq!(ids(chain[1]), chain);
    assert_eq!(ids(chain[2]), chain[..3], "the letter did not follow from the offer");
    crm.activities().edit(chain[0], |fields| fields.previous_id = Some(chain[2])).unwrap();
    let round = ids(chain[0]);
    assert_eq!(round.iter().collect::<BTreeSet<_>>(), chain[..3].iter().collect(), "each once");
    assert_eq!(round.len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    // D16: lists combine as sets do, for each reader over what the reader may see.
    #[test]
    fn lists_combine_as_sets_do(
        sizes in proptest::collection::vec((0..100i64, any::<bool>()), 1..12),
        by_hand in proptest::collection::btree_set(0..12usize, 0..6),
        added in proptest::collection::btree_set(0..12usize, 0..3),
        excluded in proptest::collection::btree_set(0..12usize, 0..4),
    ) {
        let (crm, _) = open();
        let ann = user(&crm, &[("organization", Level::Own), ("list", Level::All)]);
        let ids: Vec<i64> = sizes.iter().map(|(employees, hers)| {
            let owner_id = ann.user().filter(|_| *hers);
            crm.organizations().add(OrganizationFields { name: "Acme".into(), employees: Some(*employees), owner_id, ..Default::default() }).unwrap().id.0
        }).collect();
        let list = |name: &str, kind, filter: Option<&str>| {
            crm.lists().add(ListFields { name: name.into(), entity: "organization".into(), kind, filter: filter.map(str::to_owned), ..Default::default() }).unwrap().id
        };
        let hand = list("It's {by hand}", ListKind::Static, None);
        let large = list("Large", ListKind::Dynamic, Some("employees >= 50"));
        let put = |list_id, which: &BTreeSet<usize>, excluded| for at in which.iter().filter(|at| **at < ids.len()) {
            let organization_id = Some(OrganizationId(ids[*at]));
            crm.list_members().add(ListMemberFields { list_id, organization_id, excluded: Some(excluded), ..Default::default() }).unwrap();
        };
        put(hand, &by_hand, false);
        put(large, &(&added - &excluded), false);
        put(large, &excluded, true);
        let in_hand = |at: usize| by_hand.contains(&at);
        let in_large = |at: usize| (sizes[at].0 >= 50 || added.contains(&at)) && !excluded.contains(&at);
        for (reader, all) in [(&crm, true), (&ann, false)] {
            let these = |keep: &dyn Fn(usize) -> bool| -> Vec<i64> { (0..ids.len()).filter(|at| (all || sizes[*at].1) && keep(*at)).map(|at| ids[at]).collect() };
            let found = |filter: &str| -> Vec<i64> { reader.organizations().find(Filter::new(filter).order_by("id")).unwrap().iter().map(|found| found.id.0).collect() };
            prop_assert_eq!(reader.members_of(hand).unwrap(), these(&in_hand));
            prop_assert_eq!(reader.members_of(large).unwrap(), these(&in_large));
            prop_assert_eq!(found("in_list('Large')"), these(&in_large));
        }
        crm.lists().edit(hand, |fields| fields.name = "By hand".into()).unwrap();
        for (reader, all) in [(&crm, true), (&ann, false)] {
            let these = |keep: &dyn Fn(usize) -> bool| -> Vec<i64> { (0..ids.len()).filter(|at| (all || sizes[*at].1) && keep(*at)).map(|at| ids[at]).collect() };
            let found = |filter: &str| -> Vec<i64> { reader.organizations().find(Filter::new(filter).order_by("id")).unwrap().iter().map(|found| found.id.0).collect() };
            prop_assert_eq!(found("in_list('By hand') and in_list('Large')"), these(&|at| in_hand(at) && in_large(at)));
            prop_assert_eq!(found("in_list('By hand') or in_list('Large')"), these(&|at| in_hand(at) || in_large(at)));
            prop_assert_eq!(found("not in_list('Large')"), these(&|at| !in_large(at)));
            prop_assert_eq!(found("in_list('By hand') and not in_list('Large')"), these(&|at| in_hand(at) && !in_large(at)));
        }
    }
}

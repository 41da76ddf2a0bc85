//! The rules that are an area's own: directory, activities, sales.

use crate::support::*;
use chrono::{NaiveDate, TimeDelta};
use crm_core::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stage(crm: &Crm, process: ProcessId, name: &str) -> StageId {
    crm.stages().find(Filter::new("process_id = ?1 and name = ?2").bind(process).bind(name)).unwrap()[0].id
}

#[test]
fn a_person_works_in_several_organizations_and_is_found_by_any_contact_point() {
    // D1, D3, D4
    let crm = memory();
    crm.settings().add(SettingFields { name: "phone_region".into(), value: "PL".into(), ..Default::default() }).unwrap();
    let ann = crm.people().add(PersonFields { first_name: Some("Ann".into()), last_name: Some("Lee".into()), ..Default::default() }).unwrap();
    assert_eq!(ann.name, "Ann Lee");
    for (name, role) in [("Acme", "owner"), ("Birch", "purchasing")] {
        let organization_id = crm.organizations().add(organization(name)).unwrap().id;
        let role = Some(role.to_owned());
        crm.affiliations().add(AffiliationFields { person_id: ann.id, organization_id, role, since: Some(day("2024-05-01")), ..Default::default() }).unwrap();
    }
    assert_eq!(crm.affiliations().count(Filter::new("person_id = ?1 and active").bind(ann.id)).unwrap(), 2);
    let wrong = AffiliationFields {
        person_id: ann.id,
        organization_id: OrganizationId(1),
        since: Some(day("2024-05-01")),
        until: Some(day("2024-04-01")),
        ..Default::default()
    };
    assert_refused(crm.affiliations().add(wrong), "invalid", "until");

    let phone = |value: &str| ContactPointFields { person_id: Some(ann.id), kind: ContactKind::Phone, value: value.into(), ..Default::default() };
    let first = crm.contact_points().add(phone("22 678 90 12")).unwrap();
    assert_eq!((first.normal.as_deref(), first.is_primary), (Some("+48226789012"), Some(true)));
    // The second of its kind becomes the primary one only when it says so; then the first steps back.
    let second = crm.contact_points().add(ContactPointFields { is_primary: Some(true), ..phone("+48 601 234 567") }).unwrap();
    assert_eq!(crm.contact_points().get(first.id).unwrap().is_primary, Some(false));
    assert_eq!(second.is_primary, Some(true));
    for spelling in ["+48601234567", "0048 601 234 567", "601-234-567", "(601) 234567"] {
        assert_eq!(crm.caller_card(spelling).unwrap().expect(spelling).people[0].id, ann.id);
    }
    assert_refused(crm.contact_points().add(ContactPointFields { kind: ContactKind::Email, ..phone("not an address") }), "invalid", "e-mail");
    let nobody = ContactPointFields { value: "1".into(), ..Default::default() };
    assert_refused(crm.contact_points().add(nobody), "invalid", "either");
}

#[test]
fn a_company_has_a_parent_finance_and_notes_and_is_never_its_own_parent() {
    // D7, D8, D11
    let crm = memory();
    let group = crm.organizations().add(organization("Group")).unwrap();
    let limit: Money = "50000 EUR".parse().unwrap();
    let fields = OrganizationFields {
        parent_id: Some(group.id),
        credit_limit: Some(limit),
        payment_days: Some(30),
        delivery_terms: Some("DAP".into()),
        ..organization("Works")
    };
    let works = crm.organizations().add(fields).unwrap();
    assert_eq!(works.credit_limit, Some(limit));
    assert_refused(crm.organizations().edit(group.id, |fields| fields.parent_id = Some(works.id)), "invalid", "own parent");
    let account = |number: &str| BankAccountFields { organization_id: works.id, number: number.into(), ..Default::default() };
    let (first, second) = (crm.bank_accounts().add(account("PL1")).unwrap(), crm.bank_accounts().add(account("PL2")).unwrap());
    assert_eq!((first.is_primary, second.is_primary), (Some(true), Some(false)));
    crm.bank_accounts().edit(second.id, |fields| fields.is_primary = Some(true)).unwrap();
    assert_eq!(crm.bank_accounts().count("is_primary").unwrap(), 1);
    let note = |entity: &str, record_id: i64| NoteFields { entity: entity.into(), record_id, text: "Prefers mornings".into(), ..Default::default() };
    crm.notes().add(note("organization", works.id.0)).unwrap();
    assert_refused(crm.notes().add(note("organization", 99)), "invalid", "record_id");
    assert_refused(crm.notes().add(note("organisation", works.id.0)), "invalid", "did you mean `organization`");
    crm.organizations().remove(works.id).unwrap();
    assert_eq!(crm.notes().count("").unwrap(), 0, "what is about a record goes with it");
}

#[test]
fn the_register_of_unwanted_customers_blocks_or_warns() {
    // D22
    let crm = memory();
    crm.add_process("Sales", ProcessTemplate::Short).unwrap();
    let (bad, odd) = (crm.organizations().add(organization("Bad")).unwrap().id, crm.organizations().add(organization("Odd")).unwrap().id);
    let entry = |id, blocks| UnwantedFields { organization_id: Some(id), reason: "does not pay".into(), blocks: Some(blocks), ..Default::default() };
    let blocked = crm.unwanted().add(entry(bad, true)).unwrap();
    crm.unwanted().add(entry(odd, false)).unwrap();
    assert_refused(crm.deals().add(DealFields { organization_id: Some(bad), ..deal("Mill") }), "invalid", "unwanted");
    let done = crm.change("deal", |change| change.deals().add(DealFields { organization_id: Some(odd), ..deal("Mill") })).unwrap();
    assert_eq!(done.warnings.len(), 1);
    crm.unwanted().edit(blocked.id, |fields| fields.until = Some(day("2020-01-01"))).unwrap();
    assert!(crm.deals().add(DealFields { organization_id: Some(bad), ..deal("Mill") }).is_ok(), "the entry has run out");
}

#[test]
fn activities_have_participants_chains_and_a_due_time_that_follows_them() {
    // A1, A2, A3, A6
    let (crm, clock) = open_with_clock(":memory:");
    let starts_at = Some(clock.now() + TimeDelta::hours(2));
    let call = crm.activities().add(ActivityFields { starts_at, ..activity("Offer") }).unwrap();
    assert_eq!((call.status, call.due_at), (ActivityStatus::Planned, starts_at));
    let later = starts_at.map(|at| at + TimeDelta::days(1));
    assert_eq!(crm.activities().edit(call.id, |fields| fields.starts_at = later).unwrap().due_at, later);
    let ann = crm.people().add(person("Ann")).unwrap();
    crm.participants().add(ParticipantFields { activity_id: call.id, person_id: Some(ann.id), role: Some("guest".into()), ..Default::default() }).unwrap();
    assert_refused(crm.participants().add(ParticipantFields { activity_id: call.id, ..Default::default() }), "invalid", "participant");
    let visit = crm.activities().add(ActivityFields { previous_id: Some(call.id), kind: "visit".into(), ..activity("Demo") }).unwrap();
    assert_refused(crm.activities().edit(visit.id, |fields| fields.previous_id = Some(visit.id)), "invalid", "itself");
    assert_eq!(crm.activity_chain(call.id).unwrap().len(), 2);

    assert!(crm.overdue(None).unwrap().is_empty());
    clock.advance(TimeDelta::days(3));
    assert_eq!(crm.overdue(None).unwrap()[0].id, call.id);
    let missed = clock.now();
    clock.advance(TimeDelta::days(1));
    let held = crm.activities().edit(call.id, |fields| fields.status = ActivityStatus::Held).unwrap();
    assert_eq!(held.done_at, later, "it was held when it was to be");
    assert!(crm.overdue(None).unwrap().is_empty());
    assert_eq!(crm.at(missed).unwrap().overdue(None).unwrap().len(), 1, "as of that day it was overdue");
}

#[test]
fn a_deal_moves_through_its_stages_and_leaves_a_trail() {
    // S1, S2, S4, S5, S9, S15, S18
    let (crm, clock) = open_with_clock(":memory:");
    let process = crm.add_process("New business", ProcessTemplate::Classic).unwrap().id;
    let other = crm.add_process("Renewals", ProcessTemplate::Short).unwrap().id;
    let mill = crm.deals().add(DealFields { value: Some("900 EUR".parse().unwrap()), ..deal("Mill") }).unwrap();
    assert_eq!((mill.process_id, mill.stage_id, mill.status), (process, stage(&crm, process, "Lead"), DealStatus::Open));
    clock.advance(TimeDelta::days(10));
    crm.deals().edit(mill.id, |fields| fields.stage_id = stage(&crm, process, "Proposal")).unwrap();
    clock.advance(TimeDelta::days(5));
    assert_refused(crm.deals().edit(mill.id, |fields| fields.stage_id = stage(&crm, process, "Lost")), "invalid", "reason");
    let between = clock.now();
    clock.advance(TimeDelta::days(1));
    let lost = crm.deals().edit(mill.id, |fields| (fields.stage_id, fields.lost_reason) = (stage(&crm, process, "Lost"), Some("price".into()))).unwrap();
    assert_eq!((lost.status, lost.closed_on, lost.closed_value), (DealStatus::Lost, Some(clock.now().date_naive()), Some(90_000)));
    let days: Vec<i64> = crm
        .stage_moves()
        .find(Filter::new("entity = 'deal' and record_id = ?1").bind(mill.id).order_by("entered_at"))
        .unwrap()
        .iter()
        .map(|moved| moved.left_at.map_or(-1, |left| (left - moved.entered_at).num_days()))
        .collect();
    assert_eq!(days, [10, 6, -1]);
    assert_eq!(crm.at(between).unwrap().deals().get(mill.id).unwrap().status, DealStatus::Open, "S18");
    // It may come back: then it is open again, and nothing is frozen.
    let open = crm.deals().edit(mill.id, |fields| fields.stage_id = stage(&crm, process, "Lead")).unwrap();
    assert_eq!((open.status, open.closed_on, open.closed_value), (DealStatus::Open, None, None));
    // Another process means its first stage; process and stage must fit each other.
    let both = |fields: &mut DealFields| (fields.process_id, fields.stage_id) = (other, stage(&crm, process, "Proposal"));
    assert_refused(crm.deals().edit(mill.id, both), "invalid", "another process");
    assert_eq!(crm.deals().edit(mill.id, |fields| fields.process_id = other).unwrap().stage_id, stage(&crm, other, "Enquiry"));
    // What an update leaves out stays.
    let moved = crm.deals().edit(mill.id, |fields| fields.stage_id = stage(&crm, other, "Quoted")).unwrap();
    let kept = crm.deals().update(mill.id, deal("Mill 2"), Some(moved.revision)).unwrap();
    assert_eq!((kept.process_id, kept.stage_id), (other, stage(&crm, other, "Quoted")));
}

#[test]
fn key_people_milestones_and_prices_belong_to_their_deal_and_list() {
    // D26, S8, and list prices
    let crm = memory();
    crm.add_process("Sales", ProcessTemplate::Short).unwrap();
    let (mill, ann) = (crm.deals().add(deal("Mill")).unwrap(), crm.people().add(person("Ann")).unwrap());
    let contact = DealContactFields { deal_id: mill.id, person_id: ann.id, role: Some("decision maker".into()), ..Default::default() };
    crm.deal_contacts().add(contact.clone()).unwrap();
    assert_refused(crm.deal_contacts().add(contact), "invalid", "taken");
    crm.milestones()
        .add(MilestoneFields { deal_id: mill.id, name: "Specification signed".into(), planned_on: Some(day("2026-04-01")), ..Default::default() })
        .unwrap();
    crm.deals().remove(mill.id).unwrap();
    assert_eq!((crm.deal_contacts().count("").unwrap(), crm.milestones().count("").unwrap(), crm.stage_moves().count("").unwrap()), (0, 0, 0));

    let product = crm.products().add(ProductFields { name: "Press".into(), ..Default::default() }).unwrap();
    let list = |name: &str, currency: &str| PriceListFields { name: name.into(), currency: currency.parse().unwrap(), ..Default::default() };
    let (euro, dollar) = (crm.price_lists().add(list("EU", "EUR")).unwrap(), crm.price_lists().add(list("US", "USD")).unwrap());
    assert_eq!((euro.is_standard, dollar.is_standard), (Some(true), Some(false)));
    let price = |amount: &str| PriceFields { price_list_id: dollar.id, product_id: product.id, amount: amount.parse().unwrap(), ..Default::default() };
    assert_refused(crm.prices().add(price("10 EUR")), "invalid", "USD");
    crm.prices().add(price("10 USD")).unwrap();
    assert_refused(crm.prices().add(price("12 USD")), "invalid", "taken");
}

#[test]
fn what_follows_from_a_hidden_field_is_hidden_with_it_and_own_records_get_their_owner() {
    // P1, P2
    let crm = memory();
    let process = crm.add_process("Sales", ProcessTemplate::Short).unwrap().id;
    let (ann, role) = user_with(&crm, "Ann", &[("deal", Level::All, Level::Own), ("organization", Level::Own, Level::Own)]);
    hide(&crm, role, "deal", "value");
    let won = DealFields { stage_id: stage(&crm, process, "Won"), value: Some("900 EUR".parse().unwrap()), ..deal("Mill") };
    let won = crm.deals().add(won).unwrap();
    let ann_sees = crm.acting_as(ann).unwrap();
    let seen = ann_sees.deals().get(won.id).unwrap();
    assert_eq!((seen.value, seen.closed_value), (None, None));
    assert_refused(ann_sees.deals().find("closed_value > 0"), "denied", "closed_value");
    assert_eq!(ann_sees.sql("select sum(closed_value) as amount from deal", &[]).unwrap().value(0, "amount"), Some(Value::Null));
    let own = ann_sees.organizations().add(organization("Hers")).unwrap();
    assert_eq!(own.owner_id, Some(ann));
}

#[test]
fn the_base_currency_stays_once_something_counts_in_it() {
    // B11
    let crm = memory();
    let set = |value: &str| SettingFields { name: "base_currency".into(), value: value.into(), ..Default::default() };
    let setting = crm.settings().add(set("PLN")).unwrap();
    let rate = ExchangeRateFields { currency: "EUR".parse().unwrap(), day: day("2026-01-01"), rate: "4.25".parse().unwrap(), ..Default::default() };
    crm.exchange_rates().add(rate).unwrap();
    assert_refused(crm.settings().edit(setting.id, |fields| fields.value = "USD".into()), "invalid", "stays");
    assert_refused(crm.settings().edit(setting.id, |fields| fields.value = "złoty".into()), "invalid", "ISO 4217");
}

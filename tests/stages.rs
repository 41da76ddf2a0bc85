//! Rules of moving: transitions, required fields, reasons of losing; what they say beforehand, to whom, and after an undo.

use crate::support::*;
use crm_core::*;
use proptest::prelude::*;

/// The stages of a new process of deals: enquiry, quoted, won, lost.
fn deals(crm: &Crm) -> Vec<StageId> {
    stages_of(crm, crm.add_process("Sales", ProcessTemplate::Short).unwrap().id)
}

fn stages_of(crm: &Crm, process: ProcessId) -> Vec<StageId> {
    crm.stages().find(Filter::new("process_id = ?1").bind(process).order_by("position")).unwrap().into_iter().map(|stage| stage.id).collect()
}

fn transition(from: Option<StageId>, to: StageId) -> StageTransitionFields {
    StageTransitionFields { from_stage_id: from, to_stage_id: to, ..Default::default() }
}

fn required(stage_id: StageId, field: &str) -> RequiredFieldFields {
    RequiredFieldFields { stage_id, field: field.into(), ..Default::default() }
}

fn go(crm: &Crm, id: DealId, stage: StageId) -> Result<Deal> {
    crm.deals().edit(id, |fields| fields.stage_id = stage)
}

/// What may be gone to next, in one line for each stage.
fn next(crm: &Crm, entity: &str, id: i64) -> Vec<String> {
    let told = |stage: NextStage| {
        let NextStage { name, open, missing, unseen, roles, .. } = stage;
        format!("{name}{} {}{}{}", if open { " open" } else { "" }, missing.join(","), if unseen { "+" } else { "" }, roles.join("|")).trim().to_owned()
    };
    crm.next_stages(entity, id).unwrap().into_iter().map(told).collect()
}

/// The ways through the stages of a record, as its history tells: which stage, whether it is in it, and why it was lost.
fn stays(crm: &Crm, entity: &str, id: i64) -> Vec<(i64, bool, Option<String>)> {
    let filter = Filter::new("entity = ?1 and record_id = ?2").bind(entity).bind(id).order_by("id");
    crm.stage_moves().find(filter).unwrap().into_iter().map(|stay| (stay.stage_id.0, stay.left_at.is_none(), stay.reason)).collect()
}

#[test]
fn records_move_as_the_transitions_of_their_process_say() {
    let (crm, clock) = open_with_clock(":memory:");
    let [enquiry, quoted, won, lost] = deals(&crm)[..] else { panic!() };
    let free = crm.deals().add(deal("Free")).unwrap().id;
    assert_eq!(next(&crm, "deal", free.0), ["Quoted open", "Won open", "Lost lost_reason"]);
    go(&crm, free, won).unwrap();
    let before = clock.now();
    clock.advance(chrono::TimeDelta::days(1));

    for (from, to) in [(Some(enquiry), quoted), (Some(quoted), won), (None, lost)] {
        crm.stage_transitions().add(transition(from, to)).unwrap();
    }
    let mill = crm.deals().add(deal("Mill")).unwrap().id;
    assert_eq!(next(&crm, "deal", mill.0), ["Quoted open", "Lost lost_reason"]);
    assert_refused(go(&crm, mill, won), "invalid", "stage_id: no transition of its process leads to this stage");
    go(&crm, mill, quoted).unwrap();
    assert_refused(go(&crm, mill, enquiry), "invalid", "no transition");
    assert_eq!(next(&crm, "deal", mill.0), ["Won open", "Lost lost_reason"]);
    // What does not move is not asked, wherever it came to be before there were rules.
    crm.deals().edit(free, |fields| fields.name = "Free, renamed".into()).unwrap();
    // A new record begins in the first stage, or where it may come from anywhere.
    assert_refused(crm.deals().add(DealFields { stage_id: quoted, ..deal("X") }), "invalid", "no transition");
    crm.deals().add(DealFields { stage_id: lost, ..deal("Lost at once") }).unwrap();
    // Another process has rules of its own, and coming from there is coming from outside.
    let other = stages_of(&crm, crm.add_process("Other", ProcessTemplate::Short).unwrap().id);
    assert_eq!(go(&crm, mill, other[2]).unwrap().stage_id, other[2]);
    assert_refused(go(&crm, mill, won), "invalid", "no transition");
    go(&crm, mill, enquiry).unwrap();
    // As it was before there were rules.
    assert_eq!(next(&crm.at(before).unwrap(), "deal", free.0), ["Enquiry open", "Quoted open", "Lost lost_reason"]);
    assert_eq!(next(&crm, "deal", free.0), ["Lost lost_reason"]);

    assert_refused(crm.stage_transitions().add(transition(Some(won), won)), "invalid", "does not move");
    assert_refused(crm.stage_transitions().add(transition(Some(other[0]), won)), "invalid", "different processes");
    assert_refused(crm.next_stages("person", 1), "invalid", "one of organization, deal");
    assert_refused(crm.next_stages("deal", 99), "not_found", "no such deal");
    assert_eq!(crm.next_stages("organization", crm.organizations().add(organization("Acme")).unwrap().id.0).unwrap(), []);
    // What rules speak of stays in its process; a stage takes its rules with it.
    assert_refused(crm.stages().edit(other[1], |fields| fields.process_id = ProcessId(1)), "invalid", "taken");
    let spare = crm.stages().add(StageFields { process_id: ProcessId(1), name: "Spare".into(), ..Default::default() }).unwrap().id;
    crm.stage_transitions().add(transition(Some(won), spare)).unwrap();
    assert_refused(crm.stages().edit(spare, |fields| fields.process_id = ProcessId(2)), "invalid", "its process stays");
    crm.stages().remove(spare).unwrap();
    assert_eq!(crm.stage_transitions().count("").unwrap(), 3);
    assert_clean(&crm);
}

#[test]
fn a_stage_asks_for_everything_at_once() {
    let crm = memory();
    let [_, quoted, won, lost] = deals(&crm)[..] else { panic!() };
    crm.custom_fields().add(CustomFieldFields { of: Some("colours".into()), ..custom_field("deal", "tags", CustomKind::Items) }).unwrap();
    for field in ["value", "closes_on", "tags", "description"] {
        crm.required_fields().add(required(won, field)).unwrap();
    }
    crm.required_fields().add(required(lost, "lesson")).unwrap();
    crm.stage_transitions().add(transition(Some(quoted), won)).unwrap();
    crm.stage_transitions().add(transition(None, lost)).unwrap();
    let mill = crm.deals().add(DealFields { description: Some(" ".into()), ..deal("Mill") }).unwrap().id;
    let error = refused(go(&crm, mill, won));
    assert_eq!((error.code(), error.field()), ("invalid", "stage_id"));
    assert_eq!(error.reason(), "no transition of its process leads to this stage; this stage asks for `value`, `closes_on`, `tags`, `description`");
    let error = refused(go(&crm, mill, lost));
    assert_eq!((error.field(), error.reason()), ("lost_reason", "a lost deal needs its reason, `lost_reason`; this stage asks for `lesson`"));
    // A trial says the same, and what is asked for may be given with the move.
    assert_eq!(refused(crm.dry_run(|change| change.deals().edit(mill, |fields| fields.stage_id = lost))).reason(), error.reason());
    crm.stage_transitions().add(transition(None, quoted)).unwrap();
    go(&crm, mill, quoted).unwrap();
    assert_eq!(next(&crm, "deal", mill.0), ["Won value,closes_on,tags,description", "Lost lost_reason,lesson"]);
    let error = refused(go(&crm, mill, won));
    assert_eq!((error.field(), error.reason()), ("value", "this stage asks for `value`, `closes_on`, `tags`, `description`"));
    let given = [("value", "0 EUR".into()), ("closes_on", "2026-05-01".into()), ("tags", vec!["red".to_owned()].into())];
    crm.deals().set(mill, named(given), None).unwrap();
    assert_eq!(next(&crm, "deal", mill.0)[0], "Won description");
    crm.deals().set(mill, named([("description", "Done".into()), ("stage_id", won.into())]), None).unwrap();
    // New records are asked, too; rows of a load are those of another system.
    assert_refused(crm.deals().add(DealFields { stage_id: lost, ..deal("X") }), "invalid", "asks for `lesson`");
    let many = crm.deals().add_many([deal("A"), DealFields { stage_id: lost, ..deal("B") }]);
    assert_refused(many, "invalid", "row 2: this stage asks for `lesson`");
    let done = crm.import_csv_from("deal", "name,stage\nOld one,Won\nOld two,Lost\n".as_bytes(), &Import::default(), &mut |_, _| {}).unwrap();
    assert_eq!((done.added, done.failed), (2, 0));

    // Only fields that are there and that somebody can fill.
    assert_refused(crm.required_fields().add(required(won, "valeu")), "invalid", "did you mean `value`");
    assert_refused(crm.required_fields().add(required(won, "closed_value")), "invalid", "filled by the library");
    let formula = CustomFieldFields { expression: Some("probability * 2".into()), ..custom_field("deal", "double", CustomKind::Integer) };
    crm.custom_fields().add(formula).unwrap();
    assert_refused(crm.required_fields().add(required(won, "double")), "invalid", "filled by the library");
    assert_refused(crm.required_fields().add(required(won, "value")), "invalid", "taken");
    let of_customers = stages_of(&crm, crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap().id);
    assert_refused(crm.required_fields().add(required(of_customers[0], "lesson")), "invalid", "unknown field");
    crm.required_fields().add(required(of_customers[0], "industry")).unwrap();
    assert_refused(crm.processes().edit(ProcessId(2), |fields| fields.entity = "deal".into()), "invalid", "ask for fields");
    assert_clean(&crm);
}

#[test]
fn a_transition_may_be_for_roles_alone() {
    let crm = memory();
    let [enquiry, quoted, won, _] = deals(&crm)[..] else { panic!() };
    let all = [("*", Level::All, Level::All)];
    let ((seller, _), (chief, chiefs)) = (user_with(&crm, "Ann", &all), user_with(&crm, "Bob", &all));
    crm.stage_transitions().add(transition(None, quoted)).unwrap();
    let rule = crm.stage_transitions().add(StageTransitionFields { role_id: Some(chiefs), ..transition(Some(enquiry), won) }).unwrap();
    crm.required_fields().add(required(won, "value")).unwrap();
    let (ann, bob) = (crm.acting_as(seller).unwrap(), crm.acting_as(chief).unwrap());
    let mill = ann.deals().add(deal("Mill")).unwrap().id;
    assert_eq!(next(&ann, "deal", mill.0), ["Quoted open", "Won valuerole of Bob"]);
    assert_eq!(next(&bob, "deal", mill.0), ["Quoted open", "Won value"]);
    let error = refused(go(&ann, mill, won));
    assert_eq!(
        (error.code(), error.field(), error.reason()),
        ("denied", "stage_id", "only the role `role of Bob` may make this move; this stage asks for `value`")
    );
    // A load is no way around it, though it may come by any way.
    let load = |crm: &Crm| crm.import_csv_from("deal", "name,stage\nPress,Won\n".as_bytes(), &Import::default(), &mut |_, _| {}).unwrap();
    assert_eq!((load(&ann).failed, load(&bob).added), (1, 1));
    // Another role that may make it is another transition.
    let permission = PermissionFields { role_id: chiefs, entity: "role".into(), ..Default::default() };
    crm.permissions().add(permission).unwrap();
    bob.deals().edit(mill, |fields| (fields.stage_id, fields.value) = (won, Some("5 EUR".parse().unwrap()))).unwrap();
    // Rules are reference data: everybody reads them, who keeps them needs the right.
    assert_eq!((ann.stage_transitions().count("").unwrap(), ann.required_fields().count("").unwrap()), (2, 1));
    assert_refused(ann.stage_transitions().add(transition(None, won)), "denied", "may not write");
    assert_refused(ann.stage_transitions().remove(rule.id), "denied", "may not write");
    assert_refused(ann.required_fields().add(required(quoted, "value")), "denied", "may not write");
    let keeper = user_with(&crm, "Eve", &[("process", Level::All, Level::All)]).0;
    crm.acting_as(keeper).unwrap().stage_transitions().add(transition(Some(quoted), won)).unwrap();
    // Records out of sight are not there.
    let blind = crm.acting_as(user_with(&crm, "Joe", &[("deal", Level::Own, Level::Own)]).0).unwrap();
    assert_eq!(refused(blind.next_stages("deal", mill.0)), refused(blind.next_stages("deal", 99)));
    assert_clean(&crm);
}

#[test]
fn a_hidden_field_is_asked_for_without_its_name() {
    let crm = memory();
    let [_, quoted, won, lost] = deals(&crm)[..] else { panic!() };
    let (user, role) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    hide(&crm, role, "deal", "value");
    hide(&crm, role, "deal", "lost_reason");
    crm.required_fields().add(required(won, "value")).unwrap();
    crm.required_fields().add(required(won, "lesson")).unwrap();
    let ann = crm.acting_as(user).unwrap();
    let mill = ann.deals().add(deal("Mill")).unwrap().id;
    assert_eq!(next(&ann, "deal", mill.0), ["Quoted open", "Won lesson+", "Lost open +"]);
    let error = refused(go(&ann, mill, won));
    assert_eq!(
        (error.field(), error.reason()),
        ("lesson", "this stage asks for `lesson`; this stage asks for a field that you may not see, which somebody else must fill")
    );
    assert_eq!(refused(go(&ann, mill, lost)).field(), "stage_id");
    // Beforehand it is not told whether it is filled; the move is made when it is.
    let beforehand = next(&ann, "deal", mill.0);
    crm.deals().edit(mill, |fields| (fields.value, fields.lesson) = (Some("5 EUR".parse().unwrap()), Some("Be early".into()))).unwrap();
    assert_eq!(next(&ann, "deal", mill.0)[2], beforehand[2]);
    assert!(go(&ann, mill, won).unwrap().value.is_none());
    go(&crm, mill, quoted).unwrap();
    assert_clean(&crm);
}

#[test]
fn a_user_defined_field_is_asked_for_under_whatever_name() {
    let crm = memory();
    let won = deals(&crm)[2];
    let field = crm.custom_fields().add(custom_field("deal", "budget", CustomKind::Money)).unwrap().id;
    let rule = crm.required_fields().add(required(won, "budget")).unwrap();
    assert_eq!(rule.custom_field_id, Some(field));
    let (user, role) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    hide(&crm, role, "deal", "budget");
    let mill = crm.deals().add(deal("Mill")).unwrap().id;
    let renamed = crm.custom_fields().edit(field, |fields| fields.name = "means".into()).unwrap();
    assert_eq!(crm.required_fields().get(rule.id).unwrap().field, "means");
    assert_refused(go(&crm, mill, won), "invalid", "asks for `means`");
    // What was hidden under the old name is under the new one.
    crm.deals().set(mill, named([("means", "5 EUR".into())]), None).unwrap();
    let ann = crm.acting_as(user).unwrap();
    assert_eq!((ann.deals().get(mill).unwrap().custom["means"].clone(), ann.deals().count("means is not null").is_err()), (Value::Null, true));
    crm.undo(renamed.revision).unwrap();
    assert_eq!((crm.required_fields().get(rule.id).unwrap().field.as_str(), crm.hidden_fields().count("field = 'budget'").unwrap()), ("budget", 1));
    // As long as it is asked for, it stays.
    assert_refused(crm.custom_fields().remove(field), "conflict", "required_field");
    let removed = crm.change("no rule", |change| change.required_fields().remove(rule.id)).unwrap().change_set.unwrap();
    crm.custom_fields().remove(field).unwrap();
    assert_refused(crm.undo(removed), "conflict", "what it refers to is gone");
    go(&crm, mill, won).unwrap();
    assert_clean(&crm);
}

#[test]
fn an_undo_goes_round_the_rules_and_keeps_the_history_of_stages() {
    let crm = memory();
    let [enquiry, quoted, won, lost] = deals(&crm)[..] else { panic!() };
    let mill = crm.deals().add(deal("Mill")).unwrap();
    let moved = go(&crm, mill.id, quoted).unwrap();
    let gone = crm.deals().edit(mill.id, |fields| (fields.stage_id, fields.lost_reason) = (lost, Some("price".into()))).unwrap();
    let [first, second, third] = [(enquiry.0, None), (quoted.0, None), (lost.0, Some("price".to_owned()))];
    let now = stays(&crm, "deal", mill.id.0);
    assert_eq!(now, [(first.0, false, None), (second.0, false, None), (third.0, true, third.1.clone())]);
    // From now on there is no way back, and the first stages ask for what the deal never had.
    crm.stage_transitions().add(transition(Some(quoted), won)).unwrap();
    crm.required_fields().add(required(quoted, "value")).unwrap();
    let undone = crm.undo(gone.revision).unwrap();
    assert_eq!(crm.deals().get(mill.id).unwrap().stage_id, quoted);
    assert_eq!(stays(&crm, "deal", mill.id.0), [(first.0, false, None), (second.0, true, None)]);
    crm.undo(undone).unwrap();
    assert_eq!(stays(&crm, "deal", mill.id.0), now);
    assert_eq!(crm.deals().get(mill.id).unwrap().lost_reason.as_deref(), Some("price"));
    assert!(!crm.obstacles(moved.revision).unwrap().is_empty(), "it moved on since");
    assert_clean(&crm);
}

// A customer is lost, comes back, and is lost again.
#[test]
fn every_loss_has_its_reason() {
    let (crm, clock) = open_with_clock(":memory:");
    let stages = stages_of(&crm, crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap().id);
    let (first, lost) = (stages[0], stages[4]);
    let acme = crm.organizations().add(OrganizationFields { stage_id: Some(first), ..organization("Acme") }).unwrap().id;
    let set = |stage: StageId, reason: Option<&str>| {
        clock.advance(chrono::TimeDelta::days(7));
        let reason = reason.map(str::to_owned);
        crm.organizations().edit(acme, |fields| {
            fields.stage_id = Some(stage);
            if reason.is_some() {
                fields.lost_reason = reason;
            }
        })
    };
    let error = refused(set(lost, None));
    assert_eq!((error.code(), error.field(), error.reason()), ("invalid", "lost_reason", "a lost organization needs its reason, `lost_reason`"));
    set(lost, Some("price")).unwrap();
    set(lost, Some("service")).unwrap(); // It was something else.
    assert_eq!(set(first, None).unwrap().lost_reason, None);
    assert_refused(set(lost, None), "invalid", "needs its reason");
    set(lost, Some("competitor")).unwrap();
    let reasons: Vec<_> = stays(&crm, "organization", acme.0).into_iter().map(|(stage, _, reason)| (stage == lost.0, reason)).collect();
    assert_eq!(reasons, [(false, None), (true, Some("service".into())), (false, None), (true, Some("competitor".into()))]);
    // The timeline tells them, and a filter finds customers that were ever lost for something.
    let told = crm.timeline(acme, 10, None).unwrap();
    let of_stages = (0..told.len()).filter(|row| told.text(*row, "kind").as_deref() == Some("stage"));
    assert_eq!(of_stages.filter_map(|row| told.text(row, "detail")).collect::<Vec<_>>(), ["competitor", "service"]);
    let ever = "exists (select 1 from stage_move m where m.entity = 'organization' and m.record_id = organization.id and m.reason = 'service')";
    assert_eq!(crm.organizations().count(ever).unwrap(), 1);
    // Who leaves the process is not lost any more, and is asked anew when he comes back and is lost once more.
    clock.advance(chrono::TimeDelta::days(7));
    let left = crm.organizations().set(acme, named([("process_id", Value::Null)]), None).unwrap();
    assert_eq!((left.process_id, left.stage_id, left.lost_reason), (None, None, None));
    assert_eq!(stays(&crm, "organization", acme.0).last(), Some(&(lost.0, false, Some("competitor".into()))));
    set(first, None).unwrap();
    assert_refused(set(lost, None), "invalid", "needs its reason");
    set(lost, Some("quality")).unwrap();
    // An entity without process or stage needs none; the words are those of a dictionary of its own.
    crm.organizations().edit(acme, |fields| (fields.process_id, fields.stage_id) = (None, None)).unwrap();
    assert!(crm.dictionary_items().count("dictionary_id = (select id from dictionary where name = 'customer_lost_reason')").unwrap() > 3);
    assert_clean(&crm);
}

// What is emptied is emptied, or refused with the way to do it, never passed over.
#[test]
fn leaving_a_process_is_done_or_refused() {
    let crm = memory();
    let [enquiry, quoted, ..] = deals(&crm)[..] else { panic!() };
    let way = crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap().id;
    let first = stages_of(&crm, way)[0];
    let mill = crm.deals().add(DealFields { stage_id: quoted, ..deal("Mill") }).unwrap();
    for field in ["stage_id", "process_id"] {
        let error = refused(crm.deals().set(mill.id, named([(field, Value::Null)]), None));
        assert_eq!((error.code(), error.field(), error.reason()), ("invalid", field, "every deal has one: leave it out to keep it"));
    }
    assert_eq!(crm.deals().get(mill.id).unwrap().stage_id, quoted);
    // As a whole, what is left out stays, as ever.
    assert_eq!(crm.deals().update(mill.id, deal("Mill, renamed"), None).unwrap().stage_id, quoted);

    let acme = crm.organizations().add(OrganizationFields { process_id: Some(way), ..organization("Acme") }).unwrap().id;
    let set = |field: &str, value: Value| crm.organizations().set(acme, named([(field, value)]), None);
    assert_refused(set("stage_id", Value::Null), "invalid", "what is in a process is in one of its stages");
    let place = |customer: Organization| (customer.process_id, customer.stage_id);
    assert_eq!(place(crm.organizations().get(acme).unwrap()), (Some(way), Some(first)));
    let left = set("process_id", Value::Null).unwrap();
    let change_set = left.revision;
    assert_eq!(place(left), (None, None));
    assert_eq!(crm.stage_moves().count("entity = 'organization' and left_at is null").unwrap(), 0);
    crm.undo(change_set).unwrap();
    assert_eq!(place(crm.organizations().get(acme).unwrap()), (Some(way), Some(first)));
    assert_eq!(place(crm.organizations().edit(acme, |fields| fields.process_id = None).unwrap()), (None, None));
    assert_eq!(place(set("process_id", way.into()).unwrap()), (Some(way), Some(first)));
    assert_refused(crm.organizations().edit(acme, |fields| (fields.process_id, fields.stage_id) = (None, Some(enquiry))), "invalid", "another entity, `deal`");
    assert_clean(&crm);
}

// Dates are planned for stages of the process that a record is in, and are late only while it is still before the stage.
#[test]
fn plans_are_for_the_way_ahead() {
    let (crm, clock) = open_with_clock(":memory:");
    let stages = deals(&crm);
    let other = stages_of(&crm, crm.add_process("Other", ProcessTemplate::Classic).unwrap().id);
    let customers = stages_of(&crm, crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap().id);
    let today = crm.now().date_naive();
    let plan = |entity: &str, record_id: i64, stage_id: StageId, days: u64| {
        let planned_on = today + chrono::Days::new(days);
        crm.stage_plans().add(StagePlanFields { entity: entity.into(), record_id, stage_id, planned_on, ..Default::default() })
    };
    let ids: Vec<_> =
        ["waits", "skips", "won", "gone", "early", "back"].map(|name| crm.deals().add(DealFields { stage_id: other[0], ..deal(name) }).unwrap().id).into();
    assert_refused(plan("deal", ids[0].0, stages[1], 5), "invalid", "is a stage of a process that the record is not in");
    assert_refused(plan("deal", 99, stages[1], 5), "invalid", "record_id");
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    assert_refused(plan("organization", acme.0, customers[0], 5), "invalid", "that the record is not in");
    for id in &ids {
        plan("deal", id.0, other[1], 5).unwrap();
    }
    let of_winning = plan("deal", ids[0].0, other[4], 20).unwrap().id;
    clock.advance(chrono::TimeDelta::days(3));
    go(&crm, ids[4], other[1]).unwrap();
    go(&crm, ids[5], other[1]).unwrap();
    go(&crm, ids[5], other[0]).unwrap();
    clock.advance(chrono::TimeDelta::days(4));
    go(&crm, ids[1], other[2]).unwrap();
    go(&crm, ids[2], other[4]).unwrap();
    go(&crm, ids[3], stages[0]).unwrap();
    clock.advance(chrono::TimeDelta::days(3));
    let told = || -> Vec<String> {
        let table = crm.report(Report::StagePlans, &ReportQuery::default()).unwrap();
        let row = |row: usize| {
            let late = table.integer(row, "days_late").map_or("-".to_owned(), |days| days.to_string());
            format!(
                "{} {} {late}{}",
                table.text(row, "name").unwrap(),
                table.text(row, "stage").unwrap(),
                if table.integer(row, "overdue") == Some(1) { " overdue" } else { "" }
            )
        };
        let mut rows: Vec<_> = (0..table.len()).map(row).collect();
        rows.sort();
        rows
    };
    let of_stage =
        ["back Qualified -2", "early Qualified -2", "gone Qualified -", "skips Qualified -", "waits Qualified 5 overdue", "waits Won -10", "won Qualified -"];
    assert_eq!(told(), of_stage);
    // A plan of what left the process may be corrected and removed, and not be given to a stage elsewhere.
    let gone = crm.stage_plans().find(("record_id = ?1", [ids[3].0])).unwrap()[0].id;
    crm.stage_plans().edit(gone, |fields| fields.planned_on = today).unwrap();
    assert_refused(crm.stage_plans().edit(gone, |fields| fields.stage_id = other[2]), "invalid", "that the record is not in");
    crm.stage_plans().edit(gone, |fields| fields.stage_id = stages[1]).unwrap();
    crm.stage_plans().remove(of_winning).unwrap();
    assert_clean(&crm);
}

// What a stage means, and what goes through a process, is fixed once something was there, even if only an undo would bring it back.
#[test]
fn what_history_rests_on_stays() {
    let crm = memory();
    let stages = deals(&crm);
    let mill = crm.deals().add(deal("Mill")).unwrap().id;
    let moved = go(&crm, mill, stages[1]).unwrap().revision;
    assert_refused(crm.stages().edit(stages[0], |fields| fields.kind = StageKind::Won), "invalid", "records were in this stage");
    crm.undo(moved).unwrap();
    assert_refused(crm.stages().edit(stages[1], |fields| fields.kind = StageKind::Lost), "invalid", "undoing rest on what it means");
    crm.stages().edit(stages[1], |fields| (fields.name, fields.norm_days) = ("Offered".into(), Some(9))).unwrap();
    crm.stages().edit(stages[2], |fields| fields.kind = StageKind::Lost).unwrap();
    let spare = crm.add_process("Spare", ProcessTemplate::Short).unwrap().id;
    let added = crm.deals().add(DealFields { process_id: spare, ..deal("Press") }).unwrap().revision;
    let undone = crm.undo(added).unwrap();
    assert_refused(crm.processes().edit(spare, |fields| fields.entity = "organization".into()), "invalid", "records went through this process");
    crm.undo(undone).unwrap();
    let unused = crm.add_process("Unused", ProcessTemplate::Short).unwrap().id;
    assert_eq!(crm.processes().edit(unused, |fields| fields.entity = "organization".into()).unwrap().entity, "organization");
    assert_clean(&crm);
}

/// The stays of a record one after the other; panics where two overlap.
fn spans(crm: &Crm, id: DealId) -> Vec<(i64, String, Option<String>)> {
    let stays = crm.stage_moves().find(Filter::new("entity = 'deal' and record_id = ?1").bind(id).order_by("id")).unwrap();
    for two in stays.windows(2) {
        assert!(two[0].left_at.is_some_and(|left| left >= two[0].entered_at && left <= two[1].entered_at), "{two:?}");
    }
    let day = |moment: chrono::DateTime<chrono::Utc>| moment.format("%m-%d %H").to_string();
    stays.into_iter().map(|stay| (stay.stage_id.0, day(stay.entered_at), stay.left_at.map(day))).collect()
}

#[test]
fn a_deal_closed_as_of_an_earlier_day_was_nowhere_else_since() {
    let clock = std::sync::Arc::new(ManualClock::at("2026-01-10T10:00:00Z".parse().unwrap()));
    let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone())).unwrap();
    let stages = deals(&crm);
    let mill = crm.deals().add(deal("Mill")).unwrap().id;
    clock.set("2026-01-20T15:00:00Z".parse().unwrap());
    go(&crm, mill, stages[1]).unwrap();
    clock.set("2026-01-30T15:00:00Z".parse().unwrap());
    go(&crm, mill, stages[0]).unwrap();
    clock.set("2026-02-09T15:00:00Z".parse().unwrap());
    let close = |id: DealId, day: &str| {
        let day = Some(day.parse().unwrap());
        crm.deals().edit(id, |fields| (fields.stage_id, fields.closed_on) = (stages[2], day)).unwrap().revision
    };
    let before = spans(&crm, mill);
    let span = |stage: usize, entered: &str, left: Option<&str>| (stages[stage].0, entered.to_owned(), left.map(str::to_owned));
    let closed = close(mill, "2026-01-25");
    let expected =
        [span(0, "01-10 10", Some("01-20 15")), span(1, "01-20 15", Some("01-25 00")), span(0, "01-25 00", Some("01-25 00")), span(2, "01-25 00", None)];
    assert_eq!(spans(&crm, mill), expected);
    crm.undo(closed).unwrap();
    assert_eq!(spans(&crm, mill), before);
    // On the day on which it came into a stage, that counts first.
    close(mill, "2026-01-20");
    let expected =
        [span(0, "01-10 10", Some("01-20 15")), span(1, "01-20 15", Some("01-20 15")), span(0, "01-20 15", Some("01-20 15")), span(2, "01-20 15", None)];
    assert_eq!(spans(&crm, mill), expected);
    // It comes back, and a clock that was put back does not take it into the past.
    clock.set("2026-01-15T15:00:00Z".parse().unwrap());
    go(&crm, mill, stages[1]).unwrap();
    assert_eq!(spans(&crm, mill)[3..], [span(2, "01-20 15", Some("01-20 15")), span(1, "01-20 15", None)]);
    assert_clean(&crm);
}

/// Fields of a deal that rules may ask for, and a value of each.
const ASKED: [&str; 4] = ["value", "closes_on", "source", "lesson"];

fn values(filled: &[bool]) -> Named {
    let value = |field: &str| match field {
        "value" => "5 EUR".into(),
        "closes_on" => "2026-05-01".into(),
        _ => Value::from("x"),
    };
    ASKED.iter().zip(filled).map(|(field, filled)| ((*field).to_owned(), if *filled { value(field) } else { Value::Null })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    // What is told beforehand is what happens, and both are what the rules say, worked out here apart.
    #[test]
    fn a_record_goes_where_it_is_told_it_may(
        ways in proptest::collection::vec((proptest::option::of(0..4usize), 0..4usize, proptest::option::of(0..2usize)), 0..6),
        asked in proptest::collection::btree_set((0..4usize, 0..4usize), 0..6),
        filled in proptest::collection::vec(any::<bool>(), 4),
        from in 0..4usize,
        in_role in any::<bool>(),
    ) {
        let crm = memory();
        let stages = deals(&crm);
        let (user, role) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
        let other = crm.roles().add(RoleFields { name: "other".into(), ..Default::default() }).unwrap().id;
        if in_role {
            crm.user_roles().add(UserRoleFields { user_id: user, role_id: other, ..Default::default() }).unwrap();
            crm.permissions().add(PermissionFields { role_id: other, entity: "*".into(), reading: Level::All, writing: Level::All, ..Default::default() }).unwrap();
        }
        let id = crm.deals().add(DealFields { stage_id: stages[from], ..deal("Mill") }).unwrap().id;
        crm.deals().set(id, values(&filled), None).unwrap();
        let ways: Vec<_> = ways.into_iter().filter(|(from, to, _)| *from != Some(*to)).collect();
        for (from, to, whose) in &ways {
            let role_id = whose.map(|whose| [role, other][whose]);
            crm.stage_transitions().add(StageTransitionFields { role_id, ..transition(from.map(|from| stages[from]), stages[*to]) }).unwrap();
        }
        for (stage, field) in &asked {
            crm.required_fields().add(required(stages[*stage], ASKED[*field])).unwrap();
        }
        let ann = crm.acting_as(user).unwrap();
        let told = ann.next_stages("deal", id.0).unwrap();
        for to in (0..4).filter(|to| *to != from) {
            let leading: Vec<_> = ways.iter().filter(|(start, end, _)| *end == to && start.is_none_or(|start| start == from)).collect();
            let leads = ways.is_empty() || !leading.is_empty();
            let mine = ways.is_empty() || leading.iter().any(|(_, _, whose)| whose.is_none_or(|whose| whose == 0 || in_role));
            let mut missing: Vec<&str> = (0..4).filter(|field| asked.contains(&(to, *field)) && !filled[*field]).map(|field| ASKED[field]).collect();
            if to == 3 {
                missing.insert(0, "lost_reason");
            }
            let one = told.iter().find(|next| next.stage_id == stages[to]);
            prop_assert_eq!(one.is_some(), leads);
            let moved = ann.dry_run(|change| change.deals().edit(id, |fields| fields.stage_id = stages[to]));
            prop_assert_eq!(moved.is_ok(), leads && mine && missing.is_empty());
            if let Some(one) = one {
                let mut named: Vec<_> = one.missing.iter().map(String::as_str).collect();
                named.sort_by_key(|name| ASKED.iter().position(|field| field == name));
                prop_assert_eq!(&named, &missing);
                prop_assert_eq!((one.open, one.roles.is_empty()), (moved.is_ok(), mine));
            }
            if let Err(error) = moved {
                prop_assert!(missing.iter().all(|field| error.reason().contains(field)), "{}", error);
                prop_assert_eq!(error.code(), if leads && !mine { "denied" } else { "invalid" });
            }
        }
    }

    // Wherever deals go, on whatever day they are said to have been closed, they are in one stage at a time.
    #[test]
    fn stays_never_overlap(steps in proptest::collection::vec((0..4usize, proptest::option::of(0..40u64), 0..10i64), 1..12)) {
        let (crm, clock) = open_with_clock(":memory:");
        let stages = deals(&crm);
        let mill = crm.deals().add(deal("Mill")).unwrap().id;
        for (stage, ago, days) in steps {
            clock.advance(chrono::TimeDelta::hours(days * 7));
            let today = crm.now().date_naive();
            let _ = crm.deals().edit(mill, |fields| {
                (fields.stage_id, fields.lost_reason) = (stages[stage], Some("price".into()));
                fields.closed_on = ago.map(|ago| today - chrono::Days::new(ago));
            });
            spans(&crm, mill);
        }
    }
}

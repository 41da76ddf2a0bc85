//! Former versions go where a host says so: what is left answers as before, what is gone is refused, and the log stays whole.

use crate::support::*;
use chrono::{DateTime, TimeDelta, Utc};
use crm_core::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Names the file for the process that is going to be killed.
const VICTIM: &str = "CRM_TEST_PRUNED";

/// What organizations and people there are: names and numbers by id.
type Model = (BTreeMap<i64, (String, Option<i64>)>, BTreeMap<i64, String>);

/// A history with the model of each of its moments.
struct Told {
    moments: Vec<(DateTime<Utc>, Model)>,
    sets: Vec<ChangeSetId>,
}

fn of(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn versions(path: &Path, entity: &str, condition: &str) -> i64 {
    raw(path).query_row(&format!("select count(*) from {entity}_past where {condition}"), [], |row| row.get(0)).unwrap()
}

fn live(crm: &Crm, clock: &ManualClock, random: &Random, steps: usize) -> Told {
    let mut told = Told { moments: Vec::new(), sets: Vec::new() };
    if crm.deals().count("").unwrap() == 0 {
        crm.add_process("New", ProcessTemplate::Short).unwrap();
        crm.deals().add(DealFields { value: Some("5 EUR".parse().unwrap()), ..deal("Mill") }).unwrap();
    }
    let mut model: Model = Model::default();
    for step in 0..steps {
        clock.advance(TimeDelta::hours(1));
        let all: Vec<i64> = model.0.keys().copied().collect();
        let some = (!all.is_empty()).then(|| *random.pick(&all));
        let name = format!("Name {step}");
        let done = crm.change(&format!("step {step}"), |change| {
            match (random.below(8), some) {
                (0 | 1, _) | (_, None) => {
                    let added = change.organizations().add(OrganizationFields { employees: random.maybe(&[1, 2, 3], 70), ..organization(&name) })?;
                    change.contact_points().add(email(added.id, &format!("a{step}@b.example")))?;
                    model.0.insert(added.id.0, (name.clone(), added.employees));
                }
                (2, _) => {
                    for employees in 0..3 {
                        let added = change.organizations().add(OrganizationFields { employees: Some(employees), ..organization(&name) })?;
                        model.0.insert(added.id.0, (name.clone(), added.employees));
                    }
                }
                (3, Some(id)) => {
                    change.organizations().remove(OrganizationId(id))?;
                    model.0.remove(&id);
                }
                (4, Some(id)) => {
                    // Changed and removed by one set, and another one changed beside it.
                    change.organizations().edit(OrganizationId(id), |fields| fields.name = "last".into())?;
                    change.organizations().remove(OrganizationId(id))?;
                    model.0.remove(&id);
                    let added = change.people().add(person(&name))?;
                    model.1.insert(added.id.0, name.clone());
                }
                (5, Some(id)) => {
                    change.organizations().edit(OrganizationId(id), |fields| fields.employees = Some(step as i64))?;
                    model.0.entry(id).and_modify(|held| held.1 = Some(step as i64));
                    if let Some(person) = model.1.keys().next().copied() {
                        change.people().edit(PersonId(person), |fields| fields.name = name.clone())?;
                        model.1.insert(person, name.clone());
                    }
                }
                (_, Some(id)) => {
                    change.organizations().edit(OrganizationId(id), |fields| fields.name = name.clone())?;
                    model.0.entry(id).and_modify(|held| held.0 = name.clone());
                }
            }
            Ok(())
        });
        told.sets.extend(done.unwrap().change_set);
        if step % 9 == 8 {
            clock.advance(TimeDelta::minutes(1));
            let last = *told.sets.last().unwrap();
            if let Ok(undone) = crm.undo(last) {
                told.sets.push(undone);
                model = now(crm);
            }
        }
        told.moments.push((crm.now(), model.clone()));
    }
    told
}

fn now(crm: &Crm) -> Model {
    let organizations = crm.organizations().find(Filter::new("").limit(10_000)).unwrap();
    let people = crm.people().find(Filter::new("").limit(10_000)).unwrap();
    (
        organizations.into_iter().map(|record| (record.id.0, (record.name, record.employees))).collect(),
        people.into_iter().map(|record| (record.id.0, record.name)).collect(),
    )
}

#[track_caller]
fn assert_gone<T>(result: Result<T>, entity: &str) {
    assert_gone_of("", result, entity);
}

#[track_caller]
fn assert_gone_of<T>(asked: &str, result: Result<T>, entity: &str) {
    let error = result.err().unwrap_or_else(|| panic!("this must be refused: {asked}"));
    assert_eq!((error.code(), error.field()), ("invalid", "at"), "{asked}: {error}");
    assert!(error.reason().contains(&format!("the past of `{entity}` before")), "{error}");
}

/// Whatever names organizations is refused.
#[track_caller]
fn assert_organizations_gone(then: &Crm) {
    let ask = |sql: &str| then.sql(sql, &[]);
    assert_gone(then.organizations().get(OrganizationId(1)), "organization");
    assert_gone(then.organizations().find("name = 'nobody has this one'"), "organization");
    assert_gone(then.organizations().find(Filter::new("").order_by("name").limit(1)), "organization");
    assert_gone(then.organizations().count(""), "organization");
    assert_gone(then.organizations().count("employees > 1000000"), "organization");
    assert_gone(then.dossier(OrganizationId(1)), "organization");
    assert_gone(then.over_time("organization", &OverTime::new()), "organization");
    assert_gone(then.over_time("organization", &OverTime::new().filter("created_at < now()")), "organization");
    // Of no deals there is no organization to name.
    if then.deals().count("").unwrap() > 0 {
        assert_gone(then.report(Report::OpenPipeline, &ReportQuery::new().by([Dimension::Organization])), "organization");
    }
    for sql in [
        "select * from organization where id = 999999",
        "select count(*) from organization",
        "select max(id), min(name) from organization",
        "select name, count(*) from organization group by name",
        "select exists (select 1 from organization)",
        "select 1 where not exists (select 1 from organization where name = 'x')",
        "select c.value from contact_point c join organization o on o.id = c.organization_id",
        "select count(*) from (select 1 as one) x left join organization o on o.id = x.one",
        "select count(*) from contact_point c join organization o on o.id = c.organization_id group by o.name",
        "with x as (select id from organization limit 1) select count(*) from x",
        "select 1 union all select id from organization",
    ] {
        assert_gone_of(sql, ask(sql), "organization");
    }
}

#[test]
fn later_moments_answer_as_before_and_earlier_ones_are_refused() {
    for seed in 0..6 {
        let random = Random::new(seed);
        let (folder, path) = place();
        let (crm, clock) = open_with_clock(&path);
        let told = live(&crm, &clock, &random, 70);
        clock.advance(TimeDelta::hours(1));
        let copy = folder.path().join("copy.crm");
        crm.backup_to(&copy, &mut |_, _| {}).unwrap();
        let whole = Crm::open_with(&copy, Options::new().clock(clock.clone())).unwrap();
        let other = Crm::open_with(&path, Options::new().clock(clock.clone())).unwrap();
        let mut at = 20 + random.below(20);
        for _ in 0..2 {
            let (before, _) = told.moments[at];
            assert_eq!(now(&other.at(told.moments[at - 1].0).unwrap()).0.len(), now(&whole.at(told.moments[at - 1].0).unwrap()).0.len());
            let expected: i64 = versions(&path, "organization", "1");
            let pruned = crm.prune(Some(before), &of(&["organization"])).unwrap();
            let up_to = pruned.entities[0].up_to;
            assert_eq!(pruned.entities.iter().map(|gone| gone.entity.as_str()).collect::<Vec<_>>(), ["organization"]);
            assert_eq!(versions(&path, "organization", &format!("ended_by <= {up_to}")), 0);
            assert_eq!(expected - versions(&path, "organization", "1"), pruned.entities[0].versions);
            assert!(pruned.entities[0].versions > 0);
            // Twice is once.
            assert_eq!(crm.prune(Some(before), &of(&["organization", "organization"])).unwrap(), Pruned::default());

            for (number, (moment, model)) in told.moments.iter().enumerate() {
                for crm in [&crm, &other] {
                    let then = crm.at(*moment).unwrap();
                    if number >= at {
                        assert_eq!(now(&then), *model, "moment {number} of seed {seed}");
                        assert_eq!(then.organizations().count("").unwrap() as usize, model.0.len());
                    } else {
                        assert_organizations_gone(&then);
                        let people = then.people().find(Filter::new("").limit(10_000)).unwrap();
                        assert_eq!(people.into_iter().map(|record| (record.id.0, record.name)).collect::<BTreeMap<_, _>>(), model.1);
                        assert_eq!(then.contact_points().count("").unwrap(), whole.at(*moment).unwrap().contact_points().count("").unwrap());
                    }
                }
            }
            assert_clean(&crm);
            assert_histories(&crm, &whole, up_to);
            at += 15;
        }
        let up_to = crm.prune(Some(told.moments[at].0), &of(&["organization"])).unwrap().entities[0].up_to;
        assert_undo(&crm, &whole, &told, up_to);
        assert_clean(&crm);
        drop((crm, other));
        assert_clean(&Crm::open(&path).unwrap());
    }
}

/// What happened is told as where nothing was pruned, without the values that are gone.
fn assert_histories(crm: &Crm, whole: &Crm, up_to: ChangeSetId) {
    let last = count(whole, "select max(id) from organization").max(60);
    let mut marked = 0;
    for id in 1..=last {
        let id = OrganizationId(id);
        let (Ok(known), Ok(told)) = (whole.organizations().history(id), crm.organizations().history(id)) else {
            assert_eq!(whole.organizations().history(id).is_ok(), crm.organizations().history(id).is_ok());
            continue;
        };
        assert_eq!(told.len(), known.len(), "{told:?} {known:?}");
        for (told, known) in told.iter().zip(&known) {
            let event = |change: &Change| (change.change_set, change.at, change.label.clone(), change.operation, change.record_id);
            assert_eq!(event(told), event(known));
            let ended = matches!(known.operation, Operation::Update | Operation::Delete);
            if told.pruned {
                marked += 1;
                assert!(told.change_set <= up_to && told.before.is_empty() && told.after.is_empty());
            } else {
                assert_eq!(told, known);
                assert!(told.change_set > up_to || !ended);
            }
        }
    }
    assert!(marked > 0);
    // The feed tells the same events.
    let feed = |crm: &Crm| {
        let all = crm.changes(0, 10_000).unwrap().into_iter();
        all.map(|event| (event.sequence, event.change_set, event.operation, event.first_id, event.last_id)).collect::<Vec<_>>()
    };
    assert_eq!(feed(crm), feed(whole));
}

/// An undo does what it would have done, or is refused because of what is gone.
fn assert_undo(crm: &Crm, whole: &Crm, told: &Told, up_to: ChangeSetId) {
    let ended: BTreeSet<ChangeSetId> = whole
        .changes(0, 10_000)
        .unwrap()
        .into_iter()
        .filter(|event| event.entity == "organization" && matches!(event.operation, Operation::Update | Operation::Delete) && event.change_set <= up_to)
        .map(|event| event.change_set)
        .collect();
    assert!(!ended.is_empty());
    let mut refusals = 0;
    for set in told.sets.iter().rev() {
        let (before, after) = (whole.obstacles(*set).unwrap(), crm.obstacles(*set).unwrap());
        let because = after.iter().any(|obstacle| obstacle.reason.contains("pruned"));
        if ended.contains(set) {
            assert!(because, "{set}: {after:?}");
            assert_refused(crm.undo(*set), "conflict", "pruned");
            refusals += 1;
        } else if *set > up_to || !because {
            assert_eq!(after, before, "{set}");
            // The first few are taken back in both.
            if after.is_empty() && told.sets.len() as i64 - set.0 < 20 {
                assert_eq!(crm.undo(*set).is_ok(), whole.undo(*set).is_ok());
                assert_eq!(now(crm), now(whole));
            }
        } else {
            // What was changed again, perhaps to what it was: that cannot be told any more.
            for obstacle in after.iter().filter(|obstacle| obstacle.reason.contains("pruned")) {
                let history = whole.history(&obstacle.entity, obstacle.record_id).unwrap();
                assert!(history.iter().any(|change| change.change_set > *set && change.change_set <= up_to), "{set}: {obstacle:?}");
            }
        }
    }
    assert!(refusals > 3);
}

#[test]
fn an_entity_without_any_record_left_is_refused_as_well() {
    let (crm, clock) = open_with_clock(":memory:");
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let then = crm.now();
    clock.advance(TimeDelta::days(1));
    crm.organizations().remove(acme.id).unwrap();
    clock.advance(TimeDelta::days(1));
    assert_eq!(crm.at(then).unwrap().organizations().count("").unwrap(), 1);
    let pruned = crm.prune(Some(crm.now()), &[]).unwrap();
    assert!(pruned.entities.iter().any(|gone| gone.entity == "organization" && gone.versions == 1));
    assert_organizations_gone(&crm.at(then).unwrap());
    assert_eq!(crm.at(crm.now()).unwrap().organizations().count("").unwrap(), 0);
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    // What was never changed has all of its past.
    assert_eq!(crm.at(then).unwrap().people().count("").unwrap(), 0);
    let history = crm.organizations().history(acme.id).unwrap();
    assert_eq!(history.iter().map(|change| (change.operation, change.pruned)).collect::<Vec<_>>(), [(Operation::Delete, true), (Operation::Insert, true)]);
    let removed = history[0].change_set;
    assert_eq!(crm.obstacles(removed).unwrap()[0].reason, "its former versions were pruned");
    assert_refused(crm.undo(removed), "conflict", "pruned");
    assert_clean(&crm);
}

#[test]
fn it_is_a_change_set_of_its_own_for_the_system_alone() {
    let (_folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    crm.organizations().edit(acme.id, |fields| fields.name = "Birch".into()).unwrap();
    clock.advance(TimeDelta::days(1));
    let (user, _) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    let all = of(&["organization"]);
    assert_refused(crm.acting_as(user).unwrap().prune(Some(crm.now()), &all), "denied", "without a user");
    assert_refused(crm.at(crm.now()).unwrap().prune(Some(crm.now()), &all), "read_only", "past");
    assert_eq!(refused(crm.prune(Some(crm.now() + TimeDelta::seconds(1)), &all)).field(), "before");
    assert_refused(crm.prune(Some(crm.now()), &of(&["organisation"])), "invalid", "did you mean `organization`");
    let reader = Crm::open_with(&path, Options::new().read_only(true)).unwrap();
    assert_refused(reader.prune(Some(crm.now()), &all), "read_only", "reading only");
    // Before anything happened there is nothing to take.
    assert_eq!(crm.prune(Some(moment("2000-01-01T00:00:00Z")), &all).unwrap(), Pruned::default());

    let (tell, heard) = std::sync::mpsc::channel();
    let listening = crm.on_commit(move |event| drop(tell.send(event.clone()))).unwrap();
    let feed = || crm.changes(0, 10_000).unwrap().into_iter().map(|event| (event.sequence, event.change_set)).collect::<Vec<_>>();
    let before = feed();
    let pruned = crm.prune(Some(crm.now()), &all).unwrap();
    let event = heard.recv().unwrap();
    listening.stop();
    assert_eq!((Some(event.change_set), event.entries), (pruned.change_set, 0));
    assert_eq!(event.label.unwrap(), "prune of what ended before 2026-03-03T09:00:00Z: organization");
    assert_eq!(feed(), before);
    let edited = crm.changes(0, 10_000).unwrap().into_iter().find(|event| event.operation == Operation::Update).unwrap();
    assert_eq!((edited.entity.as_str(), edited.fields.len()), ("organization", 0));
    assert_refused(crm.undo(pruned.change_set.unwrap()), "conflict", "nothing is left");
    // What follows goes on from it.
    crm.organizations().edit(acme.id, |fields| fields.name = "Cedar".into()).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().revision.0, pruned.change_set.unwrap().0 + 1);
    crm.undo(crm.organizations().get(acme.id).unwrap().revision).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().name, "Birch");
    assert_clean(&crm);
}

#[test]
fn ids_of_loads_that_were_taken_back_are_not_given_again() {
    let (crm, clock) = open_with_clock(":memory:");
    let loaded = crm.organizations().add_many((0..5).map(|_| organization("Acme")).collect::<Vec<_>>()).unwrap();
    crm.undo(loaded.change_set.unwrap()).unwrap();
    clock.advance(TimeDelta::days(1));
    assert_eq!(crm.prune(Some(crm.now()), &of(&["organization"])).unwrap().entities[0].versions, 5);
    assert_eq!(crm.organizations().add(organization("Birch")).unwrap().id.0, 6);
    assert_clean(&crm);
}

// A load that was removed as a whole is one entry.
#[test]
fn a_load_does_not_come_back_without_its_versions() {
    let (crm, clock) = open_with_clock(":memory:");
    let loaded = crm.organizations().add_many((0..50).map(|_| organization("Acme")).collect::<Vec<_>>()).unwrap();
    let removed = crm.undo(loaded.change_set.unwrap()).unwrap();
    clock.advance(TimeDelta::days(1));
    crm.prune(Some(crm.now()), &[]).unwrap();
    assert_refused(crm.undo(removed), "conflict", "pruned");
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    assert_clean(&crm);
}

#[test]
fn the_chain_still_tells_what_was_altered() {
    let (folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    live(&crm, &clock, &Random::new(3), 40);
    clock.advance(TimeDelta::days(1));
    let head = crm.verify(None, &mut |_, _| {}).unwrap().head;
    let before = crm.now();
    crm.prune(Some(before), &of(&["organization"])).unwrap();
    live(&crm, &clock, &Random::new(4), 5);
    assert_clean(&crm);
    drop(crm);
    // What the chain was at its end before is still in it.
    let hashes = raw_rows(&raw(&path), "select hash from change_set");
    assert!(hashes.iter().any(|hash| hash.contains(&head)));
    // Some versions that went were brought about by a load, others by entries of their own.
    assert!(raw_rows(&raw(&path), "select * from pruned_version").len() > 1);
    let one = "(select min(id) from change where entity = 'organization' and operation = 'update')";
    for (number, altering) in [
        format!("update change set digest = zeroblob(32) where id = {one}"),
        format!("update change set digest = null where id = {one}"),
        format!("update change set operation = 'insert' where id = {one}"),
        format!("update change set record_id = record_id + 1, last_id = last_id + 1 where id = {one}"),
        "delete from pruned".to_owned(),
        "update pruned set change_set = 1".to_owned(),
        "delete from pruned_version where record = (select max(record) from pruned_version)".to_owned(),
        "update pruned_version set digest = randomblob(32) where record = (select min(record) from pruned_version)".to_owned(),
        "delete from organization_past where id = (select max(id) from organization_past)".to_owned(),
        "delete from contact_point_past".to_owned(),
        "update change_set set label = 'another' where label like 'prune%'".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let copy = folder.path().join(format!("altered-{number}.crm"));
        std::fs::copy(&path, &copy).unwrap();
        assert!(raw(&copy).execute(altering, []).is_ok());
        assert_ne!(Crm::open(&copy).unwrap().verify(None, &mut |_, _| {}).unwrap().findings, Vec::<String>::new(), "{altering}");
    }
}

#[test]
fn who_sees_parts_by_what_they_belong_to_is_refused_where_that_is_gone() {
    let (crm, clock) = open_with_clock(":memory:");
    let (ann, _) = user_with(&crm, "Ann", &[("*", Level::Own, Level::Own)]);
    let (bob, _) = user_with(&crm, "Bob", &[("*", Level::All, Level::All)]);
    let acme = crm.organizations().add(OrganizationFields { owner_id: Some(ann), ..organization("Acme") }).unwrap();
    crm.contact_points().add(email(acme.id, "a@b.example")).unwrap();
    let then = crm.now();
    let see = |user, moment: DateTime<Utc>| crm.acting_as(user).unwrap().at(moment).unwrap().contact_points().count("");
    clock.advance(TimeDelta::days(1));
    crm.organizations().remove(acme.id).unwrap();
    clock.advance(TimeDelta::days(1));
    assert_eq!((see(ann, then).unwrap(), see(bob, then).unwrap()), (1, 1));
    crm.prune(Some(crm.now()), &of(&["organization"])).unwrap();
    assert_gone(see(ann, then), "organization");
    assert_eq!(see(bob, then).unwrap(), 1);
    assert_eq!(see(ann, crm.now()).unwrap(), 0);
    assert_eq!(crm.at(then).unwrap().contact_points().count("").unwrap(), 1);
}

#[cfg(feature = "search")]
#[test]
fn an_index_that_is_behind_is_made_anew() {
    let (_folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let birch = crm.organizations().add(organization("Birch")).unwrap();
    let point = crm.contact_points().add(email(acme.id, "unusual@b.example")).unwrap();
    let titles = |text: &str| crm.search(text).unwrap().hits.into_iter().map(|hit| hit.title).collect::<Vec<_>>();
    assert_eq!(titles("unusual"), ["Acme"]);
    crm.search_update(&mut |_, _| {}).unwrap();
    clock.advance(TimeDelta::days(1));
    crm.contact_points().edit(point.id, |fields| fields.organization_id = Some(birch.id)).unwrap();
    crm.contact_points().remove(point.id).unwrap();
    crm.organizations().edit(birch.id, |fields| fields.name = "Cedar".into()).unwrap();
    clock.advance(TimeDelta::days(1));
    crm.prune(Some(crm.now()), &[]).unwrap();
    assert_eq!((titles("unusual"), titles("birch"), titles("cedar")), (vec![], vec![], vec!["Cedar".to_owned()]));
    assert_eq!(titles("acme"), ["Acme"]);
}

/// Not a test: the process that is killed.
#[test]
#[ignore = "runs as a process of its own"]
fn victim() {
    let Ok(path) = std::env::var(VICTIM) else { return };
    let crm = Crm::open(path).unwrap();
    println!("\nready");
    crm.prune(Some(crm.now()), &[]).unwrap();
}

#[test]
fn killed_at_any_moment_all_is_gone_or_nothing() {
    let (folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let loaded = crm.organizations().add_many((0..3_000).map(|_| organization("Acme")).collect::<Vec<_>>()).unwrap();
    assert_eq!(loaded.count, 3_000);
    for round in 0..3 {
        let edit = |change: &ChangeSet| {
            (1..=3_000).try_for_each(|id| change.organizations().edit(OrganizationId(id), |fields| fields.employees = Some(round)).map(drop))
        };
        crm.change("all", edit).unwrap();
    }
    drop(crm);
    let all = versions(&path, "organization", "1");
    assert_eq!(all, 9_000);
    let random = Random::new(11);
    let mut outcomes = BTreeSet::new();
    for kill in 0..25 {
        let copy = folder.path().join(format!("{kill}.crm"));
        std::fs::copy(&path, &copy).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["prune::victim", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(VICTIM, &copy)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.below(130) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        let crm = Crm::open(&copy).unwrap();
        let (left, marked) = (versions(&copy, "organization", "1"), raw_rows(&raw(&copy), "select * from pruned").len());
        assert!((left, marked) == (all, 0) || left == 0 && marked > 0, "{left} {marked}");
        outcomes.insert(left);
        assert_clean(&crm);
    }
    println!("versions left: {outcomes:?}");
}

#[test]
fn each_entity_keeps_its_past_for_its_days() {
    let (crm, clock) = open_with_clock(":memory:");
    assert_eq!(crm.prune(None, &[]).unwrap(), Pruned::default(), "nothing goes without a retention");
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let ann = crm.people().add(person("Ann")).unwrap();
    crm.add_process("New", ProcessTemplate::Short).unwrap();
    let mill = crm.deals().add(deal("Mill")).unwrap();
    let edit = |number: i64| {
        crm.organizations().edit(acme.id, |fields| fields.employees = Some(number)).unwrap();
        crm.people().edit(ann.id, |fields| fields.name = format!("Ann {number}")).unwrap();
        crm.deals().edit(mill.id, |fields| fields.probability = Some(number)).unwrap();
    };
    // A version of each ends on each of days 1 to 10.
    for day in 1..=10 {
        clock.advance(TimeDelta::days(1));
        edit(day);
    }
    crm.retentions().add(RetentionFields::new("organization", 3)).unwrap();
    let people = crm.retentions().add(RetentionFields::new("person", 7)).unwrap();
    for (entity, days, field) in [("organization", 5, "entity"), ("persn", 5, "persn"), ("deal", 0, "days"), ("deal", 36_501, "days")] {
        assert_eq!(refused(crm.retentions().add(RetentionFields::new(entity, days))).field(), field);
    }
    let went = |pruned: Pruned| pruned.entities.into_iter().map(|gone| (gone.entity, gone.versions)).collect::<BTreeMap<_, _>>();
    let expected = |all: &[(&str, i64)]| all.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<BTreeMap<_, _>>();
    assert_eq!(went(crm.prune(None, &of(&["deal"])).unwrap()), BTreeMap::new());
    assert_eq!(went(crm.prune(None, &of(&["person"])).unwrap()), expected(&[("person", 3)]));
    assert_eq!(went(crm.prune(None, &[]).unwrap()), expected(&[("organization", 7)]));
    assert_eq!(crm.prune(None, &[]).unwrap(), Pruned::default());
    clock.advance(TimeDelta::days(1));
    crm.retentions().edit(people.id, |fields| fields.days = 2).unwrap();
    assert_eq!(went(crm.prune(None, &[]).unwrap()), expected(&[("organization", 1), ("person", 6)]));
    let then = crm.at(crm.now() - TimeDelta::days(3)).unwrap();
    assert_eq!(then.organizations().get(acme.id).unwrap().employees, Some(8));
    assert_gone(then.people().get(ann.id), "person");
    assert_eq!(then.deals().get(mill.id).unwrap().probability, Some(8));
    assert_gone(crm.at(crm.now() - TimeDelta::days(4)).unwrap().organizations().count(""), "organization");
    assert_clean(&crm);
}

#[test]
fn the_status_counts_what_is_in_the_file() {
    let (_folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    live(&crm, &clock, &Random::new(9), 60);
    clock.advance(TimeDelta::days(1));
    let before = crm.status().unwrap();
    assert!(before.entities.iter().all(|entity| entity.past_since.is_none()));
    let up_to = crm.prune(Some(crm.now() - TimeDelta::hours(50)), &of(&["organization"])).unwrap().entities[0].up_to;
    let status = crm.status().unwrap();
    let raw_count = |from: &str| raw(&path).query_row(&format!("select count(*) from {from}"), [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((status.change_sets, status.entries), (raw_count("change_set"), raw_count("change")));
    assert_eq!(status.change_sets, before.change_sets + 1);
    assert_eq!(status.bytes as u64, std::fs::metadata(&path).unwrap().len());
    assert_eq!(status.wal_bytes as u64, std::fs::metadata(path.with_extension("crm-wal")).unwrap().len());
    assert_eq!(status.entities.iter().map(|entity| entity.entity.as_str()).collect::<BTreeSet<_>>().len(), entities().count());
    for entity in &status.entities {
        let name = &entity.entity;
        assert_eq!((entity.records, entity.versions), (raw_count(&format!("\"{name}\"")), raw_count(&format!("{name}_past"))), "{name}");
        let pages = |table: &str| {
            let sql = format!("select sum(pgsize) from dbstat where name in (select name from sqlite_schema where tbl_name = '{table}')");
            raw(&path).query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!((entity.bytes, entity.past_bytes), (pages(name), pages(&format!("{name}_past"))), "{name}");
        let since: i64 = raw(&path).query_row("select since from change_set where id = ?1", [up_to.0], |row| row.get(0)).unwrap();
        let since = (name == "organization").then(|| DateTime::from_timestamp_millis(since).unwrap());
        assert_eq!(entity.past_since, since, "{name}");
    }
    let (user, _) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    assert_refused(crm.acting_as(user).unwrap().status(), "denied", "without a user");
    assert_refused(crm.at(crm.now()).unwrap().status(), "denied", "without a user");
    let memory = memory().status().unwrap();
    assert!(memory.bytes > 0 && memory.entities.iter().any(|entity| entity.entity == "dictionary" && entity.records > 0 && entity.bytes > 0));
}

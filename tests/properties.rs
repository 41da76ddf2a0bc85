//! Random work against a simple model: every state, and every state of the past (B1, B2).

use crate::support::*;
use crm_core::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One record of the model: the fields it keeps an eye on, in words.
type Fields = BTreeMap<&'static str, String>;
/// Every record by entity and id.
type State = BTreeMap<(&'static str, i64), Fields>;

/// What is compared: entity and the columns.
const WATCHED: &[(&str, &[&str])] = &[
    ("organization", &["name", "employees", "parent_id"]),
    ("person", &["name"]),
    ("affiliation", &["person_id", "organization_id", "department"]),
    ("contact_point", &["organization_id", "value"]),
    ("deal", &["name", "organization_id", "stage_id", "value"]),
    ("stage_move", &["record_id", "stage_id", "entered_at", "left_at"]),
    ("activity", &["subject", "organization_id", "deal_id"]),
];

/// Which fields refer to what, and whether the record is part of it.
const REFERENCES: &[(&str, &str, &str, bool)] = &[
    ("organization", "parent_id", "organization", false),
    ("affiliation", "person_id", "person", true),
    ("affiliation", "organization_id", "organization", true),
    ("contact_point", "organization_id", "organization", true),
    ("deal", "organization_id", "organization", false),
    ("stage_move", "record_id", "deal", true),
    ("activity", "organization_id", "organization", false),
    ("activity", "deal_id", "deal", false),
];

#[derive(Clone, Debug)]
enum Op {
    AddOrganization(Option<u16>),
    AddPerson,
    AddAffiliation(usize, usize),
    AddContact(usize),
    AddDeal(usize, i64),
    AddActivity(usize, usize),
    Employees(usize, Option<u16>),
    Parent(usize, usize),
    Department(usize, u8),
    Move(usize, usize),
    Value(usize, i64),
    Remove(usize, usize),
    Bulk(usize),
    Several(usize, usize),
    Undo(usize),
    UndoLast(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let any = || any::<prop::sample::Index>().prop_map(|index| index.index(1000));
    prop_oneof![
        2 => proptest::option::of(0u16..50).prop_map(Op::AddOrganization),
        1 => Just(Op::AddPerson),
        2 => (any(), any()).prop_map(|(a, b)| Op::AddAffiliation(a, b)),
        1 => any().prop_map(Op::AddContact),
        2 => (any(), 0i64..1000).prop_map(|(a, b)| Op::AddDeal(a, b)),
        2 => (any(), any()).prop_map(|(a, b)| Op::AddActivity(a, b)),
        3 => (any(), proptest::option::of(0u16..5)).prop_map(|(a, b)| Op::Employees(a, b)),
        1 => (any(), any()).prop_map(|(a, b)| Op::Parent(a, b)),
        1 => (any(), 0u8..3).prop_map(|(a, b)| Op::Department(a, b)),
        2 => (any(), any()).prop_map(|(a, b)| Op::Move(a, b)),
        1 => (any(), 0i64..1000).prop_map(|(a, b)| Op::Value(a, b)),
        4 => (any(), any()).prop_map(|(a, b)| Op::Remove(a, b)),
        1 => (1usize..6).prop_map(Op::Bulk),
        1 => (any(), any()).prop_map(|(a, b)| Op::Several(a, b)),
        3 => any().prop_map(Op::Undo),
        2 => (0usize..3).prop_map(Op::UndoLast),
    ]
}

/// What a change set did, record by record.
type Done = BTreeMap<(&'static str, i64), (Option<Fields>, Option<Fields>)>;

#[derive(Default)]
struct Model {
    state: State,
    /// Change sets by id.
    done: BTreeMap<i64, Done>,
    highest: BTreeMap<&'static str, i64>,
}

impl Model {
    fn ids(&self, entity: &str) -> Vec<i64> {
        self.state.keys().filter(|(name, _)| *name == entity).map(|(_, id)| *id).collect()
    }

    fn pick(&self, entity: &str, at: usize) -> Option<i64> {
        let ids = self.ids(entity);
        (!ids.is_empty()).then(|| ids[at % ids.len()])
    }

    fn next(&mut self, entity: &'static str) -> i64 {
        let highest = self.highest.entry(entity).or_default();
        *highest += 1;
        *highest
    }

    fn add(&mut self, entity: &'static str, fields: &[(&'static str, String)]) -> i64 {
        let id = self.next(entity);
        let mut all: Fields = WATCHED.iter().find(|(name, _)| *name == entity).unwrap().1.iter().map(|name| (*name, "-".to_owned())).collect();
        all.extend(fields.iter().cloned());
        self.state.insert((entity, id), all);
        id
    }

    fn set(&mut self, entity: &'static str, id: i64, field: &'static str, value: String) {
        self.state.get_mut(&(entity, id)).unwrap().insert(field, value);
    }

    /// Removes a record and its parts; false when something else refers to any of it.
    fn remove(&mut self, entity: &'static str, id: i64) -> bool {
        for (from, field, to, part) in REFERENCES.iter().filter(|(_, _, to, _)| *to == entity) {
            let _ = to;
            let referring: Vec<i64> =
                self.state.iter().filter(|((name, _), fields)| name == from && fields[field] == id.to_string()).map(|((_, id), _)| *id).collect();
            for other in referring {
                if !part || !self.remove(from, other) {
                    return false;
                }
            }
        }
        self.state.remove(&(entity, id));
        true
    }

    /// The state after an undo, or `None` when it cannot be.
    fn undone(&self, set: i64) -> Option<State> {
        let mut state = self.state.clone();
        for (key, (before, after)) in &self.done[&set] {
            let now = self.state.get(key);
            match (before, after) {
                (None, Some(after)) => match now {
                    Some(now) if now == after => drop(state.remove(key)),
                    Some(_) => return None,
                    None => {}
                },
                (Some(before), None) => {
                    if now.is_some() {
                        return None;
                    }
                    state.insert(*key, before.clone());
                }
                (Some(before), Some(after)) => {
                    let now = now?;
                    for (field, former) in before {
                        if former != &after[field] {
                            if now[field] != after[field] {
                                return None;
                            }
                            state.get_mut(key).unwrap().insert(field, former.clone());
                        }
                    }
                }
                (None, None) => {}
            }
        }
        for ((entity, _), fields) in &state {
            for (_, field, to, _) in REFERENCES.iter().filter(|(from, _, _, _)| from == entity) {
                if fields[field] != "-" && !state.contains_key(&(to, fields[field].parse().unwrap())) {
                    return None;
                }
            }
        }
        Some(state)
    }
}

/// The file's state as a handle shows it.
fn seen(crm: &Crm) -> State {
    let mut state = State::new();
    for (entity, columns) in WATCHED {
        let table = crm.sql(&format!("select id, {} from {entity}", columns.join(", ")), &[]).unwrap();
        for row in 0..table.len() {
            let fields = columns
                .iter()
                .map(|name| {
                    let text = match table.value(row, name).unwrap() {
                        Value::Null => "-".into(),
                        Value::Integer(number) => number.to_string(),
                        Value::Moment(moment) => moment.timestamp_millis().to_string(),
                        Value::Text(text) => text,
                        other => panic!("{}", other.kind()),
                    };
                    (*name, text)
                })
                .collect();
            state.insert((entity, table.integer(row, "id").unwrap()), fields);
        }
    }
    state
}

/// Does the same to the file and to the model. Whether it may be done is for the model to say.
fn apply(crm: &Crm, model: &mut Model, op: &Op) {
    let before = model.state.clone();
    let stages: Vec<i64> = crm.stages().find(Filter::new("kind = 'open'").order_by("id")).unwrap().into_iter().map(|stage| stage.id.0).collect();
    let now = crm.now().timestamp_millis().to_string();
    let text = |number: i64| number.to_string();
    let done: Result<Option<ChangeSetId>> = match *op {
        Op::AddOrganization(employees) => {
            let name = format!("Company {}", model.highest.get("organization").unwrap_or(&0) + 1);
            let fields = OrganizationFields { employees: employees.map(Into::into), ..organization(&name) };
            model.add("organization", &[("name", name), ("employees", employees.map_or("-".into(), |number| number.to_string()))]);
            crm.organizations().add(fields).map(|one| Some(one.revision))
        }
        Op::AddPerson => {
            let id = model.add("person", &[("name", "Ann".into())]);
            crm.people().add(person("Ann")).map(|one| {
                assert_eq!(one.id.0, id);
                Some(one.revision)
            })
        }
        Op::AddAffiliation(person, organization) => {
            let (Some(person), Some(organization)) = (model.pick("person", person), model.pick("organization", organization)) else { return };
            model.add("affiliation", &[("person_id", text(person)), ("organization_id", text(organization))]);
            let fields = AffiliationFields { person_id: PersonId(person), organization_id: OrganizationId(organization), ..Default::default() };
            crm.affiliations().add(fields).map(|one| Some(one.revision))
        }
        Op::AddContact(organization) => {
            let Some(organization) = model.pick("organization", organization) else { return };
            model.add("contact_point", &[("organization_id", text(organization)), ("value", "a@b.example".into())]);
            // Which one is the primary is no matter here.
            let fields = ContactPointFields { is_primary: Some(false), ..email(OrganizationId(organization), "a@b.example") };
            crm.contact_points().add(fields).map(|one| Some(one.revision))
        }
        Op::AddDeal(organization, value) => {
            let organization = model.pick("organization", organization);
            let id = model.add(
                "deal",
                &[("name", "Mill".into()), ("organization_id", organization.map_or("-".into(), text)), ("stage_id", text(stages[0])), ("value", text(value))],
            );
            model.add("stage_move", &[("record_id", text(id)), ("stage_id", text(stages[0])), ("entered_at", now)]);
            let value = Some(Money::from_minor(value, Currency::EUR));
            crm.deals().add(DealFields { organization_id: organization.map(OrganizationId), value, ..deal("Mill") }).map(|one| Some(one.revision))
        }
        Op::AddActivity(organization, deal) => {
            let (organization, deal) = (model.pick("organization", organization), model.pick("deal", deal));
            model.add(
                "activity",
                &[("subject", "Call".into()), ("organization_id", organization.map_or("-".into(), text)), ("deal_id", deal.map_or("-".into(), text))],
            );
            let fields = ActivityFields { organization_id: organization.map(OrganizationId), deal_id: deal.map(DealId), ..activity("Call") };
            crm.activities().add(fields).map(|one| Some(one.revision))
        }
        Op::Employees(organization, employees) => {
            let Some(id) = model.pick("organization", organization) else { return };
            model.set("organization", id, "employees", employees.map_or("-".into(), |number| number.to_string()));
            crm.organizations().edit(OrganizationId(id), |fields| fields.employees = employees.map(Into::into)).map(|one| Some(one.revision))
        }
        Op::Parent(child, parent) => {
            let (Some(child), Some(parent)) = (model.pick("organization", child), model.pick("organization", parent)) else { return };
            let mut above = Some(parent);
            while let Some(id) = above.filter(|id| *id != child) {
                above = model.state[&("organization", id)]["parent_id"].parse().ok();
            }
            let unchanged = model.state[&("organization", child)]["parent_id"] == text(parent);
            let done = crm.organizations().edit(OrganizationId(child), |fields| fields.parent_id = Some(OrganizationId(parent)));
            if above.is_some() && !unchanged {
                assert_refused(done, "invalid", "own parent");
                return;
            }
            model.set("organization", child, "parent_id", text(parent));
            done.map(|one| Some(one.revision))
        }
        Op::Department(affiliation, department) => {
            let Some(id) = model.pick("affiliation", affiliation) else { return };
            model.set("affiliation", id, "department", format!("D{department}"));
            crm.affiliations().set(AffiliationId(id), named([("department", format!("D{department}").into())]), None).map(|one| Some(one.revision))
        }
        Op::Move(deal, stage) => {
            let Some(id) = model.pick("deal", deal) else { return };
            let stage = stages[stage % stages.len()];
            if model.state[&("deal", id)]["stage_id"] != text(stage) {
                let open =
                    model.state.iter().find(|((entity, _), fields)| *entity == "stage_move" && fields["record_id"] == text(id) && fields["left_at"] == "-");
                if let Some(((_, open), _)) = open.map(|(key, fields)| (*key, fields.clone())) {
                    model.set("stage_move", open, "left_at", now.clone());
                }
                model.set("deal", id, "stage_id", text(stage));
                model.add("stage_move", &[("record_id", text(id)), ("stage_id", text(stage)), ("entered_at", now)]);
            }
            crm.deals().edit(DealId(id), |fields| fields.stage_id = StageId(stage)).map(|one| Some(one.revision))
        }
        Op::Value(deal, value) => {
            let Some(id) = model.pick("deal", deal) else { return };
            model.set("deal", id, "value", text(value));
            crm.deals().edit(DealId(id), |fields| fields.value = Some(Money::from_minor(value, Currency::EUR))).map(|one| Some(one.revision))
        }
        Op::Remove(entity, at) => {
            let entity = ["organization", "person", "deal", "activity", "affiliation", "contact_point"][entity % 6];
            let Some(id) = model.pick(entity, at) else { return };
            let removed = model.remove(entity, id);
            let done = crm.change("remove", |change| match entity {
                "organization" => change.organizations().remove(OrganizationId(id)),
                "person" => change.people().remove(PersonId(id)),
                "deal" => change.deals().remove(DealId(id)),
                "activity" => change.activities().remove(ActivityId(id)),
                "affiliation" => change.affiliations().remove(AffiliationId(id)),
                _ => change.contact_points().remove(ContactPointId(id)),
            });
            if !removed {
                model.state = before;
                assert_refused(done, "conflict", "refer to it");
                return;
            }
            done.map(|done| done.change_set)
        }
        Op::Bulk(many) => {
            for n in 0..many {
                model.add("organization", &[("name", format!("Bulk {n}"))]);
            }
            crm.organizations().add_many((0..many).map(|n| organization(&format!("Bulk {n}"))).collect::<Vec<_>>()).map(|loaded| loaded.change_set)
        }
        Op::Several(one, other) => {
            let (Some(one), Some(other)) = (model.pick("organization", one), model.pick("organization", other)) else { return };
            model.set("organization", one, "employees", "1".into());
            model.set("organization", other, "employees", "2".into());
            let added = model.add("organization", &[("name", "Both".into()), ("parent_id", text(one))]);
            model.set("organization", added, "employees", "3".into());
            let done = crm.change("several", |change| {
                change.organizations().edit(OrganizationId(one), |fields| fields.employees = Some(1))?;
                change.organizations().edit(OrganizationId(other), |fields| fields.employees = Some(2))?;
                let added = change.organizations().add(OrganizationFields { parent_id: Some(OrganizationId(one)), ..organization("Both") })?;
                change.organizations().edit(added.id, |fields| fields.employees = Some(3)).map(drop)
            });
            done.map(|done| done.change_set)
        }
        Op::Undo(_) | Op::UndoLast(_) => {
            let sets: Vec<i64> = model.done.keys().copied().collect();
            if sets.is_empty() {
                return;
            }
            let set = match *op {
                Op::Undo(at) => sets[at % sets.len()],
                Op::UndoLast(back) => sets[sets.len() - 1 - back.min(sets.len() - 1)],
                _ => unreachable!(),
            };
            let obstacles = crm.obstacles(ChangeSetId(set));
            let done = crm.undo(ChangeSetId(set));
            match model.undone(set) {
                None => {
                    assert_refused(done, "conflict", "");
                    return;
                }
                Some(state) if state == model.state => {
                    // Everything it did is gone already.
                    assert_refused(done, "conflict", "nothing is left");
                    return;
                }
                Some(state) => model.state = state,
            }
            assert_eq!(obstacles.unwrap(), vec![]);
            done.map(Some)
        }
    };
    let set = done.unwrap_or_else(|error| panic!("{op:?}: {error}"));
    let mut touched = Done::new();
    for key in before.keys().chain(model.state.keys()) {
        let (was, is) = (before.get(key), model.state.get(key));
        if was != is {
            touched.insert(*key, (was.cloned(), is.cloned()));
        }
    }
    // An edit to what was there already gives the revision it had.
    if let Some(set) = set.filter(|_| !touched.is_empty()) {
        model.done.insert(set.0, touched);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    // B1, B2
    #[test]
    fn random_work_leaves_what_the_model_says_now_and_then(ops in proptest::collection::vec(op(), 5..60)) {
        let (crm, clock) = open_with_clock(":memory:");
        crm.add_process("Selling", ProcessTemplate::Complex).unwrap();
        let mut model = Model::default();
        let mut past = vec![(crm.now(), State::new())];
        for op in &ops {
            clock.advance(chrono::TimeDelta::milliseconds(1500));
            apply(&crm, &mut model, op);
            prop_assert_eq!(&seen(&crm), &model.state, "after {:?}", op);
            past.push((crm.now(), model.state.clone()));
        }
        for (moment, state) in &past {
            let then = crm.at(*moment).unwrap();
            prop_assert_eq!(&seen(&then), state, "at {}", moment);
            let organizations = then.organizations().find("").unwrap();
            prop_assert_eq!(organizations.len(), state.keys().filter(|(entity, _)| *entity == "organization").count());
        }
        let verified = crm.verify(None, &mut |_, _| {}).unwrap();
        prop_assert!(verified.is_clean(), "{:?}", verified.findings);
        let feed = crm.changes(0, 10_000).unwrap();
        prop_assert!(feed.windows(2).all(|pair| pair[0].sequence < pair[1].sequence && pair[0].at <= pair[1].at));
    }
}

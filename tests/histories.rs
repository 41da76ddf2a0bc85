//! Random histories against a model: whoever asks gets of every moment what the model holds of it.

use crate::support::*;
use chrono::TimeDelta;
use crm_core::*;
use model::{Call, Fields, World};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rights::User;
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use steps::{ACTING, Act, Step, step};

mod asked;
mod draft;
mod model;
mod rights;
mod steps;

/// What was really looked at, so that the test says something.
#[derive(Debug, Default)]
struct Seen {
    steps: usize,
    sets: usize,
    refused: usize,
    undone: usize,
    undone_undos: usize,
    undone_loads: usize,
    not_undone: usize,
    pruned: usize,
    fields_back: usize,
    put_back: usize,
    moments: usize,
    rows: usize,
    hidden_rows: usize,
    /// Former rows that may be seen, or not, because of what the record became.
    by_today: usize,
    gone: usize,
    histories: usize,
    points: usize,
}

/// A file, and what it must hold.
struct Tried {
    crm: Crm,
    world: World,
    readers: Vec<(Option<usize>, Crm)>,
}

impl Tried {
    fn as_who(&self, who: Option<usize>) -> &Crm {
        &self.readers.iter().find(|(one, _)| *one == who).unwrap().1
    }

    fn readers(crm: &Crm, world: &World) -> Vec<(Option<usize>, Crm)> {
        let users = world.users.iter().enumerate().map(|(at, user)| (Some(at), crm.acting_as(UserId(user.id)).unwrap()));
        [(None, crm.clone())].into_iter().chain(users).collect()
    }

    /// An administrator, a seller with her own records, the leader of her team who does not see one field, one who sees everything and writes
    /// what is of his line, one without roles, and one who may do everything with records.
    fn new(crm: Crm) -> Self {
        let team = |name: &str, parent_id| crm.teams().add(TeamFields { parent_id, ..TeamFields::new(name) }).unwrap().id;
        let (north, line) = (team("North", None), crm.lines().add(LineFields::new("Steel")).unwrap().id);
        let below = team("Below", Some(north));
        let role = |name: &str, rights: &[(&str, Level, Level)]| {
            let (user, role) = user_with(&crm, name, rights);
            (user, Some(role))
        };
        let (admin, chief) = user_with(&crm, "Admin", &[]);
        crm.roles().edit(chief, |role| role.admin = Some(true)).unwrap();
        let ann = role("Ann", &[("*", Level::Own, Level::Own)]);
        let ben = role("Ben", &[("*", Level::Team, Level::Team), ("person", Level::All, Level::Own)]);
        let cem = role("Cem", &[("*", Level::All, Level::Line), ("note", Level::All, Level::All)]);
        let dan = (crm.users().add(UserFields::new("Dan")).unwrap().id, None);
        let eva = role("Eva", &[("*", Level::All, Level::All), ("contact_point", Level::All, Level::All)]);
        crm.users().edit(ann.0, |user| user.team_id = Some(below)).unwrap();
        crm.users().edit(ben.0, |user| user.team_id = Some(north)).unwrap();
        crm.user_lines().add(UserLineFields::new(cem.0, line)).unwrap();
        hide(&crm, ben.1.unwrap(), "organization", "employees");
        let users = [(admin, Some(chief)), ann, ben, cem, dan, eva].map(|(user, role)| User {
            id: user.0,
            role: role.map(|role| role.0),
            admin: user == admin,
            members: if user == ben.0 { BTreeSet::from([ann.0.0, ben.0.0]) } else { BTreeSet::from([user.0]) },
            lines: if user == cem.0 { BTreeSet::from([line.0]) } else { BTreeSet::new() },
            hides: (user == ben.0).then_some(("organization", "employees")),
        });
        let last = crm.changes(0, 10_000).unwrap().iter().map(|event| event.change_set.0).max().unwrap();
        let state = asked::present(&crm, &["permission"]);
        let world = World::new(users.into(), last, state);
        let readers = Self::readers(&crm, &world);
        Self { crm, world, readers }
    }

    /// Does the same to the file and to the model; what one refuses, so must the other.
    fn work(&mut self, who: Option<usize>, acts: &[Act], goes_on: bool, seen: &mut Seen) {
        let (at, crm) = (self.crm.now().timestamp_millis(), self.as_who(who).clone());
        let mut draft = self.world.draft(who, at);
        let mut calls = Vec::new();
        for act in acts {
            let Some(call) = steps::call(&self.world.users, &draft, act) else { continue };
            let done = draft.call(&call);
            calls.push((call, done));
            if done.is_none() && !goes_on {
                break;
            }
        }
        let refused = calls.iter().filter(|(_, done)| done.is_none()).count();
        let ask = |records: JsonRecords<'_>, (call, expected): &(Call, Option<i64>)| {
            let text = |fields: &Fields| serde_json::to_string(fields).unwrap();
            let done = match call {
                Call::Add(_, fields) => records.add(&text(fields)).map(|record| serde_json::from_str::<Json>(&record).unwrap()["id"].as_i64()),
                Call::Load(_, all) => records.add_many(&serde_json::to_string(all).unwrap()).map(|loaded| loaded.first),
                Call::Set((_, id), fields) => records.set(*id, &text(fields), None).map(|_| Some(*id)),
                Call::Remove((_, id)) => records.remove(*id).map(|()| Some(*id)),
            };
            match (&done, expected) {
                (Ok(id), Some(expected)) => assert_eq!(*id, Some(*expected), "{who:?}: {call:?}"),
                (Ok(_), None) => panic!("{who:?} may not: {call:?}"),
                (Err(error), expected) => assert!(expected.is_none() && asked::refusal(error), "{who:?}: {call:?}: {error}"),
            }
            done
        };
        let name = |call: &Call| match call {
            Call::Add(entity, _) | Call::Load(entity, _) | Call::Set((entity, _), _) | Call::Remove((entity, _)) => *entity,
        };
        match calls.as_slice() {
            [] => {}
            [one] => drop(ask(crm.json(name(&one.0)).unwrap(), one)),
            several => {
                let work = |change: &ChangeSet| {
                    several.iter().try_for_each(|one| ask(change.json(name(&one.0))?, one).map(drop).or_else(|error| if goes_on { Ok(()) } else { Err(error) }))
                };
                let done = crm.change("several", work);
                let expected = (goes_on || refused == 0).then(|| draft.clone().work()).filter(|work| !work.entries.is_empty()).map(|_| self.world.next());
                match done {
                    Ok(done) => assert_eq!(done.change_set.map(|set| set.0), expected, "{several:?}"),
                    Err(error) => assert!(refused > 0 && !goes_on, "{several:?}: {error}"),
                }
            }
        }
        seen.refused += refused;
        let actor = draft.rights.id();
        let work = draft.work();
        if (refused == 0 || goes_on) && !work.entries.is_empty() {
            let id = self.world.next();
            self.world.commit((id, at, actor), work);
        }
    }

    fn undo(&mut self, who: Option<usize>, set: usize, seen: &mut Seen) {
        let Some(undone) = self.world.sets.get(set) else { return };
        let (id, next, at) = (undone.id, self.world.next(), self.crm.now().timestamp_millis());
        let crm = self.as_who(who);
        let obstacles = crm.obstacles(ChangeSetId(id));
        let done = crm.undo(ChangeSetId(id));
        match (self.world.undo(who, at, id), done) {
            (Some(work), Ok(set)) => {
                assert_eq!((set.0, obstacles), (next, Ok(Vec::new())));
                seen.undone += 1;
                seen.undone_undos += usize::from(undone.undo);
                seen.undone_loads += usize::from(work.entries.len() > 1 && work.entries.iter().all(|entry| entry.key.0 == work.entries[0].key.0));
                seen.fields_back += usize::from(work.entries.iter().any(|entry| entry.key.0 == "custom_field" && entry.done == model::Done::Restore));
                let actor = who.map(|who| self.world.users[who].id);
                self.world.commit((next, at, actor), work);
                self.world.sets.last_mut().unwrap().undo = true;
            }
            (None, Err(error)) => {
                seen.not_undone += 1;
                assert!(asked::refusal(&error), "{error}");
                let told = error.to_string().contains("nothing is left") || obstacles.as_ref().map_or(true, |obstacles| !obstacles.is_empty());
                assert!(told, "{who:?}: set {id}: no obstacle is named, but {error}");
            }
            (Some(_), Err(error)) => panic!("{who:?} undoes set {id}: {error}, {obstacles:?}"),
            (None, Ok(_)) => panic!("{who:?} may not undo set {id}"),
        }
    }

    fn prune(&mut self, who: Option<usize>, percent: i64, which: usize, seen: &mut Seen) {
        let entities: Vec<&'static str> =
            model::ENTITIES.iter().enumerate().filter(|(at, _)| ((which % 200) >> at) & 1 == 1 || which > 700).map(|(_, one)| one.0).collect();
        let names: Vec<String> = entities.iter().map(|name| (*name).to_owned()).collect();
        let now = self.crm.now();
        let before = moment(BEGUN) + (now - moment(BEGUN)) * percent as i32 / 100;
        let pruned = self.as_who(who).prune(Some(before), &names);
        if who.is_some() {
            return assert_refused(pruned, "denied", "without a user");
        }
        if entities.is_empty() {
            return;
        }
        let expected = self.world.prune(before.timestamp_millis(), &entities);
        let pruned = pruned.unwrap();
        let told: Vec<_> = pruned.entities.iter().map(|gone| (model::entity(&gone.entity), (gone.versions, gone.up_to.0))).collect();
        assert_eq!(told.into_iter().collect::<std::collections::BTreeMap<_, _>>(), expected);
        assert_eq!(pruned.change_set.map(|set| set.0), (!expected.is_empty()).then(|| self.world.next()));
        if !expected.is_empty() {
            let (id, work) = (self.world.next(), self.world.draft(None, 0).work());
            self.world.commit((id, now.timestamp_millis(), None), work);
            seen.pruned += 1;
        }
        self.world.gone.extend(expected.into_iter().map(|(entity, (_, up_to))| (entity, up_to)));
    }
}

/// When the first step is taken, at the earliest: the clock is not put back further.
const BEGUN: &str = "2026-03-03T09:00:00Z";

fn try_out(steps: &[(i64, Step)], asked: u64, seen: &mut Seen) {
    let (_folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    let mut tried = Tried::new(crm);
    clock.set(moment(BEGUN));
    let random = Random::new(asked);
    // Something that the first steps can be about.
    let first: Vec<_> = [10, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9].map(|what| Act::Add { what, of: what, owner: what, number: what as i64 }).into();
    tried.work(None, &first, false, seen);
    for (seconds, step) in steps {
        let former = clock.now();
        clock.set((former + TimeDelta::seconds(*seconds)).max(moment(BEGUN)));
        let who = |who: usize| ACTING[who % ACTING.len()];
        let sets = tried.world.sets.len();
        match step {
            Step::Work { who: one, acts, goes_on } => tried.work(who(*one), acts, *goes_on, seen),
            Step::Undo { who: one, set } if sets > 0 => tried.undo(who(*one), set % sets, seen),
            Step::UndoLatest { who: one, back } if sets > *back => tried.undo(who(*one), sets - 1 - back, seen),
            Step::Prune { who: one, percent, which } => tried.prune(who(*one), *percent, *which, seen),
            Step::Undo { .. } | Step::UndoLatest { .. } => {}
        }
        (seen.steps, seen.put_back) = (seen.steps + 1, seen.put_back + usize::from(tried.world.sets.len() > sets && *seconds < 0));
        let some = tried.readers[random.below(tried.readers.len())].0;
        for who in [None, some] {
            asked::compare(&tried, who, None, &format!("after {step:?}"), seen);
        }
    }
    seen.sets += tried.world.sets.len();
    asked::moments(&tried, &random, 25, seen);
    asked::histories(&tried, &random, 12, seen);
    asked::curves(&tried, seen);
    assert_clean(&tried.crm);
    // The same from the file alone.
    let Tried { crm, world, readers } = tried;
    drop((crm, readers));
    let crm = Crm::open_with(&path, Options::new().clock(clock)).unwrap();
    let readers = Tried::readers(&crm, &world);
    let tried = Tried { crm, world, readers };
    for who in tried.readers.iter().map(|(who, _)| *who) {
        asked::compare(&tried, who, None, "opened again", seen);
    }
    asked::moments(&tried, &random, 3, seen);
    assert_clean(&tried.crm);
}

// B1, B2, B3, P1, P2. PROPTEST_CASES says how many histories, where more are wanted.
#[test]
fn every_history_is_as_the_model_tells_it() {
    let few = std::env::var_os("PROPTEST_CASES").is_none();
    let standard = ProptestConfig { failure_persistence: None, max_shrink_iters: 500, ..ProptestConfig::default() };
    let config = if few { ProptestConfig { cases: 16, ..standard } } else { standard };
    let seen = RefCell::new(Seen::default());
    let all = (proptest::collection::vec(step(), 10..90), any::<u64>());
    let done = TestRunner::new(config).run(&all, |(steps, asked)| {
        try_out(&steps, asked, &mut seen.borrow_mut());
        Ok(())
    });
    if let Err(error) = done {
        panic!("{error}");
    }
    let seen = seen.into_inner();
    println!("{seen:?}");
    assert!(seen.undone > 30 && seen.undone_undos > 3 && seen.not_undone > 30 && seen.refused > 50 && seen.put_back > 5, "{seen:?}");
    assert!(seen.undone_loads + seen.fields_back > 0 && seen.pruned > 0 && seen.gone > 50, "{seen:?}");
    assert!(seen.hidden_rows > 1_000 && seen.by_today > 10 && seen.histories > 50 && seen.points > 500, "{seen:?}");
}

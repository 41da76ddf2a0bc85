//! The steps of a history, as plain data, and what they ask for where there is something that they can be about.

use super::draft::Draft;
use super::model::{Call, Fields, World};
use super::rights::{LEVELS, User};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// What happens to one record, or to several at once. Which ones, is said by places among those that are there.
#[derive(Clone, Debug)]
pub enum Act {
    Add { what: usize, of: usize, owner: usize, number: i64 },
    Load { what: usize, many: usize, of: usize, owner: usize },
    Edit { what: usize, at: usize, field: usize, of: usize, number: i64 },
    HandOver { what: usize, at: usize, owner: usize },
    Remove { what: usize, at: usize },
}

#[derive(Clone, Debug)]
pub enum Step {
    /// One change set. What is refused ends it, or is left out of it.
    Work {
        who: usize,
        acts: Vec<Act>,
        goes_on: bool,
    },
    Undo {
        who: usize,
        set: usize,
    },
    UndoLatest {
        who: usize,
        back: usize,
    },
    /// Prunes what ended in the first so many per cent of the time so far.
    Prune {
        who: usize,
        percent: i64,
        which: usize,
    },
}

/// The entities that things happen to, some more than others.
const BUSY: &[&str] = &[
    "organization",
    "organization",
    "organization",
    "person",
    "activity",
    "contact_point",
    "contact_point",
    "affiliation",
    "note",
    "note",
    "custom_field",
    "permission",
];

/// The names of user-defined fields.
const NAMES: &[&str] = &["colour", "size"];

const COLOURS: &[&str] = &["red", "blue", "green"];

fn one(all: &[&'static str], at: usize) -> &'static str {
    all[at % all.len()]
}

/// Who acts: mostly those who may do something.
pub const ACTING: &[Option<usize>] = &[None, None, None, None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), Some(3), Some(4), Some(5), Some(5)];

fn act() -> impl Strategy<Value = Act> {
    let any = || 0usize..1000;
    prop_oneof![
        6 => (any(), any(), any(), 0i64..9).prop_map(|(what, of, owner, number)| Act::Add { what, of, owner, number }),
        1 => (any(), 2usize..5, any(), any()).prop_map(|(what, many, of, owner)| Act::Load { what, many, of, owner }),
        7 => (any(), any(), any(), any(), 0i64..9).prop_map(|(what, at, field, of, number)| Act::Edit { what, at, field, of, number }),
        3 => (0usize..5, any(), any()).prop_map(|(what, at, owner)| Act::HandOver { what, at, owner }),
        3 => (any(), any()).prop_map(|(what, at)| Act::Remove { what, at }),
    ]
}

pub fn step() -> impl Strategy<Value = (i64, Step)> {
    let any = || 0usize..1000;
    let several = (any(), proptest::collection::vec(act(), 2..5), proptest::bool::ANY).prop_map(|(who, acts, goes_on)| Step::Work { who, acts, goes_on });
    let step = prop_oneof![
        9 => (any(), act()).prop_map(|(who, act)| Step::Work { who, acts: vec![act], goes_on: false }),
        5 => several,
        3 => (any(), any()).prop_map(|(who, set)| Step::Undo { who, set }),
        3 => (any(), 0usize..4).prop_map(|(who, back)| Step::UndoLatest { who, back }),
        1 => (any(), 0i64..100, any()).prop_map(|(who, percent, which)| Step::Prune { who, percent, which }),
    ];
    // Seconds that the clock goes on before it, or is put back.
    (prop_oneof![1 => Just(0i64), 4 => 1i64..7_200, 4 => 7_200i64..150_000, 1 => -150_000i64..0], step)
}

/// What an act asks for, given what there is; `None` where there is nothing to do it to.
pub fn call(users: &[User], draft: &Draft<'_>, act: &Act) -> Option<Call> {
    let pick = |entity: &'static str, at: usize| {
        let mut ids = draft.ids(entity);
        // Now and then what was written last, so that things happen to one record one after the other.
        if at.is_multiple_of(3) {
            ids.sort_by_key(|id| std::cmp::Reverse(draft.state[&(entity, *id)].revision));
            ids.truncate(2);
        }
        (!ids.is_empty()).then(|| ids[at % ids.len()])
    };
    let user = |at: usize| users.get(at % (users.len() + 2)).map(|user| user.id);
    let fields = |value: Json| value.as_object().map(|object| object.clone().into_iter().collect::<Fields>()).unwrap_or_default();
    let defined = |name: &str| World::custom(&draft.state).any(|(_, shown)| shown == name);
    let whose = |at: usize| match at % 3 {
        0 => (None, pick("person", at)),
        _ => (pick("organization", at), None),
    };
    let about = |at: usize| {
        let entity = ["organization", "organization", "person", "activity", "contact_point"][at % 5];
        pick(entity, at / 5).map(|id| (entity, id))
    };
    let new = |entity: &'static str, of: usize, owner: usize, number: i64| {
        let owner = user(owner);
        Some(fields(match entity {
            "organization" => {
                let country = [Some("PL"), Some("DE"), None][of % 3];
                let mut value = json!({"name": format!("Company {number}"), "employees": number, "country": country, "owner_id": owner});
                // A field that may be there, and mostly is.
                if number == 8 || number & 1 == 0 && defined("colour") {
                    value["colour"] = one(COLOURS, of).into();
                }
                value
            }
            "person" => json!({"name": format!("Person {number}"), "owner_id": owner}),
            "activity" => {
                let (organization, person) = (pick("organization", of).filter(|_| !of.is_multiple_of(4)), pick("person", of).filter(|_| !of.is_multiple_of(3)));
                json!({"kind": "call", "subject": format!("Call {number}"), "organization_id": organization, "person_id": person, "owner_id": owner})
            }
            "contact_point" => {
                let (organization, person) = whose(of);
                let value = format!("a{number}@b.example");
                json!({"organization_id": organization, "person_id": person, "kind": "email", "value": value, "is_primary": false})
            }
            "affiliation" => json!({"person_id": pick("person", of)?, "organization_id": pick("organization", of / 7)?}),
            "note" => {
                let (entity, id) = about(of)?;
                json!({"entity": entity, "record_id": id, "text": format!("Note {number}")})
            }
            "custom_field" => json!({"entity": "organization", "name": one(NAMES, of), "kind": "text"}),
            _ => return None,
        }))
    };
    Some(match *act {
        Act::Add { what, of, owner, number } => Call::Add(BUSY[what % BUSY.len()], new(BUSY[what % BUSY.len()], of, owner, number)?),
        Act::Load { what, many, of, owner } => {
            let entity = BUSY[what % 10];
            let all: Option<Vec<_>> = (0..many).map(|row| new(entity, of + row, owner, row as i64)).collect();
            Call::Load(entity, all?)
        }
        Act::Edit { what, at, field, of, number } => {
            let entity = BUSY[what % BUSY.len()];
            let (organization, person) = whose(of);
            let changed = match (entity, field % 6) {
                ("organization", 0) => json!({"name": format!("Company {number}")}),
                ("organization", 1) => json!({"employees": (number < 8).then_some(number)}),
                ("organization", 2) if defined("size") => json!({"country": one(&["PL", "DE"], of), "size": one(COLOURS, at)}),
                ("organization", 2) => json!({"country": one(&["PL", "DE"], of), "employees": number}),
                ("organization", 3) => json!({"credit_limit": format!("{number}.50 EUR"), "line_id": (number < 5).then_some(1)}),
                ("organization", _) => json!({one(NAMES, field): one(COLOURS, of)}),
                ("person", _) => json!({"name": format!("Person {number}")}),
                ("activity", 0 | 1) => json!({"subject": format!("Call {number}")}),
                ("activity", _) => json!({"organization_id": pick("organization", of), "person_id": pick("person", at).filter(|_| !of.is_multiple_of(2))}),
                ("contact_point", 0 | 1) => json!({"value": format!("c{number}@b.example")}),
                ("contact_point", _) => json!({"organization_id": organization, "person_id": person}),
                ("affiliation", 0 | 1) => json!({"organization_id": pick("organization", of)?}),
                ("affiliation", _) => json!({"department": format!("D{number}")}),
                ("note", 0 | 1) => json!({"text": format!("Note {number}")}),
                ("note", _) => about(of).map(|(entity, id)| json!({"entity": entity, "record_id": id}))?,
                ("custom_field", _) => json!({"name": one(NAMES, of)}),
                _ => json!({"reading": LEVELS[of % 5], "writing": LEVELS[field % 5]}),
            };
            Call::Set((entity, pick(entity, at)?), fields(changed))
        }
        Act::HandOver { what, at, owner } => {
            let entity = BUSY[what];
            Call::Set((entity, pick(entity, at)?), fields(json!({"owner_id": user(owner)})))
        }
        Act::Remove { what, at } => {
            // What is permitted stays: it is only changed.
            let entity = BUSY[what % (BUSY.len() - 1)];
            Call::Remove((entity, pick(entity, at)?))
        }
    })
}

//! What a file must hold after each change set, worked out without it: records, what was done to them, what an undo and a pruning do.

use super::draft::{Draft, Work, put};
use super::rights::{Rights, User};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// An entity and an id.
pub type Key = (&'static str, i64);
/// What a record holds; what is empty is left out. Values of user-defined fields stand under `custom_` and the field's id.
pub type Fields = BTreeMap<String, Json>;
/// Everything that is there at one time.
pub type State = BTreeMap<Key, Rc<Record>>;

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub revision: i64,
    pub created: i64,
    pub updated: i64,
    pub fields: Fields,
}

impl Record {
    pub fn get(&self, field: &str) -> Json {
        self.fields.get(field).cloned().unwrap_or_default()
    }

    pub fn number(&self, field: &str) -> Option<i64> {
        self.fields.get(field).and_then(Json::as_i64)
    }

    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Json::as_str).unwrap_or_default()
    }

    /// What it is about.
    pub fn about(&self) -> Key {
        (entity(self.text("entity")), self.number("record_id").unwrap_or_default())
    }
}

/// Whose a record is.
pub enum Whose {
    Owned,
    /// Part of what these fields refer to.
    Part(&'static [(&'static str, &'static str)]),
    /// About the record that `entity` and `record_id` name.
    About,
    Shared,
}

use Whose::{About, Owned, Part, Shared};

/// What is looked at: entities, whose their records are, and their fields.
pub const ENTITIES: &[(&str, Whose, &[&str])] = &[
    ("organization", Owned, &["name", "employees", "country", "credit_limit", "owner_id", "line_id"]),
    ("person", Owned, &["name", "owner_id", "line_id"]),
    ("activity", Owned, &["kind", "subject", "organization_id", "person_id", "owner_id", "line_id"]),
    ("contact_point", Part(&[("organization_id", "organization"), ("person_id", "person")]), &["organization_id", "person_id", "kind", "value", "is_primary"]),
    ("affiliation", Part(&[("person_id", "person"), ("organization_id", "organization")]), &["person_id", "organization_id", "department"]),
    ("note", About, &["entity", "record_id", "text", "author_id"]),
    ("custom_field", Shared, &["entity", "name", "kind"]),
    ("permission", Shared, &["role_id", "entity", "reading", "writing"]),
];

/// Which fields refer to what, and whether the record is part of it.
pub const REFERENCES: &[(&str, &str, &str, bool)] = &[
    ("affiliation", "person_id", "person", true),
    ("affiliation", "organization_id", "organization", true),
    ("contact_point", "organization_id", "organization", true),
    ("contact_point", "person_id", "person", true),
    ("activity", "organization_id", "organization", false),
    ("activity", "person_id", "person", false),
];

pub fn entity(name: &str) -> &'static str {
    ENTITIES.iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("no entity {name}")).0
}

pub fn whose(name: &str) -> &'static Whose {
    &ENTITIES.iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("no entity {name}")).1
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Done {
    Insert,
    Update,
    Delete,
    Restore,
}

/// What a change set did to a record.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Key,
    pub done: Done,
    pub before: Option<Rc<Record>>,
    pub after: Option<Rc<Record>>,
}

impl Entry {
    /// Whether it left a former version behind.
    pub fn ended(&self) -> bool {
        matches!(self.done, Done::Update | Done::Delete)
    }
}

/// A change set, and everything as it was after it.
#[derive(Debug)]
pub struct Set {
    pub id: i64,
    pub at: i64,
    pub actor: Option<i64>,
    pub entries: Vec<Entry>,
    pub state: State,
    /// It took another one back.
    pub undo: bool,
}

/// What is asked of the library.
#[derive(Clone, Debug)]
pub enum Call {
    Add(&'static str, Fields),
    Load(&'static str, Vec<Fields>),
    Set(Key, Fields),
    Remove(Key),
}

pub struct World {
    pub users: Vec<User>,
    pub state: State,
    pub sets: Vec<Set>,
    /// The last change set, and everything, before the first step.
    pub base: (i64, State),
    /// Up to which change set the past of an entity was pruned.
    pub gone: BTreeMap<&'static str, i64>,
    /// What was removed, and by which change set.
    removed: BTreeMap<Key, (i64, Rc<Record>)>,
    highest: BTreeMap<&'static str, i64>,
}

impl World {
    pub fn new(users: Vec<User>, last: i64, state: State) -> Self {
        let mut highest = BTreeMap::new();
        state.keys().for_each(|(entity, id)| highest.extend([(*entity, *id)]));
        Self { users, state: state.clone(), sets: Vec::new(), base: (last, state), gone: BTreeMap::new(), removed: BTreeMap::new(), highest }
    }

    pub fn rights(&self, who: Option<usize>) -> Rights<'_> {
        Rights::of(who.map(|who| &self.users[who]), &self.state)
    }

    pub fn next(&self) -> i64 {
        self.sets.last().map_or(self.base.0, |set| set.id) + 1
    }

    /// The greatest change set whose own moment is not later.
    pub fn set_at(&self, moment: i64) -> i64 {
        self.sets.iter().rev().find(|set| set.at <= moment).map_or(self.base.0, |set| set.id)
    }

    pub fn state_at(&self, set: i64) -> &State {
        self.sets.iter().rev().find(|one| one.id <= set).map_or(&self.base.1, |one| &one.state)
    }

    pub fn gone(&self, entity: &str) -> i64 {
        self.gone.get(entity).copied().unwrap_or_default()
    }

    /// A record as it is, or was when it was removed, as far as that was not pruned.
    pub fn last(&self, key: Key) -> Option<Rc<Record>> {
        let removed = || self.removed.get(&key).filter(|(set, _)| *set > self.gone(key.0)).map(|(_, record)| record);
        self.state.get(&key).or_else(removed).cloned()
    }

    /// The user-defined fields there are: where their values stand, and their names.
    pub fn custom(state: &State) -> impl Iterator<Item = (String, String)> {
        state.iter().filter(|((entity, _), _)| *entity == "custom_field").map(|((_, id), field)| (format!("custom_{id}"), field.text("name").to_owned()))
    }

    /// The change set that ended what another one left of a record.
    fn ended_by(&self, key: Key, set: i64) -> Option<i64> {
        self.sets.iter().filter(|other| other.id > set).find(|other| other.entries.iter().any(|entry| entry.key == key && entry.ended())).map(|other| other.id)
    }

    /// Whether what an entry left of a record was pruned.
    pub fn left_is_gone(&self, set: &Set, key: Key) -> bool {
        let here = set.entries.iter().any(|entry| entry.key == key && entry.done == Done::Delete);
        let ended = if here { Some(set.id) } else { self.ended_by(key, set.id) };
        ended.is_some_and(|ended| ended <= self.gone(key.0))
    }

    pub fn draft(&self, who: Option<usize>, at: i64) -> Draft<'_> {
        let rights = self.rights(who);
        Draft { rights, id: self.next(), at, state: self.state.clone(), highest: self.highest.clone(), entries: Vec::new() }
    }

    /// Takes over what a change set did; nothing where it did nothing.
    pub fn commit(&mut self, (id, at, actor): (i64, i64, Option<i64>), work: Work) {
        for entry in &work.entries {
            if let (Done::Delete, Some(before)) = (entry.done, &entry.before) {
                self.removed.insert(entry.key, (id, before.clone()));
            }
        }
        (self.state, self.highest) = (work.state.clone(), work.highest);
        self.sets.push(Set { id, at, actor, entries: work.entries, state: work.state, undo: false });
    }

    /// What undoing a change set comes to; `None` where it must be refused.
    pub fn undo(&self, who: Option<usize>, at: i64, set: i64) -> Option<Work> {
        let set = self.sets.iter().find(|one| one.id == set)?;
        let mut draft = self.draft(who, at);
        let told = |key: Key| draft.rights.sees(&|key| self.last(key), key);
        let own = draft.rights.free() || draft.rights.id() == set.actor;
        if !own && !set.entries.iter().any(|entry| told(entry.key)) {
            return None;
        }
        // What a field held that is not defined is out of reach; one that the set took away comes back first.
        let taken = |key: &Key| key.0 == "custom_field" && set.entries.iter().rev().find(|entry| entry.key == *key).is_some_and(|entry| entry.after.is_none());
        let taken: BTreeSet<Key> = set.entries.iter().map(|entry| entry.key).filter(taken).collect();
        if !taken.is_empty() && set.entries.iter().any(|entry| !taken.contains(&entry.key)) && !draft.rights.free() {
            return None;
        }
        let returned = taken.iter().map(|(_, id)| format!("custom_{id}"));
        let custom: BTreeSet<String> = World::custom(&self.state).map(|(column, _)| column).chain(returned).collect();
        let (mut seen, mut steps) = (BTreeSet::new(), Vec::new());
        for Entry { key, .. } in set.entries.iter().rev() {
            if !seen.insert(*key) {
                continue;
            }
            if !own && !told(*key) {
                return None;
            }
            let now = self.state.get(key);
            if now.is_some_and(|now| !draft.may_write(key.0, now)) {
                return None;
            }
            let of: Vec<&Entry> = set.entries.iter().filter(|entry| entry.key == *key).collect();
            if set.id <= self.gone(key.0) && (of.iter().any(|entry| entry.ended()) || now.is_some() && self.left_is_gone(set, *key)) {
                return None;
            }
            let (before, after) = (of.first()?.before.clone(), of.last()?.after.clone());
            let differing = |one: &Record, other: &Record| -> BTreeSet<String> {
                let told = |name: &&String| !name.starts_with("custom_") || custom.contains(*name);
                one.fields.keys().chain(other.fields.keys()).filter(told).filter(|name| one.get(name) != other.get(name)).cloned().collect()
            };
            match (before, after, now) {
                (None, Some(after), Some(now)) if differing(&after, now).is_empty() => steps.push((*key, None, BTreeSet::new())),
                (Some(before), None, None) => steps.push((*key, Some(before), BTreeSet::new())),
                (None, _, None) | (None, None, Some(_)) => {}
                (Some(before), Some(after), Some(now)) => {
                    let wanted = differing(&before, &after);
                    if wanted.iter().any(|field| draft.rights.hides(key.0, field)) || !differing(&after, now).is_disjoint(&wanted) {
                        return None;
                    }
                    if !wanted.is_empty() {
                        steps.push((*key, Some(before), wanted));
                    }
                }
                _ => return None,
            }
        }
        for (key, before, wanted) in steps {
            match (before, self.state.get(&key)) {
                (Some(before), Some(_)) => {
                    let mut fields = draft.state[&key].fields.clone();
                    wanted.into_iter().for_each(|field| put(&mut fields, &field, before.get(&field)));
                    draft.may_write(key.0, &draft.state[&key]).then_some(())?;
                    draft.update(key, fields);
                    draft.may_write(key.0, &draft.state[&key]).then_some(())?;
                }
                (Some(before), None) => {
                    draft.restore(key, &before);
                    draft.may_write(key.0, &draft.state[&key]).then_some(())?;
                }
                (None, _) => {
                    draft.may_write(key.0, &draft.state[&key]).then_some(())?;
                    draft.delete(key);
                }
            }
        }
        (!draft.entries.is_empty() && draft.holds()).then(|| draft.work())
    }

    /// What a pruning takes away: how many versions of each entity, and up to which change set.
    pub fn prune(&self, before: i64, entities: &[&'static str]) -> BTreeMap<&'static str, (i64, i64)> {
        let up_to = self.set_at(before);
        let versions = |entity: &'static str| {
            let sets = self.sets.iter().filter(|set| set.id <= up_to && set.id > self.gone(entity));
            sets.flat_map(|set| &set.entries).filter(|entry| entry.key.0 == entity && entry.ended()).count() as i64
        };
        entities.iter().map(|entity| (*entity, (versions(entity), up_to))).filter(|(_, (versions, _))| *versions > 0).collect()
    }
}

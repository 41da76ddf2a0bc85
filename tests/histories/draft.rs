//! A change set in the making, and what it may do.

use super::model::{Call, Done, ENTITIES, Entry, Fields, Key, REFERENCES, Record, State, Whose, World, whose};
use super::rights::Rights;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub fn put(fields: &mut Fields, field: &str, value: Json) {
    match value {
        Json::Null => fields.remove(field),
        value => fields.insert(field.to_owned(), value),
    };
}

/// What a change set did.
pub struct Work {
    pub entries: Vec<Entry>,
    pub state: State,
    pub highest: BTreeMap<&'static str, i64>,
}

/// A change set in the making.
#[derive(Clone)]
pub struct Draft<'w> {
    pub rights: Rights<'w>,
    pub id: i64,
    pub at: i64,
    pub state: State,
    pub highest: BTreeMap<&'static str, i64>,
    pub entries: Vec<Entry>,
}

impl Draft<'_> {
    pub fn work(self) -> Work {
        Work { entries: self.entries, state: self.state, highest: self.highest }
    }

    pub fn ids(&self, entity: &str) -> Vec<i64> {
        self.state.keys().filter(|(name, _)| *name == entity).map(|(_, id)| *id).collect()
    }

    pub fn may_write(&self, entity: &str, record: &Record) -> bool {
        self.rights.may_write(&|key| self.state.get(&key).cloned(), entity, record)
    }

    fn sees(&self, key: Key) -> bool {
        self.state.contains_key(&key) && self.rights.sees(&|key| self.state.get(&key).cloned(), key)
    }

    /// Does it, and says whether it may be done; what may not leaves nothing. The id of what it was done to is given, too.
    pub fn call(&mut self, call: &Call) -> Option<i64> {
        let before = self.clone();
        let done = match call {
            Call::Add(entity, fields) => self.add(entity, fields).filter(|id| self.sees((entity, *id))),
            Call::Load(entity, all) => all.iter().map(|fields| self.add(entity, fields)).collect::<Option<Vec<_>>>().map(|ids| ids[0]),
            Call::Set(key, fields) => self.set(*key, fields).filter(|_| self.sees(*key)),
            Call::Remove(key) => self.sees(*key).then(|| self.remove(*key)).flatten().map(|()| key.1),
        };
        if done.is_none() {
            *self = before;
        }
        done
    }

    /// What was given, under the names of what is stored.
    fn stored(&self, entity: &str, given: &Fields) -> Option<Fields> {
        let known = ENTITIES.iter().find(|(name, ..)| *name == entity)?.2;
        let custom = |name: &str| World::custom(&self.state).find(|(_, shown)| entity == "organization" && shown == name).map(|(column, _)| column);
        given.iter().map(|(name, value)| Some((known.contains(&name.as_str()).then(|| name.clone()).or_else(|| custom(name))?, value.clone()))).collect()
    }

    /// Completes the fields of a record, and refuses those that may not be.
    fn check(&self, entity: &'static str, before: Option<&Record>, fields: &mut Fields) -> Option<()> {
        let actor = self.rights.id().map_or(Json::Null, Json::from);
        let empty = Fields::new();
        let old = before.map_or(&empty, |before| &before.fields);
        for (_, field, target, _) in REFERENCES.iter().filter(|(from, ..)| *from == entity) {
            let given = fields.get(*field).filter(|value| old.get(*field) != Some(value)).and_then(Json::as_i64);
            given.is_none_or(|id| self.sees((target, id))).then_some(())?;
        }
        match whose(entity) {
            Whose::Owned if before.is_none() && !fields.contains_key("owner_id") => put(fields, "owner_id", actor),
            Whose::About => {
                let now = Record { revision: 0, created: 0, updated: 0, fields: fields.clone() };
                self.sees(now.about()).then_some(())?;
                if !fields.contains_key("author_id") {
                    put(fields, "author_id", actor);
                }
            }
            _ => {}
        }
        let taken = |name: &Json| self.state.iter().any(|((other, _), field)| *other == "custom_field" && field.get("name") == *name);
        match entity {
            "contact_point" if fields.contains_key("organization_id") == fields.contains_key("person_id") => None,
            "custom_field" if old.get("name") != fields.get("name") && taken(fields.get("name")?) => None,
            _ => Some(()),
        }
    }

    fn add(&mut self, entity: &'static str, given: &Fields) -> Option<i64> {
        let mut fields = self.stored(entity, given)?;
        fields.retain(|_, value| !value.is_null());
        (!fields.keys().any(|field| self.rights.hides(entity, field))).then_some(())?;
        self.check(entity, None, &mut fields)?;
        let record = Record { revision: self.id, created: self.at, updated: self.at, fields };
        self.may_write(entity, &record).then_some(())?;
        let id = self.highest.get(entity).copied().unwrap_or_default() + 1;
        self.highest.insert(entity, id);
        self.put((entity, id), Done::Insert, record);
        Some(id)
    }

    fn set(&mut self, key: Key, given: &Fields) -> Option<i64> {
        self.sees(key).then_some(())?;
        let old = self.state[&key].clone();
        let mut fields = old.fields.clone();
        for (field, value) in self.stored(key.0, given)? {
            // He finds a hidden field empty, so that emptying it changes nothing.
            match self.rights.hides(key.0, &field) {
                true => value.is_null().then_some(())?,
                false => put(&mut fields, &field, value),
            }
        }
        self.check(key.0, Some(&old), &mut fields)?;
        if fields != old.fields {
            self.may_write(key.0, &old).then_some(())?;
            self.may_write(key.0, &Record { fields: fields.clone(), ..(*old).clone() }).then_some(())?;
            self.update(key, fields);
        }
        Some(key.1)
    }

    /// Removes a record with its parts and what is about it.
    fn remove(&mut self, key: Key) -> Option<()> {
        let Some(record) = self.state.get(&key).cloned() else { return Some(()) };
        self.may_write(key.0, &record).then_some(())?;
        for (from, field, _, part) in REFERENCES.iter().filter(|(_, _, to, _)| *to == key.0) {
            for id in self.ids(from).into_iter().filter(|id| self.state[&(*from, *id)].number(field) == Some(key.1)).collect::<Vec<_>>() {
                part.then(|| self.remove((*from, id))).flatten()?;
            }
        }
        for id in self.ids("note").into_iter().filter(|id| self.state[&("note", *id)].about() == key).collect::<Vec<_>>() {
            self.remove(("note", id))?;
        }
        self.delete(key);
        Some(())
    }

    fn put(&mut self, key: Key, done: Done, record: Record) {
        let record = Rc::new(record);
        let before = self.state.insert(key, record.clone());
        self.entries.push(Entry { key, done, before, after: Some(record) });
    }

    pub fn update(&mut self, key: Key, fields: Fields) {
        let old = self.state[&key].clone();
        let record = Record { revision: self.id, updated: self.at, created: old.created, fields };
        if old.revision < self.id {
            return self.put(key, Done::Update, record);
        }
        // However often a set writes a record, it is one change of it.
        let record = Rc::new(record);
        self.entries.iter_mut().rfind(|entry| entry.key == key).into_iter().for_each(|entry| entry.after = Some(record.clone()));
        self.state.insert(key, record);
    }

    pub fn delete(&mut self, key: Key) {
        let before = self.state.remove(&key);
        self.entries.push(Entry { key, done: Done::Delete, before, after: None });
    }

    pub fn restore(&mut self, key: Key, record: &Record) {
        self.put(key, Done::Restore, Record { revision: self.id, updated: self.at, ..record.clone() });
    }

    /// Whether everything that is referred to is there, and no name is taken twice.
    pub fn holds(&self) -> bool {
        let there = |key: &Key| self.state.contains_key(key);
        let refers = |(entity, _): &Key, record: &Record| {
            let to = |(from, field, to, _): &(&str, &str, &'static str, bool)| from != entity || record.number(field).is_none_or(|id| there(&(to, id)));
            REFERENCES.iter().all(to) && (*entity != "note" || there(&record.about()))
        };
        let names: Vec<String> = World::custom(&self.state).map(|(_, name)| name).collect();
        self.state.iter().all(|(key, record)| refers(key, record)) && names.iter().collect::<BTreeSet<_>>().len() == names.len()
    }
}

//! Who may see and change what, written down a second time.

use super::model::{ENTITIES, Key, Record, State, Whose, World, whose};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Levels of rights, the narrowest first.
pub const LEVELS: &[&str] = &["none", "own", "team", "line", "all"];
const NONE: usize = 0;
const OWN: usize = 1;
const LINE: usize = 3;
const ALL: usize = 4;

pub struct User {
    pub id: i64,
    pub role: Option<i64>,
    pub admin: bool,
    /// Whose records are the team's.
    pub members: BTreeSet<i64>,
    pub lines: BTreeSet<i64>,
    /// A field that is hidden from him.
    pub hides: Option<(&'static str, &'static str)>,
}

/// The rights of a user, or of the system.
#[derive(Clone)]
pub struct Rights<'w> {
    user: Option<&'w User>,
    /// Reading and writing, by entity.
    levels: BTreeMap<&'static str, (usize, usize)>,
}

/// A record by its key: of now, or as it was last.
pub type Lookup<'l> = &'l dyn Fn(Key) -> Option<Rc<Record>>;

impl<'w> Rights<'w> {
    /// What the permissions of today say.
    pub fn of(user: Option<&'w User>, state: &State) -> Self {
        let granted = |entity: &str| {
            let of = |permission: &&Rc<Record>| permission.number("role_id") == user.and_then(|user| user.role) && permission.text("entity") == entity;
            let permission = state.iter().filter(|((name, _), _)| *name == "permission").map(|(_, permission)| permission).find(of)?;
            let level = |field: &str| LEVELS.iter().position(|level| *level == permission.text(field)).unwrap_or_default();
            Some((level("reading"), level("writing")))
        };
        let role = user.is_some_and(|user| user.role.is_some());
        let star = granted("*").filter(|_| role).unwrap_or_default();
        let levels = ENTITIES.iter().map(|(name, whose, _)| {
            let standard = match whose {
                Whose::Owned => star,
                Whose::Part(_) | Whose::About => (ALL, ALL),
                Whose::Shared => (ALL, NONE),
            };
            (*name, granted(name).filter(|_| role).unwrap_or(standard))
        });
        Self { user, levels: levels.collect() }
    }

    /// Whether nothing is forbidden.
    pub fn free(&self) -> bool {
        self.user.is_none_or(|user| user.admin)
    }

    pub fn id(&self) -> Option<i64> {
        self.user.map(|user| user.id)
    }

    pub fn hides(&self, entity: &str, field: &str) -> bool {
        !self.free() && self.user.is_some_and(|user| user.hides == Some((entity, field)))
    }

    pub fn reads_none(&self, entity: &str) -> bool {
        !self.free() && self.levels[entity].0 == NONE
    }

    /// Whether every record of an entity may be seen, whatever it is.
    pub fn sees_all(&self, entity: &str) -> bool {
        let level = self.levels[entity].0;
        self.free()
            || match whose(entity) {
                _ if level == NONE => false,
                Whose::Owned | Whose::Shared => level == ALL,
                Whose::Part(parents) => parents.iter().all(|(_, parent)| self.sees_all(parent)),
                // What it is about is always looked at.
                Whose::About => false,
            }
    }

    fn may_be_about() -> impl Iterator<Item = &'static str> {
        ENTITIES.iter().filter(|(_, whose, _)| !matches!(whose, Whose::About)).map(|(name, ..)| *name)
    }

    fn reaches(&self, level: usize, record: &Record) -> bool {
        let (Some(user), owner) = (self.user, record.number("owner_id")) else { return true };
        let line = level >= LINE && record.number("line_id").is_some_and(|line| user.lines.contains(&line));
        match level {
            NONE => false,
            OWN => owner == Some(user.id),
            ALL => true,
            _ => line || owner.is_some_and(|owner| user.members.contains(&owner)),
        }
    }

    pub fn sees(&self, at: Lookup<'_>, key: Key) -> bool {
        self.sees_all(key.0) || at(key).is_some_and(|record| self.sees_record(at, key.0, &record))
    }

    /// The same for a record as it is given.
    pub fn sees_record(&self, at: Lookup<'_>, entity: &str, record: &Record) -> bool {
        match (whose(entity), self.levels[entity].0) {
            _ if self.free() => true,
            (_, NONE) => false,
            (Whose::Shared, level) => level == ALL,
            (Whose::Owned, level) => self.reaches(level, record),
            (Whose::Part(parents), _) => parents.iter().all(|(field, parent)| record.number(field).is_none_or(|id| self.sees(at, (parent, id)))),
            (Whose::About, _) => self.sees(at, record.about()),
        }
    }

    pub fn may_write(&self, at: Lookup<'_>, entity: &str, record: &Record) -> bool {
        let parent = |key: Key| at(key).is_some_and(|record| self.may_write(at, key.0, &record));
        match (whose(entity), self.levels[entity].1) {
            _ if self.free() => true,
            (_, NONE) => false,
            (Whose::Shared, level) => level == ALL,
            (Whose::Owned, level) => self.reaches(level, record),
            (Whose::Part(parents), _) => parents.iter().all(|(field, target)| record.number(field).is_none_or(|id| parent((target, id)))),
            (Whose::About, _) => parent(record.about()),
        }
    }

    /// Before which change set the past of an entity cannot be told to him: its own is gone, or that of what decides whether he may see it.
    pub fn gone(&self, world: &World, entity: &str) -> i64 {
        let parents: Vec<&str> = match whose(entity) {
            _ if self.free() => Vec::new(),
            Whose::Part(parents) => parents.iter().map(|(_, parent)| *parent).collect(),
            Whose::About => Self::may_be_about().collect(),
            Whose::Owned | Whose::Shared => Vec::new(),
        };
        let deciding = parents.into_iter().filter(|parent| !self.sees_all(parent));
        deciding.map(|parent| self.gone(world, parent)).chain([world.gone(entity)]).max().unwrap_or_default()
    }
}

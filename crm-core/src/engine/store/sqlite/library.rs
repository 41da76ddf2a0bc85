//! What the library as a whole declares, as far as a file needs to know it. The engine knows no area: it is told by whoever opens the file.

use super::session::Session;
use crate::engine::error::Result;
use crate::engine::meta::{Meta, Setting};
use crate::engine::store::schema::Schema;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

/// How the tables of an area come to be, step by step.
#[derive(Debug)]
pub(crate) struct Steps {
    pub area: &'static str,
    /// Statements, in order. A step that has been released is never changed; a new one is added.
    pub sql: Vec<&'static str>,
    /// How many steps of work through the door there are, which follow all statements of all areas.
    pub work: usize,
}

/// What refuses the removal of a record, by its id, whether it is removed by itself or with what it is part of.
#[derive(Clone, Copy, Debug)]
pub struct Removal(pub(crate) fn(&Session, &Schema, i64) -> Result<()>);

/// What a file consists of.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// Columns by table and name: type, whether it may be empty, its default, its place in the key.
    pub columns: BTreeMap<(String, String), String>,
    /// Indexes, triggers and views by name: what each is, and its text.
    pub others: BTreeMap<String, (String, String)>,
}

/// Everything that is declared.
pub(crate) struct Library {
    pub entities: Vec<&'static Meta>,
    /// The names of the entities.
    pub names: HashSet<&'static str>,
    /// Areas in the order in which they build on each other.
    pub steps: Vec<Steps>,
    /// What refuses the removal of records of an entity.
    pub removals: HashMap<&'static str, Removal>,
    /// Settings of the file.
    pub settings: Vec<Setting>,
    /// Reads what a file says of its tables: user-defined fields, words, settings, rates.
    pub load: fn(&Session, &'static Library) -> Result<Schema>,
    /// What a fresh file consists of, made when first asked for.
    pub fresh: OnceLock<Shape>,
}

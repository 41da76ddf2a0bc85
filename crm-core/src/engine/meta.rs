//! What there is to know about an entity without looking at a record.

use super::error::Result;
use super::field::Field;
use serde_json::{Map, Value as Json};

/// What there is to know about an entity without looking at a record.
#[derive(Debug)]
pub struct Meta {
    /// Name of the entity and of its table, such as `deal`.
    pub name: &'static str,
    /// Name of the accessor, such as `deals`.
    pub plural: &'static str,
    /// What the entity is, in a sentence or two.
    pub doc: String,
    /// The declared fields, in order.
    pub fields: Vec<Field>,
    /// The field that names a record, used when references are resolved by name.
    pub title: Option<usize>,
    /// Adding a record writes others, too.
    pub(crate) after: bool,
    /// The library alone writes the records.
    pub kept: bool,
    /// No version of a record outlives the next, and the log has no entries for them.
    pub(crate) operational: bool,
    /// Of a sealed record, what they are part of says nothing of them: they may go on changing.
    pub(crate) outside: bool,
    /// Brings a former row from the log into today's shape.
    pub(crate) former: Option<fn(&mut Map<String, Json>)>,
    /// How full-text search treats the records.
    #[cfg_attr(not(feature = "search"), allow(dead_code))]
    pub(crate) searched: Searched,
    /// What of the file its records decide.
    pub(crate) shapes: Shapes,
}

impl Meta {
    /// Whether adding a record looks at others of its kind, so that bulk work keeps their indexes.
    pub(crate) fn looks_at_siblings(&self) -> bool {
        self.fields.iter().any(|field| field.one_of.is_some())
    }

    /// The declared field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// How full-text search treats the records of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Searched {
    /// They are hits; their title is a name, whose words count more.
    ByName,
    /// They are hits, found by what their texts say.
    ByText,
    /// Their texts are found as those of the record they belong to.
    WithOwner,
    /// They are not searched.
    Never,
}

/// What of the file the records of an entity decide, so that a change of them is taken over by everybody at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shapes {
    /// Nothing: they are records like any other.
    Nothing,
    /// Who may see and change what.
    Rights,
    /// What the tables look like and what their values mean: fields, words, settings, rates.
    Schema,
}

/// The name of a setting of the file, and what refuses a value of it.
pub(crate) type Setting = (&'static str, fn(&str) -> Result<()>);

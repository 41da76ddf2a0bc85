//! Entities, declared once: see [`entity!`](crate::entity!) for the declaration, [`Entity`] for what it yields.

mod declare;
mod field;

pub(crate) use field::parse_moment;
pub use field::{Field, FieldType, Options};

use crate::store::{ChangeSet, Row};
use crate::{ChangeSetId, Custom, Result, Value};
use std::fmt::Debug;

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
}

impl Meta {
    /// The declared field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The id of a record of one entity.
pub trait RecordId: Copy + Debug + Eq + std::hash::Hash + Send + Sync + From<i64> + Into<i64> + 'static {
    /// The name of the entity.
    const ENTITY: &'static str;
}

/// A record type: what [`entity!`](crate::entity!) declares.
pub trait Entity: Rules {
    /// The typed id.
    type Id: RecordId;
    /// The fields a caller gives when adding or editing.
    type Fields: Fields;

    /// The description of the entity.
    fn meta() -> &'static Meta;
    /// The record's id.
    fn id(&self) -> Self::Id;
    /// The change set that last touched the record.
    fn revision(&self) -> ChangeSetId;
    /// The record's fields, ready to be edited.
    fn fields(&self) -> Self::Fields;
    #[doc(hidden)]
    fn read(row: &mut Row<'_>) -> Result<Self>;
}

/// The input of an entity: its fields without id and times.
pub trait Fields: Clone + Debug + Default + PartialEq + Send + 'static {
    /// The values of the declared fields, in their order, and the custom fields.
    fn into_values(self) -> (Vec<Value>, Custom);
    /// The other way round, for values that [`FieldType::accept`] has put into shape.
    fn from_values(values: Vec<Value>, custom: Custom) -> Result<Self>;
}

/// How full-text search treats the records of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The rules that are an entity's own; most have none.
pub trait Rules: Sized + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// Whether `check` does anything, so that bulk work can skip it.
    const ACTIVE: bool = false;
    /// Whether `after` does anything.
    const AFTER: bool = false;
    /// Whether the rules look at other records of the same entity, so that bulk work keeps its indexes.
    const SIBLINGS: bool = false;
    /// How full-text search treats the records.
    const SEARCHED: Searched = Searched::ByText;

    /// Completes and checks the fields before they are written. `before` is `None` for a new record.
    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut Self::Fields) -> Result<()>
    where
        Self: Entity,
    {
        let _ = (change, before, fields);
        Ok(())
    }

    /// What else must be written once the record is. `before` is `None` for a new record.
    fn after(change: &ChangeSet, before: Option<&Self>, now: &Self) -> Result<()> {
        let _ = (change, before, now);
        Ok(())
    }
}

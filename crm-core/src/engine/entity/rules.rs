//! What an entity is in Rust, and the rules that are its own: see `entity!` for the declaration.

use crate::engine::declare::{ChangeSetId, RecordId};
use crate::engine::error::Result;
use crate::engine::meta::{Meta, Searched, Shapes};
use crate::engine::store::{ChangeSet, Columns, Removal, Row};
use crate::engine::value::{Custom, Value};
use std::fmt::Debug;

/// A record type: what `entity!` declares.
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
    /// The fields that must be given, in the order in which `new` takes them.
    const REQUIRED: &'static [&'static str];

    /// The values of the declared fields, in their order, and the custom fields.
    fn into_values(self) -> (Vec<Value>, Custom);
    /// The other way round, for values that [`FieldType::accept`](crate::entity::FieldType::accept) has put into shape.
    fn from_values(values: Vec<Value>, custom: Custom) -> Result<Self>;
}

/// What else must be written once a record is: the change set, the record as it was (`None` for a new one), and as it is now.
pub type After<E> = fn(&ChangeSet, Option<&E>, &E) -> Result<()>;

/// The rules that are an entity's own. Each has a default, so an entity says only what is special about it.
///
/// ```text
/// impl Rules for Ticket {
///     const AFTER: Option<After<Self>> = Some(tell_the_deal);
///
///     fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut TicketFields) -> Result<()> { ... }
/// }
/// ```
pub trait Rules: Sized + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// What else must be written once the record is, for new records and changed ones alike. It costs one more reading of the record.
    const AFTER: Option<After<Self>> = None;
    /// Brings a former row, or part of one, as the log holds it into the shape that the table has today: columns that were renamed.
    const FORMER: Option<fn(&mut Columns)> = None;
    /// What refuses the removal of a record, beyond rights and references.
    #[doc(hidden)]
    const REMOVAL: Option<Removal> = None;
    /// Whether the library alone writes the records: nobody else adds, changes or removes one, and its rules do.
    const KEPT: bool = false;
    /// Whether, as parts of a sealed record, the records are no part of what it says, and may go on changing.
    const OUTSIDE: bool = false;
    /// Whether the records tell only how work is going on (a lease, an attempt, a computed score) and so have no past: no former versions, no entries in the
    /// feed, nothing to undo. Each is part of what it is about, goes with it, and is not searched. Nothing that a user wrote is operational.
    const OPERATIONAL: bool = false;
    /// How full-text search treats the records: found by name, by any of their texts (when nothing is said), as part of the record they
    /// belong to, or not at all.
    const SEARCHED: Searched = Searched::ByText;
    /// What of the file the records decide: nothing (when nothing is said), who may see and change what, or what the tables look
    /// like. Every handle then takes a change over before its next call.
    const SHAPES: Shapes = Shapes::Nothing;

    /// Whether [`AFTER`](Rules::AFTER) has anything to do; the record is read once more only where it has.
    fn follows(before: Option<&Self>, fields: &Self::Fields) -> bool
    where
        Self: Entity,
    {
        let _ = (before, fields);
        true
    }

    /// Completes and checks the fields before they are written. `before` is `None` for a new record.
    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut Self::Fields) -> Result<()>
    where
        Self: Entity,
    {
        let _ = (change, before, fields);
        Ok(())
    }
}

//! What those who speak JSON give and get, and which is no type of Rust's: for the schema of the calls.

use crate::areas::{AREAS, entities};
use crate::engine::declare::ChangeSetId;
use crate::engine::entity::Loaded;
use crate::engine::query::Page;
use crate::engine::store::{Change, Committed, Operation, Preview};
use crate::engine::wire::schema::{Shape, member, words};
use crate::engine::wire::{Definitions, Described};
use serde_json::{Value as Json, json};

/// The name of an entity.
pub(super) struct EntityName;

impl Described for EntityName {
    fn schema(known: &mut Definitions) -> Json {
        words(known, "EntityName", "The name of an entity.", &entities().map(|meta| meta.name).collect::<Vec<_>>())
    }
}

/// The record of any entity.
pub(super) struct AnyRecord;

impl Described for AnyRecord {
    fn schema(known: &mut Definitions) -> Json {
        known.named("Record", |known| json!({"anyOf": AREAS.iter().flat_map(|area| area.schemas).map(|[record, _]| record(known)).collect::<Vec<_>>()}))
    }
}

/// The fields of a new record of any entity.
pub(super) struct AnyFields;

impl Described for AnyFields {
    fn schema(known: &mut Definitions) -> Json {
        known.named("Fields", |known| json!({"anyOf": AREAS.iter().flat_map(|area| area.schemas).map(|[_, fields]| fields(known)).collect::<Vec<_>>()}))
    }
}

/// Objects that are given to those who speak JSON, and are no outcomes of Rust's.
macro_rules! objects {
    ($( $(#[doc = $doc:literal])* $T:ty as $name:literal { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* } )*) => { $(
        impl Described for $T {
            fn schema(known: &mut Definitions) -> Json {
                known.shape(&Shape {
                    name: $name, doc: concat!($($doc),*), required: &[$(stringify!($f)),*], defaults: Json::Null, custom: false,
                    members: &[$( member!($f, $ty, $($fdoc)*) ),*],
                })
            }
        }
    )* };
}

pub(super) struct DescribedCall;
pub(super) struct DescribedArgument;
pub(super) struct DescribedEntity;
pub(super) struct DescribedField;
pub(super) struct Upserted;
pub(super) struct Begun;
pub(super) struct Counted;

objects! {
    /// A call.
    DescribedCall as "CallDescription" {
        /// Its name.
        name: String,
        /// What it does.
        doc: String,
        /// Its arguments, in order.
        arguments: Vec<DescribedArgument>,
    }
    /// An argument of a call.
    DescribedArgument as "ArgumentDescription" {
        /// Its name.
        name: String,
        /// What is expected, in words.
        kind: String,
        /// It may be left out.
        optional: bool,
    }
    /// An entity.
    DescribedEntity as "EntityDescription" {
        /// Its name.
        name: EntityName,
        /// The name of its records.
        plural: String,
        /// What it is.
        doc: String,
    }
    /// A field of an entity in this file.
    DescribedField as "FieldDescription" {
        /// Its name.
        name: String,
        /// What it accepts.
        kind: String,
        /// What it means.
        doc: String,
        /// It must be given.
        required: bool,
        /// It is kept by the library.
        computed: bool,
        /// It is user-defined.
        custom: bool,
    }
    /// A record, and whether it is new.
    Upserted as "Upserted" {
        /// The record as it is then.
        record: AnyRecord,
        /// It was added.
        added: bool,
    }
    /// A change set that was begun.
    Begun as "Begun" {
        /// What `within` names it by.
        change_set: ChangeSetId,
    }
    /// How many records of an entity something happened to.
    Counted as "Counted" {
        /// The entity.
        entity: EntityName,
        /// What happened.
        operation: Operation,
        /// To how many.
        count: i64,
    }
    /// What a change set has done so far.
    Preview<()> as "Preview" {
        /// How many records of each entity were added, changed, removed.
        counts: Vec<Counted>,
        /// The changes themselves, the first 10,000.
        changes: Vec<Change>,
        /// What is allowed but deserves a look.
        warnings: Vec<String>,
    }
    /// What a change set wrote.
    Committed<()> as "Committed" {
        /// The change set, or null when nothing changed.
        change_set: Option<ChangeSetId>,
        /// What was allowed but deserves a look.
        warnings: Vec<String>,
    }
    /// What a bulk load did.
    Loaded<i64> as "Loaded" {
        /// The id of the first record added; ids follow each other.
        first: Option<i64>,
        /// How many were added.
        count: i64,
        /// The change set they were added in.
        change_set: Option<ChangeSetId>,
    }
    /// One page of records, and where the next one begins.
    Page<AnyRecord> as "Page" {
        /// The records, in order.
        records: Vec<AnyRecord>,
        /// What `after` of the next page's filter is; null on the last one.
        next: Option<String>,
    }
}

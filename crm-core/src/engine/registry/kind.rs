//! An entity without its Rust type: for imports and hosts that know it by name.

use crate::engine::declare::ChangeSetId;
use crate::engine::entity::{Entities, Entity};
use crate::engine::error::Result;
use crate::engine::meta::Meta;
use crate::engine::store::{ChangeSet, Removal};
use crate::engine::value::Named;

/// What can be done with the records of an entity known by its name.
pub(crate) struct EntityKind {
    meta: fn() -> &'static Meta,
    pub add: fn(&ChangeSet, Named) -> Result<i64>,
    pub set: fn(&ChangeSet, i64, Named, Option<ChangeSetId>) -> Result<bool>,
    pub remove: fn(&ChangeSet, i64) -> Result<()>,
    pub removal: Option<Removal>,
}

impl std::fmt::Debug for EntityKind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.meta().name)
    }
}

impl EntityKind {
    pub const fn of<E: Entity>() -> Self {
        Self {
            meta: E::meta,
            add: |change, named| Entities::<E>::of_change(change).insert_named(named),
            set: |change, id, named, revision| Entities::<E>::of_change(change).set_named(id.into(), named, revision),
            remove: |change, id| Entities::<E>::of_change(change).remove(id.into()),
            removal: E::REMOVAL,
        }
    }

    pub fn meta(&self) -> &'static Meta {
        (self.meta)()
    }
}

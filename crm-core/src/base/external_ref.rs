//! What other systems call a record, and other names it goes by.

use crate::engine::entity::{Entities, Entity, Rules, entity, get_in, label};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::registry::EntityKind;
use crate::engine::store::ChangeSet;
use crate::engine::text::fold;
use crate::engine::value::Named;

entity! {
    /// The key of a record in another system. A system's key names one record of an entity.
    pub struct ExternalRef(ExternalRefFields, ExternalRefId) in "external_ref" as external_refs, for_external_ref {
        /// The entity of the record.
        entity: String [max(64), unsearched, general],
        /// The record.
        record_id: i64 [min(1)],
        /// The other system, such as `sap`.
        system: String [max(64), general],
        /// The key there.
        key: String [title, max(200), personal],
    }
}

entity! {
    /// Another spelling or name of a record, by which imports find it.
    pub struct Alias(AliasFields, AliasId) in "alias" as aliases, for_alias {
        /// The entity of the record.
        entity: String [max(64), unsearched, general],
        /// The record.
        record_id: i64 [min(1)],
        /// The other name; compared without regard to case and spaces.
        name: String [title, max(300), personal],
        /// The name folded for comparison.
        folded: Option<String> [computed, unsearched, max(300), personal],
    }
}

impl Rules for ExternalRef {
    const SEARCHED: Searched = Searched::WithOwner;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ExternalRefFields) -> Result<()> {
        change.check_reference(&change.schema(), "record_id", &fields.entity, fields.record_id)
    }
}

impl Rules for Alias {
    const SEARCHED: Searched = Searched::WithOwner;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut AliasFields) -> Result<()> {
        fields.folded = Some(fold(&fields.name));
        change.check_reference(&change.schema(), "record_id", &fields.entity, fields.record_id)
    }
}

/// The record of an entity that another system knows by a key, whoever may see it.
pub(crate) fn linked(change: &ChangeSet, entity: &str, system: &str, key: &str) -> Result<Option<i64>> {
    change.stored().number("select record_id from {external_ref} where system = ?1 and key = ?2 and entity = ?3", (system, key, entity))
}

/// Makes a record known to another system by a key.
pub(crate) fn link(change: &ChangeSet, entity: &str, id: i64, system: &str, key: &str) -> Result<()> {
    let reference = ExternalRefFields { entity: entity.into(), record_id: id, system: system.into(), key: key.into(), ..Default::default() };
    change.external_refs().insert(reference).map(drop)
}

/// Adds or changes the record that another system knows by a key, whole or not at all; says whether it was added.
pub(crate) fn upsert(change: &ChangeSet, kind: &EntityKind, system: &str, key: &str, named: Named) -> Result<(i64, bool)> {
    let entity = kind.meta().name;
    change.atomically(|| match linked(change, entity, system, key)? {
        Some(id) => (kind.set)(change, id, named, None).map(|_| (id, false)),
        None => {
            let id = (kind.add)(change, named)?;
            link(change, entity, id, system, key).map(|()| (id, true))
        }
    })
}

impl<E: Entity> Entities<'_, E> {
    /// Adds or changes the record that another system knows by this key, and whether it was added. Fields left
    /// empty keep what the record has.
    pub fn upsert(&self, system: &str, key: &str, named: Named) -> Result<(E, bool)> {
        self.via().write(&label("upsert", E::meta().name), |change| {
            let (id, added) = upsert(change, &EntityKind::of::<E>(), system, key, named)?;
            Ok((change.view(|view| get_in(view, id))?, added))
        })
    }

    /// The record that another system knows by this key.
    pub fn by_external(&self, system: &str, key: &str) -> Result<E> {
        self.via().view(|view| {
            let sql = "select record_id from external_ref where system = ?1 and key = ?2 and entity = ?3";
            let id = view.session.number(sql, (system, key, E::meta().name))?.ok_or_else(|| Error::no_such(E::meta().name))?;
            get_in(view, id)
        })
    }
}

//! What other systems call a record, and other names it goes by.

use crate::entity::{Rules, Searched};
use crate::store::ChangeSet;
use crate::{Result, entity};

entity! {
    /// The key of a record in another system. A system's key names one record of an entity.
    pub struct ExternalRef(ExternalRefFields, ExternalRefId) in "external_ref" as external_refs, for_external_ref {
        /// The entity of the record.
        entity: String [max(64), unsearched],
        /// The record.
        record_id: i64 [min(1)],
        /// The other system, such as `sap`.
        system: String [max(64)],
        /// The key there.
        key: String [title, max(200)],
    }
}

entity! {
    /// Another spelling or name of a record, by which imports find it.
    pub struct Alias(AliasFields, AliasId) in "alias" as aliases, for_alias {
        /// The entity of the record.
        entity: String [max(64), unsearched],
        /// The record.
        record_id: i64 [min(1)],
        /// The other name; compared without regard to case and spaces.
        name: String [title, max(300)],
        /// The name folded for comparison.
        folded: Option<String> [computed, unsearched, max(300)],
    }
}

impl Rules for ExternalRef {
    const SEARCHED: Searched = Searched::WithOwner;
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ExternalRefFields) -> Result<()> {
        change.check_reference(&change.schema(), "record_id", &fields.entity, fields.record_id)
    }
}

impl Rules for Alias {
    const SEARCHED: Searched = Searched::WithOwner;
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut AliasFields) -> Result<()> {
        fields.folded = Some(crate::text::fold(&fields.name));
        change.check_reference(&change.schema(), "record_id", &fields.entity, fields.record_id)
    }
}

//! The register of unwanted organizations and people.

use super::owner::one_owner;
use super::{OrganizationId, PersonId};
use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

entity! {
    /// That an organization or person is unwanted: who decided so, when, why, and whether new deals are blocked
    /// or only warned of.
    pub struct Unwanted(UnwantedFields, UnwantedId) in "unwanted" as unwanted, for_unwanted {
        /// Who, if an organization.
        organization_id: Option<OrganizationId> [part_of],
        /// Who, if a person.
        person_id: Option<PersonId> [part_of],
        /// Why.
        reason: String [title, max(2000), personal],
        /// Who decided; the acting user when left out.
        decided_by_id: Option<UserId>,
        /// When; today when left out.
        decided_on: Option<NaiveDate>,
        /// New deals are refused; otherwise a warning is given. Yes when left out.
        blocks: Option<bool>,
        /// Last day it holds; for ever when empty.
        until: Option<NaiveDate>,
    }
}

impl Rules for Unwanted {
    const SEARCHED: Searched = Searched::WithOwner;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut UnwantedFields) -> Result<()> {
        one_owner(fields.organization_id, fields.person_id)?;
        fields.decided_by_id = fields.decided_by_id.or(change.actor());
        fields.decided_on = fields.decided_on.or(Some(change.today()));
        fields.blocks = fields.blocks.or(Some(true));
        Ok(())
    }
}

/// Refuses, or warns of, new business with somebody unwanted. The register holds for everybody, whether or
/// not they may read it.
pub(crate) fn check_unwanted(change: &ChangeSet, organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<()> {
    let today = change.today().to_string();
    for (field, owner) in [("organization_id", organization.map(|id| id.0)), ("person_id", person.map(|id| id.0))] {
        let Some(owner) = owner else { continue };
        let sql = format!("select blocks from {{unwanted}} where {field} = ?1 and (until is null or until >= ?2) order by blocks desc nulls last limit 1");
        match change.stored().first(&sql, (owner, &today), |row| row.get::<Option<bool>>(0))?.flatten() {
            Some(true) => return Err(Error::invalid(field, "is in the register of unwanted customers, which blocks new business")),
            Some(false) => change.warn(format!("{field}: is in the register of unwanted customers")),
            None => {}
        }
    }
    Ok(())
}

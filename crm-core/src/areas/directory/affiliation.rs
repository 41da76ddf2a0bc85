//! Who works where, as what and when.

use super::{OrganizationId, PersonId};
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

entity! {
    /// That a person works for an organization, as what and when.
    pub struct Affiliation(AffiliationFields, AffiliationId) in "affiliation" as affiliations, for_affiliation {
        /// Who.
        person_id: PersonId [part_of],
        /// Where.
        organization_id: OrganizationId [part_of],
        /// As what, such as `Purchasing manager`.
        role: Option<String> [dictionary("affiliation_role")],
        /// Department.
        department: Option<String> [max(200), personal],
        /// First day.
        since: Option<NaiveDate>,
        /// Last day.
        until: Option<NaiveDate>,
        /// Whether it still holds; yes when left out.
        active: Option<bool>,
    }
}

impl Rules for Affiliation {
    const SEARCHED: Searched = Searched::Never;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut AffiliationFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        match (fields.since, fields.until) {
            (Some(since), Some(until)) if until < since => Err(Error::invalid("until", "is before `since`")),
            _ => Ok(()),
        }
    }
}

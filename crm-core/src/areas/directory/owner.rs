//! What parts of organizations and people have in common: they belong to one of them.

use super::{OrganizationId, PersonId};
use crate::engine::error::{Error, Result};

/// Exactly one of the two may be whose a part is.
pub(crate) fn one_owner(organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<()> {
    match (organization, person) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(Error::invalid("organization_id", "belongs either to an organization or to a person")),
    }
}

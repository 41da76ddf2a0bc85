//! What parts of organizations and people have in common: one owner, and one of them the primary one.

use super::{OrganizationId, PersonId};
use crate::engine::error::{Error, Result};
use crate::engine::store::ChangeSet;

/// Exactly one of the two may be whose a part is.
pub(crate) fn one_owner(organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<()> {
    match (organization, person) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(Error::invalid("organization_id", "belongs either to an organization or to a person")),
    }
}

/// Whether a new part would be its owner's first of this kind, and so the primary one.
pub(crate) fn primary(change: &ChangeSet, table: &str, and: &str, new: bool, organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<bool> {
    Ok(new && others(change, table, and, 0, organization, person)?.is_empty())
}

/// The owner's primary parts other than this one.
pub(crate) fn others(change: &ChangeSet, table: &str, and: &str, id: i64, organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<Vec<i64>> {
    let (column, owner) = match (organization, person) {
        (Some(organization), _) => ("organization_id", organization.0),
        (None, Some(person)) => ("person_id", person.0),
        (None, None) => return Ok(Vec::new()),
    };
    let sql = format!("select id from {{{table}}} where {column} = ?1 and id <> ?2 and is_primary = 1 {and}");
    change.stored().all(&sql, (owner, id), |row| row.get(0))
}

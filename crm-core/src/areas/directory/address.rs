//! Postal addresses.

use super::owner::one_owner;
use super::{OrganizationId, PersonId};
use crate::engine::entity::{Rules, entity};
use crate::engine::error::Result;
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;

entity! {
    /// A postal address of an organization or a person.
    pub struct Address(AddressFields, AddressId) in "address" as addresses, for_address {
        /// Whose, if an organization's.
        organization_id: Option<OrganizationId> [part_of],
        /// Whose, if a person's.
        person_id: Option<PersonId> [part_of],
        /// What the address is for, such as `office` or `delivery`.
        label: Option<String> [dictionary("address_label")],
        /// Street and number.
        street: Option<String> [title, max(300), personal],
        /// Town.
        city: Option<String> [max(150), personal],
        /// Postal code.
        postal_code: Option<String> [max(20), personal],
        /// State, province or region.
        region: Option<String> [max(150), personal],
        /// Country, ISO 3166 alpha-2 or a name.
        country: Option<String> [max(80), general],
        /// The one to use when nothing else is said; the first one is.
        is_primary: Option<bool> [one_of(&["organization_id", "person_id"])],
    }
}

impl Rules for Address {
    const SEARCHED: Searched = Searched::WithOwner;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut AddressFields) -> Result<()> {
        one_owner(fields.organization_id, fields.person_id)
    }
}

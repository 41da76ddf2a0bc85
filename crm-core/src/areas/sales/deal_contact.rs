//! The key people of deals.

use super::DealId;
use crate::areas::directory::PersonId;
use crate::engine::entity::{Rules, entity};
use crate::engine::meta::Searched;

entity! {
    /// A person who matters for a deal, and how.
    pub struct DealContact(DealContactFields, DealContactId) in "deal_contact" as deal_contacts, for_deal_contact {
        /// The deal.
        deal_id: DealId [part_of],
        /// Who.
        person_id: PersonId [part_of],
        /// Decision maker, influencer, user, ...
        role: Option<String> [dictionary("buying_role")],
        /// Anything else.
        description: Option<String> [max(2000), personal],
    }
}

impl Rules for DealContact {
    const SEARCHED: Searched = Searched::Never;
}

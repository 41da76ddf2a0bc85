//! The key dates of deals.

use super::DealId;
use crate::engine::entity::{Rules, entity};
use crate::engine::meta::Searched;
use chrono::NaiveDate;

entity! {
    /// A key date of a deal.
    pub struct Milestone(MilestoneFields, MilestoneId) in "milestone" as milestones, for_milestone {
        /// The deal.
        deal_id: DealId [part_of],
        /// What is to be reached.
        name: String [title, max(200), personal],
        /// By when.
        planned_on: Option<NaiveDate>,
        /// When it was reached.
        reached_on: Option<NaiveDate>,
    }
}

impl Rules for Milestone {
    const SEARCHED: Searched = Searched::WithOwner;
}

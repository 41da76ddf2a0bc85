//! Where records are to be by when.

use super::StageId;
use super::staged::place_of;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::Result;
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

entity! {
    /// By when a record is to have come into a stage of its process.
    pub struct StagePlan(StagePlanFields, StagePlanId) in "stage_plan" as stage_plans, for_stage_plan {
        /// The entity, such as `organization`.
        entity: String [max(64)],
        /// The record.
        record_id: i64,
        /// The stage; one date for each.
        stage_id: StageId,
        /// By when.
        planned_on: NaiveDate,
    }
}

impl Rules for StagePlan {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut StagePlanFields) -> Result<()> {
        place_of(change, &fields.entity, fields.stage_id).map(drop)
    }
}

//! Where records are to be by when.

use super::StageId;
use super::process::check_staged;
use super::staged::place_of;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

entity! {
    /// By when a record is to have come into a stage of its process.
    pub struct StagePlan(StagePlanFields, StagePlanId) in "stage_plan" as stage_plans, for_stage_plan {
        /// The entity, such as `organization`.
        entity: String [max(64), general],
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

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut StagePlanFields) -> Result<()> {
        // A record that left the process since keeps its plans, whose days may still be corrected.
        let is_as_before = |before: &Self| before.entity == fields.entity && before.record_id == fields.record_id && before.stage_id == fields.stage_id;
        if before.is_some_and(is_as_before) {
            return Ok(());
        }
        let Some((process, _)) = place_of(change, &fields.entity, fields.stage_id)? else { return Ok(()) };
        check_staged(&change.schema(), &fields.entity)?;
        let sql = format!("select process_id from {{{}}} where id = ?1", fields.entity);
        let of_record = change.stored().first(&sql, [fields.record_id], |row| row.get::<Option<i64>>(0))?;
        // That there is no such record is told by the check of references.
        if of_record.is_some_and(|of| of != Some(process.0)) {
            return Err(Error::invalid("stage_id", "is a stage of a process that the record is not in: only stages of its own process can be planned for it"));
        }
        Ok(())
    }
}

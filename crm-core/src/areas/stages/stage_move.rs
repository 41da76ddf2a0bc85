//! The way of records through stages: where they were, and where they are to be by when.

use super::StageId;
use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::{ChangeSet, Columns};
use chrono::{DateTime, NaiveDate, Utc};

entity! {
    /// That a record was in a stage, from when to when. Written by the library alone.
    pub struct StageMove(StageMoveFields, StageMoveId) in "stage_move" as stage_moves, for_stage_move {
        /// The entity, such as `deal`.
        entity: String [max(64)],
        /// The record.
        record_id: i64,
        /// The stage.
        stage_id: StageId,
        /// When it came into the stage.
        entered_at: DateTime<Utc>,
        /// When it left the stage; empty while it is in it.
        left_at: Option<DateTime<Utc>>,
        /// Who moved it there.
        moved_by_id: Option<UserId>,
    }
}

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

impl Rules for StageMove {
    const KEPT: bool = true;
    const SEARCHED: Searched = Searched::Never;
    /// They were of deals alone.
    const FORMER: Option<fn(&mut Columns)> = Some(|columns| {
        if let Some(deal) = columns.remove("deal_id") {
            columns.insert("entity".into(), "deal".into());
            columns.insert("record_id".into(), deal);
        }
    });
}

impl Rules for StagePlan {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut StagePlanFields) -> Result<()> {
        let sql = "select p.entity from {stage} s join {process} p on p.id = s.process_id where s.id = ?1";
        match change.stored().first(sql, [fields.stage_id.0], |row| row.get::<String>(0))? {
            Some(entity) if entity != fields.entity => Err(Error::invalid("stage_id", format!("is a stage of the way of another entity, `{entity}`"))),
            _ => Ok(()),
        }
    }
}

//! The way of records through stages: where they were.

use super::StageId;
use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::meta::Searched;
use crate::engine::store::Columns;
use chrono::{DateTime, Utc};

entity! {
    /// That a record was in a stage, from when to when. Written by the library alone. The stays of a record never overlap: one that was closed on an earlier
    /// day, as its `closed_on` says, left on that day whatever stage it was in, and stages that it came into afterwards count as entered and left then.
    pub struct StageMove(StageMoveFields, StageMoveId) in "stage_move" as stage_moves, for_stage_move {
        /// The entity, such as `deal`.
        entity: String [max(64), general],
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
        /// Why it was lost, where the stage means that.
        reason: Option<String> [general],
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

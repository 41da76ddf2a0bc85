//! What records that go through stages have in common, whatever they are.

use super::{ProcessId, StageId, StageKind, StageMoveFields, StageMoveId};
use crate::engine::error::{Error, Result};
use crate::engine::store::ChangeSet;
use crate::engine::value::moment_from_millis;
use chrono::{DateTime, Utc};

/// Where a record is: its process and the stage in it. Zero stands for what a caller left out.
type Way = (ProcessId, StageId);

/// What a record needs to know of its stage.
pub(super) struct Place {
    process: ProcessId,
    kind: StageKind,
}

/// Completes and checks the process and the stage of a record, and tells what being in that stage means: a stage gives its process, a process its
/// first open stage, nothing the first active process of the entity; what an update leaves out stays.
pub(crate) fn place(change: &ChangeSet, entity: &str, before: Option<Way>, (process, stage): (&mut ProcessId, &mut StageId)) -> Result<StageKind> {
    if let Some((former_process, former_stage)) = before {
        if process.0 == 0 && (stage.0 == 0 || *stage == former_stage) {
            *process = former_process;
        }
        if stage.0 == 0 && *process == former_process {
            *stage = former_stage;
        }
    }
    if stage.0 == 0 || before.is_some_and(|(former_process, former_stage)| former_stage == *stage && former_process != *process) {
        *stage = first_stage(change, entity, Some(*process).filter(|process| process.0 != 0))?;
    }
    let Some(place) = place_of(change, entity, *stage)? else { return Err(Error::invalid("stage_id", "no such stage")) };
    let moved_process = before.is_none_or(|(former_process, _)| former_process != *process);
    if moved_process && process.0 != 0 && *process != place.process {
        return Err(Error::invalid("stage_id", "the stage belongs to another process"));
    }
    *process = place.process;
    Ok(place.kind)
}

/// The same for records that need not go through any process; in one, they are in a stage.
pub(crate) fn place_optional(
    change: &ChangeSet,
    entity: &str,
    before: Option<(Option<ProcessId>, Option<StageId>)>,
    (process, stage): (&mut Option<ProcessId>, &mut Option<StageId>),
) -> Result<()> {
    if process.is_none() && stage.is_none() {
        return Ok(());
    }
    let former = before.and_then(|(process, stage)| process.zip(stage));
    let mut now = (process.unwrap_or(ProcessId(0)), stage.unwrap_or(StageId(0)));
    place(change, entity, former, (&mut now.0, &mut now.1))?;
    (*process, *stage) = (Some(now.0), Some(now.1));
    Ok(())
}

/// What a stage is, when there is one; that of another entity's way is refused.
pub(super) fn place_of(change: &ChangeSet, entity: &str, stage: StageId) -> Result<Option<Place>> {
    let sql = "select s.process_id, s.kind, p.entity from {stage} s join {process} p on p.id = s.process_id where s.id = ?1";
    let found = change
        .stored()
        .first(sql, [stage.0], |row| Ok((Place { process: ProcessId(row.get(0)?), kind: row.get::<String>(1)?.parse()? }, row.get::<String>(2)?)))?;
    match found {
        Some((_, of)) if of != entity => Err(Error::invalid("stage_id", format!("is a stage of the way of another entity, `{of}`"))),
        found => Ok(found.map(|(place, _)| place)),
    }
}

fn first_stage(change: &ChangeSet, entity: &str, process: Option<ProcessId>) -> Result<StageId> {
    let sql = "select s.id from {stage} s join {process} p on p.id = s.process_id \
               where s.kind = 'open' and p.entity = ?2 and (p.id = ?1 or ?1 is null and p.active = true) order by p.id, s.position nulls first limit 1";
    let found = change.stored().first(sql, (process.map(|process| process.0), entity), |row| row.get(0))?;
    found
        .map(StageId)
        .ok_or_else(|| Error::invalid("process_id", format!("no process with an open stage for `{entity}`: add one, for example with add_process")))
}

/// Notes that a record came into a stage, and left the one before. `None` stands for no stage.
pub(crate) fn note_move(change: &ChangeSet, entity: &str, record: i64, stages: (Option<StageId>, Option<StageId>), entered_at: DateTime<Utc>) -> Result<()> {
    let (before, now) = stages;
    if before == now {
        return Ok(());
    }
    change.keeping(|| {
        let moves = change.stage_moves();
        if before.is_some() {
            let sql = "select id, entered_at from {stage_move} where entity = ?1 and record_id = ?2 and left_at is null";
            let open = change.stored().all(sql, (entity, record), |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
            for (id, entered) in open {
                let left = entered_at.max(moment_from_millis(entered)?);
                moves.keep(StageMoveId(id), |fields| fields.left_at = Some(left))?;
            }
        }
        let Some(stage_id) = now else { return Ok(()) };
        let fields = StageMoveFields {
            entity: entity.to_owned(),
            record_id: record,
            stage_id,
            entered_at,
            left_at: None,
            moved_by_id: change.actor(),
            ..Default::default()
        };
        moves.insert(fields).map(drop)
    })
}

//! What records that go through stages have in common, whatever they are.

use super::rules::{LOST_REASON, Lacking, StageRules, refuse};
use super::{ProcessId, StageId, StageKind, StageMoveFields, StageMoveId};
use crate::engine::entity::{Entity, Fields, stored_values};
use crate::engine::error::{Error, Result};
use crate::engine::store::ChangeSet;
use crate::engine::value::{Value, moment_from_millis};
use chrono::NaiveDate;

/// Where a record is: its process and the stage in it. Zero stands for what a caller left out.
type Way = (ProcessId, StageId);

/// Where a record is to be, which [`enter`](Place::enter) must allow.
#[must_use]
pub(crate) struct Place {
    process: ProcessId,
    stage: StageId,
    /// What being there means for the record.
    pub kind: StageKind,
    /// Where it was.
    former: Option<Way>,
}

/// Completes the process and the stage of a record, and tells what being in that stage means: a stage gives its process, a process its
/// first open stage, nothing the first active process of the entity; what an update leaves out stays.
pub(crate) fn place(change: &ChangeSet, entity: &str, former: Option<Way>, (process, stage): (&mut ProcessId, &mut StageId)) -> Result<Place> {
    if let Some((former_process, former_stage)) = former {
        if process.0 == 0 && (stage.0 == 0 || *stage == former_stage) {
            *process = former_process;
        }
        if stage.0 == 0 && *process == former_process {
            *stage = former_stage;
        }
    }
    if stage.0 == 0 || former.is_some_and(|(former_process, former_stage)| former_stage == *stage && former_process != *process) {
        *stage = first_stage(change, entity, Some(*process).filter(|process| process.0 != 0))?;
    }
    let Some((of, kind)) = place_of(change, entity, *stage)? else { return Err(Error::invalid("stage_id", "no such stage")) };
    let moved_process = former.is_none_or(|(former_process, _)| former_process != *process);
    if moved_process && process.0 != 0 && *process != of {
        return Err(Error::invalid("stage_id", "the stage belongs to another process"));
    }
    *process = of;
    Ok(Place { process: of, stage: *stage, kind, former })
}

/// The same for records that need not go through any process; in one, they are in a stage. Emptying the process takes a record out of both.
pub(crate) fn place_optional(
    change: &ChangeSet,
    entity: &str,
    former: Option<(Option<ProcessId>, Option<StageId>)>,
    (process, stage): (&mut Option<ProcessId>, &mut Option<StageId>),
) -> Result<Option<Place>> {
    let former = former.and_then(|(process, stage)| process.zip(stage));
    if process.is_none() && (stage.is_none() || *stage == former.map(|(_, stage)| stage)) {
        *stage = None;
        return Ok(None);
    }
    if stage.is_none() && former.is_some_and(|(former, _)| Some(former) == *process) {
        let reason = "what is in a process is in one of its stages: leave `stage_id` out to keep it, or empty `process_id` to leave the process";
        return Err(Error::invalid("stage_id", reason));
    }
    let mut now = (process.unwrap_or(ProcessId(0)), stage.unwrap_or(StageId(0)));
    let place = place(change, entity, former, (&mut now.0, &mut now.1))?;
    (*process, *stage) = (Some(now.0), Some(now.1));
    Ok(Some(place))
}

/// What [`Place::enter`] does, for records that need not be in any process: where there is no place, a record left it, or never was in one.
pub(crate) fn enter_or_leave<E: Entity>(change: &ChangeSet, place: Option<Place>, before: Option<&E>, fields: &mut E::Fields) -> Result<()> {
    let Some(place) = place else {
        let Some(before) = before.filter(|_| !change.is_loading()) else { return Ok(()) };
        let stage = E::meta().fields.iter().position(|field| field.name == "stage_id").map(|at| before.fields().into_values().0.swap_remove(at));
        return match stage {
            Some(Value::Integer(stage)) if change.stored().any(LOST, [stage])? => forget_reason(before, fields),
            _ => Ok(()),
        };
    };
    place.enter(change, before, fields)
}

/// Whether a stage means that a record in it is lost.
const LOST: &str = "select 1 from {stage} where id = ?1 and kind = 'lost'";

/// Takes away why a record was lost which is so no more: when it is lost again, it is asked for again. Its former stay keeps the reason.
fn forget_reason<E: Entity>(before: &E, fields: &mut E::Fields) -> Result<()> {
    let Some(at) = E::meta().fields.iter().position(|field| field.name == LOST_REASON) else { return Ok(()) };
    let reason = before.fields().into_values().0.swap_remove(at);
    let (mut values, custom) = std::mem::take(fields).into_values();
    if values[at] == reason {
        values[at] = Value::Null;
    }
    *fields = E::Fields::from_values(values, custom)?;
    Ok(())
}

impl Place {
    /// Whether the record comes into its stage, rather than being in it already.
    pub fn is_new(&self) -> bool {
        self.former.is_none_or(|(_, stage)| stage != self.stage)
    }

    /// Asks whether a record, completed, may come into its stage: the transitions and the required fields of its process, and the reason why it
    /// is lost. What comes from another system comes as it was there, except where only certain roles may put a record.
    pub fn enter<E: Entity>(&self, change: &ChangeSet, before: Option<&E>, fields: &mut E::Fields) -> Result<()> {
        if !self.is_new() {
            return Ok(());
        }
        self.come_back(change, before, fields)?;
        let entity = E::meta().name;
        let lost = self.kind == StageKind::Lost && before.is_some() && E::meta().field(LOST_REASON).is_some();
        if !lost && !change.stored().any(RULED, [self.process.0])? {
            return Ok(());
        }
        let index = change.schema().index(entity)?;
        let from = self.former.filter(|(process, _)| *process == self.process).map(|(_, stage)| stage);
        let first = if from.is_none() { first_open(change, entity, Some(self.process))? } else { None };
        change.view(|view| {
            let rules = StageRules::of(view, self.process.0, true)?;
            if change.is_loading() {
                return refuse(view, entity, &rules.right(self.stage), &Lacking::default(), self.kind);
            }
            let values = stored_values::<E>(&view.schema.tables[index], fields.clone())?;
            let lacking = rules.lacking(view, index, self.stage, lost, |field| values.get(field).is_some_and(is_filled))?;
            refuse(view, entity, &rules.way(from, self.stage, first), &lacking, self.kind)
        })
    }

    /// Forgets why a record was lost which comes back, be it from a lost stage or into the process.
    fn come_back<E: Entity>(&self, change: &ChangeSet, before: Option<&E>, fields: &mut E::Fields) -> Result<()> {
        let Some(before) = before.filter(|_| self.kind != StageKind::Lost && !change.is_loading()) else { return Ok(()) };
        let comes_back = match self.former {
            Some((_, former)) => change.stored().any(LOST, [former.0])?,
            None => true,
        };
        if comes_back { forget_reason(before, fields) } else { Ok(()) }
    }
}

/// Whether there are any rules for the records of a process.
const RULED: &str = "select 1 from {stage} s where s.process_id = ?1 and (exists (select 1 from {stage_transition} t where t.to_stage_id = s.id) \
    or exists (select 1 from {required_field} f where f.stage_id = s.id)) limit 1";

/// Whether a value says anything.
pub(super) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Text(text) => !text.trim().is_empty(),
        Value::Items(items) => !items.is_empty(),
        _ => true,
    }
}

/// The process of a stage and what being in it means, when there is one; a stage of another entity's way is refused.
pub(super) fn place_of(change: &ChangeSet, entity: &str, stage: StageId) -> Result<Option<(ProcessId, StageKind)>> {
    let sql = "select s.process_id, s.kind, p.entity from {stage} s join {process} p on p.id = s.process_id where s.id = ?1";
    let found = change.stored().first(sql, [stage.0], |row| Ok((ProcessId(row.get(0)?), row.get::<String>(1)?.parse()?, row.get::<String>(2)?)))?;
    match found {
        Some((_, _, of)) if of != entity => Err(Error::invalid("stage_id", format!("is a stage of the way of another entity, `{of}`"))),
        found => Ok(found.map(|(process, kind, _)| (process, kind))),
    }
}

fn first_stage(change: &ChangeSet, entity: &str, process: Option<ProcessId>) -> Result<StageId> {
    let none = || Error::invalid("process_id", format!("no process with an open stage for `{entity}`: add one, for example with add_process"));
    first_open(change, entity, process)?.ok_or_else(none)
}

/// The first open stage of a process, or of the first active one.
fn first_open(change: &ChangeSet, entity: &str, process: Option<ProcessId>) -> Result<Option<StageId>> {
    let sql = "select s.id from {stage} s join {process} p on p.id = s.process_id \
               where s.kind = 'open' and p.entity = ?2 and (p.id = ?1 or ?1 is null and p.active = true) order by p.id, s.position nulls first limit 1";
    change.stored().first(sql, (process.map(|process| process.0), entity), |row| Ok(StageId(row.get(0)?)))
}

/// Where a record is, and why it was lost.
pub(crate) type Stay<'a> = (Option<StageId>, Option<&'a str>);

/// Notes that a record came into a stage, and left the one before; and why it was lost, which may be corrected while it is. `None` stands for no stage,
/// and for now where a record did not come there on a day that is past.
pub(crate) fn note_move<E: Entity>(change: &ChangeSet, before: Option<&E>, now: &E, stay: fn(&E) -> Stay<'_>, on: Option<NaiveDate>) -> Result<()> {
    let (former, former_reason) = before.map_or((None, None), stay);
    let (stage, reason) = stay(now);
    if former == stage && former_reason == reason {
        return Ok(());
    }
    let (entity, record) = (E::meta().name, now.id().into());
    // A stay that was noted before reasons were kept with it gets its own when it ends.
    let lost = |stage: StageId| change.stored().any(LOST, [stage.0]);
    let reason = match (stage, reason) {
        (Some(stage), Some(reason)) if lost(stage)? => Some(reason.to_owned()),
        _ => None,
    };
    let former_reason = match (former, former_reason) {
        (Some(former), Some(reason)) if stage != Some(former) && lost(former)? => Some(reason.to_owned()),
        _ => None,
    };
    change.keeping(|| {
        let moves = change.stage_moves();
        let mut stays = Vec::new();
        if before.is_some() {
            let sql = "select id, entered_at, left_at from {stage_move} where entity = ?1 and record_id = ?2";
            stays = change.stored().all(sql, (entity, record), |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Option<i64>>(2)?)))?;
        }
        if former == stage {
            for (id, _, _) in stays.into_iter().filter(|(_, _, left)| left.is_none()) {
                moves.keep(StageMoveId(id), |fields| fields.reason.clone_from(&reason))?;
            }
            return Ok(());
        }
        let entered_at = moment_from_millis(began(change, on, &stays))?;
        // Where it came on an earlier day, it was nowhere else from then on: stays never overlap.
        for (id, _, _) in stays.into_iter().filter(|(_, _, left)| left.is_none_or(|left| left > entered_at.timestamp_millis())) {
            moves.keep(StageMoveId(id), |fields| {
                if fields.left_at.is_none() {
                    fields.reason = fields.reason.take().or_else(|| former_reason.clone());
                }
                fields.entered_at = fields.entered_at.min(entered_at);
                fields.left_at = Some(entered_at);
            })?;
        }
        let Some(stage_id) = stage else { return Ok(()) };
        let fields = StageMoveFields {
            entity: entity.to_owned(),
            record_id: record,
            stage_id,
            entered_at,
            left_at: None,
            moved_by_id: change.actor(),
            reason,
            ..Default::default()
        };
        moves.insert(fields).map(drop)
    })
}

/// When a record came to where it is now, after stays that were noted: on a day, after all that happened on it, or now, however the clock was put back.
fn began(change: &ChangeSet, on: Option<NaiveDate>, stays: &[(i64, i64, Option<i64>)]) -> i64 {
    match on {
        None => stays.iter().map(|(_, entered, left)| left.unwrap_or(*entered)).fold(change.at().timestamp_millis(), i64::max),
        Some(day) => {
            let start = change.start_of(day).timestamp_millis();
            let end = day.succ_opt().map_or(start, |next| change.start_of(next).timestamp_millis());
            stays.iter().map(|(_, entered, _)| *entered).filter(|entered| *entered < end).fold(start, i64::max)
        }
    }
}

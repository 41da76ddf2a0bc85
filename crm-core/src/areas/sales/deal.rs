//! Deals and their way through the stages.

use super::{ProcessId, ProductId, StageId, StageKind};
use crate::areas::directory::{OrganizationId, PersonId, check_unwanted};
use crate::base::LineId;
use crate::engine::declare::{UserId, choice};
use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::money::Money;
use crate::engine::store::ChangeSet;
use crate::engine::value::moment_from_millis;
use chrono::{DateTime, NaiveDate, Utc};

choice! {
    /// Where a deal stands; it follows from the kind of its stage.
    pub enum DealStatus as for_deal_status {
        /// Still going.
        Open = "open",
        /// Won.
        Won = "won",
        /// Lost.
        Lost = "lost",
    }
}

entity! {
    /// A sale one hopes to make: opportunity, tender, project.
    pub struct Deal(DealFields, DealId) in "deal" as deals, for_deal {
        /// What is being sold.
        name: String [title, max(300)],
        /// The customer.
        organization_id: Option<OrganizationId>,
        /// The chief contact.
        person_id: Option<PersonId>,
        /// The process; that of the stage when left out, the first active one when that is left out, too.
        process_id: ProcessId [defaulted],
        /// The stage; the first of the process when left out.
        stage_id: StageId [defaulted],
        /// Open, won or lost, as the stage says.
        status: DealStatus [computed],
        /// Type of deal, such as new business or renewal.
        kind: Option<String> [dictionary("deal_kind")],
        /// The product of interest.
        product_id: Option<ProductId>,
        /// Expected revenue; once won, the revenue.
        value: Option<Money>,
        /// How likely it is won, in per cent, where that differs from what the stage says.
        probability: Option<i64> [min(0), max(100)],
        /// The day it began; today when left out.
        opened_on: Option<NaiveDate>,
        /// The day it is expected to be closed.
        closes_on: Option<NaiveDate>,
        /// The day it was won or lost; set when the stage says so.
        closed_on: Option<NaiveDate>,
        /// Where it came from.
        source: Option<String> [dictionary("source")],
        /// Why it was lost; asked for when a deal is moved to a lost stage.
        lost_reason: Option<String> [dictionary("lost_reason")],
        /// What was learned from it.
        lesson: Option<String> [max(20_000)],
        /// The responsible user; the acting one when left out.
        owner_id: Option<UserId>,
        /// The line of business.
        line_id: Option<LineId>,
        /// The value in minor units of the base currency, frozen with the day's rate at closing.
        closed_value: Option<i64> [computed, shows("value"), in_base],
        /// Anything else.
        description: Option<String> [max(20_000)],
    }
}

entity! {
    /// That a deal was in a stage, from when to when. Written by the library alone.
    pub struct StageMove(StageMoveFields, StageMoveId) in "stage_move" as stage_moves, for_stage_move {
        /// The deal.
        deal_id: DealId [part_of],
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

impl Rules for StageMove {
    const KEPT: bool = true;
    const SEARCHED: Searched = Searched::Never;
}

/// What a deal needs to know of its stage.
struct Place {
    process: ProcessId,
    kind: StageKind,
}

fn place(change: &ChangeSet, stage: StageId) -> Result<Option<Place>> {
    change.stored().first("select process_id, kind from {stage} where id = ?1", [stage.0], |row| {
        Ok(Place { process: ProcessId(row.get(0)?), kind: row.get::<String>(1)?.parse()? })
    })
}

fn first_stage(change: &ChangeSet, process: Option<ProcessId>) -> Result<StageId> {
    let sql = "select s.id from {stage} s join {process} p on p.id = s.process_id where s.kind = 'open' and (p.id = ?1 or ?1 is null and p.active = true) order by p.id, s.position nulls first limit 1";
    let found = change.stored().first(sql, [process.map(|process| process.0)], |row| row.get(0))?;
    found.map(StageId).ok_or_else(|| Error::invalid("process_id", "no sales process with an open stage: add one, for example with add_process"))
}

impl Rules for Deal {
    const SEARCHED: Searched = Searched::ByName;
    const AFTER: Option<After<Self>> = Some(|change, before, now| change.keeping(|| keep_stage_moves(change, before, now)));

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut DealFields) -> Result<()> {
        if before.is_none() {
            fields.owner_id = fields.owner_id.or(change.actor());
            check_unwanted(change, fields.organization_id, fields.person_id)?;
        }
        // What an update leaves out stays.
        if let Some(before) = before {
            if fields.process_id.0 == 0 && (fields.stage_id.0 == 0 || fields.stage_id == before.stage_id) {
                fields.process_id = before.process_id;
            }
            if fields.stage_id.0 == 0 && fields.process_id == before.process_id {
                fields.stage_id = before.stage_id;
            }
        }
        if fields.stage_id.0 == 0 || before.is_some_and(|before| before.stage_id == fields.stage_id && before.process_id != fields.process_id) {
            fields.stage_id = first_stage(change, Some(fields.process_id).filter(|process| process.0 != 0))?;
        }
        let Some(place) = place(change, fields.stage_id)? else { return Err(Error::invalid("stage_id", "no such stage")) };
        let moved_process = before.is_none_or(|before| before.process_id != fields.process_id);
        if moved_process && fields.process_id.0 != 0 && fields.process_id != place.process {
            return Err(Error::invalid("stage_id", "the stage belongs to another process"));
        }
        fields.process_id = place.process;
        let moved = before.is_none_or(|before| before.stage_id != fields.stage_id);
        close(change, before, fields, &place, moved)
    }
}

fn keep_stage_moves(change: &ChangeSet, before: Option<&Deal>, now: &Deal) -> Result<()> {
    if before.is_some_and(|before| before.stage_id == now.stage_id) {
        return Ok(());
    }
    let moves = change.stage_moves();
    // What was entered late counts from the day it happened.
    let day = if now.status == DealStatus::Open { now.opened_on.filter(|_| before.is_none()) } else { now.closed_on };
    let entered_at = day.filter(|day| *day < change.today()).map_or_else(|| change.at(), |day| change.start_of(day));
    if before.is_some() {
        let sql = "select id, entered_at from {stage_move} where deal_id = ?1 and left_at is null";
        let open = change.stored().all(sql, [now.id.0], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
        for (id, entered) in open {
            let left = entered_at.max(moment_from_millis(entered)?);
            moves.keep(StageMoveId(id), |fields| fields.left_at = Some(left))?;
        }
    }
    moves
        .insert(StageMoveFields { deal_id: now.id, stage_id: now.stage_id, entered_at, left_at: None, moved_by_id: change.actor(), ..Default::default() })
        .map(drop)
}

/// Opens or closes a deal as its stage says.
fn close(change: &ChangeSet, before: Option<&Deal>, fields: &mut DealFields, place: &Place, moved: bool) -> Result<()> {
    fields.opened_on = fields.opened_on.or_else(|| before.is_none().then(|| fields.closed_on.unwrap_or(change.today()).min(change.today())));
    fields.status = match place.kind {
        StageKind::Open => DealStatus::Open,
        StageKind::Won => DealStatus::Won,
        StageKind::Lost => DealStatus::Lost,
    };
    if fields.status == DealStatus::Open {
        fields.closed_on = None;
        fields.closed_value = None;
        return Ok(());
    }
    // Reasons are asked for where a user moves a deal; what comes from another system may lack them.
    if fields.status == DealStatus::Lost && moved && before.is_some() && !change.is_loading() && fields.lost_reason.is_none() {
        return Err(Error::invalid("lost_reason", "a lost deal needs its reason"));
    }
    let closed_on = *fields.closed_on.get_or_insert(change.today());
    if fields.opened_on.is_some_and(|opened| closed_on < opened) {
        return Err(Error::invalid("closed_on", "is before `opened_on`"));
    }
    let unchanged = before.is_some_and(|before| before.status == fields.status && before.value == fields.value && before.closed_on == fields.closed_on);
    if !unchanged {
        fields.closed_value = fields.value.map(|value| in_base(change, value, closed_on)).transpose()?;
    }
    Ok(())
}

fn in_base(change: &ChangeSet, value: Money, day: NaiveDate) -> Result<i64> {
    let schema = change.schema();
    let rate = schema.rate(value.currency.code(), &day.to_string()).ok_or_else(|| {
        Error::invalid("value", format!("no exchange rate from {} to {} on {day}; add one to exchange_rate", value.currency, schema.base_currency))
    })?;
    Ok(value.convert(rate, schema.base_currency)?.minor)
}

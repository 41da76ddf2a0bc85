//! Deals and their way through the stages.

use super::ProductId;
use crate::areas::directory::{OrganizationId, PersonId, check_unwanted};
use crate::areas::stages::{ProcessId, StageId, StageKind, note_move, place};
use crate::base::LineId;
use crate::engine::declare::{UserId, choice};
use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::money::Money;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

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
        name: String [title, max(300), personal],
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
        lesson: Option<String> [max(20_000), personal],
        /// The responsible user; the acting one when left out.
        owner_id: Option<UserId>,
        /// The line of business.
        line_id: Option<LineId>,
        /// The value in minor units of the base currency, frozen with the day's rate at closing.
        closed_value: Option<i64> [computed, shows("value"), in_base],
        /// Anything else.
        description: Option<String> [max(20_000), personal],
    }
}

impl Rules for Deal {
    const SEARCHED: Searched = Searched::ByName;
    const AFTER: Option<After<Self>> = Some(keep_stage_moves);

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut DealFields) -> Result<()> {
        if before.is_none() {
            fields.owner_id = fields.owner_id.or(change.actor());
            check_unwanted(change, fields.organization_id, fields.person_id)?;
        }
        let former = before.map(|before| (before.process_id, before.stage_id));
        let place = place(change, "deal", former, (&mut fields.process_id, &mut fields.stage_id))?;
        close(change, before, fields, place.kind)?;
        place.enter(change, before, fields)
    }
}

fn keep_stage_moves(change: &ChangeSet, before: Option<&Deal>, now: &Deal) -> Result<()> {
    // What was entered late counts from the day it happened.
    let day = if now.status == DealStatus::Open { now.opened_on.filter(|_| before.is_none()) } else { now.closed_on };
    let on = day.filter(|day| *day < change.today());
    note_move(change, before, now, |deal| (Some(deal.stage_id), deal.lost_reason.as_deref()), on)
}

/// Opens or closes a deal as its stage says.
fn close(change: &ChangeSet, before: Option<&Deal>, fields: &mut DealFields, kind: StageKind) -> Result<()> {
    fields.opened_on = fields.opened_on.or_else(|| before.is_none().then(|| fields.closed_on.unwrap_or(change.today()).min(change.today())));
    fields.status = match kind {
        StageKind::Open => DealStatus::Open,
        StageKind::Won => DealStatus::Won,
        StageKind::Lost => DealStatus::Lost,
    };
    if fields.status == DealStatus::Open {
        fields.closed_on = None;
        fields.closed_value = None;
        return Ok(());
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

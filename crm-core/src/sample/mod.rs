//! A small area for tests.

mod erasure;
mod mechanisms;
mod operational;

use crate::areas::AREAS;
use crate::areas::stages::{enter_or_leave, note_move, place_optional};
use crate::base::meaning;
use crate::engine::declare::UserId;
use crate::engine::entity::{After, Rules, entity};
use crate::engine::meta::Searched;
use crate::engine::registry::area;
use crate::engine::store::{ChangeSet, Library};
use crate::open::bring_up;
use crate::registry::LIBRARY;
use crate::*;
use chrono::{DateTime, Utc};
use std::sync::Arc;

entity! {
    /// An order.
    pub struct SampleOrder(SampleOrderFields, SampleOrderId) in "sample_order" as sample_orders, for_sample_order {
        /// Its number.
        number: Option<String> [title, number("T-{year}-{number:3}"), general],
        /// What kind of order.
        kind: Option<String> [general],
        /// What is ordered.
        subject: String [personal],
        /// When it was sent.
        sent_at: Option<DateTime<Utc>> [seals],
        /// The order that it replaces.
        replaces_id: Option<SampleOrderId>,
        /// A mark of one's own.
        mark: Option<String> [outside, general],
        /// The one that counts of its kind.
        current: Option<bool> [one_of(&["kind"]), outside],
        /// The responsible user.
        owner_id: Option<UserId>,
        /// The process.
        process_id: Option<ProcessId>,
        /// The stage.
        stage_id: Option<StageId>,
        /// What it is worth.
        value: Option<Money>,
        /// Why it was lost.
        lost_reason: Option<String> [dictionary("sample_reason")],
    }
}

entity! {
    /// A line of an order.
    pub struct SampleLine(SampleLineFields, SampleLineId) in "sample_line" as sample_lines, for_sample_line {
        /// The order.
        sample_order_id: SampleOrderId [part_of],
        /// What it is about.
        text: String [title, personal],
    }
}

entity! {
    /// Who looked at an order.
    pub struct SampleLook(SampleLookFields, SampleLookId) in "sample_look" as sample_looks, for_sample_look {
        /// The order.
        sample_order_id: SampleOrderId [part_of],
        /// How often.
        count: i64,
    }
}

entity! {
    /// A case, whose table is named by a word that SQL keeps for itself.
    pub struct SampleCase(SampleCaseFields, SampleCaseId) in "case" as sample_cases, for_sample_case {
        /// What it is about.
        subject: String [title, general],
        /// The case that it follows from.
        previous_id: Option<SampleCaseId>,
        /// Where it stands.
        status: Option<String> [dictionary("sample_status")],
        /// Whether it is over.
        over: Option<bool> [computed],
    }
}

entity! {
    /// Who works on a case just now.
    pub struct SampleLease(SampleLeaseFields, SampleLeaseId) in "sample_lease" as sample_leases, for_sample_lease {
        /// The case.
        case_id: SampleCaseId [part_of],
        /// Until when.
        until: DateTime<Utc>,
    }
}

impl Rules for SampleOrder {
    const AFTER: Option<After<Self>> = Some(|change, before, now| {
        note_move(change, before, now, |order| (order.stage_id, order.lost_reason.as_deref()), None)?;
        if now.subject == "breaks" { Err(Error::invalid("subject", "breaks off")) } else { Ok(()) }
    });

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut SampleOrderFields) -> Result<()> {
        let former = before.map(|before| (before.process_id, before.stage_id));
        let place = place_optional(change, "sample_order", former, (&mut fields.process_id, &mut fields.stage_id))?;
        enter_or_leave(change, place, before, fields)
    }
}
impl Rules for SampleLine {}
impl Rules for SampleCase {
    fn check(change: &ChangeSet, _: Option<&Self>, fields: &mut SampleCaseFields) -> Result<()> {
        let means = fields.status.as_deref().and_then(|status| meaning(&change.schema(), "sample_status", status));
        fields.over = Some(matches!(means, Some(Meaning::Done | Meaning::GivenUp)));
        Ok(())
    }
}
impl Rules for SampleLook {
    const OUTSIDE: bool = true;
    const KEPT: bool = true;
}

impl Rules for SampleLease {
    const OPERATIONAL: bool = true;
    const SEARCHED: Searched = Searched::Never;
}

area! {
    /// Orders, for tests.
    sample after stages, directory {
        entities: [SampleOrder, SampleLine, SampleLook, SampleCase, SampleLease];
        steps: ["sample.sql"];
        words: { "sample_status" ("Where cases stand") = ["new" open, "solved" done, "dropped" given_up, "odd"]; }
        reports: {
            /// Orders of the period. Columns: `key`, `name`, `orders`. Can be split.
            SampleOrders = "sample_orders" over sample_order as o { sql: "sample_report.sql", day: "day(o.created_at)" }
        }
    }
}

pub(crate) fn sample() -> Result<(Crm, Arc<ManualClock>)> {
    let Library { entities, names, removals, steps: _, settings, load, fresh: _ } = &*LIBRARY;
    let (mut entities, mut names) = (entities.clone(), names.clone());
    for kind in AREA.kinds {
        entities.push(kind.meta());
        names.insert(kind.meta().name);
    }
    let steps = AREAS.iter().copied().chain([&AREA]).map(|area| area.steps()).collect();
    let library =
        Box::leak(Box::new(Library { entities, names, removals: removals.clone(), steps, settings: settings.clone(), load: *load, fresh: Default::default() }));
    let clock = Arc::new(ManualClock::at(DateTime::from_timestamp(1_772_000_000, 0).unwrap_or_default()));
    let (crm, _) = Crm::open_file(":memory:".as_ref(), Options { clock: clock.clone(), ..Options::default() }, library)?;
    bring_up(&crm, &[AREAS, &[&AREA]].concat())?;
    Ok((crm, clock))
}

fn order(subject: &str) -> SampleOrderFields {
    SampleOrderFields { subject: subject.into(), ..Default::default() }
}

fn code<T: std::fmt::Debug>(refused: Result<T>) -> String {
    refused.map_or_else(|error| format!("{} {}", error.code(), error.field()), |done| format!("{done:?}"))
}

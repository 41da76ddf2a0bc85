//! Activities: contacts and tasks.

use crate::areas::directory::{OrganizationId, PersonId};
use crate::areas::sales::DealId;
use crate::base::LineId;
use crate::engine::declare::{UserId, choice};
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::store::ChangeSet;
use chrono::{DateTime, Utc};

choice! {
    /// Where an activity stands.
    pub enum ActivityStatus as for_activity_status {
        /// Still to come, or overdue.
        Planned = "planned",
        /// It took place.
        Held = "held",
        /// It did not take place.
        NotHeld = "not_held",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

choice! {
    /// Who began a contact.
    pub enum Direction as for_direction {
        /// We did.
        Outgoing = "outgoing",
        /// They did.
        Incoming = "incoming",
        /// Nobody outside: a note, a task.
        Internal = "internal",
    }
}

entity! {
    /// A contact or task: call, e-mail, meeting, presentation, letter, visit, business trip, brochure, offer, note, web
    /// visit, and kinds of one's own.
    pub struct Activity(ActivityFields, ActivityId) in "activity" as activities, for_activity {
        /// What kind, an item of the dictionary `activity_kind`.
        kind: String [dictionary("activity_kind")],
        /// What it is about.
        subject: String [title, max(500), personal],
        /// Where it stands; planned when left out.
        status: ActivityStatus [defaulted],
        /// Who began it.
        direction: Option<Direction>,
        /// When it begins, or began.
        starts_at: Option<DateTime<Utc>>,
        /// When it ends, or ended.
        ends_at: Option<DateTime<Utc>>,
        /// By when it must be done; its beginning when left out.
        due_at: Option<DateTime<Utc>>,
        /// When it was held or given up; set when the status says so.
        done_at: Option<DateTime<Utc>>,
        /// The organization it is with.
        organization_id: Option<OrganizationId>,
        /// The person it is chiefly with; others take part as participants.
        person_id: Option<PersonId>,
        /// The deal it is about.
        deal_id: Option<DealId>,
        /// The activity it follows from.
        previous_id: Option<ActivityId>,
        /// The responsible user; the acting one when left out.
        owner_id: Option<UserId>,
        /// The line of business.
        line_id: Option<LineId>,
        /// What came of it, an item of the dictionary `outcome`.
        outcome: Option<String> [dictionary("outcome")],
        /// The result in words.
        result: Option<String> [max(20_000), personal],
        /// Text: the note, the agenda, the body of the mail.
        description: Option<String> [max(200_000), personal],
    }
}

impl Rules for Activity {
    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut ActivityFields) -> Result<()> {
        if before.is_none() {
            fields.owner_id = fields.owner_id.or(change.actor());
            fields.due_at = fields.due_at.or(fields.starts_at);
        } else if let Some(before) = before
            && before.due_at == before.starts_at
            && fields.due_at == before.due_at
        {
            // A due time that was only the beginning moves with it.
            fields.due_at = fields.starts_at;
        }
        if fields.status == ActivityStatus::Planned {
            fields.done_at = None;
        } else if fields.done_at.is_none() {
            fields.done_at = fields.ends_at.or(fields.starts_at).filter(|moment| *moment <= change.at()).or_else(|| Some(change.at()));
        }
        match (fields.starts_at, fields.ends_at) {
            (Some(starts), Some(ends)) if ends < starts => Err(Error::invalid("ends_at", "is before `starts_at`")),
            _ => match before {
                Some(before) if fields.previous_id == Some(before.id) => Err(Error::invalid("previous_id", "an activity cannot follow from itself")),
                _ => Ok(()),
            },
        }
    }
}

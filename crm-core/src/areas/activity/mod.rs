//! What is done with customers: calls, meetings, letters, tasks, and what is overdue.

#[allow(clippy::module_inception)] // It is named after its entity, as every file is.
mod activity;
mod chain;
mod overdue;
mod participant;

pub use activity::{Activity, ActivityFields, ActivityId, ActivityStatus, Direction};
pub use participant::{Participant, ParticipantFields, ParticipantId};

use crate::engine::declare::UserId;
use crate::engine::registry::area;

area! {
    /// Contacts and tasks.
    activity after directory, sales {
        entities: [Activity, Participant];
        choices: [ActivityStatus, Direction];
        steps: ["steps/0001_activity.sql"];
        words: {
            "activity_kind" ("Kinds of activity") = [
                "call", "email", "meeting", "presentation", "letter", "visit", "business trip", "brochure", "offer", "note", "web visit", "task",
            ];
            "outcome" ("Results of activities") = ["reached", "not reached", "interested", "not interested", "call back", "agreed"];
            "participant_role" ("Roles of participants") = ["host", "guest", "presenter"];
        }
        // In two parts, since only those with a beginning are found in order by the index.
        life: {
            Activity { at: "starts_at", kind: "kind", title: "subject", detail: "outcome", user: "owner_id", of: "organization_id", in_dossier: false }
            Activity {
                at: "coalesce(done_at, due_at, created_at)", kind: "kind", title: "subject", detail: "outcome", user: "owner_id", of: "organization_id",
                when: "starts_at is null", in_dossier: false
            }
        }
        calls: {
            /// Planned activities whose time is over at this handle's moment, the longest overdue first; those of one responsible
            /// user, or all. For a day of the past, ask `at` that moment.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let due_at = crm.now() - chrono::TimeDelta::hours(1);
                /// crm.activities().add(ActivityFields::new("call", "Offer?").due_at(due_at))?;
                /// assert_eq!(crm.overdue(None)?.len(), 1);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> call = db.activities.add(kind="call", subject="Offer?", due_at="2020-01-01")
                /// >>> [each.subject for each in db.overdue()]
                /// ['Offer?']
            }
            [view] overdue(user_id: Option<UserId> = None) -> Vec<Activity> = |view| overdue::overdue(view, user_id);

            /// The chain an activity is part of: what it followed from, the first one first, then itself, then what followed
            /// from it, directly or through others; at most 1,000 in all. An activity that the reader may not see ends the chain.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let call = crm.activities().add(ActivityFields::new("call", "Intro"))?;
                /// let visit = ActivityFields::new("visit", "Demo").previous_id(call.id);
                /// let visit = crm.activities().add(visit)?;
                /// assert_eq!(crm.activity_chain(visit.id)?, [call, visit]);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> call = db.activities.add(kind="call", subject="Intro")
                /// >>> visit = db.activities.add(kind="visit", subject="Demo", previous_id=call.id)
                /// >>> [each.subject for each in db.activity_chain(visit.id)]
                /// ['Intro', 'Demo']
            }
            [view] activity_chain(activity_id: ActivityId) -> Vec<Activity> = |view| chain::chain(view, activity_id);
        }
    }
}

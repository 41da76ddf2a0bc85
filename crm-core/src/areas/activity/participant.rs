//! Who takes part in activities.

use super::ActivityId;
use crate::areas::directory::PersonId;
use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;

entity! {
    /// That somebody takes part in an activity: a person from outside or a user.
    pub struct Participant(ParticipantFields, ParticipantId) in "participant" as participants, for_participant {
        /// The activity.
        activity_id: ActivityId [part_of],
        /// Who, if from outside.
        person_id: Option<PersonId>,
        /// Who, if one of us.
        user_id: Option<UserId>,
        /// As what.
        role: Option<String> [dictionary("participant_role")],
        /// Whether they came.
        attended: Option<bool>,
    }
}

impl Rules for Participant {
    const SEARCHED: Searched = Searched::Never;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut ParticipantFields) -> Result<()> {
        match (fields.person_id, fields.user_id) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Error::invalid("person_id", "a participant is either a person or a user")),
        }
    }
}

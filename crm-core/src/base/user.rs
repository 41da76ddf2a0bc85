//! Who works with the CRM: users in teams, for lines of business.

use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::{Searched, Shapes};
use crate::engine::store::ChangeSet;

entity! {
    /// Somebody who works with the CRM: owns customers and deals, holds activities.
    pub struct User(UserFields, use UserId) in "user" as users, for_user {
        /// Full name.
        name: String [title, max(200), personal],
        /// E-mail address, unique.
        email: Option<String> [max(320), personal],
        /// The user's team, which decides what `team` rights reach and where reports count.
        team_id: Option<TeamId>,
        /// The user's manager.
        manager_id: Option<UserId>,
        /// IANA time zone, such as `Europe/Warsaw`; UTC when empty. It decides what "today" is.
        time_zone: Option<String> [max(64), unsearched, general],
        /// Former users stay as owners of what they did; they can no longer act.
        active: Option<bool>,
    }
}

entity! {
    /// A team, department or regional office.
    pub struct Team(TeamFields, TeamId) in "team" as teams, for_team {
        /// Name, unique.
        name: String [title, max(200), general],
        /// The team this one is below.
        parent_id: Option<TeamId>,
    }
}

entity! {
    /// A line of business, which rights can be limited to.
    pub struct Line(LineFields, LineId) in "line" as lines, for_line {
        /// Name, unique.
        name: String [title, max(200), general],
    }
}

entity! {
    /// A line of business that a user works for.
    pub struct UserLine(UserLineFields, UserLineId) in "user_line" as user_lines, for_user_line {
        /// The user.
        user_id: UserId [part_of],
        /// The line.
        line_id: LineId [part_of],
    }
}

impl Rules for User {
    const SEARCHED: Searched = Searched::ByName;
    const SHAPES: Shapes = Shapes::Rights;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut UserFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        match fields.time_zone.as_deref().map(str::parse::<chrono_tz::Tz>) {
            Some(Err(_)) => Err(Error::invalid("time_zone", "not an IANA time zone such as Europe/Warsaw")),
            _ => Ok(()),
        }
    }
}

impl Rules for Team {
    const SEARCHED: Searched = Searched::ByName;
    const SHAPES: Shapes = Shapes::Rights;
}

impl Rules for Line {
    const SEARCHED: Searched = Searched::ByName;
    const SHAPES: Shapes = Shapes::Rights;
}

impl Rules for UserLine {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Rights;
}

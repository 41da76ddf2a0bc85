//! The entities that rights are made of. Fields may be added here; what they mean for rights is in `rights`.

use crate::entity::{Rules, Searched};
use crate::store::ChangeSet;
use crate::{Error, Result, choice, entity};

choice! {
    /// How far a right reaches, each step including the ones before it.
    pub enum Level as for_level {
        /// No records.
        None = "none",
        /// Records one owns.
        Own = "own",
        /// Records owned by somebody of one's team or of a team below it.
        Team = "team",
        /// Records of one's lines of business, too.
        Line = "line",
        /// All records.
        All = "all",
    }
}

entity! {
    /// Somebody who works with the CRM: owns customers and deals, holds activities.
    pub struct User(UserFields, UserId) in "user" as users, for_user {
        /// Full name.
        name: String [title, max(200)],
        /// E-mail address, unique.
        email: Option<String> [max(320)],
        /// The user's team, which decides what `team` rights reach and where reports count.
        team_id: Option<TeamId>,
        /// The user's manager.
        manager_id: Option<UserId>,
        /// IANA time zone, such as `Europe/Warsaw`; UTC when empty. It decides what "today" is.
        time_zone: Option<String> [max(64), unsearched],
        /// Former users stay as owners of what they did; they can no longer act.
        active: Option<bool>,
    }
}

entity! {
    /// A team, department or regional office.
    pub struct Team(TeamFields, TeamId) in "team" as teams, for_team {
        /// Name, unique.
        name: String [title, max(200)],
        /// The team this one is below.
        parent_id: Option<TeamId>,
    }
}

entity! {
    /// A line of business, which rights can be limited to.
    pub struct Line(LineFields, LineId) in "line" as lines, for_line {
        /// Name, unique.
        name: String [title, max(200)],
    }
}

entity! {
    /// A role, a bundle of rights. A user may have several: the widest right counts.
    pub struct Role(RoleFields, RoleId) in "role" as roles, for_role {
        /// Name, unique.
        name: String [title, max(200)],
        /// May see and change everything, rights included.
        admin: Option<bool>,
    }
}

entity! {
    /// What a role may read and write of one entity.
    pub struct Permission(PermissionFields, PermissionId) in "permission" as permissions, for_permission {
        /// The role.
        role_id: RoleId [part_of],
        /// The entity, or `*` for all that are not named.
        target: String [max(64)],
        /// Which records may be seen.
        reading: Level [defaulted],
        /// Which records may be added, changed and removed.
        writing: Level [defaulted],
    }
}

entity! {
    /// A field that a role does not see (P2). A field is hidden when every role of the user hides it.
    pub struct HiddenField(HiddenFieldFields, HiddenFieldId) in "hidden_field" as hidden_fields, for_hidden_field {
        /// The role.
        role_id: RoleId [part_of],
        /// The entity.
        target: String [max(64)],
        /// The field's name; it must be one that can be empty.
        field: String [max(64)],
    }
}

entity! {
    /// A role that a user has.
    pub struct UserRole(UserRoleFields, UserRoleId) in "user_role" as user_roles, for_user_role {
        /// The user.
        user_id: UserId [part_of],
        /// The role.
        role_id: RoleId [part_of],
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
    const ACTIVE: bool = true;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut UserFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        match fields.time_zone.as_deref().map(str::parse::<chrono_tz::Tz>) {
            Some(Err(_)) => Err(Error::invalid("time_zone", "not an IANA time zone such as Europe/Warsaw")),
            _ => Ok(()),
        }
    }
}

impl Rules for Permission {
    const SEARCHED: Searched = Searched::Never;
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut PermissionFields) -> Result<()> {
        if fields.target == "*" { Ok(()) } else { change.schema().table(&fields.target).map(drop) }
    }
}

impl Rules for HiddenField {
    const SEARCHED: Searched = Searched::Never;
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut HiddenFieldFields) -> Result<()> {
        let schema = change.schema();
        let table = schema.table(&fields.target)?;
        if table.fields[table.field_index(&fields.field)?].required {
            return Err(Error::invalid("field", "a field that every record must have cannot be hidden"));
        }
        Ok(())
    }
}

impl Rules for Team {
    const SEARCHED: Searched = Searched::ByName;
}
impl Rules for Line {
    const SEARCHED: Searched = Searched::ByName;
}
impl Rules for Role {
    const SEARCHED: Searched = Searched::Never;
}
impl Rules for UserRole {
    const SEARCHED: Searched = Searched::Never;
}
impl Rules for UserLine {
    const SEARCHED: Searched = Searched::Never;
}

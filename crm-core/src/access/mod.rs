//! Who may see and change what (P1, P2): users in teams, with lines of business and roles.

mod entities;
mod rights;

pub use entities::{
    HiddenField, HiddenFieldFields, HiddenFieldId, Level, Line, LineFields, LineId, Permission, PermissionFields, PermissionId, Role, RoleFields, RoleId, Team,
    TeamFields, TeamId, User, UserFields, UserId, UserLine, UserLineFields, UserLineId, UserRole, UserRoleFields, UserRoleId,
};
pub(crate) use rights::Access;

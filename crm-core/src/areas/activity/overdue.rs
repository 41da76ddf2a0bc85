//! What is overdue.

use super::Activity;
use crate::engine::declare::UserId;
use crate::engine::entity::records;
use crate::engine::error::Result;
use crate::engine::store::View;

/// Planned activities whose time is over, the longest overdue first.
pub(super) fn overdue(view: View<'_>, user: Option<UserId>) -> Result<Vec<Activity>> {
    let overdue = "status = 'planned' and due_at < now()";
    match user {
        Some(user) => records(view, &format!("{overdue} and owner_id = ?1 order by due_at, id"), [user.0]),
        None => records(view, &format!("{overdue} order by due_at, id"), []),
    }
}

//! What is overdue (A6), and what followed from what (A3).

use super::{Activity, ActivityId};
use crate::Result;
use crate::access::UserId;
use crate::store::{View, get_in, readable, records};
use std::collections::HashSet;

/// The most activities of one chain.
const MAX_CHAIN: usize = 1_000;

readable! {
    /// Planned activities whose time is over at this handle's moment, the longest overdue first; those of one responsible
    /// user, or all. For a day of the past, ask [`at`](crate::Crm::at) that moment.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let due_at = Some(crm.now() - chrono::TimeDelta::hours(1));
    /// crm.activities().add(ActivityFields { kind: "call".into(), subject: "Offer?".into(), due_at, ..Default::default() })?;
    /// assert_eq!(crm.overdue(None)?.len(), 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn overdue(&self, user: Option<UserId>) -> Result<Vec<Activity>> = |view| overdue(view, user);

    /// The chain an activity is part of (A3): what it followed from, the first one first, then itself, then what followed
    /// from it, directly or through others; at most 1,000 in all. An activity that the reader may not see ends the chain.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let call = crm.activities().add(ActivityFields { kind: "call".into(), subject: "Intro".into(), ..Default::default() })?;
    /// let visit = ActivityFields { kind: "visit".into(), subject: "Demo".into(), previous_id: Some(call.id), ..Default::default() };
    /// let visit = crm.activities().add(visit)?;
    /// assert_eq!(crm.activity_chain(visit.id)?, [call, visit]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn activity_chain(&self, activity: ActivityId) -> Result<Vec<Activity>> = |view| chain(view, activity);
}

fn overdue(view: View<'_>, user: Option<UserId>) -> Result<Vec<Activity>> {
    let overdue = "status = 'planned' and due_at < now()";
    match user {
        Some(user) => records(view, &format!("{overdue} and owner_id = ?1 order by due_at, id"), [user.0]),
        None => records(view, &format!("{overdue} order by due_at, id"), []),
    }
}

fn chain(view: View<'_>, activity: ActivityId) -> Result<Vec<Activity>> {
    let activity: Activity = get_in(view, activity.0)?;
    let mut known = HashSet::from([activity.id]);
    let mut chain = vec![activity];
    while let Some(previous) = chain.last().and_then(|first| first.previous_id).filter(|_| chain.len() < MAX_CHAIN) {
        let Some(previous) = records::<Activity>(view, "id = ?1", [previous.0])?.pop() else { break };
        if !known.insert(previous.id) {
            break;
        }
        chain.push(previous);
    }
    chain.reverse();
    let mut at = chain.len() - 1;
    while at < chain.len() && chain.len() < MAX_CHAIN {
        let next = records::<Activity>(view, "previous_id = ?1 order by id limit 1000", [chain[at].id.0])?;
        chain.extend(next.into_iter().filter(|next| known.insert(next.id)));
        at += 1;
    }
    chain.truncate(MAX_CHAIN);
    Ok(chain)
}

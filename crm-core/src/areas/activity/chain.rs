//! What followed from what.

use super::{Activity, ActivityId};
use crate::engine::entity::{get_in, records};
use crate::engine::error::Result;
use crate::engine::store::View;
use std::collections::HashSet;

/// The most activities of one chain.
const MAX_CHAIN: usize = 1_000;

/// The chain an activity is part of, from the first to the last.
pub(super) fn chain(view: View<'_>, activity: ActivityId) -> Result<Vec<Activity>> {
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

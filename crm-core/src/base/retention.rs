//! How long the former versions of an entity's records are kept.

use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::{ChangeSet, Crm, Pruned};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// The most entities that a label names.
const NAMED: usize = 5;

entity! {
    /// How long the former versions of an entity's records are kept: `prune` without a moment takes away those that ended longer ago. By itself
    /// nothing goes.
    pub struct Retention(RetentionFields, RetentionId) in "retention" as retentions, for_retention {
        /// The entity, such as `activity`. It has one retention at most.
        entity: String [title, max(64), general],
        /// How many days a version is kept after it ended, of 24 hours each.
        days: i64 [min(1), max(36_500)],
    }
}

impl Rules for Retention {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut RetentionFields) -> Result<()> {
        change.schema().table(&fields.entity).map(drop)
    }
}

/// Takes away the former versions that had ended by a moment, or by what their retention says where none is given.
pub(super) fn prune(crm: &Crm, before: Option<DateTime<Utc>>, entities: &[String]) -> Result<Pruned> {
    crm.take_away(&label(before, entities), |change| {
        let schema = change.schema();
        let named = entities.iter().map(|name| schema.index(name)).collect::<Result<Vec<_>>>()?;
        let Some(before) = before else {
            let kept = kept(change)?;
            return Ok(kept.into_iter().filter(|(index, _)| named.is_empty() || named.contains(index)).collect());
        };
        if before > change.at() {
            return Err(Error::invalid("before", "lies in the future"));
        }
        let all = if named.is_empty() { (0..schema.tables.len()).collect() } else { named };
        Ok(all.into_iter().map(|index| (index, before)).collect())
    })
}

/// The entities that have a retention, and until when what ended is to go.
fn kept(change: &ChangeSet) -> Result<BTreeMap<usize, DateTime<Utc>>> {
    let schema = change.schema();
    let mut kept = BTreeMap::new();
    change.stored().each("select entity, days from {retention}", [], |row| {
        let (entity, days): (String, i64) = (row.get(0)?, row.get(1)?);
        let before = TimeDelta::try_days(days).and_then(|days| change.at().checked_sub_signed(days));
        // An entity that this version does not have is left alone.
        kept.extend(schema.index(&entity).ok().zip(before));
        Ok(())
    })?;
    Ok(kept)
}

fn label(before: Option<DateTime<Utc>>, entities: &[String]) -> String {
    let of = match entities {
        [] => "all".to_owned(),
        // A name that there is not is refused further on, however long it is.
        few if few.len() <= NAMED && few.iter().all(|name| name.len() <= 64) => few.join(", "),
        many => format!("{} entities", many.len()),
    };
    match before {
        Some(before) => format!("prune of what ended before {}: {of}", before.format("%Y-%m-%dT%H:%M:%SZ")),
        None => format!("prune by retention: {of}"),
    }
}

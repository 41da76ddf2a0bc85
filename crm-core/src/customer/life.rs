//! What the areas tell of the life of an organization.

use crate::areas::AREAS;
use crate::engine::declare::{UserId, outcome};
use crate::engine::error::Result;
use crate::engine::registry::Life;
use crate::engine::store::{ResultRow, View};
use crate::engine::value::moment_from_millis;
use chrono::{DateTime, Utc};
use std::sync::LazyLock;

outcome! {
    /// Something that happened with an organization.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LifeEntry as for_life_entry {
        /// When.
        pub at: DateTime<Utc>,
        /// What: the kind of an activity, `deal`, `stage`, `note`, and so on.
        pub kind: String,
        /// The entity of the record it is about.
        pub entity: String,
        /// The record.
        pub record_id: i64,
        /// What the record is called.
        pub title: Option<String>,
        /// More about it.
        pub detail: Option<String>,
        /// Who was responsible.
        pub user_id: Option<UserId>,
    }
}

fn lives() -> impl Iterator<Item = &'static Life> {
    AREAS.iter().flat_map(|area| area.life)
}

/// Everything that happened before one moment and not before another, the newest first, at most `limit`.
pub(super) fn entries(view: View<'_>, organization: i64, before: i64, from: i64, limit: i64) -> Result<Vec<LifeEntry>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let parts: Vec<_> = lives().map(|life| life.sql).collect();
        format!("{} order by at desc, entity, record_id desc, kind limit ?4", parts.join("\nunion all\n"))
    });
    view.session.all(&SQL, (organization, before, from, limit), entry)
}

/// The latest entries of what no other part of the dossier shows.
pub(super) fn in_dossier(view: View<'_>, organization: i64, latest: usize) -> Result<Vec<LifeEntry>> {
    let mut found = Vec::new();
    for life in lives().filter(|life| life.in_dossier) {
        let sql = format!("{} order by at desc, record_id desc limit {latest}", life.sql);
        found.extend(view.session.all(&sql, (organization, i64::MAX, i64::MIN), entry)?);
    }
    Ok(found)
}

fn entry(row: &ResultRow<'_>) -> Result<LifeEntry> {
    Ok(LifeEntry {
        at: moment_from_millis(row.get(0)?)?,
        kind: row.get(1)?,
        entity: row.get(2)?,
        record_id: row.get(3)?,
        title: row.get(4)?,
        detail: row.get(5)?,
        user_id: row.get::<Option<i64>>(6)?.map(UserId),
    })
}

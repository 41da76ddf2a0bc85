//! Pruning: former versions that ended long ago go, and nothing else of the past ever does. What the log's chain is over of them stays with
//! the log's entries, so that the chain is still checked from its beginning; how far the past of an entity is gone stands in the file.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::log::{self, Operation};
use super::sqlite::Session;
use crate::engine::declare::{ChangeSetId, outcome};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Gone, Schema, Table};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// How many entries of the log are looked at in one go.
const PAGE: i64 = 10_000;

outcome! {
    /// What `prune` took away.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Pruned as for_pruned {
        /// The change set that took it away, or `None` where there was nothing to take.
        pub change_set: Option<ChangeSetId>,
        /// What went, by entity; those of which nothing went are left out.
        pub entities: Vec<PrunedEntity>,
    }
}

outcome! {
    /// What `prune` took away of one entity.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PrunedEntity as for_pruned_entity {
        /// The entity.
        pub entity: String,
        /// How many former versions of its records went.
        pub versions: i64,
        /// The change set up to which they went: what it left is the earliest that can still be seen.
        pub up_to: ChangeSetId,
    }
}

impl Crm {
    /// Takes former versions away in a change set of its own: of each entity (its index) those that had ended by a moment, as `which` says.
    pub(crate) fn take_away(&self, label: &str, which: impl FnOnce(&ChangeSet) -> Result<BTreeMap<usize, DateTime<Utc>>>) -> Result<Pruned> {
        if self.user.is_some() {
            return Err(Error::denied("prune", "only a handle without a user may take away what was"));
        }
        let change = self.begin(label)?;
        let (schema, wanted) = (change.schema(), which(&change)?);
        let mut entities = Vec::new();
        for (index, before) in wanted {
            entities.extend(change.prune(&schema.tables[index], before)?);
        }
        Ok(Pruned { change_set: change.commit()?.change_set, entities })
    }
}

impl ChangeSet {
    /// Takes away the versions of an entity's records that ended at a moment or before it.
    fn prune(&self, table: &Table, before: DateTime<Utc>) -> Result<Option<PrunedEntity>> {
        self.check_alive()?;
        let session = self.session();
        let up_to = log::change_set_at(session, before.timestamp_millis())?;
        let from = table.gone.map_or(0, |gone| gone.change_set);
        if up_to <= from {
            return Ok(None);
        }
        let past = &table.past_name;
        if session.first(&format!("select 1 from {past} where ended_by <= ?1 limit 1"), [up_to], |_| Ok(()))?.is_none() {
            return Ok(None);
        }
        self.keep_digests(table, from, up_to)?;
        let versions = session.execute(&format!("delete from {past} where ended_by <= ?1"), [up_to])? as i64;
        let gone = "insert into main.pruned (entity, change_set) values (?1, ?2) on conflict (entity) do update set change_set = excluded.change_set";
        session.execute(gone, (table.name, up_to))?;
        self.note_pruned();
        Ok(Some(PrunedEntity { entity: table.name.to_owned(), versions, up_to: ChangeSetId(up_to) }))
    }

    /// Keeps with the entries of the log, from after one change set up to another, what the chain is over of the versions that they ended.
    fn keep_digests(&self, table: &Table, from: i64, up_to: i64) -> Result<()> {
        let (session, schema) = (self.session(), self.schema());
        let mut next = log::first_change(session, from.saturating_add(1))?.unwrap_or(i64::MAX);
        let end = log::first_change(session, up_to.saturating_add(1))?.unwrap_or(i64::MAX);
        loop {
            session.check()?;
            let condition = "id >= ?1 and id < ?2 and +entity = ?3 and operation in (?4, ?5) order by id limit ?6";
            let params = (next, end, table.name, Operation::Update.as_str(), Operation::Delete.as_str(), PAGE);
            let page = log::entries(session, &schema, condition, params)?;
            let Some(last) = page.last() else { return Ok(()) };
            next = last.id.saturating_add(1);
            for entry in page {
                let ended = entry.operation.ended(entry.record, entry.last, entry.change_set);
                if let Some(digest) = ended.map(|ended| session.digest(&table.past_name, ended)).transpose()?.flatten() {
                    session.execute("update main.change set former_digest = ?2 where id = ?1", (entry.id, digest))?;
                }
            }
        }
    }
}

/// Tells a schema how far the past of its entities is gone.
pub(crate) fn load_gone(session: &Session, schema: &mut Schema) -> Result<()> {
    session.each("select p.entity, p.change_set, s.since from main.pruned p join main.change_set s on s.id = p.change_set", [], |row| {
        let gone = Gone { change_set: row.get(1)?, since: row.get(2)? };
        // Of an entity that this version does not have, nothing is read.
        if let Ok(index) = schema.index(row.text(0)?.unwrap_or_default()) {
            schema.tables[index].gone = Some(gone);
        }
        Ok(())
    })
}

//! Pruning: former versions that ended long ago go, and nothing else of the past ever does. The log's entries
//! stay with their digests, so that the chain is still checked from its beginning; how far the past of an entity is gone stands in the file.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::log::{self, Operation};
use super::sqlite::Session;
use crate::engine::chain::Hash;
use crate::engine::declare::{ChangeSetId, outcome};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Gone, Schema, Table};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// What the chain calls a pruning.
pub(super) const PRUNE: &str = "prune";

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
        self.keep_digests(table, up_to)?;
        let versions = session.execute(&format!("delete from {past} where ended_by <= ?1"), [up_to])? as i64;
        let gone = "insert into main.pruned (entity, change_set) values (?1, ?2) on conflict (entity) do update set change_set = excluded.change_set";
        session.execute(gone, (table.name, up_to))?;
        // That it was taken away is part of what the change set says, and so of its hash.
        session.execute("insert into main.pruning (change_set, entity, up_to) values (?1, ?2, ?3)", (self.id, table.name, up_to))?;
        self.state.borrow_mut().chain.entry(table.name, (up_to, up_to), PRUNE, None);
        self.note_pruned();
        Ok(Some(PrunedEntity { entity: table.name.to_owned(), versions, up_to: ChangeSetId(up_to) }))
    }

    /// Keeps the digests of those versions that ended up to a change set and were brought about by a load, of which the others stay to be checked.
    fn keep_digests(&self, table: &Table, up_to: i64) -> Result<()> {
        let session = self.session();
        let loads = "select change_set_id, record_id, last_id from main.change where entity = ?1 and last_id > record_id and operation <> ?2";
        let loads = session.all(loads, (table.name, Operation::Delete.as_str()), |row| Ok([row.get::<i64>(0)?, row.get(1)?, row.get(2)?]))?;
        let sql = format!(
            "select p.id, (select e.personal from main.erased_version e where e.entity = ?5 and e.record = p.id and e.revision = p.revision order by e.change_set limit 1), \
             {} from {} p where p.id between ?2 and ?3 and p.revision = ?1 and p.ended_by <= ?4",
            table.digest_list("p."),
            table.past_name
        );
        let keep = "insert into main.pruned_version (entity, change_set, record, digest) values (?1, ?2, ?3, ?4)";
        for [change_set, first, last] in loads {
            session.check()?;
            session.each(&sql, (change_set, first, last, up_to, table.name), |row| {
                let halves = table.digest(row, 2)?;
                let digest = halves.with_personal(row.get::<Option<Hash>>(1)?).whole();
                session.execute(keep, (table.name, change_set, row.get::<i64>(0)?, digest)).map(drop)
            })?;
        }
        Ok(())
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

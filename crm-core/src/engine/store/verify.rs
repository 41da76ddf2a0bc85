//! Is the file whole? Integrity, references, the log's chain, and the log against the data.

use super::crm::Crm;
use super::log::{self, Operation};
use super::view::View;
use crate::engine::chain::Chain;
use crate::engine::declare::outcome;
use crate::engine::error::{Error, Result};
use std::collections::BTreeMap;

/// The most findings reported.
const MAX_FINDINGS: usize = 100;

outcome! {
    /// What `verify` found.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Verified as for_verified {
        /// What is wrong, at most 100 findings; empty when nothing is.
        pub findings: Vec<String>,
        /// How many change sets were checked.
        pub change_sets: i64,
        /// How many records were checked.
        pub records: i64,
        /// The hash at the end of the log's chain. Keep it elsewhere to be able to show later that nothing before it was altered.
        pub head: String,
    }
}

impl Verified {
    /// True when nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, finding: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding.into());
        }
    }
}

impl Crm {
    /// Checks the whole file.
    pub(crate) fn verified(&self) -> Result<Verified> {
        if !self.is_system() {
            return Err(Error::denied("verify", "only a handle without a user may verify the whole file"));
        }
        self.view(|view| {
            let mut verified = Verified::default();
            for line in view.session.all("pragma main.integrity_check(100)", [], |row| row.get::<String>(0))? {
                if line != "ok" {
                    verified.find(format!("integrity: {line}"));
                }
            }
            view.session.each("pragma main.foreign_key_check", [], |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                verified.find(format!("{table}: a record refers to a {parent} that is not there"));
                Ok(())
            })?;
            check_chain(view, &mut verified)?;
            for table in 0..view.schema.tables.len() {
                check_records(view, table, &mut verified)?;
            }
            Ok(verified)
        })
    }
}

fn check_chain(view: View<'_>, verified: &mut Verified) -> Result<()> {
    // A file that kept its past otherwise once goes on from the hash that it had then.
    let mut former: Vec<u8> =
        view.session.first("select former_head from main.crm_meta", [], |row| row.get::<Option<Vec<u8>>>(0))?.flatten().unwrap_or_default();
    let mut expected_change = 1;
    let mut expected_set = 1;
    let sql = "select s.id, s.at, s.actor_id, s.label, s.undoes, s.first_change, s.hash, coalesce((select first_change from main.change_set n where n.id = s.id + 1), (select max(id) + 1 from main.change)), s.cause from main.change_set s order by s.id";
    view.session.each(sql, [], |row| {
        let number = |at: usize| row.get::<Option<i64>>(at);
        let (id, at, first, next) = (number(0)?.unwrap_or(0), number(1)?.unwrap_or(0), number(5)?.unwrap_or(0), number(7)?.unwrap_or(0));
        if id != expected_set || first != expected_change {
            verified.find(format!("log: change set {id} is out of order"));
        }
        (expected_set, expected_change) = (id + 1, next);
        let mut chain = Chain::new(&former);
        view.session.each(
            "select change_set_id, entity, record_id, last_id, operation, former_digest from main.change where id >= ?1 and id < ?2 order by id",
            [first, next],
            |entry| {
                let text = |at: usize| entry.text(at);
                if entry.get::<i64>(0)? != id {
                    verified.find(format!("log: an entry of change set {id} names another"));
                }
                let (entity, operation, first, last) = (text(1)?.unwrap_or_default(), text(4)?.unwrap_or_default(), entry.get(2)?, entry.get(3)?);
                // What names no entity or no operation was altered: its hash says so.
                let ended = operation.parse::<Operation>().ok().and_then(|operation| operation.ended(first, last, id));
                let table = view.schema.table(entity).ok();
                let there = table.zip(ended).map(|(table, ended)| view.session.digest(&table.past_name, ended)).transpose()?.flatten();
                // Of what was pruned the log keeps the digest; of anything else it may not.
                let pruned: Option<[u8; 32]> = entry.get::<Option<Vec<u8>>>(5)?.map(|digest| digest.try_into().unwrap_or_default());
                if pruned.is_some() && (there.is_some() || !table.is_some_and(|table| table.is_gone(id))) {
                    verified.find(format!("log: change set {id} has a digest of versions that were not pruned"));
                }
                let former = pruned.or(there);
                chain.entry(entity, first, last, operation, former);
                Ok(())
            },
        )?;
        let (label, cause): (Option<String>, Option<String>) = (row.get(3)?, row.get(8)?);
        let hash: Vec<u8> = row.get(6)?;
        if chain.finish(id, at, number(2)?, label.as_deref(), number(4)?, cause.as_deref()).as_slice() != hash {
            verified.find(format!("log: change set {id} was altered"));
        }
        former = hash;
        verified.change_sets += 1;
        Ok(())
    })?;
    verified.head = former.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(())
}

/// The records of a table must be those the log brought into being and did not remove, at the revision it last gave them.
fn check_records(view: View<'_>, index: usize, verified: &mut Verified) -> Result<()> {
    let (name, stored_name) = (view.schema.tables[index].name, &view.schema.tables[index].stored_name);
    if view.schema.tables[index].meta.operational {
        verified.records += view.session.number(&format!("select count(*) from {stored_name}"), [])?.unwrap_or(0);
        return Ok(());
    }
    let mut ranges: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let mut single: BTreeMap<i64, Option<i64>> = BTreeMap::new();
    log::each_entry(view.session, view.schema, "entity = ?1 order by id", [name], |entry| {
        match entry.operation {
            Operation::Insert if entry.last > entry.record => drop(ranges.insert(entry.record, (entry.last, entry.change_set))),
            Operation::Delete => single.extend((entry.record..=entry.last).map(|id| (id, None))),
            Operation::Insert | Operation::Update | Operation::Restore => single.extend((entry.record..=entry.last).map(|id| (id, Some(entry.change_set)))),
        }
        Ok(())
    })?;
    let living: i64 = single.values().filter(|revision| revision.is_some()).count() as i64
        + ranges.iter().map(|(first, (last, _))| last - first + 1 - single.range(first..=last).count() as i64).sum::<i64>();
    let mut count = 0;
    view.session.each(&format!("select id, revision from {stored_name}"), [], |row| {
        let (id, revision): (i64, i64) = (row.get(0)?, row.get(1)?);
        let logged = single
            .get(&id)
            .copied()
            .unwrap_or_else(|| ranges.range(..=id).next_back().filter(|(_, (last, _))| *last >= id).map(|(_, (_, change_set))| *change_set));
        if logged != Some(revision) {
            verified.find(format!("{name} {id}: the log does not know this state of it"));
        }
        count += 1;
        Ok(())
    })?;
    if count != living {
        verified.find(format!("{name}: {count} records are there, the log knows of {living}"));
    }
    verified.records += count;
    Ok(())
}

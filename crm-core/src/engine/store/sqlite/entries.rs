//! The entries of the log about one entity beside the versions of its records: what the digest of each entry is over, and which version ended when.

use super::cell::ResultRow;
use super::digest::{ErasedVersion, Halves, digest, erased_digest};
use super::error::storage;
use crate::engine::chain::{Hash, Versions};
use crate::engine::error::Result;
use crate::engine::store::schema::{Digested, past, quoted};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// The operation that brings no version about, and ends none.
const ERASE: &str = "erase";

/// One entry.
pub(in crate::engine::store) struct Logged {
    pub id: i64,
    pub change_set: i64,
    pub first: i64,
    pub last: i64,
    pub operation: String,
    pub digest: Option<Hash>,
    /// What the versions are that it brought about, as far as they were come upon.
    found: Versions,
    /// Of a load, the digests of those that were pruned.
    pruned: BTreeMap<i64, Hash>,
}

/// All entries about an entity.
pub(in crate::engine::store) struct Entries {
    pub all: Vec<Logged>,
    /// Those about one record, by record and change set: the last of a set stands for it.
    single: Vec<(i64, i64, usize)>,
    /// Those about several, by change set.
    loads: HashMap<i64, Vec<usize>>,
    /// What ended versions of one record: record, change set, whether it removed it.
    ends: Vec<(i64, i64, bool)>,
    /// What removed several at once: the first and the last of them, change set.
    removed: Vec<(i64, i64, i64)>,
    /// Versions that were erased, by record.
    pub erased: HashMap<i64, Vec<ErasedVersion>>,
}

/// One version of a record, come upon in the order of ids and revisions.
pub(in crate::engine::store) struct Found<'a> {
    pub id: i64,
    pub revision: i64,
    /// The change set that ended it; none for what is there.
    pub ended_by: Option<i64>,
    /// What it holds: the columns of its digest from `at` on.
    pub row: &'a ResultRow<'a>,
    pub at: usize,
}

impl Entries {
    pub fn read(conn: &Connection, entity: &str) -> Result<Self> {
        let mut all = Vec::new();
        let sql = "select id, change_set_id, record_id, last_id, operation, digest from main.change where entity = ?1 order by id";
        let mut statement = conn.prepare(sql).map_err(storage)?;
        let mut rows = statement.query([entity]).map_err(storage)?;
        while let Some(row) = rows.next().map_err(storage)? {
            let row = ResultRow::new(row);
            all.push(Logged {
                id: row.get(0)?,
                change_set: row.get(1)?,
                first: row.get(2)?,
                last: row.get(3)?,
                operation: row.text(4)?.unwrap_or_default().to_owned(),
                digest: row.get(5)?,
                found: Versions::default(),
                pruned: BTreeMap::new(),
            });
        }
        let (mut single, mut ends, mut removed, mut loads) = (Vec::new(), Vec::new(), Vec::new(), HashMap::<i64, Vec<usize>>::new());
        for (at, entry) in all.iter().enumerate() {
            let Logged { change_set, first, last, .. } = *entry;
            let deletes = entry.operation == "delete";
            if entry.operation == ERASE {
                continue;
            }
            match (first == last, deletes) {
                (true, false) => single.push((first, change_set, at)),
                (false, false) => loads.entry(change_set).or_default().push(at),
                (true, true) => {}
                (false, true) => removed.push((first, last, change_set)),
            }
            if first == last && (deletes || entry.operation == "update") {
                ends.push((first, change_set, deletes));
            }
        }
        single.sort_unstable();
        ends.sort_unstable();
        let mut read = Self { all, single, loads, ends, removed, erased: erased(conn, entity)? };
        let mut statement = conn.prepare("select change_set, record, digest from main.pruned_version where entity = ?1").map_err(storage)?;
        let mut rows = statement.query([entity]).map_err(storage)?;
        while let Some(row) = rows.next().map_err(storage)? {
            let row = ResultRow::new(row);
            let (change_set, record): (i64, i64) = (row.get(0)?, row.get(1)?);
            if let (Some(at), Some(digest)) = (read.load_of(record, change_set), row.get(2)?) {
                read.all[at].pruned.insert(record, digest);
            }
        }
        Ok(read)
    }

    fn load_of(&self, record: i64, change_set: i64) -> Option<usize> {
        self.loads.get(&change_set)?.iter().copied().find(|at| (self.all[*at].first..=self.all[*at].last).contains(&record))
    }

    /// The entry that brought a version about; a record written again by the set that loaded it has one of its own only in files of earlier formats.
    fn of_version(&self, record: i64, revision: i64) -> Option<usize> {
        let after = self.single.partition_point(|(of, set, _)| (*of, *set) <= (record, revision));
        let own = after.checked_sub(1).map(|at| self.single[at]).filter(|(of, set, _)| (*of, *set) == (record, revision));
        own.map(|(_, _, at)| at).or_else(|| self.load_of(record, revision))
    }

    /// The change set that ended a version, as the log tells it.
    pub fn end_of(&self, record: i64, revision: i64) -> Option<i64> {
        let from = self.ends.partition_point(|(of, set, _)| (*of, *set) < (record, revision));
        let own = self.ends[from..].iter().take_while(|(of, ..)| *of == record).find(|(_, set, deletes)| *set > revision || *deletes).map(|(_, set, _)| *set);
        let together = self.removed.iter().filter(|(first, last, set)| (*first..=*last).contains(&record) && *set >= revision).map(|(.., set)| *set).min();
        own.into_iter().chain(together).min()
    }

    /// Takes up a version: false where no entry brought it about.
    pub fn take(&mut self, record: i64, revision: i64, digest: Hash) -> bool {
        let Some(at) = self.of_version(record, revision) else { return false };
        let entry = &mut self.all[at];
        // Those of a load are in the order of their ids, whether they are there or were pruned.
        while entry.pruned.first_key_value().is_some_and(|(pruned, _)| *pruned < record) {
            if let Some((_, digest)) = entry.pruned.pop_first() {
                entry.found.push(digest);
            }
        }
        entry.found.push(digest);
        true
    }

    /// What each entry's digest should be, as the versions that were taken up say.
    pub fn finish(&mut self) -> Vec<Option<Hash>> {
        let erased = &self.erased;
        let finish = |entry: &mut Logged| {
            if entry.operation == ERASE {
                return erased_digest(erased.get(&entry.first).into_iter().flatten().filter(|erased| erased.change_set == entry.change_set));
            }
            let mut found = std::mem::take(&mut entry.found);
            std::mem::take(&mut entry.pruned).into_values().for_each(|digest| found.push(digest));
            found.finish()
        };
        self.all.iter_mut().map(finish).collect()
    }
}

/// The versions of an entity that were erased, by record, those of each in their order.
fn erased(conn: &Connection, entity: &str) -> Result<HashMap<i64, Vec<ErasedVersion>>> {
    let mut erased = HashMap::<i64, Vec<ErasedVersion>>::new();
    let sql = "select record, revision, change_set, personal, rest from main.erased_version where entity = ?1 order by record, revision, change_set";
    let mut statement = conn.prepare(sql).map_err(storage)?;
    let mut rows = statement.query([entity]).map_err(storage)?;
    while let Some(row) = rows.next().map_err(storage)? {
        let row = ResultRow::new(row);
        let version = ErasedVersion { revision: row.get(1)?, change_set: row.get(2)?, personal: row.get(3)?, left: row.get(4)? };
        erased.entry(row.get(0)?).or_default().push(version);
    }
    Ok(erased)
}

/// Hands every version of an entity's records to `visit`, in the order of ids and revisions.
pub(in crate::engine::store) fn each_version(
    conn: &Connection,
    entity: &str,
    columns: &[Digested],
    mut visit: impl FnMut(&Found<'_>) -> Result<()>,
) -> Result<()> {
    let list: String = columns.iter().map(|column| format!(", {}", quoted(&column.name))).collect();
    let sql = format!(
        "select id, revision, null, salt{list} from main.{} union all select id, revision, ended_by, salt{list} from main.{} order by 1, 2",
        quoted(entity),
        quoted(&past(entity))
    );
    let mut statement = conn.prepare(&sql).map_err(storage)?;
    let mut rows = statement.query([]).map_err(storage)?;
    while let Some(row) = rows.next().map_err(storage)? {
        let row = ResultRow::new(row);
        visit(&Found { id: row.get(0)?, revision: row.get(1)?, ended_by: row.get(2)?, row: &row, at: 3 })?;
    }
    Ok(())
}

impl Found<'_> {
    /// The halves of the digest of what it holds.
    pub fn halves(&self, columns: &[Digested]) -> Result<Halves> {
        digest(columns, self.row, self.at)
    }
}

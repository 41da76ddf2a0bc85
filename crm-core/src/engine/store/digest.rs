//! Digests of what a change set wrote: taken as it writes, and again at its end of what it wrote more than once.

use super::change_set::ChangeSet;
use super::log::Operation;
use super::sqlite::{SALT, Session};
use crate::engine::chain::{Chain, Hash, Versions};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Digested, Schema, Table};
use std::collections::BTreeSet;

/// How many salts are drawn at first; each time twice as many, up to the most.
const FIRST_SALTS: usize = 1;
const MOST_SALTS: usize = 256;

/// Tells a schema of the columns whose fields are gone: what they held in former versions, and hold in rows that were there, still counts.
pub(crate) fn load_retired(session: &Session, schema: &mut Schema) -> Result<()> {
    let columns = "select name from pragma_table_info(?1, 'main') where name like 'custom\\_%' escape '\\'";
    for table in schema.tables.iter_mut().filter(|table| !table.meta.operational) {
        for name in session.all(columns, [table.name], |row| row.get::<String>(0))? {
            if !table.digested.iter().any(|known| known.name == name) {
                table.digested.push(Digested { name, personal: true, column: None });
            }
        }
        table.digested.sort();
    }
    Ok(())
}

impl ChangeSet {
    /// A salt for a new record, from SQLite's generator of random bytes, which the operating system seeds.
    pub(super) fn next_salt(&self) -> Result<[u8; SALT]> {
        let mut salts = self.salts.borrow_mut();
        if salts.drawn.is_empty() {
            salts.next = (salts.next * 2).clamp(FIRST_SALTS, MOST_SALTS);
            let bytes = (salts.next * SALT) as i64;
            salts.drawn = self.session().first("select randomblob(?1)", [bytes], |row| row.get(0))?.unwrap_or_default();
        }
        let rest = salts.drawn.len().checked_sub(SALT).ok_or_else(|| Error::storage("", "no random bytes"))?;
        let mut salt = [0; SALT];
        salt.copy_from_slice(&salts.drawn[rest..]);
        salts.drawn.truncate(rest);
        Ok(salt)
    }

    /// Notes that a record of which there is an entry already was written again.
    pub(super) fn wrote_again(&self, table: &Table, id: i64) {
        if !table.meta.operational {
            self.written_again.borrow_mut().push((table.name, id));
        }
    }

    /// Logs that a row was changed, or what it became when that is logged already.
    pub(super) fn note_version(&self, table: &Table, id: i64, first_time: bool) -> Result<()> {
        if !first_time {
            self.wrote_again(table, id);
            return Ok(());
        }
        let digest = self.digest_of_row(table, id)?;
        self.log(table, (id, id), Operation::Update, digest)
    }

    /// The digest of a row as it is stored.
    pub(super) fn digest_of_row(&self, table: &Table, id: i64) -> Result<Option<Hash>> {
        self.digest_of_rows(table, (id, id))
    }

    /// The digest of the rows between two ids as they are stored.
    pub(super) fn digest_of_rows(&self, table: &Table, (first, last): (i64, i64)) -> Result<Option<Hash>> {
        let mut digests = Versions::default();
        let ids = if first == last { "id = ?1 and id = ?2" } else { "id between ?1 and ?2" };
        let sql = format!("select {} from {} where {ids} order by id", table.digest_list(""), table.stored_name);
        self.session().each(&sql, [first, last], |row| {
            digests.push(table.digest(row, 0)?.whole());
            Ok(())
        })?;
        Ok(digests.finish())
    }

    /// The digest of what this change set left of the records between two ids: what is there now, or was when it removed it again.
    fn digest_left(&self, table: &Table, (first, last): (i64, i64)) -> Result<Option<Hash>> {
        let list = table.digest_list("t.");
        let select = |from: &str, more: &str| format!("select {list}, t.id as record from {from} t where t.id between ?1 and ?2 and t.revision = ?3{more}");
        let sql = format!("{} union all {} order by record", select(&table.stored_name, ""), select(&table.past_name, " and t.ended_by = ?3"));
        let mut digests = Versions::default();
        self.session().each(&sql, [first, last, self.id], |row| {
            digests.push(table.digest(row, 0)?.whole());
            Ok(())
        })?;
        Ok(digests.finish())
    }

    /// Takes the digests of what was written more than once anew, and gives the chain over all entries.
    pub(super) fn chain(&self) -> Result<Chain> {
        let mut again = std::mem::take(&mut *self.written_again.borrow_mut());
        if again.is_empty() {
            return Ok(self.state.borrow().chain.clone());
        }
        again.sort_unstable();
        again.dedup();
        let (session, schema) = (self.session(), self.schema());
        let mut entries: BTreeSet<(&str, i64, i64, i64)> = BTreeSet::new();
        for (entity, id) in again {
            // Each half by an index of its own: a record's own entries, and the loads that it is in.
            let own =
                "select id, record_id, last_id from main.change where entity = ?1 and record_id = ?2 and last_id = record_id and id >= ?3 and operation <> ?4";
            let load = "select id, record_id, last_id from main.change where entity = ?1 and record_id < ?2 and last_id > record_id and last_id >= ?2 and id >= ?3 and operation <> ?4";
            let first_of_load =
                "select id, record_id, last_id from main.change where entity = ?1 and record_id = ?2 and last_id > record_id and id >= ?3 and operation <> ?4";
            for sql in [own, load, first_of_load] {
                session.each(sql, (entity, id, self.first_change(), Operation::Delete.as_str()), |row| {
                    entries.insert((entity, row.get(0)?, row.get(1)?, row.get(2)?));
                    Ok(())
                })?;
            }
        }
        for (entity, entry, first, last) in entries {
            let digest = self.digest_left(schema.table(entity)?, (first, last))?;
            session.execute("update main.change set digest = ?2 where id = ?1", (entry, digest))?;
        }
        let mut chain = Chain::default();
        session.each("select entity, record_id, last_id, operation, digest from main.change where id >= ?1 order by id", [self.first_change()], |row| {
            chain.entry(row.text(0)?.unwrap_or_default(), (row.get(1)?, row.get(2)?), row.text(3)?.unwrap_or_default(), row.get(4)?);
            Ok(())
        })?;
        Ok(chain)
    }
}

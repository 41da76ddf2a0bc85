//! Erasure: what a record, its parts and all their versions tell of a person goes, for good. Counts, sums and links stay, and so does the log, whose
//! chain is over digests: of what was erased it keeps a half that nothing confirms, since the salt it began with is gone, too.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::log::{Entry, Operation};
use super::mentions::{Mention, Records, mentions, needles};
use super::sqlite::{Cell, ErasedVersion, erased_digest};
use crate::engine::cancel::Progress;
use crate::engine::declare::{ChangeSetId, outcome};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::{Ownership, Part, Schema, Table, quoted};
use std::collections::BTreeSet;

outcome! {
    /// What `erase` took away, and what it could not.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Erased as for_erased {
        /// The change set that took it away.
        pub change_set: ChangeSetId,
        /// How many records were emptied or removed: the record itself and its parts, those included that were removed before.
        pub records: i64,
        /// How many former versions were emptied.
        pub versions: i64,
        /// Where others still name what was erased, at most 1,000 places: their texts, and labels of change sets. To be looked through by somebody.
        pub mentions: Vec<Mention>,
    }
}

impl Crm {
    /// Erases what a record and its parts tell of a person, in a change set of its own.
    pub(crate) fn erased(&self, entity: &str, id: i64, reason: &str, progress: Progress<'_>) -> Result<Erased> {
        if self.user.is_some() {
            return Err(Error::denied("erase", "only a handle without a user may erase"));
        }
        let change = self.begin(&if reason.trim().is_empty() { "erasure".to_owned() } else { format!("erasure: {}", reason.trim()) })?;
        let schema = change.schema();
        let index = schema.index(entity)?;
        let records = change.with_parts(&schema, index, id)?;
        let needles = needles(&change, &schema, &records)?;
        let versions = change.erase_all(&schema, &records)?;
        let mentions = mentions(&change, &schema, &needles, &records, progress)?;
        let change_set = change.commit()?.change_set.ok_or_else(|| Error::conflict(entity, "nothing of it is left to erase"))?;
        Ok(Erased { change_set, records: records.len() as i64, versions, mentions })
    }
}

impl ChangeSet {
    /// A record and everything that is or was part of it, or about it, however often it was removed since.
    fn with_parts(&self, schema: &Schema, index: usize, id: i64) -> Result<Records> {
        let (mut known, mut all, mut next) = (BTreeSet::from([(index, id)]), vec![(index, id)], 0);
        if !self.ever_was(&schema.tables[index], id)? {
            return Err(Error::no_such(schema.tables[index].name));
        }
        while let Some((table, id)) = all.get(next).copied() {
            next += 1;
            let mut take = |of: usize, part: i64| {
                if known.insert((of, part)) {
                    all.push((of, part));
                }
                Ok(())
            };
            for (of, other) in schema.tables.iter().enumerate() {
                let condition = match other.ownership {
                    Ownership::About { entity, record } if other.may_be_about(&schema.tables[table]) => {
                        Some(format!("{{of}}{} = '{}' and {{of}}{} = ?1", other.fields[entity].column, schema.tables[table].name, other.fields[record].column))
                    }
                    _ => None,
                };
                let parts = schema.tables[table].referrers.iter().filter(|referrer| referrer.table == of && other.fields[referrer.field].part_of);
                let conditions = parts.map(|referrer| format!("{{of}}{} = ?1", other.fields[referrer.field].column)).chain(condition);
                for condition in conditions.collect::<Vec<_>>() {
                    // Whose it is now, or was when it went: what was his for a while and is somebody else's is not his to take.
                    let (stored, past) = (&other.stored_name, &other.past_name);
                    let sql = format!(
                        "select id from {stored} where {condition} union select p.id from {past} p where {} and not exists (select 1 from {stored} s where s.id = p.id) \
                         and not exists (select 1 from {past} n where n.id = p.id and n.ended_by > p.ended_by)",
                        condition.replace("{of}", "p.")
                    );
                    let sql = sql.replace("{of}", "");
                    for part in self.session().all(&sql, [id], |row| row.get::<i64>(0))? {
                        take(of, part)?;
                    }
                }
            }
        }
        Ok(all)
    }

    fn ever_was(&self, table: &Table, id: i64) -> Result<bool> {
        let sql = format!("select 1 from {} where id = ?1 union all select 1 from {} where id = ?1 limit 1", table.stored_name, table.past_name);
        Ok(self.session().first(&sql, [id], |_| Ok(()))?.is_some())
    }

    /// Empties the records and all their versions: how many of these there were.
    fn erase_all(&self, schema: &Schema, records: &Records) -> Result<i64> {
        let mut versions = 0;
        // Parts first: what is left of them without what they were about a person is removed.
        for (index, id) in records.iter().rev() {
            let table = &schema.tables[*index];
            let is_root = records.first() == Some(&(*index, *id));
            self.session().check()?;
            if table.meta.operational {
                continue;
            }
            if !is_root && table.meta.title.is_some_and(|title| table.fields[title].is_personal()) && self.is_there(schema, *index, *id)? {
                // What others still refer to stays, emptied.
                match self.attempt(|| self.delete(*index, *id)) {
                    Ok(()) | Err(Error::Conflict { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if erasable(table).next().is_some() {
                versions += self.erase_record(schema, *index, *id)?;
            }
        }
        Ok(versions)
    }

    fn erase_record(&self, schema: &Schema, index: usize, id: i64) -> Result<i64> {
        let (session, table) = (self.session(), &schema.tables[index]);
        let there = self.is_there(schema, index, id)?;
        if there {
            let personal = (0..table.stored).filter(|field| table.fields[*field].is_personal());
            self.where_sealed(schema, index, id, |values| {
                self.check_unsealed(schema, index, values, personal)?;
                self.check_whole_unsealed(schema, index, values)
            })?;
            self.empty(table, id)?;
        }
        let former = format!("select revision, {} from {} where id = ?1 order by revision", table.digest_list(""), table.past_name);
        let halves = || session.all(&former, [id], |row| Ok((row.get::<i64>(0)?, table.digest(row, 1)?.personal)));
        let before = halves()?;
        let mut values = vec![Cell::Integer(id)];
        let sql = format!("update {} set salt = null, {} where id = ?1", table.past_name, emptied(table, &mut values));
        session.execute(&sql, values)?;
        // Of what was erased before, only what is personal since is new.
        let both = before.into_iter().zip(halves()?).filter(|((_, personal), (_, left))| personal != left);
        let versions: Vec<_> = both.map(|((revision, personal), (_, left))| ErasedVersion { revision, change_set: self.id().0, personal, left }).collect();
        let kept = "insert into main.erased_version (entity, record, revision, change_set, personal, rest) values (?1, ?2, ?3, ?4, ?5, ?6)";
        for ErasedVersion { revision, change_set, personal, left } in &versions {
            session.execute(kept, (table.name, id, *revision, *change_set, *personal, *left))?;
        }
        if !versions.is_empty() {
            self.log(table, (id, id), Operation::Erase, erased_digest(versions.iter()))?;
        }
        Ok(versions.len() as i64)
    }

    /// Empties a record as it is now, unless it is empty already. What it was is kept as a version, to be emptied with the others.
    fn empty(&self, table: &Table, id: i64) -> Result<()> {
        let session = self.session();
        let left = erasable(table).map(|(column, must_be)| format!("{column} {}", if must_be { "<> ''" } else { "is not null" }));
        let left = format!("select 1 from {} where id = ?1 and ({})", table.stored_name, left.collect::<Vec<_>>().join(" or "));
        if session.first(&left, [id], |_| Ok(()))?.is_none() {
            return Ok(());
        }
        let first_time = self.keep_version(table, id)?;
        let salt = Cell::Blob(self.next_salt()?.to_vec().into());
        let mut values = vec![Cell::Integer(id), Cell::Integer(self.id().0), Cell::Integer(self.at().timestamp_millis()), salt];
        let sql = format!("update {} set revision = ?2, updated_at = ?3, salt = ?4, {} where id = ?1", table.stored_name, emptied(table, &mut values));
        session.execute(&sql, values)?;
        self.note_written(table);
        self.note_version(table, id, first_time)
    }

    /// Whether any of the records of an entry was erased since.
    pub(super) fn is_any_erased(&self, table: &Table, entry: &Entry) -> Result<bool> {
        let sql = "select 1 from main.change where entity = ?1 and record_id between ?2 and ?3 and operation = ?4 and change_set_id >= ?5 limit 1";
        let params = (table.name, entry.record, entry.last, Operation::Erase.as_str(), entry.change_set);
        Ok(self.session().first(sql, params, |_| Ok(()))?.is_some())
    }

    /// Whether a record was erased after a change set, or by it.
    pub(super) fn is_erased_since(&self, table: &Table, id: i64, change_set: i64) -> Result<bool> {
        let sql = "select 1 from main.change where entity = ?1 and record_id = ?2 and operation = ?3 and change_set_id >= ?4 limit 1";
        Ok(self.session().first(sql, (table.name, id, Operation::Erase.as_str(), change_set), |_| Ok(()))?.is_some())
    }
}

/// The columns of a table that erasure empties, and whether they must hold a text, be it an empty one. Of fields that are gone nobody can say any more what
/// they told.
fn erasable(table: &Table) -> impl Iterator<Item = (String, bool)> {
    let columns = table.columns.iter().filter(|column| table.fields[column.field].is_personal()).map(|column| {
        let field = &table.fields[column.field];
        let must_be = (field.required || field.defaulted) && matches!(field.field_type, FieldType::Text { .. }) && column.part == Part::Whole;
        (quoted(&column.name), must_be)
    });
    let gone = table.digested.iter().filter(|column| column.personal && column.column.is_none()).map(|column| (quoted(&column.name), false));
    columns.chain(gone)
}

/// Sets the columns that erasure empties.
fn emptied(table: &Table, values: &mut Vec<Cell<'static>>) -> String {
    let set = erasable(table).map(|(column, must_be)| {
        values.push(if must_be { Cell::Text("".into()) } else { Cell::Null });
        format!("{column} = ?{}", values.len())
    });
    set.collect::<Vec<_>>().join(", ")
}

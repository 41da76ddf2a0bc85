//! Records as documents: read in ranges of ids, with the texts of what belongs to them.

use super::plan::{Hits, Plan};
use super::schema::{ASK, Document, key, number_of};
use super::stream::Texts;
use crate::engine::error::Result;
use crate::engine::store::Session;
use crate::engine::store::schema::{Ownership, Schema};
use std::collections::HashMap;
use std::sync::Arc;

/// Ids read at a time.
const CHUNK: i64 = 2_000;

/// The texts of the parts of some records: by owner, in the order of their slots.
type PartTexts = HashMap<i64, Vec<(u16, String)>>;

/// Reads documents from a session's snapshot. It reads the file's own tables: what goes into the index is not for a reader yet.
pub(crate) struct Reader<'a> {
    pub session: &'a Session,
    pub schema: &'a Schema,
    pub plan: &'a Arc<Plan>,
}

impl Reader<'_> {
    /// Hands the documents of the records of a table between two ids, both included, to `visit`.
    pub fn range(&self, table: usize, first: i64, last: i64, mut visit: impl FnMut(Document) -> Result<()>) -> Result<()> {
        let Some(hits) = self.plan.of(table) else { return Ok(()) };
        let newest = self.session.number(&self.schema.tables[table].max_sql, [])?.unwrap_or(0);
        let mut from = first.max(1);
        let last = last.min(newest);
        while from <= last {
            self.session.check()?;
            let until = last.min(from + CHUNK - 1);
            let mut parts = self.parts(hits, from, until)?;
            self.session.each(&hits.sql, [from, until], |row| {
                let number = |at: usize| row.get::<Option<i64>>(at);
                let id = number(0)?.unwrap_or(0);
                let own = (number(3)?.unwrap_or(0), number(4)?.unwrap_or(0));
                let entity = row.text(6)?;
                let (guard, (owner, line)) = match (hits.about, entity, number(7)?) {
                    (true, Some(entity), Some(record)) => self.guard(entity, record)?,
                    _ if matches!(self.schema.tables[table].ownership, Ownership::Part(_)) => (ASK, own),
                    _ => (number_of(table), own),
                };
                let mut texts = Texts::default();
                let (mut name, mut parts) = (None, parts.remove(&id).unwrap_or_default().into_iter().peekable());
                for text in &hits.texts {
                    let value = row.text(text.place)?;
                    let Some(value) = value else { continue };
                    // Parts stand between the declared and the user-defined fields.
                    while let Some((slot, value)) = parts.next_if(|(slot, _)| *slot < text.slot) {
                        texts.push(slot, 1, &value);
                    }
                    texts.push(text.slot, text.weight, &text.shown(value));
                    if text.title && hits.named {
                        name = Some(value.to_owned());
                    }
                }
                parts.for_each(|(slot, value)| texts.push(slot, 1, &value));
                let (time, created) = (number(1)?.unwrap_or(0), number(2)?.unwrap_or(0));
                let stage = number(5)?.unwrap_or(0) as u64;
                visit(Document { key: key(table, id), time, created, guard, owner: owner as u64, line: line as u64, stage, text: texts.finish(), name })
            })?;
            from = until + 1;
        }
        Ok(())
    }

    /// The document of one record, if there is such a record.
    pub fn one(&self, table: usize, id: i64) -> Result<Option<Document>> {
        let mut found = None;
        self.range(table, id, id, |document| {
            found = Some(document);
            Ok(())
        })?;
        Ok(found)
    }

    fn parts(&self, hits: &Hits, from: i64, until: i64) -> Result<PartTexts> {
        let mut all = PartTexts::new();
        for parts in &hits.parts {
            self.session.each(&parts.sql, [from, until], |row| {
                let owner = row.get::<i64>(0)?;
                for text in &parts.texts {
                    if let Some(value) = row.text(text.place)? {
                        all.entry(owner).or_default().push((text.slot, text.shown(value).into_owned()));
                    }
                }
                Ok(())
            })?;
        }
        all.values_mut().for_each(|texts| texts.sort_by_key(|(slot, _)| *slot));
        Ok(all)
    }

    /// Whose owner and line decide over a record about another one.
    fn guard(&self, entity: &str, record: i64) -> Result<(u64, (i64, i64))> {
        let index = self.schema.index(entity)?;
        let table = &self.schema.tables[index];
        let Ownership::Owned { owner, line } = &table.ownership else {
            return Ok((if matches!(table.ownership, Ownership::Shared) { number_of(index) } else { ASK }, (0, 0)));
        };
        let line = line.map_or("null", |line| table.fields[line].column.as_ref());
        let sql = format!("select {}, {line} from {} where id = ?1", table.fields[*owner].column, table.stored_name);
        let found = self.session.first(&sql, [record], |row| {
            let number = |at: usize| row.get::<Option<i64>>(at);
            Ok((number(0)?.unwrap_or(0), number(1)?.unwrap_or(0)))
        })?;
        Ok((number_of(index), found.unwrap_or_default()))
    }
}

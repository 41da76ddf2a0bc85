//! From the log to the documents that it touches.

use super::documents::Reader;
use super::schema::key;
use crate::base::held_words;
use crate::engine::error::Result;
use crate::engine::store::schema::Ownership;
use crate::engine::store::{Columns, Entry, Operation, each_entry, ended, first_change, stored_row};
use std::collections::BTreeSet;

/// What a stretch of the log touches.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Documents to be taken out, and put in again where their record is there.
    pub keys: BTreeSet<u64>,
    /// New records: table, first and last id.
    pub fresh: Vec<(usize, i64, i64)>,
    /// Tables all of whose documents are to be made anew.
    pub whole: BTreeSet<usize>,
}

impl Touched {
    /// How many documents that is, tables as a whole left aside.
    pub fn count(&self) -> u64 {
        let fresh: i64 = self.fresh.iter().map(|(_, first, last)| last - first + 1).sum();
        self.keys.len() as u64 + fresh as u64
    }
}

/// What was touched by the change sets after one.
pub(crate) fn touched_since(reader: &Reader<'_>, change_set: i64) -> Result<Touched> {
    let first = first_change(reader.session, change_set + 1)?;
    let mut touched = Touched::default();
    let Some(first) = first else { return Ok(touched) };
    // What a record was before may be gone, and with it which documents it was in.
    if reader.schema.tables.iter().any(|table| table.is_gone(change_set + 1)) {
        touched.whole = reader.plan.hits.iter().flatten().map(|hits| hits.table).collect();
        return Ok(touched);
    }
    each_entry(reader.session, reader.schema, "id >= ?1 order by id", [first], |entry| {
        reader.session.check()?;
        take(reader, &entry, &mut touched)
    })?;
    // A new record that was changed later on is still one to be added once.
    let Touched { keys, fresh, whole } = &mut touched;
    keys.retain(|key| {
        let (table, id) = super::schema::record(*key);
        !whole.contains(&table) && !fresh.iter().any(|(of, first, last)| *of == table && (*first..=*last).contains(&id))
    });
    fresh.retain(|(table, _, _)| !whole.contains(table));
    Ok(touched)
}

fn take(reader: &Reader<'_>, entry: &Entry, touched: &mut Touched) -> Result<()> {
    let table = &reader.schema.tables[entry.table];
    if reader.plan.of(entry.table).is_some() {
        match entry.operation {
            Operation::Insert => extend(&mut touched.fresh, (entry.table, entry.record, entry.last)),
            Operation::Update | Operation::Delete | Operation::Restore | Operation::Erase => {
                touched.keys.extend((entry.record..=entry.last).map(|id| key(entry.table, id)))
            }
        }
    }
    let is_part = reader.plan.parts_of(entry.table).next().is_some();
    let looked_at = is_part || matches!(table.ownership, Ownership::Owned { .. }) || matches!(table.name, "custom_field" | "dictionary_item");
    // A load that was taken back is looked at further down.
    let before = if looked_at && entry.record == entry.last { ended(reader.session, reader.schema, entry, entry.record)? } else { None };
    let before = before.as_ref();
    if let (Ownership::Owned { owner, line }, Operation::Update, Some(before)) = (&table.ownership, entry.operation, before) {
        let now = stored_row(reader.session, reader.schema, entry.table, entry.record)?.unwrap_or_default();
        let moved = [Some(*owner), *line].into_iter().flatten().any(|field| {
            let column = table.fields[field].column.as_ref();
            before.get(column) != now.get(column)
        });
        if moved {
            about(reader, table.name, entry.record, touched)?;
        }
    }
    for (owner, parts) in reader.plan.parts_of(entry.table) {
        let of = if parts.about { format!(" and entity = '{}'", reader.schema.tables[owner].name) } else { String::new() };
        let sql = format!("select {0} from {1} where id between ?1 and ?2 and {0} is not null{of}", parts.owner, table.stored_name);
        reader.session.each(&sql, [entry.record, entry.last], |row| {
            touched.keys.insert(key(owner, row.get(0)?));
            Ok(())
        })?;
        // Whoever it belonged to before has lost it.
        if entry.operation == Operation::Delete && entry.record < entry.last {
            let sql = format!("select {0} from {1} where ended_by = ?3 and id between ?1 and ?2 and {0} is not null{of}", parts.owner, table.past_name);
            reader.session.each(&sql, [entry.record, entry.last, entry.change_set], |row| {
                touched.keys.insert(key(owner, row.get(0)?));
                Ok(())
            })?;
        }
        if let Some(id) = before.and_then(|before| number(before, &parts.owner)) {
            touched.keys.insert(key(owner, id));
        }
    }
    if table.name == "dictionary_item" {
        renamed(reader, entry, before, touched)?;
    }
    // A field that is gone, or back, changes the texts of all records.
    if table.name == "custom_field" && matches!(entry.operation, Operation::Delete | Operation::Restore) {
        let entity = match before.and_then(|before| before.get("entity")).and_then(|entity| entity.as_str()) {
            Some(entity) => Some(entity.to_owned()),
            None => reader.session.stored().first("select entity from {custom_field} where id = ?1", [entry.record], |row| row.get(0))?,
        };
        if let Some(entity) = entity {
            let index = reader.schema.index(&entity)?;
            touched.whole.extend(reader.plan.of(index).map(|_| index));
            touched.whole.extend(reader.plan.parts_of(index).map(|(owner, _)| owner));
        }
    }
    Ok(())
}

/// Touches the records that hold a word which was renamed: what they show is another one now.
fn renamed(reader: &Reader<'_>, entry: &Entry, before: Option<&Columns>, touched: &mut Touched) -> Result<()> {
    let now = stored_row(reader.session, reader.schema, entry.table, entry.record)?;
    if before.zip(now.as_ref()).is_none_or(|(before, now)| before.get("name") == now.get("name")) {
        return Ok(());
    }
    let Some((dictionary, _, held)) = held_words(reader.session, entry.record)? else { return Ok(()) };
    for (hits, of_whole, text) in reader.plan.texts() {
        let table = &reader.schema.tables[text.field.0];
        let Some(holds) = table.holds_word(text.field.1, &dictionary) else { continue };
        let (id, of) = match of_whole {
            None => ("id", String::new()),
            Some(parts) if parts.about => (parts.owner.as_str(), format!(" and entity = '{}'", reader.schema.tables[hits.table].name)),
            Some(parts) => (parts.owner.as_str(), format!(" and {} is not null", parts.owner)),
        };
        for word in &held {
            reader.session.each(&format!("select {id} from {} where {holds}{of}", table.stored_name), [word], |row| {
                touched.keys.insert(key(hits.table, row.get(0)?));
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Touches the records about a record.
fn about(reader: &Reader<'_>, entity: &str, record: i64, touched: &mut Touched) -> Result<()> {
    for hits in reader.plan.hits.iter().flatten().filter(|hits| hits.about) {
        let sql = format!("select id from {} where entity = ?1 and record_id = ?2", reader.schema.tables[hits.table].stored_name);
        reader.session.each(&sql, (entity, record), |row| {
            touched.keys.insert(key(hits.table, row.get(0)?));
            Ok(())
        })?;
    }
    Ok(())
}

fn number(columns: &Columns, name: &str) -> Option<i64> {
    columns.get(name).and_then(|value| value.as_i64())
}

/// Adds a range, joined to the last one where it goes on.
fn extend(ranges: &mut Vec<(usize, i64, i64)>, (table, first, last): (usize, i64, i64)) {
    // Inserts of several tables alternate, so a few of the last ranges are looked at.
    if let Some((_, _, end)) = ranges.iter_mut().rev().take(8).find(|(of, _, end)| *of == table && *end + 1 == first) {
        *end = last;
    } else {
        ranges.push((table, first, last));
    }
}

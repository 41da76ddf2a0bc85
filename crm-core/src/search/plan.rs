//! What is searched: which entities are hits of their own, which texts belong to them, whose rights decide.

use super::schema::name_number;
use super::stream::LAST_SLOT;
use crate::areas::entities;
use crate::engine::access::{Access, Level};
use crate::engine::field::Field;
use crate::engine::meta::{Meta, Searched};
use crate::engine::store::schema::{Ownership, Renamed, Schema, Table};
use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Moved on whenever texts are analysed or kept differently: older indexes are then built anew.
pub(crate) const FORMAT: u32 = 2;
/// Slots of user-defined fields begin here, after those of an entity's own declared fields: this and the field's id.
const CUSTOM: u16 = 200;
/// Slots of fields of parts begin here: a block for each entity, which follows from its name alone. A test sees to it that no two have the same.
const PARTS: u16 = 24_000;
/// Fields of one block.
const BLOCK: u16 = 64;
/// How many blocks there are.
const BLOCKS: u16 = (LAST_SLOT - PARTS) / BLOCK;
/// How much a word of a name weighs against one of a text.
const NAME: u8 = 6;

/// One text of a document.
#[derive(Debug)]
pub(crate) struct Text {
    /// Place in the rows of `sql`.
    pub place: usize,
    /// The field: table and index.
    pub field: (usize, usize),
    pub slot: u16,
    pub weight: u8,
    pub title: bool,
    /// The words that its dictionary has renamed.
    pub words: Option<Arc<Renamed>>,
}

impl Text {
    /// What a record holds as its readers see it.
    pub fn shown<'v>(&self, held: &'v str) -> Cow<'v, str> {
        match &self.words {
            None => held.into(),
            // Several words are a list in JSON.
            Some(words) => match serde_json::from_str::<Vec<String>>(held) {
                Ok(items) => items.iter().map(|word| words.shown(word)).collect::<Vec<_>>().join("; ").into(),
                Err(_) => words.shown(held).into(),
            },
        }
    }
}

/// Records whose texts are found as those of the record they belong to: its phones, addresses, other names.
#[derive(Debug)]
pub(crate) struct Parts {
    pub table: usize,
    /// Gives the owner's id and the texts for owners between two ids.
    pub sql: String,
    /// The columns that say whose they are; for `entity` and `record_id` the latter.
    pub owner: String,
    /// They are about a record of any entity rather than referring to this one.
    pub about: bool,
    pub texts: Vec<Text>,
}

/// One entity whose records are hits.
#[derive(Debug)]
pub(crate) struct Hits {
    pub table: usize,
    /// Gives id, moment, when it was added, owner, line, stage, and (for records about others) entity and record, then the texts, between two ids.
    pub sql: String,
    /// Its title is a name.
    pub named: bool,
    pub texts: Vec<Text>,
    pub parts: Vec<Parts>,
    /// The rights of a record it is about decide, not its own.
    pub about: bool,
}

/// Columns of `Hits::sql` before the texts.
pub(crate) const HEAD: usize = 8;

/// Everything that is searched in a file, by table.
#[derive(Debug)]
pub(crate) struct Plan {
    pub generation: i64,
    pub hits: Vec<Option<Hits>>,
}

impl Plan {
    pub fn new(schema: &Schema) -> Self {
        Self { generation: schema.generation, hits: (0..schema.tables.len()).map(|table| hits(schema, table)).collect() }
    }

    /// What an entity's records are searched by, when they are hits.
    pub fn of(&self, table: usize) -> Option<&Hits> {
        self.hits.get(table).and_then(Option::as_ref)
    }

    /// The parts that a table's records are, with the table of the records they belong to.
    pub fn parts_of(&self, table: usize) -> impl Iterator<Item = (usize, &Parts)> {
        self.hits.iter().flatten().flat_map(move |hits| hits.parts.iter().filter(move |parts| parts.table == table).map(|parts| (hits.table, parts)))
    }

    /// Every text, with whose documents it is in, and by which part of them.
    pub fn texts(&self) -> impl Iterator<Item = (&Hits, Option<&Parts>, &Text)> {
        self.hits.iter().flatten().flat_map(|hits| {
            let of_parts = hits.parts.iter().flat_map(move |parts| parts.texts.iter().map(move |text| (hits, Some(parts), text)));
            hits.texts.iter().map(move |text| (hits, None, text)).chain(of_parts)
        })
    }

    /// Every slot with its table and field.
    pub fn slots(&self) -> impl Iterator<Item = (usize, &Text)> {
        self.texts().map(|(hits, _, text)| (hits.table, text))
    }

    /// The slots of all fields of a name.
    pub fn slots_named(&self, schema: &Schema, name: &str) -> HashSet<(usize, u16)> {
        let named = |text: &Text| schema.tables[text.field.0].fields[text.field.1].name == name;
        self.slots().filter(|(_, text)| named(text)).map(|(table, text)| (table, text.slot)).collect()
    }

    /// What each searched entity's documents consist of, by its name: where that changes, an index is made anew.
    pub fn layout() -> BTreeMap<String, String> {
        let layout = |meta: &Meta| {
            let mut hash = DefaultHasher::new();
            (meta.searched as u8).hash(&mut hash);
            meta.fields.iter().for_each(|field| (field.name.as_ref(), field.searchable).hash(&mut hash));
            (meta.name.to_owned(), format!("{:016x}", hash.finish()))
        };
        entities().filter(|meta| meta.searched != Searched::Never).map(layout).collect()
    }
}

fn hits(schema: &Schema, index: usize) -> Option<Hits> {
    let table = &schema.tables[index];
    let named = match table.meta.searched {
        Searched::ByName => true,
        Searched::ByText => false,
        Searched::WithOwner | Searched::Never => return None,
    };
    let mut texts = texts(table, index, 0);
    for text in &mut texts {
        text.place += HEAD;
        text.title = table.meta.title == Some(text.field.1);
        text.weight = if text.title && named { NAME } else { 1 };
    }
    let column = |name: &str| table.field(name).map_or("null".to_owned(), |field| format!("t.{}", field.column));
    let about = matches!(table.ownership, Ownership::About { .. });
    let (entity, record) = if about { (column("entity"), column("record_id")) } else { ("null".into(), "null".into()) };
    let moments = moments(table, "t.");
    let head = [column("owner_id"), column("line_id"), column("stage_id"), entity, record].join(", ");
    let columns: String = texts.iter().map(|text| format!(", t.{}", table.fields[text.field.1].column)).collect();
    let sql = format!(
        "select t.id, coalesce({moments}t.created_at, 0), t.created_at, {head}{columns} from {} t where t.id between ?1 and ?2 order by t.id",
        table.stored_name
    );
    Some(Hits { table: index, sql, named, texts, parts: parts(schema, index), about })
}

/// The block of slots of an entity whose records are parts.
fn block_of(name: &str) -> u16 {
    name_number(name) % BLOCKS
}

/// The searched fields of a table: the declared ones from `first` on in a row, the user-defined ones by their ids.
fn texts(table: &Table, index: usize, first: u16) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for (at, field) in table.fields[..table.stored].iter().enumerate().filter(|(_, field)| field.searchable) {
        let slot = match custom_id(field) {
            Some(id) => id.checked_add(i64::from(CUSTOM)).and_then(|slot| u16::try_from(slot).ok()).filter(|slot| *slot < PARTS).unwrap_or(u16::MAX),
            None => first + at as u16,
        };
        if slot <= LAST_SLOT {
            let words = table.columns.iter().find(|column| column.field == at).and_then(|column| column.words.clone());
            texts.push(Text { place: texts.len(), field: (index, at), slot, weight: 1, title: false, words });
        }
    }
    texts
}

/// The fields that say when a record takes place, the first that is known; otherwise it is when it was added.
pub(crate) const MOMENTS: [&str; 2] = ["starts_at", "due_at"];

/// These fields of a table, ready to stand in a list before another one.
pub(crate) fn moments(table: &Table, of: &str) -> String {
    MOMENTS.into_iter().filter(|name| table.field(name).is_some()).map(|name| format!("{of}{name}, ")).collect()
}

fn custom_id(field: &Field) -> Option<i64> {
    field.is_custom().then(|| field.column.rsplit('_').next().and_then(|id| id.parse().ok()).unwrap_or(i64::MAX))
}

/// The records whose texts belong to a table's records.
fn parts(schema: &Schema, owner: usize) -> Vec<Parts> {
    let mut found = Vec::new();
    for (index, table) in schema.tables.iter().enumerate().filter(|(_, table)| table.meta.searched == Searched::WithOwner) {
        let (columns, about) = match &table.ownership {
            Ownership::Part(parents) => {
                let columns = parents.iter().filter(|(_, parent)| *parent == owner).map(|(field, _)| table.fields[*field].column.to_string());
                (columns.collect::<Vec<_>>(), false)
            }
            Ownership::About { record, .. } => (vec![table.fields[*record].column.to_string()], true),
            _ => continue,
        };
        for column in columns {
            let mut texts = texts(table, index, PARTS + block_of(table.name) * BLOCK);
            texts.iter_mut().for_each(|text| text.place += 1);
            let list: String = texts.iter().map(|text| format!(", t.{}", table.fields[text.field.1].column)).collect();
            let of = if about { format!("t.entity = '{}' and ", schema.tables[owner].name) } else { String::new() };
            let sql = format!("select t.{column}{list} from {} t where {of}t.{column} between ?1 and ?2 order by t.{column}, t.id", table.stored_name);
            found.push(Parts { table: index, sql, owner: column, about, texts });
        }
    }
    found
}

/// Which slots a reader may not look into: those of hidden fields, and of parts that are closed to it.
pub(crate) fn hidden(plan: &Plan, access: &Access) -> HashSet<(usize, u16)> {
    if access.unrestricted {
        return HashSet::new();
    }
    let closed = |table: usize, text: &Text| {
        let (of, field) = text.field;
        access.is_hidden(of, field) || of != table && access.read[of] == Level::None
    };
    plan.slots().filter(|(table, text)| closed(*table, text)).map(|(table, text)| (table, text.slot)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_entities_share_a_number_or_a_block() {
        let all: Vec<&Meta> = entities().collect();
        let numbers: HashSet<u16> = all.iter().map(|meta| name_number(meta.name)).collect();
        assert!(all.len() > 30 && numbers.len() == all.len() && !numbers.contains(&u16::MAX), "two entities have one number in the search index");
        let parts: Vec<&Meta> = all.iter().copied().filter(|meta| meta.searched == Searched::WithOwner).collect();
        let blocks: HashSet<u16> = parts.iter().map(|meta| block_of(meta.name)).collect();
        assert!(parts.len() > 4 && blocks.len() == parts.len(), "two entities whose records are parts have one block of slots");
        assert!(parts.iter().all(|meta| meta.fields.len() <= usize::from(BLOCK)) && all.iter().all(|meta| meta.fields.len() <= usize::from(CUSTOM)));
    }
}

//! The index's fields, and a document as it goes in.

use super::stream::{Body, Name};
use crate::areas::entities;
use std::collections::HashMap;
use std::sync::LazyLock;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexBuilder, IndexSettings, TantivyDocument, Term};

/// Bits of a key that hold the record's id; the entity's number stands above them.
const ID_BITS: u32 = 48;
/// The guard of documents whose visibility cannot be told from an owner and a line: the lens is asked.
pub(crate) const ASK: u64 = 1 << 16;

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// Every term of every searched text, in the slots of their fields.
    pub text: Field,
    /// Names for type-ahead.
    pub name: Field,
    /// Entity and id.
    pub key: Field,
    /// When it took place, or was added; milliseconds since 1970.
    pub time: Field,
    /// When it was added: the time for readers who may not see when it takes place.
    pub created: Field,
    /// The entity whose owner and line decide who sees it, or [`ASK`].
    pub guard: Field,
    /// Given for documents whose guard is [`ASK`].
    pub ask: Field,
    pub owner: Field,
    pub line: Field,
    pub stage: Field,
}

/// The schema of the index; its fields stand in it in the order they are added here.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let indexing = |name: &str| TextFieldIndexing::default().set_tokenizer(name);
    let body = indexing("body").set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let name = indexing("name").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
    let fields = Fields {
        text: schema.add_text_field("text", TextOptions::default().set_indexing_options(body)),
        name: schema.add_text_field("name", TextOptions::default().set_indexing_options(name)),
        key: schema.add_u64_field("key", INDEXED | FAST),
        time: schema.add_i64_field("time", FAST),
        created: schema.add_i64_field("created", FAST),
        guard: schema.add_u64_field("guard", FAST),
        ask: schema.add_u64_field("ask", INDEXED),
        owner: schema.add_u64_field("owner", FAST),
        line: schema.add_u64_field("line", FAST),
        stage: schema.add_u64_field("stage", FAST),
    };
    (schema.build(), fields)
}

/// What makes an index of this schema.
pub(crate) fn builder() -> IndexBuilder {
    // Nothing is stored but terms and columns, so no thread need stand by to compress it.
    let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    Index::builder().schema(schema().0).settings(settings).tokenizers(tokenizers())
}

/// The analysis of the text fields.
pub(crate) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register("body", TextAnalyzer::from(Body));
    tokenizers.register("name", TextAnalyzer::from(Name));
    tokenizers
}

/// The numbers of entities in the index, by table, and back. A number follows from the entity's name alone, so that an index stays what
/// it is when the library learns of further entities.
struct Numbers {
    of_table: Vec<u16>,
    tables: HashMap<u16, usize>,
}

static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| {
    let of_table: Vec<u16> = entities().map(|meta| name_number(meta.name)).collect();
    let tables = of_table.iter().enumerate().map(|(table, number)| (*number, table)).collect();
    Numbers { of_table, tables }
});

/// The FNV-1a hash of a name, folded to 16 bits. A test sees to it that no two entities have the same.
pub(crate) fn name_number(name: &str) -> u16 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) as u16 ^ hash as u16
}

/// The number of a table's entity.
pub(crate) fn number_of(table: usize) -> u64 {
    u64::from(NUMBERS.of_table.get(table).copied().unwrap_or(u16::MAX))
}

/// The table of an entity's number; one that is not there for an unknown number.
pub(crate) fn table_of(number: u64) -> usize {
    u16::try_from(number).ok().and_then(|number| NUMBERS.tables.get(&number).copied()).unwrap_or(usize::MAX)
}

/// The key of a record.
pub(crate) fn key(table: usize, id: i64) -> u64 {
    (number_of(table) << ID_BITS) | (id as u64 & ((1 << ID_BITS) - 1))
}

/// The table and id of a key.
pub(crate) fn record(key: u64) -> (usize, i64) {
    (table_of(key >> ID_BITS), (key & ((1 << ID_BITS) - 1)) as i64)
}

/// A record as it goes into the index.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub key: u64,
    pub time: i64,
    pub created: i64,
    pub guard: u64,
    pub owner: u64,
    pub line: u64,
    pub stage: u64,
    pub text: String,
    pub name: Option<String>,
}

impl Document {
    pub fn write(&self, fields: &Fields) -> TantivyDocument {
        let Self { key, time, created, guard, owner, line, stage, text, name } = self;
        let mut document = TantivyDocument::new();
        document.add_text(fields.text, text);
        if let Some(name) = name {
            document.add_text(fields.name, name);
        }
        document.add_i64(fields.time, *time);
        document.add_i64(fields.created, *created);
        for (field, value) in [(fields.key, key), (fields.guard, guard), (fields.owner, owner), (fields.line, line), (fields.stage, stage)] {
            document.add_u64(field, *value);
        }
        if *guard == ASK {
            document.add_u64(fields.ask, 1);
        }
        document
    }
}

impl Fields {
    pub fn key_term(&self, key: u64) -> Term {
        Term::from_field_u64(self.key, key)
    }
}

//! The last few changes, as documents in memory that stand for those on disk.

use super::documents::Reader;
use super::failure::because;
use super::feed::{Touched, touched_since};
use super::schema::{Document, Fields, record};
use super::shown::Part;
use crate::engine::error::Result;
use std::collections::HashMap;
use tantivy::directory::RamDirectory;
use tantivy::{IndexReader, ReloadPolicy};

/// Memory of the tail's writer, in bytes: the tables that it makes and goes through are as large as this allows.
const MEMORY: usize = 256 << 10;

/// What is newer than the index on disk.
#[derive(Default)]
pub(crate) struct Tail {
    /// The change sets it follows on and reaches to.
    from: i64,
    to: i64,
    /// Each document touched; `None` where the record is gone.
    documents: HashMap<u64, Option<Document>>,
}

impl Tail {
    /// What was touched since the tail was last looked at, or since the index's mark when that has moved.
    pub fn touched(&mut self, reader: &Reader<'_>, from: i64) -> Result<Touched> {
        if self.from != from || self.to < from {
            *self = Self { from, to: from, documents: HashMap::new() };
        }
        touched_since(reader, self.to)
    }

    /// How many documents it has with what was touched.
    pub fn size_with(&self, touched: &Touched) -> usize {
        self.documents.len() + touched.count() as usize
    }

    /// The keys of its documents, and of those that are gone.
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        self.documents.keys().copied()
    }

    /// Takes over what was touched up to a change set, and gives all of it to search in.
    pub fn take(&mut self, fields: &Fields, reader: &Reader<'_>, touched: &Touched, newest: i64) -> Result<Option<Part>> {
        for key in &touched.keys {
            let (table, id) = record(*key);
            self.documents.insert(*key, reader.one(table, id)?);
        }
        for (table, first, last) in &touched.fresh {
            reader.range(*table, *first, *last, |document| {
                self.documents.insert(document.key, Some(document));
                Ok(())
            })?;
        }
        self.to = newest;
        self.part(fields).map_err(|error| because("", "the latest changes cannot be searched", &error))
    }

    fn part(&self, fields: &Fields) -> tantivy::Result<Option<Part>> {
        let mut documents: Vec<_> = self.documents.values().flatten().collect();
        if documents.is_empty() {
            return Ok(None);
        }
        documents.sort_unstable_by_key(|document| document.key);
        let builder = super::schema::builder();
        let mut writer = builder.single_segment_index_writer(RamDirectory::create(), MEMORY)?;
        for document in documents {
            writer.add_document(document.write(fields))?;
        }
        let reader: IndexReader = writer.finalize()?.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Part::of(reader.searcher()).map(Some)
    }
}

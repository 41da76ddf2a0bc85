//! What a search looks into, as of one change set: the index on disk and what is newer.

use super::columns::Columns;
use super::plan::Plan;
use super::schema::Fields;
use std::sync::Arc;
use tantivy::index::SegmentReader;
use tantivy::{DocId, Searcher};

/// What a search looks into: the index on disk and the tail in memory, as of one change set.
pub(crate) struct Shown {
    pub plan: Arc<Plan>,
    pub fields: Fields,
    /// The index on disk, then the tail.
    pub parts: Vec<Part>,
    /// Keys that only the tail speaks for, in order.
    pub replaced: Vec<u64>,
    pub upto: i64,
}

/// A part of what a search looks into, with the columns of its segments: opening them costs more than many a search.
#[derive(Clone)]
pub(crate) struct Part {
    pub searcher: Searcher,
    pub columns: Arc<Vec<Columns>>,
}

impl Part {
    pub fn of(searcher: Searcher) -> tantivy::Result<Self> {
        let columns = searcher.segment_readers().iter().map(Columns::of).collect::<tantivy::Result<_>>()?;
        Ok(Self { searcher, columns: Arc::new(columns) })
    }
}

impl Shown {
    /// The index on disk, then the tail.
    pub fn searchers(&self) -> impl Iterator<Item = &Searcher> {
        self.parts.iter().map(|part| &part.searcher)
    }

    /// The segments of one of the parts.
    pub fn segments_of<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = Segment<'a>> {
        // What the tail speaks for is out of date on disk, not in the tail.
        let replaced = if std::ptr::eq(part, &self.parts[0]) { self.replaced.as_slice() } else { &[] };
        let segments = part.searcher.segment_readers().iter().zip(part.columns.iter());
        segments.map(move |(reader, columns)| Segment { searcher: &part.searcher, reader, columns, replaced })
    }

    /// Every segment of the index and its tail.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.parts.iter().flat_map(|part| self.segments_of(part))
    }
}

/// A segment of the index or of its tail.
pub(crate) struct Segment<'a> {
    pub searcher: &'a Searcher,
    pub reader: &'a SegmentReader,
    pub columns: &'a Columns,
    replaced: &'a [u64],
}

impl Segment<'_> {
    /// Whether a document is there: not removed, and not out of date because the tail speaks for it.
    pub fn counts(&self, doc: DocId, key: u64) -> bool {
        self.reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) && self.replaced.binary_search(&key).is_err()
    }
}

//! The columns of a segment.

use tantivy::DocId;
use tantivy::columnar::Column;
use tantivy::index::SegmentReader;

/// The columns of a segment.
pub(crate) struct Columns {
    pub key: Column<u64>,
    pub time: Column<i64>,
    pub created: Column<i64>,
    pub guard: Column<u64>,
    pub owner: Column<u64>,
    pub line: Column<u64>,
    pub stage: Column<u64>,
}

impl Columns {
    pub fn of(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            key: fast.u64("key")?,
            time: fast.i64("time")?,
            created: fast.i64("created")?,
            guard: fast.u64("guard")?,
            owner: fast.u64("owner")?,
            line: fast.u64("line")?,
            stage: fast.u64("stage")?,
        })
    }
}

/// The value of a column in which every document has one.
pub(crate) fn value<T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + Default + 'static>(column: &Column<T>, doc: DocId) -> T {
    column.first(doc).unwrap_or_default()
}

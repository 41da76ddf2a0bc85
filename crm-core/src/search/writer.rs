//! Writing the index: draining the log into it in batches, and merging its segments afterwards.

use super::documents::Reader;
use super::failure::broken;
use super::feed::{Touched, touched_since};
use super::home::is_busy;
use super::schema::{Fields, key, record};
use crate::engine::error::Result;
use crate::engine::store::first_change;
use crate::engine::sync;
use std::sync::{Arc, Mutex};
use tantivy::merge_policy::{LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::query::RangeQuery;
use tantivy::{Index, IndexMeta, IndexWriter};

/// From this many documents on, indexing takes several threads.
const BULK: u64 = 5_000;
/// The most threads it takes.
const THREADS: usize = 4;
/// Memory of each thread in bytes, for a few documents and for many.
const SMALL_MEMORY: usize = 16 << 20;
const BULK_MEMORY: usize = 96 << 20;
/// Documents between two reports of progress.
const REPORT: u64 = 1_000;
/// Segments of about one size that are merged into one.
const MERGED_AT_ONCE: usize = 8;
/// Segments below this many documents count as of one size.
const SMALLEST_SEGMENT: u32 = 2_000;
/// The share of removed documents above which a segment is written anew.
const REMOVED_SHARE: f32 = 0.3;

/// How far the index follows the log, as it stands in its last commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The last change set that is in it.
    pub change_set: i64,
    /// That change set's place in the log's chain, which tells this file's past from another one's.
    pub hash: String,
}

impl Mark {
    /// The mark of a change set in the file as a session sees it; `None` when there is no such change set.
    pub fn of(reader: &Reader<'_>, change_set: i64) -> Result<Option<Self>> {
        if change_set == 0 {
            return Ok(Some(Self { change_set, hash: String::new() }));
        }
        let hash = reader.session.stored().first("select lower(hex(hash)) from {change_set} where id = ?1", [change_set], |row| row.get(0))?;
        Ok(hash.map(|hash| Self { change_set, hash }))
    }

    /// The mark of an index's last commit.
    pub fn in_index(index: &Index) -> tantivy::Result<Option<Self>> {
        index.load_metas().map(Self::of_commit)
    }

    /// The mark of a commit.
    pub fn of_commit(commit: IndexMeta) -> Option<Self> {
        let payload = commit.payload?;
        let (change_set, hash) = payload.split_once(' ')?;
        Some(Self { change_set: change_set.parse().ok()?, hash: hash.to_owned() })
    }
}

/// The only writer of an index; kept while segments are being merged.
#[derive(Default)]
pub(crate) struct Writer(Arc<Mutex<Option<Writing>>>);

struct Writing {
    writer: IndexWriter,
    threads: usize,
    /// Merges under way.
    merges: usize,
}

/// What to put into the index.
pub(crate) enum Work {
    /// What the log tells since a change set.
    Since(i64),
    /// Everything.
    All,
}

impl Writer {
    /// Brings the index up to the change set `newest` of the reader's snapshot. False when somebody else is writing it.
    /// `work` tells from the index's last mark what is to be done, once nobody else can move it; `anew` says that it will be everything.
    #[allow(clippy::too_many_arguments)]
    pub fn drain(
        &self,
        index: &Index,
        fields: &Fields,
        reader: &Reader<'_>,
        newest: i64,
        anew: bool,
        work: impl FnOnce(Option<Mark>) -> Result<Option<Work>>,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<bool> {
        // Another thread may be at it: for a search that is the same as another process.
        let Some(mut place) = sync::try_lock(&self.0) else { return Ok(false) };
        let mark = Mark::in_index(index).map_err(broken)?;
        let expected = match &mark {
            Some(mark) if !anew => {
                let first = first_change(reader.session, mark.change_set + 1)?.unwrap_or(i64::MAX);
                let touched = reader.session.stored().number("select sum(last_id - record_id + 1) from {change} where id >= ?1", [first])?;
                touched.unwrap_or(0) as u64
            }
            _ => BULK,
        };
        let threads = if expected < BULK { 1 } else { std::thread::available_parallelism().map_or(1, usize::from).min(THREADS) };
        if place.as_ref().is_some_and(|writing| writing.threads < threads)
            && let Some(writing) = place.take()
        {
            writing.writer.wait_merging_threads().map_err(broken)?;
        }
        let mut writing = match place.take() {
            Some(writing) => writing,
            None => {
                let memory = threads * if threads == 1 { SMALL_MEMORY } else { BULK_MEMORY };
                match index.writer_with_num_threads(threads, memory) {
                    Ok(writer) => {
                        writer.set_merge_policy(Box::new(NoMergePolicy));
                        Writing { writer, threads, merges: 0 }
                    }
                    Err(error) if is_busy(&error) => return Ok(false),
                    Err(error) => return Err(broken(error)),
                }
            }
        };
        // Only now is the mark sure to stay.
        let Some(work) = work(Mark::in_index(index).map_err(broken)?)? else {
            *place = Some(writing);
            drop(place);
            self.merge(index);
            return Ok(true);
        };
        let done = fill(&mut writing.writer, fields, reader, work, progress).and_then(|()| {
            let mark = Mark::of(reader, newest)?;
            let mut commit = writing.writer.prepare_commit().map_err(broken)?;
            commit.set_payload(&mark.map_or_else(String::new, |mark| format!("{} {}", mark.change_set, mark.hash)));
            commit.commit().map_err(broken).map(drop)
        });
        if done.is_err() {
            // Dropped without a commit, it leaves the index as it was.
            drop(writing);
            return done.map(|()| true);
        }
        *place = Some(writing);
        drop(place);
        self.merge(index);
        Ok(true)
    }

    /// Merges segments in the background, and lets go of the index when nothing is left to merge.
    fn merge(&self, index: &Index) {
        let (place, index) = (self.0.clone(), index.clone());
        let mut started = start_merges(&place, &index);
        if started.is_empty() {
            return;
        }
        std::thread::spawn(move || {
            while !started.is_empty() {
                let count = started.len();
                for merge in started.drain(..) {
                    // A merge that fails leaves its segments as they were.
                    let _ = merge.wait();
                }
                if let Some(writing) = sync::lock(&place).as_mut() {
                    writing.merges -= count;
                }
                started = start_merges(&place, &index);
            }
        });
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Merges under way are given up with it.
        drop(sync::lock(&self.0).take());
    }
}

type Merge = tantivy::FutureResult<Option<tantivy::index::SegmentMeta>>;

/// Starts what is to be merged; without any merge under way the writer is let go of.
fn start_merges(place: &Mutex<Option<Writing>>, index: &Index) -> Vec<Merge> {
    let mut place = sync::lock(place);
    let Some(writing) = place.as_mut() else { return Vec::new() };
    let mut started = Vec::new();
    if writing.merges == 0 {
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_AT_ONCE);
        policy.set_min_layer_size(SMALLEST_SEGMENT);
        policy.set_del_docs_ratio_before_merge(REMOVED_SHARE);
        let segments = index.searchable_segment_metas().unwrap_or_default();
        for candidate in policy.compute_merge_candidates(&segments) {
            started.push(writing.writer.merge(&candidate.0));
        }
        writing.merges = started.len();
    }
    if writing.merges == 0 {
        drop(place.take());
    }
    started
}

fn fill(writer: &mut IndexWriter, fields: &Fields, reader: &Reader<'_>, work: Work, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<()> {
    let anew = matches!(work, Work::All);
    let touched = match work {
        Work::Since(change_set) => touched_since(reader, change_set)?,
        Work::All => {
            writer.delete_all_documents().map_err(broken)?;
            Touched { whole: reader.plan.hits.iter().flatten().map(|hits| hits.table).collect(), ..Touched::default() }
        }
    };
    let mut all = touched.count();
    for table in &touched.whole {
        all += reader.session.number(&format!("select count(*) from {}", reader.schema.tables[*table].stored_name), [])?.unwrap_or(0) as u64;
    }
    let mut done = 0;
    progress(done, Some(all));
    let mut add = |document: super::schema::Document, writer: &IndexWriter| {
        writer.add_document(document.write(fields)).map_err(broken)?;
        done += 1;
        if done % REPORT == 0 {
            progress(done, Some(all));
        }
        Ok(())
    };
    for table in &touched.whole {
        if !anew {
            let bound = |id| std::ops::Bound::Included(fields.key_term(key(*table, id)));
            writer.delete_query(Box::new(RangeQuery::new(bound(0), bound((1 << 48) - 1)))).map_err(broken)?;
        }
        reader.range(*table, 1, i64::MAX, |document| add(document, writer))?;
    }
    for (table, first, last) in &touched.fresh {
        reader.range(*table, *first, *last, |document| add(document, writer))?;
    }
    for touched in &touched.keys {
        let (table, id) = record(*touched);
        writer.delete_term(fields.key_term(*touched));
        if let Some(document) = reader.one(table, id)? {
            add(document, writer)?;
        }
    }
    progress(all, Some(all));
    Ok(())
}

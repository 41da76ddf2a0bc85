//! Walks through what a query finds: the best hits, or counts of all.

use super::columns::{Columns, value};
use super::failure::broken;
use super::query::{Ask, Statistics};
use super::rights::Rights;
use super::schema::record;
use super::shown::{Segment, Shown};
use crate::engine::error::Result;
use crate::engine::store::Session;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use tantivy::query::{EnableScoring, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score};

/// Scores nearer to each other than this are equal, so that the newer record comes first.
const GRAIN: Score = 0.01;

/// A hit and its place in the order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub score: Score,
    pub time: i64,
    pub key: u64,
}

/// In which order hits come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The best first, of equals the newer.
    Score,
    /// The newest first.
    Time,
}

impl Found {
    /// Less comes earlier.
    fn compare(&self, other: &Self, order: Order) -> Ordering {
        // Later ids are newer, too.
        let time = other.time.cmp(&self.time).then_with(|| other.key.cmp(&self.key));
        match order {
            Order::Score => other.score.total_cmp(&self.score).then(time),
            Order::Time => time,
        }
    }
}

/// What narrows the hits besides the query.
pub(crate) struct Narrow {
    pub rights: Rights,
    pub kinds: Option<HashSet<usize>>,
    pub owner: Option<u64>,
    pub line: Option<u64>,
    pub since: Option<i64>,
    pub until: Option<i64>,
    /// Guards whose owner or line is hidden from the reader, and tables whose moment is: nothing is told or narrowed by it.
    pub hidden_owner: HashSet<u64>,
    pub hidden_line: HashSet<u64>,
    pub hidden_time: HashSet<usize>,
    /// The records of a table that a filter finds.
    pub ids: Option<(usize, HashSet<i64>)>,
}

impl Narrow {
    /// The key and time of a document that passes.
    fn pass(&self, segment: &Segment<'_>, doc: DocId) -> Option<(u64, i64)> {
        let columns = segment.columns;
        let key = value(&columns.key, doc);
        let (table, id) = record(key);
        if self.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&table)) || self.ids.as_ref().is_some_and(|(of, ids)| *of != table || !ids.contains(&id)) {
            return None;
        }
        let (guard, owner, line) = (value(&columns.guard, doc), || value(&columns.owner, doc), || value(&columns.line, doc));
        if self.owner.is_some_and(|wanted| owner() != wanted || self.hidden_owner.contains(&guard))
            || self.line.is_some_and(|wanted| line() != wanted || self.hidden_line.contains(&guard))
            || !self.rights.sees(key, guard, owner, line)
        {
            return None;
        }
        let time = value(if self.hidden_time.contains(&table) { &columns.created } else { &columns.time }, doc);
        let within = self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until);
        (within && segment.counts(doc, key)).then_some((key, time))
    }

    /// The owner of a hit, where the reader may know it.
    pub fn owner_of(&self, columns: &Columns, doc: DocId) -> Option<u64> {
        Some(value(&columns.owner, doc)).filter(|owner| *owner != 0 && !self.hidden_owner.contains(&value(&columns.guard, doc)))
    }
}

/// Runs `visit` on each segment of the index and its tail.
fn each_segment(
    shown: &Shown,
    session: &Session,
    query: &dyn Query,
    scored: bool,
    mut visit: impl FnMut(&dyn Weight, &Segment<'_>) -> tantivy::Result<()>,
) -> Result<()> {
    let statistics = Statistics { shown };
    for part in &shown.parts {
        let scoring = if scored {
            EnableScoring::enabled_from_statistics_provider(&statistics, &part.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&part.searcher)
        };
        let weight = query.weight(scoring).map_err(broken)?;
        for segment in shown.segments_of(part) {
            session.check()?;
            visit(weight.as_ref(), &segment).map_err(broken)?;
        }
    }
    Ok(())
}

/// The first `limit` hits after a place in the order.
pub(crate) fn top(shown: &Shown, session: &Session, ask: &Ask, narrow: &Narrow, order: Order, limit: usize, after: Option<Found>) -> Result<Vec<Found>> {
    /// The worst is on top of the heap.
    struct Worst(Found, Order);
    impl PartialEq for Worst {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other) == Ordering::Equal
        }
    }
    impl Eq for Worst {}
    impl PartialOrd for Worst {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Worst {
        fn cmp(&self, other: &Self) -> Ordering {
            self.0.compare(&other.0, self.1)
        }
    }

    let mut heap: BinaryHeap<Worst> = BinaryHeap::with_capacity(limit + 1);
    let offer = |found: Found, heap: &mut BinaryHeap<Worst>| {
        if after.is_none_or(|after| found.compare(&after, order) == Ordering::Greater) {
            heap.push(Worst(found, order));
            if heap.len() > limit {
                heap.pop();
            }
        }
    };
    if order == Order::Time {
        each_segment(shown, session, ask.query.as_ref(), false, |weight, segment| {
            weight.for_each_no_score(segment.reader, &mut |docs| {
                for doc in docs {
                    if let Some((key, time)) = narrow.pass(segment, *doc) {
                        offer(Found { score: 0.0, time, key }, &mut heap);
                    }
                }
            })
        })?;
    } else {
        let most: Score = ask.extras.iter().map(|(_, most)| most).sum();
        // What a score has to exceed to be of interest, extras and rounding left aside.
        let threshold = |heap: &BinaryHeap<Worst>| match heap.peek() {
            Some(worst) if heap.len() >= limit => worst.0.score - most - GRAIN,
            _ => Score::MIN,
        };
        let statistics = Statistics { shown };
        each_segment(shown, session, ask.query.as_ref(), true, |weight, segment| {
            let mut extras = Extras::new(&statistics, ask, segment)?;
            weight.for_each_pruning(threshold(&heap), segment.reader, &mut |doc, score| {
                if let Some((key, time)) = narrow.pass(segment, doc) {
                    let score = ((score + extras.of(doc)) / GRAIN).round() * GRAIN;
                    offer(Found { score, time, key }, &mut heap);
                }
                threshold(&heap)
            })
        })?;
    }
    let mut found: Vec<Found> = heap.into_iter().map(|worst| worst.0).collect();
    found.sort_by(|one, other| one.compare(other, order));
    Ok(found)
}

/// What adds to the score of a document without being asked for.
struct Extras(Vec<Box<dyn Scorer>>);

impl Extras {
    fn new(statistics: &Statistics<'_>, ask: &Ask, segment: &Segment<'_>) -> tantivy::Result<Self> {
        let scoring = EnableScoring::enabled_from_statistics_provider(statistics, segment.searcher);
        Ok(Self(ask.extras.iter().map(|(query, _)| query.weight(scoring)?.scorer(segment.reader, 1.0)).collect::<tantivy::Result<_>>()?))
    }

    /// Documents must come in their order.
    fn of(&mut self, doc: DocId) -> Score {
        let score = |scorer: &mut Box<dyn Scorer>| {
            if scorer.doc() < doc {
                scorer.seek(doc);
            }
            if scorer.doc() == doc { scorer.score() } else { 0.0 }
        };
        self.0.iter_mut().map(score).sum()
    }
}

/// Shows every hit to `visit`, with its columns.
pub(crate) fn each(shown: &Shown, session: &Session, query: &dyn Query, narrow: &Narrow, mut visit: impl FnMut(u64, i64, &Columns, DocId)) -> Result<()> {
    each_segment(shown, session, query, false, |weight, segment| {
        weight.for_each_no_score(segment.reader, &mut |docs| {
            for doc in docs {
                if let Some((key, time)) = narrow.pass(segment, *doc) {
                    visit(key, time, segment.columns, *doc);
                }
            }
        })
    })
}

/// The keys of all documents that a query finds, whoever may see them.
pub(crate) fn keys(shown: &Shown, session: &Session, query: &dyn Query) -> Result<Vec<u64>> {
    let mut keys = Vec::new();
    each_segment(shown, session, query, false, |weight, segment| {
        weight.for_each_no_score(segment.reader, &mut |docs| {
            let all = docs.iter().map(|doc| (*doc, value(&segment.columns.key, *doc)));
            keys.extend(all.filter(|(doc, key)| segment.counts(*doc, *key)).map(|(_, key)| key));
        })
    })?;
    Ok(keys)
}

//! Terms in some fields only: those that a query names, or those that a reader may look into.
//!
//! A term's positions tell the fields it stands in (see `stream`), so this reads positions where other searches need none.

use super::schema::{Fields, record};
use super::stream::slot;
use std::collections::HashSet;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, TERMINATED, TantivyError, Term};

/// Which slots of which entities are looked into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    /// Only these, when given.
    pub only: Option<HashSet<(usize, u16)>>,
    /// None of these.
    pub hidden: HashSet<(usize, u16)>,
}

impl Allowed {
    /// Whether every slot is looked into.
    pub fn is_all(&self) -> bool {
        self.only.is_none() && self.hidden.is_empty()
    }

    fn holds(&self, table: usize, slot: u16) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&(table, slot))) && !self.hidden.contains(&(table, slot))
    }
}

/// Terms one behind the other in an allowed slot; one term is found by itself.
#[derive(Clone, Debug)]
pub(crate) struct InSlots {
    terms: Vec<Term>,
    fields: Fields,
    allowed: Arc<Allowed>,
}

impl InSlots {
    pub fn new(terms: Vec<Term>, fields: Fields, allowed: Arc<Allowed>) -> Self {
        Self { terms, fields, allowed }
    }
}

impl Query for InSlots {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let similarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => Some(Bm25Weight::for_terms(statistics_provider, &self.terms)?),
            EnableScoring::Disabled { .. } => None,
        };
        Ok(Box::new(InSlotsWeight { query: self.clone(), similarity }))
    }
}

struct InSlotsWeight {
    query: InSlots,
    similarity: Option<Bm25Weight>,
}

impl Weight for InSlotsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inverted = reader.inverted_index(self.query.fields.text)?;
        let mut postings = Vec::new();
        for term in &self.query.terms {
            match inverted.read_postings(term, IndexRecordOption::WithFreqsAndPositions)? {
                Some(found) => postings.push(found),
                None => return Ok(Box::new(EmptyScorer)),
            }
        }
        let mut scorer = InSlotsScorer {
            postings,
            keys: reader.fast_fields().u64("key")?,
            norms: reader.get_fieldnorms_reader(self.query.fields.text)?,
            similarity: self.similarity.as_ref().map(|similarity| similarity.boost_by(boost)),
            allowed: self.query.allowed.clone(),
            doc: 0,
            count: 0,
            positions: Vec::new(),
            others: Vec::new(),
        };
        scorer.doc = scorer.settle(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument("the document does not match".into()));
        }
        Ok(Explanation::new("terms in some fields", scorer.score()))
    }
}

struct InSlotsScorer {
    postings: Vec<SegmentPostings>,
    keys: tantivy::columnar::Column<u64>,
    norms: FieldNormReader,
    similarity: Option<Bm25Weight>,
    allowed: Arc<Allowed>,
    doc: DocId,
    /// How often the terms stand in allowed slots of `doc`.
    count: u32,
    positions: Vec<u32>,
    others: Vec<u32>,
}

impl InSlotsScorer {
    /// The first document from `target` on that holds all terms as they should be.
    fn settle(&mut self, mut target: DocId) -> DocId {
        'next: while target < TERMINATED {
            for postings in &mut self.postings {
                let found = if postings.doc() < target { postings.seek(target) } else { postings.doc() };
                if found > target {
                    target = found;
                    continue 'next;
                }
            }
            self.count = self.occurrences(target);
            if self.count > 0 {
                return target;
            }
            target += 1;
        }
        TERMINATED
    }

    fn occurrences(&mut self, doc: DocId) -> u32 {
        let table = self.keys.first(doc).map_or(usize::MAX, |key| record(key).0);
        let Some((first, rest)) = self.postings.split_first_mut() else { return 0 };
        first.positions(&mut self.positions);
        self.positions.retain(|position| self.allowed.holds(table, slot(*position)));
        for (distance, postings) in (1..).zip(rest) {
            if self.positions.is_empty() {
                return 0;
            }
            postings.positions(&mut self.others);
            let others = &self.others;
            self.positions.retain(|position| others.binary_search(&(position + distance)).is_ok());
        }
        self.positions.len() as u32
    }
}

impl DocSet for InSlotsScorer {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.settle(self.doc + 1);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.settle(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.postings.iter().map(DocSet::size_hint).min().unwrap_or(0)
    }
}

impl Scorer for InSlotsScorer {
    fn score(&mut self) -> Score {
        self.similarity.as_ref().map_or(1.0, |similarity| similarity.score(self.norms.fieldnorm_id(self.doc), self.count))
    }
}

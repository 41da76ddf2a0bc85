//! From the parts of a query to tantivy's queries, in tiers: what is found by an earlier tier comes first.

use super::parse::{Clause, What};
use super::shown::Shown;
use super::slots::{Allowed, InSlots};
use super::stream::WHOLE;
use super::text::{self, PHONE, is_small};
use crate::engine::store::schema::Schema;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use tantivy::query::{
    AllQuery, Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur, PhrasePrefixQuery,
    PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Searcher, Term};

/// Terms that a beginning or a typing error stands for and that are scored one by one; further ones are found with a low score.
const EXPANSIONS: usize = 64;
/// What a word's beginning counts against the word, and what a word with a typing error.
const PREFIX_BOOST: Score = 0.8;
const TYPO_BOOST: Score = 0.5;
/// The score of terms beyond [`EXPANSIONS`].
const REST_SCORE: Score = 0.2;
/// What it adds that a word stands there as it was typed and not in another form.
const EXACT_BOOST: Score = 0.4;
/// The most that BM25 makes of a term's rarity: k1 + 1.
const MOST_OF_IDF: Score = 2.2;

/// How much of a query a record has to hold. Each tier is looked into when those before have too few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tier {
    /// Its name is what was typed.
    Name,
    /// Every word, in any form.
    Forms,
    /// Every word, or a word that begins with it.
    Beginnings,
    /// Every word, give or take a typing error.
    Typos,
    /// Some of the words.
    Some,
}

impl Tier {
    pub const ALL: [Self; 5] = [Self::Name, Self::Forms, Self::Beginnings, Self::Typos, Self::Some];
}

/// A query and what adds to its score without being asked for.
pub(crate) struct Ask {
    pub query: Box<dyn Query>,
    /// With the most that each adds.
    pub extras: Vec<(Box<dyn Query>, Score)>,
}

/// Builds the queries of one search.
pub(crate) struct Asker<'a> {
    pub shown: &'a Shown,
    pub schema: &'a Schema,
    pub clauses: &'a [Clause],
    pub name: Option<String>,
    /// What the reader may not look into.
    pub hidden: HashSet<(usize, u16)>,
    /// Typing errors are allowed in the last tier, too.
    pub typos: bool,
    pub known: &'a KnownTerms,
}

/// Terms of the index that beginnings and words with errors were found to stand for, by word and errors; `None` means a beginning.
pub(crate) type KnownTerms = RefCell<HashMap<(String, Option<u8>), Rc<Terms>>>;

/// Terms, with the number of records that hold each; the most frequent first.
pub(crate) type Terms = Vec<(String, u64)>;

/// The forms of a folded word that find all others: its stems, or itself where no stem tells more.
pub(crate) fn required(word: &str) -> Vec<String> {
    let [first, second] = text::both_stems(word);
    let mut forms: Vec<String> = [first, second].into_iter().flatten().map(String::from).collect();
    forms.dedup();
    // A word stands wherever one of its stems does not: every text that holds the word holds all of them.
    if forms.len() > 1 {
        forms.retain(|form| form != word);
    }
    if forms.is_empty() { vec![word.to_owned()] } else { forms }
}

/// How many typing errors a word may have.
pub(crate) fn errors_allowed(word: &str) -> u8 {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=8 => 1,
        _ => 2,
    }
}

impl Asker<'_> {
    /// The query of a tier; `None` when it finds no more than those before it.
    pub fn tier(&self, tier: Tier) -> Option<Ask> {
        let fields = self.shown.fields;
        let wanted: Vec<&Clause> = self.clauses.iter().filter(|clause| !clause.not).collect();
        if tier == Tier::Name {
            let name = self.name.as_ref().filter(|_| self.hidden.is_empty())?;
            let whole = TermQuery::new(Term::from_field_text(fields.name, &format!("{WHOLE}{name}")), IndexRecordOption::Basic);
            return Some(Ask { query: Box::new(ConstScoreQuery::new(Box::new(whole), 1.0)), extras: Vec::new() });
        }
        if wanted.is_empty() && tier != Tier::Forms || tier == Tier::Some && wanted.len() < 2 {
            return None;
        }
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let occur = if tier == Tier::Some { Occur::Should } else { Occur::Must };
        let inner = if tier == Tier::Some { if self.typos { Tier::Typos } else { Tier::Beginnings } } else { tier };
        for (at, clause) in wanted.iter().enumerate() {
            parts.push((occur, self.clause(clause, inner, at + 1 == wanted.len())));
        }
        if parts.is_empty() {
            parts.push((Occur::Must, Box::new(AllQuery)));
        }
        for clause in self.clauses.iter().filter(|clause| clause.not) {
            parts.push((Occur::MustNot, self.clause(clause, Tier::Forms, false)));
        }
        let query: Box<dyn Query> = if parts.len() == 1 { parts.remove(0).1 } else { Box::new(BooleanQuery::new(parts)) };
        Some(Ask { query, extras: self.extras(&wanted) })
    }

    /// That words stand there just as they were typed.
    fn extras(&self, wanted: &[&Clause]) -> Vec<(Box<dyn Query>, Score)> {
        let mut extras = Vec::new();
        for clause in wanted {
            let What::Word(word) = &clause.what else { continue };
            if required(word).contains(word) {
                continue;
            }
            let statistics = Statistics { shown: self.shown };
            let term = Term::from_field_text(self.shown.fields.text, word);
            let (Ok(holding), Ok(all)) = (statistics.doc_freq(&term), statistics.total_num_docs()) else { continue };
            if holding > 0 && all >= holding {
                let rarity = (1.0 + ((all - holding) as Score + 0.5) / (holding as Score + 0.5)).ln();
                extras.push((boosted(self.terms(vec![term], &self.allowed(clause)), EXACT_BOOST), EXACT_BOOST * MOST_OF_IDF * rarity));
            }
        }
        extras
    }

    /// Where a clause may be found.
    fn allowed(&self, clause: &Clause) -> Arc<Allowed> {
        let only = clause.field.as_ref().map(|name| self.shown.plan.slots_named(self.schema, name));
        Arc::new(Allowed { only, hidden: self.hidden.clone() })
    }

    /// Terms one behind the other, or one by itself.
    fn terms(&self, mut terms: Vec<Term>, allowed: &Arc<Allowed>) -> Box<dyn Query> {
        if !allowed.is_all() {
            return Box::new(InSlots::new(terms, self.shown.fields, allowed.clone()));
        }
        match terms.len() {
            1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
            _ => Box::new(PhraseQuery::new(terms)),
        }
    }

    fn clause(&self, clause: &Clause, tier: Tier, last: bool) -> Box<dyn Query> {
        let allowed = self.allowed(clause);
        let term = |word: &str| Term::from_field_text(self.shown.fields.text, word);
        match &clause.what {
            What::Word(word) => self.word(word, tier, last, &allowed),
            What::Phrase(words) => self.terms(words.iter().map(|word| term(word)).collect(), &allowed),
            What::Joined(words) => self.joined(words, tier, &allowed),
            What::Phone(spellings, words) => {
                let mut ways: Vec<Box<dyn Query>> = vec![self.joined(words, tier, &allowed)];
                for spelling in spellings {
                    let digits = format!("{PHONE}{spelling}");
                    ways.push(self.terms(vec![term(&digits)], &allowed));
                    if tier >= Tier::Beginnings {
                        ways.push(self.expanded(&self.beginning_with(&digits), &digits, &allowed));
                    }
                }
                either(ways)
            }
        }
    }

    /// The parts of one word: one behind the other; with typing errors allowed, all of them somewhere.
    fn joined(&self, words: &[String], tier: Tier, allowed: &Arc<Allowed>) -> Box<dyn Query> {
        if let [word] = words {
            return self.word(word, tier, true, allowed);
        }
        let terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(self.shown.fields.text, word)).collect();
        let phrase = self.terms(terms.clone(), allowed);
        match (tier, words.split_last()) {
            (Tier::Beginnings, Some((last, before))) if !allowed.is_all() => {
                let mut ways = vec![phrase];
                for (ending, _) in self.beginning_with(last).iter() {
                    let words = before.iter().chain([ending]).map(|word| Term::from_field_text(self.shown.fields.text, word));
                    ways.push(self.terms(words.collect(), allowed));
                }
                either(ways)
            }
            (Tier::Beginnings, _) => either(vec![phrase, Box::new(PhrasePrefixQuery::new(terms))]),
            (Tier::Typos | Tier::Some, _) => {
                let each = words.iter().filter(|word| !is_small(word)).map(|word| (Occur::Must, self.word(word, tier, false, allowed)));
                let each: Vec<_> = each.collect();
                if each.is_empty() { phrase } else { either(vec![phrase, Box::new(BooleanQuery::new(each))]) }
            }
            _ => phrase,
        }
    }

    fn word(&self, word: &str, tier: Tier, last: bool, allowed: &Arc<Allowed>) -> Box<dyn Query> {
        let term = |word: &str| Term::from_field_text(self.shown.fields.text, word);
        let forms = required(word);
        let mut ways: Vec<Box<dyn Query>> = forms.iter().map(|form| self.terms(vec![term(form)], allowed)).collect();
        if tier >= Tier::Beginnings && word.chars().count() >= if last { 1 } else { 3 } {
            ways.push(boosted(self.expanded(&self.beginning_with(word), word, allowed), PREFIX_BOOST));
        }
        if tier >= Tier::Typos {
            let mut near = Terms::new();
            for form in forms.iter().map(String::as_str).chain([word]) {
                near.extend(self.near(form).iter().cloned());
            }
            near.sort();
            near.dedup();
            if !near.is_empty() {
                ways.push(boosted(self.expanded(&near, "", allowed), TYPO_BOOST));
            }
        }
        if tier == Tier::Forms { sum(ways) } else { either(ways) }
    }

    /// A query for the terms that a beginning or a word with errors stands for.
    fn expanded(&self, terms: &[(String, u64)], prefix: &str, allowed: &Arc<Allowed>) -> Box<dyn Query> {
        let field = self.shown.fields.text;
        // What a reader finds must not depend on terms of records that it may not see, so the rest is found all the same.
        let rest = !prefix.is_empty() && allowed.is_all() && terms.len() > EXPANSIONS;
        let each = if rest { &terms[..EXPANSIONS] } else { terms };
        let mut ways: Vec<Box<dyn Query>> = each.iter().map(|(word, _)| self.terms(vec![Term::from_field_text(field, word)], allowed)).collect();
        if rest {
            let all = FuzzyTermQuery::new_prefix(Term::from_field_text(field, prefix), 0, true);
            ways.push(Box::new(ConstScoreQuery::new(Box::new(all), REST_SCORE)));
        }
        either(ways)
    }

    /// The terms that begin with a word.
    fn beginning_with(&self, word: &str) -> Rc<Terms> {
        self.terms_like(word, None)
    }

    /// The terms that are a word with a few typing errors.
    fn near(&self, word: &str) -> Rc<Terms> {
        match errors_allowed(word) {
            0 => Rc::default(),
            errors => self.terms_like(word, Some(errors)),
        }
    }

    fn terms_like(&self, word: &str, errors: Option<u8>) -> Rc<Terms> {
        if let Some(known) = self.known.borrow().get(&(word.to_owned(), errors)) {
            return known.clone();
        }
        let term = Term::from_field_text(self.shown.fields.text, word);
        let query = errors.map_or_else(|| FuzzyTermQuery::new_prefix(term.clone(), 0, true), |errors| FuzzyTermQuery::new(term.clone(), errors, true));
        let mut found: HashMap<String, u64> = HashMap::new();
        let Ok(automaton) = query.automaton() else { return Rc::default() };
        for reader in self.shown.searchers().flat_map(Searcher::segment_readers) {
            let Ok(inverted) = reader.inverted_index(self.shown.fields.text) else { continue };
            let Ok(mut stream) = inverted.terms().search(&automaton).into_stream() else { continue };
            while stream.advance() {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
                    *found.entry(term.to_owned()).or_insert(0) += u64::from(stream.value().doc_freq);
                }
            }
        }
        let mut terms: Terms = found.into_iter().collect();
        terms.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let terms = Rc::new(terms);
        self.known.borrow_mut().insert((word.to_owned(), errors), terms.clone());
        terms
    }
}

fn boosted(query: Box<dyn Query>, boost: Score) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

/// Any of the queries; the best one counts.
fn either(mut ways: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match ways.len() {
        0 => Box::new(EmptyQuery),
        1 => ways.remove(0),
        _ => Box::new(DisjunctionMaxQuery::new(ways)),
    }
}

/// Any of the queries; all count.
fn sum(mut ways: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if ways.len() == 1 { ways.remove(0) } else { Box::new(BooleanQuery::union(ways)) }
}

/// How rare terms are, in the index and its tail together.
pub(crate) struct Statistics<'a> {
    pub shown: &'a Shown,
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.shown.searchers().map(|searcher| searcher.total_num_tokens(field)).sum()
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.shown.searchers().map(Bm25StatisticsProvider::total_num_docs).sum()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.shown.searchers().map(|searcher| searcher.doc_freq(term)).sum()
    }
}

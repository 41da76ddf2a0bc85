//! Which words of a text a query means, and how.

use super::parse::{Clause, What};
use super::query::{Tier, errors_allowed, required};
use super::text::{self, Words, endings, phone_at};
use crate::engine::declare::choice;
use std::ops::Range;

choice! {
    /// How a word of a record answers a word of a query.
    pub enum MatchKind as for_match_kind {
        /// The same word, accents and case aside.
        Exact = "exact",
        /// Another form of the word.
        Form = "form",
        /// A word that begins with it.
        Beginning = "beginning",
        /// A word that is nearly it.
        Typo = "typo",
        /// A phone number in another spelling.
        Phone = "phone",
    }
}

/// A word of a query.
struct Wanted {
    word: String,
    forms: Vec<String>,
    /// The only field it may stand in.
    field: Option<String>,
    /// It must stand there as it is.
    exact: bool,
}

/// Compares the words of texts with those of a query.
pub(crate) struct Matcher {
    wanted: Vec<Wanted>,
    phones: Vec<(String, usize)>,
    tier: Tier,
}

/// A place in a text that answers a word of the query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Match {
    pub place: Range<usize>,
    /// Which word of the query.
    pub word: usize,
    pub kind: MatchKind,
}

impl Matcher {
    /// For hits of a tier.
    pub fn new(clauses: &[Clause], tier: Tier) -> Self {
        let (mut wanted, mut phones) = (Vec::new(), Vec::new());
        for Clause { not, field, what } in clauses {
            if *not {
                continue;
            }
            let exact = matches!(what, What::Phrase(_) | What::Joined(_));
            let words = match what {
                What::Word(word) => std::slice::from_ref(word),
                What::Phrase(words) | What::Joined(words) => words.as_slice(),
                What::Phone(spellings, words) => {
                    phones.extend(spellings.iter().map(|spelling| (spelling.clone(), wanted.len())));
                    words.as_slice()
                }
            };
            wanted.extend(words.iter().map(|word| Wanted { forms: required(word), word: word.clone(), field: field.clone(), exact }));
        }
        Self { wanted, phones, tier }
    }

    /// How many words the query has.
    pub fn count(&self) -> usize {
        self.wanted.len()
    }

    /// A word of the query, folded.
    pub fn word(&self, word: usize) -> &str {
        self.wanted.get(word).map_or("", |wanted| &wanted.word)
    }

    /// Everything in a field's text that answers the query, in order.
    pub fn matches(&self, field: &str, text: &str) -> Vec<Match> {
        let (mut words, mut word, mut found) = (Words::new(text), String::new(), Vec::new());
        while let Some(place) = words.next(&mut word) {
            if let Some((at, end)) = self.phone(text, place.start) {
                found.push(Match { place: place.start..end, word: at, kind: MatchKind::Phone });
                words = Words::from(text, end);
            } else if let Some((at, kind)) = self.best(field, &word) {
                found.push(Match { place, word: at, kind });
            }
        }
        found
    }

    fn phone(&self, text: &str, start: usize) -> Option<(usize, usize)> {
        if self.phones.is_empty() || !text[start..].starts_with(|letter: char| letter.is_ascii_digit()) {
            return None;
        }
        let (digits, end) = phone_at(text, start)?;
        let answers = |wanted: &str| endings(&digits).any(|ending| if self.tier >= Tier::Beginnings { ending.starts_with(wanted) } else { ending == wanted });
        self.phones.iter().find(|(wanted, _)| answers(wanted)).map(|(_, at)| (*at, end))
    }

    /// The word of the query that this one answers best.
    fn best(&self, field: &str, word: &str) -> Option<(usize, MatchKind)> {
        let ways = self.wanted.iter().enumerate().filter(|(_, wanted)| wanted.field.as_ref().is_none_or(|only| only == field));
        ways.filter_map(|(at, wanted)| self.how(wanted, word).map(|kind| (at, kind))).min_by_key(|(_, kind)| *kind)
    }

    fn how(&self, wanted: &Wanted, word: &str) -> Option<MatchKind> {
        if wanted.word == word {
            return Some(MatchKind::Exact);
        }
        if wanted.exact && self.tier < Tier::Beginnings {
            return None;
        }
        let stems = text::stems(word);
        if wanted.forms.iter().any(|form| form == word || stems.iter().any(|stem| **stem == **form)) {
            return Some(MatchKind::Form);
        }
        if self.tier >= Tier::Beginnings && word.starts_with(&wanted.word) {
            return Some(MatchKind::Beginning);
        }
        let near = |one: &str, other: &str| strsim::osa_distance(one, other) <= usize::from(errors_allowed(one));
        let typo = || {
            let sources = wanted.forms.iter().chain([&wanted.word]).filter(|form| errors_allowed(form) > 0);
            sources.into_iter().any(|form| near(form, word) || stems.iter().any(|stem| near(form, stem)))
        };
        (self.tier >= Tier::Typos && typo()).then_some(MatchKind::Typo)
    }
}

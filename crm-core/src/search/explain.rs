//! Why a record was found, and why it stands where it does.

use super::matcher::{MatchKind, Matcher};
use super::query::Tier;
use super::run::Run;
use super::texts;
use crate::engine::declare::{choice, outcome};
use crate::engine::error::{Error, Result};

choice! {
    /// What made a record a hit. Those of an earlier kind stand before those of a later one.
    pub enum FoundBy as for_found_by {
        /// Its name is what was searched for.
        Name = "name",
        /// It holds every word, in some form.
        Forms = "forms",
        /// It holds every word, or words that begin with them.
        Beginnings = "beginnings",
        /// It holds every word, give or take a typing error.
        Typos = "typos",
        /// It holds some of the words.
        SomeWords = "some_words",
    }
}

outcome! {
    /// Why a record is a hit of a search.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Explanation as for_explanation {
        /// What made it a hit; hits are ordered by this first.
        pub found_by: FoundBy,
        /// Its score among hits found in the same way: how rare its words are, how often they stand there, how long its texts
        /// are (BM25), and whether they stand there as they were typed. Words of a name count six times.
        pub score: f64,
        /// The words of the query that the record answers.
        pub words: Vec<FoundWord>,
        /// The words of the query that it does not answer, folded.
        pub missing: Vec<String>,
    }
}

outcome! {
    /// A word of a query, and a word of the record that answers it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FoundWord as for_found_word {
        /// The word of the query, folded.
        pub word: String,
        /// The word in the record, as it is written there.
        pub found: String,
        /// How it answers.
        pub how: MatchKind,
        /// The field it stands in.
        pub field: String,
        /// How often it stands there.
        pub count: i64,
    }
}

pub(super) fn explain(mut run: Run<'_>, kind: &str, id: i64) -> Result<Explanation> {
    let table = run.view.schema.index(kind)?;
    let (tier, place) = run.place_of(table, id)?.ok_or_else(|| Error::no_such("hit"))?;
    let matcher = Matcher::new(&run.clauses, tier);
    let mut all = texts::own(run.view, &run.shown.plan, table, id, false)?.unwrap_or_default().1;
    all.extend(texts::of_parts(run.view, &run.shown.plan, table, id)?);
    let mut words: Vec<FoundWord> = Vec::new();
    let mut answered = vec![false; matcher.count()];
    for (field, text) in &all {
        for found in matcher.matches(field, text) {
            if let Some(answered) = answered.get_mut(found.word) {
                *answered = true;
            }
            let (word, as_written) = (matcher.word(found.word), &text[found.place]);
            match words.iter_mut().find(|known| known.word == word && known.found == as_written && known.field == *field) {
                Some(known) => known.count += 1,
                None => words.push(FoundWord { word: word.to_owned(), found: as_written.to_owned(), how: found.kind, field: field.clone(), count: 1 }),
            }
        }
    }
    words.sort_by_key(|found| found.how);
    let missing = answered.iter().enumerate().filter(|(_, answered)| !**answered).map(|(at, _)| matcher.word(at).to_owned()).collect();
    let found_by = match tier {
        Tier::Name => FoundBy::Name,
        Tier::Forms => FoundBy::Forms,
        Tier::Beginnings => FoundBy::Beginnings,
        Tier::Typos => FoundBy::Typos,
        Tier::Some => FoundBy::SomeWords,
    };
    Ok(Explanation { found_by, score: f64::from(place.score), words, missing })
}

//! What a user typed, taken apart. Any text is a query; none is an error.

use super::text::{self, Words, is_small, phone_at};

/// Characters of a query that are looked at.
const LONGEST: usize = 1_000;
/// Words, phrases and numbers of a query that are looked at.
const MOST_CLAUSES: usize = 32;
/// The fewest digits of a number written in one that is looked for among phone numbers, too.
const PLAIN_DIGITS: usize = 6;

/// What a record has to hold, or must not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    /// Records that hold it are left out.
    pub not: bool,
    /// Only this field is looked into.
    pub field: Option<String>,
    pub what: What,
}

/// What is looked for; all words folded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A word in any form.
    Word(String),
    /// Words as they are, one behind the other: a quoted phrase.
    Phrase(Vec<String>),
    /// The parts of one word (`acme-steel.pl`, `SN-48213`); the last one may be a beginning.
    Joined(Vec<String>),
    /// A phone number by its digits, in the ways it may have been noted; or the same as words.
    Phone(Vec<String>, Vec<String>),
}

/// Takes a query apart. `is_field` knows the names of searched fields.
pub(crate) fn parse(query: &str, is_field: impl Fn(&str) -> bool) -> Vec<Clause> {
    let end = query.char_indices().nth(LONGEST).map_or(query.len(), |(at, _)| at);
    let query = &query[..end];
    let mut clauses = Vec::new();
    let mut at = 0;
    while let Some(start) = query[at..].find(|letter: char| !letter.is_whitespace()).map(|offset| at + offset) {
        if clauses.len() == MOST_CLAUSES {
            break;
        }
        let (mut begin, mut not, mut field) = (start, false, None);
        if query[begin..].starts_with('-') && query[begin + 1..].starts_with(|letter: char| !letter.is_whitespace() && letter != '-') {
            (begin, not) = (begin + 1, true);
        }
        if let Some((name, rest)) = query[begin..].split_once(':')
            && is_field(name)
            && rest.starts_with(|letter: char| !letter.is_whitespace())
        {
            begin += name.len() + 1;
            field = Some(name.to_owned());
        }
        let (what, next) = what(query, begin);
        clauses.extend(what.map(|what| Clause { not, field, what }));
        at = next;
    }
    // Without words that carry meaning, all have to serve.
    let carries = |clause: &Clause| !clause.not && !matches!(&clause.what, What::Word(word) if is_small(word));
    if clauses.iter().any(carries) {
        clauses.retain(|clause| clause.not || clause.field.is_some() || carries(clause));
    }
    clauses
}

/// What stands at a place, and where the next begins.
fn what(query: &str, begin: usize) -> (Option<What>, usize) {
    let rest = &query[begin..];
    if let Some(quoted) = rest.strip_prefix('"') {
        let end = quoted.find('"').unwrap_or(quoted.len());
        let words = words(&quoted[..end]);
        return ((!words.is_empty()).then_some(What::Phrase(words)), (begin + end + 2).min(query.len()));
    }
    if rest.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '('))
        && let Some((digits, end)) = phone_at(query, begin)
    {
        return (Some(What::Phone(spellings(&digits), words(&query[begin..end]))), end);
    }
    let end = rest.find(|letter: char| letter.is_whitespace() || letter == '"').map_or(query.len(), |offset| begin + offset);
    let mut words = words(&query[begin..end]);
    let what = match words.len() {
        0 => None,
        1 => words.pop().map(|word| {
            if word.len() >= PLAIN_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit()) {
                What::Phone(spellings(&word), vec![word])
            } else {
                What::Word(word)
            }
        }),
        _ => Some(What::Joined(words)),
    };
    (what, end)
}

fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut all) = (Words::new(text), String::new(), Vec::new());
    while words.next(&mut word).is_some() {
        all.push(word.clone());
    }
    all
}

/// A number as it may have been noted: whole, without its prefix for calls abroad or far away, without its country.
fn spellings(digits: &str) -> Vec<String> {
    let mut all = vec![digits.to_owned()];
    let mut add = |digits: &str| {
        if digits.len() >= PLAIN_DIGITS && !all.iter().any(|known| known == digits) {
            all.push(digits.to_owned());
        }
    };
    if let Some(abroad) = digits.strip_prefix("00") {
        add(abroad);
    }
    if let Some(far) = digits.strip_prefix(['0', '8']) {
        add(far);
    }
    // A number noted without its country agrees in the last nine digits.
    if digits.len() > 9 {
        add(&digits[digits.len() - 9..]);
    }
    all
}

/// The query as one name: all of its words, unless it asks for more than words.
pub(crate) fn as_name(query: &str, clauses: &[Clause]) -> Option<String> {
    let plain = clauses.iter().all(|clause| !clause.not && clause.field.is_none() && !matches!(clause.what, What::Phone(..)));
    let whole = text::folded(query);
    (plain && !whole.is_empty()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(query: &str) -> Vec<Clause> {
        parse(query, |name| name == "name")
    }

    // D23
    #[test]
    fn queries_are_taken_apart() {
        let word = |word: &str| What::Word(word.into());
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let whats = |query: &str| parsed(query).into_iter().map(|clause| clause.what).collect::<Vec<_>>();
        assert_eq!(whats("Acme  Łódź"), [word("acme"), word("lodz")]);
        assert_eq!(whats("договор на поставку"), [word("договор"), word("поставку")]);
        assert_eq!(whats("to be"), [word("to"), word("be")]);
        assert_eq!(whats("\"new price\" x"), [What::Phrase(list(&["new", "price"])), word("x")]);
        assert_eq!(whats("jan@acme-steel.pl"), [What::Joined(list(&["jan", "acme", "steel", "pl"]))]);
        assert_eq!(whats("+7 (900) 123-45-67 иван")[1], word("иван"));
        assert!(matches!(&whats("8 900 123 45 67")[0], What::Phone(spellings, _) if spellings.contains(&"9001234567".to_owned())));
        let clauses = parsed("pump -name:\"old mill\" other:x - --");
        assert!(clauses[1].not && clauses[1].field.as_deref() == Some("name"));
        assert_eq!(clauses[2].what, What::Joined(list(&["other", "x"])));
        assert_eq!(clauses.len(), 3);
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(query in any::<String>(), odd in "[-\":+ (0-9a-zя]{0,40}") {
            parsed(&query);
            parsed(&odd);
        }
    }
}

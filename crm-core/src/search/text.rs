//! How texts become terms: words, folded and stemmed, phone numbers by their endings.
//!
//! A word yields itself, folded (lower case, no accents), and its stems, all at one position. Which language a word is in
//! is not asked: Cyrillic letters mean Russian, Latin ones English and Polish alike. The stemmers are Snowball's.

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The longest word kept, in bytes; longer ones are found by this beginning.
const LONGEST_WORD: usize = 120;
/// Stems remembered per thread.
const STEMS_KEPT: usize = 50_000;
/// Fewer digits make no phone number.
pub(crate) const LEAST_DIGITS: usize = 7;
/// More digits make no phone number, either (E.164).
const MOST_DIGITS: usize = 15;
/// The shortest ending of a phone number that finds it.
const SHORTEST_ENDING: usize = 6;
/// Marks terms that are endings of phone numbers.
pub(crate) const PHONE: char = '#';

/// Words that carry little meaning of their own: a query can do without them when it has others.
const SMALL: &[&str] = &[
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "by", "for", "with", "from", "is", "are", "was", "be", "as", "it", "s", "t", "и", "в", "во",
    "на", "с", "со", "по", "о", "об", "к", "ко", "у", "за", "из", "от", "до", "для", "не", "а", "но", "или", "что", "как", "w", "we", "z", "ze", "na", "do",
    "od", "o", "i", "oraz", "lub", "u", "po", "za", "dla", "nie", "sie", "jest", "przy", "pod", "nad",
];

/// Whether a folded word carries little meaning of its own.
pub(crate) fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

/// Walks over the words of a text. Letters and digits part from each other, so that `SN-482B` and `sn 482 b` are the same.
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    /// A script that does not part its words: each sign is one.
    Sign,
    Gap,
}

fn class(letter: char) -> Class {
    match letter {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '\0'..='\u{7f}' => Class::Gap,
        // Latin and Cyrillic letters, without a look into the tables of Unicode.
        '\u{d7}' | '\u{f7}' => Class::Gap,
        '\u{c0}'..='\u{24f}' | '\u{400}'..='\u{481}' => Class::Letter,
        '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => Class::Sign,
        _ if letter.is_numeric() => Class::Digit,
        _ if letter.is_alphabetic() || is_combining_mark(letter) => Class::Letter,
        _ => Class::Gap,
    }
}

impl<'a> Words<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Goes on at a byte position, which must be one between characters.
    pub fn from(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The next word's place; the word itself, folded, in `folded`.
    pub fn next(&mut self, folded: &mut String) -> Option<Range<usize>> {
        folded.clear();
        let mut start = None;
        let mut kind = Class::Gap;
        for (offset, letter) in self.text[self.at..].char_indices() {
            let (here, found) = (self.at + offset, class(letter));
            match start {
                None if found == Class::Gap => continue,
                None => (start, kind) = (Some(here), found),
                Some(_) if found != kind || kind == Class::Sign => {
                    self.at = here;
                    return start.map(|start| start..here);
                }
                Some(_) => {}
            }
            if folded.len() < LONGEST_WORD {
                fold(letter, folded);
            }
        }
        self.at = self.text.len();
        start.map(|start| start..self.text.len())
    }
}

/// Lower case without accents; `ё` is `е`, `й` stays a letter of its own.
fn fold(letter: char, folded: &mut String) {
    match letter {
        '\0'..='\u{7f}' => folded.push(letter.to_ascii_lowercase()),
        'а'..='я' => folded.push(letter),
        'ё' | 'Ё' => folded.push('е'),
        'ą' => folded.push('a'),
        'ć' => folded.push('c'),
        'ę' => folded.push('e'),
        'ł' => folded.push('l'),
        'ń' => folded.push('n'),
        'ó' => folded.push('o'),
        'ś' => folded.push('s'),
        'ź' | 'ż' => folded.push('z'),
        // The breve of a decomposed `й`.
        '\u{306}' if folded.ends_with('и') => {
            folded.pop();
            folded.push('й');
        }
        '\u{400}'..='\u{52f}' => folded.extend(letter.to_lowercase()),
        _ if is_combining_mark(letter) => {}
        _ => letter.to_lowercase().for_each(|lower| match lower {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            _ => decompose_canonical(lower, |part| {
                if !is_combining_mark(part) {
                    folded.push(part);
                }
            }),
        }),
    }
}

/// A whole text folded: its words with one space between them.
pub(crate) fn folded(text: &str) -> String {
    let (mut words, mut word, mut whole) = (Words::new(text), String::new(), String::new());
    while words.next(&mut word).is_some() {
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(&word);
    }
    whole
}

/// The stems of a word.
pub(crate) type Stems = Rc<[Box<str>]>;

thread_local! {
    static STEMS: RefCell<FxHashMap<Box<str>, Stems>> = RefCell::default();
}

/// The stems of a folded word that differ from it and from each other.
pub(crate) fn stems(word: &str) -> Stems {
    STEMS.with_borrow_mut(|known| {
        if let Some(stems) = known.get(word) {
            return stems.clone();
        }
        if known.len() >= STEMS_KEPT {
            known.clear();
        }
        let mut found: Vec<Box<str>> = Vec::new();
        for stem in both_stems(word).into_iter().flatten() {
            if *stem != *word && !found.contains(&stem) {
                found.push(stem);
            }
        }
        let stems: Stems = found.into();
        known.insert(word.into(), stems.clone());
        stems
    })
}

/// The stem of each language that the word may be in.
pub(crate) fn both_stems(word: &str) -> [Option<Box<str>>; 2] {
    let Some(first) = word.chars().next() else { return [None, None] };
    if word.len() < 3 {
        return [None, None];
    }
    match first {
        'a'..='z' => {
            let polish = if word.len() >= 6 && word.ends_with("ow") { word[..word.len() - 2].into() } else { stem(Algorithm::Polish, word) };
            [Some(stem(Algorithm::English, word)), Some(without_fleeting(polish))]
        }
        '\u{400}'..='\u{52f}' => [Some(without_fleeting(stem(Algorithm::Russian, word))), None],
        _ => [None, None],
    }
}

fn stem(algorithm: Algorithm, word: &str) -> Box<str> {
    Stemmer::new(algorithm).stem(word).into()
}

/// Drops the vowel that Polish and Russian put between a stem's last consonants when no ending follows (`wózek`, `wózka`;
/// `поставок`, `поставка`). What it is dropped from need not be such a word: all forms of a word lose it alike.
fn without_fleeting(stem: Box<str>) -> Box<str> {
    let letters: Vec<char> = stem.chars().collect();
    let [head @ .., vowel, last] = letters.as_slice() else { return stem };
    let fleeting = matches!((vowel, last), ('e', 'k' | 'c') | ('о', 'к') | ('е', 'к' | 'ц'));
    let head = if (*vowel, *last) == ('e', 'c') && head.last() == Some(&'i') { &head[..head.len() - 1] } else { head };
    let consonant = head.last().is_some_and(|letter| !"aeiouyаеиоуыэюяйьъ".contains(*letter));
    if fleeting && consonant && head.len() >= 3 { head.iter().chain([last]).collect::<String>().into() } else { stem }
}

/// The digits of a phone number that begins here, and where it ends; `None` when none does.
pub(crate) fn phone_at(text: &str, start: usize) -> Option<(String, usize)> {
    let (mut digits, mut end, mut gap) = (String::new(), start, 0);
    for (offset, letter) in text[start..].char_indices() {
        match letter {
            '0'..='9' => {
                digits.push(letter);
                (end, gap) = (start + offset + 1, 0);
            }
            '+' if offset == 0 => {}
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' if gap < 2 => gap += 1,
            // A letter right behind the digits makes them part of a code.
            _ if gap == 0 && class(letter) == Class::Letter => return None,
            _ => break,
        }
    }
    (LEAST_DIGITS..=MOST_DIGITS).contains(&digits.len()).then_some((digits, end))
}

/// The endings by which a number of these digits is found, longest first.
pub(crate) fn endings(digits: &str) -> impl Iterator<Item = &str> {
    (0..=digits.len().saturating_sub(SHORTEST_ENDING)).map(move |from| &digits[from..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(words: &str) {
        let stems_of = |word: &str| {
            let word = folded(word);
            let mut all: Vec<String> = stems(&word).iter().map(|stem| stem.to_string()).collect();
            all.push(word);
            all
        };
        let mut words = words.split(' ');
        let first = stems_of(words.next().unwrap_or_default());
        for other in words {
            assert!(stems_of(other).iter().any(|stem| first.contains(stem)), "{other} is none of {first:?}");
        }
    }

    // D23
    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            "contract contracts contracted",
            "delivery deliveries",
            "negotiate negotiated negotiating",
            "umowa umowy umową umowę umów umowom",
            "dostawca dostawców dostawcow dostawcy",
            "wózek wózka wózki",
            "spółka spółek",
            "договор договоры договором договоров",
            "поставка поставку поставок",
            "счёт счета счетов",
        ] {
            same(forms);
        }
    }

    #[test]
    fn words_are_folded_and_parted() {
        assert_eq!(folded("  Łódź, Röder & São-Paulo; Ёлкина й И\u{306}"), "lodz roder sao paulo елкина й й");
        assert_eq!(folded("SN-48213B"), folded("sn 48213 b"));
        assert_eq!(folded("東京"), "東 京");
        assert_eq!(phone_at("+7 (900) 123-45-67, x", 0), Some(("79001234567".to_owned(), 18)));
        assert_eq!(phone_at("1234567A", 0), None);
        assert_eq!(phone_at("12 34", 0), None);
    }
}

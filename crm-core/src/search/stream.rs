//! The text of a document as tantivy's analysis sees it.
//!
//! A document's searchable texts are one text. Marks in it say which field what follows belongs to: each field has a
//! *slot*, a range of positions of its own, so a position tells the field. That is how a word is searched in one field
//! (`name:acme`), and how words of hidden fields are passed over.

use super::text::{self, Stems, Words};
use std::rc::Rc;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// A mark of a slot follows: its number, and how much its words weigh.
const SLOT: char = '\u{1}';
/// Further values of one field follow at a distance, so that no phrase reaches from one into the next.
const NEXT: char = '\u{2}';
/// Positions between two values of one field.
const DISTANCE: usize = 16;
/// Slot numbers are written as characters from here on, below the surrogates.
const FIRST: u32 = 0x100;
/// Positions of one slot.
const BITS: usize = 17;
/// The last slot there is.
pub(crate) const LAST_SLOT: u16 = 32_000;

/// The slot of a position.
pub(crate) fn slot(position: u32) -> u16 {
    (position >> BITS) as u16
}

/// Puts a document's text together, slot after slot.
#[derive(Default)]
pub(crate) struct Texts {
    whole: String,
    open: Option<u16>,
}

impl Texts {
    /// Adds a value of a field. Slots must come in their order.
    pub fn push(&mut self, slot: u16, weight: u8, text: &str) {
        if self.open == Some(slot) {
            self.whole.push(NEXT);
        } else {
            let number = char::from_u32(FIRST + u32::from(slot.min(LAST_SLOT))).unwrap_or(NEXT);
            self.whole.extend([SLOT, number, char::from(b'0' + weight)]);
            self.open = Some(slot);
        }
        if text.contains([SLOT, NEXT]) {
            self.whole.extend(text.chars().filter(|letter| !matches!(*letter, SLOT | NEXT)));
        } else {
            self.whole.push_str(text);
        }
    }

    pub fn finish(self) -> String {
        self.whole
    }
}

/// The analysis of a document's whole text.
#[derive(Clone, Default)]
pub(crate) struct Body;

/// The analysis of names for type-ahead: their words, and the name as a whole behind [`WHOLE`].
#[derive(Clone, Default)]
pub(crate) struct Name;

/// Marks terms that are whole names.
pub(crate) const WHOLE: char = '=';

impl Tokenizer for Body {
    type TokenStream<'a> = BodyStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> BodyStream<'a> {
        BodyStream {
            text,
            at: 0,
            end: 0,
            token: Token::default(),
            next: 0,
            weight: 1,
            word: String::new(),
            stems: Rc::new([]),
            form: 0,
            times: 0,
            digits: None,
        }
    }
}

/// The terms of a document, in order.
pub(crate) struct BodyStream<'a> {
    text: &'a str,
    /// Where the next word is looked for, and where the field's text ends.
    at: usize,
    end: usize,
    token: Token,
    next: usize,
    weight: u8,
    word: String,
    stems: Stems,
    /// Which form of the word comes next: itself, then its stems.
    form: usize,
    /// How often the present form is still to come.
    times: u8,
    /// Digits of a phone number whose endings are still to come, from this one on.
    digits: Option<(String, usize)>,
}

impl BodyStream<'_> {
    /// Opens the next field, or the next value of this one; false at the end.
    fn open(&mut self) -> bool {
        let mut rest = self.text[self.end..].char_indices();
        match rest.next() {
            Some((_, SLOT)) => {
                let number = rest.next().map_or(0, |(_, number)| (number as u32).saturating_sub(FIRST));
                self.weight = rest.next().map_or(1, |(_, weight)| (weight as u8).saturating_sub(b'0').max(1));
                self.next = (number as usize) << BITS;
            }
            Some((_, NEXT)) => self.next += DISTANCE,
            _ => return false,
        }
        self.at = rest.next().map_or(self.text.len(), |(offset, _)| self.end + offset);
        self.end = self.text[self.at..].find([SLOT, NEXT]).map_or(self.text.len(), |offset| self.at + offset);
        true
    }

    fn give(&mut self) {
        self.token.text.clear();
        match self.form {
            0 => self.token.text.push_str(&self.word),
            form => self.token.text.push_str(&self.stems[form - 1]),
        }
    }

    /// The next ending of the phone number at hand.
    fn ending(&mut self) -> bool {
        let Some((digits, from)) = &mut self.digits else { return false };
        let Some(ending) = text::endings(digits).nth(*from) else {
            self.digits = None;
            return false;
        };
        self.token.text.clear();
        self.token.text.push(text::PHONE);
        self.token.text.push_str(ending);
        *from += 1;
        true
    }
}

impl TokenStream for BodyStream<'_> {
    fn advance(&mut self) -> bool {
        if self.times > 0 {
            self.times -= 1;
            return true;
        }
        if self.ending() {
            return true;
        }
        if !self.word.is_empty() && self.form < self.stems.len() {
            self.form += 1;
            self.times = self.weight - 1;
            self.give();
            return true;
        }
        loop {
            let mut words = Words::from(&self.text[..self.end], self.at);
            if let Some(place) = words.next(&mut self.word) {
                let after_digit = self.text[..place.start].ends_with(|letter: char| letter.is_ascii_digit());
                if self.word.starts_with(|letter: char| letter.is_ascii_digit()) && place.start >= self.phone_end() && !after_digit {
                    let start = if self.text[..place.start].ends_with('+') { place.start - 1 } else { place.start };
                    self.digits = text::phone_at(&self.text[..self.end], start).map(|(digits, end)| {
                        self.token.offset_to = end;
                        (digits, 0)
                    });
                }
                (self.at, self.form, self.times) = (place.end, 0, self.weight - 1);
                self.token.position = self.next;
                // A slot's last position takes all words that are too many.
                if (self.next + 1) >> BITS == self.next >> BITS {
                    self.next += 1;
                }
                self.token.offset_from = place.start;
                self.stems = text::stems(&self.word);
                self.give();
                return true;
            }
            if !self.open() {
                return false;
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

impl BodyStream<'_> {
    /// Where the last phone number ended: its later groups do not begin another one.
    fn phone_end(&self) -> usize {
        self.token.offset_to
    }
}

impl Tokenizer for Name {
    type TokenStream<'a> = NameStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> NameStream {
        let whole = text::folded(text);
        let mut terms: Vec<String> = whole.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        terms.push(format!("{WHOLE}{whole}"));
        NameStream { terms: terms.into_iter(), token: Token::default() }
    }
}

/// The terms of a name.
pub(crate) struct NameStream {
    terms: std::vec::IntoIter<String>,
    token: Token,
}

impl TokenStream for NameStream {
    fn advance(&mut self) -> bool {
        self.token.position = self.token.position.wrapping_add(1);
        self.terms.next().map(|term| self.token.text = term).is_some()
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_stand_in_the_slot_of_their_field() {
        let mut texts = Texts::default();
        texts.push(2, 1, "Umowy \u{1}2");
        texts.push(5, 2, "+7 (900) 123-45-67");
        texts.push(5, 2, "ok");
        let whole = texts.finish();
        let mut body = Body;
        let mut stream = body.token_stream(&whole);
        let mut terms = Vec::new();
        while let Some(token) = stream.next() {
            terms.push((slot(token.position as u32), token.position % (1 << BITS), token.text.clone()));
        }
        assert!(terms.contains(&(2, 0, "umowy".into())) && terms.contains(&(2, 0, "umow".into())) && terms.contains(&(2, 1, "2".into())), "{terms:?}");
        assert_eq!(terms.iter().filter(|term| **term == (5, 0, "7".into())).count(), 2);
        assert!(terms.contains(&(5, 0, "#9001234567".into())) && terms.contains(&(5, 4, "67".into())), "{terms:?}");
        assert_eq!(terms.last(), Some(&(5, 4 + 1 + DISTANCE, "ok".into())), "values of a field stand apart");
        assert!(terms.windows(2).all(|pair| (pair[0].0, pair[0].1) <= (pair[1].0, pair[1].1)), "positions never go back");
    }
}

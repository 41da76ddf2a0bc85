//! The part of a record's texts that shows why it was found.

use super::matcher::Match;
use crate::engine::declare::outcome;

/// The longest snippet, in characters, marks of what is left out aside.
const LENGTH: usize = 200;
/// Characters shown before the first word found.
const LEAD: usize = 40;
/// Stands for what is left out.
const CUT: char = '…';

outcome! {
    /// A stretch of a snippet that answers the query.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Highlight as for_highlight {
        /// Its first character, counted in Unicode code points from 0.
        pub start: i64,
        /// The character after its last one.
        pub end: i64,
    }
}

/// A snippet as plain text, with its highlights, and as HTML.
#[derive(Debug, Default)]
pub(crate) struct Snippet {
    pub text: String,
    pub highlights: Vec<Highlight>,
    pub html: String,
}

/// Chooses among a record's texts, each with what answers the query in it, and cuts out the stretch that answers most.
pub(crate) fn snippet<'a>(texts: impl Iterator<Item = (&'a str, Vec<Match>)>) -> Snippet {
    let mut best: Option<(usize, &str, Vec<Match>, usize)> = None;
    for (text, matches) in texts {
        let (distinct, first) = densest(text, &matches);
        if best.as_ref().is_none_or(|(most, ..)| distinct > *most) {
            best = Some((distinct, text, matches, first));
        }
    }
    best.map_or_else(Snippet::default, |(_, text, matches, first)| cut(text, &matches, first))
}

/// The first match of the stretch that answers most words, and how many it answers.
fn densest(text: &str, matches: &[Match]) -> (usize, usize) {
    let mut best = (0, 0);
    for (at, first) in matches.iter().enumerate() {
        let within = matches[at..].iter().take_while(|found| text[first.place.start..found.place.end].chars().count() + LEAD <= LENGTH);
        let mut words: Vec<usize> = within.map(|found| found.word).collect();
        words.sort_unstable();
        words.dedup();
        if words.len() > best.0 {
            best = (words.len(), at);
        }
    }
    best
}

fn cut(text: &str, matches: &[Match], first: usize) -> Snippet {
    let focus = matches.get(first).map_or(0, |found| found.place.start);
    let before = text[..focus].char_indices().rev().take(LEAD).last().map_or(focus, |(at, _)| at);
    // A stretch begins and ends between words.
    let start = if before == 0 { 0 } else { text[before..focus].find(char::is_whitespace).map_or(focus, |offset| before + offset).min(focus) };
    let start = start + (text[start..].len() - text[start..].trim_start().len());
    let end = match text[start..].char_indices().nth(LENGTH) {
        None => text.len(),
        Some((length, _)) => text[start..start + length].rfind(char::is_whitespace).map_or(start + length, |offset| start + offset),
    };
    let mut snippet = Snippet::default();
    let mut length = 0;
    let mut add = |snippet: &mut Snippet, part: &str| {
        for letter in part.chars() {
            let letter = if letter.is_whitespace() || letter.is_control() { ' ' } else { letter };
            snippet.text.push(letter);
            escape(letter, &mut snippet.html);
            length += 1;
        }
        length
    };
    if start > 0 {
        add(&mut snippet, &CUT.to_string());
    }
    let mut at = start;
    for found in matches.iter().filter(|found| found.place.start >= start && found.place.end <= end) {
        let from = add(&mut snippet, &text[at..found.place.start]);
        snippet.html.push_str("<mark>");
        let to = add(&mut snippet, &text[found.place.clone()]);
        snippet.html.push_str("</mark>");
        snippet.highlights.push(Highlight { start: from, end: to });
        at = found.place.end;
    }
    add(&mut snippet, &text[at.min(end)..end]);
    if end < text.trim_end().len() {
        add(&mut snippet, &CUT.to_string());
    }
    snippet
}

fn escape(letter: char, html: &mut String) {
    match letter {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        '\'' => html.push_str("&#39;"),
        _ => html.push(letter),
    }
}

/// At most `length` characters of the first line of a text.
pub(crate) fn first_line(text: &str, length: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    match line.char_indices().nth(length) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}{CUT}", line[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::matcher::Matcher;
    use super::super::parse::parse;
    use super::super::query::Tier;
    use super::*;
    use proptest::prelude::*;

    fn of(query: &str, text: &str) -> Snippet {
        let matcher = Matcher::new(&parse(query, |_| false), Tier::Some);
        snippet([(text, matcher.matches("text", text))].into_iter())
    }

    // D23
    #[test]
    fn highlights_are_told_as_ranges_and_as_html() {
        let found = of("umowa acme", "<b>Rozmowa</b> o umowie z \"Acme\"");
        assert_eq!(found.html, "&lt;b&gt;Rozmowa&lt;/b&gt; o <mark>umowie</mark> z &quot;<mark>Acme</mark>&quot;");
        let marked: Vec<String> =
            found.highlights.iter().map(|mark| found.text.chars().skip(mark.start as usize).take((mark.end - mark.start) as usize).collect()).collect();
        assert_eq!(marked, ["umowie", "Acme"]);
        let long = of("needle", &format!("{} needle {}", "hay ".repeat(200), "hay ".repeat(200)));
        assert!(long.text.starts_with(CUT) && long.text.ends_with(CUT) && long.text.chars().count() <= LENGTH + 2, "{}", long.text);
    }

    proptest! {
        #[test]
        fn any_text_has_a_snippet(query in "[a-cа-в0-9\" ]{0,12}", text in "[a-cа-в0-9+() <\n&łé]{0,600}") {
            let found = of(&query, &text);
            let length = found.text.chars().count() as i64;
            prop_assert!(length <= LENGTH as i64 + 2);
            prop_assert!(found.highlights.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(found.highlights.iter().all(|mark| 0 <= mark.start && mark.start < mark.end && mark.end <= length));
            prop_assert!(!found.html.replace("<mark>", "").replace("</mark>", "").contains('<'));
        }
    }
}

//! From a text to tokens and to a tree: limits of what is read, numbers of parameters, and the names that result columns have.

use super::dialect::{Sqlite, keyword};
use crate::engine::error::{Error, Result};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};
use std::collections::HashMap;

/// How many operators may follow one another within a pair of parentheses: SQLite goes no deeper, either.
const MAX_OPERATORS: usize = 1_000;
/// How many queries may be joined by `union` and the like.
const MAX_UNIONS: usize = 500;
/// The greatest number of a parameter.
const MAX_PARAMETER: usize = 999;

/// A text that was read.
pub(super) struct Text {
    tokens: Vec<TokenWithSpan>,
    /// How many values must be bound.
    pub params: usize,
    /// The texts of the columns that are selected, by the place of their `select`.
    pub columns: HashMap<Location, Vec<String>>,
    /// The hints of common table expressions, by the places of their closing parentheses.
    pub hints: HashMap<Location, &'static str>,
}

/// What stands between two parentheses.
#[derive(Default)]
struct Level {
    operators: usize,
    unions: usize,
    hint: Option<&'static str>,
    /// The list of columns that is being read: its `select`, where the present column begins, and what was read before.
    list: Option<(Location, Option<usize>, Vec<String>)>,
}

impl Level {
    /// Ends a column, and the list with it unless another follows.
    fn end(&mut self, text: &str, at: usize, columns: &mut HashMap<Location, Vec<String>>, another: bool) {
        let Some((_, begin, found)) = &mut self.list else { return };
        if let Some(begin) = begin.take() {
            found.push(text[begin..at].trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']).to_owned());
        }
        if !another && let Some((select, _, found)) = self.list.take() {
            columns.insert(select, found);
        }
    }
}

/// Reads a text of a filter or a statement, as `place` says; parameters are numbered from `params` on, in the order of the text.
pub(super) fn read(place: &str, text: &str, params: usize) -> Result<Text> {
    let wrong = |reason: String| Error::invalid(place, reason);
    if text.contains('\0') {
        return Err(wrong("the character NUL cannot be used; bind it as a parameter".into()));
    }
    let all = Tokenizer::new(&Sqlite, text).tokenize_with_location().map_err(|error| syntax(place, error.into()))?;
    let mut read = Text { tokens: Vec::with_capacity(all.len() / 2), params, columns: HashMap::new(), hints: HashMap::new() };
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut levels = vec![Level::default()];
    let (mut letters, mut here) = (text.char_indices(), Location { line: 1, column: 1 });
    let mut sign = None;
    for mut token in all {
        while here < token.span.start {
            match letters.next() {
                Some((_, '\n')) => here = Location { line: here.line + 1, column: 1 },
                Some(_) => here.column += 1,
                None => break,
            }
        }
        let (mut at, place_of) = (letters.offset(), token.span.start);
        // `:name` and `@name` come in two parts.
        if let Some((mark, begin)) = sign.take() {
            let Token::Word(word) = &token.token else { return Err(wrong(format!("syntax error: `{mark}` begins no expression"))) };
            token.token = Token::Placeholder(format!("{mark}{}", word.value));
            at = begin;
        }
        match &token.token {
            Token::Whitespace(_) => continue,
            Token::HexStringLiteral(digits) if text[at..].starts_with('0') => token.token = Token::Number(format!("0x{digits}"), false),
            Token::Colon | Token::AtSign => {
                sign = Some((token.token, at));
                continue;
            }
            _ => {}
        }
        if let Token::Placeholder(name) = &mut token.token {
            let number = match name.strip_prefix('?') {
                Some("") => read.params + 1,
                Some(number) => number.parse().unwrap_or(0),
                None => *names.entry(name.clone()).or_insert(read.params + 1),
            };
            if !(1..=MAX_PARAMETER).contains(&number) {
                return Err(wrong(format!("parameters are written ?, or ?1 to ?{MAX_PARAMETER}")));
            }
            read.params = read.params.max(number);
            *name = format!("?{number}");
        }
        let before = |back: usize| read.tokens.len().checked_sub(back).and_then(|at| read.tokens.get(at)).map(|token| &token.token);
        let word = match &token.token {
            Token::Word(word) if before(1) != Some(&Token::Period) => keyword(word),
            _ => Keyword::NoKeyword,
        };
        let is = |token: Option<&Token>, wanted: Keyword| matches!(token, Some(Token::Word(word)) if keyword(word) == wanted);
        let Some(level) = levels.last_mut() else { return Err(wrong("syntax error: a parenthesis too many".into())) };
        match (&token.token, word) {
            (Token::LParen, _) => {
                let mut inner = Level::default();
                if is(before(1), Keyword::MATERIALIZED) && (is(before(2), Keyword::AS) || is(before(2), Keyword::NOT) && is(before(3), Keyword::AS)) {
                    let negated = is(before(2), Keyword::NOT);
                    inner.hint = Some(if negated { "not materialized " } else { "materialized " });
                    read.tokens.truncate(read.tokens.len() - 1 - usize::from(negated));
                }
                if let Some((_, begin @ None, _)) = &mut level.list {
                    *begin = Some(at);
                }
                levels.push(inner);
            }
            (Token::RParen, _) => {
                level.end(text, at, &mut read.columns, false);
                if let Some(hint) = level.hint {
                    read.hints.insert(place_of, hint);
                }
                levels.pop();
            }
            (Token::Comma, _) => {
                level.end(text, at, &mut read.columns, true);
                level.operators = 0;
            }
            (Token::SemiColon, _) => level.end(text, at, &mut read.columns, false),
            (_, Keyword::SELECT) => {
                level.end(text, at, &mut read.columns, false);
                level.list = Some((place_of, None, Vec::new()));
                level.operators = 0;
            }
            (_, Keyword::FROM) if is(before(1), Keyword::DISTINCT) && (is(before(2), Keyword::IS) || is(before(2), Keyword::NOT)) => {}
            (
                _,
                Keyword::FROM
                | Keyword::WHERE
                | Keyword::GROUP
                | Keyword::HAVING
                | Keyword::ORDER
                | Keyword::LIMIT
                | Keyword::UNION
                | Keyword::EXCEPT
                | Keyword::INTERSECT,
            ) => {
                level.end(text, at, &mut read.columns, false);
                level.operators = 0;
                level.unions += usize::from(matches!(word, Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT));
            }
            (_, Keyword::ON | Keyword::WHEN | Keyword::THEN | Keyword::ELSE) => level.operators = 0,
            (_, Keyword::DISTINCT | Keyword::ALL) if is(before(1), Keyword::SELECT) => {}
            (other, _) => {
                if let Some((_, begin @ None, _)) = &mut level.list {
                    *begin = Some(at);
                }
                let operand = matches!(other, Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_));
                let operates = matches!(
                    word,
                    Keyword::AND | Keyword::OR | Keyword::NOT | Keyword::IS | Keyword::IN | Keyword::LIKE | Keyword::GLOB | Keyword::BETWEEN | Keyword::COLLATE
                );
                level.operators += usize::from(!operand || operates);
            }
        }
        if levels.last().is_some_and(|level| level.operators > MAX_OPERATORS || level.unions > MAX_UNIONS) {
            return Err(wrong(format!("more than {MAX_OPERATORS} operators in one expression, or {MAX_UNIONS} queries in one union")));
        }
        read.tokens.push(token);
    }
    if let Some(level) = levels.last_mut() {
        level.end(text, text.len(), &mut read.columns, false);
    }
    Ok(read)
}

impl Text {
    /// The tree that `parse` makes of the whole text; parentheses and queries may nest as deep as `depth`.
    pub fn parse<T>(&mut self, place: &str, depth: usize, parse: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>) -> Result<T> {
        let mut parser = Parser::new(&Sqlite).with_recursion_limit(depth).with_tokens_with_locations(std::mem::take(&mut self.tokens));
        let tree = parse(&mut parser).map_err(|error| syntax(place, error))?;
        let rest = parser.peek_token();
        match rest.token {
            Token::EOF => Ok(tree),
            other => Err(Error::invalid(place, format!("syntax error: it ends before {}", shown(&other, rest.span.start)))),
        }
    }

    /// The word that the text begins with.
    pub fn first_word(&self) -> Option<&str> {
        let words = self.tokens.iter().find(|token| token.token != Token::LParen);
        words.and_then(|token| if let Token::Word(word) = &token.token { Some(word.value.as_str()) } else { None })
    }

    /// Takes the semicolons off the end.
    pub fn without_end(&mut self) {
        while self.tokens.last().is_some_and(|token| token.token == Token::SemiColon) {
            self.tokens.pop();
        }
    }
}

/// What was found where it does not belong: values are not told.
fn shown(token: &Token, place: Location) -> String {
    let what = match token {
        Token::Word(_) => format!("`{token}`"),
        Token::Number(..) => "a number".into(),
        Token::SingleQuotedString(_) | Token::HexStringLiteral(_) | Token::NationalStringLiteral(_) => "a text".into(),
        other => format!("`{other}`"),
    };
    format!("{what} at line {}, column {}", place.line, place.column)
}

/// The parser's error without what it quotes of the text.
fn syntax(place: &str, error: ParserError) -> Error {
    let told = match &error {
        ParserError::RecursionLimitExceeded => return Error::invalid(place, "nested too deeply"),
        ParserError::TokenizerError(told) | ParserError::ParserError(told) => told,
    };
    let (told, at) = told.rsplit_once(" at Line: ").map_or((told.as_str(), String::new()), |(told, at)| (told, format!(" at line {}", at.to_lowercase())));
    let expected = told.split_once(", found:").map_or(told, |(expected, _)| expected);
    Error::invalid(place, format!("syntax error: {expected}{at}"))
}

//! From a text to tokens and to a tree: limits of what is read, numbers of parameters, and the names that result columns have.

use super::dialect::{RESERVED, Sqlite, keyword};
use crate::engine::error::{Error, Result};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};
use std::collections::HashMap;

/// How many operators may follow one another within a pair of parentheses. Of those that hang together, SQLite takes 1,000.
const MAX_OPERATORS: usize = 2_000;
/// How many queries may be joined by `union` and the like.
const MAX_UNIONS: usize = 500;
/// The greatest number of a parameter of a filter, and of a statement.
const MAX_PARAMETER: usize = 999;
const MAX_SQL_PARAMETER: usize = 32_766;

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
    if text.contains('\0') {
        return Err(Error::invalid(place, "the character NUL cannot be used; bind it as a parameter"));
    }
    let all = Tokenizer::new(&Sqlite, text).tokenize_with_location().map_err(|error| syntax(place, error.into()))?;
    let read = Text { tokens: Vec::with_capacity(all.len() / 2 + 8), params, columns: HashMap::new(), hints: HashMap::new() };
    let mut reader = Reader { place, text, read, names: HashMap::new(), levels: vec![Level::default()] };
    let (mut letters, mut here, mut mark) = (text.char_indices(), Location { line: 1, column: 1 }, None);
    for mut token in all {
        if matches!(token.token, Token::Whitespace(_)) {
            continue;
        }
        while here < token.span.start {
            match letters.next() {
                Some((_, '\n')) => here = Location { line: here.line + 1, column: 1 },
                Some(_) => here.column += 1,
                None => break,
            }
        }
        let mut at = letters.offset();
        // `:name` and `@name` come in two parts.
        if let Some((first, begin)) = mark.take() {
            let Token::Word(word) = &token.token else { return Err(reader.wrong(format!("syntax error: `{first}` begins no expression"))) };
            (token.token, at) = (Token::Placeholder(format!("{first}{}", word.value)), begin);
        }
        if matches!(token.token, Token::Colon | Token::AtSign) {
            mark = Some((token.token, at));
            continue;
        }
        reader.token(token, at)?;
    }
    if let Some(level) = reader.levels.last_mut() {
        level.end(text, text.len(), &mut reader.read.columns, false);
    }
    Ok(reader.read)
}

/// What goes through the tokens of a text.
struct Reader<'a> {
    place: &'a str,
    text: &'a str,
    read: Text,
    /// The numbers of parameters that have names.
    names: HashMap<String, usize>,
    levels: Vec<Level>,
}

impl Reader<'_> {
    fn wrong(&self, reason: String) -> Error {
        Error::invalid(self.place, reason)
    }

    /// The token before the last so many; 1 is the last.
    fn before(&self, back: usize) -> Option<&Token> {
        self.read.tokens.len().checked_sub(back).and_then(|at| self.read.tokens.get(at)).map(|token| &token.token)
    }

    /// Whether a word stood there.
    fn was(&self, back: usize, word: Keyword) -> bool {
        matches!(self.before(back), Some(Token::Word(found)) if keyword(found) == word)
    }

    fn token(&mut self, mut token: TokenWithSpan, at: usize) -> Result<()> {
        match &mut token.token {
            Token::HexStringLiteral(digits) if self.text[at..].starts_with('0') => token.token = Token::Number(format!("0x{digits}"), false),
            Token::Placeholder(name) => {
                let (most, params) = (if self.place == "sql" { MAX_SQL_PARAMETER } else { MAX_PARAMETER }, self.read.params);
                let number = match name.strip_prefix('?') {
                    Some("") => params + 1,
                    Some(number) => number.parse().unwrap_or(0),
                    None if self.place == "sql" => *self.names.entry(name.clone()).or_insert(params + 1),
                    None => 0,
                };
                if !(1..=most).contains(&number) {
                    return Err(self.wrong(format!("parameters are written ? or ?1, up to ?{most}")));
                }
                self.read.params = params.max(number);
                *name = format!("?{number}");
            }
            _ => {}
        }
        let word = match &token.token {
            Token::Word(word) if self.before(1) != Some(&Token::Period) => keyword(word),
            _ => Keyword::NoKeyword,
        };
        self.level(&token, word, at)?;
        self.push(token, word);
        Ok(())
    }

    /// Counts operators and queries, and notes where columns begin and end.
    fn level(&mut self, token: &TokenWithSpan, word: Keyword, at: usize) -> Result<()> {
        let after_select = self.was(1, Keyword::SELECT);
        let within_is = self.was(1, Keyword::DISTINCT) && (self.was(2, Keyword::IS) || self.was(2, Keyword::NOT));
        let hint = (*token == Token::LParen).then(|| self.hint()).flatten();
        let columns = &mut self.read.columns;
        let Some(level) = self.levels.last_mut() else { return Err(Error::invalid(self.place, "syntax error: a parenthesis too many")) };
        match (&token.token, word) {
            (Token::RParen, _) => {
                level.end(self.text, at, columns, false);
                if let Some(hint) = level.hint {
                    self.read.hints.insert(token.span.start, hint);
                }
                self.levels.pop();
                return Ok(());
            }
            (Token::Comma, _) => {
                level.end(self.text, at, columns, true);
                level.operators = 0;
            }
            (Token::SemiColon, _) => level.end(self.text, at, columns, false),
            (_, Keyword::FROM) if within_is => {}
            (
                _,
                Keyword::SELECT
                | Keyword::FROM
                | Keyword::WHERE
                | Keyword::GROUP
                | Keyword::HAVING
                | Keyword::ORDER
                | Keyword::LIMIT
                | Keyword::UNION
                | Keyword::EXCEPT
                | Keyword::INTERSECT,
            ) => {
                level.end(self.text, at, columns, false);
                level.operators = 0;
                match word {
                    Keyword::SELECT => level.list = Some((token.span.start, None, Vec::new())),
                    Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT => level.unions += 1,
                    _ => {}
                }
            }
            (_, Keyword::ON | Keyword::WHEN | Keyword::THEN | Keyword::ELSE) => level.operators = 0,
            (_, Keyword::DISTINCT | Keyword::ALL) if after_select => {}
            (other, _) => {
                if let Some((_, begin @ None, _)) = &mut level.list {
                    *begin = Some(at);
                }
                let operand = matches!(other, Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_) | Token::LParen);
                level.operators += usize::from(!operand || OPERATORS.contains(&word));
            }
        }
        if level.operators > MAX_OPERATORS || level.unions > MAX_UNIONS {
            return Err(self.wrong(format!("more than {MAX_OPERATORS} operators in one expression, or {MAX_UNIONS} queries in one union")));
        }
        if *token == Token::LParen {
            self.levels.push(Level { hint, ..Level::default() });
        }
        Ok(())
    }

    /// Takes the hint off that stands before the parenthesis of a common table expression; the parser knows none.
    fn hint(&mut self) -> Option<&'static str> {
        if !self.was(1, Keyword::MATERIALIZED) {
            return None;
        }
        let (hint, words) = match (self.was(2, Keyword::AS), self.was(2, Keyword::NOT) && self.was(3, Keyword::AS)) {
            (true, _) => ("materialized ", 1),
            (_, true) => ("not materialized ", 2),
            _ => return None,
        };
        self.read.tokens.truncate(self.read.tokens.len() - words);
        Some(hint)
    }

    /// Keeps a token. What SQLite says in words of its own is put as the parser knows it: `isnull`, `is` between any two values, `glob`, `in` before a
    /// table (which it takes for UNNEST, a word that SQLite does not have).
    fn push(&mut self, token: TokenWithSpan, word: Keyword) {
        let span = token.span;
        let put = |tokens: &mut Vec<TokenWithSpan>, words: &[&str]| tokens.extend(words.iter().map(|word| TokenWithSpan::new(Token::make_keyword(word), span)));
        let plain = matches!(word, Keyword::NULL | Keyword::TRUE | Keyword::FALSE | Keyword::DISTINCT);
        let negated = self.was(1, Keyword::NOT);
        if self.was(1, Keyword::IS) && !plain && word != Keyword::NOT {
            put(&mut self.read.tokens, &["NOT", "DISTINCT", "FROM"]);
        } else if negated && self.was(2, Keyword::IS) && !plain {
            self.read.tokens.pop();
            put(&mut self.read.tokens, &["DISTINCT", "FROM"]);
        }
        match &token.token {
            Token::Word(name) if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("isnull") => return put(&mut self.read.tokens, &["IS", "NULL"]),
            Token::Word(name)
                if matches!(word, Keyword::GLOB | Keyword::MATCH | Keyword::REGEXP) && self.before(1 + usize::from(negated)).is_some_and(ends_operand) =>
            {
                self.read.tokens.truncate(self.read.tokens.len() - usize::from(negated));
                let operator = format!("{}{}", if negated { "not " } else { "" }, name.value.to_lowercase());
                return self.read.tokens.push(TokenWithSpan::new(Token::CustomBinaryOperator(operator), span));
            }
            Token::Word(_) if self.was(1, Keyword::IN) => {
                put(&mut self.read.tokens, &["UNNEST"]);
                return self.read.tokens.extend([TokenWithSpan::new(Token::LParen, span), token, TokenWithSpan::new(Token::RParen, span)]);
            }
            _ => {}
        }
        self.read.tokens.push(token);
    }
}

/// Words that count as operators.
const OPERATORS: [Keyword; 9] =
    [Keyword::AND, Keyword::OR, Keyword::NOT, Keyword::IS, Keyword::IN, Keyword::LIKE, Keyword::GLOB, Keyword::BETWEEN, Keyword::COLLATE];

/// Whether an operator may follow: what ends so is no beginning of an expression.
fn ends_operand(token: &Token) -> bool {
    match token {
        Token::Word(word) => !RESERVED.contains(&keyword(word)) && keyword(word) != Keyword::NOT,
        Token::RParen | Token::Number(..) | Token::SingleQuotedString(_) | Token::HexStringLiteral(_) | Token::Placeholder(_) => true,
        _ => false,
    }
}

impl Text {
    /// The tree that `parse` makes of the whole text; parentheses and queries may nest as deep as `depth`.
    pub fn parse<T>(&mut self, place: &str, depth: usize, parse: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>) -> Result<T> {
        let mut parser = Parser::new(&Sqlite).with_recursion_limit(depth).with_tokens_with_locations(std::mem::take(&mut self.tokens));
        let tree = parse(&mut parser).map_err(|error| syntax(place, error))?;
        let rest = parser.peek_token();
        match rest.token {
            Token::EOF => Ok(tree),
            other => {
                let what = if place == "sql" { "statement" } else { "expression" };
                Err(Error::invalid(place, format!("syntax error: the {what} ends before {}", shown(&other, rest.span.start))))
            }
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
        Token::Word(word) if word.quote_style.is_some() => "a name in quotes".into(),
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
    let is_value = |found: &str| found.contains(['\'', '"', '`', '[']) || found.contains(|letter: char| letter.is_ascii_digit());
    let told = told.split_once(", found: ").filter(|(_, found)| is_value(found)).map_or(told, |(expected, _)| expected);
    Error::invalid(place, format!("syntax error: {told}{at}"))
}

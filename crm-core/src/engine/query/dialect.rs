//! The grammar of SQLite, for the parser: how tightly its operators bind, and how an expression begins. What the parser does not know at all, `text`
//! puts in other words.

use sqlparser::ast::{Expr, Function, FunctionArguments, ObjectName, UnaryOperator};
use sqlparser::dialect::{Dialect, Precedence, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Word};
use std::any::TypeId;

/// Filters and statements are read as SQLite reads them.
#[derive(Debug)]
pub(super) struct Sqlite;

// How tightly operators bind, the loosest first.
const OR: u8 = 10;
const AND: u8 = 20;
const NOT: u8 = 30;
/// `=`, `<>`, `is`, `in`, `like`, `between` ...
const EQUALITY: u8 = 40;
/// `<`, `>=` ...
const ORDER: u8 = 50;
const BITS: u8 = 60;
const SUM: u8 = 70;
const PRODUCT: u8 = 80;
/// `||`, `->`, `->>`
const JOINED: u8 = 90;
const COLLATE: u8 = 100;
const SIGN: u8 = 110;
const PERIOD: u8 = 120;

impl Dialect for Sqlite {
    fn dialect(&self) -> TypeId {
        TypeId::of::<SQLiteDialect>()
    }

    fn is_delimited_identifier_start(&self, letter: char) -> bool {
        matches!(letter, '"' | '`' | '[')
    }

    fn is_identifier_start(&self, letter: char) -> bool {
        letter.is_ascii_alphabetic() || letter == '_' || letter >= '\u{7f}'
    }

    fn is_identifier_part(&self, letter: char) -> bool {
        self.is_identifier_start(letter) || letter.is_ascii_digit()
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_in_empty_list(&self) -> bool {
        true
    }

    fn supports_limit_comma(&self) -> bool {
        true
    }

    fn supports_dollar_placeholder(&self) -> bool {
        true
    }

    fn supports_notnull_operator(&self) -> bool {
        true
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    fn supports_cross_join_constraint(&self) -> bool {
        true
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        true
    }

    fn prec_value(&self, place: Precedence) -> u8 {
        match place {
            Precedence::Or => OR,
            Precedence::And | Precedence::Xor => AND,
            Precedence::UnaryNot => NOT,
            Precedence::Between | Precedence::Eq | Precedence::Like | Precedence::Is => EQUALITY,
            Precedence::Ampersand | Precedence::Pipe | Precedence::Caret => BITS,
            Precedence::PlusMinus => SUM,
            Precedence::MulDivModOp => PRODUCT,
            Precedence::PgOther | Precedence::Colon | Precedence::AtTz => JOINED,
            Precedence::DoubleColon => COLLATE,
            Precedence::Period => PERIOD,
        }
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        Some(Ok(match &parser.peek_token_ref().token {
            Token::Word(word) => match keyword(word) {
                Keyword::OR => OR,
                Keyword::AND => AND,
                Keyword::NOT if negatable(&parser.peek_nth_token_ref(1).token) => EQUALITY,
                Keyword::IS | Keyword::IN | Keyword::BETWEEN | Keyword::LIKE | Keyword::NOTNULL => EQUALITY,
                _ => 0,
            },
            Token::Eq | Token::DoubleEq | Token::Neq | Token::CustomBinaryOperator(_) => EQUALITY,
            Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => ORDER,
            Token::Ampersand | Token::Pipe | Token::ShiftLeft | Token::ShiftRight => BITS,
            Token::Plus | Token::Minus => SUM,
            Token::Mul | Token::Div | Token::Mod => PRODUCT,
            Token::StringConcat | Token::Arrow | Token::LongArrow => JOINED,
            Token::Period => PERIOD,
            _ => 0,
        }))
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let (op, binds) = match &parser.peek_token_ref().token {
            Token::Minus => (UnaryOperator::Minus, SIGN),
            Token::Plus => (UnaryOperator::Plus, SIGN),
            Token::Tilde => (UnaryOperator::BitwiseNot, SIGN),
            Token::Word(word) if keyword(word) == Keyword::NOT => (UnaryOperator::Not, NOT),
            Token::Word(_) => return Some(word_of(parser)),
            Token::Number(..) | Token::SingleQuotedString(_) | Token::HexStringLiteral(_) | Token::Placeholder(_) => {
                return Some(parser.parse_value().map(Expr::Value));
            }
            _ => return None,
        };
        parser.advance_token();
        Some(parser.parse_subexpr(binds).map(|expr| Expr::UnaryOp { op, expr: Box::new(expr) }))
    }
}

/// What a word means unless it is in quotes.
pub(super) fn keyword(word: &Word) -> Keyword {
    if word.quote_style.is_some() { Keyword::NoKeyword } else { word.keyword }
}

/// What `not` may stand before, after an operand.
fn negatable(token: &Token) -> bool {
    matches!(token, Token::Word(word) if matches!(keyword(word), Keyword::IN | Keyword::BETWEEN | Keyword::LIKE | Keyword::NULL))
}

/// An expression that begins with a word. Whatever is followed by a parenthesis is a function like any other, and what is followed by a period a
/// table, so that tables may be called `case` and `order`.
fn word_of(parser: &mut Parser<'_>) -> Result<Expr, ParserError> {
    let token = parser.peek_token_ref();
    let Token::Word(word) = &token.token else { return parser.expected_ref("a word", token) };
    let (ident, keyword) = (word.to_ident(token.span), keyword(word));
    let next = &parser.peek_nth_token_ref(1).token;
    let (period, call) = (*next == Token::Period, *next == Token::LParen);
    match keyword {
        _ if period => {}
        Keyword::NULL | Keyword::TRUE | Keyword::FALSE => return parser.parse_value().map(Expr::Value),
        Keyword::CASE => {
            parser.advance_token();
            return parser.parse_case_expr();
        }
        Keyword::CAST if call => {
            parser.advance_token();
            return parser.parse_cast_expr(sqlparser::ast::CastKind::Cast);
        }
        Keyword::EXISTS if call => {
            parser.advance_token();
            return parser.parse_exists_expr(false);
        }
        Keyword::SUBSTR | Keyword::SUBSTRING if call => return parser.parse_substring(),
        Keyword::CURRENT_DATE | Keyword::CURRENT_TIME | Keyword::CURRENT_TIMESTAMP if !call => {
            parser.advance_token();
            return Ok(Expr::Function(bare(ObjectName::from(vec![ident]))));
        }
        Keyword::LIKE | Keyword::GLOB if call => {}
        _ if RESERVED.contains(&keyword) => return parser.expected_ref("an expression", parser.peek_token_ref()),
        _ => {}
    }
    parser.advance_token();
    if call { parser.parse_function(ObjectName::from(vec![ident])) } else { Ok(Expr::Identifier(ident)) }
}

/// A function that is named without parentheses.
fn bare(name: ObjectName) -> Function {
    Function {
        name,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::None,
        within_group: Vec::new(),
        filter: None,
        null_treatment: None,
        over: None,
    }
}

/// Words that never begin an expression, so that what is missing before them is told in plain words.
pub(super) const RESERVED: [Keyword; 29] = [
    Keyword::SELECT,
    Keyword::FROM,
    Keyword::WHERE,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::ORDER,
    Keyword::LIMIT,
    Keyword::UNION,
    Keyword::EXCEPT,
    Keyword::INTERSECT,
    Keyword::JOIN,
    Keyword::ON,
    Keyword::USING,
    Keyword::AND,
    Keyword::OR,
    Keyword::IN,
    Keyword::IS,
    Keyword::BETWEEN,
    Keyword::LIKE,
    Keyword::GLOB,
    Keyword::AS,
    Keyword::WHEN,
    Keyword::THEN,
    Keyword::ELSE,
    Keyword::DISTINCT,
    Keyword::VALUES,
    Keyword::SET,
    Keyword::BY,
    Keyword::ESCAPE,
];

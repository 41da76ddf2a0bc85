//! Checks a filter or a formula and writes it out again: names must exist, nodes must be of the subset that SQLite
//! and PostgreSQL share. What comes out is built from the parsed tree, so nothing of the caller's text reaches
//! the database unread. Whole statements go the same way, with more that they may say: see `statement`.

use super::parts::Split;
use super::scope::{Columns, Frame, Source, identifier};
use super::text::{Text, read};
use crate::engine::access::Access;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::Schema;
use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, Value};
use std::cell::Cell;
use std::collections::BTreeSet;

/// The longest filter, in bytes.
const MAX_LENGTH: usize = 20_000;
/// How deep a filter may nest.
pub(super) const MAX_DEPTH: usize = 40;
/// How deep dynamic lists may refer to each other.
pub(super) const MAX_LISTS: usize = 5;

/// A checked expression.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// The expression as it is run, through the lens.
    pub sql: String,
    /// The same with tables in braces, for computed fields.
    pub template: String,
    /// How many values must be bound.
    pub params: usize,
    /// Whether it looks at nothing but what the record holds: not at other records, nor at the moment.
    pub timeless: bool,
}

pub(super) struct Checker<'a> {
    pub(super) schema: &'a Schema,
    pub(super) access: Option<&'a Access>,
    pub(super) scopes: Vec<Frame>,
    /// Common table expressions that may be named here.
    pub(super) ctes: Vec<Source>,
    /// The names of all of them that there were.
    pub(super) given: Vec<String>,
    /// Only stored fields may be named: computed fields must not build on each other.
    pub(super) stored_only: bool,
    pub(super) params: usize,
    pub(super) depth: usize,
    lists: usize,
    /// The filters of lists by folded name: `in_list('Name')` stands for them.
    list: &'a dyn Fn(&str) -> Result<(usize, String)>,
    /// What was read of a whole statement; nothing for a filter.
    pub(super) statement: Option<Text>,
    /// Whether it is to be read as of a moment of the past.
    pub(super) past: bool,
    /// The select that is being put together from pieces.
    pub(super) split: Option<Split>,
    /// How many queries there are around what is written.
    pub(super) queries: usize,
    /// How many selects around this one are being put together.
    pub(super) splits: usize,
    /// The entities of which pieces are named.
    pub(super) pieces: BTreeSet<usize>,
    pub(super) timeless: Cell<bool>,
}

/// Checks an expression over the fields of an entity.
pub(crate) fn check(
    schema: &Schema,
    access: Option<&Access>,
    table: usize,
    text: &str,
    stored_only: bool,
    list: &dyn Fn(&str) -> Result<(usize, String)>,
) -> Result<Checked> {
    let mut checker = Checker::new(schema, list);
    (checker.access, checker.stored_only) = (access, stored_only);
    checker.scopes.push(Frame::of(schema.tables[table].name, table));
    let template = checker.text(text)?;
    let sql = if template.contains('{') {
        schema.tables.iter().fold(template.clone(), |sql, table| sql.replace(&format!("{{{}}}", table.name), &table.quoted))
    } else {
        template.clone()
    };
    Ok(Checked { sql, template, params: checker.params, timeless: checker.timeless.get() })
}

impl<'a> Checker<'a> {
    pub(super) fn new(schema: &'a Schema, list: &'a dyn Fn(&str) -> Result<(usize, String)>) -> Self {
        Self {
            schema,
            access: None,
            scopes: Vec::new(),
            ctes: Vec::new(),
            given: Vec::new(),
            stored_only: false,
            params: 0,
            depth: 0,
            lists: 0,
            list,
            statement: None,
            past: false,
            split: None,
            queries: 0,
            splits: 0,
            pieces: BTreeSet::new(),
            timeless: Cell::new(true),
        }
    }

    /// Whether a whole statement is written, which may say more than a filter.
    pub(super) fn is_sql(&self) -> bool {
        self.statement.is_some()
    }

    pub(super) fn wrong(&self, reason: impl Into<String>) -> Error {
        Error::invalid(if self.is_sql() { "sql" } else { "filter" }, reason)
    }

    pub(super) fn unsupported(&self, what: &str) -> Error {
        self.wrong(format!("{what} cannot be used in {}", if self.is_sql() { "sql()" } else { "a filter" }))
    }

    /// Refuses in a filter what only a whole statement may say.
    pub(super) fn only_sql(&self, what: &str) -> Result<()> {
        if self.is_sql() { Ok(()) } else { Err(self.unsupported(what)) }
    }

    fn text(&mut self, text: &str) -> Result<String> {
        if text.len() > MAX_LENGTH {
            return Err(self.wrong(format!("longer than {MAX_LENGTH} bytes")));
        }
        if text.contains(['\0', '{', '}']) {
            return Err(self.wrong("the characters NUL, { and } cannot be used; bind values as parameters"));
        }
        let mut text = read("filter", text, self.params)?;
        self.params = text.params;
        let expression = text.parse("filter", MAX_DEPTH, |parser| parser.parse_expr())?;
        self.expr(&expression)
    }

    /// An operand compared with another: beside a moment, a text or a parameter is read as a moment, beside a truth 1 and 0 as yes and no.
    pub(super) fn operand_beside(&mut self, expression: &Expr, other: &Expr) -> Result<String> {
        let sql = self.operand(expression)?;
        let Expr::Value(constant) = expression else { return Ok(sql) };
        Ok(match (&constant.value, self.type_of(other)) {
            (Value::SingleQuotedString(_) | Value::Placeholder(_), Some(FieldType::Moment)) => format!("moment({sql})"),
            // A word that was renamed goes on being understood.
            (Value::SingleQuotedString(_) | Value::Placeholder(_), Some(FieldType::Item(dictionary) | FieldType::Items(dictionary)))
                if self.schema.renamed(&dictionary).is_some() =>
            {
                format!("word_of_today('{dictionary}', {sql})")
            }
            (Value::Number(_, _), Some(FieldType::Bool)) if sql == "1" => "true".into(),
            (Value::Number(_, _), Some(FieldType::Bool)) if sql == "0" => "false".into(),
            _ => sql,
        })
    }

    /// The type of a field that is named alone; statements are SQLite's own, so nothing in them depends on it.
    fn type_of(&self, expression: &Expr) -> Option<FieldType> {
        let found = match expression {
            _ if self.is_sql() => return None,
            Expr::Identifier(name) => self.field(None, name),
            Expr::CompoundIdentifier(path) if path.len() == 2 => self.field(Some(&path[0]), &path[1]),
            Expr::Nested(inner) => return self.type_of(inner),
            _ => return None,
        };
        found.ok().and_then(|(_, field_type)| field_type)
    }

    pub(super) fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<String> {
        use BinaryOperator as Op;
        if matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq) {
            return Ok(format!("{} {op} {}", self.operand_beside(left, right)?, self.operand_beside(right, left)?));
        }
        // What chains, as `a or b or c`, is no depth.
        let mut links = vec![(op, right)];
        let mut first = left;
        while let (Expr::BinaryOp { left, op, right }, Some(last)) = (first, links.last())
            && alike(op, last.0)
        {
            links.push((op, right));
            first = left;
        }
        let mut sql = self.operand(first)?;
        for (op, right) in links.into_iter().rev() {
            if !shared(op) {
                self.only_sql(&format!("the operator {op}"))?;
            }
            if matches!(op, Op::Plus | Op::Minus) && (self.is_day(first) && is_days(right) || is_days(first) && self.is_day(right)) {
                return Err(self.wrong("a day is no number that days() could be added to: today(-30) is thirty days ago"));
            }
            let right = match op {
                // A division by zero gives nothing, whichever engine runs it.
                Op::Divide | Op::Modulo if !self.is_sql() => format!("nullif({}, 0)", self.expr(right)?),
                _ => self.operand(right)?,
            };
            sql += &format!(" {} {right}", written(op).ok_or_else(|| self.unsupported(&format!("the operator {op}")))?);
        }
        Ok(sql)
    }

    /// Whether an expression gives a day as a text.
    fn is_day(&self, expression: &Expr) -> bool {
        matches!(called(expression).as_deref(), Some("today" | "day" | "period_start" | "next_period"))
            || matches!(self.type_of(expression), Some(FieldType::Date))
    }

    /// `in_list('Name')`: the members of a list, static or dynamic.
    pub(super) fn in_list(&mut self, arguments: &[FunctionArg]) -> Result<String> {
        let name = match arguments {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] => match &value.value {
                Value::SingleQuotedString(name) => name.clone(),
                _ => return Err(self.wrong("in_list takes the name of a list as a text")),
            },
            _ => return Err(self.wrong("in_list takes the name of a list")),
        };
        self.lists += 1;
        if self.lists > MAX_LISTS * 4 || self.scopes.len() > MAX_LISTS {
            return Err(self.wrong("lists refer to each other too deeply"));
        }
        let (table, filter) = (self.list)(&name)?;
        let own = self.scopes.first().and_then(|frame| frame.sources.first());
        if own.is_none_or(|own| !matches!(own.columns, Columns::Entity(own) if own == table)) {
            return Err(self.wrong("in_list names a list of another entity"));
        }
        // Its fields are its own: a list's filter never sees the tables around it.
        let outer = std::mem::replace(&mut self.scopes, vec![Frame::of(self.schema.tables[table].name, table)]);
        let depth = std::mem::replace(&mut self.depth, self.lists.min(MAX_DEPTH - 1));
        let sql = self.text(&filter);
        self.scopes = outer;
        self.depth = depth;
        self.of_the_outermost(table, &sql?)
    }

    /// A list's condition, which speaks of the record of the whole filter wherever it stands: within a subquery its bare names would be those of the
    /// subquery's own tables, so it is asked whether the outer record is among those that it finds.
    fn of_the_outermost(&self, table: usize, condition: &str) -> Result<String> {
        if self.scopes.len() == 1 {
            return Ok(format!("({condition})"));
        }
        let name = self.schema.tables[table].name;
        if self.scopes[1..].iter().flat_map(|frame| &frame.sources).any(|source| source.name.eq_ignore_ascii_case(name)) {
            let reason = format!(
                "in_list speaks of the `{name}` of the whole filter, which this subquery hides: give the one of the subquery another name, as in `from {name} other`"
            );
            return Err(self.wrong(reason));
        }
        Ok(format!("{}.{} in (select {1} from {{{name}}} where {condition})", identifier(name), identifier("id")))
    }
}

/// The function that an expression calls.
fn called(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Function(function) => Some(function.name.to_string().to_lowercase()),
        Expr::Nested(inner) => called(inner),
        _ => None,
    }
}

fn is_days(expression: &Expr) -> bool {
    called(expression).as_deref() == Some("days")
}

/// An operator as it is written; none for those that SQLite does not have.
fn written(op: &BinaryOperator) -> Option<&'static str> {
    use BinaryOperator as Op;
    Some(match op {
        Op::And => "and",
        Op::Or => "or",
        Op::Plus => "+",
        Op::Minus => "-",
        Op::Multiply => "*",
        Op::Divide => "/",
        Op::Modulo => "%",
        Op::StringConcat => "||",
        Op::BitwiseAnd => "&",
        Op::BitwiseOr => "|",
        Op::PGBitwiseShiftLeft => "<<",
        Op::PGBitwiseShiftRight => ">>",
        Op::Arrow => "->",
        Op::LongArrow => "->>",
        Op::Custom(name) if name == "glob" => "glob",
        Op::Custom(name) if name == "not glob" => "not glob",
        _ => return None,
    })
}

/// Whether both engines have the operator, with the same meaning.
fn shared(op: &BinaryOperator) -> bool {
    use BinaryOperator as Op;
    matches!(op, Op::And | Op::Or | Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo | Op::StringConcat)
}

/// Whether operators bind alike and from the left, so that a chain of them needs no parentheses.
fn alike(one: &BinaryOperator, other: &BinaryOperator) -> bool {
    use BinaryOperator as Op;
    let class = |op: &BinaryOperator| match op {
        Op::And => 1,
        Op::Or => 2,
        Op::Plus | Op::Minus => 3,
        Op::Multiply | Op::Divide | Op::Modulo => 4,
        Op::StringConcat => 5,
        _ => 0,
    };
    class(one) != 0 && class(one) == class(other)
}

//! Checks a filter expression and writes it out again: names must exist, nodes must be of the subset that SQLite
//! and PostgreSQL share. What comes out is built from the parsed tree, so nothing of the caller's text reaches
//! the database unread.

use super::functions::functions;
use crate::engine::access::Access;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::{Schema, quoted};
use sqlparser::ast::{BinaryOperator, CaseWhen, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, UnaryOperator, Value};
use sqlparser::dialect::SQLiteDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

/// The longest filter, in bytes.
const MAX_LENGTH: usize = 20_000;
/// How deep a filter may nest.
const MAX_DEPTH: usize = 40;
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
}

/// A table in scope: the name it goes by, and its index.
pub(super) type Frame = Vec<(String, usize)>;

pub(super) struct Checker<'a> {
    pub(super) schema: &'a Schema,
    access: Option<&'a Access>,
    pub(super) scopes: Vec<Frame>,
    /// Only stored fields may be named: computed fields must not build on each other.
    stored_only: bool,
    params: usize,
    depth: usize,
    lists: usize,
    /// The filters of lists by folded name: `in_list('Name')` stands for them.
    list: &'a dyn Fn(&str) -> Result<(usize, String)>,
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
    let mut checker =
        Checker { schema, access, scopes: vec![vec![(schema.tables[table].name.to_owned(), table)]], stored_only, params: 0, depth: 0, lists: 0, list };
    let template = checker.text(text)?;
    let sql = if template.contains('{') {
        schema.tables.iter().fold(template.clone(), |sql, table| sql.replace(&format!("{{{}}}", table.name), &table.quoted))
    } else {
        template.clone()
    };
    Ok(Checked { sql, template, params: checker.params })
}

pub(super) fn wrong(reason: impl Into<String>) -> Error {
    Error::invalid("filter", reason)
}

pub(super) fn unsupported(what: &str) -> Error {
    wrong(format!("{what} cannot be used in a filter"))
}

impl Checker<'_> {
    fn text(&mut self, text: &str) -> Result<String> {
        if text.len() > MAX_LENGTH {
            return Err(wrong(format!("longer than {MAX_LENGTH} bytes")));
        }
        if text.contains(['\0', '{', '}']) {
            return Err(wrong("the characters NUL, { and } cannot be used; bind values as parameters"));
        }
        let dialect = SQLiteDialect {};
        let parse = |error: sqlparser::parser::ParserError| wrong(format!("syntax error: {}", error.to_string().trim_start_matches("sql parser error: ")));
        let mut parser = Parser::new(&dialect).with_recursion_limit(MAX_DEPTH).try_with_sql(text).map_err(parse)?;
        let expression = parser.parse_expr().map_err(parse)?;
        let rest = parser.peek_token();
        if rest.token != Token::EOF {
            return Err(wrong(format!("syntax error: the expression ends before `{}`", rest.token)));
        }
        self.expr(&expression)
    }

    pub(super) fn expr(&mut self, expression: &Expr) -> Result<String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(wrong(format!("nested deeper than {MAX_DEPTH}")));
        }
        let sql = self.node(expression);
        self.depth -= 1;
        sql
    }

    fn node(&mut self, expression: &Expr) -> Result<String> {
        Ok(match expression {
            Expr::Identifier(name) => self.field(None, name)?.0,
            Expr::CompoundIdentifier(path) => match path.as_slice() {
                [table, name] => self.field(Some(table), name)?.0,
                _ => return Err(unsupported("a name of more than two parts")),
            },
            Expr::Value(value) => self.value(&value.value)?,
            Expr::Nested(inner) => format!("({})", self.expr(inner)?),
            Expr::IsNull(inner) => format!("{} is null", self.operand(inner)?),
            Expr::IsNotNull(inner) => format!("{} is not null", self.operand(inner)?),
            Expr::IsTrue(inner) => format!("{} is true", self.operand(inner)?),
            Expr::IsNotTrue(inner) => format!("{} is not true", self.operand(inner)?),
            Expr::IsFalse(inner) => format!("{} is false", self.operand(inner)?),
            Expr::IsNotFalse(inner) => format!("{} is not false", self.operand(inner)?),
            Expr::IsDistinctFrom(left, right) => format!("{} is distinct from {}", self.operand(left)?, self.operand_beside(right, left)?),
            Expr::IsNotDistinctFrom(left, right) => format!("{} is not distinct from {}", self.operand(left)?, self.operand_beside(right, left)?),
            Expr::UnaryOp { op, expr } => match op {
                UnaryOperator::Not => format!("not {}", self.operand(expr)?),
                UnaryOperator::Minus => format!("-{}", self.operand(expr)?),
                UnaryOperator::Plus => self.operand(expr)?,
                other => return Err(unsupported(&format!("the operator {other}"))),
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            Expr::Between { expr, negated, low, high } => {
                format!("{} {}between {} and {}", self.operand(expr)?, not(*negated), self.operand_beside(low, expr)?, self.operand_beside(high, expr)?)
            }
            Expr::InList { expr, list, negated } => {
                let items = list.iter().map(|item| self.operand_beside(item, expr)).collect::<Result<Vec<_>>>()?;
                format!("{} {}in ({})", self.operand(expr)?, not(*negated), items.join(", "))
            }
            Expr::InSubquery { expr, subquery, negated } => format!("{} {}in ({})", self.operand(expr)?, not(*negated), self.query(subquery)?),
            Expr::Exists { subquery, negated } => format!("{}exists ({})", not(*negated), self.query(subquery)?),
            Expr::Subquery(query) => format!("({})", self.query(query)?),
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                let escape = escape_char.as_ref().map(|escape| self.expr(escape)).transpose()?.map(|escape| format!(" escape {escape}")).unwrap_or_default();
                format!("{} {}like {}{escape}", self.operand(expr)?, not(*negated), self.operand(pattern)?)
            }
            Expr::Case { operand, conditions, else_result, .. } => self.case(operand.as_deref(), conditions, else_result.as_deref())?,
            Expr::Cast { expr, data_type, .. } => {
                let sql = self.expr(expr)?;
                match data_type {
                    DataType::Text | DataType::Varchar(_) => format!("cast({sql} as text)"),
                    // What SQL's own cast makes of a fraction differs from engine to engine; ours cuts it off.
                    DataType::Integer(_) | DataType::Int(_) | DataType::BigInt(_) => format!("whole({sql})"),
                    DataType::Real | DataType::Double(_) | DataType::DoublePrecision | DataType::Float(_) => format!("cast({sql} as double precision)"),
                    other => return Err(unsupported(&format!("a cast to {other}"))),
                }
            }
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                let mut arguments = vec![self.expr(expr)?];
                for argument in [substring_from, substring_for].into_iter().flatten() {
                    arguments.push(self.expr(argument)?);
                }
                format!("substr({})", arguments.join(", "))
            }
            Expr::Trim { expr, trim_where: None, trim_what: None, trim_characters: None } => format!("trim({})", self.expr(expr)?),
            Expr::Function(function) => self.function(function)?,
            _ => return Err(unsupported("this kind of expression")),
        })
    }

    /// An operand in parentheses where it could otherwise bind differently.
    fn operand(&mut self, expression: &Expr) -> Result<String> {
        let sql = self.expr(expression)?;
        let simple =
            matches!(expression, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::Nested(_) | Expr::Function(_) | Expr::Subquery(_));
        Ok(if simple { sql } else { format!("({sql})") })
    }

    /// An operand compared with another: beside a moment, a text or a parameter is read as a moment, beside a truth 1 and 0 as yes and no.
    fn operand_beside(&mut self, expression: &Expr, other: &Expr) -> Result<String> {
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

    /// The type of a field that is named alone.
    fn type_of(&self, expression: &Expr) -> Option<FieldType> {
        let found = match expression {
            Expr::Identifier(name) => self.field(None, name),
            Expr::CompoundIdentifier(path) if path.len() == 2 => self.field(Some(&path[0]), &path[1]),
            Expr::Nested(inner) => return self.type_of(inner),
            _ => return None,
        };
        found.ok().map(|(_, field_type)| field_type)
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<String> {
        use BinaryOperator as Op;
        let text = match op {
            Op::And => "and",
            Op::Or => "or",
            Op::Eq => "=",
            Op::NotEq => "<>",
            Op::Lt => "<",
            Op::LtEq => "<=",
            Op::Gt => ">",
            Op::GtEq => ">=",
            Op::Plus => "+",
            Op::Minus => "-",
            Op::Multiply => "*",
            Op::Divide => "/",
            Op::Modulo => "%",
            Op::StringConcat => "||",
            other => return Err(unsupported(&format!("the operator {other}"))),
        };
        let compares = matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq);
        if compares {
            Ok(format!("{} {text} {}", self.operand_beside(left, right)?, self.operand_beside(right, left)?))
        } else if matches!(op, Op::Divide | Op::Modulo) {
            // A division by zero gives nothing, whichever engine runs it.
            Ok(format!("{} {text} nullif({}, 0)", self.operand(left)?, self.expr(right)?))
        } else {
            Ok(format!("{} {text} {}", self.operand(left)?, self.operand(right)?))
        }
    }

    fn case(&mut self, operand: Option<&Expr>, conditions: &[CaseWhen], otherwise: Option<&Expr>) -> Result<String> {
        let mut sql = String::from("case");
        if let Some(operand) = operand {
            sql += &format!(" {}", self.operand(operand)?);
        }
        for CaseWhen { condition, result } in conditions {
            sql += &format!(" when {} then {}", self.expr(condition)?, self.expr(result)?);
        }
        if let Some(otherwise) = otherwise {
            sql += &format!(" else {}", self.expr(otherwise)?);
        }
        Ok(sql + " end")
    }

    fn value(&mut self, value: &Value) -> Result<String> {
        Ok(match value {
            Value::Number(number, false) => number.to_string(),
            Value::SingleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Boolean(yes) => yes.to_string(),
            Value::Null => "null".into(),
            Value::Placeholder(place) if place == "?" => {
                self.params += 1;
                format!("?{}", self.params)
            }
            Value::Placeholder(place) => match place.strip_prefix('?').and_then(|number| number.parse::<usize>().ok()) {
                Some(number @ 1..=999) => {
                    self.params = self.params.max(number);
                    format!("?{number}")
                }
                _ => return Err(wrong(format!("parameters are written ? or ?1, not {place}"))),
            },
            _ => return Err(unsupported("this kind of literal")),
        })
    }

    /// A field's name as it is written in the database, and its type.
    fn field(&self, table: Option<&Ident>, name: &Ident) -> Result<(String, FieldType)> {
        let wanted = name.value.to_lowercase();
        for frame in self.scopes.iter().rev() {
            for (alias, index) in frame {
                if table.is_some_and(|table| !table.value.eq_ignore_ascii_case(alias)) {
                    continue;
                }
                if let Some(field_type) = self.column(*index, &wanted)? {
                    return Ok((table.map_or_else(|| wanted.clone(), |_| format!("{}.{wanted}", quoted(alias))), field_type));
                }
            }
        }
        if let Some(table) = table {
            let known: Vec<_> = self.scopes.iter().flatten().map(|(alias, _)| alias.as_str()).collect();
            if !known.iter().any(|alias| alias.eq_ignore_ascii_case(&table.value)) {
                return Err(Error::unknown("table", &table.value, known.into_iter()));
            }
        }
        let names = self.scopes.iter().rev().flatten().flat_map(|(_, index)| self.schema.tables[*index].shown_columns().map(|(name, _)| name));
        Err(Error::unknown("field", &name.value, names))
    }

    fn column(&self, index: usize, name: &str) -> Result<Option<FieldType>> {
        let table = &self.schema.tables[index];
        let Some((_, field_type)) = table.shown_columns().find(|(column, _)| *column == name) else { return Ok(None) };
        if let Ok(field) = table.field_index(name.strip_suffix("_currency").filter(|_| table.field(name).is_none()).unwrap_or(name)) {
            if self.stored_only && field >= table.stored {
                return Err(Error::invalid(name, "a computed field cannot build on another computed field"));
            }
            if let Some(access) = self.access {
                access.check_field(self.schema, index, field)?;
            }
        }
        Ok(Some(field_type.clone()))
    }

    fn function(&mut self, function: &Function) -> Result<String> {
        let name = function.name.to_string().to_lowercase();
        let FunctionArguments::List(list) = &function.args else { return Err(unsupported(&format!("`{name}` without parentheses"))) };
        if function.over.is_some() || function.filter.is_some() || !list.clauses.is_empty() || !function.within_group.is_empty() {
            return Err(unsupported(&format!("`{name}` with a window or clause")));
        }
        if name == "in_list" {
            return self.in_list(&list.args);
        }
        if !functions().any(|known| known == name) {
            return Err(Error::unknown("function", &name, functions().chain(["in_list"])));
        }
        let mut arguments = Vec::new();
        for argument in &list.args {
            arguments.push(match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => match list.args.first() {
                    // `has(field, 'word')`: the word stands beside the field.
                    Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(field))) if name == "has" => self.operand_beside(expression, field)?,
                    _ => self.expr(expression)?,
                },
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if name == "count" => "*".into(),
                _ => return Err(unsupported("this kind of argument")),
            });
        }
        let distinct = if list.duplicate_treatment.is_some_and(|treatment| treatment.to_string() == "DISTINCT") { "distinct " } else { "" };
        Ok(format!("{name}({distinct}{})", arguments.join(", ")))
    }

    /// `in_list('Name')`: the members of a list, static or dynamic.
    fn in_list(&mut self, arguments: &[FunctionArg]) -> Result<String> {
        let name = match arguments {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] => match &value.value {
                Value::SingleQuotedString(name) => name.clone(),
                _ => return Err(wrong("in_list takes the name of a list as a text")),
            },
            _ => return Err(wrong("in_list takes the name of a list")),
        };
        self.lists += 1;
        if self.lists > MAX_LISTS * 4 || self.scopes.len() > MAX_LISTS {
            return Err(wrong("lists refer to each other too deeply"));
        }
        let (table, filter) = (self.list)(&name)?;
        if self.scopes.first().and_then(|frame| frame.first()).is_none_or(|(_, own)| *own != table) {
            return Err(wrong("in_list names a list of another entity"));
        }
        // Its fields are its own: a list's filter never sees the tables around it.
        let outer = std::mem::replace(&mut self.scopes, vec![vec![(self.schema.tables[table].name.to_owned(), table)]]);
        let depth = std::mem::replace(&mut self.depth, self.lists.min(MAX_DEPTH - 1));
        let sql = self.text(&filter);
        self.scopes = outer;
        self.depth = depth;
        Ok(format!("({})", sql?))
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

//! Writes expressions from their trees: those of filters, and the more that statements may say.

use super::filter_check::{Checker, MAX_DEPTH};
use super::scope::identifier;
use crate::engine::error::Result;
use sqlparser::ast::{CaseWhen, CastKind, DataType, Expr, ObjectNamePart, UnaryOperator, Value};

/// How deep the expressions and queries of a statement may nest.
pub(super) const MAX_SQL_DEPTH: usize = 100;
/// The orders of texts that SQLite has.
const COLLATIONS: [&str; 3] = ["binary", "nocase", "rtrim"];

impl Checker<'_> {
    pub(super) fn expr(&mut self, expression: &Expr) -> Result<String> {
        self.deeper(|checker| checker.node(expression))
    }

    /// Does something one level deeper, if there is one.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let deepest = if self.is_sql() { MAX_SQL_DEPTH } else { MAX_DEPTH };
        self.depth += 1;
        if self.depth > deepest {
            return Err(self.wrong(format!("nested deeper than {deepest}")));
        }
        let done = work(self);
        self.depth -= 1;
        done
    }

    pub(super) fn node(&mut self, expression: &Expr) -> Result<String> {
        if let Some(stands) = self.stands_for(expression)? {
            return Ok(stands);
        }
        Ok(match expression {
            Expr::Identifier(name) => self.field(None, name)?.0,
            Expr::CompoundIdentifier(path) => match path.as_slice() {
                [table, name] => self.field(Some(table), name)?.0,
                _ if self.is_sql() => return Err(self.no_schemas()),
                _ => return Err(self.unsupported("a name of more than two parts")),
            },
            Expr::Value(value) => self.value(&value.value)?,
            Expr::Nested(inner) => format!("({})", self.expr(inner)?),
            Expr::IsNull(inner) => format!("{} is null", self.operand(inner)?),
            Expr::IsNotNull(inner) => format!("{} is not null", self.operand(inner)?),
            Expr::IsTrue(inner) => format!("{} is true", self.operand(inner)?),
            Expr::IsNotTrue(inner) => format!("{} is not true", self.operand(inner)?),
            Expr::IsFalse(inner) => format!("{} is false", self.operand(inner)?),
            Expr::IsNotFalse(inner) => format!("{} is not false", self.operand(inner)?),
            Expr::IsDistinctFrom(left, right) => format!("{} is distinct from {}", self.operand_beside(left, right)?, self.operand_beside(right, left)?),
            Expr::IsNotDistinctFrom(left, right) => {
                format!("{} is not distinct from {}", self.operand_beside(left, right)?, self.operand_beside(right, left)?)
            }
            Expr::UnaryOp { op, expr } => match op {
                UnaryOperator::Not => format!("not {}", self.operand(expr)?),
                UnaryOperator::Minus => format!("-{}", self.operand(expr)?),
                // In SQLite it takes away what a field would make of the other side of a comparison.
                UnaryOperator::Plus if self.is_sql() => format!("+{}", self.operand(expr)?),
                UnaryOperator::Plus => self.operand(expr)?,
                UnaryOperator::BitwiseNot if self.is_sql() => format!("~{}", self.operand(expr)?),
                other => return Err(self.unsupported(&format!("the operator {other}"))),
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            Expr::Between { expr, negated, low, high } => {
                format!("{} {}between {} and {}", self.operand(expr)?, not(*negated), self.operand_beside(low, expr)?, self.operand_beside(high, expr)?)
            }
            Expr::InList { expr, list, negated } => {
                let items = list.iter().map(|item| self.operand_beside(item, expr)).collect::<Result<Vec<_>>>()?;
                format!("{} {}in ({})", self.operand(expr)?, not(*negated), items.join(", "))
            }
            Expr::InSubquery { expr, subquery, negated } => format!("{} {}in ({})", self.operand(expr)?, not(*negated), self.query(subquery)?.0),
            // `x in some_table`: see `dialect`.
            Expr::InUnnest { expr, array_expr, negated } => {
                self.only_sql("`in` without parentheses")?;
                let Expr::Identifier(table) = array_expr.as_ref() else { return Err(self.unsupported("this kind of expression")) };
                let (table, _) = self.table(&table.clone().into())?;
                format!("{} {}in {table}", self.operand(expr)?, not(*negated))
            }
            Expr::Exists { subquery, negated } => format!("{}exists ({})", not(*negated), self.query(subquery)?.0),
            Expr::Subquery(query) => format!("({})", self.query(query)?.0),
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                let escape = escape_char.as_ref().map(|escape| self.operand(escape)).transpose()?.map(|escape| format!(" escape {escape}")).unwrap_or_default();
                format!("{} {}like {}{escape}", self.operand(expr)?, not(*negated), self.operand(pattern)?)
            }
            Expr::Case { operand, conditions, else_result, .. } => self.case(operand.as_deref(), conditions, else_result.as_deref())?,
            Expr::Cast { kind: CastKind::Cast, expr, data_type, .. } => self.cast(expr, data_type)?,
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                let mut arguments = vec![self.expr(expr)?];
                for argument in [substring_from, substring_for].into_iter().flatten() {
                    arguments.push(self.expr(argument)?);
                }
                format!("substr({})", arguments.join(", "))
            }
            Expr::Function(function) => self.function(function)?,
            Expr::Collate { expr, collation } => {
                self.only_sql("`collate`")?;
                let name = match collation.0.as_slice() {
                    [ObjectNamePart::Identifier(name)] => name.value.to_lowercase(),
                    _ => return Err(self.unsupported("this kind of collation")),
                };
                if !COLLATIONS.contains(&name.as_str()) {
                    return Err(crate::engine::error::Error::unknown("collation", &name, COLLATIONS.into_iter()));
                }
                format!("{} collate {name}", self.operand(expr)?)
            }
            Expr::Tuple(values) => {
                self.only_sql("a row of values")?;
                format!("({})", self.list(values)?)
            }
            _ => return Err(self.unsupported("this kind of expression")),
        })
    }

    /// Expressions, one after another.
    pub(super) fn list(&mut self, expressions: &[Expr]) -> Result<String> {
        Ok(expressions.iter().map(|expression| self.expr(expression)).collect::<Result<Vec<_>>>()?.join(", "))
    }

    /// An operand in parentheses where it could otherwise bind differently.
    pub(super) fn operand(&mut self, expression: &Expr) -> Result<String> {
        let sql = self.expr(expression)?;
        let simple = matches!(
            expression,
            Expr::Identifier(_)
                | Expr::CompoundIdentifier(_)
                | Expr::Value(_)
                | Expr::Nested(_)
                | Expr::Function(_)
                | Expr::Subquery(_)
                | Expr::Tuple(_)
                | Expr::Substring { .. }
        );
        Ok(if simple { sql } else { format!("({sql})") })
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

    fn cast(&mut self, expr: &Expr, to: &DataType) -> Result<String> {
        let sql = self.expr(expr)?;
        if self.is_sql() {
            return Ok(format!("cast({sql} as {})", affinity(to)));
        }
        Ok(match to {
            DataType::Text | DataType::Varchar(_) => format!("cast({sql} as text)"),
            // What SQL's own cast makes of a fraction differs from engine to engine; ours cuts it off.
            DataType::Integer(_) | DataType::Int(_) | DataType::BigInt(_) => format!("whole({sql})"),
            DataType::Real | DataType::Double(_) | DataType::DoublePrecision | DataType::Float(_) => format!("cast({sql} as double precision)"),
            other => return Err(self.unsupported(&format!("a cast to {other}"))),
        })
    }

    fn value(&mut self, value: &Value) -> Result<String> {
        Ok(match value {
            Value::Number(number, false) => number.to_string(),
            Value::SingleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Boolean(yes) => yes.to_string(),
            Value::Null => "null".into(),
            Value::Placeholder(place) if self.is_sql() || place.starts_with('?') => place.clone(),
            Value::HexStringLiteral(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                self.only_sql("a binary value")?;
                format!("x'{digits}'")
            }
            _ => return Err(self.unsupported("this kind of literal")),
        })
    }
}

/// What SQLite casts to when it is told to cast to a type: its rules for names of types.
fn affinity(to: &DataType) -> &'static str {
    let name = to.to_string().to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["INT"]) {
        "integer"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "text"
    } else if has(&["BLOB"]) {
        "blob"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "real"
    } else {
        "numeric"
    }
}

pub(super) fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

/// A name in quotes, with a point before it where it belongs to a table.
pub(super) fn alias(name: &str) -> String {
    format!(" as {}", identifier(name))
}

//! Counts and sums of a moment of the past, put together from pieces.
//!
//! The lens shows the past of an entity as a union of two tables. What selects rows of it is merged into both by SQLite; what groups, counts or
//! sums them is not, and would read every column of every row. So such a select is written anew over the pieces of its entities, in the first
//! of three ways that is open to it:
//!
//! * **Signed**: what is there now, less what was written since, with what that was before: as quick as the present, where only little was
//!   written. For counts, and for sums and means of whole numbers, by anything, with inner joins.
//! * **Halves**: what was kept, and what was, each grouped by itself. For what can be put together but not taken away: least and greatest
//!   values, sums of fractions.
//! * **Rows**: the columns that are needed of what was kept and what was, and all else over them.
//!
//! The derivation with signs is that of incremental view maintenance: Gupta and Mumick, "Maintenance of Materialized Views" (1995).

use super::filter_check::Checker;
use super::functions::AGGREGATES;
use super::parts::{PLACE, SIGN, Split, Way};
use super::scope::{Columns, Frame, Source, identifier};
use crate::engine::error::Result;
use crate::engine::field::FieldType;
use crate::engine::store::schema::FIXED;
use sqlparser::ast::{
    BinaryOperator, Distinct, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Ident, JoinOperator, Query, Select, SelectItem,
    SetExpr, TableFactor, Value,
};

/// The most tables whose pieces are put together: each more of them makes three times as many parts.
const MAX_TABLES: usize = 3;
/// How many selects that are put together may stand within one another: each tries several ways, so more would take long to write.
const MAX_WITHIN: usize = 2;

impl Checker<'_> {
    /// A whole query put together from pieces, without its common table expressions; `None` where it is to be written as it stands.
    pub(super) fn in_pieces(&mut self, query: &Query) -> Option<(String, Columns)> {
        let SetExpr::Select(select) = query.body.as_ref() else { return None };
        let (tables, pieces) = if self.past && self.splits < MAX_WITHIN { self.split_tables(select)? } else { return None };
        // Names of queries around it cannot be known within a part.
        let (scopes, split) = (std::mem::take(&mut self.scopes), self.split.take());
        let (depth, given, named) = (self.depth, self.given.len(), self.pieces.clone());
        self.splits += 1;
        let mut found = None;
        for way in [Way::Signed, Way::Halves, Way::Rows] {
            self.split = Some(Split::new(way, &pieces, query, select));
            self.scopes.push(Frame::default());
            found = self.put_together(way, query, select).ok().flatten();
            self.scopes.clear();
            if found.is_some() {
                self.pieces.extend(&tables);
                break;
            }
            self.depth = depth;
            self.given.truncate(given);
            self.pieces.clone_from(&named);
        }
        self.splits -= 1;
        (self.scopes, self.split) = (scopes, split);
        found
    }

    /// The entities of which pieces are taken, and for each table after `from` whether it is one; `None` where there is nothing to be gained.
    fn split_tables(&self, select: &Select) -> Option<(Vec<usize>, Vec<bool>)> {
        let [from] = select.from.as_slice() else { return None };
        let wildcard = |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        if select.projection.iter().any(wildcard) {
            return None;
        }
        let entity = |table: &TableFactor| match table {
            TableFactor::Table { name, args: None, .. } => match self.table(name).ok()?.1 {
                Columns::Entity(index) => Some(index),
                _ => None,
            },
            _ => None,
        };
        let (mut tables, mut pieces) = (vec![entity(&from.relation)?], vec![true]);
        for join in &from.joins {
            match join.join_operator {
                JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_) => {
                    tables.push(entity(&join.relation)?);
                    pieces.push(true);
                }
                // Each row of the left side has its own, whatever part it comes from. Queries in its place are no tables.
                JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => match &join.relation {
                    TableFactor::Table { args: None, .. } => pieces.push(false),
                    TableFactor::Table { .. } | TableFactor::Derived { .. } => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
        (tables.len() <= MAX_TABLES).then_some((tables, pieces))
    }

    /// The query in one way; an error, or `None`, where that way is closed.
    fn put_together(&mut self, way: Way, query: &Query, select: &Select) -> Result<Option<(String, Columns)>> {
        let from = self.tables_in_turn(&select.from)?;
        let condition = select.selection.as_ref().map(|condition| Ok(format!(" where {}", self.expr(condition)?))).transpose()?.unwrap_or_default();
        let GroupByExpr::Expressions(groups, modifiers) = &select.group_by else { return Ok(None) };
        if !modifiers.is_empty() {
            return Ok(None);
        }
        let mut keys = Vec::new();
        if way != Way::Rows {
            if select.distinct.is_some() || !select.named_window.is_empty() {
                return Ok(None);
            }
            for group in groups {
                keys.push(self.key(group, select)?);
            }
        }
        // What is compared in an order of its own would be compared in another one around the parts.
        if keys.iter().any(|key| key.contains(" collate ")) {
            return Ok(None);
        }
        let (Some(frame), Some(split)) = (self.scopes.last_mut(), self.split.as_mut()) else { return Ok(None) };
        let aliases = select.projection.iter().filter_map(|item| if let SelectItem::ExprWithAlias { alias, .. } = item { Some(alias) } else { None });
        let around = Frame { sources: Vec::new(), aliases: aliases.map(|alias| alias.value.to_lowercase()).collect() };
        split.parts = Some(std::mem::replace(frame, around));
        split.keys = keys;

        let (projection, names) = self.projection(select)?;
        let having = select.having.as_ref().map(|having| self.operand(having)).transpose()?;
        let distinct = match &select.distinct {
            None => "",
            Some(Distinct::Distinct) => "distinct ",
            Some(_) => return Ok(None),
        };
        let mut after = String::new();
        let any = self.split.as_ref().map_or(0, |split| split.keys.len());
        let conditions = match way {
            Way::Rows => {
                if !groups.is_empty() {
                    after += &format!(" group by {}", self.list(groups)?);
                }
                having
            }
            _ => {
                if any > 0 {
                    let list: Vec<_> = (1..=any).map(|key| format!("p.k{key}")).collect();
                    after += &format!(" group by {}", list.join(", "));
                }
                let left = self.split.as_ref().filter(|_| way == Way::Signed && any > 0).map(|split| format!("{} > 0", split.rows()));
                Some(left.into_iter().chain(having).collect::<Vec<_>>().join(" and ")).filter(|conditions| !conditions.is_empty())
            }
        };
        if let Some(conditions) = conditions {
            after += &format!(" having {conditions}");
        }
        after += &self.windows(select)?;
        let tail = self.tail(query, &names)?;
        let Some(split) = &self.split else { return Ok(None) };
        if !split.aggregates.get() && groups.is_empty() && distinct.is_empty() {
            return Ok(None);
        }
        let parts = split.sql(&from, &condition);
        Ok(Some((format!("select {distinct}{projection} from ({parts}) as p{after}{tail}"), names)))
    }

    /// What is grouped by: a number is the place of a result, and a name that is no column's is a result's.
    fn key(&mut self, group: &Expr, select: &Select) -> Result<String> {
        let numbered = match group {
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => number.parse::<usize>().ok().and_then(|place| select.projection.get(place.wrapping_sub(1))),
                _ => None,
            },
            _ => None,
        };
        // What is a number and no place is for SQLite to judge.
        if numbered.is_none() && is_constant(group) {
            return Err(self.wrong("grouped by a constant"));
        }
        let written = match numbered {
            Some(SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. }) => return self.expr(expression),
            _ => self.expr(group),
        };
        let (Err(_), Expr::Identifier(name)) = (&written, group) else { return written };
        let mut results = select.projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } if alias.value.eq_ignore_ascii_case(&name.value) => Some(expr),
            _ => None,
        });
        results.next().map_or(written, |expression| self.expr(expression))
    }

    /// What stands in the place of a table of which pieces are taken.
    pub(super) fn piece_of(&self, columns: &Columns) -> Option<String> {
        let split = self.split.as_ref().filter(|split| split.parts.is_none() && self.scopes.len() == 1)?;
        let place = split.met.replace(split.met.get() + 1);
        let Columns::Entity(index) = columns else { return None };
        split.pieces.get(place).copied()?.then(|| format!("\"{}{PLACE}{place}{PLACE}\"", self.schema.tables[*index].name))
    }

    /// What the names of the parts mean, while something within them is written.
    fn within<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let Some(parts) = self.split.as_mut().and_then(|split| split.parts.take()) else { return work(self) };
        let Some(frame) = self.scopes.first_mut() else { return work(self) };
        let around = std::mem::replace(frame, parts);
        let done = work(self);
        if let (Some(frame), Some(split)) = (self.scopes.first_mut(), self.split.as_mut()) {
            split.parts = Some(std::mem::replace(frame, around));
        }
        done
    }

    /// What stands for a column of the parts around them; `None` where the name is none of theirs.
    pub(super) fn stands_for_column(&self, table: Option<&Ident>, name: &Ident) -> Result<Option<String>> {
        let Some((split, parts)) = self.split.as_ref().and_then(|split| Some((split, split.parts.as_ref()?))) else { return Ok(None) };
        if table.is_none() && split.ordered.iter().any(|ordered| ordered.span == name.span) {
            return Ok(None);
        }
        let wanted = name.value.to_lowercase();
        let mut sources = parts.sources.iter().filter(|source| source.goes_by(table));
        let Some(source) = sources.find(|source| matches!(source.columns, Columns::Any) || self.names_of(&source.columns).contains(&wanted)) else {
            return Ok(None);
        };
        let (alone, of_table) = (identifier(&name.value), format!("{}.{}", identifier(&source.name), identifier(&name.value)));
        if split.way == Way::Rows {
            return Ok(Some(split.column(if table.is_some() { of_table } else { alone })));
        }
        match split.keys.iter().position(|key| key.eq_ignore_ascii_case(&alone) || key.eq_ignore_ascii_case(&of_table)) {
            Some(key) => Ok(Some(format!("p.k{}", key + 1))),
            None => Err(self.wrong("a column that is not grouped by")),
        }
    }

    /// The name of a column as its entity has it, in whatever letters it was written.
    pub(super) fn declared(&self, name: &Ident) -> String {
        let sources = self.split.iter().filter_map(|split| split.parts.as_ref()).flat_map(|parts| &parts.sources);
        let known: Vec<_> = sources.filter(|source| matches!(source.columns, Columns::Entity(_))).flat_map(|source| self.names_of(&source.columns)).collect();
        known.into_iter().find(|known| known.eq_ignore_ascii_case(&name.value)).unwrap_or_else(|| name.value.clone())
    }

    /// What stands for an expression around the parts: a key, or what counts and sums.
    pub(super) fn stands_for(&mut self, expression: &Expr) -> Result<Option<String>> {
        let Some(split) = self.split.as_ref().filter(|split| split.parts.is_some() && self.scopes.len() == 1) else { return Ok(None) };
        let way = split.way;
        if let Expr::Function(function) = expression {
            let name = function.name.to_string().to_lowercase();
            let aggregate = function.over.is_some() || AGGREGATES.contains(&name.as_str()) && !is_of_several(&name, function);
            if aggregate {
                split.aggregates.set(true);
                return if way == Way::Rows { Ok(None) } else { self.aggregate(way, &name, function).map(Some) };
            }
        }
        if way == Way::Rows || split.keys.is_empty() || matches!(expression, Expr::Value(_)) {
            return Ok(None);
        }
        let Ok(written) = self.within(|checker| checker.node(expression)) else { return Ok(None) };
        let key = self.split.as_ref().and_then(|split| split.keys.iter().position(|key| *key == written));
        Ok(key.map(|key| format!("p.k{}", key + 1)))
    }

    /// What puts together what the parts count or sum.
    fn aggregate(&mut self, way: Way, name: &str, function: &Function) -> Result<String> {
        let closed = self.wrong("this way is closed");
        let FunctionArguments::List(list) = &function.args else { return Err(closed) };
        let (None, true, [argument]) = (&function.over, list.clauses.is_empty(), list.args.as_slice()) else { return Err(closed) };
        let filter = match &function.filter {
            Some(condition) => format!(" filter (where {})", self.within(|checker| checker.expr(condition))?),
            None => String::new(),
        };
        let (argument, whole) = match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if name == "count" => ("*".to_owned(), true),
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => self.within(|checker| Ok((checker.expr(expression)?, checker.is_whole(expression))))?,
            _ => return Err(closed),
        };
        if argument.contains(" collate ") {
            return Err(closed);
        }
        let Some(split) = &self.split else { return Err(closed) };
        if list.duplicate_treatment.is_some() {
            // Of what is counted once there is one at most.
            let mut distinct = split.distinct.borrow_mut();
            let countable = way == Way::Signed && name == "count" && filter.is_empty() && distinct.as_ref().is_none_or(|known| *known == argument);
            *distinct = Some(argument);
            return if countable { Ok("count(p.d)".to_owned()) } else { Err(closed) };
        }
        let of = |function: &str| split.column(format!("{SIGN}{function}({argument}){filter}"));
        Ok(match (way, name) {
            (_, "count") => format!("coalesce(sum({}), 0)", of("count")),
            (Way::Signed, "sum") if whole => format!("case when sum({}) > 0 then sum({}) end", of("count"), of("sum")),
            (Way::Signed, "total") if whole => format!("total({})", of("sum")),
            (Way::Signed, "avg") if whole => format!("total({}) / nullif(sum({}), 0)", of("sum"), of("count")),
            (Way::Halves, "sum" | "total" | "min" | "max") => format!("{name}({})", of(name)),
            (Way::Halves, "avg") => format!("total({}) / nullif(sum({}), 0)", of("total"), of("count")),
            _ => return Err(closed),
        })
    }

    /// Whether an expression of a part gives whole numbers or nothing, so that sums of it can be taken away again without a loss.
    fn is_whole(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Identifier(name) => self.is_whole_column(None, name),
            Expr::CompoundIdentifier(path) => matches!(path.as_slice(), [table, name] if self.is_whole_column(Some(table), name)),
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => number.bytes().all(|digit| digit.is_ascii_digit()) && number.len() < 16,
                Value::Null | Value::Boolean(_) => true,
                _ => false,
            },
            Expr::Nested(inner) => self.is_whole(inner),
            Expr::BinaryOp { left, op: BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply, right } => {
                self.is_whole(left) && self.is_whole(right)
            }
            // Yes, no or nothing.
            Expr::BinaryOp { op, .. } => {
                use BinaryOperator as Op;
                matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq | Op::And | Op::Or)
            }
            Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::Between { .. } | Expr::InList { .. } | Expr::Like { .. } | Expr::Exists { .. } => true,
            Expr::Case { conditions, else_result, .. } => {
                conditions.iter().all(|when| self.is_whole(&when.result)) && else_result.as_ref().is_none_or(|otherwise| self.is_whole(otherwise))
            }
            Expr::Function(function) => match (function.name.to_string().to_lowercase().as_str(), &function.args) {
                ("in_base" | "days_between" | "length" | "whole", _) => true,
                ("coalesce", FunctionArguments::List(list)) => {
                    list.args.iter().all(|argument| matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) if self.is_whole(expression)))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_whole_column(&self, table: Option<&Ident>, name: &Ident) -> bool {
        let wanted = name.value.to_lowercase();
        let Some(frame) = self.scopes.first() else { return false };
        let mut sources = frame.sources.iter().filter(|source| source.goes_by(table));
        sources.any(|Source { columns, .. }| {
            let Columns::Entity(index) = columns else { return false };
            let table = &self.schema.tables[*index];
            let stored = |field: usize| field < table.stored;
            let whole = |field: &FieldType| {
                matches!(field, FieldType::Integer { .. } | FieldType::Bool | FieldType::Moment | FieldType::Money | FieldType::Reference(_))
            };
            FIXED.iter().any(|(fixed, _)| *fixed == wanted)
                || table.position(&wanted).is_some_and(|field| stored(field) && whole(&table.fields[field].field_type))
        })
    }
}

/// `min` and `max` of several values are no aggregates.
fn is_of_several(name: &str, function: &Function) -> bool {
    matches!(name, "min" | "max") && matches!(&function.args, FunctionArguments::List(list) if list.args.len() > 1)
}

fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Value(_) => true,
        Expr::Nested(inner) | Expr::UnaryOp { expr: inner, .. } => is_constant(inner),
        _ => false,
    }
}

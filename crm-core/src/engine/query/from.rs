//! Writes what follows `from`: tables, subqueries and joins.

use super::expression::alias;
use super::filter_check::Checker;
use super::parts::InTurn;
use super::scope::{Columns, Source, identifier, json_columns};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::quoted;
use sqlparser::ast::{
    FunctionArg, FunctionArgExpr, Join, JoinConstraint, JoinOperator, ObjectName, Select, TableAlias, TableFactor, TableFunctionArgs, TableWithJoins,
};

impl Checker<'_> {
    pub(super) fn from(&mut self, from: &[TableWithJoins]) -> Result<String> {
        Ok(from.iter().map(|tables| self.joined(tables)).collect::<Result<Vec<_>>>()?.join(", "))
    }

    /// The same in pieces: the first two tables apart, where they are joined by a condition.
    pub(super) fn tables_in_turn(&mut self, from: &[TableWithJoins]) -> Result<InTurn> {
        let (
            [TableWithJoins { relation, joins }],
            Some((JoinOperator::Join(JoinConstraint::On(condition)) | JoinOperator::Inner(JoinConstraint::On(condition)), second)),
        ) = (from, from.first().and_then(|from| from.joins.first()).map(|join| (&join.join_operator, &join.relation)))
        else {
            return Ok(InTurn { first: self.from(from)?, second: None, rest: String::new() });
        };
        let (first, second) = (self.relation(relation)?, self.relation(second)?);
        let second = Some((second, self.expr(condition)?));
        let rest = joins[1..].iter().map(|join| self.join(join)).collect::<Result<String>>()?;
        Ok(InTurn { first, second, rest })
    }

    fn joined(&mut self, tables: &TableWithJoins) -> Result<String> {
        let mut sql = self.relation(&tables.relation)?;
        for join in &tables.joins {
            sql += &self.join(join)?;
        }
        Ok(sql)
    }

    fn relation(&mut self, relation: &TableFactor) -> Result<String> {
        match relation {
            TableFactor::Table { name, alias, args, with_hints, version, with_ordinality: false, partitions, json_path: None, sample: None, index_hints }
                if with_hints.is_empty() && version.is_none() && partitions.is_empty() && index_hints.is_empty() =>
            {
                match args {
                    None => self.one(name, alias.as_ref()),
                    Some(args) => self.table_function(name, args, alias.as_ref()),
                }
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } if self.is_sql() => {
                let (sql, columns) = self.query(subquery)?;
                Ok(format!("({sql}){}", self.source(None, alias.as_ref(), columns)?))
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } if self.is_sql() => {
                Ok(format!("({})", self.deeper(|checker| checker.joined(table_with_joins))?))
            }
            _ => Err(self.unsupported("anything but a table after FROM")),
        }
    }

    fn one(&mut self, name: &ObjectName, given: Option<&TableAlias>) -> Result<String> {
        let (table, columns) = self.table(name)?;
        let own = name.0.last().and_then(|part| part.as_ident()).map(|name| name.value.clone()).unwrap_or_default();
        if self.is_sql() {
            let table = match self.piece_of(&columns) {
                Some(piece) if given.is_none() => piece + &alias(&own),
                Some(piece) => piece,
                None => table,
            };
            return Ok(table + &self.source(Some(own), given, columns)?);
        }
        let alias = given.map_or(own, |alias| alias.name.value.clone()).to_lowercase();
        if !alias.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
            return Err(self.wrong("an alias has letters, digits and underscores"));
        }
        if let Some(frame) = self.scopes.last_mut() {
            frame.sources.push(Source { name: alias.clone(), columns });
        }
        Ok(format!("{table} as {}", quoted(&alias)))
    }

    /// `json_each(...)` and `json_tree(...)`, the only tables that are functions.
    fn table_function(&mut self, name: &ObjectName, args: &TableFunctionArgs, given: Option<&TableAlias>) -> Result<String> {
        self.only_sql("a function after FROM")?;
        let name = name.to_string().to_lowercase();
        if !matches!(name.as_str(), "json_each" | "json_tree") {
            return Err(Error::unknown("function", &name, ["json_each", "json_tree"].into_iter()));
        }
        let mut arguments = Vec::new();
        for argument in &args.args {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) = argument else { return Err(self.unsupported("this kind of argument")) };
            arguments.push(self.expr(expression)?);
        }
        let source = self.source(Some(name.clone()), given, json_columns())?;
        Ok(format!("{name}({}){source}", arguments.join(", ")))
    }

    /// Notes what columns come from, and writes the name that it is given.
    fn source(&mut self, own: Option<String>, given: Option<&TableAlias>, columns: Columns) -> Result<String> {
        if given.is_some_and(|given| !given.columns.is_empty() || given.at.is_some()) {
            return Err(self.unsupported("names of columns after the name of a table"));
        }
        let written = given.map(|given| alias(&given.name.value)).unwrap_or_default();
        let name = given.map(|given| given.name.value.clone()).or(own).unwrap_or_default();
        if let Some(frame) = self.scopes.last_mut() {
            frame.sources.push(Source { name, columns });
        }
        Ok(written)
    }

    fn join(&mut self, join: &Join) -> Result<String> {
        use JoinOperator as Op;
        let (kind, constraint) = match &join.join_operator {
            Op::Join(constraint) | Op::Inner(constraint) => ("join", constraint),
            Op::Left(constraint) | Op::LeftOuter(constraint) => ("left join", constraint),
            Op::Right(constraint) | Op::RightOuter(constraint) if self.is_sql() => ("right join", constraint),
            Op::FullOuter(constraint) if self.is_sql() => ("full join", constraint),
            Op::CrossJoin(constraint) if self.is_sql() => ("cross join", constraint),
            _ => return Err(self.unsupported("this kind of join")),
        };
        let relation = self.relation(&join.relation)?;
        Ok(match constraint {
            JoinConstraint::On(condition) => format!(" {kind} {relation} on {}", self.expr(condition)?),
            _ if !self.is_sql() => return Err(self.unsupported("a join without ON")),
            JoinConstraint::None => format!(" {kind} {relation}"),
            JoinConstraint::Natural => format!(" natural {kind} {relation}"),
            JoinConstraint::Using(columns) => {
                let mut names = Vec::new();
                for column in columns {
                    let [name] = column.0.as_slice() else { return Err(self.no_schemas()) };
                    names.push(identifier(&name.as_ident().ok_or_else(|| self.unsupported("this kind of column"))?.value));
                }
                format!(" {kind} {relation} using ({})", names.join(", "))
            }
        })
    }

    /// The columns that a full join puts together of both sides: SQLite calls such a result as it was written, not as the column is called.
    pub(super) fn merged(&self, select: &Select) -> Vec<String> {
        let mut merged = Vec::new();
        for join in select.from.iter().flat_map(|tables| &tables.joins) {
            match &join.join_operator {
                JoinOperator::FullOuter(JoinConstraint::Using(columns)) => merged.extend(columns.iter().map(|name| name.to_string().to_lowercase())),
                JoinOperator::FullOuter(JoinConstraint::Natural) => {
                    let sources = self.scopes.last().map(|frame| frame.sources.as_slice()).unwrap_or_default();
                    let names: Vec<_> = sources.iter().flat_map(|source| self.names_of(&source.columns)).collect();
                    merged.extend(names.iter().filter(|name| names.iter().filter(|other| other == name).count() > 1).cloned());
                }
                _ => {}
            }
        }
        merged
    }
}

//! Subqueries of filters, checked and written out again.

use super::filter_check::{Checker, MAX_LISTS, unsupported, wrong};
use crate::engine::error::Result;
use crate::engine::store::schema::quoted;
use sqlparser::ast::{
    GroupByExpr, Join, JoinConstraint, JoinOperator, LimitClause, ObjectName, OrderByKind, OrderBySort, Query, Select, SelectItem, SetExpr, TableFactor,
};

impl Checker<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Result<String> {
        let SetExpr::Select(select) = query.body.as_ref() else { return Err(unsupported("a union")) };
        if query.with.is_some() || query.fetch.is_some() || !query.locks.is_empty() {
            return Err(unsupported("WITH, FETCH or a lock"));
        }
        self.scopes.push(Vec::new());
        if self.scopes.len() > MAX_LISTS {
            return Err(wrong("subqueries nest too deeply"));
        }
        let sql = self.select(select, query);
        self.scopes.pop();
        sql
    }

    fn select(&mut self, select: &Select, query: &Query) -> Result<String> {
        if select.into.is_some() || select.top.is_some() || select.qualify.is_some() || !select.named_window.is_empty() {
            return Err(unsupported("INTO, TOP or a window"));
        }
        let mut from = Vec::new();
        for table in &select.from {
            let mut sql = self.relation(&table.relation)?;
            for join in &table.joins {
                sql += &self.join(join)?;
            }
            from.push(sql);
        }
        let mut columns = Vec::new();
        for item in &select.projection {
            columns.push(match item {
                SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => self.expr(expression)?,
                _ => return Err(unsupported("`*` in a subquery")),
            });
        }
        let distinct = if select.distinct.is_some() { "distinct " } else { "" };
        let mut sql = format!("select {distinct}{} from {}", columns.join(", "), from.join(", "));
        if let Some(condition) = &select.selection {
            sql += &format!(" where {}", self.expr(condition)?);
        }
        if let GroupByExpr::Expressions(groups, modifiers) = &select.group_by {
            if !modifiers.is_empty() {
                return Err(unsupported("ROLLUP or CUBE"));
            }
            let groups = groups.iter().map(|group| self.expr(group)).collect::<Result<Vec<_>>>()?;
            if !groups.is_empty() {
                sql += &format!(" group by {}", groups.join(", "));
            }
        }
        if let Some(having) = &select.having {
            sql += &format!(" having {}", self.expr(having)?);
        }
        if let Some(order) = &query.order_by {
            let OrderByKind::Expressions(keys) = &order.kind else { return Err(unsupported("ORDER BY ALL")) };
            let keys = keys
                .iter()
                .map(|key| Ok(self.expr(&key.expr)? + in_order(matches!(key.options.sort, Some(OrderBySort::Desc)), key.options.nulls_first)))
                .collect::<Result<Vec<_>>>()?;
            sql += &format!(" order by {}", keys.join(", "));
        }
        match &query.limit_clause {
            None => {}
            Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, limit_by }) if limit_by.is_empty() => {
                sql += &format!(" limit {}", self.expr(limit)?)
            }
            Some(_) => return Err(unsupported("OFFSET")),
        }
        Ok(sql)
    }

    fn relation(&mut self, relation: &TableFactor) -> Result<String> {
        let TableFactor::Table { name, alias, args: None, .. } = relation else { return Err(unsupported("anything but a table after FROM")) };
        let name = single(name)?;
        let index = self.schema.index(&name)?;
        let alias = alias.as_ref().map_or_else(|| name.clone(), |alias| alias.name.value.to_lowercase());
        if !alias.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
            return Err(wrong("an alias has letters, digits and underscores"));
        }
        if let Some(frame) = self.scopes.last_mut() {
            frame.push((alias.clone(), index));
        }
        Ok(format!("{{{name}}} as {}", quoted(&alias)))
    }

    fn join(&mut self, join: &Join) -> Result<String> {
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => ("join", constraint),
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => ("left join", constraint),
            _ => return Err(unsupported("this kind of join")),
        };
        let JoinConstraint::On(condition) = constraint else { return Err(unsupported("a join without ON")) };
        Ok(format!(" {kind} {} on {}", self.relation(&join.relation)?, self.expr(condition)?))
    }
}

/// How a key is ordered, with the place of what is empty written out: first upwards and last downwards where nothing is said.
fn in_order(down: bool, empty_first: Option<bool>) -> &'static str {
    match (down, empty_first.unwrap_or(!down)) {
        (false, true) => " nulls first",
        (false, false) => " nulls last",
        (true, true) => " desc nulls first",
        (true, false) => " desc nulls last",
    }
}

fn single(name: &ObjectName) -> Result<String> {
    match name.0.as_slice() {
        [part] => part.as_ident().map(|name| name.value.to_lowercase()).ok_or_else(|| unsupported("this kind of table")),
        _ => Err(unsupported("a table name of several parts")),
    }
}

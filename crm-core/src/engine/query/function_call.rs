//! Writes calls of functions, with the windows, orders and conditions that statements give them.

use super::filter_check::Checker;
use super::functions::{Reach, find, functions};
use super::scope::identifier;
use crate::engine::error::{Error, Result};
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, NamedWindowExpr,
    ObjectNamePart, OrderByExpr, OrderBySort, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

impl Checker<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Result<String> {
        let name = match function.name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] => name.value.to_lowercase(),
            _ => return Err(self.unsupported("a function name of several parts")),
        };
        if matches!(name.as_str(), "now" | "today" | "in_list") {
            self.timeless.set(false);
        }
        let of_statement = function.over.is_some() || function.filter.is_some();
        if of_statement && !self.is_sql() || !function.within_group.is_empty() || function.null_treatment.is_some() {
            return Err(self.unsupported(&format!("`{name}` with a window or clause")));
        }
        if name == "in_list" {
            return match &function.args {
                FunctionArguments::List(list) if !self.is_sql() => self.in_list(&list.args),
                _ => Err(self.wrong("in_list() is for filters; in sql() the members of lists are in `list_member`")),
            };
        }
        // Only what is declared is ever written, so a function of the database that nobody thought of stays out of reach.
        let Some((known, written)) = find(&name).filter(|(known, _)| self.is_sql() || known.reach == Reach::Everywhere) else {
            let reach = |known: Reach| self.is_sql() || known == Reach::Everywhere;
            return Err(match find(&name) {
                Some(_) => self.wrong(format!("the function `{name}` is for sql() alone")),
                None => Error::unknown("function", &name, functions(reach).chain((!self.is_sql()).then_some("in_list"))),
            });
        };
        let arguments = match &function.args {
            FunctionArguments::List(list) => format!("({})", self.arguments(&name, list)?),
            FunctionArguments::None if known.arguments.is_empty() && self.is_sql() => String::new(),
            _ => return Err(self.unsupported(&format!("`{name}` without parentheses"))),
        };
        let mut sql = format!("{written}{arguments}");
        if let Some(condition) = &function.filter {
            sql += &format!(" filter (where {})", self.expr(condition)?);
        }
        match &function.over {
            None => {}
            Some(WindowType::NamedWindow(window)) => sql += &format!(" over {}", identifier(&window.value)),
            Some(WindowType::WindowSpec(window)) => sql += &format!(" over ({})", self.window(window)?),
        }
        Ok(sql)
    }

    fn arguments(&mut self, name: &str, list: &FunctionArgumentList) -> Result<String> {
        let mut arguments = Vec::new();
        for argument in &list.args {
            arguments.push(match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => match list.args.first() {
                    // `has(field, 'word')`: the word stands beside the field.
                    Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(field))) if name == "has" => self.operand_beside(expression, field)?,
                    _ => self.expr(expression)?,
                },
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if name == "count" => "*".into(),
                _ => return Err(self.unsupported("this kind of argument")),
            });
        }
        let mut sql = arguments.join(", ");
        if list.duplicate_treatment == Some(DuplicateTreatment::Distinct) {
            sql = format!("distinct {sql}");
        }
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OrderBy(keys) if self.is_sql() => sql += &format!(" order by {}", self.keys(keys)?),
                _ => return Err(self.unsupported(&format!("`{name}` with a window or clause"))),
            }
        }
        Ok(sql)
    }

    /// What results are ordered by.
    pub(super) fn keys(&mut self, keys: &[OrderByExpr]) -> Result<String> {
        let mut written = Vec::new();
        for key in keys {
            let down = match &key.options.sort {
                Some(OrderBySort::Using(_)) => return Err(self.unsupported("an order by operators")),
                Some(OrderBySort::Desc) => true,
                _ => false,
            };
            if key.with_fill.is_some() {
                return Err(self.unsupported("WITH FILL"));
            }
            let sql = self.expr(&key.expr)?;
            // What nobody says is what the database does by itself; for both engines it is written out.
            let order =
                if self.is_sql() && key.options.nulls_first.is_none() { if down { " desc" } else { "" } } else { in_order(down, key.options.nulls_first) };
            written.push(sql + order);
        }
        Ok(written.join(", "))
    }

    pub(super) fn named_window(&mut self, window: &NamedWindowExpr) -> Result<String> {
        match window {
            NamedWindowExpr::WindowSpec(window) => self.window(window),
            NamedWindowExpr::NamedWindow(_) => Err(self.unsupported("a window without parentheses")),
        }
    }

    fn window(&mut self, window: &WindowSpec) -> Result<String> {
        let mut parts = Vec::new();
        if let Some(name) = &window.window_name {
            parts.push(identifier(&name.value));
        }
        if !window.partition_by.is_empty() {
            parts.push(format!("partition by {}", self.list(&window.partition_by)?));
        }
        if !window.order_by.is_empty() {
            parts.push(format!("order by {}", self.keys(&window.order_by)?));
        }
        if let Some(WindowFrame { units, start_bound, end_bound }) = &window.window_frame {
            let units = match units {
                WindowFrameUnits::Rows => "rows",
                WindowFrameUnits::Range => "range",
                WindowFrameUnits::Groups => "groups",
            };
            let start = self.bound(start_bound)?;
            parts.push(match end_bound {
                Some(end) => format!("{units} between {start} and {}", self.bound(end)?),
                None => format!("{units} {start}"),
            });
        }
        Ok(parts.join(" "))
    }

    fn bound(&mut self, bound: &WindowFrameBound) -> Result<String> {
        let mut of = |distance: &Option<Box<Expr>>| distance.as_ref().map_or_else(|| Ok("unbounded".into()), |distance| self.operand(distance));
        Ok(match bound {
            WindowFrameBound::CurrentRow => "current row".into(),
            WindowFrameBound::Preceding(distance) => format!("{} preceding", of(distance)?),
            WindowFrameBound::Following(distance) => format!("{} following", of(distance)?),
        })
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

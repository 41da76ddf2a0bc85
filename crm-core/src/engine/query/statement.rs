//! Writes queries from their trees: the subqueries of filters, and whole statements.

use super::expression::alias;
use super::filter_check::{Checker, MAX_LISTS};
use super::scope::{Columns, Frame, Source, identifier, named};
use super::text::read;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Schema, Statement};
use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, LimitClause, OrderByKind, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator,
    SetQuantifier, With,
};

/// How deep the parser goes into a statement: a subquery takes it several steps.
const PARSER_DEPTH: usize = 200;
/// How deep queries nest in the past: each reads two tables there, and SQLite writes what is within once for each.
const MAX_PAST_QUERIES: usize = 8;
/// How statements begin that read.
const READING: [&str; 3] = ["select", "values", "with"];
/// How statements begin that do anything else.
const OTHERS: [&str; 26] = [
    "alter",
    "analyze",
    "attach",
    "begin",
    "commit",
    "copy",
    "create",
    "delete",
    "detach",
    "drop",
    "end",
    "explain",
    "grant",
    "insert",
    "install",
    "load",
    "merge",
    "pragma",
    "reindex",
    "release",
    "replace",
    "rollback",
    "savepoint",
    "truncate",
    "update",
    "vacuum",
];

/// Checks a whole reading statement and writes it out again; as of the past where that is what is read.
pub(super) fn rewritten(schema: &Schema, past: bool, text: &str) -> Result<Statement> {
    let mut read = read("sql", text, 0)?;
    read.without_end();
    let first = read.first_word().unwrap_or_default().to_lowercase();
    if OTHERS.contains(&first.as_str()) {
        return Err(Error::denied("sql", "only reading is allowed"));
    }
    if !READING.contains(&first.as_str()) {
        return Err(Error::invalid("sql", "syntax error: a statement begins with select, values or with"));
    }
    let query = read.parse("sql", PARSER_DEPTH, |parser| parser.parse_query())?;
    let no_list = |_: &str| Err(Error::invalid("in_list", "is for filters"));
    let mut checker = Checker::new(schema, &no_list);
    (checker.statement, checker.past) = (Some(read), past);
    let (sql, _) = checker.query(&query)?;
    // The comment keeps it apart from the library's own statements, which are checked differently.
    Ok(Statement { sql: format!("/* sql */ {sql}"), given: checker.given, pieces: checker.pieces.into_iter().collect() })
}

impl Checker<'_> {
    /// A query, and the columns that it gives.
    pub(super) fn query(&mut self, query: &Query) -> Result<(String, Columns)> {
        if query.fetch.is_some() || !query.locks.is_empty() || query.for_clause.is_some() || !query.pipe_operators.is_empty() {
            return Err(self.unsupported("FETCH, FOR or a lock"));
        }
        if query.settings.is_some() || query.format_clause.is_some() {
            return Err(self.unsupported("SETTINGS or FORMAT"));
        }
        self.timeless.set(false);
        if self.past && self.queries >= MAX_PAST_QUERIES {
            return Err(self.wrong(format!("of the past, queries stand within one another up to {MAX_PAST_QUERIES} deep")));
        }
        self.queries += 1;
        let (scopes, ctes) = (self.scopes.len(), self.ctes.len());
        let written = self.deeper(|checker| {
            if scopes >= MAX_LISTS && !checker.is_sql() {
                return Err(checker.wrong("subqueries nest too deeply"));
            }
            let with = query.with.as_ref().map(|with| checker.with(with)).transpose()?.unwrap_or_default();
            if let Some((sql, columns)) = checker.in_pieces(query) {
                return Ok((with + &sql, columns));
            }
            checker.scopes.push(Frame::default());
            let (body, columns) = checker.body(&query.body)?;
            let tail = checker.tail(query, &columns)?;
            Ok((with + &body + &tail, columns))
        });
        self.queries -= 1;
        self.scopes.truncate(scopes);
        self.ctes.truncate(ctes);
        written
    }

    fn with(&mut self, with: &With) -> Result<String> {
        self.only_sql("WITH")?;
        let first = self.ctes.len();
        // Each may name all others, as far as SQLite finds an order of them; its own columns are known when it has been read.
        for cte in &with.cte_tables {
            let given: Vec<_> = cte.alias.columns.iter().map(|column| column.name.value.clone()).collect();
            let columns = if given.is_empty() { Columns::Any } else { named(given) };
            self.given.push(cte.alias.name.value.clone());
            self.ctes.push(Source { name: cte.alias.name.value.clone(), columns });
        }
        let mut written = Vec::new();
        for (place, cte) in with.cte_tables.iter().enumerate() {
            if cte.from.is_some() || cte.alias.columns.iter().any(|column| column.data_type.is_some()) {
                return Err(self.unsupported("this kind of common table expression"));
            }
            let hints = self.statement.as_ref().map(|text| &text.hints);
            let hint = hints.and_then(|hints| hints.get(&cte.closing_paren_token.0.span.start)).copied().unwrap_or_default();
            let (sql, columns) = self.query(&cte.query)?;
            let given: Vec<_> = cte.alias.columns.iter().map(|column| identifier(&column.name.value)).collect();
            if given.is_empty() {
                self.ctes[first + place].columns = columns;
            }
            let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
            written.push(format!("{}{given} as {hint}({sql})", identifier(&cte.alias.name.value)));
        }
        Ok(format!("with {}{} ", if with.recursive { "recursive " } else { "" }, written.join(", ")))
    }

    /// Selects, one or several; SQLite takes them from left to right, whatever joins them.
    fn body(&mut self, body: &SetExpr) -> Result<(String, Columns)> {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query).map(|(sql, columns)| (format!("({sql})"), columns)),
            SetExpr::Values(values) => {
                self.only_sql("VALUES")?;
                let rows = values.rows.iter().map(|row| Ok(format!("({})", self.list(&row.content)?))).collect::<Result<Vec<_>>>()?;
                let columns = values.rows.first().map_or(0, |row| row.content.len());
                Ok((format!("values {}", rows.join(", ")), named((1..=columns).map(|number| format!("column{number}")))))
            }
            SetExpr::SetOperation { .. } => {
                self.only_sql("a union")?;
                let (mut first, mut others) = (body, Vec::new());
                while let SetExpr::SetOperation { left, op, set_quantifier, right } = first {
                    others.push((op, set_quantifier, right));
                    first = left;
                }
                let (mut sql, columns) = self.part(first)?;
                for (op, quantifier, right) in others.into_iter().rev() {
                    let op = match (op, quantifier) {
                        (SetOperator::Union, SetQuantifier::All) => "union all",
                        (SetOperator::Union, SetQuantifier::None) => "union",
                        (SetOperator::Except, SetQuantifier::None) => "except",
                        (SetOperator::Intersect, SetQuantifier::None) => "intersect",
                        _ => return Err(self.unsupported("this kind of union")),
                    };
                    self.scopes.push(Frame::default());
                    let part = self.part(right);
                    self.scopes.pop();
                    sql += &format!(" {op} {}", part?.0);
                }
                Ok((sql, columns))
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => Err(Error::denied("sql", "only reading is allowed")),
            SetExpr::Table(_) => Err(self.unsupported("TABLE")),
        }
    }

    /// One of the queries of a union.
    fn part(&mut self, part: &SetExpr) -> Result<(String, Columns)> {
        match part {
            SetExpr::Query(_) => Err(self.wrong("the queries of a union stand without parentheses; `select * from (...)` puts one in brackets")),
            part => self.body(part),
        }
    }

    fn select(&mut self, select: &Select) -> Result<(String, Columns)> {
        if select.into.is_some() || select.top.is_some() || select.qualify.is_some() || !self.is_sql() && !select.named_window.is_empty() {
            return Err(self.unsupported("INTO, TOP, QUALIFY or a window"));
        }
        let others = [select.cluster_by.is_empty(), select.distribute_by.is_empty(), select.sort_by.is_empty(), select.connect_by.is_empty()];
        if others.contains(&false) || !select.lateral_views.is_empty() || select.prewhere.is_some() || select.exclude.is_some() {
            return Err(self.unsupported("this kind of clause"));
        }
        if self.is_sql()
            && let Some(frame) = self.scopes.last_mut()
        {
            let aliases = select.projection.iter().filter_map(|item| if let SelectItem::ExprWithAlias { alias, .. } = item { Some(alias) } else { None });
            frame.aliases = aliases.map(|alias| alias.value.to_lowercase()).collect();
        }
        let from = self.from(&select.from)?;
        let (columns, names) = self.projection(select)?;
        let distinct = match &select.distinct {
            None => "",
            Some(Distinct::Distinct) => "distinct ",
            Some(Distinct::All) if self.is_sql() => "all ",
            Some(_) => return Err(self.unsupported("DISTINCT ON")),
        };
        let mut sql = format!("select {distinct}{columns}");
        if !from.is_empty() {
            sql += &format!(" from {from}");
        }
        if let Some(condition) = &select.selection {
            sql += &format!(" where {}", self.expr(condition)?);
        }
        match &select.group_by {
            GroupByExpr::Expressions(groups, modifiers) if modifiers.is_empty() => {
                if !groups.is_empty() {
                    sql += &format!(" group by {}", self.list(groups)?);
                }
            }
            _ => return Err(self.unsupported("ROLLUP, CUBE or GROUP BY ALL")),
        }
        if let Some(having) = &select.having {
            sql += &format!(" having {}", self.expr(having)?);
        }
        sql += &self.windows(select)?;
        Ok((sql, names))
    }

    /// The windows that a select names.
    pub(super) fn windows(&mut self, select: &Select) -> Result<String> {
        let mut windows = Vec::new();
        for window in &select.named_window {
            windows.push(format!("{} as ({})", identifier(&window.0.value), self.named_window(&window.1)?));
        }
        Ok(if windows.is_empty() { String::new() } else { format!(" window {}", windows.join(", ")) })
    }

    /// What is selected, and the names of it.
    pub(super) fn projection(&mut self, select: &Select) -> Result<(String, Columns)> {
        let texts = self.statement.as_ref().and_then(|text| text.columns.get(&select.select_token.0.span.start).cloned());
        let texts = texts.filter(|texts| texts.len() == select.projection.len());
        let merged = self.merged(select);
        // What a subquery gives is called as its column even where that is collated; what the statement gives is not.
        let column_of = if self.depth == 1 { column_alone } else { column_of };
        let (mut written, mut names, mut known) = (Vec::new(), Vec::new(), true);
        for (place, item) in select.projection.iter().enumerate() {
            written.push(match item {
                SelectItem::UnnamedExpr(expression) => {
                    let sql = self.expr(expression)?;
                    let text = texts.as_ref().map(|texts| &texts[place]);
                    match (column_of(expression), text) {
                        (Some(name), Some(text)) if merged.contains(&name.value.to_lowercase()) => {
                            names.push(name.value.clone());
                            sql + &alias(text)
                        }
                        (Some(name), _) if self.split.is_some() => {
                            names.push(name.value.clone());
                            sql + &alias(&if self.depth == 1 { self.declared(name) } else { name.value.clone() })
                        }
                        (Some(name), _) => {
                            names.push(name.value.clone());
                            sql
                        }
                        // A result without a name is called as it was written.
                        (None, Some(text)) => {
                            names.push(text.clone());
                            sql + &alias(text)
                        }
                        (None, None) => {
                            known = false;
                            sql
                        }
                    }
                }
                SelectItem::ExprWithAlias { expr, alias: name } => {
                    let sql = self.expr(expr)?;
                    names.push(name.value.clone());
                    if self.is_sql() { sql + &alias(&name.value) } else { sql }
                }
                SelectItem::Wildcard(_) if self.is_sql() => {
                    let sources = self.scopes.last().map(|frame| frame.sources.as_slice()).unwrap_or_default();
                    known &= sources.iter().all(|source| !matches!(source.columns, Columns::Any));
                    names.extend(sources.iter().flat_map(|source| self.names_of(&source.columns)));
                    "*".into()
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(table), _) if self.is_sql() => {
                    let [table] = table.0.as_slice() else { return Err(self.no_schemas()) };
                    let table = table.as_ident().ok_or_else(|| self.unsupported("this kind of column"))?;
                    let sources = self.scopes.last().map(|frame| frame.sources.as_slice()).unwrap_or_default();
                    let Some(source) = sources.iter().find(|source| source.name.eq_ignore_ascii_case(&table.value)) else {
                        return Err(self.unknown("table", table, sources.iter().map(|source| source.name.as_str())));
                    };
                    known &= !matches!(source.columns, Columns::Any);
                    names.extend(self.names_of(&source.columns));
                    format!("{}.*", identifier(&table.value))
                }
                _ => return Err(self.unsupported("`*` in a subquery")),
            });
        }
        Ok((written.join(", "), if known { named(names) } else { Columns::Any }))
    }

    /// Order and limit.
    pub(super) fn tail(&mut self, query: &Query, columns: &Columns) -> Result<String> {
        let mut sql = String::new();
        if matches!(query.body.as_ref(), SetExpr::SetOperation { .. } | SetExpr::Values(_))
            && let Some(frame) = self.scopes.last_mut()
        {
            // What several queries give is ordered by the names of their results, those of any of them.
            *frame = Frame { sources: vec![Source { name: String::new(), columns: Columns::Any }], aliases: Vec::new() };
        } else if let (Columns::Named(names), Some(frame), true) = (columns, self.scopes.last_mut(), self.statement.is_some()) {
            frame.aliases.extend(names.iter().cloned());
        }
        if let Some(order) = &query.order_by {
            let OrderByKind::Expressions(keys) = &order.kind else { return Err(self.unsupported("ORDER BY ALL")) };
            sql += &format!(" order by {}", self.keys(keys)?);
        }
        let (limit, offset) = match &query.limit_clause {
            None => return Ok(sql),
            Some(LimitClause::LimitOffset { limit: Some(limit), offset, limit_by }) if limit_by.is_empty() => {
                (limit, offset.as_ref().map(|offset| &offset.value))
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => (limit, Some(offset)),
            Some(_) => return Err(self.unsupported("OFFSET without LIMIT")),
        };
        sql += &format!(" limit {}", self.expr(limit)?);
        if let Some(offset) = offset {
            self.only_sql("OFFSET")?;
            sql += &format!(" offset {}", self.expr(offset)?);
        }
        Ok(sql)
    }
}

/// The column that an expression is, if it is nothing but one.
pub(super) fn column_alone(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Identifier(name) => Some(name),
        Expr::CompoundIdentifier(path) => path.last(),
        Expr::Nested(inner) => column_alone(inner),
        _ => None,
    }
}

/// The same, whatever it is compared by.
fn column_of(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Collate { expr, .. } | Expr::Nested(expr) => column_of(expr),
        other => column_alone(other),
    }
}

//! What to find, in what order, how much of it.

use super::filter_check::{Checked, check};
use super::lists::list_filter;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{FIXED, Part};
use crate::engine::store::{Cell, View, from_json, share};
use crate::engine::value::Value;
use serde::{Deserialize, Serialize};

/// The most records a page holds.
pub(super) const MAX_PAGE: usize = 100_000;
/// How many records a page has when the filter does not say.
const PAGE: usize = 100;
/// The most values a filter binds.
const MAX_PARAMS: usize = 500;
/// The most fields a result is ordered by.
const MAX_ORDER: usize = 8;

/// What to find: an SQL boolean expression over an entity's fields, values for its parameters, an order, a limit.
///
/// Fields of other entities are reached by subqueries, lists by `in_list('Name')`; custom, formula and roll-up fields
/// are fields like any other. Money is compared in minor units (`value >= 100000` is 1000.00); moments are
/// compared with texts or parameters such as `'2026-01-31'`. It may call these [functions](crate::functions), `today(-30)` among them. Empty text
/// finds everything.
///
/// ```
/// use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// for (name, employees) in [("Acme", 120), ("Birch", 40), ("Cedar", 300)] {
///     crm.organizations().add(OrganizationFields::new(name).employees(employees))?;
/// }
/// let large = crm.organizations().find(Filter::new("employees >= ?1").bind(100).order_by("-employees"))?;
/// assert_eq!(large[0].name, "Cedar");
/// # Ok::<(), Error>(())
/// ```
///
/// In serde's formats it is the expression alone or a map of `expression`, `params`, `order_by`, `limit` and `after`, as the calls in JSON take it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Filter {
    expression: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<Value>,
    #[serde(rename = "order_by", skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// One page of records, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records, in order.
    pub records: Vec<T>,
    /// Give this to [`Filter::after`] for the next page; `None` on the last one.
    pub next: Option<String>,
}

impl Filter {
    /// A filter with this expression; empty finds everything.
    pub fn new(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), ..Self::default() }
    }

    /// The filter of options that may have one; values without a filter are refused.
    pub(crate) fn given(expression: Option<&str>, params: &[Value]) -> Result<Option<Self>> {
        if expression.is_none() && !params.is_empty() {
            return Err(Error::invalid("params", "belong to a filter, and none was given"));
        }
        Ok(expression.map(|expression| Self::from((expression.to_owned(), params.to_vec()))))
    }

    /// Replaces the expression.
    pub(crate) fn expression(mut self, expression: String) -> Self {
        self.expression = expression;
        self
    }

    /// Binds the next parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.params.push(value.into());
        self
    }

    /// Orders by a field, after those named before: `name`, or `-name` or `name desc` for the other direction.
    #[must_use]
    pub fn order_by(mut self, field: impl Into<String>) -> Self {
        self.order.extend(field.into().split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
        self
    }

    /// At most this many records (1 to 100,000).
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Goes on after an earlier page ([`Page::next`]), by key: pages neither skip nor repeat records that
    /// stay in place, however many are added meanwhile.
    #[must_use]
    pub fn after(mut self, next: impl Into<String>) -> Self {
        self.after = Some(next.into());
        self
    }
}

impl From<&str> for Filter {
    fn from(expression: &str) -> Self {
        Self::new(expression)
    }
}

impl From<String> for Filter {
    fn from(expression: String) -> Self {
        Self::new(expression)
    }
}

impl<V: Into<Value>, const N: usize> From<(&str, [V; N])> for Filter {
    fn from((expression, params): (&str, [V; N])) -> Self {
        Self { params: params.into_iter().map(Into::into).collect(), ..Self::new(expression) }
    }
}

impl From<(String, Vec<Value>)> for Filter {
    fn from((expression, params): (String, Vec<Value>)) -> Self {
        Self { params, ..Self::new(expression) }
    }
}

/// A filter ready to run: `where ... order by ... limit ...`, and the values to bind.
pub(crate) struct Compiled {
    pub condition: String,
    pub tail: String,
    pub params: Vec<Cell<'static>>,
    pub limit: Option<usize>,
    /// Whether the condition looks at nothing but what a record holds.
    pub timeless: bool,
    keys: Vec<(String, bool)>,
}

impl Filter {
    /// With the limit of a page where it has none.
    pub(crate) fn into_page(self) -> Self {
        Self { limit: self.limit.or(Some(PAGE)), ..self }
    }

    pub(crate) fn compile(&self, view: View<'_>, table: usize) -> Result<Compiled> {
        let checked = match self.expression.trim() {
            "" => Checked { sql: "true".into(), template: "true".into(), params: 0, timeless: true },
            text => check(view.schema, Some(view.access), table, text, false, &|name| list_filter(view, name))?,
        };
        if self.params.len() > MAX_PARAMS {
            return Err(Error::invalid("params", format!("more than {MAX_PARAMS} values")));
        }
        if checked.params != self.params.len() {
            return Err(Error::invalid("params", format!("the filter needs {} value(s), {} given", checked.params, self.params.len())));
        }
        if self.limit.is_some_and(|limit| limit == 0 || limit > MAX_PAGE) {
            return Err(Error::invalid("limit", format!("must be between 1 and {MAX_PAGE}")));
        }
        let mut params = self.params.iter().map(bindable).collect::<Result<Vec<_>>>()?;
        let keys = self.keys(view, table)?;
        let mut condition = format!("({})", checked.sql);
        if let Some(after) = &self.after {
            condition = format!("{condition} and ({})", beyond(&keys, after, &mut params)?);
        }
        let mut tail = String::new();
        // Of the past come what was kept and what was, one after the other: only an order makes them one list.
        if !self.order.is_empty() || self.limit.is_some() || self.after.is_some() || view.shown.is_some() {
            // Where empty fields go is written out, since each engine has a rule of its own.
            let keys = keys.iter().map(|(name, down)| match (name.as_str(), down) {
                ("id", true) => "id desc".to_owned(),
                ("id", false) => "id".to_owned(),
                (name, true) => format!("{name} desc nulls last"),
                (name, false) => format!("{name} nulls first"),
            });
            tail = format!(" order by {}", keys.collect::<Vec<_>>().join(", "));
        }
        if let Some(limit) = self.limit {
            tail += &format!(" limit {limit}");
        }
        Ok(Compiled { condition, tail, params, limit: self.limit, timeless: checked.timeless, keys })
    }

    /// The fields ordered by and whether downwards; the id breaks ties.
    fn keys(&self, view: View<'_>, table: usize) -> Result<Vec<(String, bool)>> {
        if self.order.len() > MAX_ORDER {
            return Err(Error::invalid("order_by", format!("more than {MAX_ORDER} fields")));
        }
        let mut keys = Vec::new();
        for part in &self.order {
            let (name, down) = match part.strip_prefix('-') {
                Some(name) => (name, true),
                None => match part.rsplit_once(' ') {
                    Some((name, direction)) if direction.eq_ignore_ascii_case("desc") => (name, true),
                    Some((name, direction)) if direction.eq_ignore_ascii_case("asc") => (name, false),
                    _ => (part.as_str(), false),
                },
            };
            let name = name.trim();
            if !FIXED.iter().any(|(fixed, _)| *fixed == name) {
                let owner = &view.schema.tables[table];
                let base = name.strip_suffix("_currency").filter(|_| owner.field(name).is_none()).unwrap_or(name);
                view.access.check_field(view.schema, table, owner.field_index(base)?)?;
            }
            keys.push((name.to_owned(), down));
        }
        // Ids are unique: nothing is left to be ordered after them.
        match keys.iter().position(|(name, _)| name == "id") {
            Some(at) => keys.truncate(at + 1),
            None => keys.push(("id".into(), false)),
        }
        Ok(keys)
    }
}

impl Compiled {
    /// The SQL that gives the key of a record, the fields ordered by: the next page begins after it.
    pub fn key_sql(&self, table: &str) -> String {
        let names: Vec<_> = self.keys.iter().map(|(name, _)| name.as_str()).collect();
        format!("select {} from {table} where id = ?1", names.join(", "))
    }

    /// How many fields a key has.
    pub fn key_length(&self) -> usize {
        self.keys.len()
    }
}

/// The condition that a record comes after a key in the order (key paging; empty fields come first).
fn beyond(keys: &[(String, bool)], after: &str, params: &mut Vec<Cell<'static>>) -> Result<String> {
    let stale = || Error::invalid("after", "not a position in this order");
    let values: Vec<serde_json::Value> = serde_json::from_str(after).map_err(|_| stale())?;
    if values.len() != keys.len() {
        return Err(stale());
    }
    let mut places = Vec::new();
    for value in &values {
        params.push(from_json(value).into_owned());
        places.push(format!("?{}", params.len()));
    }
    let mut either = Vec::new();
    for (at, (name, down)) in keys.iter().enumerate() {
        let mut all: Vec<String> = keys[..at].iter().zip(&places).map(|((name, _), place)| format!("{name} is not distinct from {place}")).collect();
        all.push(match (down, values[at].is_null()) {
            (false, true) => format!("{name} is not null"),
            (false, false) => format!("{name} > {}", places[at]),
            (true, true) => "false".into(),
            (true, false) => format!("({name} < {} or {name} is null)", places[at]),
        });
        either.push(all.join(" and "));
    }
    Ok(either.join(" or "))
}

/// A value as one parameter.
pub(crate) fn bindable(value: &Value) -> Result<Cell<'static>> {
    if matches!(value, Value::Money(_)) {
        return Err(Error::invalid("params", "bind an amount in minor units (and its currency beside it), not as money"));
    }
    Ok(share(value, Part::Whole).into_owned())
}

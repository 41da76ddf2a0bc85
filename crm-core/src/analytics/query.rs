//! From a report and its query to SQL.

use super::base::Base;
use super::report::{Dimension, Report, ReportQuery};
use super::split::Split;
use crate::engine::error::{Error, Result};
use crate::engine::query::{About, Table, bindable};
use crate::engine::registry::DeclaredReport;
use crate::engine::store::View;
use crate::engine::value::Value;

/// The most rows a report can be limited to.
const MAX_ROWS: usize = 100_000;

/// Asks a report.
pub(super) fn run(view: View<'_>, report: Report, query: &ReportQuery) -> Result<Table> {
    let declared = report.declared();
    let base = declared.base.map(|(entity, alias)| view.schema.table(entity).map(|table| Base { table, alias })).transpose()?;
    let asked = Asked { declared, base };
    if query.limit.is_some_and(|limit| limit == 0 || limit > MAX_ROWS) {
        return Err(Error::invalid("limit", format!("must be between 1 and {MAX_ROWS}")));
    }
    let mut params = Vec::new();
    let scope = asked.scope(query, &mut params)?;
    let split = asked.split(query.by)?;
    let stages = if query.process_id.is_some() { "s.process_id = ?1" } else { "true" };
    let mut sql = declared.sql.replace("{scope}", &scope).replace("{stages}", stages).replace("{period}", split.period);
    sql = sql.replace("{key}", &split.key).replace("{name}", &split.name).replace("{join}", &split.join).replace("{group}", split.group);
    if let Some((place, fill)) = declared.fills {
        sql = sql.replace(place, &fill(view.schema));
    }
    if let Some(limit) = query.limit {
        sql += &format!(" limit {limit}");
    }
    let params = params.iter().map(bindable).collect::<Result<Vec<_>>>()?;
    let mut table = view.table(&sql, params, None)?;
    let by = query.by.map(Dimension::as_str);
    table.about = Some(About { report: report.as_str(), by, amounts: declared.amounts, currency: view.schema.base_currency });
    Ok(table)
}

/// The report has no use for an option of the query.
fn useless(option: &str) -> Error {
    Error::invalid(option, "does not apply to this report")
}

/// A report that is asked, with its records when it is about any.
struct Asked<'a> {
    declared: &'static DeclaredReport,
    base: Option<Base<'a>>,
}

impl Asked<'_> {
    /// A field of the records that an option of the query is about; without one, the option is of no use.
    fn field(&self, option: &str, name: &str) -> Result<String> {
        self.base.and_then(|base| base.field(name)).ok_or_else(|| useless(option))
    }

    /// What the records are split by.
    fn split(&self, by: Option<Dimension>) -> Result<Split> {
        match (by, self.base) {
            _ if self.declared.has("period") => Split::periods(by),
            (None, _) => Ok(Split::none()),
            (Some(by), Some(base)) if self.declared.has("key") => Split::new(by, base, self.declared.days),
            (Some(_), _) => Err(useless("by")),
        }
    }

    /// The condition that narrows the records to those the query is about. What the report has no use for is refused.
    fn scope(&self, query: &ReportQuery, params: &mut Vec<Value>) -> Result<String> {
        let mut all = vec!["true".to_owned()];
        let mut narrow = |condition: String, value: Value| {
            params.push(value);
            all.push(condition.replace("{}", &format!("?{}", params.len())));
        };
        let ReportQuery { process_id, from, until, owner_id, team_id, line_id, by: _, limit: _ } = query;
        // The process is the first parameter: the stages shown are narrowed to it, too.
        if let Some(process) = process_id {
            narrow(format!("{} = {{}}", self.field("process_id", "process_id")?), (*process).into());
        }
        let days = |option: &str| self.declared.days.ok_or_else(|| useless(option));
        if let Some(from) = from {
            narrow(format!("{} >= {{}}", days("from")?.1), Value::Date(*from));
        }
        if let Some(until) = until {
            narrow(format!("{} <= {{}}", days("until")?.0), Value::Date(*until));
        }
        if let Some(owner) = owner_id {
            narrow(format!("{} = {{}}", self.field("owner_id", "owner_id")?), (*owner).into());
        }
        if let Some(team) = team_id {
            let below = "with recursive below(id) as (select {} union select t.id from team t join below b on t.parent_id = b.id) select id from below";
            narrow(format!("{} in (select u.id from user u where u.team_id in ({below}))", self.field("team_id", "owner_id")?), (*team).into());
        }
        if let Some(line) = line_id {
            narrow(format!("{} = {{}}", self.field("line_id", "line_id")?), (*line).into());
        }
        Ok(all.join(" and "))
    }
}

//! From a report and its query to SQL.

use super::report::{Dimension, Report, ReportQuery};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::query::{About, Table, bindable};
use crate::engine::registry::Form;
use crate::engine::store::View;
use crate::engine::store::schema::{Schema, Table as Declared};
use crate::engine::value::Value;

/// The most rows a report can be limited to.
const MAX_ROWS: usize = 100_000;

/// Asks a report.
pub(super) fn run(view: View<'_>, report: Report, query: &ReportQuery) -> Result<Table> {
    let form = report.form();
    let asked = Asked(form);
    asked.check(query)?;
    let mut params = Vec::new();
    let scope = asked.scope(query, &mut params);
    let period = asked.period(query.by)?;
    let split = Split::new(query.by, form.day);
    let stages = if query.process_id.is_some() { "s.process_id = ?1" } else { "true" };
    let limit = query.limit.map_or(String::new(), |limit| format!(" limit {limit}"));
    let words = if report == Report::DictionarySuspects { words(view) } else { String::new() };
    let sql = form.sql.replace("{scope}", &scope).replace("{words}", &words).replace("{stages}", stages);
    let sql = sql.replace("{period}", period);
    let sql = sql.replace("{key}", &split.key).replace("{name}", &split.name).replace("{join}", split.join).replace("{group}", split.group) + &limit;
    let params = params.iter().map(bindable).collect::<Result<Vec<_>>>()?;
    let mut table = view.table(&sql, params, None)?;
    let by = query.by.map(Dimension::as_str);
    table.about = Some(About { report: report.as_str(), by, amounts: form.amounts, currency: view.schema.base_currency });
    Ok(table)
}

/// What narrows and splits a report.
struct Asked(&'static Form);

impl Asked {
    /// Refuses what the report has no use for.
    fn check(&self, query: &ReportQuery) -> Result<()> {
        let ReportQuery { process_id, from, until, owner_id, team_id, line_id, by, limit } = query;
        let useless = [
            ("process_id", process_id.is_some() && !self.0.process),
            ("from", from.is_some() && self.0.day.is_empty()),
            ("until", until.is_some() && self.0.day.is_empty()),
            ("owner_id", owner_id.is_some() && self.0.owned.is_empty()),
            ("team_id", team_id.is_some() && self.0.owned.is_empty()),
            ("line_id", line_id.is_some() && self.0.owned.is_empty()),
            ("by", by.is_some() && !self.0.split),
        ];
        if let Some((field, _)) = useless.iter().find(|(_, useless)| *useless) {
            return Err(Error::invalid(*field, "does not apply to this report"));
        }
        if limit.is_some_and(|limit| limit == 0 || limit > MAX_ROWS) {
            return Err(Error::invalid("limit", format!("must be between 1 and {MAX_ROWS}")));
        }
        Ok(())
    }

    /// The function that gives the period of a day, for reports that go by periods and nothing else.
    fn period(&self, by: Option<Dimension>) -> Result<&'static str> {
        match by {
            _ if !self.0.sql.contains("{period}") => Ok(""),
            None | Some(Dimension::Month) => Ok("month"),
            Some(Dimension::Quarter) => Ok("quarter"),
            Some(Dimension::Year) => Ok("year"),
            Some(_) => Err(Error::invalid("by", "this report goes by month, quarter or year")),
        }
    }

    /// The condition that narrows the records to those the query is about.
    fn scope(&self, query: &ReportQuery, params: &mut Vec<Value>) -> String {
        let mut all = vec!["true".to_owned()];
        let mut narrow = |condition: String, value: Value| {
            params.push(value);
            all.push(condition.replace("{}", &format!("?{}", params.len())));
        };
        let ReportQuery { process_id, from, until, owner_id, team_id, line_id, by: _, limit: _ } = query;
        let owned = self.0.owned;
        // The process is the first parameter: the stages shown are narrowed to it, too.
        if let Some(process) = process_id {
            narrow("d.process_id = {}".into(), (*process).into());
        }
        // An affiliation is no day but a span, open at both ends.
        let (first, last) = if self.0.day == "affiliation" { ("coalesce(a.until, '9999')", "coalesce(a.since, '0000')") } else { (self.0.day, self.0.day) };
        if let Some(from) = from {
            narrow(format!("{first} >= {{}}"), Value::Date(*from));
        }
        if let Some(until) = until {
            narrow(format!("{last} <= {{}}"), Value::Date(*until));
        }
        if let Some(owner) = owner_id {
            narrow(format!("{owned}.owner_id = {{}}"), (*owner).into());
        }
        if let Some(team) = team_id {
            let below = "with recursive below(id) as (select {} union select t.id from team t join below b on t.parent_id = b.id) select id from below";
            narrow(format!("{owned}.owner_id in (select u.id from user u where u.team_id in ({below}))"), (*team).into());
        }
        if let Some(line) = line_id {
            narrow(format!("{owned}.line_id = {{}}"), (*line).into());
        }
        all.join(" and ")
    }
}

/// How a report over deals is split: the key of a deal, the joins the key needs, and the name of a key.
struct Split {
    key: String,
    name: String,
    join: &'static str,
    group: &'static str,
}

impl Split {
    fn new(by: Option<Dimension>, day: &str) -> Self {
        const OWNER: &str = "left join user o on o.id = d.owner_id";
        const PRODUCT: &str = "left join product p on p.id = d.product_id";
        const CUSTOMER: &str = "left join organization c on c.id = d.organization_id";
        let Some(by) = by else { return Self { key: "null".into(), name: "null".into(), join: "", group: "" } };
        // A key is the id of a record that has a name, or its own name.
        let (key, join, of) = match by {
            Dimension::Owner => ("d.owner_id", "", "user"),
            Dimension::Manager => ("o.manager_id", OWNER, "user"),
            Dimension::Team => ("o.team_id", OWNER, "team"),
            Dimension::Line => ("d.line_id", "", "line"),
            Dimension::Product => ("d.product_id", "", "product"),
            Dimension::ProductCategory => ("p.category", PRODUCT, ""),
            Dimension::Organization => ("d.organization_id", "", "organization"),
            Dimension::Industry => ("c.industry", CUSTOMER, ""),
            Dimension::Country => ("c.country", CUSTOMER, ""),
            Dimension::Source => ("d.source", "", ""),
            Dimension::Process => ("d.process_id", "", "process"),
            Dimension::Kind => ("d.kind", "", ""),
            Dimension::Month => ("month", "", ""),
            Dimension::Quarter => ("quarter", "", ""),
            Dimension::Year => ("year", "", ""),
        };
        let period = matches!(by, Dimension::Month | Dimension::Quarter | Dimension::Year);
        let key = if period { format!("{key}({day})") } else { key.to_owned() };
        let name = if of.is_empty() { "cast(g.key as text)".to_owned() } else { format!("(select n.name from {of} n where n.id = g.key)") };
        Self { key, name, join, group: "group by 1" }
    }
}

/// Every word in a dictionary field: entity, field, dictionary, word.
fn words(view: View<'_>) -> String {
    let schema: &Schema = view.schema;
    let fields = schema.tables.iter().flat_map(|table| table.fields[..table.stored].iter().map(move |field| (table, field)));
    let selects = fields.filter_map(|(table, field)| {
        let Declared { name: entity, .. } = table;
        let column = &field.name;
        match &field.field_type {
            FieldType::Item(dictionary) => Some(format!(
                "select '{entity}' as entity, '{column}' as field, '{dictionary}' as dictionary, {column} as value, count(*) as count from {entity} where {column} is not null group by {column}"
            )),
            FieldType::Items(dictionary) => Some(format!(
                "select '{entity}', '{column}', '{dictionary}', w.value, count(*) from {entity} t, json_each(t.{column}) w where t.{column} is not null group by w.value"
            )),
            _ => None,
        }
    });
    selects.collect::<Vec<_>>().join(" union all ")
}

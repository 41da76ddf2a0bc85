//! From a report and its query to SQL.

use super::base::Base;
use super::report::{Report, ReportQuery};
use super::split::{Split, Splitter, period};
use crate::areas::AREAS;
use crate::engine::error::{Error, Result};
use crate::engine::query::{About, Filter, Table, bindable, list_filter};
use crate::engine::registry::DeclaredReport;
use crate::engine::store::{Cell, View};
use crate::engine::value::Value;

/// The most rows a report can be limited to.
const MAX_ROWS: usize = 100_000;

/// The most periods that are rows though nothing is in them: a century of months. Periods with anything in them are rows wherever they are, so that one record
/// with a day in the year 9999 costs no more than that.
const FILLED: usize = 1_200;

/// What is put into `{weighted}`: amounts by their probability in per cent, from the sums of their `whole` hundreds and of the `rest`, each by its probability, to the
/// nearest unit. The amounts alone times a hundred would not fit. A sum that does not fit is an error, where a `+` would go on with a rounded figure.
const WEIGHTED: &str =
    "(select cast(sum(a.part) as bigint) from (select whole as part union all select (rest + 50 - ((rest + 50) % 100 + 100) % 100) / 100) a)";

/// Asks a report.
pub(super) fn run(view: View<'_>, report: Report, query: &ReportQuery) -> Result<Table> {
    ask(view, report.declared(), query)
}

/// Asks a report as it is declared.
pub(crate) fn ask(view: View<'_>, declared: &'static DeclaredReport, query: &ReportQuery) -> Result<Table> {
    let base = Base::of(view, declared, query.process_id.map(|process| process.0))?;
    let asked = Asked { view, declared, base };
    if query.limit.is_some_and(|limit| limit == 0 || limit > MAX_ROWS) {
        return Err(Error::invalid("limit", format!("must be between 1 and {MAX_ROWS}")));
    }
    let mut scope = Scope::default();
    asked.narrow(query, &mut scope)?;
    let mut sql = declared.sql.replace("{scope}", &scope.condition()).replace("{stages}", scope.stages.as_deref().unwrap_or("true"));
    sql = match asked.period(&query.by)? {
        Some(period) => sql.replace("{period}", period).replace("{filled}", &FILLED.to_string()),
        None => asked.split(&query.by)?.put(&sql),
    };
    sql = sql.replace("{weighted}", WEIGHTED);
    if let Some(base) = base {
        sql = base.put(&sql)?;
    }
    if let Some((place, fill)) = declared.fills {
        sql = sql.replace(place, &fill(view.schema));
    }
    if let Some(limit) = query.limit {
        sql += &format!(" limit {limit}");
    }
    let mut table = view.table(&view.summing(sql).sql, scope.params, None)?;
    // Not every entity that goes through stages has amounts.
    let amounts = declared.amounts.iter().copied().filter(|amount| table.columns.iter().any(|column| column.name == *amount)).collect();
    table.about = Some(About { report: declared.name, by: query.by.clone(), amounts, currency: view.schema.base_currency });
    Ok(table)
}

/// The conditions that narrow a report, and the values they bind.
#[derive(Default)]
struct Scope {
    all: Vec<String>,
    /// The condition that narrows stages, where the records are narrowed to a process.
    stages: Option<String>,
    params: Vec<Cell<'static>>,
}

impl Scope {
    /// Adds a condition, with `{}` in the place of a value.
    fn add(&mut self, condition: &str, value: Value) -> Result<String> {
        self.params.push(bindable(&value)?);
        let place = format!("?{}", self.params.len());
        self.all.push(condition.replace("{}", &place));
        Ok(place)
    }

    fn condition(&self) -> String {
        if self.all.is_empty() { "true".into() } else { self.all.join(" and ") }
    }
}

/// A report that is asked, with its records when it is about any.
struct Asked<'a> {
    view: View<'a>,
    declared: &'static DeclaredReport,
    base: Option<Base<'a>>,
}

impl Asked<'_> {
    /// A field of the records that an option of the query is about; without one, the option is of no use.
    fn field(&self, option: &str, name: &str) -> Result<String> {
        self.base.and_then(|base| base.field(name)).ok_or_else(|| self.useless(option))
    }

    /// The report has no use for an option of the query: what it does take, and where the same can be asked.
    fn useless(&self, option: &str) -> Error {
        let has = |field: &str| self.base.is_some_and(|base| base.field(field).is_some());
        let (days, scope) = (self.declared.days.is_some(), self.declared.has("scope") && self.base.is_some());
        let options = [
            ("process_id", has("process_id")),
            ("from", days),
            ("until", days),
            ("owner_id", has("owner_id")),
            ("team_id", has("owner_id")),
            ("line_id", has("line_id")),
            ("filter", scope),
            ("list", scope),
            ("by", self.declared.is_split() || self.declared.has("period")),
            ("limit", true),
        ];
        let taken = options.into_iter().filter(|(name, taken)| *taken && *name != option).map(|(name, _)| name);
        let mut reason = format!("does not apply to this report, which takes {}", taken.collect::<Vec<_>>().join(", "));
        if option == "by" {
            let split = AREAS.iter().flat_map(|area| area.reports).filter(|report| report.is_split()).map(|report| report.name);
            reason += &format!("; these can be split: {}", split.collect::<Vec<_>>().join(", "));
        }
        Error::invalid(option, reason)
    }

    /// The period that the report goes by, where it shows one row for each.
    fn period(&self, by: &[String]) -> Result<Option<&'static str>> {
        self.declared.has("period").then(|| period(by)).transpose()
    }

    /// What the records are split by.
    fn split(&self, by: &[String]) -> Result<Split> {
        match self.base {
            _ if by.is_empty() => Ok(Split::none()),
            Some(base) if self.declared.is_split() => {
                let is_row = |word: &&String| matches!(word.trim_end_matches("_id"), "stage" | "process");
                if let Some(word) = by.iter().find(is_row).filter(|_| self.declared.has("every")) {
                    return Err(Error::invalid("by", format!("the rows of this report are the stages of each process already: not by `{word}`")));
                }
                Splitter::new(self.view, base, self.declared.days).split(by)
            }
            _ => Err(self.useless("by")),
        }
    }

    /// Narrows the records to those the query is about. What the report has no use for is refused.
    fn narrow(&self, query: &ReportQuery, scope: &mut Scope) -> Result<()> {
        let ReportQuery { process_id, from, until, owner_id, team_id, line_id, filter, params, list, by: _, limit: _ } = query;
        // The filter comes first: its values have the first numbers.
        self.filter(filter.as_deref(), params, list.as_deref(), scope)?;
        if let Some(process) = process_id {
            let place = scope.add(&format!("{} = {{}}", self.field("process_id", "process_id")?), (*process).into())?;
            scope.stages = Some(format!("s.process_id = {place}"));
        }
        let days = |option: &str| self.declared.days.ok_or_else(|| self.useless(option));
        if let Some(from) = from {
            scope.add(&format!("{} >= {{}}", days("from")?.1), Value::Date(*from))?;
        }
        if let Some(until) = until {
            scope.add(&format!("{} <= {{}}", days("until")?.0), Value::Date(*until))?;
        }
        if let Some(owner) = owner_id {
            scope.add(&format!("{} = {{}}", self.field("owner_id", "owner_id")?), (*owner).into())?;
        }
        if let Some(team) = team_id {
            let below = "with recursive below(id) as (select b.id from team b where b.id = {} union select t.id from team t join below b on t.parent_id = b.id) select id from below";
            scope.add(&format!("{} in (select u.id from \"user\" u where u.team_id in ({below}))", self.field("team_id", "owner_id")?), (*team).into())?;
        }
        if let Some(line) = line_id {
            scope.add(&format!("{} = {{}}", self.field("line_id", "line_id")?), (*line).into())?;
        }
        Ok(())
    }

    /// A filter over the records, and a list that they, or those they refer to, are in.
    fn filter(&self, filter: Option<&str>, params: &[Value], list: Option<&str>, scope: &mut Scope) -> Result<()> {
        let filter = filter.map(str::trim).filter(|filter| !filter.is_empty());
        if let Some(filter) = Filter::given(filter, params)? {
            let Base { table, alias, any: _ } = self.base.filter(|_| self.declared.has("scope")).ok_or_else(|| self.useless("filter"))?;
            let compiled = filter.compile(self.view, self.view.schema.index(table.name)?)?;
            scope.all.push(format!("{alias}.id in (select id from {} where {})", table.quoted, compiled.condition));
            scope.params = compiled.params;
        }
        if let Some(list) = list {
            let Base { table, alias, any: _ } = self.base.filter(|_| self.declared.has("scope")).ok_or_else(|| self.useless("list"))?;
            let (of, members) = list_filter(self.view, list).map_err(|_| Error::invalid("list", "no list of this name, or none you may see"))?;
            let of_list = &self.view.schema.tables[of];
            let own = (of_list.name == table.name).then(|| format!("{alias}.id"));
            let column = own.map_or_else(|| self.field("list", &format!("{}_id", of_list.name)), Ok)?;
            let members = Filter::new(members).compile(self.view, of)?;
            scope.all.push(format!("{column} in (select id from {} where {})", of_list.quoted, members.condition));
        }
        Ok(())
    }
}

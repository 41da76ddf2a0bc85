//! What a report is split by: the keys, the joins that they need, their names, and the order of the rows.

use super::base::Base;
use super::report::Dimension;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::View;
use crate::engine::store::schema::quoted;
use crate::engine::text::nearest;

/// The most things that a report is split by at once.
const MOST: usize = 2;

/// What a report is split by, ready to be put into the places of its query.
pub(super) struct Split {
    keys: Vec<Key>,
    join: String,
}

/// One thing that a report is split by.
struct Key {
    /// What the records are grouped by.
    sql: String,
    /// Of a key that is a record's id: the entity, and the field that names its records.
    named_by: Option<(String, Option<String>)>,
    /// Its values follow each other in time.
    in_time: bool,
    truth: bool,
}

/// The period that a report goes by which shows one row for each and is split by nothing else.
pub(super) fn period(by: &[String]) -> Result<&'static str> {
    let refused = || Error::invalid("by", "this report goes by one of day, week, month, quarter, year");
    match by {
        [] => Ok(Dimension::Month.as_str()),
        [one] => one.parse().ok().and_then(Dimension::period).ok_or_else(refused),
        _ => Err(refused()),
    }
}

/// Splits the records of a report.
pub(super) struct Splitter<'a> {
    pub view: View<'a>,
    pub base: Base<'a>,
    pub days: Option<(&'a str, &'a str)>,
    joins: Vec<String>,
}

impl<'a> Splitter<'a> {
    pub fn new(view: View<'a>, base: Base<'a>, days: Option<(&'a str, &'a str)>) -> Self {
        Self { view, base, days, joins: Vec::new() }
    }

    /// A row for each pair of keys; what the records do not have is refused.
    pub fn split(mut self, by: &[String]) -> Result<Split> {
        if by.len() > MOST {
            return Err(Error::invalid("by", format!("at most {MOST} things at once")));
        }
        let keys = by.iter().map(|word| self.key(word)).collect::<Result<Vec<_>>>()?;
        if keys.len() == MOST && keys[0].sql == keys[1].sql {
            return Err(Error::invalid("by", "names the same thing twice"));
        }
        Ok(Split { keys, join: self.joins.join(" ") })
    }

    fn key(&mut self, word: &str) -> Result<Key> {
        let lacks = || Error::invalid("by", "does not apply to this report: its records have no such thing");
        let Ok(known) = word.parse::<Dimension>() else { return self.path(word)?.ok_or_else(|| self.unknown(word)) };
        if let Some(period) = known.period() {
            let (first, _) = self.days.ok_or_else(lacks)?;
            return Ok(Key { sql: format!("{period}({first})"), named_by: None, in_time: true, truth: false });
        }
        for path in known.paths() {
            if let Some(key) = self.path(path)? {
                return Ok(key);
            }
        }
        Err(lacks())
    }

    /// A field of the records by its name, without `_id` of a reference, or after a dot one of a record they refer to.
    fn path(&mut self, path: &str) -> Result<Option<Key>> {
        let Base { table, alias, any: _ } = self.base;
        let Some((reference, field)) = path.split_once('.') else { return self.field(table.name, alias, path) };
        let Some(column) = [reference.to_owned(), format!("{reference}_id")].into_iter().find(|name| table.field(name).is_some()) else { return Ok(None) };
        let Some(FieldType::Reference(target)) = table.field(&column).map(|field| &field.field_type) else { return Ok(None) };
        self.check(table.name, &column)?;
        let joined = format!("split_{reference}");
        let Some(key) = self.field(target, &joined, field)? else { return Ok(None) };
        let join = format!("left join {} {joined} on {joined}.id = {alias}.{column}", quoted(target));
        if !self.joins.contains(&join) {
            self.joins.push(join);
        }
        Ok(Some(key))
    }

    fn field(&self, entity: &str, alias: &str, name: &str) -> Result<Option<Key>> {
        let schema = self.view.schema;
        let table = schema.table(entity)?;
        let Some(name) = [name.to_owned(), format!("{name}_id")].into_iter().find(|name| table.field(name).is_some()) else { return Ok(None) };
        self.check(entity, &name)?;
        let column = format!("{alias}.{name}");
        let key = |sql: String, in_time: bool| Key { sql, named_by: None, in_time, truth: false };
        table
            .field(&name)
            .map(|field| match &field.field_type {
                FieldType::Money | FieldType::Items(_) => Err(Error::invalid("by", "neither an amount nor a field of several words can split a report")),
                FieldType::Moment => Ok(key(format!("day({column})"), true)),
                FieldType::Date => Ok(key(column, true)),
                FieldType::Bool => Ok(Key { truth: true, ..key(column, false) }),
                FieldType::Reference(target) => {
                    let named = schema.table(target)?;
                    let title = named.meta.title.map(|title| named.fields[title].name.to_string());
                    Ok(Key { named_by: Some((target.to_string(), title)), ..key(column, false) })
                }
                _ => Ok(key(column, false)),
            })
            .transpose()
    }

    /// A hidden field tells nothing by what it splits either.
    fn check(&self, entity: &str, field: &str) -> Result<()> {
        let schema = self.view.schema;
        let index = schema.index(entity)?;
        self.view.access.check_field(schema, index, schema.tables[index].field_index(field)?)
    }

    fn unknown(&self, word: &str) -> Error {
        let fields = self.base.table.fields.iter().map(|field| field.name.strip_suffix("_id").unwrap_or(&field.name));
        let hint = nearest(word, Dimension::WORDS.iter().copied().chain(fields)).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        Error::invalid("by", format!("the records of this report have no `{word}`{hint}"))
    }
}

impl Key {
    /// The name of a key, for the outer query.
    fn name(&self, key: &str) -> String {
        match &self.named_by {
            Some((entity, Some(title))) => format!("(select n.{title} from {} n where n.id = {key})", quoted(entity)),
            _ if self.truth => format!("case {key} when true then 'yes' when false then 'no' end"),
            _ => format!("cast({key} as text)"),
        }
    }
}

impl Split {
    /// One row for all.
    pub fn none() -> Self {
        Self { keys: Vec::new(), join: String::new() }
    }

    /// Puts the keys into their places. A place with a comma is one of a query that has no columns for keys where it is not split.
    pub fn put(&self, sql: &str) -> String {
        let each = |write: &dyn Fn(&Key, &str) -> String| {
            let written = self.keys.iter().enumerate().map(|(at, key)| write(key, &if at == 0 { String::new() } else { (at + 1).to_string() }));
            written.collect::<Vec<_>>()
        };
        let with_comma = |parts: &[String]| parts.iter().map(|part| format!("{part}, ")).collect::<String>();
        let keys = each(&|key, place| format!("{} as key{place}", key.sql));
        let names = each(&|key, place| format!("g.key{place} as key{place}, {} as name{place}", key.name(&format!("g.key{place}"))));
        let own = each(&|_, place| format!("key{place}"));
        let same = each(&|_, place| format!(" and t.key{place} is not distinct from g.key{place}"));
        // Time goes by itself; where there are other columns to go by, the rows of each key stand together.
        let in_order =
            each(&|key, place| if key.in_time { format!("key{place} nulls last") } else { format!("name{place} nulls last, key{place} nulls last") });
        let order = match self.keys.as_slice() {
            [one] if !one.in_time => String::new(),
            [_, second] if !second.in_time => with_comma(&in_order[..1]),
            _ => with_comma(&in_order),
        };
        let ordinals = |more: usize| (1..=self.keys.len() + more).map(|at| at.to_string()).collect::<Vec<_>>().join(", ");
        let or_none = |text: String, none: &str| if self.keys.is_empty() { none.to_owned() } else { text };
        let places = [
            ("{keys}", or_none(keys.join(", "), "null as key")),
            ("{names}", or_none(names.join(", "), "g.key as key, null as name")),
            ("{group}", or_none(format!("group by {}", ordinals(0)), "")),
            ("{order}", order),
            ("{join}", self.join.clone()),
            ("{keys,}", with_comma(&keys)),
            ("{key,}", with_comma(&own)),
            ("{names,}", with_comma(&names)),
            ("{group,}", format!("group by {}", ordinals(1))),
            ("{order,}", with_comma(&in_order)),
            ("{share}", or_none(format!("partition by {}", each(&|_, place| format!("g.key{place}")).join(", ")), "")),
            ("{every}", or_none(format!("cross join (select distinct {} from total) g", own.join(", ")), "")),
            ("{same}", same.concat()),
        ];
        places.into_iter().fold(sql.to_owned(), |sql, (place, text)| sql.replace(place, &text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Crm;

    /// Which dimensions the records of an entity have; each splits a query over them, alone and with each other.
    fn dimensions(crm: &Crm, entity: &str, day: Option<&str>) -> Vec<&'static str> {
        let split = |by: &[Dimension]| {
            crm.view(|view| {
                let base = Base { table: view.schema.table(entity)?, alias: "b", any: false };
                let by: Vec<String> = by.iter().map(|by| by.as_str().to_owned()).collect();
                let sql =
                    format!("select {{names}} from (select {{keys}}, count(*) as n from {entity} b {{join}} where true {{group}}) g order by {{order}}g.n");
                view.table(&Splitter::new(view, base, day.map(|day| (day, day))).split(&by)?.put(&sql), [], None)
            })
        };
        let mut has = Vec::new();
        for by in Dimension::ALL {
            match split(&[*by]) {
                Ok(_) => has.push(*by),
                Err(error) => assert_eq!((error.code(), error.field()), ("invalid", "by"), "{entity} by {by}: {error}"),
            }
        }
        for (one, other) in has.iter().flat_map(|one| has.iter().map(move |other| (one, other))) {
            assert_eq!(split(&[*one, *other]).is_ok(), one != other, "{entity} by {one} and {other}");
        }
        has.into_iter().map(Dimension::as_str).collect()
    }

    // S18
    #[test]
    fn records_are_split_by_what_they_have() -> Result<()> {
        let crm = Crm::open(":memory:")?;
        let periods = ["day", "week", "month", "quarter", "year"];
        let of_activity = ["owner", "manager", "team", "line", "organization", "industry", "country", "kind"];
        assert_eq!(dimensions(&crm, "activity", Some("day(b.created_at)")), [of_activity.as_slice(), &periods].concat());
        assert_eq!(dimensions(&crm, "organization", None), ["owner", "manager", "team", "line", "industry", "country", "source", "process", "stage", "kind"]);
        assert!(dimensions(&crm, "line", None).is_empty());
        assert_eq!(dimensions(&crm, "deal", Some("b.closed_on")).len(), Dimension::ALL.len());
        Ok(())
    }
}

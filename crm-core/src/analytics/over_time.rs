//! How many records there were, and what they added up to, at the end of each day, week, month, quarter or year.
//!
//! Every version of a record holds from the change set that brought it about to the one that ended it. So one pass over all versions gives all
//! points: each adds to the first point that sees it and takes away at the first that no longer does, and what is added up from point to point
//! is the state. A condition that looks further than the record (at other records, computed fields, the day) is asked as of each point instead.

use crate::engine::declare::{choice, options};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::query::{Builder, Compiled, Filter, Table};
use crate::engine::store::schema::{FIXED, Table as Declared};
use crate::engine::store::{Cell, ResultRow, VERSIONS, View, change_set_at, earliest, start_of};
use crate::engine::value::Value;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;

/// The most points of a curve.
const MAX_POINTS: usize = 4_000;
/// The most rows: points times keys.
const MAX_ROWS: usize = 100_000;
/// The furthest that a curve reaches back, in days.
const FURTHEST: i64 = 200 * 366;
/// After every change set: what was not ended.
const NEVER: i64 = i64::MAX;

choice! {
    /// How far the points of a curve lie apart.
    pub enum Period as for_period {
        /// Days.
        Day = "day",
        /// Weeks by ISO 8601, Monday to Sunday.
        Week = "week",
        /// Months.
        Month = "month",
        /// Quarters.
        Quarter = "quarter",
        /// Years.
        Year = "year",
    }
}

impl Period {
    /// Two days are in the same period when this is the same of both.
    fn of(self, day: NaiveDate) -> (i32, u32) {
        match self {
            Self::Day => (day.year(), day.ordinal()),
            Self::Week => (day.iso_week().year(), day.iso_week().week()),
            Self::Month => (day.year(), day.month()),
            Self::Quarter => (day.year(), day.month0() / 3),
            Self::Year => (day.year(), 0),
        }
    }
}

options! {
    /// What a curve is about.
    ///
    /// ```
    /// # use crm_core::*;
    /// # use std::sync::Arc;
    /// # let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
    /// # let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone()))?;
    /// let acme = crm.organizations().add(OrganizationFields::new("Acme").country("PL"))?;
    /// # clock.advance(chrono::TimeDelta::days(1));
    /// crm.organizations().edit(acme.id, |fields| fields.country = Some("DE".into()))?;
    /// let curve = crm.over_time("organization", &OverTime::new().filter("country = 'PL'"))?;
    /// assert_eq!([curve.integer(0, "count"), curve.integer(1, "count")], [Some(1), Some(0)]);
    /// # Ok::<(), Error>(())
    /// ```
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct OverTime as for_over_time {
        /// The first day; when left out, that of the first change to the file, or of the first moment that was not pruned.
        pub from: Option<NaiveDate>,
        /// The last day; when left out, and at the latest, the day of the handle's moment.
        pub until: Option<NaiveDate>,
        /// How far the points lie apart; a day when left out. Each period is shown as it ended, the last one as far as `until`.
        pub every: Option<Period>,
        /// A field whose values are added up, too: whole numbers, or amounts, whose sums are in minor units and apart for each currency.
        pub sum: Option<String>,
        /// What they are split by: a field of the records, or after a dot one of a record that they refer to, such as `organization.country`, as it was then.
        pub by: Option<String>,
        /// Records that this filter finds. One that names nothing but stored fields of the record is answered in one pass over all versions, `by` a field
        /// of another record too; one that looks at other records, computed fields or the day is asked as of each point, which takes that many times as long.
        pub filter: Option<String>,
        /// Values for the parameters of the filter.
        pub params: Vec<Value>,
    }
}

/// What the records of one key add up to.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: i64,
    sum: i128,
}

/// What records are split by.
enum Key {
    Nothing,
    /// A field of their own, by its place.
    Own(usize),
    /// The field that refers to another record, that record's entity, and its field.
    Of(usize, usize, usize),
}

/// Keys in order: what is split by, and the currency of what is added up.
type Group = (Sorted, Option<String>);

/// A key of any kind, in an order of its own: nothing, numbers, texts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sorted {
    Nothing,
    Number(i64),
    Text(String),
}

/// A point: the day, the last moment of it, and the last change set until then.
struct Point {
    day: NaiveDate,
    moment: DateTime<Utc>,
    shown: i64,
}

/// What is asked of each version, or each record.
struct Asked<'a> {
    table: &'a Declared,
    compiled: Compiled,
    key: Key,
    sum: Option<(String, bool)>,
}

pub(super) fn over_time(view: View<'_>, entity: &str, query: &OverTime) -> Result<Table> {
    let index = view.schema.index(entity)?;
    let asked = Asked::new(view, index, query)?;
    let points = points(view, &asked, query)?;
    let curves = if asked.compiled.timeless { asked.in_one_pass(view, index, &points)? } else { asked.point_by_point(view, &points)? };
    let key_type = match asked.key {
        Key::Nothing => None,
        Key::Own(field) => Some(asked.table.fields[field].field_type.clone()),
        Key::Of(_, other, field) => Some(view.schema.tables[other].fields[field].field_type.clone()),
    };
    table(&points, curves, query, key_type, asked.sum.as_ref().is_some_and(|(_, money)| *money))
}

impl<'a> Asked<'a> {
    fn new(view: View<'a>, index: usize, query: &OverTime) -> Result<Self> {
        let table = &view.schema.tables[index];
        let stored = |index: usize, option: &str, name: &str| -> Result<usize> {
            let table = &view.schema.tables[index];
            if option == "by" && FIXED.iter().any(|(fixed, _)| *fixed == name) {
                return Err(Error::invalid(option, "every record has its own: nothing would be added up"));
            }
            let field = table.field_index(name).map_err(|unknown| unknown.retold(option.to_owned(), unknown.reason().to_owned()))?;
            view.access.check_field(view.schema, index, field)?;
            if field >= table.stored {
                return Err(Error::invalid(option, "a computed field has no past of its own; name a stored one"));
            }
            Ok(field)
        };
        let key = match &query.by {
            None => Key::Nothing,
            Some(by) => {
                let (key, of, field) = match by.split_once('.') {
                    None => stored(index, "by", by).map(|field| (Key::Own(field), index, field))?,
                    Some((reference, name)) => {
                        let reference = [reference.to_owned(), format!("{reference}_id")].into_iter().find(|name| table.field(name).is_some());
                        let reference = reference.map(|name| stored(index, "by", &name)).transpose()?;
                        let Some((reference, other)) = reference.and_then(|reference| Some((reference, table.targets[reference]?))) else {
                            return Err(Error::invalid("by", format!("before the dot stands a field of `{}` that refers to another record", table.name)));
                        };
                        let field = stored(other, "by", name)?;
                        (Key::Of(reference, other, field), other, field)
                    }
                };
                if matches!(view.schema.tables[of].fields[field].field_type, FieldType::Number | FieldType::Items(_)) {
                    return Err(Error::invalid("by", "cannot be split by numbers with a fraction or by several items at once"));
                }
                key
            }
        };
        let sum = match &query.sum {
            None => None,
            Some(name) => match table.fields[stored(index, "sum", name)?].field_type {
                FieldType::Money => Some((name.clone(), true)),
                FieldType::Integer { .. } => Some((name.clone(), false)),
                _ => return Err(Error::invalid("sum", "whole numbers and amounts are added up over time, nothing else")),
            },
        };
        let filter = Filter::new(query.filter.clone().unwrap_or_default());
        let filter = query.params.iter().cloned().fold(filter, Filter::bind);
        Ok(Self { table, compiled: filter.compile(view, index)?, key, sum })
    }

    /// The columns of what is asked, of records whose key is `key`: key, currency, value.
    fn list(&self, key: &str) -> String {
        let (sum, currency) = match &self.sum {
            Some((name, true)) => (name.clone(), format!("{name}_currency")),
            Some((name, false)) => (name.clone(), "cast(null as text)".into()),
            None => ("cast(null as bigint)".into(), "cast(null as text)".into()),
        };
        format!("{key} as k, {currency} as currency, {sum} as value")
    }

    /// All versions of records that are asked for, each with its key: the change set that brought it about, the one that ended it, key, currency, value.
    /// Where the key is another record's, a version of the record is cut up by those of the other, which is there as long as it is referred to.
    fn versions(&self, view: View<'_>, index: usize) -> Result<String> {
        let Declared { name, quoted, fields, .. } = self.table;
        let condition = &self.compiled.condition;
        let own = |key: &str, more: &str| {
            format!(
                "select {quoted}.revision as begun, {quoted}.ended_by as ended{more}, {} from \"{name}{VERSIONS}\" as {quoted} where {condition}",
                self.list(key)
            )
        };
        view.with_versions(index)?;
        let (reference, other, field) = match self.key {
            Key::Nothing => return Ok(own("cast(null as text)", "")),
            Key::Own(field) => return Ok(own(&fields[field].name, "")),
            Key::Of(reference, other, field) => (&fields[reference].name, &view.schema.tables[other], &view.schema.tables[other].fields[field].name),
        };
        view.with_versions(view.schema.index(other.name)?)?;
        let (records, others) = (own("null", &format!(", {quoted}.{reference} as other")), format!("\"{}{VERSIONS}\"", other.name));
        Ok(format!(
            "select max(r.begun, o.revision), nullif(min(coalesce(r.ended, {NEVER}), coalesce(o.ended_by, {NEVER})), {NEVER}), o.{field}, r.currency, r.value \
             from ({records}) r join {others} o on o.id = r.other and o.revision < coalesce(r.ended, {NEVER}) and coalesce(o.ended_by, {NEVER}) > r.begun \
             union all select r.begun, r.ended, null, r.currency, r.value from ({records}) r where r.other is null or not exists (select 1 from {others} n where n.id = r.other)"
        ))
    }

    /// The entity whose records give the key, where that is another.
    fn other(&self, view: View<'a>) -> Option<&'a Declared> {
        match self.key {
            Key::Of(_, other, _) => Some(&view.schema.tables[other]),
            Key::Nothing | Key::Own(_) => None,
        }
    }

    /// One pass over all versions.
    fn in_one_pass(&self, view: View<'_>, index: usize, points: &[Point]) -> Result<BTreeMap<Group, Vec<Sums>>> {
        // What was pruned is refused as it is for whoever asks for the first point alone.
        if let Some(first) = points.first().filter(|_| view.schema.tables.iter().any(|table| table.gone.is_some())) {
            let look =
                |table: &Declared| view.as_of(first.moment, |view| view.session.first(&format!("select id from {} limit 1", table.quoted), [], |_| Ok(())));
            look(self.table)?;
            self.other(view).map(look).transpose()?;
        }
        let sql = self.versions(view, index)?;
        let first_to_show = |change_set: i64| points.partition_point(|point| point.shown < change_set);
        let mut changes: BTreeMap<Group, Vec<Sums>> = BTreeMap::new();
        let visit = |row: &ResultRow<'_>| {
            let begins = first_to_show(row.get(0)?);
            let ends = row.get::<Option<i64>>(1)?.map_or(points.len(), first_to_show);
            if begins >= ends {
                return Ok(());
            }
            let (key, value) = (group(row, 2)?, row.get::<Option<i64>>(4)?.unwrap_or_default());
            if !changes.contains_key(&key) {
                check_rows(points.len(), changes.len() + 1)?;
            }
            let curve = changes.entry(key).or_insert_with(|| vec![Sums::default(); points.len() + 1]);
            for (at, sign) in [(begins, 1), (ends, -1)] {
                curve[at].count += sign;
                curve[at].sum += i128::from(sign) * i128::from(value);
            }
            Ok(())
        };
        view.session.restricted(|| view.session.each(&sql, self.compiled.params.clone(), visit))?;
        for curve in changes.values_mut() {
            let mut state = Sums::default();
            for point in curve {
                state = Sums { count: state.count + point.count, sum: state.sum + point.sum };
                *point = state;
            }
        }
        Ok(changes)
    }

    /// The same, asked as of each point.
    fn point_by_point(&self, view: View<'_>, points: &[Point]) -> Result<BTreeMap<Group, Vec<Sums>>> {
        let Declared { quoted, fields, .. } = self.table;
        let key = match self.key {
            Key::Nothing => "cast(null as text)".to_owned(),
            Key::Own(field) => fields[field].name.to_string(),
            Key::Of(reference, other, field) => {
                let other = &view.schema.tables[other];
                format!("(select o.{} from {} o where o.id = {quoted}.{})", other.fields[field].name, other.quoted, fields[reference].name)
            }
        };
        let sql = format!(
            "select k, currency, count(*), cast(sum(value) as bigint) from (select {} from {} where {}) v group by k, currency",
            self.list(&key),
            quoted,
            self.compiled.condition
        );
        let mut curves: BTreeMap<Group, Vec<Sums>> = BTreeMap::new();
        for (at, point) in points.iter().enumerate() {
            view.session.check()?;
            view.as_of(point.moment, |view| {
                let visit = |row: &ResultRow<'_>| {
                    let key = group(row, 0)?;
                    if !curves.contains_key(&key) {
                        check_rows(points.len(), curves.len() + 1)?;
                    }
                    let curve = curves.entry(key).or_insert_with(|| vec![Sums::default(); points.len() + 1]);
                    curve[at] = Sums { count: row.get(2)?, sum: row.get::<Option<i64>>(3)?.unwrap_or_default().into() };
                    Ok(())
                };
                view.session.restricted(|| view.session.each(&sql, self.compiled.params.clone(), visit))
            })?;
        }
        Ok(curves)
    }
}

fn group(row: &ResultRow<'_>, at: usize) -> Result<Group> {
    let sorted = match row.cell(at)? {
        Cell::Null => Sorted::Nothing,
        Cell::Integer(number) => Sorted::Number(number),
        Cell::Text(text) => Sorted::Text(text.into_owned()),
        Cell::Real(_) | Cell::Blob(_) => return Err(Error::corrupt("by", "a column holds a value of a wrong kind")),
    };
    Ok((sorted, row.get(at + 1)?))
}

fn check_rows(points: usize, keys: usize) -> Result<()> {
    if points * keys > MAX_ROWS {
        return Err(Error::invalid("by", format!("more than {MAX_ROWS} rows; ask for fewer points, or split by something with fewer values")));
    }
    Ok(())
}

/// The points asked for, the earliest first.
fn points(view: View<'_>, asked: &Asked<'_>, query: &OverTime) -> Result<Vec<Point>> {
    let zone = view.access.zone;
    let now = view.moment();
    let today = now.with_timezone(&zone).date_naive();
    let until = query.until.map_or(today, |until| until.min(today));
    let gone = [Some(asked.table), asked.other(view)].into_iter().flatten().filter_map(|table| table.gone).map(|gone| gone.since).max();
    let first = gone.or(earliest(view.session)?).and_then(DateTime::from_timestamp_millis).unwrap_or(now);
    let from = query.from.unwrap_or_else(|| first.with_timezone(&zone).date_naive().min(until));
    if query.from.is_some_and(|from| query.until.is_some_and(|until| from > until)) {
        return Err(Error::invalid("from", "is after `until`"));
    }
    if (until - from).num_days() > FURTHEST {
        return Err(Error::invalid("from", "is more than 200 years before the end"));
    }
    let every = query.every.unwrap_or(Period::Day);
    let mut points = Vec::new();
    let mut day = from;
    while day <= until {
        let next = day.succ_opt().ok_or_else(|| Error::invalid("until", "is no day"))?;
        if day == until || every.of(day) != every.of(next) {
            // What is written in the last millisecond of a day belongs to it.
            let moment = (start_of(zone, next) - TimeDelta::milliseconds(1)).min(now);
            points.push(Point { day, moment, shown: change_set_at(view.session, moment.timestamp_millis())? });
        }
        if points.len() > MAX_POINTS {
            return Err(Error::invalid("every", format!("more than {MAX_POINTS} points; ask for longer periods, or fewer")));
        }
        day = next;
    }
    Ok(points)
}

fn table(points: &[Point], mut curves: BTreeMap<Group, Vec<Sums>>, query: &OverTime, key_type: Option<FieldType>, money: bool) -> Result<Table> {
    if query.by.is_none() && curves.is_empty() {
        curves.insert((Sorted::Nothing, None), vec![Sums::default(); points.len() + 1]);
    }
    let mut columns = vec![("day".to_owned(), Some(FieldType::Date))];
    columns.extend(query.by.is_some().then(|| ("key".to_owned(), key_type)));
    columns.push(("count".to_owned(), None));
    columns.extend(query.sum.is_some().then(|| ("sum".to_owned(), None)));
    columns.extend(money.then(|| ("currency".to_owned(), Some(FieldType::Currency))));
    let mut builder = Builder::new(columns);
    for (at, point) in points.iter().enumerate() {
        for ((key, currency), curve) in &curves {
            let Sums { count, sum } = curve[at];
            let mut row = vec![Value::Date(point.day)];
            if query.by.is_some() {
                row.push(match key {
                    Sorted::Nothing => Value::Null,
                    Sorted::Number(number) => Value::Integer(*number),
                    Sorted::Text(text) => Value::Text(text.clone()),
                });
            }
            row.push(Value::Integer(count));
            if query.sum.is_some() {
                row.push(Value::Integer(i64::try_from(sum).map_err(|_| Error::invalid("sum", "the sum is too large"))?));
            }
            if money {
                row.push(currency.clone().map_or(Value::Null, Value::Text));
            }
            builder.push_values(&row)?;
        }
    }
    Ok(builder.finish())
}

//! What is asked of a file, and what the model says to it.

use super::model::{Done, ENTITIES, Entry, Key, Record, Set, State, Whose, World, entity};
use super::rights::Rights;
use super::{BEGUN, Seen, Tried};
use crate::support::*;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use crm_core::*;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The records of an entity by id.
type Rows = BTreeMap<i64, Rc<Record>>;
/// A condition on a record, given the organizations that the reader sees.
type Condition = fn(&Record, &Rows) -> bool;

/// Conditions that are counted by: on which entity, in words, whether it looks at organizations, and what it means.
const FILTERS: &[(&str, &str, bool, Condition)] = &[
    ("organization", "", false, |_, _| true),
    ("organization", "employees >= 3", false, |record, _| record.number("employees") >= Some(3)),
    ("organization", "country = 'PL' or owner_id is null", false, |record, _| record.text("country") == "PL" || record.number("owner_id").is_none()),
    ("person", "name like '% 1' or name like '% 3'", false, |record, _| record.text("name").ends_with(['1', '3'])),
    ("activity", "organization_id in (select id from organization where country = 'PL')", true, |record, organizations| {
        record.number("organization_id").and_then(|id| organizations.get(&id)).is_some_and(|organization| organization.text("country") == "PL")
    }),
    ("contact_point", "organization_id is not null", false, |record, _| record.number("organization_id").is_some()),
    ("affiliation", "department is null", false, |record, _| record.text("department").is_empty()),
    ("note", "entity = 'organization'", false, |record, _| record.text("entity") == "organization"),
];

/// Whether an error is an answer to what was asked, and not a failure of the library.
pub fn refusal(error: &Error) -> bool {
    matches!(error.code(), "denied" | "invalid" | "conflict" | "not_found")
}

fn millis(text: &Json) -> i64 {
    text.as_str().map(moment).unwrap_or_default().timestamp_millis()
}

/// What is there now of some entities.
pub fn present(crm: &Crm, names: &[&str]) -> State {
    let mut state = State::new();
    for name in names {
        let fields = ENTITIES.iter().find(|(known, ..)| known == name).unwrap().2;
        for record in serde_json::from_str::<Vec<Map<String, Json>>>(&crm.json(name).unwrap().find("").unwrap()).unwrap() {
            let (id, revision) = (record["id"].as_i64().unwrap(), record["revision"].as_i64().unwrap());
            let (created, updated) = (millis(&record["created_at"]), millis(&record["updated_at"]));
            let fields = fields.iter().map(|field| ((*field).to_owned(), record[*field].clone())).filter(|(_, value)| !value.is_null()).collect();
            state.insert((entity(name), id), Rc::new(Record { revision, created, updated, fields }));
        }
    }
    state
}

/// What a reader is told of a moment.
struct Told<'a> {
    world: &'a World,
    rights: Rights<'a>,
    /// The change set that is shown, where it is not the present.
    shown: Option<i64>,
}

impl Told<'_> {
    fn of(world: &World, who: Option<usize>, moment: Option<DateTime<Utc>>) -> Told<'_> {
        Told { world, rights: world.rights(who), shown: moment.map(|moment| world.set_at(moment.timestamp_millis())) }
    }

    fn sees(&self, key: Key) -> bool {
        self.rights.sees(&|key| self.world.last(key), key)
    }

    fn rows(&self, entity: &str) -> Rows {
        let state = self.shown.map_or(&self.world.state, |shown| self.world.state_at(shown));
        state.iter().filter(|(key, _)| key.0 == entity && self.sees(**key)).map(|((_, id), record)| (*id, record.clone())).collect()
    }

    /// The names of fields that he may see, and where their values stand.
    fn fields(&self, name: &str) -> Vec<(String, String)> {
        let fields = ENTITIES.iter().find(|(known, ..)| *known == name).unwrap().2;
        let custom = World::custom(&self.world.state).filter(|_| name == "organization");
        fields.iter().filter(|field| !self.rights.hides(name, field)).map(|field| ((*field).to_owned(), (*field).to_owned())).chain(custom).collect()
    }

    fn object(&self, name: &str, id: i64, record: &Record) -> Json {
        let moment = |millis: i64| DateTime::from_timestamp_millis(millis).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let mut object = serde_json::json!({"id": id, "revision": record.revision, "created_at": moment(record.created), "updated_at": moment(record.updated)});
        self.fields(name).into_iter().for_each(|(column, name)| object[name] = record.get(&column));
        object
    }

    /// Whether the past of these entities is gone for him; `None` where he sees nothing of one of them anyway, so that either answer is right.
    fn gone(&self, entities: &[&str]) -> Option<bool> {
        let gone = self.shown.is_some_and(|shown| entities.iter().any(|entity| shown < self.rights.gone(self.world, entity)));
        (!gone || !entities.iter().any(|entity| self.rights.reads_none(entity))).then_some(gone)
    }
}

/// An answer is right, or it is refused where the past is gone.
#[track_caller]
fn check<T: PartialEq + std::fmt::Debug>(answer: Result<T>, expected: T, gone: Option<bool>, context: &str, seen: &mut Seen) {
    match answer {
        Ok(answer) => {
            assert!(gone != Some(true), "{context}: this is gone, and was answered: {answer:?}");
            assert_eq!(answer, expected, "{context}");
        }
        Err(error) => {
            assert!(gone != Some(false) && (error.code(), error.field()) == ("invalid", "at"), "{context}: {error}");
            seen.gone += 1;
        }
    }
}

/// Everything that one reader is told of the present or of a moment.
pub fn compare(tried: &Tried, who: Option<usize>, moment: Option<DateTime<Utc>>, context: &str, seen: &mut Seen) {
    let (world, told) = (&tried.world, Told::of(&tried.world, who, moment));
    let handle = moment.map_or_else(|| tried.as_who(who).clone(), |moment| tried.as_who(who).at(moment).unwrap());
    for (name, kind, _) in ENTITIES {
        let context = format!("{name} for {who:?} at {moment:?} (set {:?}), {context}", told.shown);
        let rows = told.rows(name);
        let expected: Vec<Json> = rows.iter().map(|(id, record)| told.object(name, *id, record)).collect();
        let known: BTreeSet<String> =
            ["id", "revision", "created_at", "updated_at"].map(Into::into).into_iter().chain(told.fields(name).into_iter().map(|(_, name)| name)).collect();
        // Of what is hidden nothing is told.
        let hidden = |record: &Map<String, Json>| record.iter().all(|(field, value)| !told.rights.hides(name, field) || value.is_null());
        let found = handle.json(name).unwrap().find(Filter::new("").order_by("id")).map(|text| {
            let found: Vec<Map<String, Json>> = serde_json::from_str(&text).unwrap();
            assert!(found.iter().all(hidden), "{context}");
            found.into_iter().map(|record| Json::Object(record.into_iter().filter(|(field, _)| known.contains(field)).collect())).collect::<Vec<_>>()
        });
        check(found, expected, told.gone(&[name]), &context, seen);
        let Some(shown) = told.shown else { continue };
        let all = world.state_at(shown).iter().filter(|((entity, _), _)| entity == name);
        for ((_, id), record) in all {
            let visible = rows.contains_key(id);
            seen.hidden_rows += usize::from(!visible);
            let then = matches!(kind, Whose::Owned) && told.rights.sees_record(&|key| world.last(key), name, record) != visible;
            seen.by_today += usize::from(then);
        }
        seen.rows += rows.len();
    }
    if moment.is_some() {
        sums(&told, &handle, context, seen);
    }
}

/// Counts, sums and single records.
fn sums(told: &Told<'_>, handle: &Crm, context: &str, seen: &mut Seen) {
    let organizations = told.rows("organization");
    let context = format!("set {:?} for {:?}, {context}", told.shown, told.rights.id());
    for (name, filter, looks_on, condition) in FILTERS {
        let counted = handle.json(name).unwrap().count(*filter);
        if filter.contains("employees") && told.rights.hides(name, "employees") {
            assert_refused(counted, "denied", "hidden");
            continue;
        }
        let expected = told.rows(name).values().filter(|record| condition(record, &organizations)).count() as i64;
        // Where there is no record, there is no need to look on.
        let gone = told.gone(&[name]).filter(|gone| *gone || !looks_on || told.gone(&["organization"]) == Some(false));
        check(counted, expected, gone, &format!("{name} {filter}, {context}"), seen);
    }
    for name in ["organization", "contact_point", "note"] {
        let id = told.shown.unwrap_or_default() % 7 + 1;
        let expected = told.rows(name).get(&id).map(|record| record.revision);
        let got = handle.json(name).unwrap().get(id).map(|text| serde_json::from_str::<Json>(&text).unwrap()["revision"].as_i64());
        let got = got.or_else(|error| if error.code() == "not_found" { Ok(None) } else { Err(error) });
        check(got, expected, told.gone(&[name]), &format!("{name} {id}, {context}"), seen);
    }
    let rows = |sql: &str, names: &[&str]| {
        let values = |table: &Table, row: usize| names.iter().map(|name| serde_json::to_value(table.value(row, name).unwrap()).unwrap()).collect::<Vec<Json>>();
        handle.sql(sql, &[]).map(|table| (0..table.len()).map(|row| values(&table, row)).collect::<Vec<_>>())
    };
    let hidden = told.rights.hides("organization", "employees");
    let mut by_country: BTreeMap<Option<String>, (i64, Option<i64>)> = BTreeMap::new();
    for record in organizations.values() {
        let (count, sum) = by_country.entry(record.get("country").as_str().map(Into::into)).or_default();
        let employees = record.number("employees").filter(|_| !hidden);
        (*count, *sum) = (*count + 1, employees.map_or(*sum, |employees| Some(sum.unwrap_or_default() + employees)));
    }
    let expected = by_country.into_iter().map(|(country, (count, sum))| vec![country.into(), count.into(), sum.into()]).collect::<Vec<Vec<Json>>>();
    let asked = rows("select country, count(*) as n, sum(employees) as s from organization group by 1 order by 1", &["country", "n", "s"]);
    check(asked, expected, told.gone(&["organization"]), &format!("sums, {context}"), seen);
    let mut points: BTreeMap<Option<String>, i64> = BTreeMap::new();
    for record in told.rows("contact_point").values() {
        let organization = record.number("organization_id").and_then(|id| organizations.get(&id));
        organization.into_iter().for_each(|organization| *points.entry(organization.get("country").as_str().map(Into::into)).or_default() += 1);
    }
    let expected = points.into_iter().map(|(country, count)| vec![country.into(), count.into()]).collect::<Vec<Vec<Json>>>();
    let sql = "select o.country as country, count(*) as n from contact_point c join organization o on o.id = c.organization_id group by 1 order by 1";
    check(rows(sql, &["country", "n"]), expected, told.gone(&["contact_point", "organization"]), &format!("joined, {context}"), seen);
}

/// Moments of the past, most of them when something happened or just before it.
pub fn moments(tried: &Tried, random: &Random, many: usize, seen: &mut Seen) {
    for _ in 0..many {
        let mut at = match tried.world.sets.get(random.below(tried.world.sets.len() + 2)) {
            Some(set) => set.at + random.below(3) as i64 - 1,
            None => (tried.crm.now() + TimeDelta::hours(random.below(200) as i64 - 100)).timestamp_millis(),
        };
        at = at.max(moment(BEGUN).timestamp_millis());
        let some = random.below(tried.readers.len());
        for who in [0, some, (some + 2) % tried.readers.len(), (some + 5) % tried.readers.len()] {
            compare(tried, tried.readers[who].0, DateTime::from_timestamp_millis(at), "in the past", seen);
        }
        seen.moments += 1;
    }
}

/// What is told of a change: set, moment, who, what, and the values before and after.
type Change = (i64, i64, Option<i64>, Operation, Map<String, Json>, Map<String, Json>, bool);

fn change(told: &Told<'_>, set: &Set, entry: &Entry) -> Change {
    let (of, fields) = (entry.key.0, told.fields(entry.key.0));
    let gone = set.id <= told.world.gone(of) && (entry.ended() || told.world.left_is_gone(set, entry.key));
    let values = |record: Option<&Rc<Record>>, other: Option<&Rc<Record>>| -> Map<String, Json> {
        let differs = |column: &str| other.is_none_or(|other| record.is_some_and(|record| record.get(column) != other.get(column)));
        let told = fields.iter().filter(|(column, _)| record.is_some() && !gone && differs(column));
        told.map(|(column, name)| (name.clone(), record.map(|record| record.get(column)).unwrap_or_default())).collect()
    };
    let operation = match entry.done {
        Done::Insert => Operation::Insert,
        Done::Update => Operation::Update,
        Done::Delete => Operation::Delete,
        Done::Restore => Operation::Restore,
    };
    let (before, after) = (entry.before.as_ref(), entry.after.as_ref());
    (set.id, set.at, set.actor, operation, values(before, after), values(after, before), gone)
}

pub fn histories(tried: &Tried, random: &Random, many: usize, seen: &mut Seen) {
    let keys: Vec<Key> = tried.world.sets.iter().flat_map(|set| &set.entries).map(|entry| entry.key).collect::<BTreeSet<_>>().into_iter().collect();
    for _ in 0..if keys.is_empty() { 0 } else { many } {
        let (key, who) = (*random.pick(&keys), tried.readers[random.below(tried.readers.len())].0);
        let moment = random.chance(30).then(|| DateTime::from_timestamp_millis(random.pick(&tried.world.sets).at).unwrap());
        let told = Told::of(&tried.world, who, moment);
        let sets = tried.world.sets.iter().filter(|set| told.shown.is_none_or(|shown| set.id <= shown));
        let entries = sets.flat_map(|set| set.entries.iter().map(move |entry| (set, entry))).filter(|(_, entry)| entry.key == key && told.sees(key));
        let mut expected: Vec<Change> = entries.map(|(set, entry)| change(&told, set, entry)).collect();
        expected.reverse();
        let handle = moment.map_or_else(|| tried.as_who(who).clone(), |moment| tried.as_who(who).at(moment).unwrap());
        let history = match handle.history(key.0, key.1) {
            Err(error) if error.code() == "not_found" => Vec::new(),
            history => history.unwrap(),
        };
        let fields: BTreeSet<String> = told.fields(key.0).into_iter().map(|(_, name)| name).collect();
        let named = |values: &BTreeMap<String, Value>| {
            assert!(!values.keys().any(|field| told.rights.hides(key.0, field)), "{key:?} for {who:?}: a hidden field is told");
            values
                .iter()
                .filter(|(field, _)| fields.contains(*field))
                .map(|(field, value)| (field.clone(), serde_json::to_value(value).unwrap()))
                .collect::<Map<_, _>>()
        };
        let since = history.iter().filter(|change| change.change_set.0 > tried.world.base.0);
        let given: Vec<Change> = since
            .map(|change| {
                let (at, actor) = (change.at.timestamp_millis(), change.actor.map(|actor| actor.0));
                (change.change_set.0, at, actor, change.operation, named(&change.before), named(&change.after), change.pruned)
            })
            .collect();
        assert_eq!(given, expected, "history of {key:?} for {who:?} at {moment:?}, pruned up to {:?}", tried.world.gone);
        seen.histories += usize::from(!given.is_empty());
    }
}

/// Curves over the days so far: the same as the model's days, one after the other.
pub fn curves(tried: &Tried, seen: &mut Seen) {
    let (from, now) = (moment(BEGUN).date_naive(), tried.crm.now());
    let days: Vec<(NaiveDate, DateTime<Utc>)> = from
        .iter_days()
        .take_while(|day| *day <= now.date_naive())
        .map(|day| (day, (day.succ_opt().unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc() - TimeDelta::milliseconds(1)).min(now)))
        .collect();
    for (who, handle) in &tried.readers {
        let first = Told::of(&tried.world, *who, Some(days[0].1));
        let hidden = first.rights.hides("organization", "employees");
        let mut query = OverTime::new().from(from).by("country").filter("owner_id is not null or country = 'DE'");
        if !hidden {
            query = query.sum("employees");
        }
        let mut expected: BTreeMap<(NaiveDate, Option<String>), (i64, i64)> = BTreeMap::new();
        for (day, moment) in &days {
            let told = Told::of(&tried.world, *who, Some(*moment));
            for record in told.rows("organization").values().filter(|record| record.number("owner_id").is_some() || record.text("country") == "DE") {
                let (count, sum) = expected.entry((*day, record.get("country").as_str().map(Into::into))).or_default();
                (*count, *sum) = (*count + 1, *sum + record.number("employees").filter(|_| !hidden).unwrap_or_default());
            }
        }
        seen.points += expected.len();
        let curve = handle.over_time("organization", &query).map(|table| {
            let row = |row: usize| {
                let Some(Value::Date(day)) = table.value(row, "day") else { panic!("no day") };
                let key = table.value(row, "key").and_then(|key| if let Value::Text(key) = key { Some(key) } else { None });
                ((day, key), (table.integer(row, "count").unwrap(), table.integer(row, "sum").unwrap_or_default()))
            };
            (0..table.len()).map(row).filter(|(_, (count, _))| *count != 0).collect::<BTreeMap<_, _>>()
        });
        check(curve, expected, first.gone(&["organization"]), &format!("curve for {who:?}"), seen);
    }
}

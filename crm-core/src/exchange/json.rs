//! Records and tables as JSON, for hosts and wires that know entities by name rather than by type.
//!
//! An object's keys are field names, custom fields among them. Days are `2026-01-31`, moments `2026-01-31T09:00:00.000Z`,
//! money `12.50 EUR`, exact decimals are texts, several items an array, missing values `null`. What comes in is put into
//! shape by the field's type, as in an import.

use crate::query::Table;
use crate::registry::{Kind, Named, kinds};
use crate::store::{self, Via, View};
use crate::{Change, ChangeSet, ChangeSetId, Crm, Error, Filter, Loaded, Page, Result, Value};
use serde_json::{Map, Value as Json};
use std::fmt::Write;

/// The longest JSON text taken at once, in bytes.
pub(super) const MAX_JSON: usize = 256 << 20;

/// The records of an entity known by its name, given and taken as JSON text.
///
/// ```
/// # use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// let companies = crm.json("organization")?;
/// companies.add_many(r#"[{"name": "Acme", "employees": 120}, {"name": "Birch", "credit_limit": "500.00 EUR"}]"#)?;
/// companies.set(1, r#"{"industry": "steel"}"#, None)?;
/// assert!(companies.find("employees >= 100")?.contains(r#""industry":"steel""#));
/// assert!(companies.add(r#"{"nam": "Cedar"}"#).unwrap_err().to_string().contains("did you mean `name`"));
/// # Ok::<(), Error>(())
/// ```
pub struct JsonRecords<'a> {
    via: Via<'a>,
    kind: &'static Kind,
}

impl Crm {
    /// The records of the entity of this name, as JSON.
    pub fn json(&self, entity: &str) -> Result<JsonRecords<'_>> {
        Via::Crm(self).json(entity)
    }
}

impl ChangeSet {
    /// The records of the entity of this name within this change set, as JSON.
    pub fn json(&self, entity: &str) -> Result<JsonRecords<'_>> {
        Via::Change(self).json(entity)
    }
}

impl<'a> Via<'a> {
    pub(crate) fn json(self, entity: &str) -> Result<JsonRecords<'a>> {
        Ok(JsonRecords { via: self, kind: kind(entity)? })
    }
}

fn kind(entity: &str) -> Result<&'static Kind> {
    let names = kinds().iter().map(|kind| kind.meta().name);
    kinds().iter().find(|kind| kind.meta().name == entity).ok_or_else(|| Error::unknown("entity", entity, names))
}

impl JsonRecords<'_> {
    fn name(&self) -> &'static str {
        self.kind.meta().name
    }

    /// The record of this id, an object.
    pub fn get(&self, id: i64) -> Result<String> {
        self.via.view(|view| get_in(view, self.name(), id))
    }

    /// All records that a filter finds, an array of objects in its order.
    pub fn find(&self, filter: impl Into<Filter>) -> Result<String> {
        let filter = filter.into();
        self.via.view(|view| {
            let mut out = String::from("[");
            store::find_named(view, self.name(), &filter, |record| {
                separate(&mut out);
                write_object(&mut out, record.iter().map(|(name, value)| (name.as_str(), value)));
                Ok(())
            })?;
            Ok(out + "]")
        })
    }

    /// A page of the records that a filter finds (100 when it has no limit), each an object, and where the next one begins.
    pub fn page(&self, filter: impl Into<Filter>) -> Result<Page<String>> {
        let filter = filter.into().into_page();
        self.via.view(|view| {
            let mut records = Vec::new();
            let (compiled, last) = store::find_named(view, self.name(), &filter, |record| {
                records.push(object(&record));
                Ok(())
            })?;
            let next = store::next_page(view, self.name(), &compiled, records.len(), last)?;
            Ok(Page { records, next })
        })
    }

    /// How many records a filter finds.
    pub fn count(&self, filter: impl Into<Filter>) -> Result<i64> {
        let filter = filter.into();
        self.via.view(|view| store::count_in(view, self.name(), &filter))
    }

    /// The records that a filter finds, as a table with every field as a column.
    pub fn table(&self, filter: impl Into<Filter>) -> Result<Table> {
        let filter = filter.into();
        self.via.view(|view| store::table_in(view, self.name(), &filter))
    }

    /// Adds the record of an object, and gives it as it is then.
    pub fn add(&self, record: &str) -> Result<String> {
        let named = parse_object(record)?;
        self.write("add", |change| get_in_change(change, self.name(), (self.kind.add)(change, named)?))
    }

    /// Adds the records of an array of objects in one change set; the first that cannot be accepted ends it, and
    /// nothing is added. A text has at most 256 MiB.
    pub fn add_many(&self, records: &str) -> Result<Loaded<i64>> {
        let records: Vec<Map<String, Json>> = parse("json", records, serde_json::from_str)?;
        let mut loaded = Loaded { first: None, count: 0, change_set: None };
        // Rules that look at what was added before need the indexes all along.
        let expected = if self.kind.after { 0 } else { records.len() };
        self.write("add many", |change| {
            let load = || {
                for (row, record) in records.into_iter().enumerate() {
                    let id = named(record).and_then(|named| (self.kind.add)(change, named)).map_err(|error| store::at_row(error, row))?;
                    loaded.first.get_or_insert(id);
                    loaded.count += 1;
                }
                Ok(())
            };
            // Within a larger change set, too, it is all of them or none.
            change.atomically(|| store::bulk::without_indexes(change, self.name(), expected, load))?;
            loaded.change_set = (loaded.count > 0).then_some(change.id());
            Ok(())
        })?;
        Ok(loaded)
    }

    /// Changes the fields that an object names, and gives the record as it is then. With the revision it was read at,
    /// a conflict is told where one of these fields changed meanwhile.
    pub fn set(&self, id: i64, fields: &str, revision: Option<ChangeSetId>) -> Result<String> {
        let named = parse_object(fields)?;
        self.write("update", |change| {
            (self.kind.set)(change, id, named, revision)?;
            get_in_change(change, self.name(), id)
        })
    }

    /// Adds or changes the record that another system knows by this key, gives it as it is then, and says whether it was added.
    pub fn upsert(&self, system: &str, key: &str, fields: &str) -> Result<(String, bool)> {
        let named = parse_object(fields)?;
        self.write("upsert", |change| {
            let (id, added) = store::bulk::upsert(change, self.name(), system, key, named)?;
            Ok((get_in_change(change, self.name(), id)?, added))
        })
    }

    /// Removes a record and what is part of it; refused while other records refer to it.
    pub fn remove(&self, id: i64) -> Result<()> {
        self.write("remove", |change| (self.kind.remove)(change, id))
    }

    /// Everything that happened to a record, newest first.
    pub fn history(&self, id: i64) -> Result<Vec<Change>> {
        self.via.view(|view| view.history(view.schema.index(self.name())?, id))
    }

    fn write<T>(&self, verb: &str, write: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<T> {
        self.via.write(&store::label(verb, self.name()), write)
    }
}

fn get_in(view: View<'_>, entity: &str, id: i64) -> Result<String> {
    store::get_named(view, entity, id).map(|record| object(&record))
}

fn get_in_change(change: &ChangeSet, entity: &str, id: i64) -> Result<String> {
    change.view(|view| get_in(view, entity, id))
}

impl Table {
    /// The rows as a JSON array of objects.
    ///
    /// ```
    /// let crm = crm_core::Crm::open(":memory:")?;
    /// assert_eq!(crm.sql("select 1 as n, 'one' as word", &[])?.to_json(), r#"[{"n":1,"word":"one"}]"#);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        let mut out = String::from("[");
        for row in 0..self.rows {
            separate(&mut out);
            let values: Vec<_> = self.columns.iter().map(|column| (column.name.as_str(), column.value(row))).collect();
            write_object(&mut out, values.iter().map(|(name, value)| (*name, value)));
        }
        out + "]"
    }
}

/// Puts a comma after the former element of an array, if there is one.
pub(super) fn separate(array: &mut String) {
    if !array.ends_with('[') {
        array.push(',');
    }
}

fn object(record: &Named) -> String {
    let mut out = String::new();
    write_object(&mut out, record.iter().map(|(name, value)| (name.as_str(), value)));
    out
}

/// Writes an object with its keys in the order given.
fn write_object<'a>(out: &mut String, fields: impl Iterator<Item = (&'a str, &'a Value)>) {
    out.push('{');
    for (at, (name, value)) in fields.enumerate() {
        // Writing into a string cannot fail.
        let _ = write!(out, "{}{}:{}", if at > 0 { "," } else { "" }, Json::from(name), to_json(value));
    }
    out.push('}');
}

/// A value as JSON.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Integer(number) => (*number).into(),
        Value::Number(number) => (*number).into(),
        Value::Decimal(number) => number.normalize().to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Date(day) => day.to_string().into(),
        Value::Moment(moment) => moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into(),
        Value::Money(money) => money.to_string().into(),
        Value::Items(items) => items.as_slice().into(),
    }
}

/// JSON as a value, not yet in the shape of a field.
pub(crate) fn from_json(field: &str, json: Json) -> Result<Value> {
    let refused = || Error::invalid(field, "expected a text, a number, true, false, null or an array of texts");
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Bool(yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Number(number.as_f64().ok_or_else(refused)?),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => {
            let items = items.into_iter().map(|item| if let Json::String(text) = item { Ok(text) } else { Err(refused()) });
            Value::Items(items.collect::<Result<_>>()?)
        }
        Json::Object(_) => return Err(refused()),
    })
}

fn named(object: Map<String, Json>) -> Result<Named> {
    let value = |(name, json): (String, Json)| from_json(&name, json).map(|value| (name, value));
    object.into_iter().map(value).collect()
}

pub(super) fn parse<'a, T>(name: &str, text: &'a str, read: impl Fn(&'a str) -> serde_json::Result<T>) -> Result<T> {
    if text.len() > MAX_JSON {
        return Err(Error::invalid(name, format!("longer than {MAX_JSON} bytes")));
    }
    // The parser's own words may quote the text.
    read(text).map_err(|error| Error::invalid(name, format!("not the JSON expected, at line {} column {}", error.line(), error.column())))
}

fn parse_object(text: &str) -> Result<Named> {
    named(parse("json", text, serde_json::from_str)?)
}

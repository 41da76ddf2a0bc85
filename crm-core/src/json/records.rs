//! Records and tables as JSON, for hosts and wires that know entities by name rather than by type.
//!
//! An object's keys are field names, custom fields among them; the form of the values is that of `engine/wire/form.rs`. What comes in is put
//! into shape by the field's type, as in an import.

use crate::areas::kind;
use crate::base;
use crate::engine::declare::ChangeSetId;
use crate::engine::entity::{Loaded, at_row, count_in, find_named, get_named, label, next_page, table_in};
use crate::engine::error::Result;
use crate::engine::query::{Filter, Page, Table};
use crate::engine::registry::EntityKind;
use crate::engine::store::{Change, ChangeSet, Crm, Via, View, without_indexes};
use crate::engine::value::Named;
use crate::engine::wire::json::{named, parse, parse_object};
use crate::engine::wire::{Form, text_of};
use serde_json::{Map, Value as Json};

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
    kind: &'static EntityKind,
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
            find_named(view, self.name(), &filter, |record| {
                if out.len() > 1 {
                    out.push(',');
                }
                out += &object(&record);
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
            let (compiled, last) = find_named(view, self.name(), &filter, |record| {
                records.push(object(&record));
                Ok(())
            })?;
            let next = next_page(view, self.name(), &compiled, records.len(), last)?;
            Ok(Page { records, next })
        })
    }

    /// How many records a filter finds.
    pub fn count(&self, filter: impl Into<Filter>) -> Result<i64> {
        let filter = filter.into();
        self.via.view(|view| count_in(view, self.name(), &filter))
    }

    /// The records that a filter finds, as a table with every field as a column.
    pub fn table(&self, filter: impl Into<Filter>) -> Result<Table> {
        let filter = filter.into();
        self.via.view(|view| table_in(view, self.name(), &filter))
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
        let expected = if self.kind.meta().after { 0 } else { records.len() };
        self.write("add many", |change| {
            let load = || {
                for (row, record) in records.into_iter().enumerate() {
                    let id = named(record).and_then(|named| (self.kind.add)(change, named)).map_err(|error| at_row(error, row))?;
                    loaded.first.get_or_insert(id);
                    loaded.count += 1;
                }
                Ok(())
            };
            // Within a larger change set, too, it is all of them or none.
            change.atomically(|| without_indexes(change, self.name(), expected, load))?;
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
            let (id, added) = base::upsert(change, self.kind, system, key, named)?;
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
        self.via.write(&label(verb, self.name()), write)
    }
}

fn object(record: &Named) -> String {
    text_of(&Form(record))
}

fn get_in(view: View<'_>, entity: &str, id: i64) -> Result<String> {
    get_named(view, entity, id).map(|record| object(&record))
}

fn get_in_change(change: &ChangeSet, entity: &str, id: i64) -> Result<String> {
    change.view(|view| get_in(view, entity, id))
}

//! The calls that are for those who speak JSON and nothing else: records by the names of their entities, and change sets that go
//! across calls. All others are declared by the areas.

use crate::areas::{entities, entity_named};
use crate::engine::declare::ChangeSetId;
use crate::engine::entity::Loaded;
use crate::engine::error::{Error, Result};
use crate::engine::field::Field;
use crate::engine::query::Filter;
use crate::engine::registry::{Call, area};
use crate::engine::store::{Crm, Preview, Via};
use crate::engine::wire::{Text, ToJson, text_of, write_members};
use crate::registry;

area! {
    /// Calls for those who speak JSON.
    json {
        calls: {
            /// Every call with its arguments: an array of objects of `name`, `doc` and `arguments`.
            [json] calls() -> Text = |_on| Ok::<_, Error>(Text(list(all())));
            /// Every entity: `name`, `plural`, `doc`.
            [json] entities() -> Text = |_on| Ok::<_, Error>(Text(described()));
            /// The fields of an entity in this file: `name`, `kind`, `doc`, `required`, `computed`, `custom`.
            [json] fields(entity: String) -> Text = |on| {
                entity_named(&entity)?;
                on.handle("fields")?.fields(&entity).map(|fields| Text(list(fields.iter())))
            };
            /// The moment shown.
            [json] now() -> Text = |on| on.handle("now").map(Crm::now);

            /// The record of this id, an object.
            [json] get(entity: String, id: i64) -> Text = |on| on.json(&entity)?.get(id).map(Text);
            /// All records that a filter finds, an array in its order.
            [json] find(entity: String, filter: Filter = Filter::default()) -> Text = |on| on.json(&entity)?.find(filter).map(Text);
            /// A page of the records that a filter finds (100 without a limit): `records`, and `next`, which is `after` of the next page's filter.
            [json] page(entity: String, filter: Filter = Filter::default()) -> Text = |on| {
                let page = on.json(&entity)?.page(filter)?;
                let records = Text(format!("[{}]", page.records.join(",")));
                Ok::<_, Error>(object([("records", &records as &dyn ToJson), ("next", &page.next)]))
            };
            /// How many records a filter finds.
            [json] count(entity: String, filter: Filter = Filter::default()) -> i64 = |on| on.json(&entity)?.count(filter);
            /// The records that a filter finds, as a table.
            [json] table(entity: String, filter: Filter = Filter::default()) -> Table = |on| on.json(&entity)?.table(filter);

            /// Adds a record, and gives it as it is then.
            [json] add(entity: String, fields: Text) -> Text = |on| on.json(&entity)?.add(&fields.0).map(Text);
            /// Adds an array of records, all or none: `first` (the id of the first), `count`, `change_set`.
            [json] add_many(entity: String, records: Text) -> Loaded<i64> = |on| on.json(&entity)?.add_many(&records.0);
            /// Changes the named fields, and gives the record as it is then; with the revision it was read at, a conflict is told.
            [json] set(entity: String, id: i64, fields: Text, revision: Option<ChangeSetId> = None) -> Text =
                |on| on.json(&entity)?.set(id, &fields.0, revision).map(Text);
            /// Adds or changes the record that another system knows by this key: `record`, `added`.
            [json] upsert(entity: String, system: String, key: String, fields: Text) -> Text = |on| {
                let (record, added) = on.json(&entity)?.upsert(&system, &key, &fields.0)?;
                Ok::<_, Error>(object([("record", &Text(record) as &dyn ToJson), ("added", &added)]))
            };
            /// Removes a record and what is part of it; refused while other records refer to it.
            [json] remove(entity: String, id: i64) -> () = |on| on.json(&entity)?.remove(id);

            /// Begins a change set: `change_set`. Calls with `within` that number are part of it, until `commit` or `rollback`.
            [json] begin(label: String) -> () = |_on| door_only(&label);
            /// Writes what was done in the change set that `within` names: `change_set` (null when nothing changed), `warnings`.
            [json] commit() -> () = |_on| door_only("");
            /// Leaves everything as it was before the change set that `within` names.
            [json] rollback() -> () = |_on| door_only("");
            /// What the change set that `within` names has done so far: `counts`, `changes` (the first 10,000), `warnings`.
            [json] preview() -> Preview<()> = |on| match on {
                Via::Change(change) => change.preview(()),
                Via::Crm(_) => Err(Error::invalid("within", "names the change set to look at")),
            };
        }
    }
}

/// Every call there is.
pub(super) fn all() -> impl Iterator<Item = &'static Call> {
    AREA.calls.iter().chain(registry::calls())
}

/// The call of this name.
pub(super) fn call_named(name: &str) -> Result<&'static Call> {
    all().find(|call| call.name == name).ok_or_else(|| Error::unknown("call", name, all().map(|call| call.name)))
}

fn described() -> String {
    let all: Vec<_> = entities().map(|meta| object([("name", &meta.name as &dyn ToJson), ("plural", &meta.plural), ("doc", &meta.doc)]).0).collect();
    format!("[{}]", all.join(","))
}

fn object<'a, const N: usize>(members: [(&'a str, &'a dyn ToJson); N]) -> Text {
    let mut out = String::new();
    write_members(&mut out, members);
    Text(out)
}

fn list<'a, T: ToJson + 'a>(items: impl Iterator<Item = &'a T>) -> String {
    let all: Vec<String> = items.map(|item| text_of(item)).collect();
    format!("[{}]", all.join(","))
}

/// Calls that begin and end change sets are the door's own.
fn door_only(_: &str) -> Result<()> {
    Err(Error::invalid("call", "change sets do not nest"))
}

impl ToJson for Field {
    fn write_json(&self, out: &mut String) {
        let (kind, custom, computed) = (self.field_type.name(), self.is_custom(), self.computed || self.expression.is_some());
        let (name, doc) = (self.name.as_ref(), self.doc.as_ref());
        write_members(
            out,
            [("name", &name as &dyn ToJson), ("kind", &kind), ("doc", &doc), ("required", &self.required), ("computed", &computed), ("custom", &custom)],
        );
    }
}

impl ToJson for Loaded<i64> {
    fn write_json(&self, out: &mut String) {
        let Self { first, count, change_set } = self;
        write_members(out, [("first", first as &dyn ToJson), ("count", count), ("change_set", change_set)]);
    }
}

impl ToJson for Preview<()> {
    fn write_json(&self, out: &mut String) {
        let Self { value: (), counts, changes, warnings } = self;
        let counts: Vec<_> = counts
            .iter()
            .map(|((entity, operation), count)| object([("entity", entity as &dyn ToJson), ("operation", operation), ("count", count)]).0)
            .collect();
        let counts = Text(format!("[{}]", counts.join(",")));
        write_members(out, [("counts", &counts as &dyn ToJson), ("changes", changes), ("warnings", warnings)]);
    }
}

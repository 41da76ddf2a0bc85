//! The calls that are for those who speak JSON and nothing else: records by the names of their entities, and change sets that go
//! across calls. All others are declared by the areas.

use super::described::{AnyFields, AnyRecord, Begun, DescribedCall, DescribedEntity, DescribedField, Upserted};
use crate::areas::{entities, entity_named};
use crate::engine::declare::ChangeSetId;
use crate::engine::entity::Loaded;
use crate::engine::error::{Error, Result};
use crate::engine::field::Field;
use crate::engine::query::{Filter, Page, Table};
use crate::engine::registry::{Call, area};
use crate::engine::store::{Committed, Crm, Preview, Via};
use crate::engine::value::Custom;
use crate::engine::wire::{Raw, Text, shown_form, text_of};
use crate::registry;
use chrono::{DateTime, Utc};
use serde::Serialize;

area! {
    /// Calls for those who speak JSON.
    json {
        calls: {
            /// Every call with its arguments: an array of objects of `name`, `doc` and `arguments`.
            [json] calls() -> Vec<DescribedCall> = |_on| Ok::<_, Error>(Text(text_of(&all().collect::<Vec<_>>())));
            /// Every entity: `name`, `plural`, `doc`.
            [json] entities() -> Vec<DescribedEntity> = |_on| Ok::<_, Error>(Text(described()));
            /// The fields of an entity in this file: `name`, `kind`, `doc`, `required`, `computed`, `custom`.
            [json] fields(entity: String) -> Vec<DescribedField> = |on| {
                entity_named(&entity)?;
                on.handle("fields")?.fields(&entity).map(|fields| Text(text_of(&fields.iter().map(field).collect::<Vec<_>>())))
            };
            /// The moment shown.
            [json] now() -> DateTime<Utc> = |on| on.handle("now").map(Crm::now);

            /// The record of this id, an object.
            [json] get(entity: String, id: i64) -> AnyRecord = |on| on.json(&entity)?.get(id).map(Text);
            /// All records that a filter finds, an array in its order.
            [json] find(entity: String, filter: Filter = Filter::default()) -> Vec<AnyRecord> = |on| on.json(&entity)?.find(filter).map(Text);
            /// A page of the records that a filter finds (100 without a limit): `records`, and `next`, which is `after` of the next page's filter.
            [json] page(entity: String, filter: Filter = Filter::default()) -> Page<AnyRecord> = |on| {
                let page = on.json(&entity)?.page(filter)?;
                Ok::<_, Error>(Text(format!("{{\"records\":[{}],\"next\":{}}}", page.records.join(","), text_of(&page.next))))
            };
            /// How many records a filter finds.
            [json] count(entity: String, filter: Filter = Filter::default()) -> i64 = |on| on.json(&entity)?.count(filter);
            /// The records that a filter finds, as a table.
            [json] table(entity: String, filter: Filter = Filter::default()) -> Table = |on| on.json(&entity)?.table(filter);

            /// Adds a record, and gives it as it is then.
            [json] add(entity: String, fields: Raw<AnyFields>) -> AnyRecord = |on| on.json(&entity)?.add(&fields.0).map(Text);
            /// Adds an array of records, all or none: `first` (the id of the first), `count`, `change_set`.
            [json] add_many(entity: String, records: Raw<Vec<AnyFields>>) -> Loaded<i64> = |on| on.json(&entity)?.add_many(&records.0);
            /// Changes the named fields, and gives the record as it is then; with the revision it was read at, a conflict is told.
            [json] set(entity: String, id: i64, fields: Raw<Custom>, revision: Option<ChangeSetId> = None) -> AnyRecord =
                |on| on.json(&entity)?.set(id, &fields.0, revision).map(Text);
            /// Adds or changes the record that another system knows by this key: `record`, `added`.
            [json] upsert(entity: String, system: String, key: String, fields: Raw<Custom>) -> Upserted = |on| {
                let (record, added) = on.json(&entity)?.upsert(&system, &key, &fields.0)?;
                Ok::<_, Error>(Text(format!("{{\"record\":{record},\"added\":{added}}}")))
            };
            /// Removes a record and what is part of it; refused while other records refer to it.
            [json] remove(entity: String, id: i64) -> () = |on| on.json(&entity)?.remove(id);

            /// Begins a change set: `change_set`. Calls with `within` that number are part of it, until `commit` or `rollback`.
            [json] begin(label: String) -> Begun = |_on| door_only(&label);
            /// Writes what was done in the change set that `within` names: `change_set` (null when nothing changed), `warnings`.
            [json] commit() -> Committed<()> = |_on| door_only("");
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
    #[derive(Serialize)]
    struct Described<'a> {
        name: &'a str,
        plural: &'a str,
        doc: &'a str,
    }
    text_of(&entities().map(|meta| Described { name: meta.name, plural: meta.plural, doc: &meta.doc }).collect::<Vec<_>>())
}

fn field(field: &Field) -> impl Serialize {
    #[derive(Serialize)]
    struct Described<'a> {
        name: &'a str,
        kind: &'a str,
        doc: &'a str,
        required: bool,
        computed: bool,
        custom: bool,
    }
    Described {
        name: &field.name,
        kind: field.field_type.name(),
        doc: &field.doc,
        required: field.required,
        computed: field.computed || field.expression.is_some(),
        custom: field.is_custom(),
    }
}

shown_form!(Loaded<i64>, Preview<()>);

/// Calls that begin and end change sets are the door's own.
fn door_only(_: &str) -> Result<()> {
    Err(Error::invalid("call", "change sets do not nest"))
}

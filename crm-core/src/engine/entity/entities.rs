//! What can be done with the records of any entity: one generic implementation for all of them.

use super::by_name::{count_in, next_page, table_in};
use super::merge::{changed_meanwhile, changed_since, merge};
use super::number;
use super::one_of::one_of;
use super::read::{find_in, get_in, get_in_change, stored_in_change};
use super::rules::{Entity, Fields};
use super::values::{accepted, all_values, fields_of, in_words_of_today, place, stored_values};
use crate::engine::declare::ChangeSetId;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::meta::Shapes;
use crate::engine::query::{Filter, Page, Table};
use crate::engine::store::schema::Schema;
use crate::engine::store::{Change, ChangeSet, Crm, Via, without_indexes};
use crate::engine::value::{Custom, Named, Value};
use std::marker::PhantomData;

/// The records of one entity, as seen and changed through a handle or within a change set.
///
/// ```
/// # use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
/// let acme = crm.organizations().edit(acme.id, |fields| fields.employees = Some(120))?;
/// assert_eq!(crm.organizations().get(acme.id)?.employees, Some(120));
/// crm.undo(acme.revision)?;
/// assert_eq!(crm.organizations().get(acme.id)?.employees, None);
/// # Ok::<(), Error>(())
/// ```
pub struct Entities<'a, E> {
    via: Via<'a>,
    entity: PhantomData<E>,
}

/// What a bulk load did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Loaded<I> {
    /// The id of the first record added; ids follow each other.
    pub first: Option<I>,
    /// How many were added.
    pub count: i64,
    /// The change set they were added in.
    pub change_set: Option<ChangeSetId>,
}

impl<'a, E: Entity> Entities<'a, E> {
    pub(crate) fn of_crm(crm: &'a Crm) -> Self {
        Self { via: Via::Crm(crm), entity: PhantomData }
    }

    pub(crate) fn of_change(change: &'a ChangeSet) -> Self {
        Self { via: Via::Change(change), entity: PhantomData }
    }

    fn index(schema: &Schema) -> Result<usize> {
        schema.index(E::meta().name)
    }

    /// The record of this id.
    pub fn get(&self, id: E::Id) -> Result<E> {
        self.via.view(|view| get_in(view, id.into()))
    }

    /// All records that a filter finds, in its order.
    pub fn find(&self, filter: impl Into<Filter>) -> Result<Vec<E>> {
        let filter = filter.into();
        self.via.view(|view| Ok(find_in::<E>(view, &filter)?.0))
    }

    /// A page of the records that a filter finds (100 when it has no limit), and where the next one begins.
    pub fn page(&self, filter: impl Into<Filter>) -> Result<Page<E>> {
        let filter = filter.into().into_page();
        self.via.view(|view| {
            let (records, compiled) = find_in::<E>(view, &filter)?;
            let next = next_page(view, E::meta().name, &compiled, records.len(), records.last().map(|last| last.id().into()))?;
            Ok(Page { records, next })
        })
    }

    /// How many records a filter finds; its order, limit and position do not count.
    pub fn count(&self, filter: impl Into<Filter>) -> Result<i64> {
        let filter = filter.into();
        self.via.view(|view| count_in(view, E::meta().name, &filter))
    }

    /// The records that a filter finds, as a table with every field as a column.
    pub fn table(&self, filter: impl Into<Filter>) -> Result<Table> {
        let filter = filter.into();
        self.via.view(|view| table_in(view, E::meta().name, &filter))
    }

    /// Adds a record.
    pub fn add(&self, fields: E::Fields) -> Result<E> {
        self.via.write(&label("add", E::meta().name), |change| {
            let id = Entities::<E>::of_change(change).insert(fields)?;
            seen_after(change, id)
        })
    }

    /// Adds many records in one change set, streaming: the log keeps one entry for all of them. Indexes of an
    /// empty table are built after its rows. The first record that cannot be accepted ends it, and nothing is added.
    pub fn add_many(&self, records: impl IntoIterator<Item = E::Fields>) -> Result<Loaded<E::Id>> {
        self.load(records.into_iter(), |many, fields| many.insert(fields))
    }

    /// As [`add_many`](Entities::add_many), from named fields that are made while they are taken: the first that
    /// could not be made ends it, too.
    pub fn add_many_named(&self, records: impl IntoIterator<Item = Result<Named>>) -> Result<Loaded<E::Id>> {
        self.load(records.into_iter(), |many, named| many.insert_named(named?))
    }

    fn load<R>(&self, records: impl Iterator<Item = R>, insert: impl Fn(&Entities<'_, E>, R) -> Result<i64>) -> Result<Loaded<E::Id>> {
        let mut loaded = Loaded { first: None, count: 0, change_set: None };
        self.via.write(&label("add many", E::meta().name), |change| {
            let expected = records.size_hint().0;
            let many = Entities::<E>::of_change(change);
            let load = || {
                for (row, record) in records.enumerate() {
                    let id = insert(&many, record).map_err(|error| at_row(error, row))?;
                    loaded.first.get_or_insert(E::Id::from(id));
                    loaded.count += 1;
                }
                Ok(())
            };
            change.atomically(|| without_indexes(change, E::meta().name, expected, load))?;
            loaded.change_set = (loaded.count > 0).then_some(change.id());
            Ok(())
        })?;
        Ok(loaded)
    }

    /// Changes a record: the closure gets its fields as they are now.
    pub fn edit(&self, id: E::Id, edit: impl FnOnce(&mut E::Fields)) -> Result<E> {
        self.via.write(&label("edit", E::meta().name), |change| {
            let before: E = get_in_change(change, id.into())?;
            let mut fields = before.fields();
            edit(&mut fields);
            Entities::<E>::of_change(change).write(&before, fields)?;
            seen_after(change, id.into())
        })
    }

    /// Gives a record these fields. With the revision they were read at, what others changed meanwhile is merged
    /// in where the fields differ, and is a conflict where both changed the same field.
    pub fn update(&self, id: E::Id, fields: E::Fields, revision: Option<ChangeSetId>) -> Result<E> {
        self.via.write(&label("update", E::meta().name), |change| {
            let now: E = get_in_change(change, id.into())?;
            let merged = match revision {
                Some(revision) if revision != now.revision() => merge(change, &now, fields, revision)?,
                _ => fields,
            };
            Entities::<E>::of_change(change).write(&now, merged)?;
            seen_after(change, id.into())
        })
    }

    /// Changes the named fields only; with a revision, a conflict is told where one of them changed meanwhile.
    pub fn set(&self, id: E::Id, named: Named, revision: Option<ChangeSetId>) -> Result<E> {
        self.via.write(&label("update", E::meta().name), |change| {
            Entities::<E>::of_change(change).set_named(id, named, revision)?;
            seen_after(change, id.into())
        })
    }

    /// Adds a record from named fields.
    pub fn add_named(&self, named: Named) -> Result<E> {
        self.via.write(&label("add", E::meta().name), |change| {
            let id = Entities::<E>::of_change(change).insert_named(named)?;
            seen_after(change, id)
        })
    }

    /// Removes a record and what is part of it; refused while other records refer to it.
    pub fn remove(&self, id: E::Id) -> Result<()> {
        self.via.write(&label("remove", E::meta().name), |change| {
            get_in_change::<E>(change, id.into())?;
            check_kept::<E>(change)?;
            let index = Self::index(&change.schema())?;
            change.atomically(|| {
                change.delete(index, id.into())?;
                if E::SHAPES == Shapes::Schema { change.reshape() } else { Ok(()) }
            })
        })
    }

    /// Everything that happened to a record, newest first.
    pub fn history(&self, id: E::Id) -> Result<Vec<Change>> {
        self.via.view(|view| view.history(Self::index(view.schema)?, id.into()))
    }

    pub(crate) fn via(&self) -> Via<'a> {
        self.via
    }

    fn change(&self) -> Result<&'a ChangeSet> {
        match self.via {
            Via::Change(change) => Ok(change),
            Via::Crm(_) => Err(Error::storage("", "a write needs a change set")),
        }
    }

    /// Adds a record within the change set and gives its id.
    pub(crate) fn insert(&self, mut fields: E::Fields) -> Result<i64> {
        let change = self.change()?;
        check_kept::<E>(change)?;
        let schema = change.schema();
        fields = in_words_of_today::<E>(&schema.tables[Self::index(&schema)?], fields)?;
        if !change.access().unrestricted && !E::KEPT {
            let index = Self::index(&schema)?;
            let given = stored_values::<E>(&schema.tables[index], fields.clone())?;
            change.check_hidden(&schema, index, (0..given.len()).filter(|field| !given[*field].is_null()))?;
            change.check_given(&schema, index, given.iter().enumerate().filter(|(_, value)| !left_out(value)), &given)?;
        }
        E::check(change, None, &mut fields)?;
        let follows = E::AFTER.filter(|_| E::follows(None, &fields));
        let id = insert_row::<E>(change, fields)?;
        if let Some(after) = follows {
            stored_in_change(change, id).and_then(|now| after(change, None, &now)).inspect_err(|_| change.spoil())?;
        }
        Ok(id)
    }

    pub(crate) fn insert_named(&self, named: Named) -> Result<i64> {
        let change = self.change()?;
        let schema = change.schema();
        let table = &schema.tables[Self::index(&schema)?];
        let mut values = vec![Value::Null; E::meta().fields.len()];
        let mut custom = Custom::new();
        place(table, named, change.is_loading(), &mut values, &mut custom)?;
        if let Some(missing) = E::meta().fields.iter().zip(&values).find(|(field, value)| field.required && !field.computed && value.is_null()) {
            return Err(Error::invalid(missing.0.name.as_ref(), "is required"));
        }
        self.insert(E::Fields::from_values(values, custom)?)
    }

    pub(crate) fn set_named(&self, id: E::Id, named: Named, revision: Option<ChangeSetId>) -> Result<bool> {
        let change = self.change()?;
        let now: E = get_in_change(change, id.into())?;
        let schema = change.schema();
        let index = Self::index(&schema)?;
        let table = &schema.tables[index];
        let (mut values, mut custom) = now.fields().into_values();
        let old: Vec<_> = all_values(table, values.clone(), custom.clone())?;
        let names: Vec<usize> = named.iter().map(|(name, _)| table.field_index(name)).collect::<Result<_>>()?;
        // What a rule fills where it is left out would come back without a word.
        let emptied = |field: &&usize| table.fields[**field].defaulted && matches!(table.fields[**field].field_type, FieldType::Reference(_));
        if let Some(field) = names.iter().zip(&named).filter(|(_, (_, value))| value.is_null()).map(|(field, _)| field).find(emptied) {
            return Err(Error::invalid(table.fields[*field].name.as_ref(), format!("every {} has one: leave it out to keep it", table.name)));
        }
        place(table, named, false, &mut values, &mut custom)?;
        if let Some(revision) = revision.filter(|revision| *revision != now.revision()) {
            let new = all_values(table, values.clone(), custom.clone())?;
            // Before anything is told of what changed meanwhile.
            change.check_hidden(&schema, index, (0..table.stored).filter(|field| new[*field] != old[*field]))?;
            let since = changed_since(change, &schema, index, (id.into(), now.revision()), revision)?;
            if let Some(field) = names.into_iter().find(|field| since.contains_key(field) && new.get(*field) != old.get(*field)) {
                return Err(changed_meanwhile(table, field));
            }
        }
        self.write(&now, E::Fields::from_values(values, custom)?)
    }

    /// Changes a record that the library alone writes, whatever the acting user may see and change.
    pub(crate) fn keep(&self, id: E::Id, edit: impl FnOnce(&mut E::Fields)) -> Result<bool> {
        let before: E = stored_in_change(self.change()?, id.into())?;
        let mut fields = before.fields();
        edit(&mut fields);
        self.write(&before, fields)
    }

    fn write(&self, before: &E, mut fields: E::Fields) -> Result<bool> {
        let change = self.change()?;
        check_kept::<E>(change)?;
        let schema = change.schema();
        let index = Self::index(&schema)?;
        let table = &schema.tables[index];
        fields = in_words_of_today::<E>(table, fields)?;
        let mut old = stored_values::<E>(table, before.fields())?;
        let hides = change.access().hides(index) && !E::KEPT;
        let stored: Option<E> = hides.then(|| stored_in_change(change, before.id().into())).transpose()?;
        let before = stored.as_ref().unwrap_or(before);
        if hides {
            // What the acting user does not see came empty. Rules work on what is really there.
            let mut new = stored_values::<E>(table, fields)?;
            change.check_hidden(&schema, index, (0..table.stored).filter(|field| new[*field] != old[*field]))?;
            let stored = change.stored_values(&schema, index, before.id().into())?;
            for (field, value) in stored.into_iter().enumerate().filter(|(field, _)| change.access().is_hidden(index, *field)) {
                (old[field], new[field]) = (value.clone(), value);
            }
            fields = fields_of::<E>(table, new)?;
        }
        if !change.access().unrestricted && !E::KEPT {
            let given = stored_values::<E>(table, fields.clone())?;
            change.check_given(&schema, index, given.iter().enumerate().filter(|(field, value)| !left_out(value) && **value != old[*field]), &given)?;
        }
        E::check(change, Some(before), &mut fields)?;
        let follows = E::AFTER.filter(|_| E::follows(Some(before), &fields));
        let (values, custom) = fields.into_values();
        let mut new = accepted(table, values, custom)?;
        one_of(change, &schema, index, Some((before.id().into(), &old)), &mut new)?;
        number::keep(table, &old, &mut new);
        let changed = change.update(index, before.id().into(), &old, &new)?;
        if let Some(after) = follows.filter(|_| changed) {
            stored_in_change(change, before.id().into()).and_then(|now| after(change, Some(before), &now)).inspect_err(|_| change.spoil())?;
        }
        Ok(changed)
    }
}

pub(crate) fn label(verb: &str, entity: &str) -> String {
    format!("{verb} {}", entity.replace('_', " "))
}

pub(crate) fn at_row(error: Error, row: usize) -> Error {
    match error {
        Error::Invalid { field, reason, cause } => Error::Invalid { field, reason: format!("row {}: {reason}", row + 1), cause },
        other => other,
    }
}

fn insert_row<E: Entity>(change: &ChangeSet, fields: E::Fields) -> Result<i64> {
    let schema = change.schema();
    let index = schema.index(E::meta().name)?;
    let (values, custom) = fields.into_values();
    let mut values = accepted(&schema.tables[index], values, custom)?;
    one_of(change, &schema, index, None, &mut values)?;
    number::give(change, &schema, index, &mut values)?;
    change.insert(index, &values)
}

/// A record as the acting user sees it after writing it; what he gave out of his sight is refused.
fn seen_after<E: Entity>(change: &ChangeSet, id: i64) -> Result<E> {
    get_in_change(change, id).map_err(|error| match error {
        Error::NotFound { field, .. } => Error::denied(field, "you could not see the record afterwards"),
        other => other,
    })
}

/// Records that only the library writes are written within `keeping`.
fn check_kept<E: Entity>(change: &ChangeSet) -> Result<()> {
    if E::KEPT && !change.is_keeping() {
        let name = E::meta().name;
        return Err(Error::denied(name, format!("a {name} is written by the library alone")));
    }
    Ok(())
}

/// A field that a rule is to fill: empty, or the number that no record has.
fn left_out(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Integer(0))
}

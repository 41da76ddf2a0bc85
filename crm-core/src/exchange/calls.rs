//! Every call there is by its name, with named arguments: what hosts that speak JSON can do.

use super::wire::{FromJson, Members, Text, ToJson, text_of, write_members};
use crate::entity::Field;
use crate::store::{Loaded, Preview, Via};
use crate::{
    ActivityId, Cancel, ChangeSetId, Crm, Error, Filter, Import, ListId, OrganizationId, ProcessTemplate, Report, ReportQuery, Result, Table, UserId, Value,
    entities, entity_named,
};
#[cfg(feature = "search")]
use crate::{Search, SearchOptions};
use chrono::{DateTime, Utc};

/// What a call gives.
pub(crate) enum Reply {
    Json(String),
    Table(Table),
}

impl<T: ToJson> From<T> for Reply {
    fn from(value: T) -> Self {
        Self::Json(text_of(&value))
    }
}

/// The arguments of a call, taken one by one.
pub(crate) struct Given<'a>(pub Members<'a>);

impl<'a> Given<'a> {
    pub fn take<T: FromJson>(&mut self, name: &str) -> Result<T> {
        self.0.remove(name).map_or_else(|| T::missing(name), |raw| T::from_json(name, raw))
    }

    /// A JSON text that is read further down.
    fn text(&mut self, name: &str) -> Result<Text<'a>> {
        self.0.remove(name).map(|raw| Text(raw.get())).ok_or_else(|| Error::invalid(name, "is required"))
    }
}

/// One argument of a call.
pub(crate) struct Argument {
    name: &'static str,
    kind: fn() -> String,
    optional: bool,
}

/// One call.
pub(crate) struct Call {
    pub name: &'static str,
    doc: &'static str,
    arguments: &'static [Argument],
    /// What it does, once it has taken its arguments.
    pub run: fn(Via<'_>, &mut Given<'_>) -> Result<Reply>,
}

impl Call {
    pub fn check(&self, given: &Given<'_>) -> Result<()> {
        let known = || self.arguments.iter().map(|argument| argument.name);
        match given.0.keys().find(|name| known().all(|known| known != name.as_str())) {
            Some(unknown) => Err(Error::unknown("argument", unknown, known().chain(super::door::ENVELOPE))),
            None => Ok(()),
        }
    }
}

impl ToJson for Argument {
    fn write_json(&self, out: &mut String) {
        let Self { name, kind, optional } = self;
        write_members(out, [("name", name as &dyn ToJson), ("kind", &kind()), ("optional", optional)]);
    }
}

impl ToJson for &'static [Argument] {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        for argument in *self {
            super::json::separate(out);
            argument.write_json(out);
        }
        out.push(']');
    }
}

impl ToJson for Call {
    fn write_json(&self, out: &mut String) {
        let Self { name, doc, arguments, run: _ } = self;
        write_members(out, [("name", name as &dyn ToJson), ("doc", &doc.trim()), ("arguments", arguments)]);
    }
}

/// Declares the calls: documentation, name, arguments, and what it does `on` a handle or a change set.
macro_rules! calls {
    ($( $(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $name:ident ( $($argument:ident : $ty:tt $(<$inner:ty>)? ),* ) = |$on:ident| $run:expr; )*) => {
        /// Every call, in the order of the documentation.
        pub(crate) static CALLS: &[Call] = &[$( $(#[cfg($cfg)])? Call {
            name: stringify!($name),
            doc: concat!($($doc),*),
            arguments: &[$( Argument { name: stringify!($argument), kind: calls!(@kind $ty $(<$inner>)?), optional: calls!(@optional $ty $(<$inner>)?) } ),*],
            run: |$on, given| {
                let _ = &given;
                $( let $argument = calls!(@take given, $argument, $ty $(<$inner>)?); )*
                Ok(Reply::from($run?))
            },
        } ),*];
    };
    (@kind Text) => { || "json".into() };
    (@kind $ty:ty) => { <$ty as FromJson>::kind };
    (@optional Text) => { false };
    (@optional $ty:ty) => { <$ty as FromJson>::OPTIONAL };
    (@take $given:ident, $argument:ident, Text) => { $given.text(stringify!($argument))?.0 };
    (@take $given:ident, $argument:ident, $ty:ty) => { $given.take::<$ty>(stringify!($argument))? };
}

/// Calls a method that handles and change sets both have.
macro_rules! either {
    ($on:ident.$method:ident($($argument:expr),*)) => {
        match $on { Via::Crm(on) => on.$method($($argument),*), Via::Change(on) => on.$method($($argument),*) }
    };
}

calls! {
    /// Every call with its arguments: an array of objects of `name`, `doc` and `arguments`.
    calls() = |_on| Ok::<_, Error>(Raw(list(CALLS)));
    /// Every entity: `name`, `plural`, `doc`.
    entities() = |_on| {
        let all: Vec<_> = entities().map(|meta| object([("name", &meta.name as &dyn ToJson), ("plural", &meta.plural), ("doc", &meta.doc)])).collect();
        Ok::<_, Error>(Raw(format!("[{}]", all.join(","))))
    };
    /// The fields of an entity in this file: `name`, `kind`, `doc`, `required`, `computed`, `custom`.
    fields(entity: String) = |on| {
        entity_named(&entity)?;
        handle(on, "fields")?.fields(&entity).map(|fields| list(&fields)).map(Raw)
    };
    /// The moment shown.
    now() = |on| handle(on, "now").map(Crm::now);

    /// The record of this id, an object.
    get(entity: String, id: i64) = |on| on.json(&entity)?.get(id).map(Raw);
    /// All records that a filter finds, an array in its order.
    find(entity: String, filter: Filter) = |on| on.json(&entity)?.find(filter).map(Raw);
    /// A page of the records that a filter finds (100 without a limit): `records`, and `next`, which is `after` of the next page's filter.
    page(entity: String, filter: Filter) = |on| {
        let page = on.json(&entity)?.page(filter)?;
        let records = Raw(format!("[{}]", page.records.join(",")));
        Ok::<_, Error>(Raw(object([("records", &records as &dyn ToJson), ("next", &page.next)])))
    };
    /// How many records a filter finds.
    count(entity: String, filter: Filter) = |on| on.json(&entity)?.count(filter);
    /// The records that a filter finds, as a table.
    table(entity: String, filter: Filter) = |on| on.json(&entity)?.table(filter).map(Rows);
    /// Everything that happened to a record, the newest first.
    history(entity: String, id: i64) = |on| on.json(&entity)?.history(id);
    /// Any reading SQL, as a table.
    sql(sql: String, params: Vec<Value>) = |on| either!(on.sql(&sql, &params)).map(Rows);

    /// Adds a record, and gives it as it is then.
    add(entity: String, fields: Text) = |on| on.json(&entity)?.add(fields).map(Raw);
    /// Adds an array of records, all or none: `first` (the id of the first), `count`, `change_set`.
    add_many(entity: String, records: Text) = |on| on.json(&entity)?.add_many(records);
    /// Changes the named fields, and gives the record as it is then; with the revision it was read at, a conflict is told.
    set(entity: String, id: i64, fields: Text, revision: Option<ChangeSetId>) = |on| on.json(&entity)?.set(id, fields, revision).map(Raw);
    /// Adds or changes the record that another system knows by this key: `record`, `added`.
    upsert(entity: String, system: String, key: String, fields: Text) = |on| {
        let (record, added) = on.json(&entity)?.upsert(&system, &key, fields)?;
        Ok::<_, Error>(Raw(object([("record", &Raw(record) as &dyn ToJson), ("added", &added)])))
    };
    /// Removes a record and what is part of it; refused while other records refer to it.
    remove(entity: String, id: i64) = |on| on.json(&entity)?.remove(id).map(|()| Raw("null".into()));
    /// Adds a sales process with the stages of a template.
    add_process(name: String, template: ProcessTemplate) = |on| either!(on.add_process(&name, template));

    /// Begins a change set: `change_set`. Calls with `within` that number are part of it, until `commit` or `rollback`.
    begin(label: String) = |_on| door_only(&label);
    /// Writes what was done in the change set that `within` names: `change_set` (null when nothing changed), `warnings`.
    commit() = |_on| door_only("");
    /// Leaves everything as it was before the change set that `within` names.
    rollback() = |_on| door_only("");
    /// What the change set that `within` names has done so far: `counts`, `changes` (the first 10,000), `warnings`.
    preview() = |on| match on {
        Via::Change(change) => change.preview(()),
        Via::Crm(_) => Err(Error::invalid("within", "names the change set to look at")),
    };
    /// Takes a change set back, by a new one whose id it gives.
    undo(change_set: ChangeSetId) = |on| handle(on, "undo")?.undo(change_set);
    /// What stands in the way of undoing a change set.
    obstacles(change_set: ChangeSetId) = |on| handle(on, "obstacles")?.obstacles(change_set);
    /// The changes after a position of the feed (0 for the first), oldest first; 1,000 when there is no limit, at most 10,000.
    changes(since: i64, limit: Option<usize>) = |on| handle(on, "changes")?.changes(since, limit.unwrap_or(1_000));

    /// A report, as a table.
    report(report: Report, query: ReportQuery) = |on| either!(on.report(report, &query)).map(Rows);
    /// Everything needed before a call or meeting with an organization.
    dossier(organization: OrganizationId) = |on| either!(on.dossier(organization));
    /// What happened with an organization, the newest first, as a table; 100 entries when there is no limit.
    timeline(organization: OrganizationId, limit: Option<usize>, before: Option<DateTime<Utc>>) = |on| {
        either!(on.timeline(organization, limit.unwrap_or(100), before)).map(Rows)
    };
    /// Who calls from a number; null when nobody known does.
    caller_card(number: String) = |on| either!(on.caller_card(&number));
    /// Planned activities whose time is over, of one user or of all.
    overdue(user: Option<UserId>) = |on| either!(on.overdue(user));
    /// What an activity followed from, itself, and what followed from it.
    activity_chain(activity: ActivityId) = |on| either!(on.activity_chain(activity));
    /// The ids of the organizations or people in a list.
    members_of(list: ListId) = |on| either!(on.members_of(list));

    /// Full-text search over everything that may be seen: `hits`, `next`, `facets`. What was committed before is found.
    #[cfg(feature = "search")]
    search(text: String, options: SearchOptions) = |on| handle(on, "search")?.search(Search { text, options });
    /// Names of organizations and people as one types; 10 when there is no limit, at most 100.
    #[cfg(feature = "search")]
    suggest(text: String, limit: Option<usize>) = |on| handle(on, "suggest")?.suggest(&text, limit.unwrap_or(10));
    /// Why a hit of a search is one.
    #[cfg(feature = "search")]
    explain_hit(text: String, options: SearchOptions, kind: String, id: i64) = |on| {
        handle(on, "explain_hit")?.explain_hit(Search { text, options }, &kind, id)
    };
    /// How far the search index is.
    #[cfg(feature = "search")]
    search_status() = |on| handle(on, "search_status")?.search_index().status();
    /// Makes the search index anew.
    #[cfg(feature = "search")]
    search_rebuild() = |on| handle(on, "search_rebuild")?.search_index().rebuild(&mut |_, _| {}).map(|()| Raw("null".into()));

    /// Imports a CSV file.
    import_csv(entity: String, path: String, import: Import) = |on| match on {
        Via::Crm(crm) => crm.import_csv(&entity, path, import, &mut |_, _| {}),
        Via::Change(change) => change.import_csv(&entity, path, &import, &mut |_, _| {}),
    };
    /// How an import would read a file.
    preview_csv(entity: String, path: String, import: Import) = |on| handle(on, "preview_csv")?.preview_csv(&entity, path, &import);
    /// Copies the file while it is in use; an existing file is never overwritten.
    backup_to(path: String) = |on| {
        handle(on, "backup_to")?.backup_with(path, &mut |_, _| {}, &Cancel::new()).map(|()| Raw("null".into()))
    };
    /// Checks the whole file.
    verify() = |on| handle(on, "verify")?.verify();
}

/// The call of this name.
pub(crate) fn call_named(name: &str) -> Result<&'static Call> {
    CALLS.iter().find(|call| call.name == name).ok_or_else(|| Error::unknown("call", name, CALLS.iter().map(|call| call.name)))
}

/// JSON that is written already.
struct Raw(String);

impl ToJson for Raw {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// A table, which stays one until it is asked for as JSON.
struct Rows(Table);

impl From<Rows> for Reply {
    fn from(rows: Rows) -> Self {
        Self::Table(rows.0)
    }
}

fn object<'a, const N: usize>(members: [(&'a str, &'a dyn ToJson); N]) -> String {
    let mut out = String::new();
    write_members(&mut out, members);
    out
}

fn list<T: ToJson>(items: &[T]) -> String {
    let all: Vec<String> = items.iter().map(|item| text_of(item)).collect();
    format!("[{}]", all.join(","))
}

/// The handle itself, for what a change set cannot do.
fn handle<'a>(on: Via<'a>, call: &str) -> Result<&'a Crm> {
    match on {
        Via::Crm(crm) => Ok(crm),
        Via::Change(_) => Err(Error::invalid("within", format!("`{call}` is not part of a change set"))),
    }
}

/// Calls that begin and end change sets are the door's own.
fn door_only(_: &str) -> Result<i64> {
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
        let counts: Vec<_> =
            counts.iter().map(|((entity, operation), count)| object([("entity", entity as &dyn ToJson), ("operation", operation), ("count", count)])).collect();
        let counts = Raw(format!("[{}]", counts.join(",")));
        write_members(out, [("counts", &counts as &dyn ToJson), ("changes", changes), ("warnings", warnings)]);
    }
}

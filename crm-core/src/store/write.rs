//! The door: every write is part of a change set, which happens as a whole or not at all.

use super::lens::{self, Installed};
use super::log::{self, Chain, Columns, Operation};
use super::schema::{FIXED, Ownership, Schema, Table};
use super::session::Session;
use super::types::{Cell, storage};
use crate::access::Access;
use crate::entity::FieldType;
use crate::{ChangeSetId, Crm, Error, Result, Value};
use chrono::{DateTime, Utc};
use rusqlite::types::Value as Raw;
use std::cell::{Cell as Slot, RefCell};
use std::collections::HashSet;
use std::sync::Arc;

/// Entities whose records decide what the file's tables look like or who may see them.
const RESHAPING: [&str; 8] = ["user", "team", "role", "permission", "hidden_field", "user_role", "user_line", "line"];
/// Entities that the schema itself is read from.
const SCHEMA: [&str; 5] = ["custom_field", "dictionary", "dictionary_item", "setting", "exchange_rate"];
/// References checked once are remembered up to this many within a change set.
const KNOWN_REFERENCES: usize = 1_000_000;

/// What a change set wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed<T> {
    /// The change set, or `None` when nothing changed.
    pub change_set: Option<ChangeSetId>,
    /// What the work returned.
    pub value: T,
    /// What was allowed but deserves a look, such as a deal with an unwanted customer.
    pub warnings: Vec<String>,
}

/// One change set in the making: a transaction that checks rights, validates, applies and logs. Dropped
/// without [`commit`](ChangeSet::commit) it leaves nothing. While it lives, it holds the file's only place for a writer.
///
/// ```
/// # use crm_core::*;
/// let crm = Crm::open(":memory:")?;
/// let change = crm.begin("import of one")?;
/// change.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
/// change.rollback();
/// assert_eq!(crm.organizations().count("")?, 0);
/// # Ok::<(), Error>(())
/// ```
pub struct ChangeSet {
    crm: Crm,
    session: Option<Session>,
    access: Arc<Access>,
    schema: RefCell<Arc<Schema>>,
    label: Option<String>,
    id: i64,
    at: i64,
    undoes: Slot<Option<i64>>,
    loading: Slot<bool>,
    first_change: i64,
    installed_before: Installed,
    state: RefCell<State>,
}

struct State {
    next_change: i64,
    next_ids: Vec<Option<i64>>,
    /// An insert not yet logged, which grows while ids follow each other: table, first, last.
    pending: Option<(usize, i64, i64)>,
    chain: Chain,
    reshaped: bool,
    known: HashSet<(usize, i64)>,
    /// An operation failed half-way: nothing of the change set may be committed.
    spoiled: bool,
    warnings: Vec<String>,
}

impl State {
    /// A copy without what is only remembered to save work.
    fn without_known(&self) -> Self {
        let Self { next_change, next_ids, pending, chain, reshaped, known: _, spoiled, warnings } = self;
        Self {
            next_change: *next_change,
            next_ids: next_ids.clone(),
            pending: *pending,
            chain: chain.clone(),
            reshaped: *reshaped,
            known: HashSet::new(),
            spoiled: *spoiled,
            warnings: warnings.clone(),
        }
    }
}

impl ChangeSet {
    /// Begins a change set on the file's writer.
    pub(crate) fn begin(crm: &Crm, session: Session, label: Option<String>) -> Result<Self> {
        let installed_before = session.installed.borrow().clone();
        let started = check_label(label.as_deref()).and_then(|()| Self::start(crm, &session));
        match started {
            Ok((schema, access, newest, next_change)) => {
                let (id, former_at, hash) = newest;
                let at = crm.clock_now().timestamp_millis().max(former_at);
                let state = State {
                    next_change,
                    next_ids: vec![None; schema.tables.len()],
                    pending: None,
                    chain: Chain::new(&hash),
                    reshaped: false,
                    known: HashSet::new(),
                    spoiled: false,
                    warnings: Vec::new(),
                };
                Ok(Self {
                    crm: crm.clone(),
                    session: Some(session),
                    access,
                    schema: RefCell::new(schema),
                    label,
                    id: id + 1,
                    at,
                    undoes: Slot::new(None),
                    loading: Slot::new(false),
                    first_change: next_change,
                    installed_before,
                    state: RefCell::new(state),
                })
            }
            Err(error) => {
                let _ = session.conn.execute_batch("rollback");
                *session.installed.borrow_mut() = Installed::default();
                crm.give_back(session);
                Err(error)
            }
        }
    }

    #[allow(clippy::type_complexity)]
    fn start(crm: &Crm, session: &Session) -> Result<(Arc<Schema>, Arc<Access>, (i64, i64, Vec<u8>), i64)> {
        session.limit(crm.limits());
        session.execute("begin immediate", [])?;
        let schema = crm.schema_of(session)?;
        let access = crm.access_of(session, &schema)?;
        lens::install(session, &schema, &access, false, crm.clock_now())?;
        let newest = session
            .first("select id, at, hash from main.change_set order by id desc limit 1", [], |row| {
                Ok((row.get(0).map_err(storage)?, row.get(1).map_err(storage)?, row.get(2).map_err(storage)?))
            })?
            .unwrap_or((0, i64::MIN, Vec::new()));
        let next_change = session.number("select max(id) from main.change", [])?.unwrap_or(0) + 1;
        Ok((schema, access, newest, next_change))
    }

    pub(crate) fn session(&self) -> &Session {
        // The session leaves only when the change set ends, which consumes it.
        self.session.as_ref().unwrap_or_else(|| unreachable!("a change set has its session until it ends"))
    }

    /// The tables as they are within this change set.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.schema.borrow().clone()
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// The id this change set will have.
    pub fn id(&self) -> ChangeSetId {
        ChangeSetId(self.id)
    }

    /// The moment this change set carries.
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at).unwrap_or_default()
    }

    /// The acting user, or `None` for the system.
    pub fn actor(&self) -> Option<crate::UserId> {
        self.access.user
    }

    /// The day of this change set in the acting user's time zone.
    pub fn today(&self) -> chrono::NaiveDate {
        self.at().with_timezone(&self.access.zone).date_naive()
    }

    /// The first moment of a day in the acting user's time zone.
    pub(crate) fn start_of(&self, day: chrono::NaiveDate) -> DateTime<Utc> {
        super::functions::start_of(self.access.zone, day)
    }

    pub(crate) fn undoing(&self, change_set: i64) {
        self.undoes.set(Some(change_set));
    }

    /// Notes something that was allowed but deserves a look.
    pub(crate) fn warn(&self, warning: impl Into<String>) {
        self.state.borrow_mut().warnings.push(warning.into());
    }

    /// What the change set is called.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What was allowed so far but deserves a look.
    pub fn warnings(&self) -> Vec<String> {
        self.state.borrow().warnings.clone()
    }

    /// The position in the feed of its first change.
    pub(crate) fn first_change(&self) -> i64 {
        self.first_change
    }

    /// Runs a load from another system, where rules that ask a user for something take what there is.
    pub(crate) fn loading<T>(&self, load: impl FnOnce() -> T) -> T {
        let before = self.loading.replace(true);
        let loaded = load();
        self.loading.set(before);
        loaded
    }

    /// Whether records come from another system rather than from a user.
    pub(crate) fn is_loading(&self) -> bool {
        self.loading.get()
    }

    /// Refuses to go on when the storage has ended the transaction by itself (a full disk, a time limit): what came
    /// after would be written outside of any change set.
    fn check_alive(&self) -> Result<()> {
        if self.session().conn.is_autocommit() {
            self.spoil();
            return Err(Error::conflict("change_set", "an earlier operation ran out of room or time, so nothing of it can be kept"));
        }
        Ok(())
    }

    /// Notes that an operation failed half-way.
    pub(crate) fn spoil(&self) {
        self.state.borrow_mut().spoiled = true;
    }

    /// Writes everything that was done since [`Crm::begin`].
    pub fn commit(self) -> Result<Committed<()>> {
        if self.state.borrow().spoiled {
            return Err(Error::conflict("change_set", "an operation in it failed half-way, so nothing of it can be kept"));
        }
        self.flush()?;
        let mut change = self;
        let warnings = std::mem::take(&mut change.state.borrow_mut().warnings);
        let change_set = change.finish()?;
        Ok(Committed { change_set, value: (), warnings })
    }

    /// Leaves everything as it was.
    pub fn rollback(self) {
        drop(self);
    }

    fn finish(&mut self) -> Result<Option<ChangeSetId>> {
        self.check_alive()?;
        let state = self.state.get_mut();
        if state.next_change == self.first_change {
            return Ok(None);
        }
        let (actor, undoes) = (self.access.user.map(|user| user.0), self.undoes.get());
        let hash = state.chain.clone().finish(self.id, self.at, actor, self.label.as_deref(), undoes);
        let reshaped = state.reshaped;
        let session = self.session();
        session.execute(
            "insert into main.change_set (id, at, actor_id, label, undoes, first_change, hash) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            rusqlite::params![self.id, self.at, actor, self.label, undoes, self.first_change, hash],
        )?;
        if reshaped {
            session.execute("update main.crm_meta set generation = generation + 1", [])?;
        }
        session.execute("commit", [])?;
        if let Some(session) = self.session.take() {
            self.crm.give_back(session);
        }
        Ok(Some(ChangeSetId(self.id)))
    }

    /// Runs a part of the work that happens whole or not at all within the change set.
    pub(crate) fn atomically<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check_alive()?;
        self.session().execute("savepoint part", [])?;
        let (before, schema) = (self.state.borrow().without_known(), self.schema());
        let done = work();
        if done.is_err() {
            if self.check_alive().is_err() {
                return done;
            }
            self.session().execute("rollback to part", [])?;
            if !Arc::ptr_eq(&schema, &self.schema()) {
                lens::install(self.session(), &schema, &self.access, false, self.crm.clock_now())?;
                *self.schema.borrow_mut() = schema;
            }
            *self.state.borrow_mut() = before;
        }
        self.session().execute("release part", [])?;
        done
    }

    /// Reads the schema anew after a write that changed it.
    pub(crate) fn reshape(&self) -> Result<()> {
        self.check_alive()?;
        let session = self.session();
        session.execute("update main.crm_meta set generation = generation + 1", [])?;
        let schema = Arc::new(super::open::load_schema(session)?);
        lens::install(session, &schema, &self.access, false, self.crm.clock_now())?;
        *self.schema.borrow_mut() = schema;
        Ok(())
    }

    fn note_written(&self, table: &Table) {
        if RESHAPING.contains(&table.name) || SCHEMA.contains(&table.name) {
            self.state.borrow_mut().reshaped = true;
        }
    }

    /// Adds a row with these values of the stored fields.
    pub(crate) fn insert(&self, index: usize, values: &[Value]) -> Result<i64> {
        self.check_alive()?;
        let schema = self.schema.borrow().clone();
        let table = &schema.tables[index];
        self.check_references(&schema, table, values.iter().enumerate())?;
        self.check_about(&schema, index, values)?;
        if !self.access.unrestricted {
            self.check_write(&schema, index, values)?;
        }
        let id = self.next_id(index, table)?;
        let session = self.session();
        let mut statement = session.prepare(&table.insert_sql)?;
        let bound = (|| {
            for (at, number) in [id, self.id, self.at, self.at].into_iter().enumerate() {
                statement.raw_bind_parameter(at + 1, number)?;
            }
            // Parameters left alone are null.
            for (at, column) in table.columns.iter().enumerate().filter(|(_, column)| !values[column.field].is_null()) {
                statement.raw_bind_parameter(FIXED.len() + at + 1, Cell(&values[column.field], column.part))?;
            }
            statement.raw_execute()
        })();
        bound.map_err(|error| session.error(error))?;
        self.note_written(table);
        let mut state = self.state.borrow_mut();
        state.next_ids[index] = Some(id + 1);
        match &mut state.pending {
            Some((pending, _, last)) if *pending == index && *last + 1 == id => *last = id,
            _ => {
                drop(state);
                self.flush()?;
                self.state.borrow_mut().pending = Some((index, id, id));
            }
        }
        Ok(id)
    }

    fn next_id(&self, index: usize, table: &Table) -> Result<i64> {
        if let Some(id) = self.state.borrow().next_ids[index] {
            return Ok(id);
        }
        // A removed record is still in the log, so no id is ever given twice.
        let living = self.session().number(&table.max_sql, [])?.unwrap_or(0);
        let logged = self.session().number("select max(record_id) from main.change where entity = ?1", [table.name])?.unwrap_or(0);
        Ok(living.max(logged) + 1)
    }

    /// Changes the fields that differ; returns whether any did.
    pub(crate) fn update(&self, index: usize, id: i64, old: &[Value], new: &[Value]) -> Result<bool> {
        let schema = self.schema.borrow().clone();
        let table = &schema.tables[index];
        let changed: Vec<usize> = (0..table.stored).filter(|field| old[*field] != new[*field]).collect();
        if changed.is_empty() {
            return Ok(false);
        }
        self.check_references(&schema, table, changed.iter().map(|field| (*field, &new[*field])))?;
        self.check_about(&schema, index, new)?;
        if !self.access.unrestricted {
            self.check_write(&schema, index, old)?;
            self.check_write(&schema, index, new)?;
        }
        let mut before = Columns::new();
        let mut columns = Vec::new();
        for column in table.columns.iter().filter(|column| changed.contains(&column.field)) {
            let former = Cell(&old[column.field], column.part).raw()?;
            before.insert(column.name.clone(), log::to_json((&former).into())?);
            columns.push((column.name.as_str(), Cell(&new[column.field], column.part).raw()?));
        }
        self.write_columns(table, id, before, columns)?;
        Ok(true)
    }

    /// Sets columns of a row and logs what they held; the row's revision and time move on.
    pub(crate) fn write_columns(&self, table: &Table, id: i64, mut before: Columns, mut columns: Vec<(&str, Raw)>) -> Result<()> {
        self.check_alive()?;
        let session = self.session();
        let stamp = session.first(&table.stamp_sql, [id], |row| Ok((row.get::<_, i64>(0).map_err(storage)?, row.get::<_, i64>(1).map_err(storage)?)))?;
        let Some((revision, updated_at)) = stamp else { return Err(Error::not_found(table.name)) };
        before.insert("revision".into(), revision.into());
        before.insert("updated_at".into(), updated_at.into());
        columns.push(("revision", Raw::Integer(self.id)));
        columns.push(("updated_at", Raw::Integer(self.at)));
        let set = columns.iter().enumerate().map(|(at, (name, _))| format!("{name} = ?{}", at + 2)).collect::<Vec<_>>().join(", ");
        let values = std::iter::once(Raw::Integer(id)).chain(columns.into_iter().map(|(_, value)| value));
        session.execute(&format!("update main.{} set {set} where id = ?1", table.name), rusqlite::params_from_iter(values))?;
        self.note_written(table);
        self.log(table.name, id, id, Operation::Update, Some(&before))
    }

    /// Removes a record and what is part of it. A record that others refer to stays, and the error says why.
    pub(crate) fn delete(&self, index: usize, id: i64) -> Result<()> {
        let schema = self.schema.borrow().clone();
        let table = &schema.tables[index];
        if !self.access.unrestricted {
            let values = self.stored_values(&schema, index, id)?;
            self.check_write(&schema, index, &values)?;
        }
        for referrer in &table.referrers {
            let other = &schema.tables[referrer.table];
            let field = &other.fields[referrer.field];
            let ids = self
                .session()
                .all(&format!("select id from main.{} where {} = ?1", other.name, field.column), [id], |row| row.get::<_, i64>(0).map_err(storage))?;
            if ids.is_empty() {
                continue;
            }
            if !field.part_of {
                return Err(Error::conflict(table.name, format!("{} record(s) of `{}` still refer to it by `{}`", ids.len(), other.name, field.name)));
            }
            for part in ids {
                self.delete_part(&schema, referrer.table, part)?;
            }
        }
        for (other, about) in schema.tables.iter().enumerate() {
            if let Ownership::About { entity, record } = about.ownership {
                let sql = format!("select id from main.{} where {} = ?1 and {} = ?2", about.name, about.fields[entity].column, about.fields[record].column);
                for part in self.session().all(&sql, (table.name, id), |row| row.get::<_, i64>(0).map_err(storage))? {
                    self.delete_part(&schema, other, part)?;
                }
            }
        }
        self.delete_row(&schema, index, id)
    }

    fn delete_part(&self, schema: &Schema, index: usize, id: i64) -> Result<()> {
        // A part may already be gone through another way.
        match self.session().first(&schema.tables[index].raw_sql, [id], |_| Ok(()))? {
            Some(()) => self.delete(index, id),
            None => Ok(()),
        }
    }

    /// Removes one row and logs it.
    pub(crate) fn delete_row(&self, schema: &Schema, index: usize, id: i64) -> Result<()> {
        let table = &schema.tables[index];
        let Some(row) = log::stored_row(self.session(), schema, index, id)? else { return Err(Error::not_found(table.name)) };
        self.check_alive()?;
        self.session().execute(&table.delete_sql, [id])?;
        self.state.borrow_mut().known.remove(&(index, id));
        self.note_written(table);
        self.log(table.name, id, id, Operation::Delete, Some(&row))
    }

    /// Brings a removed row back under its old id.
    pub(crate) fn restore_row(&self, schema: &Schema, index: usize, id: i64, mut row: Columns) -> Result<()> {
        let table = &schema.tables[index];
        self.check_alive()?;
        row.insert("revision".into(), self.id.into());
        row.insert("updated_at".into(), self.at.into());
        log::insert_row(self.session(), &format!("main.{}", table.name), id, &row)?;
        self.note_written(table);
        self.log(table.name, id, id, Operation::Restore, None)
    }

    /// The stored values of a row, whatever the reader's rights.
    pub(crate) fn stored_values(&self, schema: &Schema, index: usize, id: i64) -> Result<Vec<Value>> {
        let table = &schema.tables[index];
        let row = log::stored_row(self.session(), schema, index, id)?.ok_or_else(|| Error::not_found(table.name))?;
        super::history::decode(table, &row).map(|named| {
            let mut values = vec![Value::Null; table.stored];
            for (field, value) in named {
                values[field] = value;
            }
            values
        })
    }

    pub(crate) fn check_write(&self, schema: &Schema, index: usize, values: &[Value]) -> Result<()> {
        if self.access.may_write(self.session(), schema, index, values)? {
            return Ok(());
        }
        let name = schema.tables[index].name;
        Err(Error::denied(name, format!("you may not write this {name}")))
    }

    /// Refuses what the acting user gave for fields that are hidden from him. Rules may fill such fields afterwards.
    pub(crate) fn check_hidden(&self, schema: &Schema, index: usize, given: impl Iterator<Item = usize>) -> Result<()> {
        given.into_iter().try_for_each(|field| self.access.check_field(schema, index, field))
    }

    fn check_references<'v>(&self, schema: &Schema, table: &Table, values: impl Iterator<Item = (usize, &'v Value)>) -> Result<()> {
        for (index, value) in values {
            let field = &table.fields[index];
            match (&field.field_type, value) {
                (FieldType::Reference(_), Value::Integer(id)) => {
                    if let Some(target) = table.targets[index] {
                        self.check_target(schema, &field.name, target, *id)?;
                    }
                }
                (FieldType::Item(_) | FieldType::Items(_), _) if !schema.any_closed => {}
                (FieldType::Item(name), Value::Text(item)) => check_item(schema, &field.name, name, item)?,
                (FieldType::Items(name), Value::Items(items)) => items.iter().try_for_each(|item| check_item(schema, &field.name, name, item))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What a record is about must be there. It may itself be about another one, but only of an entity further
    /// down the registry: so rights that pass from one to the next come to an end.
    fn check_about(&self, schema: &Schema, index: usize, values: &[Value]) -> Result<()> {
        let Ownership::About { entity, record } = schema.tables[index].ownership else { return Ok(()) };
        let (Some(Value::Text(target)), Some(Value::Integer(id))) = (values.get(entity), values.get(record)) else { return Ok(()) };
        let other = schema.index(target)?;
        if matches!(schema.tables[other].ownership, Ownership::About { .. }) && other <= index {
            return Err(Error::invalid("entity", format!("a {} cannot be about a {target}", schema.tables[index].name)));
        }
        self.check_reference(schema, "record_id", target, *id)
    }

    /// Refuses a reference to a record that is not there or that the acting user may not see.
    pub(crate) fn check_reference(&self, schema: &Schema, field: &str, target: &str, id: i64) -> Result<()> {
        self.check_target(schema, field, schema.index(target)?, id)
    }

    fn check_target(&self, schema: &Schema, field: &str, index: usize, id: i64) -> Result<()> {
        if self.state.borrow().known.contains(&(index, id)) {
            return Ok(());
        }
        if self.session().first(&schema.tables[index].exists_sql, [id], |_| Ok(()))?.is_none() {
            let target = schema.tables[index].name;
            return Err(Error::invalid(field, format!("no such {target}, or none you may see")));
        }
        let mut state = self.state.borrow_mut();
        if state.known.len() < KNOWN_REFERENCES {
            state.known.insert((index, id));
        }
        Ok(())
    }

    /// Logs what is pending.
    pub(crate) fn flush(&self) -> Result<()> {
        let pending = self.state.borrow_mut().pending.take();
        let Some((index, first, last)) = pending else { return Ok(()) };
        let name = self.schema.borrow().tables[index].name;
        self.append(name, first, last, Operation::Insert, None)
    }

    fn log(&self, entity: &str, record: i64, last: i64, operation: Operation, before: Option<&Columns>) -> Result<()> {
        self.flush()?;
        let before = before.map(|columns| serde_json::to_string(columns).map_err(|_| Error::storage("cannot write the log"))).transpose()?;
        self.append(entity, record, last, operation, before.as_deref())
    }

    fn append(&self, entity: &str, record: i64, last: i64, operation: Operation, before: Option<&str>) -> Result<()> {
        self.check_alive()?;
        let mut state = self.state.borrow_mut();
        let id = state.next_change;
        self.session().execute(
            "insert into main.change (id, change_set_id, entity, record_id, last_id, operation, before) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            rusqlite::params![id, self.id, entity, record, last, operation.as_str(), before],
        )?;
        state.chain.entry(entity, record, last, operation.as_str(), before);
        state.next_change += 1;
        Ok(())
    }
}

impl Drop for ChangeSet {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            let _ = session.conn.execute_batch("rollback");
            // What was installed within the transaction was rolled back with it.
            if *session.installed.borrow() != self.installed_before {
                *session.installed.borrow_mut() = Installed::default();
            }
            self.crm.give_back(session);
        }
    }
}

fn check_label(label: Option<&str>) -> Result<()> {
    let Some(label) = label else { return Ok(()) };
    FieldType::Text { max: FieldType::DEFAULT_TEXT }.accept("label", Value::Text(label.to_owned())).map(drop)
}

fn check_item(schema: &Schema, field: &str, dictionary: &str, item: &str) -> Result<()> {
    match schema.dictionaries.get(dictionary) {
        Some(known) if known.closed && !known.items.contains(item) => {
            let hint = crate::text::nearest(item, known.items.iter().map(String::as_str)).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            Err(Error::invalid(field, format!("not in the dictionary `{dictionary}`{hint}")))
        }
        _ => Ok(()),
    }
}

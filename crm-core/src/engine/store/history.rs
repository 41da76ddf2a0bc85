//! What happened: the history of a record, and the feed of all changes.

use super::log::{self, Columns, Entry, Former, Operation};
use super::sqlite::Session;
use super::view::View;
use crate::engine::access::Level;
use crate::engine::declare::{ChangeSetId, UserId, outcome};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::Ownership;
use crate::engine::value::{Custom, moment_from_millis};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// The most entries a page of the feed or a preview holds.
pub const MAX_CHANGES: usize = 10_000;

outcome! {
    /// One change of one record, with the values before and after it.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Change as for_change {
        /// The change set it belongs to.
        pub change_set: ChangeSetId,
        /// When.
        pub at: DateTime<Utc>,
        /// Who, or `None` for the system.
        pub actor: Option<UserId>,
        /// What the change set was called.
        pub label: Option<String>,
        /// The entity.
        pub entity: String,
        /// The record's id.
        pub record_id: i64,
        /// What happened to it.
        pub operation: Operation,
        /// The former values of the fields that changed; all fields for a removal.
        pub before: Custom,
        /// The values they changed to; all fields for an addition.
        pub after: Custom,
    }
}

outcome! {
    /// One entry of the change feed. A bulk load is one entry for a range of ids.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ChangeEvent as for_change_event {
        /// Position in the feed; give the last one seen to [`changes`](crate::Crm::changes) to go on.
        pub sequence: i64,
        /// The change set it belongs to.
        pub change_set: ChangeSetId,
        /// When.
        pub at: DateTime<Utc>,
        /// Who, or `None` for the system.
        pub actor: Option<UserId>,
        /// What the change set was called.
        pub label: Option<String>,
        /// The entity.
        pub entity: String,
        /// The record, or the first of a range.
        pub first_id: i64,
        /// The last of the range; equals `first_id` but for bulk loads.
        pub last_id: i64,
        /// What happened.
        pub operation: Operation,
        /// The fields that changed, for an update.
        pub fields: Vec<String>,
    }
}

/// When a change set was made, by whom, and what it is called.
pub(super) type Set = (DateTime<Utc>, Option<UserId>, Option<String>);

/// What is known of change sets, each looked up once.
pub(super) struct Sets<'a> {
    pub session: &'a Session,
    pub known: HashMap<i64, Set>,
}

impl Sets<'_> {
    fn get(&mut self, id: i64) -> Result<Set> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let found = self.session.first("select at, actor_id, label from main.change_set where id = ?1", [id], |row| {
            let at = moment_from_millis(row.get(0)?)?;
            Ok((at, row.get::<Option<i64>>(1)?.map(UserId), row.get(2)?))
        })?;
        // A change set in the making (dry run) is not in the table yet.
        let set = found.unwrap_or_default();
        self.known.insert(id, set.clone());
        Ok(set)
    }
}

impl View<'_> {
    fn named(&self, index: usize, columns: &Columns) -> Result<Custom> {
        let table = &self.schema.tables[index];
        let values = log::decode(table, columns)?;
        Ok(values
            .into_iter()
            .filter(|(field, _)| !self.access.is_hidden(index, *field))
            .map(|(field, value)| (table.fields[field].name.to_string(), value))
            .collect())
    }

    /// Everything that happened to a record, newest first.
    pub(crate) fn history(&self, index: usize, id: i64) -> Result<Vec<Change>> {
        self.latest_history(index, id, usize::MAX)
    }

    /// At most `limit` of what happened last to a record, newest first.
    pub(crate) fn latest_history(&self, index: usize, id: i64, limit: usize) -> Result<Vec<Change>> {
        let table = &self.schema.tables[index];
        let visible = self.session.first(&table.exists_sql, [id], |_| Ok(()))?.is_some();
        // Parts are seen with what they belong to: of one that is not there, nobody can say to whom it may be shown.
        let removed_for_all = self.sees_all(index);
        let entries = log::entries_of(self.session, self.schema, index, id, 0)?;
        if !visible && (!removed_for_all || entries.is_empty()) {
            return Err(Error::no_such(table.name));
        }
        let mut row = log::stored_row(self.session, self.schema, index, id)?;
        let mut sets = Sets { session: self.session, known: HashMap::new() };
        let mut history = Vec::new();
        for entry in entries {
            if history.len() >= limit {
                break;
            }
            let change = self.change(&mut sets, &entry, id, &mut row)?;
            if self.shown.is_none_or(|shown| entry.change_set <= shown) {
                history.push(change);
            }
        }
        Ok(history)
    }

    /// Describes an entry and steps `row` back over it.
    pub(super) fn change(&self, sets: &mut Sets<'_>, entry: &Entry, id: i64, row: &mut Option<Columns>) -> Result<Change> {
        let (at, actor, label) = sets.get(entry.change_set)?;
        let before = entry.before.clone().unwrap_or_default();
        let after: Columns = match (entry.operation, row.as_ref()) {
            (Operation::Insert | Operation::Restore, Some(row)) => row.clone(),
            (Operation::Update, Some(row)) => {
                row.iter().filter(|(name, _)| before.contains_key(*name)).map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            _ => Columns::new(),
        };
        let mut former = Former::default();
        former.step_back(entry.operation, entry.before.clone());
        *row = former.apply(row.take());
        Ok(Change {
            change_set: ChangeSetId(entry.change_set),
            at,
            actor,
            label,
            entity: self.schema.tables[entry.table].name.to_owned(),
            record_id: id,
            operation: entry.operation,
            before: self.named(entry.table, &before)?,
            after: self.named(entry.table, &after)?,
        })
    }

    /// The feed of changes after a position, oldest first. Entries about records that the reader may not see
    /// are left out; removals are told to those who see all records of the entity.
    pub(crate) fn changes(&self, since: i64, limit: usize) -> Result<Vec<ChangeEvent>> {
        if limit == 0 {
            return Err(Error::invalid("limit", "must be at least 1"));
        }
        let limit = limit.min(MAX_CHANGES);
        let mut sets = Sets { session: self.session, known: HashMap::new() };
        let mut events = Vec::new();
        let mut position = since;
        while events.len() < limit {
            let page = log::entries(self.session, self.schema, "id > ?1 order by id limit ?2", (position, limit as i64))?;
            let Some(last) = page.last() else { break };
            position = last.id;
            for entry in page {
                if self.shown.is_some_and(|shown| entry.change_set > shown) || !self.told_of(&entry)? {
                    continue;
                }
                let (at, actor, label) = sets.get(entry.change_set)?;
                let fields = match (entry.operation, &entry.before) {
                    (Operation::Update, Some(before)) => self.named(entry.table, before)?.into_keys().collect(),
                    _ => Vec::new(),
                };
                events.push(ChangeEvent {
                    sequence: entry.id,
                    change_set: ChangeSetId(entry.change_set),
                    at,
                    actor,
                    label,
                    entity: self.schema.tables[entry.table].name.to_owned(),
                    first_id: entry.record,
                    last_id: entry.last,
                    operation: entry.operation,
                    fields,
                });
                if events.len() == limit {
                    break;
                }
            }
        }
        Ok(events)
    }

    /// Whether the feed tells the reader of an entry.
    pub(super) fn told_of(&self, entry: &Entry) -> Result<bool> {
        self.told_of_record(entry.table, entry.record, entry.last)
    }

    /// Whether the feed tells the reader of what happened to any of these records.
    pub(super) fn told_of_record(&self, table: usize, first: i64, last: i64) -> Result<bool> {
        if self.access.unrestricted {
            return Ok(true);
        }
        let sql = format!("select 1 from {} where id between ?1 and ?2 limit 1", self.schema.tables[table].quoted);
        let visible = self.session.first(&sql, [first, last], |_| Ok(()))?.is_some();
        Ok(visible || self.sees_all(table))
    }

    /// Whether the reader sees every record of an entity, removed ones included.
    fn sees_all(&self, index: usize) -> bool {
        let own_right = matches!(self.schema.tables[index].ownership, Ownership::Owned { .. } | Ownership::Shared);
        self.access.unrestricted || own_right && self.access.read[index] == Level::All
    }
}

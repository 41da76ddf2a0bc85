//! What happened: the history of a record, and the feed of all changes.

use super::cause::ChangeCause;
use super::lens;
use super::log::{self, Columns, Entry, Operation};
use super::sqlite::Session;
use super::versions::{Version, around, differing, ended, versions};
use super::view::View;
use crate::engine::declare::{ChangeSetId, UserId, outcome};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::Table;
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
        /// What brought the change set about.
        pub cause: ChangeCause,
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
        /// What it was before or after was taken away by `prune`: `before` and `after` hold none of it.
        pub pruned: bool,
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
        /// What brought the change set about.
        pub cause: ChangeCause,
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
        /// The fields that changed, for an update; none where what it was before was taken away by `prune`.
        pub fields: Vec<String>,
    }
}

/// When a change set was made, by whom, why, and what it is called.
#[derive(Clone, Default)]
pub(super) struct Set {
    pub at: DateTime<Utc>,
    pub actor: Option<UserId>,
    pub cause: ChangeCause,
    pub label: Option<String>,
}

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
        let found = self.session.first("select at, actor_id, label, cause from main.change_set where id = ?1", [id], |row| {
            let actor = row.get::<Option<i64>>(1)?.map(UserId);
            Ok(Set { at: moment_from_millis(row.get(0)?)?, actor, label: row.get(2)?, cause: ChangeCause::of_stored(row.text(3)?)? })
        })?;
        // A change set in the making (dry run) is not in the table yet.
        let set = found.unwrap_or_default();
        self.known.insert(id, set.clone());
        Ok(set)
    }
}

/// One change of a record: what it was, and what it became.
pub(super) struct Step {
    pub change_set: i64,
    pub operation: Operation,
    pub before: Option<Columns>,
    pub after: Option<Columns>,
    /// Its versions were taken away.
    pub pruned: bool,
}

impl Step {
    fn new(change_set: i64, operation: Operation, before: Option<Columns>, after: Option<Columns>) -> Self {
        Self { change_set, operation, before, after, pruned: false }
    }

    /// Whether the record was not there before it.
    fn before_is_nothing(&self) -> bool {
        matches!(self.operation, Operation::Insert | Operation::Restore)
    }
}

/// What happened to a record, the oldest first, from its versions. Those up to a change set were taken away: what happened up to there, as the log
/// tells it, is given as `known`.
fn steps(versions: Vec<Version>, known: Vec<Step>, gone: i64) -> Vec<Step> {
    let mut steps: Vec<Step> = known;
    let mut former: Option<Version> = None;
    for version in versions {
        if version.revision <= gone {
            // How it came about is known already; of an addition what it was, too.
            if let Some(step) = steps.last_mut().filter(|step| step.change_set == version.revision && step.before_is_nothing()) {
                (step.after, step.pruned) = (Some(version.row.clone()), false);
            }
            former = Some(version);
            continue;
        }
        let goes_on = former.as_ref().is_some_and(|former| former.ended_by == Some(version.revision));
        if !goes_on && let Some(Version { ended_by: Some(change_set), row, .. }) = former.take() {
            steps.push(Step::new(change_set, Operation::Delete, Some(row), None));
        }
        let operation = match (goes_on, steps.is_empty() && former.is_none()) {
            (true, _) => Operation::Update,
            (false, true) => Operation::Insert,
            (false, false) => Operation::Restore,
        };
        let before = former.take().map(|former| former.row);
        steps.push(Step::new(version.revision, operation, before, Some(version.row.clone())));
        former = Some(version);
    }
    if let Some(Version { ended_by: Some(change_set), row, .. }) = former {
        steps.push(Step::new(change_set, Operation::Delete, Some(row), None));
    }
    steps
}

impl View<'_> {
    /// The values of a row that the reader may see: of these fields, or of all.
    fn named(&self, index: usize, row: &Columns, fields: Option<&[usize]>) -> Result<Custom> {
        let table = &self.schema.tables[index];
        let told = |field: usize| !self.access.is_hidden(index, field) && fields.is_none_or(|fields| fields.contains(&field));
        let values = log::decode(table, row)?.into_iter().filter(|(field, _)| told(*field));
        Ok(values.map(|(field, value)| (table.fields[field].name.to_string(), value)).collect())
    }

    /// What happened to a record up to where its past is gone, oldest first, as far as the log tells it.
    fn pruned_steps(&self, index: usize, id: i64) -> Result<Vec<Step>> {
        let table = &self.schema.tables[index];
        let Some(gone) = table.gone else { return Ok(Vec::new()) };
        // Each half by an index of its own.
        let mut entries = log::entries(self.session, self.schema, "entity = ?1 and record_id = ?2 and change_set_id <= ?3", (table.name, id, gone.change_set))?;
        let loads = "entity = ?1 and record_id < ?2 and last_id > record_id and last_id >= ?2 and change_set_id <= ?3";
        entries.extend(log::entries(self.session, self.schema, loads, (table.name, id, gone.change_set))?);
        entries.sort_unstable_by_key(|entry| entry.id);
        let step = |entry: Entry| Step { pruned: true, ..Step::new(entry.change_set, entry.operation, None, None) };
        Ok(entries.into_iter().map(step).collect())
    }

    /// Everything that happened to a record, newest first.
    pub(crate) fn history(&self, index: usize, id: i64) -> Result<Vec<Change>> {
        self.latest_history(index, id, usize::MAX)
    }

    /// At most `limit` of what happened last to a record, newest first.
    pub(crate) fn latest_history(&self, index: usize, id: i64, limit: usize) -> Result<Vec<Change>> {
        let table = &self.schema.tables[index];
        if table.meta.operational {
            return Err(Error::invalid("entity", format!("what `{}` was before is not kept", table.name)));
        }
        let steps = if self.told_of_record(index, id, id)? {
            let gone = table.gone.map_or(0, |gone| gone.change_set);
            steps(versions(self.session, self.schema, index, id)?, self.pruned_steps(index, id)?, gone)
        } else {
            Vec::new()
        };
        let mut sets = Sets { session: self.session, known: HashMap::new() };
        let shown = steps.iter().rev().filter(|step| self.shown.is_none_or(|shown| step.change_set <= shown));
        let history = shown.take(limit).map(|step| self.change(&mut sets, index, id, step)).collect::<Result<Vec<_>>>()?;
        if history.is_empty() { Err(Error::no_such(table.name)) } else { Ok(history) }
    }

    /// Describes what happened to a record.
    pub(super) fn change(&self, sets: &mut Sets<'_>, index: usize, id: i64, step: &Step) -> Result<Change> {
        let Set { at, actor, cause, label } = sets.get(step.change_set)?;
        let table = &self.schema.tables[index];
        let changed = match (&step.before, &step.after) {
            (Some(before), Some(after)) => Some(differing(table, before, after)),
            _ => None,
        };
        let named = |row: &Option<Columns>| row.as_ref().map_or_else(|| Ok(Custom::new()), |row| self.named(index, row, changed.as_deref()));
        Ok(Change {
            change_set: ChangeSetId(step.change_set),
            at,
            actor,
            cause,
            label,
            entity: table.name.to_owned(),
            record_id: id,
            operation: step.operation,
            before: named(&step.before)?,
            after: named(&step.after)?,
            pruned: step.pruned,
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
                let Set { at, actor, cause, label } = sets.get(entry.change_set)?;
                let fields = if entry.operation == Operation::Update { self.changed_fields(&entry)? } else { Vec::new() };
                events.push(ChangeEvent {
                    sequence: entry.id,
                    change_set: ChangeSetId(entry.change_set),
                    at,
                    actor,
                    cause,
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

    /// What an entry did to one of its records.
    pub(super) fn step(&self, entry: &Entry, id: i64) -> Result<Step> {
        let Entry { table, change_set, operation, .. } = *entry;
        let (before, after) = around(self.session, self.schema, table, id, change_set)?;
        let (before, after) = match operation {
            Operation::Update => (before.map(|version| version.row), after.map(|version| version.row)),
            Operation::Delete => (ended(self.session, self.schema, entry, id)?, None),
            Operation::Erase => (None, None),
            Operation::Insert | Operation::Restore => (None, after.map(|version| version.row)),
        };
        Ok(Step::new(change_set, operation, before, after))
    }

    /// The names of the fields that an entry changed.
    fn changed_fields(&self, entry: &Entry) -> Result<Vec<String>> {
        let table = &self.schema.tables[entry.table];
        let (Some(before), Some(after)) = around(self.session, self.schema, entry.table, entry.record, entry.change_set)? else { return Ok(Vec::new()) };
        let mut names: Vec<_> = differing(table, &before.row, &after.row)
            .into_iter()
            .filter(|field| !self.access.is_hidden(entry.table, *field))
            .map(|field| table.fields[field].name.to_string())
            .collect();
        names.sort();
        Ok(names)
    }

    /// Whether the feed tells the reader of an entry.
    pub(super) fn told_of(&self, entry: &Entry) -> Result<bool> {
        self.told_of_record(entry.table, entry.record, entry.last)
    }

    /// Whether the reader is told of what happened to any of these records: of one that is there as it is now, of one that is gone as it
    /// was when it went.
    pub(super) fn told_of_record(&self, table: usize, first: i64, last: i64) -> Result<bool> {
        if self.access.unrestricted {
            return Ok(true);
        }
        let told = lens::told(self.schema, self.access, table);
        if told == "1" {
            return Ok(true);
        }
        if first == last {
            return Ok(self.session.first(&format!("select 1 where {told}"), [first], |_| Ok(()))?.is_some());
        }
        let Table { stored_name, past_name, .. } = &self.schema.tables[table];
        let ids = |from: &str| format!("select id from {from} where id between ?1 and ?2");
        let sql = format!("select 1 from ({} union all {}) r where {} limit 1", ids(stored_name), ids(past_name), told.replace("?1", "r.id"));
        Ok(self.session.first(&sql, [first, last], |_| Ok(()))?.is_some())
    }
}

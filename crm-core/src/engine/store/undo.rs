//! Undo of any change set, which is itself a change set and can be undone.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::log::{self, Columns};
use super::sqlite::Cell;
use crate::engine::declare::{ChangeSetId, outcome};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Shapes;
use crate::engine::store::schema::{Ownership, Schema};
use crate::engine::value::Value;
use std::collections::{BTreeMap, HashSet};

/// The most obstacles an error names.
const NAMED_OBSTACLES: usize = 5;

outcome! {
    /// What stands in the way of an undo: a record that changed again since.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Obstacle as for_obstacle {
        /// The entity.
        pub entity: String,
        /// The record.
        pub record_id: i64,
        /// The fields changed again; empty when the record itself was removed, restored or is referred to.
        pub fields: Vec<String>,
        /// Why it stands in the way.
        pub reason: String,
    }
}

/// What undoing does to one record.
enum Step {
    Remove,
    Restore(Columns),
    Set { before: Columns, now: Columns },
    Nothing,
}

impl ChangeSet {
    /// Takes back what a change set did, in reverse order.
    pub(crate) fn take_back(&self, id: ChangeSetId) -> Result<()> {
        let schema = self.schema();
        let (steps, obstacles) = self.undo_steps(&schema, id)?;
        let obstacles = if obstacles.is_empty() { self.apply(&schema, id, steps)? } else { obstacles };
        if !obstacles.is_empty() {
            let named: Vec<_> = obstacles
                .iter()
                .take(NAMED_OBSTACLES)
                .map(|obstacle| {
                    format!(
                        "{} {}: {}{}",
                        obstacle.entity,
                        obstacle.record_id,
                        obstacle.reason,
                        if obstacle.fields.is_empty() { String::new() } else { format!(" ({})", obstacle.fields.join(", ")) }
                    )
                })
                .collect();
            let more = obstacles.len().saturating_sub(NAMED_OBSTACLES);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            return Err(Error::conflict("change_set", format!("later changes stand in the way: {}{more}", named.join("; "))));
        }
        Ok(())
    }

    /// Takes the steps of an undo. What refuses one of them, such as a name that was taken again, stands in its way, and the change set
    /// cannot be kept.
    fn apply(&self, schema: &Schema, id: ChangeSetId, steps: Vec<(usize, i64, Step)>) -> Result<Vec<Obstacle>> {
        self.undoing(id.0);
        // References may be restored before what they refer to; they must hold at the end.
        self.session().execute("pragma defer_foreign_keys = on", [])?;
        let mut reshapes = false;
        for (table, record, step) in steps {
            reshapes |= schema.tables[table].meta.shapes == Shapes::Schema;
            match self.undo_step(schema, table, record, step) {
                Err(Error::Invalid { field, reason, .. } | Error::Conflict { field, reason, .. } | Error::Sealed { field, reason, .. }) => {
                    self.spoil();
                    let fields = field.split(", ").filter(|field| !field.is_empty()).map(str::to_owned).collect();
                    return Ok(vec![Obstacle { entity: schema.tables[table].name.to_owned(), record_id: record, fields, reason }]);
                }
                done => done?,
            }
        }
        if reshapes {
            self.reshape()?;
        }
        Ok(Vec::new())
    }

    /// What stands in the way of undoing a change set; empty when nothing does.
    fn obstacles(&self, id: ChangeSetId) -> Result<Vec<Obstacle>> {
        let schema = self.schema();
        let (steps, obstacles) = self.undo_steps(&schema, id)?;
        if obstacles.is_empty() { self.apply(&schema, id, steps) } else { Ok(obstacles) }
    }

    /// Whether a change set is the acting user's own. One that is neither that nor told of by the feed is not there for him.
    fn is_own(&self, schema: &Schema, id: ChangeSetId) -> Result<bool> {
        if self.access().unrestricted {
            return Ok(true);
        }
        let session = self.session();
        let actor = session.number("select actor_id from main.change_set where id = ?1", [id.0])?;
        if actor.is_some() && actor == self.access().user.map(|user| user.0) {
            return Ok(true);
        }
        let (first, last) = log::entries_in(session, id.0)?;
        let mut known = false;
        self.view(|view| {
            log::each_entry(session, schema, "id >= ?1 and id < ?2", [first, last], |entry| {
                known = known || view.told_of(&entry)?;
                Ok(())
            })
        })?;
        if known { Ok(false) } else { Err(Error::no_such("change_set")) }
    }

    #[allow(clippy::type_complexity)]
    fn undo_steps(&self, schema: &Schema, id: ChangeSetId) -> Result<(Vec<(usize, i64, Step)>, Vec<Obstacle>)> {
        let session = self.session();
        let own = self.is_own(schema, id)?;
        let (first, last) = log::entries_in(session, id.0)?;
        let mut order: Vec<(usize, i64, i64)> = Vec::new();
        log::each_entry(session, schema, "id >= ?1 and id < ?2 order by id desc", [first, last], |entry| {
            order.push((entry.table, entry.record, entry.last));
            Ok(())
        })?;
        let mut seen = HashSet::new();
        let (mut steps, mut obstacles) = (Vec::new(), Vec::new());
        for (table, from, to) in order {
            for record in (from..=to).rev() {
                if !seen.insert((table, record)) {
                    continue;
                }
                if !own {
                    self.check_told(table, record)?;
                }
                match self.undo_of(schema, table, record, id.0)? {
                    Ok(step) => steps.push((table, record, step)),
                    Err(obstacle) => obstacles.push(obstacle),
                }
            }
        }
        self.check_left_behind(schema, &steps, &seen, &mut obstacles)?;
        self.check_brought_back(schema, &steps, &mut obstacles)?;
        Ok((steps, obstacles))
    }

    /// Of what else somebody's change set did, a refusal says no more than that there is such a thing.
    fn check_told(&self, table: usize, record: i64) -> Result<()> {
        if self.view(|view| view.told_of_record(table, record, record))? {
            return Ok(());
        }
        Err(unseen())
    }

    /// The step for one record, or what stands in its way: a field counts as changed again only when it does
    /// not hold what the change set left in it.
    fn undo_of(&self, schema: &Schema, table: usize, record: i64, change_set: i64) -> Result<std::result::Result<Step, Obstacle>> {
        let session = self.session();
        let shown = |name: &String| schema.tables[table].field_index(name).is_ok_and(|field| !self.access().is_hidden(table, field));
        let obstacle = |fields: Vec<String>, reason: &str| Obstacle {
            entity: schema.tables[table].name.to_owned(),
            record_id: record,
            fields: fields.into_iter().filter(shown).collect(),
            reason: reason.to_owned(),
        };
        let now = log::stored_row(session, schema, table, record)?;
        if now.is_some() {
            // First of all: what stands in the way of an undo is told only to those who may do it.
            self.check_stored(schema, table, record)?;
        }
        let mut former = log::Former::default();
        let mut entries = log::entries_of(session, schema, table, record, change_set - 1)?;
        let own = entries.iter().position(|entry| entry.change_set == change_set).unwrap_or(entries.len());
        let own = entries.split_off(own);
        for entry in entries {
            former.step_back(entry.operation, entry.before);
        }
        let after = former.apply(now.clone());
        let mut former = log::Former::default();
        for entry in own {
            former.step_back(entry.operation, entry.before);
        }
        let before = former.apply(after.clone());
        Ok(match (before, after, now) {
            (None, Some(after), Some(now)) => {
                let changed = differing(schema, table, &after, &now);
                if changed.is_empty() { Ok(Step::Remove) } else { Err(obstacle(changed, "was changed again")) }
            }
            (None, Some(_), None) => Ok(Step::Nothing),
            (Some(before), None, None) => Ok(Step::Restore(before)),
            (Some(_), None, Some(_)) => Err(obstacle(Vec::new(), "is there again")),
            (Some(_), Some(_), None) => Err(obstacle(Vec::new(), "was removed")),
            (Some(before), Some(after), Some(now)) => {
                let wanted = differing(schema, table, &before, &after);
                if wanted.is_empty() {
                    return Ok(Ok(Step::Nothing));
                }
                for name in &wanted {
                    if self.access().is_hidden(table, schema.tables[table].field_index(name)?) {
                        return Err(unseen());
                    }
                }
                let changed: Vec<_> = differing(schema, table, &after, &now).into_iter().filter(|field| wanted.contains(field)).collect();
                if !changed.is_empty() {
                    return Ok(Err(obstacle(changed, "was changed again")));
                }
                let columns = |row: &Columns| -> Columns {
                    let table = &schema.tables[table];
                    let wanted = table.columns.iter().filter(|column| wanted.iter().any(|name| *name == table.fields[column.field].name));
                    wanted.filter_map(|column| row.get(&column.name).map(|value| (column.name.clone(), value.clone()))).collect()
                };
                Ok(Step::Set { before: columns(&before), now: columns(&now) })
            }
            (None, None, _) => Ok(Step::Nothing),
        })
    }

    /// Records added later that refer to a record about to be removed stand in the way, too.
    fn check_left_behind(&self, schema: &Schema, steps: &[(usize, i64, Step)], seen: &HashSet<(usize, i64)>, obstacles: &mut Vec<Obstacle>) -> Result<()> {
        let mut counted: BTreeMap<(usize, i64), i64> = BTreeMap::new();
        for (table, record, _) in steps.iter().filter(|(_, _, step)| matches!(step, Step::Remove)) {
            for referrer in &schema.tables[*table].referrers {
                let other = &schema.tables[referrer.table];
                let sql = format!("select id from {} where {} = ?1", other.stored_name, other.fields[referrer.field].column);
                for id in self.session().all(&sql, [record], |row| row.get::<i64>(0))? {
                    if !seen.contains(&(referrer.table, id)) {
                        *counted.entry((*table, *record)).or_default() += 1;
                    }
                }
            }
            let about = self.about(schema, *table, *record)?.into_iter().filter(|about| !seen.contains(about)).count();
            if about > 0 {
                *counted.entry((*table, *record)).or_default() += about as i64;
            }
        }
        obstacles.extend(counted.into_iter().map(|((table, record_id), count)| Obstacle {
            entity: schema.tables[table].name.to_owned(),
            record_id,
            fields: Vec::new(),
            reason: format!("{count} later record(s) refer to it"),
        }));
        Ok(())
    }

    /// What a record refers to, or is about, must be there when it comes back.
    fn check_brought_back(&self, schema: &Schema, steps: &[(usize, i64, Step)], obstacles: &mut Vec<Obstacle>) -> Result<()> {
        let restored: HashSet<(usize, i64)> =
            steps.iter().filter(|(_, _, step)| matches!(step, Step::Restore(_))).map(|(table, record, _)| (*table, *record)).collect();
        let removed: HashSet<(usize, i64)> =
            steps.iter().filter(|(_, _, step)| matches!(step, Step::Remove)).map(|(table, record, _)| (*table, *record)).collect();
        for (index, record, step) in steps {
            let (Step::Restore(row) | Step::Set { before: row, now: _ }) = step else { continue };
            let table = &schema.tables[*index];
            let mut wanted: Vec<(usize, usize, i64)> = Vec::new();
            for (field, value) in log::decode(table, row)? {
                match (table.targets.get(field).copied().flatten(), value) {
                    (Some(target), Value::Integer(id)) => wanted.push((field, target, id)),
                    (None, Value::Text(entity)) if matches!(table.ownership, Ownership::About { entity: about, .. } if about == field) => {
                        let Ownership::About { record: of, .. } = table.ownership else { continue };
                        if let (Ok(target), Some(id)) = (schema.index(&entity), row.get(table.fields[of].column.as_ref()).and_then(serde_json::Value::as_i64)) {
                            wanted.push((of, target, id));
                        }
                    }
                    _ => {}
                }
            }
            for (field, target, id) in wanted {
                let there = restored.contains(&(target, id)) || self.is_there(schema, target, id)? && !removed.contains(&(target, id));
                if !there {
                    obstacles.push(Obstacle {
                        entity: table.name.to_owned(),
                        record_id: *record,
                        fields: Vec::from_iter((!self.access().is_hidden(*index, field)).then(|| table.fields[field].name.to_string())),
                        reason: "what it refers to is gone".into(),
                    });
                }
            }
        }
        Ok(())
    }

    fn undo_step(&self, schema: &Schema, index: usize, id: i64, step: Step) -> Result<()> {
        let table = &schema.tables[index];
        match step {
            Step::Nothing => Ok(()),
            Step::Remove => {
                self.check_stored(schema, index, id)?;
                self.where_sealed(schema, index, id, |values| self.check_removable(schema, index, values))?;
                self.delete_row(schema, index, id)
            }
            Step::Restore(row) => {
                self.restore_row(schema, index, id, row)?;
                self.where_sealed(schema, index, id, |values| self.check_whole_unsealed(schema, index, values))?;
                self.check_stored(schema, index, id)
            }
            Step::Set { before, now } => {
                self.check_stored(schema, index, id)?;
                let changed = log::decode(table, &before)?.into_iter().map(|(field, _)| field);
                self.where_sealed(schema, index, id, |values| self.check_unsealed(schema, index, values, changed))?;
                let columns: Vec<(&str, Cell<'_>)> = before.iter().map(|(name, value)| (name.as_str(), log::from_json(value))).collect();
                self.write_columns(table, id, now, columns)?;
                self.check_stored(schema, index, id)
            }
        }
    }

    /// Refuses when the acting user may not write the record as it is now.
    fn check_stored(&self, schema: &Schema, index: usize, id: i64) -> Result<()> {
        if self.access().unrestricted {
            return Ok(());
        }
        let values = self.stored_values(schema, index, id)?;
        self.check_write(schema, index, &values)
    }
}

impl Crm {
    /// What stands in the way of undoing a change set. Nothing is written.
    pub(crate) fn obstacles_of(&self, change_set: ChangeSetId) -> Result<Vec<Obstacle>> {
        self.begin_with(None)?.obstacles(change_set)
    }
}

fn unseen() -> Error {
    Error::denied("change_set", "it also changed what you may not see; a user with wider rights can undo it")
}

/// The names of the fields in which two stored rows differ; revision and times do not count.
fn differing(schema: &Schema, table: usize, one: &Columns, other: &Columns) -> Vec<String> {
    let table = &schema.tables[table];
    let null = serde_json::Value::Null;
    let mut fields: Vec<String> = table
        .columns
        .iter()
        .filter(|column| one.get(&column.name).unwrap_or(&null) != other.get(&column.name).unwrap_or(&null))
        .map(|column| table.fields[column.field].name.to_string())
        .collect();
    fields.dedup();
    fields
}

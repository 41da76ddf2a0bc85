//! Undo of any change set, which is itself a change set and can be undone.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::log::{self, Columns, Entry, Operation};
use super::sqlite::Cell;
use super::undo_plan::{Obstacle, Planned, Seen, Step};
use super::versions::{around, differing};
use crate::engine::declare::ChangeSetId;
use crate::engine::error::{Error, Result};
use crate::engine::meta::Shapes;
use crate::engine::store::schema::{Ownership, Schema, Table};
use crate::engine::value::Value;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most obstacles an error names.
const NAMED_OBSTACLES: usize = 5;

impl ChangeSet {
    /// Takes back what a change set did, in reverse order.
    pub(crate) fn take_back(&self, id: ChangeSetId) -> Result<()> {
        let obstacles = self.obstacles(id)?;
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

    /// Takes back what a change set did, or tells what stands in the way; nothing may be kept then.
    fn obstacles(&self, id: ChangeSetId) -> Result<Vec<Obstacle>> {
        let schema = self.schema();
        let entries = self.entries_of(&schema, id)?;
        // What gives records their fields comes back first, or what these held would be passed over.
        let removed = |entry: &Entry| entry.operation == Operation::Delete && schema.tables[entry.table].meta.shapes == Shapes::Schema;
        let gone: BTreeSet<_> = entries.iter().filter(|entry| removed(entry)).map(|entry| (entry.table, entry.record)).collect();
        let (first, rest): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| gone.contains(&(entry.table, entry.record)));
        if first.is_empty() || rest.is_empty() {
            return self.undo_entries(id, if first.is_empty() { rest } else { first });
        }
        // Which fields somebody may not see was told of the fields that there are now.
        if !self.access().unrestricted {
            return Err(unseen());
        }
        let obstacles = self.undo_entries(id, first)?;
        if obstacles.is_empty() { self.undo_entries(id, rest) } else { Ok(obstacles) }
    }

    fn undo_entries(&self, id: ChangeSetId, entries: Vec<Entry>) -> Result<Vec<Obstacle>> {
        let schema = self.schema();
        let (steps, obstacles) = self.undo_steps(&schema, id, entries)?;
        if obstacles.is_empty() { self.apply(&schema, id, steps) } else { Ok(obstacles) }
    }

    /// What a change set did, the last first.
    fn entries_of(&self, schema: &Schema, id: ChangeSetId) -> Result<Vec<Entry>> {
        let (first, last) = log::entries_in(self.session(), id.0)?;
        log::entries(self.session(), schema, "id >= ?1 and id < ?2 order by id desc", [first, last])
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

    fn undo_steps(&self, schema: &Schema, id: ChangeSetId, order: Vec<Entry>) -> Result<(Vec<Planned>, Vec<Obstacle>)> {
        let own = self.is_own(schema, id)?;
        let (mut seen, mut gone) = (Seen::default(), Seen::default());
        let pruned = |entry: &&Entry| schema.tables[entry.table].is_gone(id.0) && entry.operation.ends();
        order.iter().filter(pruned).for_each(|entry| gone.add(entry.table, entry.record, entry.last));
        let (mut steps, mut obstacles) = (Vec::new(), Vec::new());
        for entry in order {
            let table = entry.table;
            if let Some(step) = self.undo_of_load(schema, &entry, &seen)? {
                seen.add(table, entry.record, entry.last);
                steps.push((table, (entry.record, entry.last), step));
                continue;
            }
            for record in (entry.record..=entry.last).rev() {
                if seen.has(table, record) {
                    continue;
                }
                seen.add(table, record, record);
                if !own {
                    self.check_told(table, record)?;
                }
                match self.undo_of(schema, table, record, id.0, gone.has(table, record))? {
                    Ok(step) => steps.push((table, (record, record), step)),
                    Err(obstacle) => obstacles.push(obstacle),
                }
            }
        }
        self.check_left_behind(schema, &steps, &seen, &mut obstacles)?;
        self.check_brought_back(schema, id, &steps, &mut obstacles)?;
        Ok((steps, obstacles))
    }

    /// The step for a load, or one that was taken back, as a whole: where every record of it is still what the set left.
    fn undo_of_load(&self, schema: &Schema, entry: &Entry, seen: &Seen) -> Result<Option<Step>> {
        let table = &schema.tables[entry.table];
        let about = matches!(table.ownership, Ownership::About { .. });
        if entry.record == entry.last || !self.access().unrestricted || schema.any_sealed || table.meta.shapes != Shapes::Nothing || about {
            return Ok(None);
        }
        if seen.within(entry.table, entry.record, entry.last) {
            return Ok(None);
        }
        let count = |from: &str, condition: &str| {
            let sql = format!("select count(*) from {from} where id between ?1 and ?2 and {condition}");
            self.session().number(&sql, [entry.record, entry.last, entry.change_set])
        };
        let all = Some(entry.last - entry.record + 1);
        Ok(match entry.operation {
            Operation::Insert | Operation::Restore if count(&table.stored_name, "revision = ?3")? == all => Some(Step::Remove),
            Operation::Delete if self.is_any_erased(table, entry)? => None,
            Operation::Delete if count(&table.past_name, "ended_by = ?3")? == all && count(&table.stored_name, "revision <> ?3")? == Some(0) => {
                Some(Step::Restore(Columns::new()))
            }
            _ => None,
        })
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
    fn undo_of(&self, schema: &Schema, table: usize, record: i64, change_set: i64, gone: bool) -> Result<std::result::Result<Step, Obstacle>> {
        let session = self.session();
        let names = |fields: Vec<usize>| fields.into_iter().map(|field| schema.tables[table].fields[field].name.to_string()).collect::<Vec<_>>();
        let shown = |name: &String| schema.tables[table].position(name).is_some_and(|field| !self.access().is_hidden(table, field));
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
        let (before, after) = around(session, schema, table, record, change_set)?;
        // What it was before is gone, or what the set left in it, and so is whether it still holds that.
        if gone || schema.tables[table].is_gone(change_set) && after.is_none() && now.is_some() {
            return Ok(Err(obstacle(Vec::new(), "its former versions were pruned")));
        }
        // What the set changed and then removed comes back as it was before; a record that it removed is there no longer after it.
        let after = after.filter(|after| after.ended_by != Some(change_set)).map(|after| after.row);
        let before = before.map(|before| before.row);
        // What it would get back is gone for good.
        if before.is_some() && self.is_erased_since(&schema.tables[table], record, change_set)? {
            return Ok(Err(obstacle(Vec::new(), "what it told of a person was erased")));
        }
        Ok(match (before, after, now) {
            (None, Some(after), Some(now)) => {
                let changed = names(differing(&schema.tables[table], &after, &now));
                if changed.is_empty() { Ok(Step::Remove) } else { Err(obstacle(changed, "was changed again")) }
            }
            (None, Some(_), None) => Ok(Step::Nothing),
            (Some(before), None, None) => Ok(Step::Restore(before)),
            (Some(_), None, Some(_)) => Err(obstacle(Vec::new(), "is there again")),
            (Some(_), Some(_), None) => Err(obstacle(Vec::new(), "was removed")),
            (Some(before), Some(after), Some(now)) => {
                let of = &schema.tables[table];
                let wanted = differing(of, &before, &after);
                if wanted.is_empty() {
                    return Ok(Ok(Step::Nothing));
                }
                if wanted.iter().any(|field| self.access().is_hidden(table, *field)) {
                    return Err(unseen());
                }
                let changed: Vec<_> = differing(of, &after, &now).into_iter().filter(|field| wanted.contains(field)).collect();
                if !changed.is_empty() {
                    return Ok(Err(obstacle(names(changed), "was changed again")));
                }
                let columns = of.columns.iter().filter(|column| wanted.contains(&column.field));
                Ok(Step::Set(columns.filter_map(|column| before.get(&column.name).map(|value| (column.name.clone(), value.clone()))).collect()))
            }
            (None, None, _) => Ok(Step::Nothing),
        })
    }

    /// Records that go on referring to a record about to be removed stand in the way, too.
    fn check_left_behind(&self, schema: &Schema, steps: &[Planned], seen: &Seen, obstacles: &mut Vec<Obstacle>) -> Result<()> {
        let mut counted: BTreeMap<(usize, i64), i64> = BTreeMap::new();
        let mut referrers: Vec<(usize, Vec<&str>, String, Vec<Cell<'_>>)> = Vec::new();
        // Of what the set did something to itself, what stays, and the columns that get back what they held.
        let staying: HashMap<(usize, i64), Option<&Columns>> = steps
            .iter()
            .filter_map(|(table, (id, _), step)| match step {
                Step::Set(row) => Some(((*table, *id), Some(row))),
                Step::Nothing => Some(((*table, *id), None)),
                Step::Remove | Step::Restore(_) => None,
            })
            .collect();
        for (table, (first, last), _) in steps.iter().filter(|(_, _, step)| matches!(step, Step::Remove)) {
            let of = &schema.tables[*table];
            let ids = [Cell::Integer(*first), Cell::Integer(*last)];
            for referrer in &of.referrers {
                let other = &schema.tables[referrer.table];
                let column = &other.fields[referrer.field].column;
                // What is operational goes with what it is part of.
                if other.meta.operational && other.fields[referrer.field].part_of {
                    continue;
                }
                let sql = format!("select id, {column} from {} where {column} between ?1 and ?2", other.stored_name);
                referrers.push((referrer.table, vec![column], sql, ids.to_vec()));
            }
            for (other, about) in schema.tables.iter().enumerate() {
                let Ownership::About { entity, record } = about.ownership else { continue };
                let (entity, record) = (&about.fields[entity].column, &about.fields[record].column);
                let sql = format!("select id, {record} from {} where {record} between ?1 and ?2 and {entity} = ?3", about.stored_name);
                referrers.push((other, vec![entity, record], sql, [ids.as_slice(), &[Cell::Text(of.name.into())]].concat()));
            }
            for (other, columns, sql, values) in referrers.drain(..) {
                self.session().each(&sql, values, |row| {
                    let id = row.get(0)?;
                    let turns_away = |row: &Columns| columns.iter().any(|column| row.contains_key(*column));
                    if !seen.has(other, id) || staying.get(&(other, id)).is_some_and(|row| !row.is_some_and(turns_away)) {
                        *counted.entry((*table, row.get(1)?)).or_default() += 1;
                    }
                    Ok(())
                })?;
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
    fn check_brought_back(&self, schema: &Schema, change_set: ChangeSetId, steps: &[Planned], obstacles: &mut Vec<Obstacle>) -> Result<()> {
        let (mut restored, mut removed) = (Seen::default(), Seen::default());
        for (table, (first, last), step) in steps {
            match step {
                Step::Restore(_) => restored.add(*table, *first, *last),
                Step::Remove => removed.add(*table, *first, *last),
                Step::Set(_) | Step::Nothing => {}
            }
        }
        for (index, (record, last), step) in steps {
            let (Step::Restore(row) | Step::Set(row)) = step else { continue };
            let table = &schema.tables[*index];
            let mut wanted: Vec<(i64, usize, usize, i64)> = Vec::new();
            if record < last {
                self.lost_by_load(schema, *index, (*record, *last), change_set, &mut wanted)?;
            }
            for (field, value) in log::decode(table, row)? {
                if let (Some(target), Value::Integer(id)) = (table.targets.get(field).copied().flatten(), value) {
                    wanted.push((*record, field, target, id));
                }
            }
            if let Ownership::About { entity, record: of } = table.ownership {
                let (entity, about) = (table.fields[entity].column.as_ref(), table.fields[of].column.as_ref());
                // Where only one of the two comes back, the other one is what it is now.
                let now = log::stored_row(self.session(), schema, *index, *record)?;
                let value = |column: &str| row.get(column).or_else(|| now.as_ref()?.get(column));
                if (row.contains_key(entity) || row.contains_key(about))
                    && let (Some(entity), Some(id)) = (value(entity).and_then(Json::as_str), value(about).and_then(Json::as_i64))
                    && let Ok(target) = schema.index(entity)
                {
                    wanted.push((*record, of, target, id));
                }
            }
            for (record_id, field, target, id) in wanted {
                let there = restored.has(target, id) || self.is_there(schema, target, id)? && !removed.has(target, id);
                if !there {
                    obstacles.push(Obstacle {
                        entity: table.name.to_owned(),
                        record_id,
                        fields: Vec::from_iter((!self.access().is_hidden(*index, field)).then(|| table.fields[field].name.to_string())),
                        reason: "what it refers to is gone".into(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Of a load that comes back as a whole, what is not there of what its records refer to.
    fn lost_by_load(
        &self,
        schema: &Schema,
        index: usize,
        (first, last): (i64, i64),
        change_set: ChangeSetId,
        wanted: &mut Vec<(i64, usize, usize, i64)>,
    ) -> Result<()> {
        let Table { past_name, fields, targets, .. } = &schema.tables[index];
        for (field, target) in targets.iter().enumerate().filter_map(|(field, target)| Some((field, (*target)?))) {
            let (column, stored_name) = (&fields[field].column, &schema.tables[target].stored_name);
            let sql = format!(
                "select id, {column} from {past_name} where id between ?1 and ?2 and ended_by = ?3 \
                 and {column} is not null and {column} not in (select id from {stored_name})"
            );
            wanted.extend(self.session().all(&sql, [first, last, change_set.0], |row| Ok((row.get(0)?, field, target, row.get(1)?)))?);
        }
        Ok(())
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

//! The steps of an undo, taken: records go, come back, and get back what they held.

use super::change_set::ChangeSet;
use super::log::{self, Columns};
use super::sqlite::Cell;
use super::undo_plan::{Obstacle, Planned, Step};
use crate::engine::declare::ChangeSetId;
use crate::engine::error::{Error, Result};
use crate::engine::meta::Shapes;
use crate::engine::store::schema::{Schema, quoted};

impl ChangeSet {
    /// Takes the steps of an undo. What refuses one of them, such as a name that was taken again, stands in its way, and the change set
    /// cannot be kept.
    pub(super) fn apply(&self, schema: &Schema, id: ChangeSetId, mut steps: Vec<Planned>) -> Result<Vec<Obstacle>> {
        self.undoing(id.0);
        // References may be restored before what they refer to; they must hold at the end.
        self.session().execute("pragma defer_foreign_keys = on", [])?;
        let reshapes = steps.iter().any(|(table, _, _)| schema.tables[*table].meta.shapes == Shapes::Schema);
        // Names may have wandered from one record to another: what finds its place taken waits until others have made room.
        while !steps.is_empty() {
            let before = steps.len();
            let (mut waiting, mut refused) = (Vec::new(), None);
            for (table, ids, step) in steps {
                match self.attempt(|| self.undo_step(schema, id, table, ids, &step)) {
                    Err(Error::Invalid { field, reason, .. } | Error::Conflict { field, reason, .. } | Error::Sealed { field, reason, .. }) => {
                        let fields = field.split(", ").filter(|field| !field.is_empty()).map(str::to_owned).collect();
                        refused.get_or_insert(Obstacle { entity: schema.tables[table].name.to_owned(), record_id: ids.0, fields, reason });
                        waiting.push((table, ids, step));
                    }
                    done => done?,
                }
            }
            if waiting.len() == before && !self.swaps(schema, &waiting)? {
                self.spoil();
                return Ok(Vec::from_iter(refused));
            }
            steps = if waiting.len() == before { Vec::new() } else { waiting };
        }
        if reshapes {
            self.reshape()?;
        }
        Ok(Vec::new())
    }

    /// Whether records that stand in each other's way could be given what they held, all at once.
    fn swaps(&self, schema: &Schema, steps: &[Planned]) -> Result<bool> {
        if steps.len() < 2 || steps.iter().any(|(_, _, step)| !matches!(step, Step::Set(_))) {
            return Ok(false);
        }
        match self.attempt(|| self.swap(schema, steps)) {
            Err(Error::Invalid { .. } | Error::Conflict { .. } | Error::Sealed { .. }) => Ok(false),
            done => done.map(|()| true),
        }
    }

    /// All are taken out first, then put back.
    fn swap(&self, schema: &Schema, steps: &[Planned]) -> Result<()> {
        let mut rows = Vec::new();
        for (index, (id, _), step) in steps {
            let Step::Set(before) = step else { continue };
            let table = &schema.tables[*index];
            self.check_settable(schema, *index, *id, before)?;
            let first_time = self.keep_version(table, *id)?;
            let aside = format!("create temp table if not exists aside_{0} as select * from {1} where 0", table.name, table.stored_name);
            self.session().batch(&aside)?;
            self.session().execute(&format!("insert into temp.aside_{} select * from {} where id = ?1", table.name, table.stored_name), [*id])?;
            self.session().execute(&table.delete_sql, [*id])?;
            rows.push((*index, *id, before, first_time));
        }
        for (index, id, before, first_time) in &rows {
            let table = &schema.tables[*index];
            let mut values = vec![Cell::Integer(*id), Cell::Integer(self.id().0), Cell::Integer(self.at().timestamp_millis())];
            let columns = self.columns_of(table)?;
            let list: Vec<_> = columns
                .iter()
                .map(|column| match (column.as_str(), before.get(column)) {
                    ("revision", _) => "?2".to_owned(),
                    ("updated_at", _) => "?3".to_owned(),
                    (_, Some(value)) => {
                        values.push(log::from_json(value));
                        format!("?{}", values.len())
                    }
                    (other, None) => quoted(other),
                })
                .collect();
            let sql = format!("insert into {} select {} from temp.aside_{} where id = ?1", table.stored_name, list.join(", "), table.name);
            self.session().execute(&sql, values)?;
            self.note_version(table, *id, *first_time)?;
            self.check_stored(schema, *index, *id)?;
        }
        for (index, ..) in &rows {
            self.session().batch(&format!("drop table if exists temp.aside_{}", schema.tables[*index].name))?;
        }
        Ok(())
    }

    fn undo_step(&self, schema: &Schema, undone: ChangeSetId, index: usize, (id, last): (i64, i64), step: &Step) -> Result<()> {
        let table = &schema.tables[index];
        if matches!(step, Step::Remove) {
            self.delete_unlogged_parts(schema, index, (id, last))?;
        }
        match step {
            Step::Nothing => Ok(()),
            Step::Remove if id < last => self.delete_rows(schema, index, (id, last)),
            Step::Restore(_) if id < last => self.restore_rows(schema, index, (id, last), undone.0),
            Step::Remove => {
                self.check_stored(schema, index, id)?;
                self.where_sealed(schema, index, id, |values| self.check_removable(schema, index, values))?;
                self.delete_row(schema, index, id)
            }
            Step::Restore(_) => {
                self.restore_rows(schema, index, (id, id), undone.0)?;
                self.where_sealed(schema, index, id, |values| self.check_whole_unsealed(schema, index, values))?;
                self.check_stored(schema, index, id)
            }
            Step::Set(before) => {
                self.check_settable(schema, index, id, before)?;
                self.write_columns(table, id, before.iter().map(|(name, value)| (name.as_str(), log::from_json(value))).collect())?;
                self.check_stored(schema, index, id)
            }
        }
    }

    fn check_settable(&self, schema: &Schema, index: usize, id: i64, before: &Columns) -> Result<()> {
        self.check_stored(schema, index, id)?;
        let changed = log::decode(&schema.tables[index], before)?.into_iter().map(|(field, _)| field);
        self.where_sealed(schema, index, id, |values| self.check_unsealed(schema, index, values, changed))
    }

    /// Refuses when the acting user may not write the record as it is now.
    pub(super) fn check_stored(&self, schema: &Schema, index: usize, id: i64) -> Result<()> {
        if self.access().unrestricted {
            return Ok(());
        }
        let values = self.stored_values(schema, index, id)?;
        self.check_write(schema, index, &values)
    }
}

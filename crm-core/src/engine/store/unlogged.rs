//! Operational records, of which the log knows nothing: how they go, and that none of their ids is given twice.

use super::change_set::ChangeSet;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Schema, Table};

impl ChangeSet {
    /// Removes an operational row. That its id was given is counted, since no log tells it.
    pub(super) fn delete_unlogged(&self, index: usize, table: &Table, id: i64) -> Result<()> {
        if self.session().execute(&table.delete_sql, [id])? == 0 {
            return Err(Error::no_such(table.name));
        }
        self.number_reached(&ids_of(table), "", id)?;
        let mut state = self.state.borrow_mut();
        state.known.remove(index, id);
        state.unlogged = true;
        Ok(())
    }

    /// Removes the operational parts of the records between two ids, of which no log could bring them back.
    pub(super) fn delete_unlogged_parts(&self, schema: &Schema, index: usize, (first, last): (i64, i64)) -> Result<()> {
        for referrer in &schema.tables[index].referrers {
            let (part, field) = (&schema.tables[referrer.table], &schema.tables[referrer.table].fields[referrer.field]);
            if !part.meta.operational || !field.part_of {
                continue;
            }
            let sql = format!("select id from {} where {} between ?1 and ?2", part.stored_name, field.column);
            for id in self.session().all(&sql, [first, last], |row| row.get::<i64>(0))? {
                self.delete_unlogged(referrer.table, part, id)?;
            }
        }
        Ok(())
    }
}

/// The series that the ids of an operational entity are counted in.
pub(super) fn ids_of(table: &Table) -> String {
    format!("{}.id", table.name)
}

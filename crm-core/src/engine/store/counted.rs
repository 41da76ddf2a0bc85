//! What is counted outside the log, and so is not taken back by an undo: the steps of areas, and running numbers.

use super::change_set::ChangeSet;
use crate::engine::error::{Error, Result};

impl ChangeSet {
    /// How many steps of an area's work the file has been through.
    pub(crate) fn work_done(&self, area: &str) -> Result<usize> {
        let done = self.session().number("select work from main.area_step where area = ?1", [area])?;
        Ok(done.and_then(|done| usize::try_from(done).ok()).unwrap_or(0))
    }

    /// Counts a step of an area's work as done.
    pub(crate) fn count_work(&self, area: &str) -> Result<()> {
        self.session().execute("update main.area_step set work = work + 1 where area = ?1", [area])?;
        self.state.borrow_mut().stepped = true;
        Ok(())
    }

    /// The next number of a series in a period. It is counted outside the log, so that none is given twice.
    pub(crate) fn next_number(&self, series: &str, period: &str) -> Result<i64> {
        let sql =
            "insert into main.number_given (series, period, last) values (?1, ?2, 1) on conflict (series, period) do update set last = last + 1 returning last";
        self.session().number(sql, (series, period))?.ok_or_else(|| Error::storage("", "no number was given"))
    }

    /// The last number that was given; 0 where there was none.
    pub(crate) fn last_number(&self, series: &str, period: &str) -> Result<i64> {
        let sql = "select last from main.number_given where series = ?1 and period = ?2";
        Ok(self.session().number(sql, (series, period))?.unwrap_or(0))
    }

    /// A number of a series came from elsewhere: the next one is greater.
    pub(crate) fn number_reached(&self, series: &str, period: &str, number: i64) -> Result<()> {
        let sql = "insert into main.number_given (series, period, last) values (?1, ?2, ?3) on conflict (series, period) do update set last = max(last, ?3)";
        self.session().execute(sql, (series, period, number))?;
        Ok(())
    }
}

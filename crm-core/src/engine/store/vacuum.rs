//! Giving back the room of what went, so that nothing of it is left in free pages or in the write-ahead log.

use super::crm::Crm;
use crate::engine::error::{Error, Result};

impl Crm {
    /// Writes the file anew without free pages, and empties the log beside it.
    pub(crate) fn vacuumed(&self) -> Result<()> {
        if !self.is_system() {
            return Err(Error::denied("vacuum", "only a handle of the present without a user may do this"));
        }
        if self.place().options.read_only {
            return Err(Error::read_only("", "the file is open for reading only"));
        }
        self.place().check_same()?;
        // No other change set of this process meanwhile. The work is done by a connection without a lens: SQLite would take the views for the tables.
        let writer = self.take_writer()?;
        let done = (|| {
            let session = self.place().connect(true)?;
            session.limit(self.limits());
            session.batch("vacuum")?;
            let busy = session.first("pragma main.wal_checkpoint(truncate)", [], |row| row.get::<i64>(0))?;
            if busy == Some(0) { Ok(()) } else { Err(Error::busy("", "others are reading, so that the log beside the file could not be emptied; try again")) }
        })();
        self.give_back(writer);
        done
    }
}

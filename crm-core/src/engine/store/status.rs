//! How large a file is, and what in it takes the room.

use super::crm::Crm;
use crate::engine::declare::outcome;
use crate::engine::error::{Error, Result};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

outcome! {
    /// How large a file is, and what in it takes the room. Sizes are in bytes.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Status as for_status {
        /// The size of the file.
        pub bytes: i64,
        /// The size of the write-ahead log beside it (`-wal`), 0 where there is none.
        pub wal_bytes: i64,
        /// How many change sets there are.
        pub change_sets: i64,
        /// How many entries the log has: those of the feed.
        pub entries: i64,
        /// What there is of each entity, in the order of their names.
        pub entities: Vec<EntityStatus>,
    }
}

outcome! {
    /// What there is of an entity in a file. Sizes are in bytes, in whole pages.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct EntityStatus as for_entity_status {
        /// The entity.
        pub entity: String,
        /// How many records there are.
        pub records: i64,
        /// How many former versions of records there are, removed ones included.
        pub versions: i64,
        /// The size of the records with their indexes.
        pub bytes: i64,
        /// The size of the former versions with their indexes.
        pub past_bytes: i64,
        /// The moment from which on its past is there, when `prune` took away what was before; else all of it is there.
        pub past_since: Option<DateTime<Utc>>,
    }
}

impl Crm {
    /// Measures the whole file.
    pub(crate) fn measured(&self) -> Result<Status> {
        if !self.is_system() {
            return Err(Error::denied("status", "only a handle without a user may measure the whole file"));
        }
        self.view(|view| {
            let session = view.session;
            let (bytes, wal_bytes) = self.place().sizes()?;
            // Each table with its indexes.
            let sizes = "select m.tbl_name, sum(d.pgsize) from dbstat d join main.sqlite_schema m on m.name = d.name \
                         where d.schema = 'main' and d.aggregate = 1 group by m.tbl_name";
            let sizes: HashMap<String, i64> = session.all(sizes, [], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
            let size = |table: &str| sizes.get(table).copied().unwrap_or(0);
            let count = |from: &str| session.number(&format!("select count(*) from {from}"), []).map(Option::unwrap_or_default);
            let mut entities = Vec::new();
            for table in &view.schema.tables {
                session.check()?;
                entities.push(EntityStatus {
                    entity: table.name.to_owned(),
                    records: count(&table.stored_name)?,
                    versions: count(&table.past_name)?,
                    bytes: size(table.name),
                    past_bytes: size(&crate::engine::store::schema::past(table.name)),
                    past_since: table.gone.and_then(|gone| DateTime::from_timestamp_millis(gone.since)),
                });
            }
            entities.sort_by(|one, other| one.entity.cmp(&other.entity));
            Ok(Status { bytes, wal_bytes, change_sets: count("main.change_set")?, entries: count("main.change")?, entities })
        })
    }
}

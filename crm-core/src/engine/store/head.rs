//! The end of the log, in one row, so that a change set begins with one look.

use super::sqlite::Session;
use crate::engine::chain::Hash;
use crate::engine::error::{Error, Result};

/// The end of the log.
pub(super) struct Head {
    /// The generation of what changes seldom.
    pub generation: i64,
    /// The last change set; 0 when there is none.
    pub change_set: i64,
    /// Its last entry in the feed, or that of one before it.
    pub change: i64,
    /// Its moment; the earliest there is when there is none.
    pub at: i64,
    pub hash: Vec<u8>,
}

impl Head {
    pub fn read(session: &Session) -> Result<Self> {
        let sql = "select generation, head_set, head_change, head_at, head_hash from main.crm_meta";
        let head = session.first(sql, [], |row| {
            let at = row.get::<Option<i64>>(3)?.unwrap_or(i64::MIN);
            let hash = row.get::<Option<Vec<u8>>>(4)?.unwrap_or_default();
            Ok(Self { generation: row.get(0)?, change_set: row.get(1)?, change: row.get(2)?, at, hash })
        })?;
        head.ok_or_else(|| Error::corrupt("crm_meta", "the file's own row is missing"))
    }

    /// Moves it on to a change set: its id, its last entry, moment and hash, and whether it moves the generation on.
    pub fn advance(session: &Session, (change_set, change, at): (i64, i64, i64), hash: Hash, reshaped: bool) -> Result<()> {
        let sql =
            "update main.crm_meta set head_set = ?1, head_change = ?2, head_at = ?3, head_former = head_hash, head_hash = ?4, generation = generation + ?5";
        session.execute(sql, (change_set, change, at, hash, reshaped)).map(drop)
    }
}

//! Who may see a hit, told from what the index keeps of it: the same rule that the lens applies to rows.

use super::schema::{ASK, record, table_of};
use super::shown::Shown;
use crate::engine::access::{Access, Level};
use crate::engine::error::Result;
use crate::engine::store::schema::Ownership;
use crate::engine::store::{Cell, View};
use std::collections::HashSet;

/// The most ids that one statement is asked about.
pub(super) const AT_ONCE: usize = 1_024;

/// The condition that a record is one of these, whose ids go behind the values bound already. The last one fills the list up to a power
/// of two, so that few statements differ and they stay prepared.
pub(super) fn among(ids: &[i64], bound: &mut Vec<Cell<'static>>) -> String {
    let first = bound.len() + 1;
    let last = ids.last().copied().into_iter().cycle();
    bound.extend(ids.iter().copied().chain(last).take(ids.len().next_power_of_two()).map(Cell::Integer));
    let places: Vec<_> = (first..=bound.len()).map(|place| format!("?{place}")).collect();
    format!("id in ({})", places.join(", "))
}

/// The rights of a reader over hits.
pub(crate) struct Rights {
    unrestricted: bool,
    /// Whether records of a table may be hits at all.
    open: Vec<bool>,
    /// What the reader sees of a table whose owner and line decide.
    levels: Vec<Level>,
    user: u64,
    members: HashSet<u64>,
    lines: HashSet<u64>,
    /// Keys of documents about which the lens was asked.
    asked: HashSet<u64>,
}

impl Rights {
    pub fn of(view: View<'_>, shown: &Shown) -> Self {
        let Access { unrestricted, read, members, lines, user, .. } = view.access;
        let open = (0..view.schema.tables.len()).map(|table| match &view.schema.tables[table].ownership {
            _ if shown.plan.of(table).is_none() => false,
            Ownership::Shared => *unrestricted || read[table] == Level::All,
            _ => *unrestricted || read[table] != Level::None,
        });
        Self {
            unrestricted: *unrestricted,
            open: open.collect(),
            levels: read.clone(),
            user: user.map_or(0, |user| user.0 as u64),
            members: members.iter().map(|id| *id as u64).collect(),
            lines: lines.iter().map(|id| *id as u64).collect(),
            asked: HashSet::new(),
        }
    }

    /// Whether records of a table may be hits at all.
    pub fn is_open(&self, table: usize) -> bool {
        self.open.get(table).copied().unwrap_or(false)
    }

    pub fn is_unrestricted(&self) -> bool {
        self.unrestricted
    }

    /// Whether a hit may be seen. `guard` is the table whose owner and line decide.
    pub fn sees(&self, key: u64, guard: u64, owner: impl FnOnce() -> u64, line: impl FnOnce() -> u64) -> bool {
        if !self.is_open(record(key).0) {
            return false;
        }
        if self.unrestricted {
            return true;
        }
        if guard == ASK {
            return self.asked.contains(&key);
        }
        match self.levels.get(table_of(guard)) {
            Some(Level::All) => true,
            Some(Level::Own) => owner() == self.user,
            Some(Level::Team) => self.members.contains(&owner()),
            Some(Level::Line) => self.members.contains(&owner()) || self.lines.contains(&line()),
            Some(Level::None) | None => false,
        }
    }

    /// Asks the lens about documents whose visibility the index cannot tell.
    pub fn ask(&mut self, view: View<'_>, keys: &[u64]) -> Result<()> {
        let mut by_table: Vec<Vec<i64>> = vec![Vec::new(); self.open.len()];
        for (table, id) in keys.iter().filter(|key| !self.asked.contains(key)).map(|key| record(*key)) {
            if self.is_open(table) {
                by_table[table].push(id);
            }
        }
        for (table, ids) in by_table.iter().enumerate() {
            for ids in ids.chunks(AT_ONCE) {
                let (mut bound, sql) = (Vec::new(), format!("select id from {} where ", view.schema.tables[table].quoted));
                let sql = sql + &among(ids, &mut bound);
                view.session.each(&sql, bound, |row| {
                    self.asked.insert(super::schema::key(table, row.get(0)?));
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

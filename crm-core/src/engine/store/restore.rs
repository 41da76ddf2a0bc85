//! Bringing back a backup: what it holds takes the place of what the open file does, in one step, and what was erased since is erased in it first.

use super::crm::Crm;
use super::log::Operation;
use super::sqlite::{Installed, Options, Part, Place, Session, Upgrade, look, replace};
use super::view::View;
use crate::engine::cancel::Progress;
use crate::engine::declare::outcome;
use crate::engine::error::{Error, Result};
use std::collections::BTreeSet;
use std::path::Path;

outcome! {
    /// What `restore` brought back.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Restored as for_restored {
        /// How many change sets there are now.
        pub change_sets: i64,
        /// How many change sets the file had that the backup has not: what they did is gone.
        pub lost: i64,
        /// How many records were erased in the file since the backup was made, and so again in what was brought back.
        pub erased: i64,
    }
}

/// Does the work through the door that a file of an earlier version lacks.
pub(crate) type BringUp = fn(&Crm) -> Result<()>;

impl Crm {
    /// Brings a backup back into this file.
    pub(crate) fn restored(&self, backup: &Path, bring_up: BringUp, progress: Progress<'_>) -> Result<Restored> {
        if !self.is_system() {
            return Err(Error::denied("restore", "only a handle of the present without a user may bring a backup back"));
        }
        if self.place().options.read_only {
            return Err(Error::read_only("", "the file is open for reading only"));
        }
        self.place().check_same()?;
        // No other change set of this process meanwhile.
        let mut session = self.take_writer()?;
        let done = self.swap_in(&mut session, backup, bring_up, progress);
        self.give_back(session);
        done
    }

    fn swap_in(&self, session: &mut Session, backup: &Path, bring_up: BringUp, progress: Progress<'_>) -> Result<Restored> {
        let cancel = self.limits().cancel.clone().unwrap_or_default();
        // The backup itself is only read: it is made what it will be in a copy of its own.
        let part = {
            let place = Place::new(backup, Options { read_only: true, create: false, ..Options::default() }, self.place().library)?;
            place.inspect()?;
            let session = place.connect(false)?;
            if place.memory || look(&session.conn, place.library)?.all {
                return Err(Error::not_a_crm_file("backup", "there is nothing in it"));
            }
            Part::of(&session, &self.place().path, Some(&self.place().path), progress, &cancel)?
        };
        let restored = self.erase_again(&part, bring_up, progress)?;
        part.fit(session)?;
        self.place().check_same()?;
        // What the session had prepared is of the file as it was.
        session.conn.flush_prepared_statement_cache();
        *session.installed.borrow_mut() = Installed::default();
        replace(&part.path, session, progress, &cancel)?;
        // Nothing of what it was stays in the log beside it for longer than others read it.
        session.first("pragma main.wal_checkpoint(truncate)", [], |_| Ok(()))?;
        log::info!(target: "crm", "brought back a backup");
        Ok(restored)
    }

    /// Brings a copy of a backup up to date, and erases in it what was erased in this file since.
    fn erase_again(&self, part: &Part, bring_up: BringUp, progress: Progress<'_>) -> Result<Restored> {
        // Who was erased, by which change set, and which one had added him: another past's record of this id is somebody else.
        let erased = "select distinct c.entity, c.record_id, s.hash, a.hash from main.change c join main.change_set s on s.id = c.change_set_id \
                      join main.change_set a on a.id = (select min(i.change_set_id) from main.change i where i.entity = c.entity and i.operation = 'insert' \
                      and i.record_id <= c.record_id and i.last_id >= c.record_id) where c.operation = ?1 order by 1, 2";
        let (sets, erased) = self.view(|view| {
            let erased = view
                .session
                .all(erased, [Operation::Erase.as_str()], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?, [row.get::<Vec<u8>>(2)?, row.get(3)?])))?;
            Ok((hashes(view)?, erased))
        })?;
        let options = Options { clock: self.place().options.clock.clone(), upgrade: Upgrade::InPlace, create: false, ..Options::default() };
        let (copy, lacks_work) = Self::open_file(&part.path, options, self.place().library)?;
        if lacks_work {
            bring_up(&copy)?;
        }
        // A backup that is damaged, or that somebody altered, takes nobody's place.
        if let Some(finding) = copy.verified(None, progress)?.findings.first() {
            return Err(Error::corrupt("backup", format!("is damaged or was altered, and nothing was changed: {finding}")));
        }
        let known = copy.view(hashes)?;
        let mut again = 0;
        for (entity, id, _) in erased.into_iter().filter(|(.., [erased, added])| !known.contains(erased) && known.contains(added)) {
            match copy.erased(&entity, id, "brought back and erased again", &mut |_, _| {}) {
                // Who is not in the backup has nothing to erase there.
                Err(Error::NotFound { .. } | Error::Conflict { .. }) => {}
                done => again += i64::from(done?.versions > 0),
            }
        }
        if again > 0 {
            copy.vacuumed()?;
        }
        let brought = copy.view(hashes)?;
        let lost = sets.iter().filter(|hash| !brought.contains(*hash)).count() as i64;
        Ok(Restored { change_sets: brought.len() as i64, lost, erased: again })
    }
}

/// The hashes of all change sets: those that two files have in common are of one past.
fn hashes(view: View<'_>) -> Result<BTreeSet<Vec<u8>>> {
    view.session.all("select hash from main.change_set", [], |row| row.get::<Vec<u8>>(0)).map(|hashes| hashes.into_iter().collect())
}

//! A copy of the file while it is in use (P5).

use super::session::Cancel;
use super::types::storage;
use crate::{Crm, Error, Result};
use rusqlite::backup::{Backup, StepResult};
use std::path::Path;
use std::time::Duration;

/// Told how far long work has come: done, and of how many when that is known.
pub type Progress<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// Pages copied between two reports.
const PAGES_PER_STEP: i32 = 2_000;

impl Crm {
    /// Copies the file while others read and write it. The copy is complete and consistent, or is not there; an
    /// existing file is never overwritten.
    ///
    /// ```
    /// # use crm_core::*;
    /// # let folder = std::env::temp_dir().join(format!("crm-backup-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// let crm = Crm::open(":memory:")?;
    /// crm.backup_to(folder.join("copy.crm"))?;
    /// assert!(Crm::open(folder.join("copy.crm"))?.verify()?.is_clean());
    /// # std::fs::remove_dir_all(&folder).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<()> {
        self.backup_with(path, &mut |_, _| {}, &Cancel::new())
    }

    /// As [`backup_to`](Crm::backup_to), reporting pages copied, and stopping when cancelled.
    pub fn backup_with(&self, path: impl AsRef<Path>, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
        if !self.is_system() {
            return Err(Error::denied("backup", "only a handle without a user may copy the whole file"));
        }
        let path = path.as_ref();
        if path.exists() {
            return Err(Error::invalid("path", "there is a file already"));
        }
        let part = path.with_extension("part");
        // What a copy that died left behind is of no use.
        let _ = std::fs::remove_file(&part);
        let copied = self
            .copy(&part, progress, cancel)
            .and_then(|()| std::fs::rename(&part, path).map_err(|error| Error::storage(format!("cannot write the copy: {}", error.kind()))));
        match &copied {
            Ok(()) => log::info!(target: "crm", "copied the file"),
            Err(error) => {
                let _ = std::fs::remove_file(&part);
                log::warn!(target: "crm", "the copy failed: {}", error.code());
            }
        }
        copied
    }

    fn copy(&self, part: &Path, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
        let source = self.connection()?;
        let mut target = rusqlite::Connection::open(part).map_err(storage)?;
        {
            let backup = Backup::new(&source.conn, &mut target).map_err(storage)?;
            loop {
                cancel.check()?;
                let step = backup.step(PAGES_PER_STEP).map_err(storage)?;
                let all = backup.progress();
                progress((all.pagecount - all.remaining).max(0) as u64, Some(all.pagecount.max(0) as u64));
                match step {
                    StepResult::Done => break,
                    StepResult::Busy | StepResult::Locked => std::thread::sleep(Duration::from_millis(5)),
                    _ => {}
                }
            }
        }
        target.close().map_err(|(_, error)| storage(error))
    }
}

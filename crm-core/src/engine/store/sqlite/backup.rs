//! A copy of an open file, page by page.

use super::error::storage;
use super::session::Session;
use crate::engine::cancel::{Cancel, Progress};
use crate::engine::error::Result;
use rusqlite::backup::{Backup, StepResult};
use std::path::Path;
use std::time::Duration;

/// Pages copied between two reports.
const PAGES_PER_STEP: i32 = 2_000;

/// Copies what a session reads to a new file.
pub(in crate::engine::store) fn copy(source: &Session, to: &Path, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
    let mut target = rusqlite::Connection::open(to).map_err(storage)?;
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

//! A copy of an open file, page by page. It is complete or not there, and nothing that is there is ever overwritten.

use super::error::storage;
use super::session::Session;
use super::wal::beside;
use crate::engine::cancel::{Cancel, Progress};
use crate::engine::error::{Error, Result};
use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages copied between two reports.
const PAGES_PER_STEP: i32 = 2_000;
/// How long it waits for others at a time, and altogether.
const WAIT: Duration = Duration::from_millis(5);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often another name is tried before it is given up.
const NAMES: usize = 1_000;
/// What the name of a copy in the making ends with, before 16 random digits.
const PART: &str = ".part-";
/// Files of SQLite's beside a copy in the making, and itself.
const ENDINGS: [&str; 4] = ["", "-journal", "-wal", "-shm"];
/// How much of two files is compared at a time, in bytes.
const COMPARED: usize = 1 << 16;

/// Copies what a session reads to a new file, which others may read as they may the first.
pub(in crate::engine::store) fn copy(source: &Session, to: &Path, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
    let part = Part::of(source, to, source.conn.path().map(Path::new), progress, cancel)?;
    part.renew()?;
    part.keep_as(to)
}

/// Copies what a session reads to a new file beside another, called after it, a word, and where that is taken a number. Gives nothing where
/// there is such a copy already.
pub(super) fn copy_beside(source: &Session, path: &Path, word: &str) -> Result<Option<PathBuf>> {
    let first = beside(path, &format!(".{word}"));
    let part = Part::of(source, &first, Some(path), &mut |_, _| {}, &Cancel::default())?;
    for number in 1..NAMES {
        let to = if number == 1 { first.clone() } else { beside(&first, &format!("-{number}")) };
        if !to.exists() {
            return part.keep_as(&to).map(|()| Some(to));
        }
        if same(&part.path, &to).map_err(unwritten)? {
            return Ok(None);
        }
    }
    Err(Error::storage("", "there are too many copies beside the file"))
}

/// Puts everything that a file holds in the place of what an open one does, whole or not at all; who reads the one goes on reading what it was.
pub(in crate::engine::store) fn replace(from: &Path, target: &mut Session, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
    let source = rusqlite::Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(storage)?;
    step_through(&Backup::new(&source, &mut target.conn).map_err(storage)?, progress, cancel)
}

/// Whether two files hold the same.
fn same(one: &Path, other: &Path) -> std::io::Result<bool> {
    let (mut one, mut other) = (fs::File::open(one)?, fs::File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut ones, mut others) = (vec![0; COMPARED], vec![0; COMPARED]);
    loop {
        let read = one.read(&mut ones)?;
        if read == 0 {
            return Ok(true);
        }
        other.read_exact(&mut others[..read])?;
        if ones[..read] != others[..read] {
            return Ok(false);
        }
    }
}

fn copy_pages(source: &Session, to: &Path, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
    let mut target = rusqlite::Connection::open(to).map_err(storage)?;
    step_through(&Backup::new(&source.conn, &mut target).map_err(storage)?, progress, cancel)?;
    target.close().map_err(|(_, error)| storage(error))
}

fn step_through(backup: &Backup<'_, '_>, progress: Progress<'_>, cancel: &Cancel) -> Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        cancel.check()?;
        let step = backup.step(PAGES_PER_STEP).map_err(storage)?;
        let all = backup.progress();
        progress((all.pagecount - all.remaining).max(0) as u64, Some(all.pagecount.max(0) as u64));
        match step {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked if waited >= LONGEST_WAIT => return Err(Error::busy("", "others write without a pause; try again")),
            StepResult::Busy | StepResult::Locked => {
                std::thread::sleep(WAIT);
                waited += WAIT;
            }
            _ => {}
        }
    }
}

/// A copy in the making, or for a while, under a name that nobody else has; what is not kept goes. It is locked as long as somebody works at it.
pub(in crate::engine::store) struct Part {
    pub path: PathBuf,
    // Closed after all that SQLite opened: until then nobody else removes it.
    _locked: fs::File,
}

impl Part {
    /// A copy of what a session reads, for the place `to`, which may be read and written by whom the file `like` may be.
    pub fn of(source: &Session, to: &Path, like: Option<&Path>, progress: Progress<'_>, cancel: &Cancel) -> Result<Self> {
        let part = Self::for_place(to)?;
        if let Some(permissions) = like.and_then(|path| fs::metadata(path).ok()).map(|metadata| metadata.permissions()) {
            fs::set_permissions(&part.path, permissions).map_err(unwritten)?;
        }
        copy_pages(source, &part.path, progress, cancel)?;
        Ok(part)
    }

    fn for_place(to: &Path) -> Result<Self> {
        sweep(to);
        let path = beside(to, &format!("{PART}{:016x}", RandomState::new().hash_one(std::process::id())));
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(unwritten)?;
        // Where files cannot be locked, nothing is swept either.
        let _ = file.try_lock();
        Ok(Self { path, _locked: file })
    }

    /// Makes it another file than the one it is a copy of, which the log beside that one does not belong to.
    fn renew(&self) -> Result<()> {
        let conn = rusqlite::Connection::open(&self.path).map_err(storage)?;
        conn.execute_batch("update crm_meta set identity = randomblob(16)").map_err(storage)?;
        conn.close().map_err(|(_, error)| storage(error))
    }

    /// Makes it fit into the place of an open file, which stays the one it is: by its identity, by the hash at its end, from which the log beside it goes on, and by the
    /// size of its pages. Who has it open takes everything over anew.
    pub fn fit(&self, place: &Session) -> Result<()> {
        let page_size = |conn: &rusqlite::Connection| conn.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0)).map_err(storage);
        let (identity, head): (Vec<u8>, Option<Vec<u8>>) =
            place.conn.query_row("select identity, head_hash from main.crm_meta", [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(storage)?;
        let (wanted, conn) = (page_size(&place.conn)?, rusqlite::Connection::open(&self.path).map_err(storage)?);
        if page_size(&conn)? != wanted {
            conn.execute_batch(&format!("pragma journal_mode = delete; pragma page_size = {wanted}; vacuum; pragma journal_mode = wal")).map_err(storage)?;
        }
        let sql = "update crm_meta set identity = ?1, head_former = ?2, generation = generation + 1048576 + abs(random() % 1048576)";
        conn.execute(sql, (identity, head)).map_err(storage)?;
        conn.close().map_err(|(_, error)| storage(error))
    }

    /// Gives it its name, unless that is taken.
    fn keep_as(&self, to: &Path) -> Result<()> {
        let taken = || Error::invalid("path", "there is a file already");
        match fs::hard_link(&self.path, to) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(taken()),
            // Not every file system knows a second name for a file.
            Err(_) if to.exists() => return Err(taken()),
            Err(_) => fs::rename(&self.path, to).map_err(unwritten)?,
        }
        // That the name is there shall outlive a failure of power as the contents do, where the system knows how.
        if let Some(folder) = to.parent().and_then(|folder| fs::File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for ending in ENDINGS {
            let _ = fs::remove_file(beside(&self.path, ending));
        }
    }
}

/// Removes what copies to the same place that died left behind: called as only copies in the making are, and locked by nobody.
fn sweep(to: &Path) {
    let prefix = beside(to, PART);
    let (Some(folder), Some(prefix)) = (prefix.parent(), prefix.file_name().and_then(|name| name.to_str())) else { return };
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let random = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(prefix));
        if random.is_some_and(|random| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()))
            && fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file())
            && fs::OpenOptions::new().write(true).open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            for ending in ENDINGS {
                let _ = fs::remove_file(beside(&path, ending));
            }
        }
    }
}

fn unwritten(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::full("", "no room for a copy of the file").caused_by_io(&error),
        _ => Error::io("cannot write the copy", &error),
    }
}

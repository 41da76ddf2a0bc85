//! Opening a file: new ones are created, older ones migrated, anything doubtful refused untouched.

use super::backup::copy_beside;
use super::error::storage;
use super::library::Library;
use super::migrate;
use super::options::{Options, Synchronous, Upgrade};
use super::same_file::SameFile;
use super::session::Session;
use super::wal::{self, beside};
use crate::engine::error::{Error, Result};
use rusqlite::OpenFlags;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Nobody waits longer than this for others, whatever the options say: neither clocks nor SQLite count to the end of a `Duration`.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where a file is and how its connections are made.
pub(crate) struct Place {
    pub path: PathBuf,
    pub memory: bool,
    pub options: Options,
    pub library: &'static Library,
    same: SameFile,
}

impl Place {
    /// `:memory:` is a private file in the system's memory file system (or its folder for temporary files), which goes with
    /// its last handle. SQLite's own memory databases make readers wait while a change set is open; this one does not.
    pub fn new(path: &Path, mut options: Options, library: &'static Library) -> Result<Self> {
        options.busy_timeout = options.busy_timeout.min(LONGEST_WAIT);
        let memory = path == Path::new(":memory:");
        // Connections are made later, too, when the program may work in another folder.
        // What lies beside the file lies beside the file itself, not beside a link to it.
        let path =
            if memory { private_file()? } else { std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned()) };
        Ok(Self { path, memory, options, library, same: SameFile::default() })
    }

    /// Opens the file for the first time, waiting for others that do the same: SQLite itself does not wait while a file
    /// changes its journal mode.
    pub fn open(&self) -> Result<(Session, bool)> {
        let deadline = Instant::now() + self.options.busy_timeout;
        loop {
            match self.open_once() {
                Err(Error::Busy { .. }) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                opened => return opened,
            }
        }
    }

    /// Checks it, brings its tables up to date, and gives the writer's session and whether work through the door is still to be done.
    fn open_once(&self) -> Result<(Session, bool)> {
        self.inspect()?;
        let log = beside(&self.path, "-wal");
        if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            wal::check(&self.path, &log)?;
        }
        let mut session = self.connect(!self.options.read_only)?;
        let lacks = migrate::check(&session.conn, self.library)?;
        if self.options.read_only {
            return if lacks.tables { Err(older("open it once for writing to bring it up to date")) } else { Ok((session, false)) };
        }
        // A file that nothing was written to yet is somebody's new one.
        let begun = |session: &Session| session.number("select exists (select 1 from main.change_set)", []);
        if self.options.upgrade == Upgrade::Refuse && !lacks.all && (lacks.tables || lacks.work && begun(&session)? == Some(1)) {
            return Err(older("open it with another `upgrade` to bring it up to date"));
        }
        self.prepare_file(&session)?;
        self.check_same()?;
        if lacks.tables {
            let mut made = None;
            let done = migrate::migrate(&mut session.conn, self.library, || self.copy_before_upgrade().map(|copy| made = copy));
            if let (Err(_), Some(copy)) = (&done, made) {
                // The file is as it was: nobody needs another.
                let _ = std::fs::remove_file(copy);
            }
            done?;
        }
        Ok((session, lacks.work))
    }

    /// Leaves a copy of the file as it is beside it, where the options want one.
    fn copy_before_upgrade(&self) -> Result<Option<PathBuf>> {
        if self.options.upgrade != Upgrade::Backup {
            return Ok(None);
        }
        let word = format!("before-{}", env!("CARGO_PKG_VERSION"));
        self.connect(false).and_then(|source| copy_beside(&source, &self.path, &word)).map_err(|error| {
            let reason = format!(
                "the copy that is made before the file is brought up to date failed ({}); nothing was changed; see `upgrade` in the options",
                error.reason()
            );
            error.retold("upgrade".into(), reason)
        })
    }

    /// Refuses to go on when the file is no longer the one that was opened.
    pub fn check_same(&self) -> Result<()> {
        self.same.check(&self.path, !self.options.read_only)
    }

    /// Another connection to the file.
    pub fn connect(&self, write: bool) -> Result<Session> {
        let mut flags = if write { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
        if write && self.options.create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let session = Session::open(&plain_path(&self.path)?, flags, self.options.busy_timeout, &self.library.names)?;
        let synchronous = match self.options.synchronous {
            _ if self.memory => "off",
            Synchronous::Full => "full",
            Synchronous::Normal => "normal",
        };
        // The writer sorts what a bulk load puts into indexes, so its temporary data may go to disk; readers' is small.
        let temporary = if write { "file" } else { "memory" };
        let pragmas = format!(
            "pragma foreign_keys = on; pragma synchronous = {synchronous}; pragma temp_store = {temporary}; pragma cache_size = -16000; \
             pragma mmap_size = 1073741824; pragma trusted_schema = off;"
        );
        session.conn.execute_batch(&pragmas).map_err(storage)?;
        if write {
            self.limit_size(&session)?;
        }
        Ok(session)
    }

    /// The sizes of the file and of the write-ahead log beside it, in bytes.
    pub fn sizes(&self) -> Result<(i64, i64)> {
        let size = |path: &Path| std::fs::metadata(path).map(|metadata| i64::try_from(metadata.len()).unwrap_or(i64::MAX));
        let file = size(&self.path).map_err(|error| Error::io("cannot look at the file", &error))?;
        Ok((file, size(&beside(&self.path, "-wal")).unwrap_or(0)))
    }

    fn limit_size(&self, session: &Session) -> Result<()> {
        let Some(bytes) = self.options.max_bytes else { return Ok(()) };
        let page: i64 = session.conn.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(storage)?;
        // Less than a page is one: 0 would mean no limit.
        let pages = (i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1)).max(1);
        session.conn.query_row(&format!("pragma max_page_count = {pages}"), [], |_| Ok(())).map_err(storage)
    }

    fn prepare_file(&self, session: &Session) -> Result<()> {
        let mode: String = session.conn.query_row("pragma journal_mode = wal", [], |row| row.get(0)).map_err(storage)?;
        if mode.eq_ignore_ascii_case("wal") {
            return Ok(());
        }
        // Network file systems have no shared memory, which several processes on one file need.
        Err(Error::storage("", "the disk does not support write-ahead logging; a network disk cannot hold a CRM file"))
    }

    /// Looks at the first bytes, so that no foreign or damaged file is ever changed by opening it.
    pub fn inspect(&self) -> Result<()> {
        let mut header = [0u8; 100];
        let path = &self.path;
        let mut file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return if self.options.create && !self.options.read_only {
                    Ok(())
                } else {
                    Err(Error::not_found("path", "no such file").caused_by_io(&error))
                };
            }
            Err(error) => return Err(Error::io("cannot open the file", &error)),
        };
        let metadata = file.metadata().map_err(|error| Error::io("cannot open the file", &error))?;
        if metadata.is_dir() {
            return Err(Error::not_a_crm_file("path", "this is a folder"));
        }
        if metadata.len() == 0 {
            return Ok(());
        }
        let foreign = || Error::not_a_crm_file("path", "the file is no CRM file; it was not touched");
        if file.read_exact(&mut header).is_err() {
            return Err(foreign());
        }
        // Whoever was making it died between making room and writing; SQLite takes that back by the journal beside it.
        if header == [0; 100] && beside(path, "-journal").is_file() {
            return Ok(());
        }
        if &header[..16] != b"SQLite format 3\0" {
            return Err(foreign());
        }
        let page = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => u64::from(size),
        };
        let pages = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
        // With a write-ahead log beside it, the file may have been left in the middle of taking it over; SQLite goes on from there.
        let logged = std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
        let counted = header[24..28] == header[92..96] && !logged;
        if counted && pages * page > metadata.len() {
            return Err(Error::corrupt("path", "the file is shorter than it says: it was cut off; it was not touched"));
        }
        Ok(())
    }
}

fn older(way: &str) -> Error {
    Error::older_file("", format!("the file was written by an earlier version of the library: {way}"))
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.memory {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(beside(&self.path, suffix));
            }
        }
    }
}

/// A new file that only this user can read.
fn private_file() -> Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    static SWEPT: Once = Once::new();
    SWEPT.call_once(|| sweep(&folder, "crm-", |path| std::fs::remove_file(path)));
    loop {
        let path = folder.join(format!("crm-{}-{}-{:016x}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed), RandomState::new().hash_one(&folder)));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("cannot make a file in memory", &error)),
        }
    }
}

/// Removes what processes left in a folder that died before they could, where the system tells which processes live. What begins
/// with the prefix goes on with the process's number.
pub(crate) fn sweep(folder: &Path, prefix: &str, remove: impl Fn(&Path) -> std::io::Result<()>) {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(prefix)).and_then(|name| name.split('-').next()).filter(|id| id.parse::<u32>().is_ok());
        if process.is_some_and(|id| !processes.join(id).exists()) {
            let _ = remove(&entry.path());
        }
    }
}

/// SQLite reads `file:` names and question marks as URIs; a path is only ever a path.
fn plain_path(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).map_err(|error| Error::invalid("path", "is empty or cannot be made absolute").caused_by_io(&error))?;
    Ok(path)
}

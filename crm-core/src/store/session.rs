//! One connection with its lens: what every reader and the writer consist of.

use super::functions::{self, Surroundings};
use super::lens::Installed;
use super::types::storage;
use crate::registry::is_entity;
use crate::{Error, Result, sync};
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{CachedStatement, Connection, OpenFlags, Params};
use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How many steps of SQLite's machine pass between two looks at the time limit.
const STEPS_BETWEEN_LOOKS: i32 = 20_000;
/// The largest text, row or intermediate value, in bytes: nothing the library writes comes near it.
const LARGEST_VALUE: i32 = 64 << 20;
/// Prepared statements kept per connection: the door's and the lens's own, and room for a host's.
const STATEMENTS: usize = 256;

/// A way to stop work from another thread. Clones stop the same work.
///
/// ```
/// let stop = crm_core::Cancel::new();
/// let crm = crm_core::Crm::open(":memory:")?.cancelled_by(&stop);
/// stop.cancel();
/// assert_eq!(crm.sql("select 1", &[]).unwrap_err().code(), "cancelled");
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Cancel(Arc<Stop>);

#[derive(Default)]
struct Stop {
    used: AtomicBool,
    asked: Option<Box<dyn Fn() -> bool + Send + Sync>>,
}

impl Cancel {
    /// A token that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that asks, on the thread that does the work, whether to stop: before every operation and about
    /// every millisecond within long ones. For hosts that cannot be told from another thread, as Python's Ctrl-C.
    ///
    /// ```
    /// let stop = crm_core::Cancel::when(|| true);
    /// let crm = crm_core::Crm::open(":memory:")?.cancelled_by(&stop);
    /// assert_eq!(crm.sql("select 1", &[]).unwrap_err().code(), "cancelled");
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn when(asked: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(Stop { used: AtomicBool::new(false), asked: Some(Box::new(asked)) }))
    }

    /// Stops everything that runs under this token, now and later.
    pub fn cancel(&self) {
        self.0.used.store(true, Ordering::Relaxed);
    }

    /// Whether it has been used.
    pub fn is_cancelled(&self) -> bool {
        self.0.used.load(Ordering::Relaxed) || self.0.asked.as_ref().is_some_and(|asked| asked())
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled { field: String::new(), reason: "cancelled".into() }) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Cancel {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Cancel {{ used: {:?} }}", self.0.used.load(Ordering::Relaxed))
    }
}

/// When to stop: by time, by a token, or both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub time: Option<Duration>,
    pub cancel: Option<Cancel>,
}

/// What the hooks of a connection look at.
struct Guard {
    /// The unguessable beginning of the names of the inner views; only they may read the file's tables.
    secret: String,
    /// Whether SQL from outside is being prepared or run.
    restricted: AtomicBool,
    stop: Mutex<(Option<Instant>, Option<Cancel>)>,
    timed_out: AtomicBool,
}

impl Guard {
    fn authorize(&self, context: &AuthContext<'_>) -> Authorization {
        if !self.restricted.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        match context.action {
            AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
            AuthAction::Function { function_name } if !function_name.eq_ignore_ascii_case("load_extension") => Authorization::Allow,
            // A table of which only rows are counted is named once more after the views were merged into the query:
            // by the views' own texts with a schema, by the caller's text without (`refuse_schemas` sees to that).
            AuthAction::Read { table_name, column_name: "" } => match context.database_name {
                Some(_) => Authorization::Allow,
                None if is_entity(table_name) || table_name.starts_with(&self.secret) || is_json(table_name) => Authorization::Allow,
                None => Authorization::Deny,
            },
            AuthAction::Read { table_name, .. } => {
                // An accessor can be the name of a common table expression, which anybody can choose; the
                // inner views' names cannot be guessed. See `lens` for why the outer ones are safe to read.
                let through_lens = context.accessor.is_some_and(|accessor| accessor.starts_with(&self.secret));
                let outer_view = context.database_name == Some("temp") && (is_entity(table_name) || table_name.starts_with(&self.secret));
                if through_lens || outer_view || is_json(table_name) { Authorization::Allow } else { Authorization::Deny }
            }
            _ => Authorization::Deny,
        }
    }

    /// True when the running statement is to stop.
    fn is_over(&self) -> bool {
        let stop = sync::lock(&self.stop);
        if stop.0.is_some_and(|deadline| Instant::now() >= deadline) {
            self.timed_out.store(true, Ordering::Relaxed);
            return true;
        }
        stop.1.as_ref().is_some_and(Cancel::is_cancelled)
    }
}

/// A connection with its functions, hooks and lens.
pub(crate) struct Session {
    pub conn: Connection,
    pub around: Arc<Surroundings>,
    pub installed: RefCell<Installed>,
    guard: Arc<Guard>,
}

impl Session {
    pub fn open(path: &Path, flags: OpenFlags, busy_timeout: Duration) -> Result<Self> {
        let mut conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(storage)?;
        conn.busy_timeout(busy_timeout).map_err(storage)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // A plan must not depend on the values bound, or every other value would prepare the statement anew.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(storage)?;
        conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE).map_err(storage)?;
        let around = Arc::new(Surroundings::default());
        functions::register(&conn, &around).map_err(storage)?;
        let guard = Arc::new(Guard { secret: secret(), restricted: AtomicBool::new(false), stop: Mutex::default(), timed_out: AtomicBool::new(false) });
        let hook = guard.clone();
        conn.authorizer(Some(move |context: AuthContext<'_>| hook.authorize(&context))).map_err(storage)?;
        let hook = guard.clone();
        conn.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || hook.is_over())).map_err(storage)?;
        Ok(Self { conn, around, installed: RefCell::default(), guard })
    }

    pub fn secret(&self) -> &str {
        &self.guard.secret
    }

    /// Sets when statements of this session stop.
    pub fn limit(&self, limits: &Limits) {
        self.guard.timed_out.store(false, Ordering::Relaxed);
        *sync::lock(&self.guard.stop) = (limits.time.map(|time| Instant::now() + time), limits.cancel.clone());
    }

    /// Runs `work` with SQL from outside held to reading through the lens.
    pub fn restricted<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        struct Lift<'a>(&'a AtomicBool);
        impl Drop for Lift<'_> {
            fn drop(&mut self) {
                self.0.store(false, Ordering::Relaxed);
            }
        }
        self.guard.restricted.store(true, Ordering::Relaxed);
        let _lift = Lift(&self.guard.restricted);
        work()
    }

    /// The error of the storage, or of the limit that stopped it.
    pub fn error(&self, error: rusqlite::Error) -> Error {
        match storage(error) {
            Error::Cancelled { .. } if self.guard.timed_out.load(Ordering::Relaxed) => {
                Error::TimedOut { field: String::new(), reason: "the time limit ran out".into() }
            }
            other => other,
        }
    }

    /// Stops long work between its statements, as the limits say.
    pub fn check(&self) -> Result<()> {
        if !self.guard.is_over() {
            return Ok(());
        }
        Err(self.error(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT), None)))
    }

    pub fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>> {
        #[cfg(test)]
        PREPARED.with_borrow_mut(|prepared| prepared.push(sql.to_owned()));
        self.conn.prepare_cached(sql).map_err(|error| self.error(error))
    }

    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare(sql)?.execute(params).map_err(|error| self.error(error))
    }

    /// The first row, if there is one.
    pub fn first<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&rusqlite::Row<'_>) -> Result<T>) -> Result<Option<T>> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params).map_err(|error| self.error(error))?;
        rows.next().map_err(|error| self.error(error))?.map(read).transpose()
    }

    /// Every row.
    pub fn all<T>(&self, sql: &str, params: impl Params, mut read: impl FnMut(&rusqlite::Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, params, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands every row to `visit`, without keeping any.
    pub fn each(&self, sql: &str, params: impl Params, mut visit: impl FnMut(&rusqlite::Row<'_>) -> Result<()>) -> Result<()> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params).map_err(|error| self.error(error))?;
        while let Some(row) = rows.next().map_err(|error| self.error(error))? {
            visit(row)?;
        }
        Ok(())
    }

    /// A whole number from the first row; null and no row are `None`.
    pub fn number(&self, sql: &str, params: impl Params) -> Result<Option<i64>> {
        self.first(sql, params, |row| row.get::<_, Option<i64>>(0).map_err(storage)).map(Option::flatten)
    }
}

/// Refuses SQL that names a schema (`main.deal`), which would reach around the lens. Quotes, white space and
/// comments between name and point do not hide it.
pub(crate) fn refuse_schemas(sql: &str) -> Result<()> {
    // SQLite takes a byte order mark for white space.
    let lower = sql.to_ascii_lowercase().replace('\u{feff}', " ");
    for schema in ["main", "temp"] {
        for (at, _) in lower.match_indices(schema) {
            let before = lower[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '$') {
                continue;
            }
            let mut rest = lower[at + schema.len()..].trim_start_matches(['"', '\'', ']', '`']);
            loop {
                let trimmed = rest.trim_start();
                let skipped = if let Some(comment) = trimmed.strip_prefix("/*") {
                    comment.split_once("*/").map_or("", |(_, after)| after)
                } else if let Some(comment) = trimmed.strip_prefix("--") {
                    comment.split_once('\n').map_or("", |(_, after)| after)
                } else {
                    trimmed
                };
                if skipped.len() == rest.len() {
                    break;
                }
                rest = skipped;
            }
            if rest.starts_with('.') {
                return Err(Error::denied("sql", format!("name tables without a schema: `deal`, not `{schema}.deal`")));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
thread_local! {
    static PREPARED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What work gives, and the statements it prepared on this thread.
#[cfg(test)]
pub(crate) fn prepared_by<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    PREPARED.take();
    let done = work();
    (done, PREPARED.take())
}

fn is_json(table: &str) -> bool {
    matches!(table, "json_each" | "json_tree")
}

/// A name beginning that cannot be guessed: from the random keys of the process's hash maps, new for every connection.
fn secret() -> String {
    use std::hash::{BuildHasher, RandomState};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("lens_{:016x}{:016x}_", RandomState::new().hash_one(count), RandomState::new().hash_one(count))
}

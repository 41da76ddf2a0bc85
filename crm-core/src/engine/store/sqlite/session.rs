//! One connection with its lens: what every reader and the writer consist of.

use super::cell::{Params, ResultRow};
use super::error::storage;
use super::functions::{self, Surroundings};
use crate::engine::cancel::{Cancel, Limits};
use crate::engine::declare::UserId;
use crate::engine::error::{Error, Result};
use crate::engine::sync;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
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

/// What the hooks of a connection look at.
struct Guard {
    /// The names of all entities.
    names: &'static HashSet<&'static str>,
    /// The unguessable beginning of the names of the inner views; only they may read the file's tables.
    secret: String,
    /// Whether SQL from outside is being prepared or run.
    restricted: AtomicBool,
    /// The names that the statement from outside gives to queries of its own.
    given: Mutex<Vec<String>>,
    stop: Mutex<(Option<Instant>, Option<Cancel>)>,
    timed_out: AtomicBool,
}

impl Guard {
    /// Whether a name is an entity's, or that of a piece of it.
    fn is_entity(&self, name: &str) -> bool {
        self.names.contains(name.split('$').next().unwrap_or_default())
    }

    fn authorize(&self, context: &AuthContext<'_>) -> Authorization {
        if !self.restricted.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        match context.action {
            AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
            AuthAction::Function { function_name } if !function_name.eq_ignore_ascii_case("load_extension") => Authorization::Allow,
            // A table of which only rows are counted is named once more after the views were merged into the query:
            // by the views' own texts with a schema, by the caller's statement without, since it is written anew and never with one.
            AuthAction::Read { table_name, column_name: "" } => match context.database_name {
                Some(_) => Authorization::Allow,
                None if self.is_entity(table_name) || table_name.starts_with(&self.secret) || is_json(table_name) => Authorization::Allow,
                None if sync::lock(&self.given).iter().any(|given| given.eq_ignore_ascii_case(table_name)) => Authorization::Allow,
                None => Authorization::Deny,
            },
            AuthAction::Read { table_name, .. } => {
                // An accessor can be the name of a common table expression, which anybody can choose; the
                // inner views' names cannot be guessed. See `lens` for why the outer ones are safe to read.
                let through_lens = context.accessor.is_some_and(|accessor| accessor.starts_with(&self.secret));
                let outer_view = context.database_name == Some("temp") && (self.is_entity(table_name) || table_name.starts_with(&self.secret));
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

/// What a session's lens shows at present.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Installed {
    /// Schema generation, shape of the rights, past or present.
    pub views: Option<(i64, String, bool)>,
    /// The entities whose pieces have views of their own.
    pub pieces: BTreeSet<usize>,
    /// User and generation of the rights whose members and lines are filled in.
    pub scope: Option<(i64, i64)>,
}

impl Installed {
    /// Whether it shows what this user sees, now or in the past.
    pub fn fits(&self, user: Option<UserId>, past: bool) -> bool {
        self.scope.is_some_and(|(scope, _)| scope == user.map_or(0, |user| user.0)) && self.views.as_ref().is_some_and(|(_, _, then)| *then == past)
    }
}

/// A connection with its functions, hooks and lens.
pub(crate) struct Session {
    pub(in crate::engine::store) conn: Connection,
    pub around: Arc<Surroundings>,
    pub installed: RefCell<Installed>,
    guard: Arc<Guard>,
}

impl Session {
    pub(super) fn open(path: &Path, flags: OpenFlags, busy_timeout: Duration, names: &'static HashSet<&'static str>) -> Result<Self> {
        let mut conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(storage)?;
        conn.busy_timeout(busy_timeout).map_err(storage)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // A plan must not depend on the values bound, or every other value would prepare the statement anew.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(storage)?;
        // A name in quotes that nothing has is an error, not a text.
        for quoted in [DbConfig::SQLITE_DBCONFIG_DQS_DML, DbConfig::SQLITE_DBCONFIG_DQS_DDL] {
            conn.set_db_config(quoted, false).map_err(storage)?;
        }
        conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE).map_err(storage)?;
        let around = Arc::new(Surroundings::default());
        functions::register(&conn, &around).map_err(storage)?;
        let guard = Arc::new(Guard {
            names,
            secret: secret(),
            restricted: AtomicBool::new(false),
            given: Mutex::default(),
            stop: Mutex::default(),
            timed_out: AtomicBool::new(false),
        });
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
        *sync::lock(&self.guard.stop) = (limits.time.and_then(|time| Instant::now().checked_add(time)), limits.cancel.clone());
    }

    /// Runs `work` with conditions from outside held to reading through the lens.
    pub fn restricted<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.restricted_to(&[], work)
    }

    /// The same for a whole statement; `given` are the names of its common table expressions.
    pub fn restricted_to<T>(&self, given: &[String], work: impl FnOnce() -> Result<T>) -> Result<T> {
        struct Lift<'a>(&'a Guard);
        impl Drop for Lift<'_> {
            fn drop(&mut self) {
                self.0.restricted.store(false, Ordering::Relaxed);
                sync::lock(&self.0.given).clear();
            }
        }
        sync::lock(&self.guard.given).extend_from_slice(given);
        self.guard.restricted.store(true, Ordering::Relaxed);
        let _lift = Lift(&self.guard);
        work()
    }

    /// The error of the storage, or of the limit that stopped it.
    pub(in crate::engine::store) fn error(&self, error: rusqlite::Error) -> Error {
        match storage(error) {
            Error::Cancelled { cause, .. } if self.guard.timed_out.load(Ordering::Relaxed) => {
                Error::TimedOut { field: String::new(), reason: "the time limit ran out".into(), cause }
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

    pub(in crate::engine::store) fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>> {
        #[cfg(test)]
        PREPARED.with_borrow_mut(|prepared| prepared.push(sql.to_owned()));
        self.conn.prepare_cached(sql).map_err(|error| self.error(error))
    }

    /// Binds values to the parameters of a statement, of which it must have just as many.
    fn bind(&self, statement: &mut CachedStatement<'_>, params: impl Params) -> Result<()> {
        let mut given = 0;
        params.each(&mut |cell| {
            given += 1;
            // One too many is told with the numbers below.
            if given <= statement.parameter_count() { statement.raw_bind_parameter(given, cell).map_err(|error| self.error(error)) } else { Ok(()) }
        })?;
        let wanted = statement.parameter_count();
        if given == wanted { Ok(()) } else { Err(Error::invalid("params", format!("{wanted} values are needed, {given} were given"))) }
    }

    /// Runs a statement that gives no rows; tells how many rows it changed.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        let mut statement = self.prepare(sql)?;
        self.bind(&mut statement, params)?;
        statement.raw_execute().map_err(|error| self.error(error))
    }

    /// Runs several statements without parameters.
    pub fn batch(&self, sql: &str) -> Result<()> {
        self.conn.execute_batch(sql).map_err(|error| self.error(error))
    }

    /// The first row, if there is one.
    pub fn first<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&ResultRow<'_>) -> Result<T>) -> Result<Option<T>> {
        let mut statement = self.prepare(sql)?;
        self.bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        rows.next().map_err(|error| self.error(error))?.map(|row| read(&ResultRow::new(row))).transpose()
    }

    /// Every row.
    pub fn all<T>(&self, sql: &str, params: impl Params, mut read: impl FnMut(&ResultRow<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, params, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands every row to `visit`, without keeping any.
    pub fn each(&self, sql: &str, params: impl Params, mut visit: impl FnMut(&ResultRow<'_>) -> Result<()>) -> Result<()> {
        let mut statement = self.prepare(sql)?;
        self.bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|error| self.error(error))? {
            visit(&ResultRow::new(row))?;
        }
        Ok(())
    }

    /// Runs a statement that only reads: `columns` is told their names, `visit` gets what it made of them, and every row.
    pub fn read<T>(
        &self,
        sql: &str,
        params: impl Params,
        columns: impl FnOnce(Vec<String>) -> T,
        mut visit: impl FnMut(&mut T, &ResultRow<'_>) -> Result<()>,
    ) -> Result<T> {
        let mut statement = self.prepare(sql)?;
        // How a query runs is told with the names of the inner views, which nobody may know.
        if !statement.readonly() || statement.is_explain() != 0 {
            return Err(Error::denied("sql", "only reading is allowed"));
        }
        let mut found = columns(statement.column_names().map(|name| name.to_string()).collect());
        self.bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|error| self.error(error))? {
            visit(&mut found, &ResultRow::new(row))?;
        }
        Ok(found)
    }

    /// A whole number from the first row; null and no row are `None`.
    pub fn number(&self, sql: &str, params: impl Params) -> Result<Option<i64>> {
        self.first(sql, params, |row| row.get::<Option<i64>>(0)).map(Option::flatten)
    }

    /// Reads the rows as they are stored, whatever the reader's rights: for the library's own rules.
    pub fn stored(&self) -> Stored<'_> {
        Stored(self)
    }
}

/// The file's own tables, below the lens: for rules that hold for everybody, whether or not the acting user may see what they look at.
/// A table is named in braces in its SQL: `select parent_id from {organization} where id = ?1`.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'a>(&'a Session);

impl Stored<'_> {
    /// The first row, if there is one.
    pub fn first<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&ResultRow<'_>) -> Result<T>) -> Result<Option<T>> {
        self.0.first(&stored_names(sql), params, read)
    }

    /// Every row.
    pub fn all<T>(&self, sql: &str, params: impl Params, read: impl FnMut(&ResultRow<'_>) -> Result<T>) -> Result<Vec<T>> {
        self.0.all(&stored_names(sql), params, read)
    }

    /// Hands every row to `visit`, without keeping any.
    pub fn each(&self, sql: &str, params: impl Params, visit: impl FnMut(&ResultRow<'_>) -> Result<()>) -> Result<()> {
        self.0.each(&stored_names(sql), params, visit)
    }

    /// A whole number from the first row; null and no row are `None`.
    pub fn number(&self, sql: &str, params: impl Params) -> Result<Option<i64>> {
        self.0.number(&stored_names(sql), params)
    }

    /// Whether there is a row.
    pub fn any(&self, sql: &str, params: impl Params) -> Result<bool> {
        self.first(sql, params, |_| Ok(())).map(|found| found.is_some())
    }
}

/// SQL of the library's own with `{table}` as the table's full name, in quotes as [`quoted`](crate::engine::store::schema::quoted) gives it.
fn stored_names(sql: &str) -> String {
    sql.replace('{', "main.\"").replace('}', "\"")
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

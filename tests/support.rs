//! What several modules need: files, clocks, random numbers, dumps.

use chrono::{DateTime, Utc};
use crm_core::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

pub fn memory() -> Crm {
    Crm::open(":memory:").unwrap()
}

/// A folder of its own and the path of a file in it that is not there yet.
pub fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.crm");
    (folder, path)
}

pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A clock that begins on the same day for every test.
pub fn manual_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(moment("2026-03-02T09:00:00Z")))
}

pub fn open_with_clock(path: impl AsRef<Path>) -> (Crm, Arc<ManualClock>) {
    let clock = manual_clock();
    (Crm::open_with(path, Options::new().clock(clock.clone())).unwrap(), clock)
}

pub fn organization(name: &str) -> OrganizationFields {
    OrganizationFields { name: name.into(), ..Default::default() }
}

pub fn person(name: &str) -> PersonFields {
    PersonFields { name: name.into(), ..Default::default() }
}

pub fn activity(subject: &str) -> ActivityFields {
    ActivityFields { kind: "call".into(), subject: subject.into(), ..Default::default() }
}

pub fn deal(name: &str) -> DealFields {
    DealFields { name: name.into(), ..Default::default() }
}

pub fn email(organization: OrganizationId, value: &str) -> ContactPointFields {
    ContactPointFields { organization_id: Some(organization), kind: ContactKind::Email, value: value.into(), ..Default::default() }
}

pub fn custom_field(entity: &str, name: &str, kind: CustomKind) -> CustomFieldFields {
    CustomFieldFields { entity: entity.into(), name: name.into(), kind, ..Default::default() }
}

/// Field values by name.
pub fn named<const N: usize>(fields: [(&str, Value); N]) -> Named {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The error of something that must fail.
#[track_caller]
pub fn refused<T>(result: Result<T>) -> Error {
    match result {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error,
    }
}

#[track_caller]
pub fn assert_refused<T>(result: Result<T>, code: &str, words: &str) {
    let error = refused(result);
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(words), "`{words}` is not in `{error}`");
}

/// The only number of a query.
#[track_caller]
pub fn count(crm: &Crm, sql: &str) -> i64 {
    crm.sql(&format!("select ({sql}) as n"), &[]).unwrap().integer(0, "n").unwrap()
}

#[track_caller]
pub fn assert_clean(crm: &Crm) {
    assert_eq!(crm.verify(None, &mut |_, _| {}).unwrap().findings, Vec::<String>::new());
}

/// A user with one role that reads and writes each of these entities this far.
pub fn user_with(crm: &Crm, name: &str, permissions: &[(&str, Level, Level)]) -> (UserId, RoleId) {
    let user = crm.users().add(UserFields { name: name.into(), ..Default::default() }).unwrap().id;
    let role = crm.roles().add(RoleFields { name: format!("role of {name}"), ..Default::default() }).unwrap().id;
    for (target, reading, writing) in permissions {
        let fields = PermissionFields { role_id: role, entity: (*target).into(), reading: *reading, writing: *writing, ..Default::default() };
        crm.permissions().add(fields).unwrap();
    }
    crm.user_roles().add(UserRoleFields { user_id: user, role_id: role, ..Default::default() }).unwrap();
    (user, role)
}

pub fn hide(crm: &Crm, role: RoleId, entity: &str, field: &str) {
    crm.hidden_fields().add(HiddenFieldFields { role_id: role, entity: entity.into(), field: field.into(), ..Default::default() }).unwrap();
}

/// The file as any SQLite program sees it.
pub fn raw(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

/// The rows of a query, each as one text.
pub fn raw_rows(conn: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells: Vec<String> = (0..columns).map(|at| format!("{:?}", row.get_ref_unwrap(at).to_owned_text())).collect();
        Ok(cells.join("|"))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

trait Owned {
    fn to_owned_text(self) -> String;
}

impl Owned for rusqlite::types::ValueRef<'_> {
    fn to_owned_text(self) -> String {
        use rusqlite::types::ValueRef as V;
        match self {
            V::Null => "-".into(),
            V::Integer(number) => number.to_string(),
            V::Real(number) => format!("{number:.6}"),
            V::Text(text) => String::from_utf8_lossy(text).into_owned(),
            V::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// The rows of a table of results in the spelling of `raw_rows`.
pub fn table_rows(table: &Table) -> Vec<String> {
    (0..table.len())
        .map(|row| {
            let cells: Vec<String> = table
                .columns
                .iter()
                .map(|column| {
                    format!(
                        "{:?}",
                        match column.value(row) {
                            Value::Null => "-".to_owned(),
                            Value::Bool(yes) => i64::from(yes).to_string(),
                            Value::Integer(number) => number.to_string(),
                            Value::Number(number) => format!("{number:.6}"),
                            Value::Text(text) => text,
                            Value::Date(day) => day.to_string(),
                            Value::Moment(moment) => moment.timestamp_millis().to_string(),
                            other => panic!("{}", other.kind()),
                        }
                    )
                })
                .collect();
            cells.join("|")
        })
        .collect()
}

/// Everything in a file, table by table, in words; but for the salts of records, which are random, and what follows from them.
pub fn dump(path: &Path) -> String {
    let conn = raw(path);
    let mut all = raw_rows(&conn, "select type, name, sql from sqlite_schema order by type, name");
    let tables: Vec<String> = conn
        .prepare("select name from sqlite_schema where type = 'table' order by name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for table in tables {
        all.push(format!("--- {table}"));
        let columns = format!(
            "select group_concat('\"' || name || '\"') from pragma_table_info('{table}') where name not in ('salt', 'digest', 'hash', 'identity', 'head_hash', 'head_former')"
        );
        let columns: String = conn.query_row(&columns, [], |row| row.get(0)).unwrap();
        all.extend(raw_rows(&conn, &format!("select {columns} from {table} order by 1")));
    }
    all.join("\n")
}

/// Random numbers that are the same in every run with the same seed (SplitMix64).
pub struct Random(std::cell::Cell<u64>);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.into())
    }

    pub fn number(&self) -> u64 {
        let mut z = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(z);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&self, limit: usize) -> usize {
        (self.number() % limit.max(1) as u64) as usize
    }

    pub fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub fn maybe<T: Copy>(&self, items: &[T], percent: usize) -> Option<T> {
        (!items.is_empty() && self.chance(percent)).then(|| *self.pick(items))
    }
}

/// A folder of the real data that lies beside the project, or says that the test is skipped.
pub fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CRM_DATA").map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there (CRM_DATA names the folder)", folder.display());
    None
}

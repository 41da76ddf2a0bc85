//! What the benchmarks share: the same records for the library and for bare SQLite, and a big file made once.
#![allow(dead_code, clippy::unwrap_used)]

use crm_core::*;
use std::path::{Path, PathBuf};

/// Organizations and activities of the big file; `CRM_BENCH_SCALE=0.1` makes a tenth.
pub fn scale(full: i64) -> i64 {
    let scale: f64 = std::env::var("CRM_BENCH_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1.0);
    (full as f64 * scale) as i64
}

/// The n-th of a deterministic sequence that looks random (SplitMix64).
pub fn pick(n: i64, of: i64) -> i64 {
    let mut z = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) % of.max(1) as u64) as i64
}

const KINDS: [&str; 5] = ["call", "email", "meeting", "visit", "note"];
const START: i64 = 1_700_000_000_000;
pub const USERS: i64 = 50;

pub fn organization(n: i64) -> OrganizationFields {
    OrganizationFields {
        name: format!("Customer {n:06}"),
        industry: Some(["steel", "retail", "software"][(n % 3) as usize].into()),
        employees: Some(pick(n, 5_000)),
        owner_id: Some(UserId(1 + n % USERS)),
        ..Default::default()
    }
}

pub fn activity(n: i64, organizations: i64) -> ActivityFields {
    let starts_at = chrono::DateTime::from_timestamp_millis(START + pick(n, 60_000_000) * 1_000);
    let held = n % 10 != 0;
    ActivityFields {
        kind: KINDS[(n % 5) as usize].into(),
        subject: format!("Follow-up {n} on the offer"),
        status: if held { ActivityStatus::Held } else { ActivityStatus::Planned },
        starts_at,
        done_at: starts_at.filter(|_| held),
        organization_id: Some(OrganizationId(1 + pick(n, organizations))),
        owner_id: Some(UserId(1 + n % USERS)),
        description: Some("We spoke about delivery times and the price of the second lot.".into()),
        ..Default::default()
    }
}

/// A file with users and organizations, ready for activities.
pub fn base(path: &Path, organizations: i64) -> Crm {
    let crm = Crm::open(path).unwrap();
    crm.users().add_many((1..=USERS).map(|n| UserFields { name: format!("User {n}"), ..Default::default() })).unwrap();
    crm.organizations().add_many((1..=organizations).map(organization)).unwrap();
    crm
}

/// Bare SQLite with the same table, indexes and log, and nothing of the library: the yardstick.
pub fn bare(path: &Path, organizations: i64, indexed: bool) -> rusqlite::Connection {
    drop(base(path, organizations));
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch("pragma synchronous = normal; pragma foreign_keys = on; pragma cache_size = -16000; pragma temp_store = memory;").unwrap();
    if !indexed {
        for (name, _) in indexes(&conn) {
            conn.execute_batch(&format!("drop index {name}")).unwrap();
        }
    }
    conn
}

pub fn indexes(conn: &rusqlite::Connection) -> Vec<(String, String)> {
    let mut statement = conn.prepare("select name, sql from sqlite_schema where type = 'index' and tbl_name = 'activity'").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap()
}

pub const INSERT: &str = "insert into activity (id, revision, created_at, updated_at, kind, subject, status, starts_at, due_at, done_at, organization_id, owner_id, description) \
     values (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
pub const LOG: &str = "insert into change (change_set_id, entity, record_id, last_id, operation) values (?1, 'activity', ?2, ?3, 'insert')";

/// Inserts one activity as a hand-written program would.
pub fn insert_bare(conn: &rusqlite::Connection, id: i64, fields: &ActivityFields) {
    let millis = |moment: Option<chrono::DateTime<chrono::Utc>>| moment.map(|moment| moment.timestamp_millis());
    conn.prepare_cached(INSERT)
        .unwrap()
        .execute(rusqlite::params![
            id,
            2,
            START,
            fields.kind,
            fields.subject,
            fields.status.as_str(),
            millis(fields.starts_at),
            millis(fields.starts_at),
            millis(fields.done_at),
            fields.organization_id.map(|id| id.0),
            fields.owner_id.map(|id| id.0),
            fields.description,
        ])
        .unwrap();
}

/// The big file: 200,000 organizations with phones, 2,000,000 activities, 100,000 deals. Made once and kept under
/// `target/bench-data`, since making it takes longer than most measurements.
pub fn big() -> (PathBuf, Crm, i64) {
    let (organizations, activities) = (scale(200_000), scale(2_000_000));
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/bench-data");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("big-{organizations}.crm"));
    if !path.exists() {
        let part = folder.join("part.crm");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("part.crm{suffix}")));
        }
        let crm = base(&part, organizations);
        crm.add_process("Sales", ProcessTemplate::Classic).unwrap();
        crm.contact_points()
            .add_many((1..=organizations).map(|n| ContactPointFields {
                organization_id: Some(OrganizationId(n)),
                kind: ContactKind::Phone,
                value: phone(n),
                ..Default::default()
            }))
            .unwrap();
        crm.activities().add_many((1..=activities).map(|n| activity(n, organizations))).unwrap();
        crm.deals()
            .add_many((1..=organizations / 2).map(|n| DealFields {
                name: format!("Deal {n}"),
                organization_id: Some(OrganizationId(1 + pick(n, organizations))),
                stage_id: StageId(1 + n % 4),
                value: Some(Money::from_minor(pick(n, 10_000_000), Currency::EUR)),
                owner_id: Some(UserId(1 + n % USERS)),
                ..Default::default()
            }))
            .unwrap();
        drop(crm);
        std::fs::rename(&part, &path).unwrap();
    }
    let crm = Crm::open(&path).unwrap();
    (path, crm, organizations)
}

pub fn phone(n: i64) -> String {
    format!("+48 22 {:03} {:02} {:02}", n / 10_000 % 1_000, n / 100 % 100, n % 100)
}

//! Writing: one small change set, and bulk loads of activities, each beside bare SQLite doing the same.
//!
//! Run: `cargo bench --bench write`. The figures stand in benches/README.md.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use criterion::{BatchSize, Criterion, Throughput};
use crm_core::*;
use support::*;

const ORGANIZATIONS: i64 = 10_000;

fn small(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("small_write");

    let conn = bare(&folder.path().join("bare.crm"), ORGANIZATIONS, true);
    let mut n = 0;
    group.bench_function("bare", |bencher| {
        bencher.iter(|| {
            n += 1;
            conn.prepare_cached("begin immediate").unwrap().execute([]).unwrap();
            insert_bare(&conn, n, &activity(n, ORGANIZATIONS));
            conn.prepare_cached(LOG).unwrap().execute([n, n, n]).unwrap();
            conn.prepare_cached("commit").unwrap().execute([]).unwrap();
        });
    });

    let crm = base(&folder.path().join("crm.crm"), ORGANIZATIONS);
    let mut n = 0;
    group.bench_function("add", |bencher| {
        bencher.iter(|| {
            n += 1;
            crm.activities().add(activity(n, ORGANIZATIONS)).unwrap()
        });
    });
    group.finish();

    // What was is kept as a version, here and there.
    let mut group = criterion.benchmark_group("small_update");
    let subject = |n: i64| format!("Changed {n}");
    let mut n = 0;
    group.bench_function("bare", |bencher| {
        bencher.iter(|| {
            n += 1;
            let id = 1 + pick(n, 1_000);
            conn.prepare_cached("begin immediate").unwrap().execute([]).unwrap();
            conn.prepare_cached("insert into activity_past select ?2, * from activity where id = ?1").unwrap().execute([id, n]).unwrap();
            let update = "update activity set subject = ?2, revision = ?3, updated_at = ?3 where id = ?1";
            conn.prepare_cached(update).unwrap().execute(rusqlite::params![id, subject(n), n]).unwrap();
            conn.prepare_cached(LOG).unwrap().execute([n, id, id]).unwrap();
            conn.prepare_cached("commit").unwrap().execute([]).unwrap();
        });
    });
    let mut n = 0;
    group.bench_function("edit", |bencher| {
        bencher.iter(|| {
            n += 1;
            crm.activities().edit(ActivityId(1 + pick(n, 1_000)), |fields| fields.subject = subject(n)).unwrap()
        });
    });
    group.finish();

    // A move of a deal writes the stay that ends and the one that begins, and follows the rules of its process.
    let process = crm.add_process("Sales", ProcessTemplate::Classic).unwrap();
    let stages = crm.stages().find(Filter::new("process_id = ?1 and kind = 'open'").bind(process.id).order_by("position")).unwrap();
    let deals = crm.deals().add_many((0..1_000).map(|n| DealFields::new(format!("Deal {n}")).stage_id(stages[0].id))).unwrap();
    let (mut group, mut n) = (criterion.benchmark_group("stages"), 0);
    group.bench_function("move_a_deal", |bencher| {
        bencher.iter(|| {
            n += 1;
            let to = stages[1 + n as usize / 1_000 % (stages.len() - 1)].id;
            crm.deals().edit(DealId(deals.first.unwrap().0 + n % 1_000), |fields| fields.stage_id = to).unwrap()
        });
    });
    // One primary address of each kind: the one that was primary steps back.
    let mut n = 0;
    group.bench_function("another_primary", |bencher| {
        bencher.iter(|| {
            n += 1;
            let fields = ContactPointFields::new(ContactKind::Phone, phone(n)).organization_id(OrganizationId(1 + n % ORGANIZATIONS)).is_primary(true);
            crm.contact_points().add(fields).unwrap()
        });
    });
    group.finish();
}

fn bulk(criterion: &mut Criterion) {
    let rows = scale(1_000_000);
    let mut group = criterion.benchmark_group("bulk_load");
    group.sample_size(10).throughput(Throughput::Elements(rows as u64));

    let load_bare = |conn: &rusqlite::Connection, rows: i64| {
        conn.execute_batch("begin immediate").unwrap();
        for n in 1..=rows {
            insert_bare(conn, n, &activity(n, ORGANIZATIONS));
        }
        conn.execute(LOG, [2, 1, rows]).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    let fresh = |name: &str| {
        let path = folder.path().join(name);
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("{name}{suffix}")));
        }
        path
    };
    group.bench_function("bare_indexes_in_place", |bencher| {
        bencher.iter_batched(
            || bare(&fresh("a.crm"), ORGANIZATIONS, true),
            |conn| {
                load_bare(&conn, rows);
                conn.execute_batch("commit").unwrap();
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("add_many_indexes_in_place", |bencher| {
        bencher.iter_batched(
            || {
                let crm = base(&fresh("b.crm"), ORGANIZATIONS);
                crm.activities().add(activity(0, ORGANIZATIONS)).unwrap();
                crm
            },
            |crm| crm.activities().add_many((1..=rows).map(|n| activity(n, ORGANIZATIONS))).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("bare_indexes_afterwards", |bencher| {
        bencher.iter_batched(
            || {
                let path = fresh("c.crm");
                let with = bare(&path, ORGANIZATIONS, true);
                let indexes = indexes(&with);
                (bare_again(&path), indexes)
            },
            |(conn, indexes)| {
                load_bare(&conn, rows);
                for (_, sql) in indexes {
                    conn.execute_batch(&sql).unwrap();
                }
                conn.execute_batch("commit").unwrap();
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("add_many_empty_table", |bencher| {
        bencher.iter_batched(
            || base(&fresh("d.crm"), ORGANIZATIONS),
            |crm| crm.activities().add_many((1..=rows).map(|n| activity(n, ORGANIZATIONS))).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn bare_again(path: &std::path::Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch("pragma synchronous = normal; pragma foreign_keys = on; pragma cache_size = -16000; pragma temp_store = memory;").unwrap();
    for (name, _) in indexes(&conn) {
        conn.execute_batch(&format!("drop index {name}")).unwrap();
    }
    conn
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    small(&mut criterion);
    bulk(&mut criterion);
    criterion.final_summary();
}

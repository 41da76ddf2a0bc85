//! Reading at 200,000 organizations and 2,000,000 activities: by id, the dossier, the caller card, lists, aggregates, columns; and
//! opening. Each beside bare SQLite doing the same where there is such a thing.
//!
//! Run: `cargo bench --bench read`. The first run makes the file (half a minute). The figures stand in benches/README.md.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use criterion::{Criterion, Throughput};
use crm_core::*;
use rusqlite::OptionalExtension;
use std::hint::black_box;
use support::*;

const LATEST: &str = "select * from activity where organization_id = ?1 order by starts_at desc limit 50";
const AGGREGATE: &str = "select owner_id, kind, status, count(*) as n from activity group by owner_id, kind, status";
const COLUMNS: &str = "select id, organization_id, owner_id, kind, status, starts_at from activity";

/// Reads every column of every row, as a program that builds records must.
fn drain(rows: &mut rusqlite::Rows<'_>, columns: usize) -> usize {
    let mut seen = 0;
    while let Some(row) = rows.next().unwrap() {
        for at in 0..columns {
            black_box(row.get_ref(at).unwrap());
        }
        seen += 1;
    }
    seen
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (path, crm, organizations) = big();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("pragma cache_size = -16000; pragma mmap_size = 1073741824;").unwrap();
    let mut n = 0;
    let mut next = move || {
        n += 1;
        1 + pick(n, organizations)
    };

    let mut group = criterion.benchmark_group("get");
    group.bench_function("bare", |bencher| {
        let mut statement = conn.prepare("select * from organization where id = ?1").unwrap();
        let columns = statement.column_count();
        bencher.iter(|| drain(&mut statement.query([next()]).unwrap(), columns));
    });
    group.bench_function("get", |bencher| bencher.iter(|| crm.organizations().get(OrganizationId(next())).unwrap()));
    group.finish();

    // A statement that was read before is run as it was written anew; one that was not is read, checked and written first.
    let mut group = criterion.benchmark_group("sql");
    let by_id = "select name, industry from organization where id = ?1";
    group.bench_function("bare", |bencher| {
        bencher.iter(|| drain(&mut conn.prepare_cached(by_id).unwrap().query([next()]).unwrap(), 2));
    });
    group.bench_function("known", |bencher| bencher.iter(|| crm.sql(by_id, &[Value::from(next())]).unwrap()));
    group.bench_function("new", |bencher| {
        bencher.iter(|| {
            let id = next();
            crm.sql(&format!("select name, industry from organization where id = {id}"), &[]).unwrap()
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("dossier");
    group.bench_function("bare_organization_and_50_activities", |bencher| {
        let mut one = conn.prepare("select * from organization where id = ?1").unwrap();
        let mut latest = conn.prepare(LATEST).unwrap();
        let (columns, width) = (one.column_count(), latest.column_count());
        bencher.iter(|| {
            let id = next();
            drain(&mut one.query([id]).unwrap(), columns) + drain(&mut latest.query([id]).unwrap(), width)
        });
    });
    group.bench_function("find_50_activities", |bencher| {
        bencher.iter(|| crm.activities().find(Filter::new("organization_id = ?1").bind(next()).order_by("-starts_at").limit(50)).unwrap());
    });
    group.bench_function("dossier", |bencher| bencher.iter(|| crm.dossier(OrganizationId(next())).unwrap()));
    group.finish();

    let mut group = criterion.benchmark_group("caller_card");
    group.bench_function("bare_lookup", |bencher| {
        let mut statement = conn.prepare("select organization_id from contact_point where normal = ?1").unwrap();
        bencher.iter(|| statement.query_row([phone(next()).replace(' ', "")], |row| row.get::<_, i64>(0)).optional().unwrap());
    });
    group.bench_function("caller_card", |bencher| bencher.iter(|| crm.caller_card(&phone(next())).unwrap().unwrap()));
    group.finish();

    let activities = crm.activities().count("").unwrap();
    let mut group = criterion.benchmark_group("aggregate");
    group.sample_size(20).throughput(Throughput::Elements(activities as u64));
    group.bench_function("bare", |bencher| {
        let mut statement = conn.prepare(AGGREGATE).unwrap();
        bencher.iter(|| drain(&mut statement.query([]).unwrap(), 4));
    });
    group.bench_function("sql", |bencher| bencher.iter(|| crm.sql(AGGREGATE, &[]).unwrap()));
    group.finish();

    let mut group = criterion.benchmark_group("columns");
    group.sample_size(10).throughput(Throughput::Elements(activities as u64));
    group.bench_function("bare_scan", |bencher| {
        let mut statement = conn.prepare(COLUMNS).unwrap();
        bencher.iter(|| drain(&mut statement.query([]).unwrap(), 6));
    });
    group.bench_function("sql_to_columns", |bencher| bencher.iter(|| crm.sql(COLUMNS, &[]).unwrap()));
    group.bench_function("sql_to_arrow", |bencher| bencher.iter(|| crm.sql(COLUMNS, &[]).unwrap().to_record_batch().unwrap()));
    group.finish();

    let mut group = criterion.benchmark_group("reports");
    group.sample_size(20);
    group.bench_function("funnel", |bencher| bencher.iter(|| crm.report(Report::Funnel, &ReportQuery::default()).unwrap()));
    let by = ReportQuery::new().by([Dimension::Owner]);
    group.bench_function("won_by_owner", |bencher| bencher.iter(|| crm.report(Report::Won, &by).unwrap()));
    group.finish();

    criterion.bench_function("open", |bencher| {
        bencher.iter(|| Crm::open(&path).unwrap().organizations().get(OrganizationId(1)).unwrap());
    });
    criterion.final_summary();
}

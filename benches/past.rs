//! Reading a moment of the past beside the present, at 200,000 organizations and 2,000,000 activities of which 10,000 were changed since, with
//! a write before every read, so that nothing made for the read before can be used again.
//!
//! Run: `cargo bench --bench past`. The first run makes the file (half a minute). The figures stand in benches/README.md.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use criterion::{BatchSize, Criterion};
use crm_core::*;
use std::hint::black_box;
use support::*;

/// Statements over everything: the shapes whose past costs what their present costs, and others.
const STATEMENTS: [(&str, &str); 7] = [
    ("count", "select count(*) from activity"),
    ("count_where", "select count(*) from activity where status = 'held'"),
    ("by_owner_kind_status", "select owner_id, kind, status, count(*) as n from activity group by owner_id, kind, status"),
    ("sum_of_deals", "select stage_id, count(*), sum(value) from deal group by stage_id"),
    ("join", "select o.industry, count(*) from activity a join organization o on o.id = a.organization_id where a.status = 'held' group by o.industry"),
    ("min_max", "select kind, min(starts_at), max(starts_at) from activity group by kind"),
    ("distinct", "select count(distinct organization_id) from activity"),
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (path, crm, organizations) = big();
    let activities = crm.activities().count("").unwrap();
    drop(crm);
    let folder = tempfile::tempdir_in(path.parent().unwrap()).unwrap();
    let copy = folder.path().join("past.crm");
    std::fs::copy(&path, &copy).unwrap();
    let crm = Crm::open(&copy).unwrap();
    let (mut n, mut step) = (0, 0);
    let mut next = move |of: i64| {
        n += 1;
        1 + pick(n, of)
    };
    let mut write = || {
        step += 1;
        let id = ActivityId(1 + pick(step, activities));
        crm.activities().edit(id, |fields| fields.subject = format!("Changed {step}")).unwrap();
    };
    std::thread::sleep(std::time::Duration::from_millis(2));
    let then = crm.at(chrono::Utc::now()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    // What is in the log of writes (`-wal`) goes into the file when the last handle is closed; a backup has it too.
    let size = |crm: &Crm| {
        let backup = folder.path().join("size.crm");
        let _ = std::fs::remove_file(&backup);
        crm.backup_to(&backup, &mut |_, _| {}).unwrap();
        std::fs::metadata(&backup).unwrap().len() as i64
    };
    let before = size(&crm);
    for _ in 0..scale(10_000) {
        write();
    }
    println!("{} updates: the file grew by {} bytes each", scale(10_000), (size(&crm) - before) / scale(10_000));

    for (name, handle) in [("present", &crm), ("past", &then)] {
        let mut group = criterion.benchmark_group(name);
        group.bench_function("get", |bencher| {
            bencher.iter_batched(&mut write, |()| handle.activities().get(ActivityId(next(activities))).unwrap(), BatchSize::PerIteration);
        });
        group.bench_function("list", |bencher| {
            let newest = |id: i64| handle.activities().find(Filter::new("organization_id = ?1").bind(id).order_by("-starts_at").limit(50)).unwrap();
            bencher.iter_batched(&mut write, |()| newest(next(organizations)), BatchSize::PerIteration);
        });
        group.bench_function("dossier", |bencher| {
            bencher.iter_batched(&mut write, |()| handle.dossier(OrganizationId(next(organizations))).unwrap(), BatchSize::PerIteration);
        });
        group.sample_size(10);
        for (what, sql) in STATEMENTS {
            group.bench_function(what, |bencher| {
                bencher.iter_batched(&mut write, |()| black_box(handle.sql(sql, &[]).unwrap()), BatchSize::PerIteration);
            });
        }
        group.finish();
    }
    criterion.final_summary();
}

//! Reading a moment of the past beside the present, at 200,000 organizations and 2,000,000 activities of which 10,000 were changed since, with
//! a write before every read, so that nothing made for the read before can be used again.
//!
//! Run: `cargo bench --bench past`. The first run makes the file (half a minute). The figures stand in benches/README.md.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use crm_core::*;
use std::hint::black_box;
use std::time::{Duration, Instant};
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

/// The median time of some runs in milliseconds, each after a write.
fn median(runs: usize, mut write: impl FnMut(), mut read: impl FnMut()) -> f64 {
    let mut times: Vec<_> = (0..runs)
        .map(|_| {
            write();
            let begun = Instant::now();
            read();
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

fn main() {
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
    // What is in the log of writes (`-wal`) goes into the file when the last handle is closed; a backup has it, too.
    let size = |crm: &Crm| {
        let backup = folder.path().join("size.crm");
        let _ = std::fs::remove_file(&backup);
        crm.backup_to(&backup, &mut |_, _| {}).unwrap();
        std::fs::metadata(&backup).unwrap().len() as i64
    };
    let before = size(&crm);
    let changed = scale(10_000);
    let moment = || {
        std::thread::sleep(Duration::from_millis(2));
        let then = crm.at(chrono::Utc::now()).unwrap();
        std::thread::sleep(Duration::from_millis(2));
        then
    };
    let then = moment();
    (0..changed).for_each(|_| write());
    println!("{activities} activities, {changed} changed since; the file grew by {} bytes for each", (size(&crm) - before) / changed);
    let newest = |handle: &Crm, id: i64| handle.activities().find(Filter::new("organization_id = ?1").bind(id).order_by("-starts_at").limit(50)).unwrap();
    let mut told = |what: &str, runs: usize, read: &dyn Fn(&Crm, i64)| {
        let [present, past] = [&crm, &then].map(|handle| median(runs, &mut write, || read(handle, next(organizations))));
        println!("{what:22} {present:10.3} ms {past:10.3} ms {:6.2}", past / present);
    };
    println!("{:22} {:>13} {:>13} {:>6}", "", "present", "past", "ratio");
    told("get", 300, &|handle, n| drop(black_box(handle.activities().get(ActivityId(n)).unwrap())));
    told("list", 300, &|handle, n| drop(black_box(newest(handle, n))));
    told("dossier", 300, &|handle, n| drop(black_box(handle.dossier(OrganizationId(n)).unwrap())));
    for (what, sql) in STATEMENTS {
        told(what, 7, &|handle, _| drop(black_box(handle.sql(sql, &[]).unwrap())));
    }
    told("funnel", 7, &|handle, _| drop(black_box(handle.report(Report::Funnel, &ReportQuery::default()).unwrap())));
    // A year of days, by kind.
    let begun = Instant::now();
    let until = chrono::Utc::now().date_naive();
    let query = OverTime::new().from(until - chrono::Days::new(364)).by("kind").filter("status = 'held'");
    let curve = crm.over_time("activity", &query).unwrap();
    println!("over_time: {} rows in {:.3} s", curve.rows, begun.elapsed().as_secs_f64());
    // Everything that was ever written.
    let begun = Instant::now();
    let verified = crm.verify(None, &mut |_, _| {}).unwrap();
    println!("verify: {} records in {:.1} s, {} findings", verified.records, begun.elapsed().as_secs_f64(), verified.findings.len());
}

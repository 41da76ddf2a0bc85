//! Killed at any moment (P5): what was acknowledged is there, nothing is half there.

use crate::support::*;
use crm_core::*;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Names the file for the process that is going to be killed.
const VICTIM: &str = "CRM_TEST_VICTIM";
const KILLS: usize = 220;

/// Not a test: the process that is killed. It writes change sets of every kind and says each that returned.
#[test]
#[ignore = "runs as a process of its own"]
fn victim() {
    let Ok(path) = std::env::var(VICTIM) else { return };
    let crm = Crm::open(path).unwrap();
    let random = Random::new(std::process::id().into());
    let mut out = std::io::stdout();
    let mut say = |kind: &str, change_set: ChangeSetId, sum: i64| {
        writeln!(out, "\ndone {kind} {change_set} {sum}").unwrap();
        out.flush().unwrap();
    };
    // Every change set keeps the sum of employees at a multiple of 10.
    loop {
        let fields = |employees| OrganizationFields { employees: Some(employees), ..organization("Acme") };
        let all = crm.organizations().find(Filter::new("").order_by("-id").limit(10)).unwrap();
        let before = count(&crm, "select coalesce(sum(employees), 0) from organization");
        match random.below(5) {
            0 => {
                let one = crm.organizations().add(fields(10)).unwrap();
                say("single", one.revision, before + 10);
            }
            1 => {
                let done = crm.change("several", |change| {
                    for employees in [3, 4, 3] {
                        let one = change.organizations().add(fields(employees))?;
                        change.contact_points().add(email(one.id, "a@b.example"))?;
                    }
                    Ok(())
                });
                say("several", done.unwrap().change_set.unwrap(), before + 10);
            }
            2 => {
                let many = 50 * (1 + random.below(4));
                let loaded = crm.organizations().add_many((0..many).map(|_| fields(2)).collect::<Vec<_>>()).unwrap();
                say("bulk", loaded.change_set.unwrap(), before + 2 * many as i64);
            }
            3 if all.len() > 2 => {
                let done = crm.change("moved", |change| {
                    change.organizations().edit(all[0].id, |fields| fields.employees = fields.employees.map(|number| number + 7))?;
                    change.organizations().edit(all[1].id, |fields| fields.employees = fields.employees.map(|number| number + 3))?;
                    change.organizations().edit(all[2].id, |fields| fields.description = Some("x".repeat(5000)))
                });
                say("moved", done.unwrap().change_set.unwrap(), before + 10);
            }
            _ => {
                let last = crm.changes(0, 10_000).unwrap().last().unwrap().change_set;
                if last.0 > 1
                    && crm.obstacles(last).unwrap().is_empty()
                    && let Ok(undone) = crm.undo(last)
                {
                    say("undo", undone, count(&crm, "select coalesce(sum(employees), 0) from organization"));
                }
            }
        }
        // A file that does not grow beyond what can be checked quickly.
        if count(&crm, "select max(id) from organization") > 3000 {
            std::thread::sleep(Duration::from_millis(50));
            return;
        }
    }
}

/// Not a test: the process that is killed while it brings an older file up to date.
#[test]
#[ignore = "runs as a process of its own"]
fn upgrader() {
    if let Ok(path) = std::env::var(VICTIM) {
        drop(Crm::open(path).unwrap());
    }
}

/// Starts the victim, kills it after a while, and gives what it acknowledged last.
fn run_and_kill(path: &Path, wait: Duration) -> Option<(i64, i64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::victim", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(VICTIM, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut last = None;
        for line in BufReader::new(out).lines().map_while(std::result::Result::ok) {
            // A line cut off by the kill lacks its last word.
            let words: Vec<_> = line.split(' ').collect();
            if let ["done", _, set, sum] = words[..] {
                last = set.parse().ok().zip(sum.parse().ok());
            }
        }
        last
    });
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

// P5
#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_there() {
    let started = Instant::now();
    let random = Random::new(7);
    let (mut acknowledged, mut kills) = (0, 0);
    let (mut folder, mut path) = place();
    let mut newest = 0;
    while kills < KILLS {
        if kills % 20 == 0 {
            // Some die while they make the file.
            (folder, path) = place();
            newest = 0;
        }
        // Some are killed while they open the file, most later.
        let told = run_and_kill(&path, Duration::from_micros(random.below(100_000) as u64));
        kills += 1;
        if !path.exists() {
            continue;
        }
        let crm = Crm::open(&path).unwrap_or_else(|error| panic!("after {kills} kills: {error}"));
        let sets = count(&crm, "1") + crm.changes(0, 10_000).unwrap().last().map_or(0, |event| event.change_set.0) - 1;
        let sum = count(&crm, "select coalesce(sum(employees), 0) from organization");
        assert_eq!(sum % 10, 0, "a change set is half there after {kills} kills");
        assert!(sets >= newest);
        if let Some((set, told_sum)) = told {
            acknowledged += 1;
            assert!(sets >= set, "change set {set} was acknowledged and is lost");
            assert!(sets > set || sum == told_sum, "{sets} {set} {sum} {told_sum}");
        }
        newest = sets;
        assert_clean(&crm);
        assert!(crm.dictionaries().count("").unwrap() > 10, "the file is whole, its dictionaries are not");
    }
    drop(folder);
    assert!(acknowledged > KILLS / 4, "{acknowledged} of {kills} runs got as far as to write");
    println!("{kills} kills, {acknowledged} with acknowledged writes, {:?}", started.elapsed());
}

// P5
#[test]
fn killed_while_a_file_is_brought_up_to_date_it_is_the_old_one_or_the_new_one() {
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/files/v2.crm");
    let random = Random::new(11);
    let (mut untouched, mut copied) = (0, 0);
    for kill in 0..60 {
        let (folder, path) = place();
        std::fs::copy(&old, &path).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::upgrader", "--exact", "--ignored", "--test-threads=1"])
            .env(VICTIM, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(random.below(150_000) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        let format = |path: &Path| raw(path).pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap();
        let is_old = format(&path) == format(&old);
        untouched += i32::from(is_old);
        // Whoever opens a whole copy has the file as it was; a part of one is called otherwise.
        let copies = || std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.to_string_lossy().contains(".before-"));
        for copy in copies().filter(|copy| !copy.to_string_lossy().contains(".part-")) {
            assert_eq!(format(&copy), format(&old));
            assert_eq!(raw_rows(&raw(&copy), "pragma integrity_check"), ["\"ok\""]);
            copied += 1;
        }
        assert!(is_old || copies().count() > 0, "it was brought up to date before there was a copy, after {kill} kills");
        let crm = Crm::open(&path).unwrap();
        assert_clean(&crm);
        let past = crm.history("organization", 1).unwrap();
        assert_eq!((crm.organizations().get(OrganizationId(1)).unwrap().employees, crm.people().count("").unwrap(), past.len()), (Some(5), 199, 2));
        drop(crm);
        assert!(copies().all(|copy| !copy.to_string_lossy().contains(".part-")), "a part of a copy is left");
    }
    assert!(untouched > 3 && copied > 3, "{untouched} untouched, {copied} copied");
}

/// Not a test: the process that is killed while it erases, makes backups, brings them back and gives room back.
#[test]
#[ignore = "runs as a process of its own"]
fn keeper() {
    let Ok(path) = std::env::var(VICTIM) else { return };
    let crm = Crm::open(&path).unwrap();
    let random = Random::new(std::process::id().into());
    let mut out = std::io::stdout();
    let copy = Path::new(&path).with_extension("copy");
    loop {
        match random.below(6) {
            0 | 1 => drop(crm.change("two", |change| {
                for _ in 0..2 {
                    let one = change.people().add(person(&format!("Marker {}", random.number())))?;
                    change.contact_points().add(ContactPointFields {
                        person_id: Some(one.id),
                        organization_id: None,
                        ..email(OrganizationId(1), &format!("marker{}@b.example", random.number()))
                    })?;
                }
                Ok(())
            })),
            2 => {
                let all = crm.people().find("name <> ''").unwrap();
                if let Some(one) = all.get(random.below(all.len().max(1))) {
                    crm.erase("person", one.id.0, "", &mut |_, _| {}).unwrap();
                    writeln!(out, "\nerased {}", one.id.0).unwrap();
                    out.flush().unwrap();
                }
            }
            3 => {
                let _ = std::fs::remove_file(&copy);
                crm.backup_to(&copy, &mut |_, _| {}).unwrap();
            }
            4 if copy.exists() => drop(crm.restore(&copy, &mut |_, _| {}).unwrap()),
            _ => drop(crm.vacuum(&mut |_, _| {})),
        }
    }
}

// P5, B10: `CRM_KILLS=1000` for as many.
#[test]
fn killed_while_it_erases_or_brings_back_nobody_comes_back_and_nothing_is_half_there() {
    let kills = std::env::var("CRM_KILLS").map_or(40, |kills| kills.parse().unwrap());
    let random = Random::new(23);
    let (folder, path) = place();
    drop(Crm::open(&path).unwrap());
    let mut erased = std::collections::BTreeSet::new();
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::keeper", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(VICTIM, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = child.stdout.take().unwrap();
        let told = std::thread::spawn(move || {
            let lines = BufReader::new(told).lines().map_while(std::result::Result::ok);
            lines.filter_map(|line| line.strip_prefix("erased ")?.parse::<i64>().ok()).collect::<Vec<_>>()
        });
        std::thread::sleep(Duration::from_micros(20_000 + random.below(400_000) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        erased.extend(told.join().unwrap());
        let crm = Crm::open(&path).unwrap_or_else(|error| panic!("after {kill} kills: {error}"));
        assert_clean(&crm);
        // A backup that was made before somebody came knows nothing of him: his id may be another's then.
        let half = "select count(*) from person p where (p.name <> '') <> (select count(*) = 1 from contact_point c where c.person_id = p.id)";
        assert_eq!(count(&crm, half), 0, "somebody is half there after {kill} kills");
        // A copy is whole, or called otherwise.
        let copy = path.with_extension("copy");
        if copy.exists() {
            assert_clean(&Crm::open_with(&copy, Options::new().read_only(true)).unwrap());
        }
    }
    assert!(erased.len() > kills / 20, "only {} were erased", erased.len());
    drop(folder);
}

//! Many threads and several processes on one file (D25).

use crate::support::*;
use crm_core::*;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const FILE: &str = "CRM_TEST_SHARED";
const PEOPLE: i64 = 8;
const TOTAL: i64 = 1000 * PEOPLE;

/// Moves employees from one organization to another; the sum stays.
fn transfer(crm: &Crm, random: &Random) -> Result<()> {
    let pick = || OrganizationId(1 + random.below(PEOPLE as usize) as i64);
    let (from, to, many) = (pick(), pick(), random.below(5) as i64);
    crm.change("transfer", |change| {
        change.organizations().edit(from, |fields| fields.employees = fields.employees.map(|number| number - many))?;
        change.organizations().edit(to, |fields| fields.employees = fields.employees.map(|number| number + many))?;
        // How many transfers there were is counted by hand, which would lose updates if writers overlapped.
        change.organizations().edit(OrganizationId(PEOPLE + 1), |fields| fields.employees = fields.employees.map(|number| number + 1)).map(drop)
    })
    .map(drop)
}

fn prepare(path: &Path) -> Crm {
    let crm = Crm::open(path).unwrap();
    let fields = |n| OrganizationFields { employees: Some(if n < PEOPLE { 1000 } else { 0 }), ..organization(&format!("{n}")) };
    // As one change set, so that no moment of the past has only some of them.
    crm.organizations().add_many((0..=PEOPLE).map(fields)).unwrap();
    crm
}

fn total(crm: &Crm) -> i64 {
    count(crm, &format!("select sum(employees) from organization where id <= {PEOPLE}"))
}

/// Not a test: the other process.
#[test]
#[ignore = "runs as a process of its own"]
fn other_process() {
    let Ok(path) = std::env::var(FILE) else { return };
    let crm = Crm::open(path).unwrap();
    let random = Random::new(std::process::id().into());
    for _ in 0..100 {
        transfer(&crm, &random).unwrap();
        assert_eq!(total(&crm), TOTAL);
    }
}

fn start_other(path: &Path) -> Child {
    let arguments = ["concurrency::other_process", "--exact", "--ignored", "--test-threads=1"];
    Command::new(std::env::current_exe().unwrap()).args(arguments).env(FILE, path).stdout(std::process::Stdio::null()).spawn().unwrap()
}

// D25
#[test]
fn threads_and_processes_write_and_read_together() {
    let (_folder, path) = place();
    let crm = prepare(&path);
    let mut others = [start_other(&path), start_other(&path)];
    let stop = AtomicBool::new(false);
    let reads = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4u64)
            .map(|seed| {
                let crm = crm.clone();
                scope.spawn(move || {
                    let random = Random::new(seed);
                    (0..100).for_each(|_| transfer(&crm, &random).unwrap());
                })
            })
            .collect();
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let (crm, stop) = (crm.clone(), &stop);
                scope.spawn(move || {
                    let (mut reads, mut counted) = (0, 0);
                    // On a busy machine the writers may be through before a reader has read a few times.
                    while reads < 5 || !stop.load(Ordering::Relaxed) {
                        assert_eq!(total(&crm), TOTAL);
                        let all = crm.organizations().find(Filter::new("").order_by("id")).unwrap();
                        assert_eq!(all[..PEOPLE as usize].iter().filter_map(|one| one.employees).sum::<i64>(), TOTAL);
                        // What was once seen does not go back.
                        let now = all[PEOPLE as usize].employees.unwrap();
                        assert!(now >= counted);
                        counted = now;
                        // A moment of the past has its sum, too.
                        assert_eq!(total(&crm.at(all[0].updated_at).unwrap()), TOTAL);
                        reads += 1;
                    }
                    reads
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        for other in &mut others {
            assert!(other.wait().unwrap().success());
        }
        stop.store(true, Ordering::Relaxed);
        readers.into_iter().map(|reader| reader.join().unwrap()).sum::<i32>()
    });
    assert!(reads > 10, "{reads}");
    assert_eq!(crm.organizations().get(OrganizationId(PEOPLE + 1)).unwrap().employees, Some(600));
    assert_eq!(total(&crm), TOTAL);
    assert_clean(&crm);
}

// D25: in memory, where a file cannot be read beside a writer, they wait for each other.
#[test]
fn threads_share_a_file_in_memory() {
    let crm = prepare(Path::new(":memory:"));
    std::thread::scope(|scope| {
        for seed in 0..3u64 {
            let crm = crm.clone();
            scope.spawn(move || {
                let random = Random::new(seed);
                for _ in 0..40 {
                    transfer(&crm, &random).unwrap();
                    assert_eq!(total(&crm), TOTAL);
                }
            });
        }
    });
    assert_eq!(crm.organizations().get(OrganizationId(PEOPLE + 1)).unwrap().employees, Some(120));
    assert_clean(&crm);
}

// D25, B13: two who edit the same record through their revisions never lose each other's work.
#[test]
fn revisions_catch_what_others_wrote_meanwhile() {
    let (_folder, path) = place();
    let crm = prepare(&path);
    let counter = OrganizationId(PEOPLE + 1);
    let conflicts: i32 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let crm = Crm::open(&path).unwrap();
                scope.spawn(move || {
                    let (mut done, mut conflicts) = (0, 0);
                    while done < 40 {
                        let read = crm.organizations().get(counter).unwrap();
                        let next = read.employees.unwrap() + 1;
                        match crm.organizations().set(counter, named([("employees", next.into())]), Some(read.revision)) {
                            Ok(_) => done += 1,
                            Err(Error::Conflict { .. }) => conflicts += 1,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    conflicts
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    // Two who write the same number agree, so that is no conflict: what counts is that nobody was overwritten by less.
    let counted = crm.organizations().get(counter).unwrap().employees.unwrap();
    assert!(counted <= 160 && counted + i64::from(conflicts) >= 40, "{counted} {conflicts}");
    let steps = crm.organizations().history(counter).unwrap();
    for change in &steps[..steps.len() - 1] {
        let number = |values: &std::collections::BTreeMap<String, Value>| if let Some(Value::Integer(number)) = values.get("employees") { *number } else { 0 };
        assert_eq!(number(&change.after), number(&change.before) + 1);
    }
}

#[test]
fn a_writer_that_waits_too_long_is_told_so() {
    let (_folder, path) = place();
    let crm = prepare(&path);
    let hasty = Crm::open_with(&path, Options::new().busy_timeout(Duration::from_millis(20))).unwrap();
    let random = Random::new(1);
    let held = crm.begin("held").unwrap();
    let error = refused(transfer(&hasty, &random));
    assert_eq!((error.code(), error.reason()), ("busy", "another writer holds the file; try again"));
    held.rollback();
    transfer(&hasty, &random).unwrap();
}

// P5
#[test]
fn a_copy_made_while_others_write_is_whole() {
    let (_folder, path) = place();
    let crm = prepare(&path);
    crm.people().add_many((0..20_000).map(|n| person(&format!("Person {n}"))).collect::<Vec<_>>()).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (writing, stop) = (crm.clone(), &stop);
        scope.spawn(move || {
            let random = Random::new(3);
            while !stop.load(Ordering::Relaxed) {
                transfer(&writing, &random).unwrap();
            }
        });
        for n in 0..5 {
            let copy = path.with_extension(format!("copy{n}"));
            // What a copy that died left behind goes; what only looks a little like it is somebody's own.
            let [own, left] = ["copy.part".to_owned(), format!("copy{n}.part-0123456789abcdef")].map(|ending| path.with_extension(ending));
            std::fs::write(&own, b"of somebody else").unwrap();
            std::fs::write(&left, b"half a copy").unwrap();
            let mut seen = 0;
            crm.backup_to(&copy, &mut |done, _| seen = done).unwrap();
            assert!(seen > 0 && !left.exists() && std::fs::read(&own).unwrap() == b"of somebody else");
            let opened = Crm::open(&copy).unwrap();
            assert_eq!(total(&opened), TOTAL);
            assert_clean(&opened);
            assert_refused(crm.backup_to(&copy, &mut |_, _| {}), "invalid", "there is a file already");
        }
        stop.store(true, Ordering::Relaxed);
    });
    let stopped = Cancel::new();
    stopped.cancel();
    let copy = path.with_extension("cancelled");
    assert_refused(crm.cancelled_by(&stopped).backup_to(&copy, &mut |_, _| {}), "cancelled", "");
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.contains("cancelled") || name.contains(".part-")).collect::<Vec<_>>(), Vec::<String>::new());
}

// D25: whoever comes first makes the file.
#[test]
fn many_open_a_new_file_at_once() {
    for _ in 0..5 {
        let (_folder, path) = place();
        std::thread::scope(|scope| {
            for n in 0..6 {
                let path = &path;
                scope.spawn(move || {
                    let crm = Crm::open(path).unwrap();
                    crm.organizations().add(organization(&format!("{n}"))).unwrap();
                });
            }
        });
        let crm = Crm::open(&path).unwrap();
        assert_eq!(crm.organizations().count("").unwrap(), 6);
        assert_eq!(crm.dictionaries().count("name = 'industry'").unwrap(), 1);
        assert_clean(&crm);
    }
}

// P1, D25: a change of rights or of fields made by one handle holds for all.
#[test]
fn handles_learn_what_others_changed() {
    let (_folder, path) = place();
    let (one, other) = (Crm::open(&path).unwrap(), Crm::open(&path).unwrap());
    let (user, role) = user_with(&one, "Ann", &[]);
    let ann = other.acting_as(user).unwrap();
    one.organizations().add(organization("Acme")).unwrap();
    assert_eq!(ann.organizations().count("").unwrap(), 0);
    let fields = PermissionFields { role_id: role, entity: "*".into(), reading: Level::All, writing: Level::None, ..Default::default() };
    one.permissions().add(fields).unwrap();
    assert_eq!(ann.organizations().count("").unwrap(), 1);
    one.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    assert_eq!(other.organizations().count("colour is null").unwrap(), 1);
    other.organizations().set(OrganizationId(1), named([("colour", "red".into())]), None).unwrap();
    assert_eq!(one.organizations().get(OrganizationId(1)).unwrap().custom["colour"], "red".into());
}

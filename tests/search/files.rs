//! The index as files: missing, damaged, old, read-only, shared by processes.

use super::assert_finds;
use crate::support::*;
use crm_core::*;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn filled(path: &Path, many: usize) -> Crm {
    let crm = Crm::open(path).unwrap();
    crm.organizations().add_many((0..many).map(|n| organization(&format!("Pump {n}"))).collect::<Vec<_>>()).unwrap();
    crm
}

fn total(crm: &Crm) -> i64 {
    crm.search(Search::new("pumps").facets(true).limit(1)).unwrap().facets.unwrap().total
}

/// The folder that the index lies in.
fn folder(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".search");
    std::fs::read_dir(beside).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn a_missing_or_damaged_index_is_made_anew() {
    let (_folder, path) = place();
    let crm = filled(&path, 500);
    assert_eq!(total(&crm), 500);
    drop(crm);
    let files = || {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder(&path)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| std::fs::metadata(file).unwrap().len() > 0);
        files.sort();
        files
    };
    let count = files().len();
    assert!(count >= 8, "{count} files");
    let mut damaged = 0;
    for n in 0..count {
        for how in 0..3 {
            let Some(file) = files().get(n).cloned() else { continue };
            let bytes = std::fs::read(&file).unwrap();
            match how {
                0 => std::fs::remove_file(&file).unwrap(),
                1 => std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap(),
                // What a power failure leaves: the right length, and nothing in it.
                _ => {
                    std::fs::write(&file, vec![0; bytes.len()]).unwrap();
                    let _ = std::fs::remove_file(folder(&path).join("boot"));
                }
            }
            damaged += 1;
            let crm = Crm::open(&path).unwrap();
            assert_eq!(total(&crm), 500, "{} {how}", file.display());
            assert_finds(&crm, "\"pump 77\"", &["Pump 77"]);
        }
    }
    std::fs::remove_dir_all(folder(&path)).unwrap();
    assert_eq!(total(&Crm::open(&path).unwrap()), 500);
    assert!(damaged > 20, "{damaged}");
}

// Another version of the library analyses texts in another way: its index has another name.
#[test]
fn an_index_of_another_version_is_passed_over_and_replaced() {
    let (_folder, path) = place();
    let crm = filled(&path, 200);
    assert_eq!(total(&crm), 200);
    drop(crm);
    let ours = folder(&path);
    std::fs::rename(&ours, ours.with_file_name("0-of-another-version")).unwrap();
    let crm = Crm::open(&path).unwrap();
    assert_eq!(total(&crm), 200);
    assert_eq!(folder(&path), ours, "only the index of this version is kept");
    assert!(crm.search_status().unwrap().kept);
}

#[test]
fn another_past_of_the_file_is_noticed() {
    let (_folder, path) = place();
    let crm = filled(&path, 10);
    let copy = path.with_extension("copy");
    crm.backup_to(&copy, &mut |_, _| {}).unwrap();
    crm.organizations().add_many((0..200).map(|_| organization("Pump later")).collect::<Vec<_>>()).unwrap();
    crm.search_update(&mut |_, _| {}).unwrap();
    assert_eq!(total(&crm), 210);
    drop(crm);
    // Somebody brings the backup back, and works on.
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::rename(&copy, &path).unwrap();
    let crm = Crm::open(&path).unwrap();
    assert_eq!(total(&crm), 10);
    for n in 0..300 {
        crm.organizations().add(organization(&format!("Pump new {n}"))).unwrap();
    }
    assert_eq!(total(&crm), 310);
    assert_finds(&crm, "later", &[]);
}

#[test]
fn reading_only_works_with_a_current_index_an_old_one_and_none() {
    let (_folder, path) = place();
    let read_only = || Crm::open_with(&path, Options::new().read_only(true)).unwrap();
    let crm = filled(&path, 100);
    let reader = read_only();
    assert_eq!(total(&reader), 100, "without an index");
    assert!(!reader.search_status().unwrap().kept);
    crm.search_update(&mut |_, _| {}).unwrap();
    let reader = read_only();
    assert_eq!(total(&reader), 100);
    assert!(reader.search_status().unwrap().kept);
    crm.organizations().add(organization("Pump late")).unwrap();
    assert_eq!(total(&reader), 101, "the writer goes on, the reader sees it");
    crm.organizations().add_many((0..9_000).map(|_| organization("Pump later")).collect::<Vec<_>>()).unwrap();
    assert_eq!(total(&reader), 9_101, "an index far behind");
    let stamp = |path: &Path| std::fs::metadata(folder(path).join("meta.json")).unwrap().modified().unwrap();
    let before = stamp(&path);
    assert_eq!(total(&reader), 9_101);
    assert_eq!(stamp(&path), before, "a reader writes nothing beside the file");
}

const FILE: &str = "CRM_SEARCH_FILE";

/// Not a test: the other process. It writes and searches for what it wrote.
#[test]
#[ignore = "runs as a process of its own"]
fn other_process() {
    let Ok(path) = std::env::var(FILE) else { return };
    let crm = Crm::open(path).unwrap();
    let me = std::process::id();
    for n in 0..150 {
        let name = format!("Pump {me} {n}");
        if n % 30 == 0 {
            crm.organizations().add_many((0..200).map(|_| organization(&format!("Pump {me} many"))).collect::<Vec<_>>()).unwrap();
        }
        crm.organizations().add(organization(&name)).unwrap();
        assert_finds(&crm, format!("\"pump {me} {n}\""), &[&name]);
        if n % 40 == 39 {
            crm.search_update(&mut |_, _| {}).unwrap();
        }
    }
}

fn start_other(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["search::files::other_process", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FILE, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn processes_and_threads_search_one_file() {
    let (_folder, path) = place();
    let crm = filled(&path, 50);
    let mut others: Vec<Child> = (0..3).map(|_| start_other(&path)).collect();
    let threads: Vec<_> = (0..2)
        .map(|thread| {
            let crm = crm.clone();
            std::thread::spawn(move || {
                let mut before = 0;
                for n in 0..100 {
                    let name = format!("Pump thread {thread} {n}");
                    crm.organizations().add(organization(&name)).unwrap();
                    assert_finds(&crm, format!("\"pump thread {thread} {n}\""), &[&name]);
                    let now = total(&crm);
                    assert!(now > before, "what was found stays found");
                    before = now;
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    for other in &mut others {
        assert!(other.wait().unwrap().success(), "the other process was not given an error");
    }
    assert_eq!(total(&crm), 50 + 3 * (150 + 5 * 200) + 200);
}

#[test]
fn many_processes_make_the_first_index_at_once() {
    let (_folder, path) = place();
    drop(filled(&path, 20_000));
    let mut others: Vec<Child> = (0..4).map(|_| start_other(&path)).collect();
    for other in &mut others {
        assert!(other.wait().unwrap().success());
    }
    assert_eq!(total(&Crm::open(&path).unwrap()), 20_000 + 4 * (150 + 5 * 200));
}

#[test]
fn an_index_made_while_it_is_cancelled_is_not_half_there() {
    let (_folder, path) = place();
    let crm = filled(&path, 30_000);
    let stop = Cancel::new();
    let stopped = crm.cancelled_by(&stop).search_update(&mut |done, _| {
        if done > 5_000 {
            stop.cancel();
        }
    });
    assert_refused(stopped, "cancelled", "");
    assert_eq!(total(&crm), 30_000);
}

//! Killed at any moment, the index catches up: nothing lost, nothing doubled, no removed record found.

use crate::support::*;
use crm_core::*;
use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const VICTIM: &str = "CRM_SEARCH_VICTIM";
const KILLS: usize = 60;

/// Not a test: the process that is killed while it writes and searches.
#[test]
#[ignore = "runs as a process of its own"]
fn victim() {
    let Ok(path) = std::env::var(VICTIM) else { return };
    let crm = Crm::open(path).unwrap();
    let random = Random::new(std::process::id().into());
    for n in 0.. {
        let organizations = crm.organizations().find(Filter::new("").order_by("-id").limit(20)).unwrap();
        match random.below(6) {
            0 => drop(crm.organizations().add_many((0..random.below(300)).map(|n| organization(&format!("pump {n}"))).collect::<Vec<_>>()).unwrap()),
            1 if organizations.len() > 5 => drop(crm.organizations().remove(random.pick(&organizations).id)),
            2 if !organizations.is_empty() => drop(crm.organizations().edit(random.pick(&organizations).id, |fields| fields.name = format!("mill {n}"))),
            3 => drop(crm.search_update(&mut |_, _| {})),
            4 if n % 50 == 0 => drop(crm.search_rebuild(&mut |_, _| {})),
            _ => drop(crm.organizations().add(organization("pump")).unwrap()),
        }
        crm.search("pump").unwrap();
        if count(&crm, "select count(*) from organization") > 20_000 {
            return;
        }
    }
}

fn run_and_kill(path: &Path, wait: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["search::crash::victim", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(VICTIM, path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_at_any_moment_the_index_catches_up() {
    let random = Random::new(11);
    let (mut folder, mut path) = place();
    let (mut checked, mut held) = (0, 0);
    for kill in 0..KILLS {
        if kill % 15 == 0 {
            (folder, path) = place();
        }
        run_and_kill(&path, Duration::from_micros(5_000 + random.below(250_000) as u64));
        if !path.exists() {
            continue;
        }
        let crm = Crm::open(&path).unwrap();
        for word in ["pump", "mill"] {
            let mut found: HashMap<i64, usize> = HashMap::new();
            let mut after: Option<String> = None;
            loop {
                let mut search = Search::new(word).kinds(["organization"]).limit(1_000);
                search = match after.take() {
                    Some(next) => search.after(next),
                    None => search,
                };
                let hits = crm.search(search).unwrap();
                hits.hits.iter().for_each(|hit| *found.entry(hit.id).or_default() += 1);
                match hits.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let ids = crm.sql(&format!("select id from organization where name like '%{word}%'"), &[]).unwrap();
            let expected: HashMap<i64, usize> = (0..ids.len()).map(|row| (ids.integer(row, "id").unwrap(), 1)).collect();
            assert!(found == expected, "after {kill} kills: {} found, {} there", found.len(), expected.len());
            checked += 1;
            held += expected.len();
        }
    }
    drop(folder);
    assert!(checked > KILLS && held > 1_000, "{checked} {held}");
}

//! Files of every earlier version are brought up to date: statements and work of areas, each step once, in order.

use crate::areas::AREAS;
use crate::engine::registry::{Area, Words};
use crate::engine::store::{ChangeSet, Library};
use crate::open::bring_up;
use crate::registry::LIBRARY;
use crate::*;
use std::collections::BTreeSet;
use std::path::Path;

/// An area that grew over four versions of the library, the first of which does not have it.
const SQL: [&str; 3] = [
    "create table trial (id integer primary key) strict;",
    "alter table trial add column size integer; create index trial_size on trial (size);",
    "create table trial_part (id integer primary key, trial_id integer references trial(id)) strict; insert into trial (size) values (7);",
];
const WORDS: &[Words] = &[Words { dictionary: "trial_kind", about: "Kinds of trial", words: &[("short", None), ("long", None)] }];
type Work = fn(&ChangeSet) -> Result<()>;
const FIRST: Work = |change| add(change, "first");
const SECOND: Work = |change| add(change, "second");
/// The second step as it fails after it has written.
const BROKEN: Work = |change| {
    add(change, "half done")?;
    Err(Error::invalid("work", "breaks off"))
};

fn add(change: &ChangeSet, name: &str) -> Result<()> {
    change.organizations().add(OrganizationFields { name: name.into(), ..Default::default() }).map(drop)
}

/// The areas of a version, and what files are opened with then.
fn version(number: usize, second: Work) -> (Vec<&'static Area>, &'static Library) {
    let mut areas = AREAS.to_vec();
    if number > 0 {
        let trial = Area {
            name: "trial",
            kinds: &[],
            schemas: &[],
            sql: SQL[..number].to_vec().leak(),
            words: WORDS,
            work: [FIRST, second][..number - 1].to_vec().leak(),
            settings: &[],
            life: &[],
            reports: &[],
            calls: &[],
        };
        areas.push(Box::leak(Box::new(trial)));
    }
    let Library { entities, names, removals, steps: _, settings, load, fresh: _ } = &*LIBRARY;
    let steps = areas.iter().map(|area| area.steps()).collect();
    let library = Library {
        entities: entities.clone(),
        names: names.clone(),
        removals: removals.clone(),
        steps,
        settings: settings.clone(),
        load: *load,
        fresh: Default::default(),
    };
    (areas, Box::leak(Box::new(library)))
}

fn open(path: &Path, number: usize) -> Result<Crm> {
    open_with(path, number, SECOND)
}

fn open_with(path: &Path, number: usize, second: Work) -> Result<Crm> {
    let (areas, library) = version(number, second);
    let (crm, lacks_work) = Crm::open_file(path, Options::default(), library)?;
    if lacks_work {
        bring_up(&crm, &areas)?;
    }
    Ok(crm)
}

/// What a file looks like: its tables and indexes, how far it is, and what the steps left in it.
fn look(path: &Path, number: usize) -> Result<(BTreeSet<String>, Vec<i64>)> {
    let crm = open(path, number)?;
    let shape = crm.view(|view| {
        let mut shape: BTreeSet<String> =
            view.session.stored().all("select sql from {sqlite_schema} where sql is not null", [], |row| row.get(0))?.into_iter().collect();
        shape.extend(view.session.stored().all("select area || ' ' || sql || ' ' || work from {area_step}", [], |row| row.get::<String>(0))?);
        Ok(shape)
    })?;
    let of = |name: &str| crm.organizations().count(("name = ?1", [name]));
    let words = crm.dictionary_items().count("dictionary_id in (select id from dictionary where name = 'trial_kind')")?;
    assert!(crm.verify(None, &mut |_, _| {})?.is_clean());
    Ok((shape, vec![of("first")?, of("second")?, of("half done")?, words, of("customer")?]))
}

#[test]
fn a_file_of_any_version_becomes_what_a_new_one_is() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let mut upgraded = 0;
    for last in 0..=SQL.len() {
        let fresh = look(&folder.path().join(format!("fresh{last}.crm")), last)?;
        let ran = |step: usize| i64::from(last > step);
        assert_eq!(fresh.1, [ran(1), ran(2), 0, 2 * ran(0), 0]);
        for first in 0..=last {
            for through in [(first..=last).collect::<Vec<_>>(), vec![first, last, last]] {
                let path = folder.path().join(format!("{first}-{last}-{}.crm", through.len()));
                let _ = std::fs::remove_file(&path);
                open(&path, first)?.change("a customer", |change| add(change, "customer"))?;
                for number in &through {
                    drop(open(&path, *number)?);
                }
                let (shape, left) = look(&path, last)?;
                assert_eq!(shape.symmetric_difference(&fresh.0).collect::<Vec<_>>(), Vec::<&String>::new(), "{through:?}");
                assert_eq!((&left[..4], left[4]), (&fresh.1[..4], 1), "{through:?}");
                upgraded += 1;
            }
        }
    }
    assert_eq!(upgraded, 20);
    Ok(())
}

#[test]
fn a_file_that_has_been_further_is_refused_and_a_step_that_breaks_off_leaves_nothing() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let path = folder.path().join("file.crm");
    drop(open(&path, 2)?);
    let refused = |number: usize| open_with(&path, number, BROKEN).err().map(|error| error.code().to_owned() + " " + error.reason()).unwrap_or_default();
    assert!(refused(1).starts_with("newer_file the file has been through more steps of `trial`"), "{}", refused(1));
    assert!(refused(0).starts_with("newer_file the file has an area `trial`"), "{}", refused(0));
    assert!(refused(3).starts_with("invalid breaks off"), "{}", refused(3));
    assert_eq!(look(&path, 3)?.1, [1, 1, 0, 2, 0]);
    let crm = open(&path, 3)?;
    let labels: Vec<_> = crm.history("organization", 2)?.into_iter().chain(crm.history("dictionary", 1)?).map(|change| change.label).collect();
    assert!(labels[0].as_deref().is_some_and(|label| label.starts_with("upgrade to version ")), "{labels:?}");
    assert_eq!(labels[1].as_deref(), Some("standard dictionaries"));
    Ok(())
}

#[test]
fn work_is_done_once_however_many_open_the_file_at_once() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let path = folder.path().join("file.crm");
    drop(open(&path, 0)?);
    let all: Vec<_> = (0..6).map(|_| path.clone()).map(|path| std::thread::spawn(move || open(&path, 2).map(drop))).collect();
    for one in all {
        one.join().map_err(|_| Error::storage("", "a thread broke"))??;
    }
    assert_eq!(look(&path, 2)?.1, [1, 0, 0, 2, 0]);
    Ok(())
}

/// The copies that were left beside a file, by the endings of their names.
fn copies(path: &Path) -> BTreeSet<String> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let all = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.strip_prefix(name)?.strip_prefix(".").map(str::to_owned)).collect()
}

#[test]
fn a_copy_of_what_it_was_is_left_beside_a_file_that_is_brought_up_to_date() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let path = folder.path().join("file.crm");
    open(&path, 0)?.change("a customer", |change| add(change, "customer"))?;
    drop(open(&path, 0)?);
    assert_eq!(copies(&path), BTreeSet::new(), "a new file and one that lacks nothing have no copies");
    let word = concat!("before-", env!("CARGO_PKG_VERSION"));
    drop(open(&path, 1)?);
    open(&path, 2)?.change("another", |change| add(change, "customer"))?;
    assert_eq!(copies(&path), [word.to_owned(), format!("{word}-2")].into(), "nothing else is left, and none is overwritten");
    for (number, ending) in [(0, word), (1, &format!("{word}-2"))] {
        let copy = open(&folder.path().join(format!("file.crm.{ending}")), number)?;
        assert_eq!(copy.organizations().count("name = 'customer'")?, 1);
        assert!(copy.verify(None, &mut |_, _| {})?.is_clean());
    }
    let in_place = Options { upgrade: Upgrade::InPlace, ..Options::default() };
    drop(Crm::open_file(&path, in_place, version(3, SECOND).1)?);
    assert_eq!(copies(&path).len(), 2);
    Ok(())
}

#[test]
fn an_older_file_can_be_left_as_it_is() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let path = folder.path().join("file.crm");
    open(&path, 0)?.change("a customer", |change| add(change, "customer"))?;
    let bytes = std::fs::read(&path).map_err(|error| Error::io("cannot read", &error))?;
    let refuse = Options { upgrade: Upgrade::Refuse, ..Options::default() };
    let read_only = Options { read_only: true, ..Options::default() };
    for options in [refuse.clone(), read_only] {
        let refused = Crm::open_file(&path, options, version(2, SECOND).1).err().map(|error| error.code());
        assert_eq!(refused, Some("older_file"));
    }
    assert!(std::fs::read(&path).is_ok_and(|now| now == bytes));
    // The version that it is of opens it, and a new file is nothing older.
    assert!(!Crm::open_file(&path, refuse.clone(), version(0, SECOND).1)?.1);
    assert!(Crm::open_file(&folder.path().join("new.crm"), refuse, version(2, SECOND).1)?.1);
    Ok(())
}

#[test]
fn who_has_a_file_open_that_a_newer_version_brings_further_is_told() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let path = folder.path().join("file.crm");
    let older = open(&path, 1)?;
    older.change("a customer", |change| add(change, "customer"))?;
    let half = older.begin("half")?;
    add(&half, "half done")?;
    let newer = std::thread::spawn({
        let path = path.clone();
        move || open(&path, 2)
    });
    // It waits for what has begun, and is not told that anything failed.
    std::thread::sleep(std::time::Duration::from_millis(50));
    half.commit()?;
    let newer = newer.join().map_err(|_| Error::storage("", "a thread broke"))??;
    let code = |error: Option<Error>| error.map(|error| error.code());
    assert_eq!(code(older.organizations().count("").err()), Some("newer_file"));
    assert_eq!(code(older.change("late", |change| add(change, "late")).err()), Some("newer_file"));
    assert_eq!(newer.organizations().count("name in ('customer', 'half done', 'first')")?, 3);
    assert!(newer.verify(None, &mut |_, _| {})?.is_clean());
    Ok(())
}

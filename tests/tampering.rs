//! Whoever or whatever alters a file behind the library's back is found out: by `verify`, or before it does harm.

use crate::files::{settled, small};
use crate::support::*;
use crm_core::*;
use std::path::{Path, PathBuf};

/// All that can be read of a file, in words.
fn everything(crm: &Crm) -> Result<String> {
    let mut all = Vec::new();
    for meta in crm_core::entities() {
        all.extend(table_rows(&crm.sql(&format!("select * from \"{}\" order by id", meta.name), &[])?));
    }
    all.extend(crm.changes(0, 10_000)?.iter().map(|event| format!("{event:?}")));
    for id in 1..=5 {
        all.push(format!("{:?} {:?}", crm.history("organization", id).ok(), crm.history("person", id).ok()));
    }
    Ok(all.join("\n"))
}

// P3, B19: of a bit that flips, `verify` tells, or reading does, or nothing that can be read is another. `CRM_FLIPS=10000` for as many.
#[test]
fn a_bit_that_flips_is_found_or_harmless() {
    let flips = std::env::var("CRM_FLIPS").map_or(200, |flips| flips.parse().unwrap());
    let (_folder, path) = place();
    small(&path);
    raw(&path).execute_batch("pragma page_size = 512; vacuum").unwrap();
    let whole = settled(&path);
    let expected = everything(&Crm::open_with(&path, Options::new().read_only(true)).unwrap()).unwrap();
    let random = Random::new(19);
    let (mut told, mut harmless) = (0, 0);
    for _ in 0..flips {
        let mut bytes = whole.clone();
        // Most of a file is room that nothing is in.
        let at = loop {
            let at = random.below(bytes.len());
            if bytes[at] != 0 {
                break at;
            }
        };
        bytes[at] ^= 1 << random.below(8);
        for name in ["test.crm-wal", "test.crm-shm"] {
            let _ = std::fs::remove_file(path.with_file_name(name));
        }
        std::fs::write(&path, &bytes).unwrap();
        let read = Crm::open_with(&path, Options::new().read_only(true)).and_then(|crm| {
            let verified = crm.verify(None, &mut |_, _| {})?;
            if verified.is_clean() { everything(&crm).map(Some) } else { Ok(None) }
        });
        match read {
            Ok(Some(read)) => {
                assert!(read == expected, "a bit of byte {at} of {} flipped without a word", bytes.len());
                harmless += 1;
            }
            Ok(None) | Err(_) => told += 1,
        }
    }
    println!("{told} told, {harmless} harmless");
    assert!(told > flips / 10);
}

// P3: whoever alters the log or a record behind the library's back is found out.
#[test]
fn tampering_is_found() {
    for (sql, words) in [
        // What records said, and say.
        ("update organization_past set employees = 7", "organization 1: what it says or said was altered"),
        ("update organization set employees = 7", "organization 1: what it says or said was altered"),
        ("update organization set employees = null", "organization 1: what it says or said was altered"),
        ("update organization set name = 'Acne'", "organization 1: what it says or said was altered"),
        ("update organization set created_at = created_at - 1", "organization 1: what it says or said was altered"),
        ("update organization set salt = zeroblob(16)", "organization 1: what it says or said was altered"),
        ("update organization set salt = null", "organization 1: what it says or said was altered"),
        ("update person set name = 'Eve' where id = 77", "person 1 to 200: what it says or said was altered"),
        ("update person_past set name = 'Eve'", "person 1 to 200: what it says or said was altered"),
        ("update organization_past set ended_by = 99", "organization 1: the log knows another end"),
        ("delete from organization_past", "organization 1: what it says or said was altered"),
        ("insert into organization_past select 3, * from organization", "organization 1: the log knows another end"),
        ("delete from person where id = 5", "person: 198 records are there, the log knows of 199"),
        ("update organization set revision = 1", "organization 1: the log does not know"),
        ("insert into person (id, revision, created_at, updated_at, name) values (999, 1, 0, 0, 'Eve')", "person 999: the log does not know"),
        // What cannot be read.
        ("update organization set employees = -1", "organization 1: `employees` holds what it cannot"),
        ("update person set name = cast(x'ff' as text) where id = 9", "person 9: a text in the file is not UTF-8"),
        ("update contact_point set value = ''", "contact_point 1: what it says or said was altered"),
        // The log.
        ("update change_set set label = 'nothing' where id = 3", "was altered"),
        ("update change_set set actor_id = 1 where id = 3", "was altered"),
        ("update change_set set at = at - 1 where id = 2", "was altered"),
        ("update change_set set since = since - 1 where id = 3", "stands at a wrong moment"),
        ("update change_set set since = since + 1 where id = 3", "stands at a wrong moment"),
        ("update change_set set cause = 'import' where id = 3", "was altered"),
        ("update change_set set cause = null where id = 1", "was altered"),
        ("update change_set set hash = randomblob(32) where id = 3", "was altered"),
        ("delete from change_set where id = 2", "out of order"),
        ("delete from change where id = (select max(id) from change)", "altered"),
        ("update change set digest = null where id = (select max(id) from change where operation = 'update')", "was altered"),
        ("update change set operation = 'bad' where id = (select max(id) from change)", "was altered"),
        ("update change set entity = 'bad' where id = (select max(id) from change)", "was altered"),
        ("insert into change select max(id) + 7, 99, 'person', 1, 1, 'update', null from change", "names another"),
        ("update crm_meta set head_set = head_set - 1", "tells of another end"),
        ("update crm_meta set head_hash = randomblob(32)", "tells of another end"),
        ("update crm_meta set head_at = 0", "tells of another end"),
        // References, tables, and what acts by itself.
        ("pragma foreign_keys = off; update contact_point set organization_id = 77", "refers to a organization that is not there"),
        (
            "insert into note (id, revision, created_at, updated_at, entity, record_id, text) values (1, 2, 0, 0, 'organization', 77, 'x')",
            "note 1: is about a organization",
        ),
        ("create trigger pwned after insert on organization begin update organization set name = 'pwned'; end", "the trigger `pwned` is not the library's"),
        ("drop index organization_owner_id", "the index `organization_owner_id` is missing"),
        (
            "drop index organization_owner_id; create index organization_owner_id on organization (name)",
            "the index `organization_owner_id` is missing or another",
        ),
        ("create table foreign_table (id integer)", "`foreign_table` has a column `id` that is not the library's"),
        (
            "pragma writable_schema = on; insert into sqlite_schema values ('trigger', 'sqlite_own', 'organization', 0, 'create trigger sqlite_own after insert on organization begin update organization set name = ''EVIL''; end')",
            "the trigger `sqlite_own` is not the library's",
        ),
        ("alter table organization add column twice integer as (employees * 2)", "`organization` has a column `twice`"),
        ("alter table organization add column custom_99 text", "`organization` has a column `custom_99`"),
        ("create unique index organization_custom_1 on organization (name)", "the index `organization_custom_1` is not the library's"),
        ("delete from person_past; insert into pruned values ('person', (select max(id) from change_set))", "what is said to be pruned is not what was"),
        ("create view seen as select 1", "the view `seen` is not the library's"),
        ("alter table organization drop column logistic_limits", "`organization` has no column `logistic_limits`"),
    ] {
        let (_folder, path) = place();
        small(&path);
        assert_clean(&Crm::open(&path).unwrap());
        raw(&path).execute_batch(sql).unwrap();
        let findings = Crm::open(&path).unwrap().verify(None, &mut |_, _| {}).unwrap().findings;
        assert!(findings.iter().any(|finding| finding.contains(words)), "{sql}: {findings:?}");
    }
}

/// A file of which a copy was made, and which went on: the copy, and what is beside the file as if the process had died.
fn interrupted(path: &Path, folder: &Path) -> (PathBuf, Vec<u8>) {
    let crm = Crm::open(path).unwrap();
    crm.organizations().add_many((0..2_000).map(|n| OrganizationFields { description: Some("x".repeat(300)), ..organization(&format!("o{n}")) })).unwrap();
    let copy = folder.join("copy.crm");
    crm.backup_to(&copy, &mut |_, _| {}).unwrap();
    for n in 0..300 {
        crm.organizations().add(organization(&format!("new {n}"))).unwrap();
    }
    drop(crm);
    // Written again from here on, and left as it is.
    let crm = Crm::open(path).unwrap();
    for id in 1..50 {
        crm.organizations().edit(OrganizationId(id), |fields| fields.employees = Some(77)).unwrap();
    }
    let log = std::fs::read(path.with_extension("crm-wal")).unwrap();
    drop(crm);
    (copy, log)
}

// A backup that is copied over the file while the log of what came after is still beside it is told, and nothing is mixed.
#[test]
fn a_log_of_another_past_is_told_and_not_applied() {
    let (folder, path) = place();
    let before = folder.path().join("before.crm");
    let (copy, log) = {
        small(&path);
        std::fs::copy(&path, &before).unwrap();
        interrupted(&path, folder.path())
    };
    let wal = path.with_extension("crm-wal");
    let whole = std::fs::read(&path).unwrap();
    // A copy of the library's, one of an earlier state by hand, and one of another file altogether.
    let other = folder.path().join("other.crm");
    small(&other);
    for replaced in [&copy, &before, &other] {
        std::fs::copy(replaced, &path).unwrap();
        std::fs::write(&wal, &log).unwrap();
        let (file, log) = (std::fs::read(&path).unwrap(), std::fs::read(&wal).unwrap());
        for read_only in [true, false] {
            assert_refused(Crm::open_with(&path, Options::new().read_only(read_only)), "corrupt", "of another past than the file");
            assert!(std::fs::read(&path).unwrap() == file && std::fs::read(&wal).unwrap() == log, "nothing was touched");
        }
        std::fs::remove_file(&wal).unwrap();
        let _ = std::fs::remove_file(path.with_extension("crm-shm"));
        assert_clean(&Crm::open(&path).unwrap());
    }
    // By way of a link it is the same file.
    #[cfg(unix)]
    {
        let link = folder.path().join("link.crm");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        std::fs::copy(&copy, &path).unwrap();
        std::fs::write(&wal, &log).unwrap();
        assert_refused(Crm::open(&link), "corrupt", "of another past than the file");
        std::fs::remove_file(&wal).unwrap();
    }
    // Its own log, whether it was taken over already or not, is applied.
    std::fs::write(&path, &whole).unwrap();
    std::fs::write(&wal, &log).unwrap();
    let crm = Crm::open(&path).unwrap();
    assert_eq!(crm.organizations().count("employees = 77").unwrap(), 49);
    assert_clean(&crm);
}

// The file under a handle that was renamed, replaced, linked or lost what is shared beside it is told before anything is written past it.
#[cfg(unix)]
#[test]
fn the_file_under_a_handle_is_the_one_it_was() {
    let (folder, path) = place();
    small(&path);
    let other = folder.path().join("other.crm");
    let back = folder.path().join("back.crm");
    let check = |words: &str, spoil: &dyn Fn(), mend: &dyn Fn()| {
        let crm = Crm::open(&path).unwrap();
        crm.organizations().add(organization("before")).unwrap();
        let before = crm.organizations().count("").unwrap();
        spoil();
        assert_refused(crm.organizations().add(organization("past it")), "storage", words);
        assert_refused(crm.backup_to(folder.path().join("copy.crm"), &mut |_, _| {}), "storage", words);
        mend();
        crm.organizations().add(organization("after")).unwrap();
        assert_eq!(crm.organizations().count("").unwrap(), before + 1);
        assert_clean(&crm);
    };
    let rename = |from: &Path, to: &Path| std::fs::rename(from, to).unwrap();
    check("was renamed", &|| rename(&path, &back), &|| rename(&back, &path));
    check("second name", &|| std::fs::hard_link(&path, &back).unwrap(), &|| std::fs::remove_file(&back).unwrap());
    small(&other);
    let swap = || {
        rename(&path, &back);
        rename(&other, &path);
    };
    let swap_back = || {
        rename(&path, &other);
        rename(&back, &path);
    };
    check("replaced", &swap, &swap_back);
    let shared = path.with_extension("crm-shm");
    let aside = folder.path().join("aside");
    check("-shm", &|| rename(&shared, &aside), &|| rename(&aside, &shared));
    // A file that has two names can be read.
    std::fs::hard_link(&path, &back).unwrap();
    assert_refused(Crm::open(&path), "storage", "second name");
    assert!(Crm::open_with(&back, Options::new().read_only(true)).unwrap().organizations().count("").unwrap() > 4);
}

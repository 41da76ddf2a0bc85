//! Backups are brought back: into an open file, in one step, and without those who were erased meanwhile.

use crate::support::*;
use crm_core::*;
use std::path::{Path, PathBuf};

fn backup(crm: &Crm, folder: &Path, name: &str) -> PathBuf {
    let copy = folder.join(name);
    crm.backup_to(&copy, &mut |_, _| {}).unwrap();
    copy
}

fn restore(crm: &Crm, copy: &Path) -> Result<Restored> {
    crm.restore(copy, &mut |_, _| {})
}

fn names(crm: &Crm) -> Vec<String> {
    crm.organizations().find("").unwrap().into_iter().map(|organization| organization.name).collect()
}

#[test]
fn what_a_backup_holds_takes_the_place_of_what_there_is_for_everybody() {
    let (folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    crm.organizations().add(organization("Acme")).unwrap();
    let copy = backup(&crm, folder.path(), "copy.crm");
    let before = std::fs::read(&copy).unwrap();
    // What changes shape afterwards is as it was, too: fields, words, rights, the index.
    let kept = crm.verify(None, &mut |_, _| {}).unwrap().head;
    crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    crm.organizations().add(organization("Birch")).unwrap();
    let (ann, _) = user_with(&crm, "Ann", &[("organization", Level::All, Level::All)]);
    let (other, hers) = (Crm::open(&path).unwrap(), crm.acting_as(ann).unwrap());
    assert_eq!((names(&other).len(), names(&hers).len(), crm.search("birch").unwrap().hits.len()), (2, 2, 1));

    let restored = restore(&crm, &copy).unwrap();
    assert_eq!((restored.erased, restored.lost > 3, restored.change_sets > 1), (0, true, true));
    for crm in [&crm, &other] {
        assert_eq!(names(crm), ["Acme"]);
        assert_eq!((crm.search("birch").unwrap().hits.len(), crm.search("acme").unwrap().hits.len()), (0, 1));
        assert!(!crm.fields("organization").unwrap().iter().any(|field| field.name == "colour"));
        assert_eq!(crm.verify(Some(kept.clone()), &mut |_, _| {}).unwrap().findings, Vec::<String>::new());
    }
    assert!(hers.organizations().count("").is_err(), "she is not there any more");
    // Both go on from there.
    for (crm, name) in [(&crm, "Cedar"), (&other, "Dogwood")] {
        crm.organizations().add(organization(name)).unwrap();
    }
    assert_eq!(names(&crm), ["Acme", "Cedar", "Dogwood"]);
    assert_clean(&other);
    // The backup was only read, and nothing is left beside the file.
    assert!(std::fs::read(&copy).unwrap() == before);
    let left = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.contains(".part-")).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn who_was_erased_does_not_come_back() {
    let (folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let people: Vec<_> = ["Jan Kowalski", "Ewa Nowak", "Ola Lis"].map(|name| crm.people().add(person(name)).unwrap().id).into();
    crm.erase("person", people[2].0, "", &mut |_, _| {}).unwrap();
    let copy = backup(&crm, folder.path(), "copy.crm");
    crm.erase("person", people[0].0, "", &mut |_, _| {}).unwrap();
    let later = crm.people().add(person("Iza Mak")).unwrap().id;
    crm.erase("person", later.0, "", &mut |_, _| {}).unwrap();
    assert_eq!(restore(&crm, &copy).unwrap().erased, 1);
    let named = |name: &str| crm.people().count(Filter::new("name = ?1").bind(name)).unwrap();
    assert_eq!((named("Jan Kowalski"), named("Ewa Nowak"), crm.people().count("").unwrap()), (0, 1, 3));
    assert_clean(&crm);
    crm.vacuum(&mut |_, _| {}).unwrap();
    drop(crm);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(8).any(|window| window == b"Kowalski"));
    assert!(bytes.windows(5).any(|window| window == b"Nowak"));
}

#[test]
fn what_cannot_be_brought_back_is_refused() {
    let (folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    crm.organizations().add(organization("Acme")).unwrap();
    let copy = backup(&crm, folder.path(), "copy.crm");
    let no = folder.path().join("no.crm");
    assert_refused(restore(&crm, &no), "not_found", "no such file");
    std::fs::write(&no, "Dear customer, this is a letter, longer than the header of any database file would be, so that it is read as a whole.").unwrap();
    assert_refused(restore(&crm, &no), "not_a_crm_file", "");
    // What holds nothing is no backup, and what is damaged or was altered is none either.
    let empty = folder.path().join("empty.crm");
    std::fs::write(&empty, b"").unwrap();
    for nothing in [&empty, Path::new(":memory:")] {
        assert_refused(restore(&crm, nothing), "not_a_crm_file", "nothing in it");
    }
    let altered = folder.path().join("altered.crm");
    std::fs::copy(&copy, &altered).unwrap();
    raw(&altered).execute_batch("update organization set name = 'EVIL'").unwrap();
    assert_refused(restore(&crm, &altered), "corrupt", "organization 1: what it says or said was altered");
    let (ann, _) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    assert_refused(restore(&crm.acting_as(ann).unwrap(), &copy), "denied", "without a user");
    let stop = Cancel::new();
    stop.cancel();
    assert_refused(restore(&crm.cancelled_by(&stop), &copy), "cancelled", "");
    assert_refused(restore(&Crm::open_with(&path, Options::new().read_only(true)).unwrap(), &copy), "read_only", "");
    assert_eq!(names(&crm), ["Acme"]);
    // A backup of an earlier version is brought up to date on the way, and stays what it is.
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/files/v2.crm");
    let before = std::fs::read(&old).unwrap();
    restore(&crm, &old).unwrap();
    assert_eq!(crm.people().count("").unwrap(), 199);
    assert!(std::fs::read(&old).unwrap() == before);
    assert_clean(&crm);
    // Into a file in memory, too.
    let memory = memory();
    restore(&memory, &copy).unwrap();
    assert_eq!(names(&memory), ["Acme"]);
}

#[test]
fn who_only_has_the_id_of_somebody_erased_stays() {
    let (folder, path) = place();
    let other = Crm::open(folder.path().join("other.crm")).unwrap();
    other.people().add(person("Maria Unrelated")).unwrap();
    let copy = backup(&other, folder.path(), "copy.crm");
    let crm = Crm::open(&path).unwrap();
    let jan = crm.people().add(person("Jan Kowalski")).unwrap().id;
    crm.erase("person", jan.0, "", &mut |_, _| {}).unwrap();
    assert_eq!(restore(&crm, &copy).unwrap().erased, 0);
    assert_eq!(crm.people().get(jan).unwrap().name, "Maria Unrelated");
}

#[cfg(unix)]
#[test]
fn a_file_that_is_another_now_takes_nothing() {
    let (folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    crm.organizations().add(organization("Acme")).unwrap();
    let copy = backup(&crm, folder.path(), "copy.crm");
    std::fs::rename(&path, folder.path().join("away.crm")).unwrap();
    assert_refused(restore(&crm, &copy), "storage", "was renamed");
    assert_refused(crm.vacuum(&mut |_, _| {}), "storage", "was renamed");
    assert!(!path.exists());
}

//! What an error says, what caused it, and that neither tells of persons.

use crate::support::organization;
use crm_core::*;
use std::error::Error as _;

/// An error and all below it, as a host would log them.
fn logged(error: &Error) -> String {
    let mut all = format!("{error}\n{error:?}");
    let mut below = error.source();
    while let Some(cause) = below {
        all += &format!("\n{cause}\n{cause:?}");
        below = cause.source();
    }
    all
}

fn sqlite(error: &Error) -> Option<&rusqlite::Error> {
    error.source().and_then(|cause| cause.downcast_ref())
}

#[test]
fn the_cause_is_that_of_the_operating_system() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("Ann Lee.crm");
    let error = Crm::open_with(&gone, Options::new().create(false)).unwrap_err();
    let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>()).unwrap();
    assert_eq!((error.code(), cause.kind()), ("not_found", std::io::ErrorKind::NotFound));
    assert!(cause.raw_os_error().is_some());
    assert!(!logged(&error).contains("Ann Lee"));
    assert_eq!(error, Error::not_found("path", "no such file"), "causes do not count");
    // The database itself names the file that it cannot make.
    let error = Crm::open(gone.join("acme.crm")).unwrap_err();
    assert_eq!((error.code(), sqlite(&error).and_then(rusqlite::Error::sqlite_error_code)), ("storage", Some(rusqlite::ErrorCode::CannotOpen)));
    assert!(!logged(&error).contains("Ann Lee"), "{}", logged(&error));
}

#[test]
fn the_cause_is_that_of_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.crm");
    let crm = Crm::open_with(&path, Options::new().busy_timeout(std::time::Duration::ZERO)).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let error = crm.organizations().add(organization("Ann Lee")).unwrap_err();
    assert_eq!((error.code(), sqlite(&error).unwrap().sqlite_error_code()), ("busy", Some(rusqlite::ErrorCode::DatabaseBusy)));
    other.execute_batch("rollback").unwrap();

    // Parser and database quote what was typed; neither the error nor its cause does.
    for sql in [
        "select 'Ann Lee",
        "select [Ann Lee] from organization",
        "select * from \"Ann Lee\"",
        "select name from organization where name = \"Ann Lee\"",
        "selekt 'Ann Lee'",
        "select name 'x' 'Ann Lee' from organization",
        "select (name 'Ann Lee') from organization",
        "select * from organization limit 'Ann Lee'",
        "select json('Ann Lee')",
    ] {
        let error = crm.sql(sql, &[]).unwrap_err();
        assert!(!logged(&error).contains("Lee"), "{sql}: {}", logged(&error));
    }
    let error = crm.sql("select json('Ann Lee')", &[]).unwrap_err();
    assert!(sqlite(&error).is_some(), "{error:?}");
    let cancel = Cancel::new();
    cancel.cancel();
    let error = crm.cancelled_by(&cancel).sql("select count(*) from organization", &[]).unwrap_err();
    assert_eq!(error.code(), "cancelled");
}

#[test]
fn what_the_library_itself_refuses_has_no_cause() {
    let crm = Crm::open(":memory:").unwrap();
    let error = crm.organizations().find("emploees > 10").unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }) && error.source().is_none());
    let Error::Invalid { field, reason, .. } = &error else { panic!("{error}") };
    assert_eq!((field.as_str(), reason.as_str()), (error.field(), error.reason()));
    assert_eq!(Error::invalid(field, reason), error);
    assert_eq!(Error::invalid("name", "is required").to_string(), "name: is required");
    assert_eq!(Error::busy("", "try again").to_string(), "try again");
    // A `Result` is returned by everything: the error stays within a cache line.
    assert!(std::mem::size_of::<Error>() <= 64);
}

//! Files: those that are not ours, damaged, old, new, full; what a fresh one looks like; money and the clock.

use crate::support::*;
use crm_core::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub fn small(path: &Path) {
    let (crm, _) = open_with_clock(path);
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    crm.contact_points().add(email(acme.id, "a@b.example")).unwrap();
    crm.organizations().set(acme.id, named([("employees", 5.into())]), None).unwrap();
    let loaded = crm.people().add_many((0..200).map(|n| person(&format!("Person {n}"))).collect::<Vec<_>>()).unwrap();
    crm.people().remove(loaded.first.unwrap()).unwrap();
}

#[test]
fn what_is_not_ours_is_refused_and_not_touched() {
    let (folder, path) = place();
    let refuse = |name: &str, content: &[u8], code: &str, words: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        for read_only in [false, true] {
            assert_refused(Crm::open_with(&path, Options::new().read_only(read_only)), code, words);
            assert!(std::fs::read(&path).unwrap() == content, "{name} was touched");
        }
    };
    refuse(
        "text.crm",
        b"Dear customer, this is a letter and longer than the header of any database file would be, so that it is read whole.",
        "not_a_crm_file",
        "not touched",
    );
    refuse("short.crm", b"x", "not_a_crm_file", "not touched");
    let random = Random::new(1);
    for n in 0..20 {
        let bytes: Vec<u8> = (0..random.below(9000) + 1).map(|_| random.number() as u8).collect();
        refuse(&format!("random{n}.crm"), &bytes, "not_a_crm_file", "");
    }
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch("create table deal (id integer primary key, name text); insert into deal (name) values ('mine')")
        .unwrap();
    refuse("other2.db", &std::fs::read(&other).unwrap(), "not_a_crm_file", "another program");
    rusqlite::Connection::open(&other).unwrap().execute_batch("pragma application_id = 7; drop table deal; vacuum").unwrap();
    refuse("other3.db", &std::fs::read(&other).unwrap(), "not_a_crm_file", "another program");
    small(&path);
    raw(&path).execute_batch("pragma wal_checkpoint(truncate); pragma journal_mode = delete; pragma user_version = 9999").unwrap();
    refuse("newer.crm", &std::fs::read(&path).unwrap(), "newer_file", "schema 9999");
}

#[test]
fn missing_files_and_odd_paths() {
    let (folder, path) = place();
    let options = || Options::new().create(false);
    assert_refused(Crm::open_with(&path, options()), "not_found", "no such file");
    assert_refused(Crm::open_with(&path, Options::new().read_only(true)), "not_found", "no such file");
    assert!(!path.exists());
    assert_refused(Crm::open(folder.path()), "not_a_crm_file", "folder");
    assert_eq!(refused(Crm::open(folder.path().join("no/such/folder/x.crm"))).code(), "storage");
    assert_eq!(refused(Crm::open("")).code(), "invalid");
    // An empty file is as good as none; names that look like addresses are names.
    std::fs::write(&path, b"").unwrap();
    assert_eq!(Crm::open(&path).unwrap().organizations().count("").unwrap(), 0);
    for name in ["file:x?mode=memory", "ä ö'\"%20 ?#.crm", "-.crm"] {
        let path = folder.path().join(name);
        Crm::open(&path).unwrap().organizations().add(organization("Acme")).unwrap();
        assert!(path.exists());
        assert_eq!(Crm::open_with(&path, options()).unwrap().organizations().count("").unwrap(), 1);
    }
    // A file in memory is of its own.
    memory().organizations().add(organization("Acme")).unwrap();
    assert_eq!(memory().organizations().count("").unwrap(), 0);
}

/// A file without its log beside it.
pub fn settled(path: &Path) -> Vec<u8> {
    raw(path).execute_batch("pragma wal_checkpoint(truncate); pragma journal_mode = delete").unwrap();
    std::fs::read(path).unwrap()
}

// P5
#[test]
fn a_file_that_was_cut_off_is_reported() {
    let (_folder, path) = place();
    small(&path);
    let whole = settled(&path);
    for keep in [100, 4096, 5000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..keep]).unwrap();
        assert_eq!(refused(Crm::open(&path)).code(), "corrupt", "{keep}");
        assert_eq!(std::fs::read(&path).unwrap().len(), keep);
    }
    std::fs::write(&path, &whole).unwrap();
    assert_clean(&Crm::open(&path).unwrap());
}

// P5: whatever is damaged, there is a typed error or a finding, never a panic, and never a silent loss.
#[test]
fn damaged_pages_are_found() {
    let (_folder, path) = place();
    small(&path);
    settled(&path);
    // Small pages, so that little of the file is empty space, where damage does nothing.
    raw(&path).execute_batch("pragma page_size = 512; vacuum").unwrap();
    let whole = settled(&path);
    let clean = dump(&path);
    let random = Random::new(5);
    let (mut told, mut harmless) = (0, 0);
    for round in 0..120 {
        let mut bytes = whole.clone();
        let at = if round % 4 == 0 { random.below(4096) } else { 100 + random.below(bytes.len() - 100) };
        let long = 1 + random.below(if round % 2 == 0 { 600 } else { 8 });
        for byte in bytes.iter_mut().skip(at).take(long) {
            *byte = random.number() as u8;
        }
        std::fs::write(&path, &bytes).unwrap();
        for name in ["test.crm-wal", "test.crm-shm"] {
            let _ = std::fs::remove_file(path.with_file_name(name));
        }
        let found = Crm::open(&path).and_then(|crm| {
            let _ = crm.organizations().find("");
            let _ = crm.people().find("");
            let _ = crm.organizations().history(OrganizationId(1));
            let _ = crm.changes(0, 1000);
            crm.verify(None, &mut |_, _| {})
        });
        match found {
            Ok(verified) if verified.is_clean() => harmless += 1,
            Ok(_) => told += 1,
            Err(error) => {
                assert!(["corrupt", "not_a_crm_file", "newer_file", "storage", "invalid", "read_only"].contains(&error.code()), "{} {error}", error.code());
                told += 1;
            }
        }
    }
    assert!(told > 30, "{told} told, {harmless} harmless");
    for name in ["test.crm-wal", "test.crm-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(name));
    }
    std::fs::write(&path, &whole).unwrap();
    assert!(dump(&path) == clean);
}

// P5
#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let (_folder, path) = place();
    small(&path);
    let size = settled(&path).len() as u64;
    let crm = Crm::open_with(&path, Options::new().max_bytes(size + 100_000)).unwrap();
    let before = dump(&path);
    let records = || (0..20_000).map(|n| OrganizationFields { description: Some("x".repeat(100)), ..organization(&format!("{n}")) }).collect::<Vec<_>>();
    assert_refused(crm.organizations().add_many(records()), "full", "nothing was written");
    assert_refused(
        crm.organizations()
            .add(OrganizationFields { description: Some("ż".repeat(20_000)), legal_name: Some("x".into()), ..organization("x") })
            .and_then(|_| crm.people().add_many((0..9000).map(|n| person(&format!("{n}"))).collect::<Vec<_>>())),
        "full",
        "",
    );
    assert_eq!(crm.people().count("").unwrap(), 199);
    // Less than the smallest piece of a file is a limit, too.
    let least = Crm::open_with(&path, Options::new().max_bytes(0)).unwrap();
    assert_refused(least.organizations().add_many(records()), "full", "nothing was written");
    crm.organizations().remove(OrganizationId(crm.organizations().find(Filter::new("").order_by("-id")).unwrap()[0].id.0)).unwrap();
    assert_clean(&crm);
    drop(crm);
    let crm = Crm::open(&path).unwrap();
    assert_eq!(crm.organizations().add_many(records()).unwrap().count, 20_000);
    assert!(before.len() > 1000);
    assert_clean(&crm);
}

fn schema_of(path: &Path) -> Vec<String> {
    raw_rows(&raw(path), "select type, name, tbl_name, sql from sqlite_schema order by type, name")
}

fn old_files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/files")
}

/// Not a test: writes the file that later versions are to open. Run it once for each new version of the schema, and
/// again as long as that version has not been released and changes:
/// `cargo test --release -p crm-core --test main files::write_old_file -- --ignored`.
#[test]
#[ignore = "writes a file to be checked in"]
fn write_old_file() {
    let (_folder, path) = place();
    small(&path);
    let conn = raw(&path);
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    // The smallest pages, so that hundreds of nearly empty tables and indexes take little room.
    conn.execute_batch("pragma journal_mode = delete; pragma page_size = 512; vacuum").unwrap();
    std::fs::copy(&path, old_files().join(format!("v{version}.crm"))).unwrap();
}

// An old file that is opened becomes what a new one is, and keeps what it held.
#[test]
fn old_files_are_brought_up_to_date() {
    let (folder, path) = place();
    drop(Crm::open(&path).unwrap());
    let mut opened = 0;
    for entry in std::fs::read_dir(old_files()).unwrap() {
        let old = entry.unwrap().path();
        let copy = folder.path().join(old.file_name().unwrap());
        std::fs::copy(&old, &copy).unwrap();
        let crm = Crm::open(&copy).unwrap();
        let (upgraded, fresh): (BTreeSet<_>, BTreeSet<_>) = (schema_of(&copy).into_iter().collect(), schema_of(&path).into_iter().collect());
        assert_eq!(upgraded.symmetric_difference(&fresh).collect::<Vec<_>>(), Vec::<&String>::new(), "{:?}", old.file_name());
        assert_eq!((crm.organizations().get(OrganizationId(1)).unwrap().employees, crm.people().count("").unwrap()), (Some(5), 199));
        assert_eq!(crm.contact_points().find("").unwrap()[0].value, "a@b.example");
        assert_clean(&crm);
        crm.undo(crm.organizations().get(OrganizationId(1)).unwrap().revision).unwrap();
        assert_eq!(crm.organizations().get(OrganizationId(1)).unwrap().employees, None);
        opened += 1;
    }
    assert!(opened > 0);
}

// B1, B2, B7: a file whose log kept differences shows the same states after it was brought to keeping versions, at every moment.
#[test]
fn a_past_that_was_kept_as_differences_is_carried_over() {
    let (_folder, path) = place();
    let expected = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/expected");
    std::fs::copy(expected.join("history.crm"), &path).unwrap();
    let crm = Crm::open(&path).unwrap();
    let mut compared = 0;
    for line in std::fs::read_to_string(expected.join("history.tsv")).unwrap().lines() {
        let [at, table, rows, hash] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let then = crm.at(moment(at)).unwrap().sql(&format!("select * from {table} order by id"), &[]).unwrap();
        let mut text = String::new();
        for row in 0..then.len() {
            for column in then.columns.iter().filter(|column| !column.value(row).is_null()) {
                text += &format!("{}={} ", column.name, serde_json::to_string(&column.value(row)).unwrap());
            }
            text.push('|');
        }
        // FNV-1a, as the states were noted by the version that made the file.
        let found = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        assert_eq!((then.len().to_string().as_str(), format!("{found:016x}").as_str()), (rows, hash), "{table} at {at}");
        compared += then.len();
    }
    assert!(compared > 3_000, "{compared}");
    assert_clean(&crm);
    // What was done then can be undone now, newest first, until nothing is left.
    let newest = crm.changes(0, 10_000).unwrap().last().unwrap().change_set.0;
    let undone = (4..newest).rev().filter(|set| crm.undo(ChangeSetId(*set)).is_ok()).count();
    assert!(undone > 50, "{undone} of {newest}");
    assert_clean(&crm);
}

// A guard: what is declared and what the schema says are the same, for every entity.
#[test]
fn declared_fields_are_the_columns_of_the_tables() {
    use crm_core::entity::FieldType;
    let (_folder, path) = place();
    drop(Crm::open(&path).unwrap());
    let conn = raw(&path);
    let (mut entities, mut columns) = (0, 0);
    for meta in crm_core::entities() {
        let mut expected = vec!["id integer 0".to_owned(), "revision integer 1".into(), "created_at integer 1".into(), "updated_at integer 1".into()];
        for field in &meta.fields {
            let kind = match field.field_type {
                FieldType::Integer { .. } | FieldType::Bool | FieldType::Moment | FieldType::Money | FieldType::Reference(_) => "integer",
                FieldType::Number => "real",
                _ => "text",
            };
            // Fields that a rule fills are never empty either, though a caller may leave them out.
            let filled = conn.query_row("select \"notnull\" from pragma_table_info(?1) where name = ?2", [meta.name, &field.name], |row| row.get::<_, i64>(0));
            let filled = filled.unwrap_or_else(|_| panic!("{}.{} has no column", meta.name, field.name));
            assert!(filled == 1 || !field.required, "{}.{} is required and may be null", meta.name, field.name);
            expected.push(format!("{} {kind} {filled}", field.name));
            if field.field_type == FieldType::Money {
                expected.push(format!("{}_currency text {filled}", field.name));
            }
            columns += 1;
            assert!(!field.doc.is_empty(), "{}.{} has no text", meta.name, field.name);
        }
        expected.push("salt blob 0".to_owned());
        let found = raw_rows(&conn, &format!("select name || ' ' || lower(type) || ' ' || \"notnull\" from pragma_table_info('{}')", meta.name));
        assert_eq!(found.into_iter().map(|row| row.trim_matches('"').to_owned()).collect::<Vec<_>>(), expected, "{}", meta.name);
        // Versions are copied column by column.
        let columns = |table: &str| raw_rows(&conn, &format!("select name || ' ' || lower(type) from pragma_table_info('{table}') where name <> 'ended_by'"));
        assert_eq!(columns(&format!("{}_past", meta.name)), columns(meta.name));
        entities += 1;
    }
    assert!(entities > 30 && columns > 200, "{entities} {columns}");
    // And no table without an entity, but for the library's own.
    let tables: BTreeSet<String> =
        raw_rows(&conn, "select name from sqlite_schema where type = 'table'").into_iter().map(|name| name.trim_matches('"').to_owned()).collect();
    let known: BTreeSet<String> = crm_core::entities().flat_map(|meta| [meta.name.to_owned(), format!("{}_past", meta.name)]).collect();
    let own: Vec<_> = tables.difference(&known).map(String::as_str).filter(|name| !name.starts_with("sqlite_")).collect();
    assert!(own.starts_with(&["area_step", "change", "change_set", "crm_meta"]), "{own:?}");
}

// A guard: what refers to another table has an index and is declared as a reference to it.
#[test]
fn every_reference_has_an_index() {
    use crm_core::entity::FieldType;
    let (_folder, path) = place();
    drop(Crm::open(&path).unwrap());
    let conn = raw(&path);
    let mut checked = 0;
    for meta in crm_core::entities() {
        let mut references: BTreeMap<String, String> = BTreeMap::new();
        for row in raw_rows(&conn, &format!("select \"from\" || ' ' || \"table\" from pragma_foreign_key_list('{}')", meta.name)) {
            let (from, to) = row.trim_matches('"').split_once(' ').map(|(from, to)| (from.to_owned(), to.to_owned())).unwrap();
            references.insert(from, to);
        }
        let declared: BTreeMap<String, String> = meta
            .fields
            .iter()
            .filter_map(|field| if let FieldType::Reference(to) = &field.field_type { Some((field.name.to_string(), to.to_string())) } else { None })
            .collect();
        assert_eq!(references, declared, "{}", meta.name);
        for field in references.keys() {
            let sql =
                format!("select count(*) from pragma_index_list('{0}') l, pragma_index_info(l.name) i where i.seqno = 0 and i.name = '{field}'", meta.name);
            let indexes: i64 = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert!(indexes > 0, "{}.{field} has no index", meta.name);
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}

// B11
#[test]
fn rates_are_dated_and_closed_values_stay() {
    let (crm, clock) = open_with_clock(":memory:");
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    for (day, rate) in [("2026-01-01", "0.80"), ("2026-03-01", "0.90"), ("2026-03-10", "1.005")] {
        crm.exchange_rates().add_named(named([("currency", "USD".into()), ("day", day.into()), ("rate", rate.into())])).unwrap();
    }
    let worth = |minor: i64, day: &str| crm.sql("select in_base(?1, 'USD', ?2) as n", &[minor.into(), day.into()]).map(|table| table.integer(0, "n").unwrap());
    assert_eq!((worth(1000, "2026-02-28").unwrap(), worth(1000, "2026-03-01").unwrap(), worth(1000, "2026-12-31").unwrap()), (800, 900, 1005));
    // Half a cent goes to the even one.
    assert_eq!((worth(100, "2026-04-01").unwrap(), worth(300, "2026-04-01").unwrap()), (100, 302));
    assert_refused(worth(1000, "2025-12-31"), "invalid", "no exchange rate from USD to EUR on 2025-12-31");
    assert_refused(
        crm.exchange_rates().add_named(named([("currency", "USD".into()), ("day", "2026-05-01".into()), ("rate", "0".into())])),
        "invalid",
        "greater than zero",
    );
    assert_refused(
        crm.exchange_rates().add_named(named([("currency", "EUR".into()), ("day", "2026-05-01".into()), ("rate", "1".into())])),
        "invalid",
        "base currency",
    );
    assert_refused(
        crm.exchange_rates().add_named(named([("currency", "USD".into()), ("day", "2026-01-01".into()), ("rate", "1".into())])),
        "invalid",
        "already taken",
    );

    let deal = crm.deals().add(DealFields { value: Some("1000 USD".parse().unwrap()), ..deal("Mill") }).unwrap();
    let won = crm.stages().find("kind = 'won'").unwrap()[0].id;
    let closed = crm.deals().edit(deal.id, |fields| fields.stage_id = won).unwrap();
    assert_eq!(closed.closed_value, Some(90_000));
    clock.advance(chrono::TimeDelta::days(30));
    let rate = crm.exchange_rates().find("day = '2026-03-01'").unwrap()[0].id;
    crm.exchange_rates().set(rate, named([("rate", "0.50".into())]), None).unwrap();
    let later = crm.deals().edit(deal.id, |fields| fields.lesson = Some("Be quick".into())).unwrap();
    assert_eq!(later.closed_value, Some(90_000));
    // What cannot be converted cannot be closed.
    let yen = crm.deals().add(DealFields { value: Some("1000 JPY".parse().unwrap()), ..self::deal("Yen") }).unwrap();
    assert_refused(crm.deals().edit(yen.id, |fields| fields.stage_id = won), "invalid", "no exchange rate from JPY to EUR");
    assert_eq!(crm.deals().get(yen.id).unwrap().status, DealStatus::Open);
    // Mixed currencies are never silently added.
    let one: Money = "1 EUR".parse().unwrap();
    assert_refused(one.plus("1 USD".parse().unwrap()), "invalid", "cannot be added without a rate");
    assert_refused(Money::from_minor(i64::MAX, Currency::EUR).plus(one), "invalid", "too large");
    let list = crm.price_lists().add(PriceListFields { name: "Standard".into(), ..Default::default() }).unwrap();
    let product = crm.products().add(ProductFields { name: "Roll".into(), ..Default::default() }).unwrap();
    let price = PriceFields { price_list_id: list.id, product_id: product.id, amount: "1 USD".parse().unwrap(), ..Default::default() };
    assert_refused(crm.prices().add(price), "invalid", "the price list is in EUR");
    assert_clean(&crm);
}

// D5
#[test]
fn closed_dictionaries_refuse_other_words() {
    let crm = memory();
    let industry = crm.dictionaries().find("name = 'industry'").unwrap().remove(0);
    let add = |word: &str| crm.organizations().add(OrganizationFields { industry: Some(word.into()), ..organization("X") });
    add("basket weaving").unwrap();
    crm.dictionaries().edit(industry.id, |fields| fields.closed = Some(true)).unwrap();
    assert_refused(add("stel"), "invalid", "did you mean `steel`");
    assert_eq!(refused(add("basket weaving")).field(), "industry");
    add("steel").unwrap();
    // Records that hold an older word can still be changed otherwise.
    crm.organizations().edit(OrganizationId(1), |fields| fields.employees = Some(5)).unwrap();
    let item = crm.dictionary_items().add(DictionaryItemFields { dictionary_id: industry.id, name: "basket weaving".into(), ..Default::default() }).unwrap();
    add("basket weaving").unwrap();
    crm.undo(item.revision).unwrap();
    assert_eq!(refused(add("basket weaving")).code(), "invalid");
}

/// One story, the same for every file it is told to.
fn script(path: &Path) {
    let (crm, clock) = open_with_clock(path);
    crm.add_process("Selling", ProcessTemplate::Classic).unwrap();
    let (user, _) = user_with(&crm, "Ann", &[("*", Level::All, Level::All)]);
    let ann = crm.acting_as(user).unwrap();
    crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Items).tap(|fields| fields.of = Some("shade".into()))).unwrap();
    let random = Random::new(11);
    for n in 0..60 {
        clock.advance(chrono::TimeDelta::minutes(random.below(500) as i64));
        let acme = ann.organizations().add_named(named([("name", format!("Company {n}").as_str().into()), ("colour", "red;blue".into())])).unwrap();
        ann.contact_points().add(email(acme.id, "a@b.example")).unwrap();
        let deal = ann.deals().add(DealFields { organization_id: Some(acme.id), value: Some(Money::from_minor(n, Currency::EUR)), ..deal("Mill") }).unwrap();
        if random.chance(50) {
            ann.deals().edit(deal.id, |fields| fields.stage_id = StageId(1 + random.below(5) as i64)).unwrap();
        }
        if random.chance(30) {
            crm.undo(deal.revision).unwrap_or(deal.revision);
        }
    }
    crm.people().add_many((0..6000).map(|n| person(&format!("Person {n}"))).collect::<Vec<_>>()).unwrap();
}

trait Tap: Sized {
    fn tap(mut self, work: impl FnOnce(&mut Self)) -> Self {
        work(&mut self);
        self
    }
}

impl Tap for CustomFieldFields {}

// B9
#[test]
fn the_same_script_with_the_same_clock_gives_the_same_file() {
    let (folder, _) = place();
    let [one, other] = ["one.crm", "other.crm"].map(|name| folder.path().join(name));
    script(&one);
    std::thread::sleep(std::time::Duration::from_millis(5));
    script(&other);
    assert!(dump(&one) == dump(&other));
}

// B9: records carry their true moments, and a moment shows the last change set that was made not after it, however the clock jumped.
#[test]
fn a_clock_that_jumps_leaves_the_past_in_order() {
    let (crm, clock) = open_with_clock(":memory:");
    let hours = [0, 3, -5, 1, 1, -2, 6, -1, -1, -9, 20, 1];
    let mut moments = Vec::new();
    for (number, hours) in hours.into_iter().enumerate() {
        clock.advance(chrono::TimeDelta::hours(hours));
        let added = crm.organizations().add(organization(&format!("{number}"))).unwrap();
        assert_eq!(added.created_at, crm.now());
        moments.push(crm.now());
    }
    let (first, last) = (*moments.iter().min().unwrap(), *moments.iter().max().unwrap());
    for minutes in (-60..(last - first).num_minutes() + 60).step_by(30) {
        let moment = first + chrono::TimeDelta::minutes(minutes);
        let shown = moments.iter().rposition(|at| *at <= moment).map_or(0, |last| last + 1);
        assert_eq!(crm.at(moment).unwrap().organizations().count("").unwrap(), shown as i64, "{moment}");
    }
    assert_clean(&crm);
}

#[test]
fn a_wait_without_end_is_a_long_one() {
    let (_folder, path) = place();
    for busy_timeout in [std::time::Duration::MAX, std::time::Duration::from_secs(1 << 40)] {
        let crm = Crm::open_with(&path, Options::new().busy_timeout(busy_timeout)).unwrap();
        crm.organizations().add(organization("Acme")).unwrap();
        assert!(crm.time_limit(busy_timeout).organizations().count("").unwrap() > 0);
    }
}

// B7: a file whose count of its own steps was changed by others is damaged, not half made: nothing is written to it.
#[test]
fn an_untrue_count_of_steps_is_damage() {
    let (folder, path) = place();
    small(&path);
    for (number, damage) in [
        "delete from area_step",
        "delete from area_step where area = 'sales'",
        "update area_step set sql = 0",
        "update area_step set sql = 0 where area = 'directory'",
        "update area_step set work = -1",
        "pragma user_version = 3",
        "pragma user_version = 1",
        "pragma user_version = 0",
        "drop table area_step",
        "drop table area_step; pragma user_version = 0",
        "alter table area_step rename to other; create view area_step as select 'base' as area, 0 as sql, 0 as work",
    ]
    .into_iter()
    .enumerate()
    {
        let copy = folder.path().join(format!("{number}.crm"));
        std::fs::copy(&path, &copy).unwrap();
        raw(&copy).execute_batch(damage).unwrap();
        let before = settled(&copy);
        assert_refused(Crm::open(&copy), "corrupt", "how far it has come");
        // The header counts that the file was opened; the rest is as it was.
        assert!(settled(&copy)[100..] == before[100..], "{damage}");
    }
}

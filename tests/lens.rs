//! Attempts to get around the lens (B3, P1, P2): each is refused, or shows only what the reader may see.

use crate::support::*;
use crm_core::*;

/// So many hidden organizations that no other number in the file is the same.
pub const HIDDEN: i64 = 37;
pub const VISIBLE: i64 = 2;
/// The first of the visible ones. No id that is shown is one of the numbers above.
const OPEN: i64 = HIDDEN + 4;

/// A file with much to hide, and the handle of somebody who sees two organizations of it.
pub fn veiled() -> (Crm, Crm) {
    let (crm, clock) = open_with_clock(":memory:");
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    crm.custom_fields().add(custom_field("organization", "rating", CustomKind::Integer)).unwrap();
    let formula = |name: &str, kind, expression: &str| {
        crm.custom_fields().add(CustomFieldFields { expression: Some(expression.into()), ..custom_field("organization", name, kind) }).unwrap();
    };
    formula("limit_text", CustomKind::Text, "'limit ' || credit_limit");
    formula("siblings", CustomKind::Integer, "(select count(*) from organization as other where other.country = organization.country)");
    formula("deal_total", CustomKind::Integer, "(select sum(value) from deal where deal.organization_id = organization.id)");
    formula("rating_twice", CustomKind::Integer, "rating * 2");
    let (user, role) = user_with(&crm, "Ann", &[("organization", Level::Own, Level::Own), ("deal", Level::Own, Level::Own)]);
    for (target, field) in [("organization", "credit_limit"), ("organization", "rating"), ("deal", "lesson")] {
        hide(&crm, role, target, field);
    }
    for n in 0..HIDDEN {
        let id = crm.organizations().add(OrganizationFields { country: Some("PL".into()), ..organization(&format!("Secret {n}")) }).unwrap().id;
        crm.contact_points().add(email(id, &format!("secret{n}@x.example"))).unwrap();
    }
    for _ in 0..3 {
        let gone = crm.organizations().add(organization("Gone")).unwrap();
        crm.organizations().remove(gone.id).unwrap();
    }
    let limit = Some("777.77 EUR".parse().unwrap());
    for n in 0..VISIBLE {
        let fields = OrganizationFields { owner_id: Some(user), country: Some("PL".into()), credit_limit: limit, ..organization(&format!("Open {n}")) };
        let id = crm.organizations().add(fields).unwrap().id;
        crm.organizations().set(id, named([("rating", 77_777.into())]), None).unwrap();
        crm.deals().add(DealFields { organization_id: Some(id), value: Some("888.88 EUR".parse().unwrap()), ..deal("Secret deal") }).unwrap();
        crm.deals().add(DealFields { organization_id: Some(id), owner_id: Some(user), lesson: Some("Secret lesson".into()), ..deal("Open deal") }).unwrap();
    }
    clock.advance(chrono::TimeDelta::days(1));
    crm.organizations().edit(OrganizationId(1), |fields| fields.name = "Secret anew".into()).unwrap();
    let ann = crm.acting_as(user).unwrap();
    (crm, ann)
}

/// What must never come out, in any spelling.
#[track_caller]
pub fn assert_harmless(sql: &str, result: Result<Table>) {
    let shown = match result {
        Ok(table) => format!("{:?} {}", table.columns.iter().map(|column| &column.name).collect::<Vec<_>>(), table_rows(&table).join("\n")),
        Err(error) => {
            assert!(["denied", "invalid", "not_found"].contains(&error.code()), "{sql}: {} {error}", error.code());
            error.to_string()
        }
    };
    for (what, needle) in [
        ("a name", "ecret"),
        ("a limit", "77777"),
        ("a value", "88888"),
        ("a value", "177776"),
        ("the count of all", "\"39\""),
        ("the count of the hidden", "\"37\""),
        ("an inner view", "lens_"),
        ("a doubled rating", "155554"),
    ] {
        assert!(!shown.contains(needle), "{sql} gave {what}: {shown}");
    }
}

fn spellings(schema: &str, table: &str) -> Vec<String> {
    vec![
        format!("{schema}.{table}"),
        format!("{}.{table}", schema.to_uppercase()),
        format!("\"{schema}\".{table}"),
        format!("'{schema}'.{table}"),
        format!("[{schema}].[{table}]"),
        format!("`{schema}`.`{table}`"),
        format!("{schema} . {table}"),
        format!("{schema}/* x */./* y */{table}"),
        format!("{schema}--x\n.{table}"),
        format!("{schema}\t\n\u{b}\u{c}\r.{table}"),
        format!("{schema}\u{feff}.{table}"),
        format!("\u{feff}{schema}.\u{feff}{table}"),
        format!("{schema}/**//**/--\n/*.*/.{table}"),
        format!("(select * from {schema}.{table})"),
        format!("/*'*/{schema}.{table}/*'*/"),
        format!("--'\n{schema}.{table}"),
    ]
}

#[test]
fn no_spelling_of_a_schema_reaches_the_tables() {
    let (crm, ann) = veiled();
    let past = ann.at(ann.now()).unwrap();
    let mut tried = 0;
    for schema in ["main", "temp", "Main", "TEMP"] {
        for table in [
            "organization",
            "change",
            "change_set",
            "crm_meta",
            "sqlite_schema",
            "sqlite_master",
            "scope_member",
            "scope_line",
            "organization__then",
            "contact_point",
        ] {
            for spelling in spellings(schema, table) {
                for sql in [
                    format!("select * from {spelling}"),
                    format!("select count(*) as n from {spelling}"),
                    format!("select exists(select 1 from {spelling} limit 1 offset 30) as n"),
                ] {
                    for handle in [&ann, &past, &crm] {
                        let result = handle.sql(&sql, &[]);
                        assert!(result.is_err(), "{sql:?} was allowed");
                    }
                    assert_harmless(&sql, ann.sql(&sql, &[]));
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1000);
}

/// Ways that need no schema's name.
const TRICKS: &[&str] = &[
    "select * from organization",
    "select count(*) from organization",
    "select count(1) from organization",
    "select count(*) from organization o join organization p on o.country = p.country",
    "select count(*) from organization where 1 union all select count(*) from contact_point",
    "select * from contact_point",
    "select max(id) - min(id) from organization",
    "select o.* from organization as o where o.rowid > 0",
    "select rowid, * from organization",
    "select _rowid_ from organization",
    "select oid from organization",
    "select * from sqlite_schema",
    "select * from sqlite_master",
    "select * from sqlite_temp_schema",
    "select * from sqlite_temp_master",
    "select count(*) from sqlite_schema",
    "select count(*) from sqlite_temp_schema",
    "select count(*) from change",
    "select * from change",
    "select before from change",
    "select * from change_set",
    "select count(*) from change_set",
    "select * from crm_meta",
    "select count(*) from crm_meta",
    "select * from scope_member",
    "select count(*) from scope_member",
    "select * from scope_line",
    "select * from scope_past",
    "select * from organization__then",
    "select count(*) from organization__then",
    "select * from organization__changed",
    "select count(*) from organization__changed",
    "select * from pragma_table_info('organization')",
    "select count(*) from pragma_table_list",
    "select count(*) from pragma_database_list",
    "select * from pragma_function_list",
    "select count(*) from pragma_foreign_key_list('deal')",
    "select * from pragma_index_list('organization')",
    "pragma table_list",
    "pragma database_list",
    "pragma writable_schema = on",
    "pragma user_version = 99",
    "pragma wal_checkpoint",
    "select * from dbstat",
    "select count(*) from dbstat",
    "select sum(pgsize) from dbstat where name = 'organization'",
    "select * from sqlite_stat1",
    "select * from sqlite_stat4",
    "select count(*) from sqlite_sequence",
    "select * from sqlite_dbpage",
    "select * from bytecode('select * from organization')",
    "select * from tables_used('select * from organization')",
    "attach ':memory:' as other",
    "attach 'test.crm' as other",
    "detach temp",
    "vacuum",
    "vacuum into 'copy.crm'",
    "reindex",
    "analyze",
    "begin",
    "commit",
    "rollback",
    "savepoint x",
    "release part",
    "insert into organization (name) values ('x')",
    "insert into change default values",
    "update organization set name = 'x'",
    "delete from organization",
    "delete from contact_point returning *",
    "insert into organization (name) select name from organization returning name",
    "drop view organization",
    "drop view temp.organization",
    "drop table change",
    "create table x (a)",
    "create temp table x (a)",
    "create temp view organization2 as select * from organization",
    "create temp trigger t instead of insert on organization begin select 1; end",
    "create virtual table x using fts5(a)",
    "alter table organization add column x",
    "select 1; select * from organization",
    "select 1; delete from organization",
    "select load_extension('x')",
    "select fts3_tokenizer('simple')",
    "select readfile('/etc/passwd')",
    "select writefile('/tmp/x', 'y')",
    "explain select * from organization",
    "explain query plan select * from organization",
    "EXPLAIN QUERY PLAN select count(*) from organization o, deal d",
    "/* x */ explain select 1",
    "with organization as (select * from change) select * from organization",
    "with organization as (select * from change) select count(*) from organization",
    "with change as (select * from organization) select * from change",
    "with sqlite_schema as (select * from organization) select * from sqlite_schema",
    "with lens_ as (select * from change) select * from lens_",
    "with lens_organization(a) as (select before from change) select a from lens_organization",
    "with json_each as (select * from change) select * from json_each",
    "with json_each(a) as (select name from sqlite_schema) select count(*) from json_each",
    "with recursive organization(id) as (select 1 union all select id + 1 from organization where id < 50) select count(*) from change",
    "with deal as materialized (select before from change) select * from deal",
    "select * from (select * from change) as organization",
    "select * from (select before from change) organization",
    "select (select group_concat(before) from change) from organization",
    "select json_group_array(name) from organization",
    "select json_group_object(id, name) from contact_point",
    "select value from json_each((select json_group_array(name) from organization))",
    "select * from json_each('[1,2]'), organization",
    "select * from json_tree((select json_group_array(before) from change))",
    "select json_extract(before, '$.name') from change",
    "select name, count(*) over () from organization",
    "select name, sum(credit_limit) over (), lag(credit_limit) over (order by id), first_value(rating) over (order by rating) from organization",
    "select row_number() over (order by credit_limit) from organization",
    "select credit_limit, credit_limit_currency, rating, rating_twice, limit_text, siblings, deal_total from organization",
    "select count(*) from organization where credit_limit > 1",
    "select max(credit_limit), sum(rating), group_concat(limit_text) from organization",
    "select name from organization order by credit_limit",
    "select custom_1 from organization",
    "select t.credit_limit from organization t",
    "select p.credit_limit from organization t",
    "select lesson, value from deal",
    "select * from stage_move",
    "select count(*) from stage_move",
    "select * from organization natural join contact_point",
    "select * from contact_point left join organization on organization.id = organization_id",
    "select * from contact_point full join organization on 1 = 1",
    "select count(*) from contact_point cross join stage_move",
    "select * from organization where exists (select 1 from change)",
    "select * from organization where id in (select record_id from change)",
    "select * from organization where id in change",
    "select * from organization where id in contact_point",
    "select * from organization indexed by organization_name",
    "select * from organization not indexed",
    "select sqlite_version(), sqlite_source_id()",
    "select acting_user(), now(), today()",
    "values (1), ((select count(*) from organization))",
    "select * from generate_series(1, 3)",
    "select sqlite_offset(name) from organization",
    "select * from organization limit -1 offset 0",
    "select name from organization union select name from change",
    "select name from organization except select 'x'",
    "select typeof(credit_limit), quote(credit_limit), hex(rating), unlikely(rating) from organization",
    "select case when credit_limit = 77777 then 'ecret' else 'no' end as told from organization",
    "select iif((select count(*) from organization) = 39, 'ecret', 'no') as told",
];

#[test]
fn no_trick_shows_what_is_hidden() {
    let (crm, ann) = veiled();
    let past = ann.at(ann.now()).unwrap();
    let before = crm.verify(None, &mut |_, _| {}).unwrap();
    let (mut refusals, mut allowed) = (0, 0);
    for sql in TRICKS {
        for handle in [&ann, &past] {
            let result = handle.sql(sql, &[]);
            if result.is_ok() {
                allowed += 1
            } else {
                refusals += 1
            }
            assert_harmless(sql, result);
        }
    }
    assert!(refusals > 100 && allowed > 40, "{refusals} {allowed}");
    // The unrestricted may not write or look at the library's own tables in this way, either.
    for sql in TRICKS.iter().filter(|sql| {
        ["insert", "update", "delete", "drop", "create", "alter", "attach", "pragma", "explain", "vacuum", "begin"].iter().any(|word| sql.starts_with(word))
    }) {
        let error = refused(crm.sql(sql, &[]));
        assert!(["denied", "invalid"].contains(&error.code()), "{sql}: {error}");
    }
    assert_eq!(crm.verify(None, &mut |_, _| {}).unwrap(), before);
    assert_eq!(count(&ann, "select count(*) from organization"), VISIBLE);
    assert_eq!(count(&past, "select count(*) from organization"), VISIBLE);
}

// P2: fields that are hidden, by every other way.
#[test]
fn hidden_fields_cannot_be_felt_for() {
    let (crm, ann) = veiled();
    for filter in [
        "credit_limit > 1",
        "organization.credit_limit is null",
        "rating = 77777",
        "exists (select 1 from organization o where o.credit_limit = 77777)",
        "id in (select organization_id from deal where lesson like 'S%')",
        "case when rating > 1 then true else false end",
        "coalesce(credit_limit_currency, 'x') = 'EUR'",
    ] {
        assert_refused(ann.organizations().find(filter), "denied", "hidden");
        assert_refused(ann.organizations().count(filter), "denied", "hidden");
        assert_refused(ann.organizations().table(filter), "denied", "hidden");
        assert!(crm.organizations().count(filter).is_ok());
    }
    for order in ["credit_limit", "-credit_limit", "credit_limit_currency desc", "rating"] {
        assert_refused(ann.organizations().find(Filter::new("").order_by(order)), "denied", "hidden");
        assert_refused(ann.organizations().page(Filter::new("").order_by(order)), "denied", "hidden");
    }
    crm.lists()
        .add(ListFields {
            name: "Rich".into(),
            entity: "organization".into(),
            kind: ListKind::Dynamic,
            filter: Some("credit_limit > 1".into()),
            ..Default::default()
        })
        .unwrap();
    assert!(ann.organizations().find("in_list('Rich')").is_err());
    for one in ann.organizations().find("").unwrap() {
        assert_eq!(
            (one.credit_limit, &one.custom["rating"], &one.custom["rating_twice"], &one.custom["limit_text"]),
            (None, &Value::Null, &Value::Null, &Value::Null)
        );
        // Roll-ups count what the reader sees.
        assert_eq!((&one.custom["siblings"], &one.custom["deal_total"]), (&Value::Integer(VISIBLE), &Value::Null));
        for change in ann.organizations().history(one.id).unwrap() {
            for name in ["credit_limit", "rating"] {
                assert!(!change.before.contains_key(name) && !change.after.contains_key(name));
            }
        }
    }
    let all = crm.organizations().get(OrganizationId(OPEN)).unwrap();
    assert_eq!(
        (&all.custom["siblings"], &all.custom["deal_total"], &all.custom["rating_twice"]),
        (&Value::Integer(39), &Value::Integer(88_888), &Value::Integer(155_554))
    );
    for event in ann.changes(0, 10_000).unwrap() {
        assert!(!event.fields.iter().any(|field| field == "credit_limit" || field == "rating"));
    }
    let preview = ann.dry_run(|change| change.organizations().edit(OrganizationId(OPEN), |fields| fields.employees = Some(1))).unwrap();
    assert!(preview.changes.iter().all(|change| !change.after.contains_key("credit_limit") && !change.before.contains_key("credit_limit")));
}

// P1: the histories of records that one does not see, and of the parts of such records.
#[test]
fn histories_of_others_are_closed() {
    let (crm, ann) = veiled();
    for handle in [&ann, &ann.at(ann.now()).unwrap()] {
        assert_refused(handle.organizations().history(OrganizationId(1)), "not_found", "none you may see");
        assert_refused(handle.contact_points().history(ContactPointId(1)), "not_found", "none you may see");
        assert_refused(handle.stage_moves().history(StageMoveId(1)), "not_found", "none you may see");
    }
    crm.contact_points().remove(ContactPointId(1)).unwrap();
    assert_refused(ann.contact_points().history(ContactPointId(1)), "not_found", "none you may see");
    assert_eq!(crm.contact_points().history(ContactPointId(1)).unwrap().len(), 2);
    let hidden: Vec<_> = crm.organizations().find("name like 'Secret%'").unwrap().into_iter().map(|one| one.id.0).collect();
    for event in ann.changes(0, 10_000).unwrap() {
        assert!(event.entity != "organization" || !hidden.contains(&event.first_id));
        assert!(event.entity != "contact_point", "{event:?}");
    }
}

// P1: records about records follow what they are about, however far.
#[test]
fn notes_are_seen_with_what_they_are_on() {
    let (crm, ann) = veiled();
    let note = |entity: &str, id: i64| {
        crm.notes().add(NoteFields { entity: entity.into(), record_id: id, text: format!("about {entity} {id}"), ..Default::default() }).unwrap()
    };
    let process = note("process", 1);
    let open = note("organization", OPEN);
    note("organization", 1);
    note("contact_point", 1);
    note("deal", 1);
    let seen: Vec<_> = ann.notes().find(Filter::new("").order_by("id")).unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(seen, [process.id, open.id]);
    assert_eq!(count(&ann, "select count(*) from note"), 2);
    assert_eq!(count(&crm, "select count(*) from note"), 5);
}

// P1: what one reader's lens showed is gone when another reads on the same connection.
#[test]
fn readers_share_connections_without_sharing_sight() {
    let (crm, ann) = veiled();
    let (bob, _) = user_with(&crm, "Bob", &[("organization", Level::Own, Level::Own), ("deal", Level::Own, Level::Own)]);
    let bob = crm.acting_as(bob).unwrap();
    let past = crm.at(crm.now() - chrono::TimeDelta::days(30)).unwrap();
    let sees = |handle: &Crm| handle.organizations().count("").unwrap();
    for _ in 0..20 {
        assert_eq!((sees(&ann), sees(&bob), sees(&crm), sees(&past)), (VISIBLE, 0, HIDDEN + VISIBLE, 0));
        assert_eq!(ann.sql("select acting_user() as n", &[]).unwrap().integer(0, "n"), ann.user().map(|user| user.0));
        assert_eq!(crm.sql("select acting_user() as n", &[]).unwrap().integer(0, "n"), None);
    }
    // Rights given and taken hold from the next read on.
    crm.organizations().edit(OrganizationId(1), |fields| fields.owner_id = bob.user()).unwrap();
    assert_eq!(sees(&bob), 1);
}

// Statements that were prepared before a field came or went tell of the columns that there are.
#[test]
fn a_field_that_comes_or_goes_is_known_to_every_statement() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    let birch = crm.organizations().add(organization("Birch")).unwrap();
    let columns = || {
        let table = crm.sql("select * from organization", &[]).unwrap();
        table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    let before = columns();
    crm.organizations().remove(acme.id).unwrap();
    let field = crm.custom_fields().add(custom_field("organization", "colour", CustomKind::Text)).unwrap();
    assert_eq!(columns(), [before.clone(), vec!["colour".to_owned()]].concat());
    // What the log's chain is over has the new column, too.
    crm.organizations().set(birch.id, named([("colour", "red".into())]), None).unwrap();
    crm.organizations().remove(birch.id).unwrap();
    assert_clean(&crm);
    crm.custom_fields().remove(field.id).unwrap();
    assert_eq!(columns(), before);
}

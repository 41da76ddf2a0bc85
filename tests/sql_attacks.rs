//! More attempts to get around the lens by `sql()`: what is odd in texts, names and functions.

use crate::lens::{VISIBLE, assert_harmless, veiled};
use crate::support::*;
use crm_core::*;
use std::time::{Duration, Instant};

/// Tables and functions that show what nobody may see, or do what nobody may do.
const TABLES: &[&str] = &[
    "sqlite_schema",
    "SQLITE_MASTER",
    "sqlite_temp_schema",
    "\"sqlite_master\"",
    "[sqlite_schema]",
    "`sqlite_temp_master`",
    "sqlite_stat1",
    "sqlite_sequence",
    "sqlite_dbpage",
    "sqlite_stmt",
    "dbstat",
    "change",
    "\"change\"",
    "change_set",
    "crm_meta",
    "area_step",
    "number_given",
    "scope_member",
    "scope_line",
    "scope_past",
    "organization__then",
    "organization__changed",
    "pragma_table_info('organization')",
    "pragma_table_list",
    "pragma_table_list()",
    "pragma_database_list",
    "pragma_function_list",
    "pragma_module_list",
    "pragma_index_list('organization')",
    "pragma_foreign_key_list('deal')",
    "PRAGMA_user_version",
    "generate_series(1, 3)",
    "fts5vocab('x', 'row')",
    "fts3tokenize",
    "rtree_i32",
    "bytecode('select * from organization')",
    "tables_used('select * from organization')",
    "completion('s')",
    "csv('x')",
    "main.organization",
    "\"main\".\"organization\"",
    "temp.organization",
    "main.main.organization",
    "json_each.organization",
    "\0organization",
    "organization\0",
    "\"organization\0\"",
    "\"\"",
    "[]",
    "'organization'",
    "'main'.'organization'",
    "main.json_each('[]')",
    "unnest(organization)",
    "table(organization)",
    "lateral (select * from organization)",
    "organization tablesample bernoulli (10)",
    "organization for system_time as of now()",
    "organization with (nolock)",
    "organization(name)",
    "organization.*",
    "?1",
    "@stage",
    "values",
];

/// Functions that are no business of a reader, in a call that would work.
const CALLS: &[&str] = &[
    "load_extension('x')",
    "\"load_extension\"('x')",
    "readfile('/etc/passwd')",
    "writefile('/tmp/x', 'y')",
    "edit('x')",
    "fts3_tokenizer('simple')",
    "fts5(1)",
    "fts5_source_id()",
    "match('a', 'b')",
    "regexp('a', 'b')",
    "rtreecheck('x')",
    "rtreenode(2, x'00')",
    "sqlite_log(1, 'x')",
    "sqlite_source_id()",
    "sqlite_compileoption_get(1)",
    "sqlite_compileoption_used('x')",
    "sqlite_offset(1)",
    "last_insert_rowid()",
    "changes()",
    "total_changes()",
    "randomblob(1000000000)",
    "zeroblob(1000000000)",
    "raise(abort, 'x')",
    "main.count(1)",
    "main.main.count(1)",
    "pragma_table_info('organization')",
    "eval('select 1')",
    "pg_sleep(10)",
    "version()",
    "current_user",
    "row(1, 2)",
    "array[1]",
    "date '2026-01-01'",
    "interval '1 day'",
    "1::text",
    "{fn now()}",
    "organization.name.x.y",
    "(organization).name",
    "count(organization.*)",
    "count(* except id)",
    "sum(1) within group (order by 1)",
    "sum(1) ignore nulls over ()",
    "sum(1, 2 separator ',')",
    "exists(delete from organization)",
    "(delete from organization returning id)",
    "(insert into organization (name) values ('x') returning id)",
    "(update organization set name = 'x' returning id)",
    "(pragma user_version)",
    "any(select 1)",
    "1 = any (select 1)",
    "1 = all (select 1)",
    "'a' similar to 'b'",
    "'a' ilike 'b'",
    "'a' regexp 'b'",
    "'a' match 'b'",
    "1 # 2",
    "1 ^ 2",
    "@1",
    ":: 1",
    "$$ $$",
    "N'x'",
    "E'\\x00'",
    "U&'x'",
    "X'0'",
    "0xZZ",
    "'unfinished",
    "\"unfinished",
    "[unfinished",
    "`unfinished",
    "/* unfinished",
    "1 -- */ from change",
];

fn attacks() -> Vec<String> {
    let mut all = Vec::new();
    for table in TABLES {
        all.push(format!("select * from {table}"));
        all.push(format!("select count(*) from organization o, {table}"));
        all.push(format!("with organization as (select * from {table}) select * from organization"));
        all.push(format!("select 1 from organization where id in {table}"));
    }
    for call in CALLS {
        all.push(format!("select {call}"));
        all.push(format!("select name from organization order by {call}"));
        all.push(format!("with t as (select {call} as x) select x, name from t, organization"));
    }
    for name in entities().map(|meta| meta.name) {
        // A common table expression of a table's name, and of what the views look at.
        all.push(format!("with \"{name}\" as (select * from change) select * from \"{name}\""));
        all.push(format!("with scope_member(id) as (values (1), (2), (3)), \"{name}\"(id) as (select 1) select name from organization"));
        all.push(format!("with lens_0_{name} as (select * from organization), scope_line(id) as (select 1) select * from lens_0_{name}"));
    }
    all
}

#[test]
fn odd_names_and_functions_show_nothing() {
    let (crm, ann) = veiled();
    let past = ann.at(ann.now()).unwrap();
    let before = crm.verify(None, &mut |_, _| {}).unwrap();
    let all = attacks();
    let mut refusals = 0;
    for sql in &all {
        for handle in [&ann, &past] {
            let result = handle.time_limit(Duration::from_secs(5)).sql(sql, &[]);
            refusals += usize::from(result.is_err());
            assert_harmless(sql, result);
        }
    }
    assert!(all.len() > 400 && refusals > 600, "{} attacks, {refusals} refused", all.len());
    // Nobody may look at the library's own tables and the database's, the system neither.
    for table in &TABLES[..40] {
        refused(crm.sql(&format!("select * from {table}"), &[]));
    }
    assert_eq!(crm.verify(None, &mut |_, _| {}).unwrap(), before);
    assert_eq!(count(&ann, "select count(*) from organization"), VISIBLE);
}

#[test]
fn names_given_in_a_statement_hide_nothing_else() {
    let (_, ann) = veiled();
    // The views go on meaning the tables that they were made for.
    for (sql, expected) in [
        ("with contact_point(id) as (values (1), (2), (3)) select count(*) from contact_point, organization", 3 * VISIBLE),
        ("with scope_member(id) as (values (1), (2)), scope_line(id) as (values (1)) select count(*) from organization", VISIBLE),
        ("select count(*) from organization as deal, (select 1) as organization", VISIBLE),
        ("select count(*) from organization main where main.id > 0", VISIBLE),
        ("select count(*) from organization temp join organization on temp.id = organization.id", VISIBLE),
        ("with main as (select 1 as x) select count(*) from main, organization", VISIBLE),
    ] {
        assert_eq!(ann.sql(&sql.replacen("count(*)", "count(*) as n", 1), &[]).unwrap().integer(0, "n"), Some(expected), "{sql}");
    }
}

/// A name that a statement gives is known where it was given, and hides a table of the library nowhere else.
#[test]
fn names_are_known_where_they_are_given() {
    let (crm, _) = veiled();
    for table in ["change", "change_set", "crm_meta", "scope_member", "organization__then", "sqlite_schema"] {
        for sql in [
            format!("select (with {table} as (select 1 as x) select x from {table}), (select count(*) from {table})"),
            format!("select count(*) from {table}, (with {table} as (select 1) select * from {table})"),
            format!("with a as (with {table} as (select 1) select * from {table}) select count(*) from {table}"),
            format!("with {table} as (select count(*) from {table}) select * from {table}"),
            format!("with {table}(x) as (select 1 union all select (select count(*) from {table})) select * from {table}"),
            format!("with a as (select count(*) from {table}), b as (with {table} as (select 1) select * from {table}) select * from a"),
            format!("select count(*) from {table} union select * from (with {table} as (select 1) select * from {table})"),
            format!("select 1 where (select count(*) from {table}) > 0 order by (with {table} as (select 1) select 1)"),
        ] {
            refused(crm.sql(&sql, &[]));
        }
        let counted = crm.sql(&format!("with {table} as (select distinct country from organization limit 1) select count(*) as n from {table}"), &[]);
        assert_eq!(counted.unwrap().integer(0, "n"), Some(1), "{table}");
    }
}

/// Deep and long texts end soon, in an error or in what they ask for, whatever stack there is.
#[test]
fn giants_end_soon() {
    let crm = memory();
    let nested = |open: &str, inner: &str, close: &str, times: usize| format!("select {}{inner}{}", open.repeat(times), close.repeat(times));
    let mut giants = Vec::new();
    for times in [30, 100, 900, 5_000, 20_000] {
        giants.extend([
            nested("(", "1", ")", times),
            nested("(", "", "", times),
            nested("(select ", "1", ")", times),
            nested("abs(", "1", ")", times),
            nested("abs(", "", "", times),
            nested("cast(", "1", " as text)", times),
            nested("cast(", "", "", times),
            nested("case when ", "1", " then 1 end", times),
            nested("case ", "", "", times),
            nested("not ", "1", "", times),
            nested("- ", "1", "", times),
            nested("~", "1", "", times),
            nested("1 + ", "1", "", times),
            nested("1 or ", "1", "", times),
            nested("1 in (", "1", ")", times),
            nested("1 in (select ", "1", ")", times),
            nested("1 in (select ", "", "", times),
            nested("exists (select ", "1", ")", times),
            nested("1 between 1 and ", "1", "", times),
            nested("1 is ", "1", "", times),
            nested("'a' || ", "'b'", "", times),
            nested("'a' like ", "'b'", "", times),
            nested("1 collate nocase = ", "1", "", times),
            nested("1 -> ", "1", "", times),
            nested("1 isnull = ", "1", "", times),
            nested("1, ", "1", "", times),
            nested("a.", "a", "", times),
            nested("a[", "1", "]", times),
            nested("1 union select ", "1", "", times),
            nested("1 from (select ", "1", ")", times),
            nested("* from (", "deal", ")", times),
            nested("* from (deal join ", "deal", ")", times),
            nested("* from ((", "", "", times),
            nested("1 from deal join ", "deal", "", times.min(900)),
            nested("sum(1) over (partition by ", "1", ")", times),
            nested("sum(1) filter (where ", "1", ")", times),
            format!("{}select 1", "with t as (".repeat(times)),
            format!("with {} z as (select 1) select 1", (0..times).map(|n| format!("t{n} as (select 1),")).collect::<String>()),
            format!("values {}(1)", "(1),".repeat(times)),
            "(".repeat(times),
            "select ".repeat(times),
            "/*".repeat(times),
            "'".repeat(times),
            format!("select '{}'", "x".repeat(times)),
            format!("select {}", "9".repeat(times)),
            format!("select {} from deal", "n".repeat(times)),
            format!("select {}", "?,".repeat(times)),
        ]);
    }
    // Half a megabyte is what some hosts' threads have.
    let run = move || {
        for text in giants {
            let began = Instant::now();
            for error in [crm.sql(&text, &[]).err(), crm.deals().find(text.strip_prefix("select ").unwrap_or(&text)).err()].into_iter().flatten() {
                assert!(["invalid", "denied", "timed_out"].contains(&error.code()), "{text:.60}: {} {error:.200}", error.code());
            }
            assert!(began.elapsed() < Duration::from_secs(5), "{text:.60}: {:?}", began.elapsed());
        }
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap().join().unwrap();
}

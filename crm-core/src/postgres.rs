//! SQL of both kinds of engine: every statement that the library writes over its entities is prepared on a PostgreSQL, too, which looks at
//! names, types and groups far more closely than SQLite does. `CRM_POSTGRES` is the folder with the socket of one; `tests/run` starts it.

use crate::areas::entities;
use crate::base::is_reserved;
use crate::engine::query::{Reach, functions};
use crate::engine::store::prepared_by;
use crate::engine::store::schema::{FIXED, Part, Schema, Table as Stored, quoted};
use crate::entity::FieldType;
use crate::every_use::{FILTERS, Host, fill, fill_sample, read, report, write};
use crate::sample::sample;
use crate::*;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What is SQLite's own, by how it begins or what it names: it will have to be written for a server anew, and is not looked at here.
const OWN: [(&str, &[&str], &[&str]); 4] = [
    ("what a caller wrote himself", &["/* sql */"], &[]),
    ("the lens", &[], &["temp.", "lens_", "$versions"]),
    (
        "the log and what is counted outside it",
        &[],
        &["main.change", "main.\"change", "main.number_given", "main.area_step", "main.crm_meta", "main.prun", "main.erased"],
    ),
    (
        "the shape of the file, its transactions",
        &["pragma", "begin", "commit", "rollback", "savepoint", "release", "vacuum", "select randomblob"],
        &["main.sqlite_schema", "pragma_table_info"],
    ),
];

fn whose(sql: &str) -> Option<&'static str> {
    let is = |begins: &[&str], names: &[&str]| begins.iter().any(|word| sql.starts_with(word)) || names.iter().any(|word| sql.contains(word));
    OWN.iter().find(|(_, begins, names)| is(begins, names)).map(|(whose, ..)| *whose)
}

/// A statement as PostgreSQL writes it: parameters are `$1` there.
fn translated(sql: &str) -> String {
    let mut within = false;
    let lines = sql.lines().map(|line| {
        // A comment may hold anything; all of ours are lines of their own.
        let comment = !within && line.trim_start().starts_with("--");
        let parameter = |letter: char| {
            within ^= letter == '\'';
            if letter == '?' && !within { '$' } else { letter }
        };
        if comment { String::new() } else { line.chars().map(parameter).collect() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The tables as they are stored, and as they are shown.
fn tables(schema: &Schema) -> String {
    let kind = |field_type: &FieldType| match field_type {
        FieldType::Integer { .. } | FieldType::Moment | FieldType::Money | FieldType::Reference(_) => "bigint",
        FieldType::Number => "double precision",
        FieldType::Bool => "boolean",
        _ => "text",
    };
    let stored = |table: &Stored| {
        let own = table.columns.iter().map(|column| {
            let kind = if column.part == Part::Currency { "text" } else { kind(&table.fields[column.field].field_type) };
            format!("{} {kind}", quoted(&column.name))
        });
        let salt = (!table.meta.operational).then(|| "salt bytea".to_owned());
        FIXED.iter().map(|(name, field_type)| format!("{name} {}", kind(field_type))).chain(own).chain(salt).collect::<Vec<_>>().join(", ")
    };
    let shown =
        |table: &Stored| table.shown_columns().map(|(name, field_type)| format!("{} {}", quoted(name), kind(field_type))).collect::<Vec<_>>().join(", ");
    let mut sql = String::from("create schema main; create schema shown;\n");
    for table in &schema.tables {
        // Without a key nothing is taken to follow from one, so that groups must name every column: a server's tables are views, too.
        let _ = writeln!(sql, "create table {} ({}); create table shown.{} ({});", table.stored_name, stored(table), table.quoted, shown(table));
        let _ = writeln!(sql, "create table {} (ended_by bigint, {});", table.past_name, stored(table));
    }
    sql + "set search_path = ours, shown, pg_catalog;\n"
}

/// What PostgreSQL says to a script: its answers, and its errors.
fn psql(socket: &str, script: &str) -> std::io::Result<(String, String)> {
    let arguments = ["-h", socket, "-U", "crm", "-d", "postgres", "-X", "-q", "-A", "-t", "-f", "-"];
    let mut child = Command::new("psql").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (mut input, script) = (child.stdin.take(), script.to_owned());
    // Fed beside the reading, since it answers before it has heard all.
    let feed = std::thread::spawn(move || input.take().map(|mut input| input.write_all(script.as_bytes())));
    let told = child.wait_with_output()?;
    let _ = feed.join();
    Ok((String::from_utf8_lossy(&told.stdout).into_owned(), String::from_utf8_lossy(&told.stderr).into_owned()))
}

/// Splits what was told at the marks of the statements.
fn by_statement(told: &str) -> Vec<(usize, &str)> {
    let parts = told.split("\n@").flat_map(|part| part.split_once('\n').or(Some((part, ""))));
    parts.filter_map(|(mark, rest)| Some((mark.trim_start_matches('@').trim().parse().ok()?, rest.trim()))).filter(|(_, rest)| !rest.is_empty()).collect()
}

#[test]
fn every_statement_is_sql_of_both_engines() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|_| Error::storage("", "no folder"))?;
    let (crm, _) = sample()?;
    let host = Host::new(crm.clone());
    let (schema, statements) = prepared_by(|| {
        fill(&host);
        let schema = fill_sample(&crm).and_then(|()| crm.view(|view| Ok(tables(view.schema))));
        read(&host, &json!({}));
        read(&host, &json!({"acting_as": 1}));
        read(&host, &json!({"at": "2026-01-01T00:00:00Z"}));
        report(&crm);
        write(&host, folder.path());
        schema
    });
    assert_eq!(*host.failed.borrow(), Vec::<String>::new());
    // Nothing may be passed over.
    let calls = host.call(json!({"call": "calls"}));
    let not_asked = ["backup_to", "commit", "entities", "fields", "now"];
    let missing: Vec<_> = calls.as_array().into_iter().flatten().filter_map(|call| call["name"].as_str()).collect();
    let missing: Vec<_> = missing.into_iter().filter(|name| !not_asked.contains(name) && !host.called.borrow().contains(*name)).collect();
    assert!(missing.is_empty(), "calls that nobody made: {missing:?}");
    let missing: Vec<_> =
        functions(|reach| reach == Reach::Everywhere).filter(|name| !FILTERS.iter().any(|filter| filter.contains(&format!("{name}(")))).collect();
    assert!(missing.is_empty(), "functions that no filter calls: {missing:?}");

    let (ours, own): (BTreeSet<String>, BTreeSet<String>) = statements.into_iter().partition(|sql| whose(sql).is_none());
    assert!(own.len() < 150, "{} statements are passed over", own.len());
    assert!(ours.len() > 2_000, "only {} statements were looked at", ours.len());
    // Both engines have functions over JSON, of the same names and other meanings.
    assert_eq!(ours.iter().filter(|sql| sql.contains("json")).collect::<Vec<_>>(), Vec::<&String>::new());
    for meta in entities() {
        assert!(ours.iter().any(|sql| sql.contains(&quoted(meta.name))), "no statement is about {}", meta.name);
    }
    let Ok(socket) = std::env::var("CRM_POSTGRES") else {
        eprintln!("skipped: CRM_POSTGRES does not name a PostgreSQL to prepare {} statements on", ours.len());
        return Ok(());
    };
    // In a transaction that is never committed, so that the next run finds nothing.
    let mut script = format!("\\set ON_ERROR_ROLLBACK on\nbegin;\n{}\n{}", include_str!("postgres.sql"), schema?);
    for (number, sql) in ours.iter().enumerate() {
        let _ = writeln!(script, "\\echo @{number}\n\\warn @{number}\n{}\n\\gdesc", translated(sql));
    }
    script += "\\echo @reserved\nselect word from pg_get_keywords() where catcode in ('R', 'T');\n";
    let (told, errors) = psql(&socket, &script).map_err(|error| Error::storage("", format!("psql: {error}")))?;
    let ours: Vec<_> = ours.into_iter().collect();
    let mut refused: Vec<_> = by_statement(&format!("\n{errors}")).into_iter().map(|(number, error)| format!("{error}\n    {}", ours[number])).collect();
    // A sum is exact only as long as it is cast back, and an average is a number like any other.
    let numeric = by_statement(&told).into_iter().filter(|(_, columns)| columns.contains("|numeric"));
    refused.extend(numeric.map(|(number, columns)| format!("numeric: {columns}\n    {}", ours[number])));
    println!("{} statements, {} refused", ours.len(), refused.len());
    assert!(refused.is_empty(), "{} of {} statements:\n{}\n{errors:.2000}", refused.len(), ours.len(), refused.join("\n"));
    let reserved: Vec<_> = told.split_once("@reserved\n").map(|(_, words)| words.lines().collect()).unwrap_or_default();
    assert!(reserved.len() > 70 && told.contains(&format!("@{}", ours.len() - 1)), "{errors}");
    assert_eq!(reserved.into_iter().filter(|word| !word.is_empty() && !is_reserved(word)).collect::<Vec<_>>(), Vec::<&str>::new());
    Ok(())
}

/// Tables may be named by any word, since the library quotes them; fields stand in SQL as they are.
#[test]
fn no_declared_field_is_a_word_of_sql() {
    let fields = entities().flat_map(|meta| meta.fields.iter().map(move |field| (meta.name, field.name.as_ref())));
    assert_eq!(fields.filter(|(_, field)| is_reserved(field)).collect::<Vec<_>>(), Vec::new());
}

//! The page about the functions, and the proof that it says what is so.

use super::function::{Function, Reach};
use super::{AGGREGATES, functions, sections};
use crate::{Crm, Error, ManualClock, Options, Result};
use std::fmt::Write;
use std::sync::Arc;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/FUNCTIONS.md");

/// What SQLite has and nobody may call: what reads files or loads code, tells of the connection, belongs to tables of other kinds or fills the memory.
const LEFT_OUT: &[&str] = &[
    "->",
    "->>",
    "bm25",
    "changes",
    "fts3_tokenizer",
    "fts5",
    "fts5_fold",
    "fts5_get_locale",
    "fts5_insttoken",
    "fts5_isalnum",
    "fts5_locale",
    "fts5_source_id",
    "highlight",
    "last_insert_rowid",
    "load_extension",
    "match",
    "matchinfo",
    "offsets",
    "optimize",
    "randomblob",
    "rtreecheck",
    "rtreedepth",
    "rtreenode",
    "past_is_kept",
    "shown",
    "snippet",
    "sqlite_compileoption_get",
    "sqlite_compileoption_used",
    "sqlite_log",
    "sqlite_source_id",
    "subtype",
    "total_changes",
    "word",
    "word_of_today",
    "words",
    "zeroblob",
];

fn at_a_moment() -> Result<Crm> {
    let clock = "2026-03-02T09:00:00Z".parse().map_err(|_| Error::storage("", "no moment"))?;
    Crm::open_with(":memory:", Options { clock: Arc::new(ManualClock::at(clock)), ..Options::default() })
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Written from the declarations: CRM_WRITE=1 cargo test --release -p crm-core --lib page -->\n\n# Functions\n\n\
         What filters, formulas and `sql()` may call. Filters and formulas have those of the first sections, except where it says \"Only in `sql()`\". What stands \
         under \"SQLite\" is for `sql()` alone: only a file has it, and a store on a server will not.\n\nAn example shows what it gives on 2 March 2026 at \
         9 o'clock in UTC. `case`, `cast`, `like`, `in`, `between`, `exists` and `is distinct from` are no functions, and can be \
         used everywhere.\n\nDates are texts (`2026-03-02`) and moments milliseconds since 1970. A day some days from now is `today(30)`, a moment \
         `now() + days(30)`; days since a date are `days_between(closes_on, today())`; the beginning of the month is `period_start('month', today())`. A text beside \
         a moment is read as a moment in filters (`created_at >= '2026-03-01'`); in `sql()`, whose SQL is SQLite's own, write `moment('2026-03-01')`.\n",
    );
    for section in sections() {
        let _ = write!(page, "\n## {}\n\n| function | gives | example | is |\n|---|---|---|---|\n", section.title);
        for Function { names, arguments, about, example: (call, gives), reach } in section.functions {
            let shown = |name: &&str| if arguments.is_empty() && name.starts_with("current_") { format!("`{name}`") } else { format!("`{name}({arguments})`") };
            let names = names.iter().map(shown).collect::<Vec<_>>().join(", ");
            let about = if *reach == Reach::Sql { format!("{about} Only in `sql()`.") } else { (*about).to_owned() };
            let gives = if gives.is_empty() { "empty".to_owned() } else { format!("`{gives}`") };
            let gives = if *reach == Reach::Filters { "yes or no; filters only" } else { &gives };
            let _ = writeln!(page, "| {} | {} | {} | {} |", cell(&names), cell(&about), cell(&format!("`{call}`")), cell(gives));
        }
    }
    page
}

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn the_page_is_up_to_date() -> Result<()> {
    let now = page();
    if std::env::var_os("CRM_WRITE").is_some() {
        std::fs::write(PAGE, &now).map_err(|error| Error::io("the page cannot be written", &error))?;
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == now, "FUNCTIONS.md is not what is declared; CRM_WRITE=1 writes it anew");
    Ok(())
}

#[test]
fn every_example_gives_what_the_page_says() -> Result<()> {
    let crm = at_a_moment()?;
    let mut wrong = Vec::new();
    for Function { names, example: (call, gives), reach, .. } in sections().flat_map(|section| section.functions) {
        assert!(names.iter().any(|name| call.contains(name)), "{call} calls none of {names:?}");
        if *reach == Reach::Filters {
            continue;
        }
        let table = crm.sql(&format!("select cast({call} as text) as given"), &[]);
        let given = table.map(|table| table.text(0, "given").unwrap_or_default()).unwrap_or_else(|error| error.to_string());
        if given.strip_suffix(".0").unwrap_or(&given) != *gives {
            wrong.push(format!("{call} gives {given}, not {gives}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

/// A function that a new SQLite brings is looked at by somebody before anybody may call it.
#[test]
fn every_function_of_the_engine_is_declared_or_left_out() -> Result<()> {
    let crm = at_a_moment()?;
    let known: Vec<String> = crm.view(|view| view.session.all("select distinct name from pragma_function_list order by name", [], |row| row.get(0)))?;
    assert!(known.len() > 100);
    let declared: Vec<_> = functions(|reach| reach != Reach::Filters).collect();
    let undecided: Vec<_> = known.iter().filter(|name| !declared.contains(&name.as_str()) && !LEFT_OUT.contains(&name.as_str())).collect();
    assert_eq!(undecided, Vec::<&String>::new());
    assert_eq!(declared.iter().filter(|name| !known.iter().any(|known| known == *name)).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(LEFT_OUT.iter().filter(|name| declared.contains(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
    Ok(())
}

/// What looks at several rows is known as such.
#[test]
fn every_aggregate_is_known_as_one() -> Result<()> {
    let crm = at_a_moment()?;
    let sql = "select distinct name from pragma_function_list where type in ('a', 'w') order by name";
    let known: Vec<String> = crm.view(|view| view.session.all(sql, [], |row| row.get(0)))?;
    let declared: Vec<_> = functions(|reach| reach != Reach::Filters).collect();
    let aggregates: Vec<_> = known.iter().map(String::as_str).filter(|name| declared.contains(name)).collect();
    assert_eq!(aggregates, AGGREGATES);
    Ok(())
}

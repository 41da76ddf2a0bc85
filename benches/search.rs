//! Full-text search beside raw tantivy (the same documents, plain words, no rights) and SQLite's FTS5, at 2,000,000 activities and
//! 1,000,000 names: making the index, two words, type-ahead, and a search right after a small write.
//!
//! Run: `cargo bench --bench search`. The first run makes the file and the indexes (a few minutes). The figures stand in benches/README.md.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use criterion::{Criterion, SamplingMode, Throughput};
use crm_core::*;
use std::collections::HashMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use support::{USERS, pick, scale};
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{FAST, Field, INDEXED, Schema, TEXT};
use tantivy::{Index, IndexReader, TantivyDocument};

/// Words of the texts, the frequent ones first: the n-th comes about 1/n as often (Zipf), as in any language.
const VOCABULARY: i64 = 30_000;

/// The words of short texts in English, Russian and Polish by their frequency there, then made-up ones in all three alphabets.
fn word(rank: i64) -> String {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in include_str!("../tests/search/texts.tsv").split(|letter: char| !letter.is_alphabetic()).filter(|word| word.chars().count() > 3) {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
        let mut words: Vec<_> = counts.into_iter().collect();
        words.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        words.into_iter().map(|(word, _)| word).collect()
    });
    const SYLLABLES: [[&str; 10]; 3] = [
        ["ter", "con", "ing", "pel", "nox", "gor", "lim", "har", "cro", "sed"],
        ["ком", "про", "ство", "дел", "ник", "тор", "ван", "сер", "лин", "ход"],
        ["prze", "nik", "wan", "ość", "dób", "łek", "kon", "czyn", "skim", "row"],
    ];
    let known = WORDS.len() as i64;
    if rank < known {
        return WORDS[rank as usize].clone();
    }
    let (mut rest, language) = (rank, &SYLLABLES[(rank % 3) as usize]);
    let mut word = String::new();
    while rest > 0 {
        word += language[(rest % 10) as usize];
        rest /= 10;
    }
    word
}

/// A word of a text, by its frequency.
fn drawn(n: i64) -> String {
    let uniform = pick(n, 1 << 40) as f64 / (1i64 << 40) as f64;
    word(((VOCABULARY as f64).powf(uniform)) as i64)
}

fn text(n: i64, words: i64) -> String {
    (0..words).map(|at| drawn(n * 64 + at)).collect::<Vec<_>>().join(" ")
}

/// Title and body of the n-th activity.
fn activity(n: i64) -> (String, String) {
    (text(n, 4), text(-n, 12 + n % 12))
}

fn name(n: i64) -> String {
    format!("{} {} {}", word(pick(n, VOCABULARY)), word(pick(-n, VOCABULARY)), n % 1_000)
}

/// The file: activities, and people, half of whose owners a restricted user sees.
fn file(activities: i64, people: i64) -> (PathBuf, Crm, UserId) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/bench-data");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("search-{activities}.crm"));
    if !path.exists() {
        let part = folder.join(format!("search-{activities}.part"));
        let _ = std::fs::remove_file(&part);
        let crm = Crm::open(&part).unwrap();
        let team = crm.teams().add(TeamFields { name: "Half".into(), ..Default::default() }).unwrap().id;
        crm.users()
            .add_many((1..=USERS).map(|n| UserFields { name: format!("User {n}"), team_id: (n % 2 == 0).then_some(team), ..Default::default() }))
            .unwrap();
        let role = crm.roles().add(RoleFields { name: "Seller".into(), ..Default::default() }).unwrap().id;
        crm.permissions().add(PermissionFields { role_id: role, entity: "*".into(), reading: Level::Team, ..Default::default() }).unwrap();
        crm.user_roles().add(UserRoleFields { user_id: UserId(2), role_id: role, ..Default::default() }).unwrap();
        crm.people().add_many((1..=people).map(|n| PersonFields { name: name(n), owner_id: Some(UserId(1 + n % USERS)), ..Default::default() })).unwrap();
        crm.activities()
            .add_many((1..=activities).map(|n| {
                let (subject, description) = activity(n);
                let starts_at = chrono::DateTime::from_timestamp_millis(1_700_000_000_000 + pick(n, 60_000_000) * 1_000);
                let owner_id = Some(UserId(1 + n % USERS));
                ActivityFields { kind: "call".into(), subject, description: Some(description), starts_at, owner_id, ..Default::default() }
            }))
            .unwrap();
        drop(crm);
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", part.display()));
        }
        std::fs::rename(&part, &path).unwrap();
    }
    let crm = Crm::open(&path).unwrap();
    (path, crm, UserId(2))
}

/// What a program would do with tantivy itself: two text fields, the default analysis, what it sorts and finds by as columns.
struct Raw {
    reader: IndexReader,
    title: Field,
    body: Field,
}

impl Raw {
    fn make(path: &Path, activities: i64, people: i64) -> Self {
        let mut schema = Schema::builder();
        let (title, body) = (schema.add_text_field("title", TEXT), schema.add_text_field("body", TEXT));
        let key = schema.add_u64_field("key", INDEXED | FAST);
        let (owner, line, stage) = (schema.add_u64_field("owner", FAST), schema.add_u64_field("line", FAST), schema.add_u64_field("stage", FAST));
        let time = schema.add_i64_field("time", FAST);
        let schema = schema.build();
        let index = if path.join("meta.json").exists() {
            Index::open_in_dir(path).unwrap()
        } else {
            std::fs::create_dir_all(path).unwrap();
            let index = Index::create_in_dir(path, schema).unwrap();
            let mut writer = index.writer_with_num_threads(2, 2 * (96 << 20)).unwrap();
            let add = |n: i64, text: (String, String)| {
                let mut document = TantivyDocument::new();
                document.add_text(title, text.0);
                document.add_text(body, text.1);
                document.add_i64(time, 1_700_000_000_000 + pick(n, 60_000_000) * 1_000);
                for (field, value) in [(key, n), (owner, 1 + n % USERS), (line, 0), (stage, 0)] {
                    document.add_u64(field, value as u64);
                }
                writer.add_document(document).unwrap();
            };
            (1..=people).for_each(|n| add(n, (name(n), String::new())));
            (1..=activities).for_each(|n| add((1 << 40) + n, activity(n)));
            writer.commit().unwrap();
            writer.wait_merging_threads().unwrap();
            index
        };
        Self { reader: index.reader().unwrap(), title, body }
    }

    fn search(&self, words: &str, all: bool) -> usize {
        let searcher = self.reader.searcher();
        let mut parser = QueryParser::for_index(searcher.index(), vec![self.title, self.body]);
        if all {
            parser.set_conjunction_by_default();
        }
        searcher.search(&parser.parse_query(words).unwrap(), &TopDocs::with_limit(10).order_by_score()).unwrap().len()
    }
}

fn fts5(path: &Path, activities: i64) -> rusqlite::Connection {
    let made = path.exists();
    let conn = rusqlite::Connection::open(path).unwrap();
    if !made {
        conn.execute_batch("pragma synchronous = off; create virtual table texts using fts5(title, body, content = ''); begin").unwrap();
        let mut insert = conn.prepare("insert into texts (rowid, title, body) values (?1, ?2, ?3)").unwrap();
        for n in 1..=activities {
            let (title, body) = activity(n);
            insert.execute(rusqlite::params![n, title, body]).unwrap();
        }
        drop(insert);
        conn.execute_batch("commit").unwrap();
    }
    conn
}

fn build(criterion: &mut Criterion) {
    let many = scale(200_000);
    let (_, crm, _) = file(many, many / 2);
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("index_build");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements((many + many / 2) as u64));
    let mut n = 0;
    group.bench_function("raw_tantivy", |bencher| {
        bencher.iter(|| {
            n += 1;
            Raw::make(&folder.path().join(n.to_string()), many, many / 2)
        });
    });
    group.bench_function("rebuild", |bencher| bencher.iter(|| crm.search_rebuild(&mut |_, _| {}).unwrap()));
    group.finish();
}

fn queries(criterion: &mut Criterion) {
    let (activities, people) = (scale(2_000_000), scale(1_000_000));
    let (path, crm, user) = file(activities, people);
    crm.search_update(&mut |_, _| {}).unwrap();
    println!("{:?}", crm.search_status().unwrap());
    let raw = Raw::make(&path.with_extension("raw"), activities, people);
    let fts = fts5(&path.with_extension("fts5"), activities);
    let restricted = crm.acting_as(user).unwrap();
    let pairs = [("common", (10, 20)), ("middle", (150, 260)), ("rare", (9_000, 9_003))];
    for (name, (one, other)) in pairs {
        let words = format!("{} {}", word(one), word(other));
        let mut group = criterion.benchmark_group(format!("two_{name}_words"));
        group.bench_function("raw_tantivy_all", |bencher| bencher.iter(|| raw.search(&words, true)));
        group.bench_function("raw_tantivy_any", |bencher| bencher.iter(|| raw.search(&words, false)));
        let find = |crm: &Crm| crm.search(words.as_str()).unwrap().hits.len();
        group.bench_function("search", |bencher| bencher.iter(|| find(&crm)));
        group.bench_function("search_of_half", |bencher| bencher.iter(|| find(&restricted)));
        group.bench_function("search_with_facets", |bencher| bencher.iter(|| crm.search(Search::new(words.as_str()).facets(true)).unwrap()));
        let mut statement = fts.prepare("select rowid from texts where texts match ?1 order by rank limit 10").unwrap();
        group.sample_size(20);
        group.bench_function("fts5", |bencher| {
            bencher.iter(|| statement.query_map([&words], |row| row.get::<_, i64>(0)).unwrap().map(|id| black_box(id.unwrap())).fold(0, |count, _| count + 1));
        });
        group.finish();
    }

    let mut group = criterion.benchmark_group("suggest");
    for (name, crm) in [("all", &crm), ("half", &restricted)] {
        for typed in ["k", "kon", "nox ter"] {
            let mut n = 0;
            group.bench_function(format!("{name}_{typed}"), |bencher| {
                bencher.iter(|| {
                    n += 1;
                    crm.suggest(typed, 10).unwrap()
                });
            });
        }
    }
    group.finish();

    let mut group = criterion.benchmark_group("search_after_a_small_write");
    group.bench_function("p50", |bencher| {
        let mut n = 0;
        bencher.iter_custom(|times| {
            let mut total = Duration::ZERO;
            for _ in 0..times {
                n += 1;
                let fresh = format!("fresh{}", word(n));
                crm.activities().add(ActivityFields { kind: "call".into(), subject: fresh.clone(), ..Default::default() }).unwrap();
                let started = Instant::now();
                black_box(crm.search(fresh.as_str()).unwrap().hits.len());
                total += started.elapsed();
            }
            total
        });
    });
    group.finish();
    // The median and the tail of it, which an average hides.
    let mut took: Vec<Duration> = (0..1_000)
        .map(|n| {
            crm.activities().add(ActivityFields { kind: "call".into(), subject: format!("single {n}"), ..Default::default() }).unwrap();
            let started = Instant::now();
            black_box(crm.search(format!("single {n}").as_str()).unwrap());
            started.elapsed()
        })
        .collect();
    took.sort();
    println!("search after a small write: p50 {:?}, p90 {:?}, p99 {:?}, most {:?}", took[500], took[900], took[990], took[999]);

    let mut group = criterion.benchmark_group("open_and_search");
    crm.search_update(&mut |_, _| {}).unwrap();
    drop((restricted, crm));
    group.bench_function("open", |bencher| bencher.iter(|| Crm::open(&path).unwrap().people().count("id = 1").unwrap()));
    group.bench_function("open_search", |bencher| bencher.iter(|| Crm::open(&path).unwrap().search(word(9_000).as_str()).unwrap()));
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    build(&mut criterion);
    queries(&mut criterion);
}

//! Full-text search (D23).

mod crash;
mod files;
mod options;
mod relevance;
mod rights;
mod upkeep;
mod words;

use crm_core::*;

/// The titles of the hits, in order.
fn titles(crm: &Crm, search: impl Into<Search>) -> Vec<String> {
    crm.search(search).unwrap().hits.into_iter().map(|hit| hit.title).collect()
}

/// Whether exactly these are found, in whatever order.
#[track_caller]
fn assert_finds(crm: &Crm, search: impl Into<Search>, expected: &[&str]) {
    let search = search.into();
    let words = format!("{search:?}");
    let mut found: Vec<String> = crm.search(search.limit(1_000)).unwrap().hits.into_iter().filter(|hit| hit.complete).map(|hit| hit.title).collect();
    found.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{words}");
}

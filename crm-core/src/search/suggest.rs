//! Names as one types: whole names in order of the alphabet, from the dictionary of names, then names with such a word in the middle.

use super::columns::{Columns, value};
use super::failure::broken;
use super::request::Suggestion;
use super::rights::Rights;
use super::schema::record;
use super::shown::Shown;
use super::stream::WHOLE;
use super::text::folded;
use crate::engine::error::Result;
use crate::engine::store::View;
use std::collections::HashSet;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

/// The entities whose names are suggested.
const SUGGESTED: [&str; 2] = ["organization", "person"];

/// Names that begin with what was typed, then names with words that do; keys in the order shown, at most `limit`.
pub(crate) fn names(view: View<'_>, shown: &Shown, rights: &Rights, tables: &HashSet<usize>, typed: &str, limit: usize) -> Result<Vec<u64>> {
    let typed = folded(typed);
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = beginning_with(view, shown, rights, tables, &format!("{WHOLE}{typed}"), limit, |_| true)?;
    if found.len() < limit {
        let words: Vec<&str> = typed.split(' ').collect();
        let longest = words.iter().max_by_key(|word| word.len()).copied().unwrap_or_default();
        // A further word must begin a word of the name, too: the whole name is looked up to see.
        let known: HashSet<u64> = found.iter().map(|(_, key)| *key).collect();
        let more = beginning_with(view, shown, rights, tables, longest, limit + known.len(), |key| words.len() == 1 || has_words(view, key, &words))?;
        let mut seen = known;
        found.extend(more.into_iter().filter(|(_, key)| seen.insert(*key)).take(limit - found.len()));
    }
    Ok(found.into_iter().map(|(_, key)| key).collect())
}

/// Whether every typed word begins a word of the record's title.
fn has_words(view: View<'_>, key: u64, words: &[&str]) -> bool {
    let (table, id) = record(key);
    let Some(title) = title(view, table, id) else { return false };
    let title = folded(&title);
    words.iter().all(|word| title.split(' ').any(|of| of.starts_with(word)))
}

/// The title of a record as its reader sees it.
pub(crate) fn title(view: View<'_>, table: usize, id: i64) -> Option<String> {
    let table = &view.schema.tables[table];
    let field = &table.fields[table.meta.title?].name;
    let sql = format!("select {field} from {} where id = ?1", table.quoted);
    view.session.first(&sql, [id], |row| row.get::<Option<String>>(0)).ok().flatten().flatten()
}

/// The first keys of visible records, by the terms of their names from a beginning on.
fn beginning_with(
    view: View<'_>,
    shown: &Shown,
    rights: &Rights,
    tables: &HashSet<usize>,
    prefix: &str,
    limit: usize,
    also: impl Fn(u64) -> bool,
) -> Result<Vec<(String, u64)>> {
    let mut all: Vec<(String, u64)> = Vec::new();
    for segment in shown.segments() {
        view.session.check()?;
        let (Columns { key: keys, guard, owner, line, .. }, inverted) = (segment.columns, segment.reader.inverted_index(shown.fields.name).map_err(broken)?);
        let range = inverted.terms().range().ge(prefix);
        let terms = match after_all(prefix) {
            Some(end) => range.lt(end).into_stream(),
            None => range.into_stream(),
        };
        let mut terms = terms.map_err(|error| broken(error.into()))?;
        let mut here: HashSet<u64> = HashSet::new();
        while here.len() < limit && terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            let term = term.to_owned();
            let mut postings = inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic).map_err(|error| broken(error.into()))?;
            let mut doc = postings.doc();
            while doc != TERMINATED {
                let key = value(keys, doc);
                let visible = || tables.contains(&record(key).0) && rights.sees(key, value(guard, doc), || value(owner, doc), || value(line, doc));
                if segment.counts(doc, key) && visible() && also(key) && here.insert(key) {
                    all.push((term.clone(), key));
                }
                doc = postings.advance();
            }
        }
    }
    all.sort();
    let mut seen = HashSet::new();
    all.retain(|(_, key)| seen.insert(*key));
    all.truncate(limit);
    Ok(all)
}

/// The first bytes after all texts that begin with this one.
fn after_all(prefix: &str) -> Option<Vec<u8>> {
    let mut end = prefix.as_bytes().to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

/// Names of organizations and people, for a reader.
pub(super) fn suggestions(view: View<'_>, shown: &Shown, typed: &str, limit: usize) -> Result<Vec<Suggestion>> {
    let rights = Rights::of(view, shown);
    let hidden = super::plan::hidden(&shown.plan, view.access);
    let mut tables = HashSet::new();
    for kind in SUGGESTED {
        let table = view.schema.index(kind)?;
        // A name that is hidden is not suggested.
        let shown_name = |text: &super::plan::Text| text.title && !hidden.contains(&(table, text.slot));
        tables.extend(shown.plan.of(table).filter(|hits| hits.texts.iter().any(shown_name)).map(|_| table));
    }
    let keys = names(view, shown, &rights, &tables, typed, limit)?;
    let suggestion = |key: u64| {
        let (table, id) = record(key);
        title(view, table, id).map(|title| Suggestion { kind: view.schema.tables[table].name.to_owned(), id, title })
    };
    Ok(keys.into_iter().filter_map(suggestion).collect())
}

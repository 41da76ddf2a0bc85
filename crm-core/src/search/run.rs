//! One search from its request to its hits.

use super::columns::value;
use super::find::{self, Found, Narrow, Order};
use super::matcher::Matcher;
use super::parse::{Clause, as_name, parse};
use super::plan::{MOMENTS, Plan, hidden};
use super::query::{Ask, Asker, KnownTerms, Tier};
use super::request::{FacetCount, Facets, Hit, Hits, Search, SearchOptions};
use super::rights::{AT_ONCE, Rights, among};
use super::schema::{key, number_of, record};
use super::shown::Shown;
use super::snippet::{first_line, snippet};
use super::texts;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::query::Filter;
use crate::engine::store::{Cell, View};
use crate::engine::value::moment_from_millis;
use chrono::Datelike;
use std::collections::{HashMap, HashSet};
use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

/// Hits of a page when nothing is said, and at most.
const LIMIT: usize = 10;
const MOST: usize = 1_000;
/// The longest title of a hit whose title is a text, in characters.
const TITLE: usize = 120;
/// Counts shown of owners and of stages.
const MOST_COUNTS: usize = 1_000;
/// With more candidates than this, a filter is run over the whole entity instead of over them.
const CANDIDATES: usize = 10_000;
/// A quarter of an hour, in milliseconds.
const QUARTER: i64 = 900_000;

/// A search about to run.
pub(crate) struct Run<'a> {
    pub view: View<'a>,
    pub shown: &'a Shown,
    pub request: &'a Search,
    pub clauses: Vec<Clause>,
    hidden: HashSet<(usize, u16)>,
    narrow: Narrow,
    filter: Option<Filter>,
    known: KnownTerms,
    /// Whether a tier, with typing errors in its last words or without, was found to hold anything.
    held: HashMap<(Tier, bool), bool>,
}

impl<'a> Run<'a> {
    pub fn new(view: View<'a>, shown: &'a Shown, request: &'a Search) -> Result<Self> {
        let schema = view.schema;
        let is_field = |name: &str| shown.plan.slots().any(|(_, text)| schema.tables[text.field.0].fields[text.field.1].name == name);
        let SearchOptions { kinds, owner, line, since, until, filter, params, limit: _, after: _, by_time: _, facets: _ } = &request.options;
        if filter.is_some() && kinds.len() != 1 {
            return Err(Error::invalid("filter", "is over the fields of one entity: name it as the only kind"));
        }
        let filter = Filter::given(filter.as_deref(), params)?;
        let tables_hiding = |name: &str| tables_hiding(view, name);
        let as_guards = |tables: HashSet<usize>| tables.into_iter().map(number_of).collect();
        Ok(Self {
            view,
            shown,
            request,
            clauses: parse(&request.text, is_field),
            hidden: hidden(&shown.plan, view.access),
            narrow: Narrow {
                rights: Rights::of(view, shown),
                kinds: self::kinds(view, &shown.plan, kinds)?,
                owner: owner.map(|owner| wanted(owner.0)),
                line: line.map(|line| wanted(line.0)),
                since: since.map(|since| since.timestamp_millis()),
                until: until.map(|until| until.timestamp_millis()),
                hidden_owner: as_guards(tables_hiding("owner_id")),
                hidden_line: as_guards(tables_hiding("line_id")),
                hidden_time: MOMENTS.iter().flat_map(|name| tables_hiding(name)).collect(),
                ids: None,
            },
            filter,
            known: KnownTerms::default(),
            held: HashMap::new(),
        })
    }

    pub fn hits(mut self) -> Result<Hits> {
        let options = &self.request.options;
        let limit = options.limit.map_or(Some(LIMIT), |limit| usize::try_from(limit).ok()).filter(|limit| (1..=MOST).contains(limit));
        let limit = limit.ok_or_else(|| Error::invalid("limit", format!("must be between 1 and {MOST}")))?;
        let after = options.after.as_deref().map(position).transpose()?;
        let mut found = if options.by_time { self.newest(limit + 1, after)? } else { self.best(limit + 1, after)? };
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(tier, found)| format!("{}:{}:{}:{}", *tier as u8, found.score, found.time, found.key));
        let facets = if self.request.options.facets { Some(self.facets()?) } else { None };
        let mut hits = Vec::new();
        for (tier, found) in found {
            hits.extend(self.hit(tier, found)?);
        }
        Ok(Hits { hits, next, facets })
    }

    pub fn asker(&self, typos: bool) -> Asker<'_> {
        let name = as_name(&self.request.text, &self.clauses);
        Asker { shown: self.shown, schema: self.view.schema, clauses: &self.clauses, name, hidden: self.hidden.clone(), typos, known: &self.known }
    }

    /// The best hits, tier after tier until there are enough.
    fn best(&mut self, limit: usize, after: Option<(Tier, Found)>) -> Result<Vec<(Tier, Found)>> {
        let mut all: Vec<(Tier, Found)> = Vec::new();
        let mut earlier: Vec<Tier> = Vec::new();
        let mut typos = false;
        let first = after.map_or(Tier::Name, |(tier, _)| tier);
        for tier in Tier::ALL {
            if all.len() >= limit {
                break;
            }
            if tier < first {
                earlier.push(tier);
                continue;
            }
            // Errors are looked for only where nothing is found without.
            if tier == Tier::Typos && (!all.is_empty() || self.any(Tier::Beginnings, false)?) {
                continue;
            }
            if tier == Tier::Some {
                typos = self.errors_in_some()?;
                earlier.retain(|tier| *tier != Tier::Typos || typos);
            }
            let Some(mut ask) = self.asker(typos).tier(tier) else { continue };
            if !earlier.is_empty() {
                ask.query = self.without(ask.query, &earlier, typos);
            }
            self.prepare(&ask)?;
            let after = after.filter(|(of, _)| *of == tier).map(|(_, found)| found);
            let found = find::top(self.shown, self.view.session, &ask, &self.narrow, Order::Score, limit - all.len(), after)?;
            if earlier.is_empty() && after.is_none() {
                self.held.insert((tier, typos), !found.is_empty());
            }
            if !found.is_empty() || after.is_some() {
                earlier.push(tier);
            }
            all.extend(found.into_iter().map(|found| (tier, found)));
        }
        Ok(all)
    }

    /// The newest of all hits of the first tier that has any.
    fn newest(&mut self, limit: usize, after: Option<(Tier, Found)>) -> Result<Vec<(Tier, Found)>> {
        let tier = match after {
            Some((tier, _)) => tier,
            None => self.whole_tier()?,
        };
        let typos = tier == Tier::Some && self.errors_in_some()?;
        let Some(ask) = self.asker(typos).tier(tier) else { return Ok(Vec::new()) };
        self.prepare(&ask)?;
        let found = find::top(self.shown, self.view.session, &ask, &self.narrow, Order::Time, limit, after.map(|(_, found)| found))?;
        Ok(found.into_iter().map(|found| (tier, found)).collect())
    }

    /// The tier that stands for all hits: every word, else with errors, else some words.
    fn whole_tier(&mut self) -> Result<Tier> {
        if self.clauses.iter().all(|clause| clause.not) {
            return Ok(Tier::Forms);
        }
        for tier in [Tier::Beginnings, Tier::Typos] {
            if self.any(tier, false)? {
                return Ok(tier);
            }
        }
        Ok(Tier::Some)
    }

    /// Whether errors are allowed in words of which only some are there: where they led to something, or nothing else does.
    fn errors_in_some(&mut self) -> Result<bool> {
        Ok(!self.any(Tier::Beginnings, false)? && (self.any(Tier::Typos, false)? || !self.any(Tier::Some, false)?))
    }

    fn any(&mut self, tier: Tier, typos: bool) -> Result<bool> {
        if let Some(held) = self.held.get(&(tier, typos)) {
            return Ok(*held);
        }
        let mut held = false;
        if let Some(ask) = self.asker(typos).tier(tier) {
            self.prepare(&ask)?;
            held = !find::top(self.shown, self.view.session, &ask, &self.narrow, Order::Score, 1, None)?.is_empty();
        }
        self.held.insert((tier, typos), held);
        Ok(held)
    }

    fn without(&self, query: Box<dyn Query>, earlier: &[Tier], typos: bool) -> Box<dyn Query> {
        let mut parts = vec![(Occur::Must, query)];
        let asker = self.asker(typos);
        parts.extend(earlier.iter().filter_map(|tier| asker.tier(*tier)).map(|ask| (Occur::MustNot, ask.query)));
        Box::new(BooleanQuery::new(parts))
    }

    /// Looks up what the index alone cannot tell about the records of a query: rights of some, and a filter.
    fn prepare(&mut self, ask: &Ask) -> Result<()> {
        let (view, shown) = (self.view, self.shown);
        if !self.narrow.rights.is_unrestricted() {
            let asked = Term::from_field_u64(shown.fields.ask, 1);
            if shown.searchers().any(|searcher| searcher.doc_freq(&asked).unwrap_or(0) > 0) {
                let asked = TermQuery::new(asked, IndexRecordOption::Basic);
                let both = BooleanQuery::new(vec![(Occur::Must, ask.query.box_clone()), (Occur::Must, Box::new(asked))]);
                let keys = find::keys(shown, view.session, &both)?;
                self.narrow.rights.ask(view, &keys)?;
            }
        }
        let Some(filter) = &self.filter else { return Ok(()) };
        let Some(table) = self.narrow.kinds.iter().flatten().next().copied() else { return Ok(()) };
        self.narrow.ids = None;
        let mut candidates = Vec::new();
        find::each(shown, view.session, ask.query.as_ref(), &self.narrow, |key, _, _, _| {
            if candidates.len() <= CANDIDATES {
                candidates.push(record(key).1);
            }
        })?;
        let compiled = filter.compile(view, table)?;
        let sql = format!("select id from {} where {}", view.schema.tables[table].quoted, compiled.condition);
        let mut ids = HashSet::new();
        let mut ask = |sql: &str, params: &[Cell<'static>]| {
            view.session.restricted(|| {
                view.session.each(sql, params, |row| {
                    ids.insert(row.get(0)?);
                    Ok(())
                })
            })
        };
        if candidates.len() > CANDIDATES {
            ask(&sql, &compiled.params)?;
        } else {
            for some in candidates.chunks(AT_ONCE) {
                let mut params = compiled.params.clone();
                let sql = format!("{sql} and {}", among(some, &mut params));
                ask(&sql, &params)?;
            }
        }
        self.narrow.ids = Some((table, ids));
        Ok(())
    }

    /// A hit as its reader sees it; `None` when it is gone since it was indexed.
    fn hit(&self, tier: Tier, found: Found) -> Result<Option<Hit>> {
        let (view, plan) = (self.view, &self.shown.plan);
        let (table, id) = record(found.key);
        let hidden_time = self.narrow.hidden_time.contains(&table);
        let Some((time, mut all)) = texts::own(view, plan, table, id, hidden_time)? else { return Ok(None) };
        let matcher = Matcher::new(&self.clauses, tier);
        let titled = plan.of(table).is_some_and(|hits| hits.texts.iter().any(|text| text.title));
        let is_text = view.schema.tables[table]
            .meta
            .title
            .is_some_and(|title| matches!(view.schema.tables[table].fields[title].field_type, FieldType::Text { max } if max > FieldType::DEFAULT_TEXT));
        let title = if titled { all[0].1.clone() } else { String::new() };
        let mut answering: Vec<_> = all.iter().map(|(field, text)| matcher.matches(field, text)).collect();
        let answered = answering.iter().flatten().map(|found| found.word).collect::<HashSet<_>>();
        // A title that is a text is its own snippet.
        if titled && !is_text {
            all.remove(0);
            answering.remove(0);
        }
        if answered.len() < matcher.count() {
            for (field, text) in texts::of_parts(view, plan, table, id)? {
                answering.push(matcher.matches(&field, &text));
                all.push((field, text));
            }
        }
        let snippet = snippet(all.iter().map(|(_, text)| text.as_str()).zip(answering));
        Ok(Some(Hit {
            kind: view.schema.tables[table].name.to_owned(),
            id,
            title: first_line(&title, TITLE.max(if is_text { 0 } else { FieldType::DEFAULT_TEXT })),
            snippet: snippet.text,
            highlights: snippet.highlights,
            html: snippet.html,
            score: f64::from(found.score),
            time: moment_from_millis(time)?,
            complete: tier < Tier::Some,
        }))
    }

    fn facets(&mut self) -> Result<Facets> {
        let tier = self.whole_tier()?;
        let typos = tier == Tier::Some && self.errors_in_some()?;
        let Some(ask) = self.asker(typos).tier(tier) else {
            return Ok(Facets { total: 0, kinds: Vec::new(), owners: Vec::new(), stages: Vec::new(), months: Vec::new() });
        };
        self.prepare(&ask)?;
        let (mut total, mut kinds, mut owners, mut stages) = (0, HashMap::<usize, i64>::new(), HashMap::<u64, i64>::new(), HashMap::<u64, i64>::new());
        // Months are told by the quarter of an hour, which zones differ by, so that the calendar is asked once for each.
        let mut quarters = HashMap::<i64, i64>::new();
        let schema = self.view.schema;
        let stage_hidden = tables_hiding(self.view, "stage_id");
        find::each(self.shown, self.view.session, ask.query.as_ref(), &self.narrow, |key, time, columns, doc| {
            total += 1;
            let table = record(key).0;
            *kinds.entry(table).or_default() += 1;
            if let Some(owner) = self.narrow.owner_of(columns, doc) {
                *owners.entry(owner).or_default() += 1;
            }
            let stage = value(&columns.stage, doc);
            if stage != 0 && !stage_hidden.contains(&table) {
                *stages.entry(stage).or_default() += 1;
            }
            *quarters.entry(time.div_euclid(QUARTER)).or_default() += 1;
        })?;
        let mut months = HashMap::<(i32, u32), i64>::new();
        for (quarter, count) in quarters {
            let local = moment_from_millis(quarter * QUARTER)?.with_timezone(&self.view.access.zone);
            *months.entry((local.year(), local.month())).or_default() += count;
        }
        let mut months: Vec<_> = months.into_iter().collect();
        months.sort_by_key(|(month, _)| std::cmp::Reverse(*month));
        let count = |value: String, id: Option<i64>, count: i64| FacetCount { value, id, count };
        Ok(Facets {
            total,
            kinds: most(kinds.into_iter().map(|(table, n)| count(schema.tables[table].name.to_owned(), None, n)).collect()),
            owners: self.titled("user", owners)?,
            stages: self.titled("stage", stages)?,
            months: months.into_iter().map(|((year, month), n)| count(format!("{year:04}-{month:02}"), None, n)).collect(),
        })
    }

    /// Counts by record of an entity, under the records' titles.
    fn titled(&self, entity: &str, counts: HashMap<u64, i64>) -> Result<Vec<FacetCount>> {
        let table = self.view.schema.index(entity)?;
        let counts = most(counts.into_iter().map(|(id, count)| FacetCount { value: String::new(), id: Some(id as i64), count }).collect());
        let titled =
            |counted: FacetCount| FacetCount { value: counted.id.and_then(|id| super::suggest::title(self.view, table, id)).unwrap_or_default(), ..counted };
        Ok(counts.into_iter().take(MOST_COUNTS).map(titled).collect())
    }

    /// The hit's place, as if it were the only record: its tier and score.
    pub fn place_of(&mut self, table: usize, id: i64) -> Result<Option<(Tier, Found)>> {
        let typos = self.errors_in_some()?;
        for tier in Tier::ALL {
            if tier == Tier::Typos && self.any(Tier::Beginnings, false)? {
                continue;
            }
            let Some(mut ask) = self.asker(typos).tier(tier) else { continue };
            let only = TermQuery::new(self.shown.fields.key_term(key(table, id)), IndexRecordOption::Basic);
            let only = tantivy::query::ConstScoreQuery::new(Box::new(only), 0.0);
            ask.query = Box::new(BooleanQuery::new(vec![(Occur::Must, ask.query), (Occur::Must, Box::new(only))]));
            self.prepare(&ask)?;
            if let Some(found) = find::top(self.shown, self.view.session, &ask, &self.narrow, Order::Score, 1, None)?.first() {
                return Ok(Some((tier, *found)));
            }
        }
        Ok(None)
    }
}

/// The tables whose field of this name is hidden from the reader.
fn tables_hiding(view: View<'_>, name: &str) -> HashSet<usize> {
    let tables = &view.schema.tables;
    if view.access.unrestricted {
        return HashSet::new();
    }
    (0..tables.len()).filter(|table| tables[*table].position(name).is_some_and(|field| view.access.is_hidden(*table, field))).collect()
}

/// The tables of kinds given by name; `None` when none is.
pub(crate) fn kinds(view: View<'_>, plan: &Plan, kinds: &[String]) -> Result<Option<HashSet<usize>>> {
    let mut tables = HashSet::new();
    for kind in kinds {
        let known = || plan.hits.iter().flatten().map(|hits| view.schema.tables[hits.table].name);
        let table = known().find(|name| name == kind).ok_or_else(|| Error::unknown("kind", kind, known()))?;
        tables.insert(view.schema.index(table)?);
    }
    Ok((!kinds.is_empty()).then_some(tables))
}

/// The most frequent first.
fn most(mut counts: Vec<FacetCount>) -> Vec<FacetCount> {
    counts.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| (one.id, &one.value).cmp(&(other.id, &other.value))));
    counts
}

/// A place in the order of hits, from its text.
fn position(text: &str) -> Result<(Tier, Found)> {
    let stale = || Error::invalid("after", "not a position in this search");
    let parts: Vec<&str> = text.split(':').collect();
    let [tier, score, time, key] = parts.as_slice() else { return Err(stale()) };
    let tier = tier.parse::<usize>().ok().and_then(|tier| Tier::ALL.get(tier)).copied().ok_or_else(stale)?;
    let (Ok(score), Ok(time), Ok(key)) = (score.parse(), time.parse(), key.parse()) else { return Err(stale()) };
    Ok((tier, Found { score, time, key }))
}

/// The owner or line that a search is narrowed to. In documents, 0 stands for none: no number of a caller's may mean that.
fn wanted(id: i64) -> u64 {
    if id == 0 { u64::MAX } else { id as u64 }
}

//! The index of an open file: what a search looks into, kept in step with the log.
//!
//! Most of it is on disk and follows the log in batches. The last few changes are documents in memory, the *tail*, which
//! replace those on disk. So a search finds what was written a moment ago without a commit of the index, and a process that may not
//! write the index now can read on all the same.

use super::documents::Reader;
use super::failure::{because, broken, is_broken};
use super::home::{Home, is_busy};
use super::plan::Plan;
use super::schema::{Fields, schema};
use super::shown::{Part, Shown};
use super::status::SearchStatus;
use super::tail::Tail;
use super::writer::{Mark, Work, Writer};
use crate::engine::error::{Error, Result};
use crate::engine::store::{Crm, View, newest};
use crate::engine::sync;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tantivy::{Index, IndexReader, ReloadPolicy};

/// More documents than this in the tail, and it goes into the index.
const TAIL: usize = 64;
/// With up to this many documents in the tail nobody waits for another process that writes the index.
const LONG_TAIL: u64 = 5_000;
/// Between two looks at another process that writes the index.
const LOOK: Duration = Duration::from_millis(10);

/// The index of an open file, opened at the first search.
#[derive(Default)]
pub(crate) struct SearchIndex {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    opened: Option<Opened>,
    plan: Option<Arc<Plan>>,
    shown: Option<Arc<Shown>>,
    tail: Tail,
}

struct Opened {
    // Before the home, which may be removed with its files.
    writer: Arc<Writer>,
    reader: IndexReader,
    part: Part,
    index: Index,
    fields: Fields,
    home: Home,
    /// Nobody may write here: neither this handle nor others through it.
    read_only: bool,
    stamp: Option<(u64, std::time::SystemTime, u64)>,
    mark: Option<Mark>,
}

impl SearchIndex {
    /// What a search in this view looks into: everything that was committed before the view began.
    pub fn shown(&self, crm: &Crm, view: View<'_>, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<Arc<Shown>> {
        let newest = newest(view.session)?;
        let mut state = sync::lock(&self.state);
        if let Some(shown) = state.shown.as_ref().filter(|shown| shown.upto >= newest && shown.plan.generation == view.schema.generation) {
            return Ok(shown.clone());
        }
        let plan = state.plan(view);
        let reader = Reader { session: view.session, schema: view.schema, plan: &plan };
        let shown = match self.advance(crm, &mut state, &reader, newest, progress) {
            Err(error) if is_broken(&error) => {
                // Derived data: whatever is wrong with it, it is made anew.
                self.discard(&mut state);
                self.advance(crm, &mut state, &reader, newest, progress)?
            }
            other => other?,
        };
        let shown = Arc::new(shown);
        state.shown = Some(shown.clone());
        Ok(shown)
    }

    /// Gives up an index found to be damaged while it was searched.
    pub fn damaged(&self) {
        self.discard(&mut sync::lock(&self.state));
    }

    fn discard(&self, state: &mut MutexGuard<'_, State>) {
        state.shown = None;
        state.tail = Tail::default();
        if let Some(opened) = state.opened.take()
            && !opened.read_only
        {
            opened.home.give_up();
        }
    }

    fn advance(
        &self,
        crm: &Crm,
        state: &mut MutexGuard<'_, State>,
        reader: &Reader<'_>,
        newest: i64,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Shown> {
        state.opened(crm, reader)?;
        let State { opened, tail, .. } = &mut **state;
        let Some(opened) = opened.as_mut() else { return Err(Error::storage("", "the search index is not open")) };
        let started = Instant::now();
        let mut waited = false;
        loop {
            reader.session.check()?;
            opened.refresh()?;
            let known = opened.is_of_this_file(crm, reader, newest)?;
            let from = opened.mark.as_ref().map_or(0, |mark| mark.change_set);
            if known && from >= newest {
                return Ok(opened.show(reader, None, &Tail::default(), newest));
            }
            let touched = if known { Some(tail.touched(reader, from)?) } else { None };
            if let Some(touched) = &touched
                && touched.whole.is_empty()
                && (tail.size_with(touched) <= TAIL || (waited || opened.read_only) && tail.size_with(touched) as u64 <= LONG_TAIL)
            {
                return Ok(opened.show(reader, tail.take(&opened.fields, reader, touched, newest)?, tail, newest));
            }
            if opened.read_only {
                // What is there is too old, and may not be touched.
                *opened = Opened::private(crm, reader)?;
                *tail = Tail::default();
                continue;
            }
            if opened.drain(reader, newest, known, progress)? {
                *tail = Tail::default();
                continue;
            }
            waited = true;
            // Somebody else is writing it. A tail of any length serves in the end, but nothing does without an index.
            if let Some(touched) = &touched
                && touched.whole.is_empty()
                && started.elapsed() > crm.place().options.busy_timeout
            {
                return Ok(opened.show(reader, tail.take(&opened.fields, reader, touched, newest)?, tail, newest));
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Brings what is on disk up to date, or makes it anew. Others search meanwhile.
    pub fn update(&self, crm: &Crm, view: View<'_>, anew: bool, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<()> {
        let newest = newest(view.session)?;
        loop {
            view.session.check()?;
            let (plan, writer, index, fields, mark) = {
                let mut state = sync::lock(&self.state);
                let plan = state.plan(view);
                let reader = Reader { session: view.session, schema: view.schema, plan: &plan };
                let opened = state.opened(crm, &reader)?;
                if opened.read_only {
                    *opened = Opened::private(crm, &reader)?;
                }
                opened.refresh()?;
                let mark = if opened.is_of_this_file(crm, &reader, newest)? { opened.mark.clone() } else { None };
                (plan.clone(), opened.writer.clone(), opened.index.clone(), opened.fields, mark)
            };
            if !anew && mark.as_ref().is_some_and(|mark| mark.change_set >= newest) {
                return Ok(());
            }
            let reader = Reader { session: view.session, schema: view.schema, plan: &plan };
            let work = |now: Option<Mark>| Ok(work_to_do(mark.filter(|_| !anew), now));
            if !writer.drain(&index, &fields, &reader, newest, anew, work, progress)? {
                std::thread::sleep(LOOK);
            } else if anew {
                return Ok(());
            }
        }
    }

    /// How far the index is.
    pub fn status(&self, crm: &Crm, view: View<'_>) -> Result<SearchStatus> {
        let newest = newest(view.session)?;
        let mut state = sync::lock(&self.state);
        let plan = state.plan(view);
        let reader = Reader { session: view.session, schema: view.schema, plan: &plan };
        let opened = state.opened(crm, &reader)?;
        opened.refresh()?;
        let upto = if opened.is_of_this_file(crm, &reader, newest)? { opened.mark.as_ref().map_or(0, |mark| mark.change_set) } else { 0 };
        let searcher = &opened.part.searcher;
        let (documents, segments, bytes, kept) = (searcher.num_docs(), searcher.segment_readers().len(), opened.home.size(), !opened.home.private);
        Ok(SearchStatus { documents: documents as i64, segments: segments as i64, pending: (newest - upto).max(0), bytes: bytes as i64, kept })
    }
}

impl State {
    fn plan(&mut self, view: View<'_>) -> Arc<Plan> {
        let fits = self.plan.take().filter(|plan| plan.generation == view.schema.generation);
        self.plan.insert(fits.unwrap_or_else(|| Arc::new(Plan::new(view.schema)))).clone()
    }

    fn opened(&mut self, crm: &Crm, reader: &Reader<'_>) -> Result<&mut Opened> {
        match &mut self.opened {
            Some(opened) => Ok(opened),
            place => Ok(place.insert(Opened::new(crm, reader)?)),
        }
    }
}

/// What to put into an index, from the mark that was thought to hold and the one found once nobody else can move it; `None` when
/// another process was faster and one has to look again.
fn work_to_do(known: Option<Mark>, now: Option<Mark>) -> Option<Work> {
    match known {
        None => Some(Work::All),
        Some(mark) if now.as_ref() == Some(&mark) => Some(Work::Since(mark.change_set)),
        Some(_) => None,
    }
}

/// What the index's last commit has to search in, and how far that follows the log. Others may commit between the two looks, which would give
/// older documents a younger mark: what lies between would not be found. So both are taken until they belong together.
fn last_commit(index: &Index, reader: &IndexReader) -> tantivy::Result<(Part, Option<Mark>)> {
    loop {
        reader.reload()?;
        let (searcher, metas) = (reader.searcher(), index.load_metas()?);
        let committed: BTreeMap<_, _> = metas.segments.iter().map(|segment| (segment.id(), segment.delete_opstamp())).collect();
        if *searcher.generation().segments() == committed {
            return Ok((Part::of(searcher)?, Mark::of_commit(metas)));
        }
    }
}

impl Opened {
    fn new(crm: &Crm, reader: &Reader<'_>) -> Result<Self> {
        let place = crm.place();
        if place.memory {
            return Self::private(crm, reader);
        }
        let home = || Home::beside(&place.path);
        if place.options.read_only {
            let opened = home().open().map_err(broken).and_then(|index| Self::with(home(), index, true));
            return opened.or_else(|_| Self::private(crm, reader));
        }
        let (started, mut anew) = (Instant::now(), false);
        loop {
            match home().open_or_make() {
                Ok(index) => match Self::with(home(), index, false) {
                    // Files that are missing or cut off are noticed now: it is made anew, once.
                    Err(error) if is_broken(&error) && !anew => {
                        home().give_up();
                        anew = true;
                    }
                    opened => return opened,
                },
                // Another process is making it at this moment.
                Err(error) if is_busy(&error) && started.elapsed() < crm.place().options.busy_timeout => {
                    reader.session.check()?;
                    std::thread::sleep(LOOK);
                }
                // The folder cannot be written.
                Err(_) => return Self::private(crm, reader),
            }
        }
    }

    fn private(crm: &Crm, reader: &Reader<'_>) -> Result<Self> {
        reader.session.check()?;
        let home = Home::private(crm.place().memory);
        let index = home.open_or_make().map_err(|error| because("", "there is no room for a search index", &error))?;
        Self::with(home, index, false)
    }

    fn with(home: Home, index: Index, read_only: bool) -> Result<Self> {
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(broken)?;
        let stamp = home.stamp();
        let (part, mark) = last_commit(&index, &reader).map_err(broken)?;
        Ok(Self { writer: Arc::default(), reader, part, index, fields: schema().1, home, read_only, stamp, mark })
    }

    /// Takes over what another process, or this one, has committed.
    fn refresh(&mut self) -> Result<()> {
        let stamp = self.home.stamp();
        if stamp == self.stamp && stamp.is_some() {
            return Ok(());
        }
        (self.part, self.mark) = last_commit(&self.index, &self.reader).map_err(broken)?;
        self.stamp = stamp;
        Ok(())
    }

    /// Whether what is in the index comes from the past of this very file; a copy brought back from a backup has another one.
    fn is_of_this_file(&self, crm: &Crm, reader: &Reader<'_>, newest: i64) -> Result<bool> {
        let Some(mark) = &self.mark else { return Ok(false) };
        if mark.change_set <= newest {
            return Ok(Mark::of(reader, mark.change_set)?.as_ref() == Some(mark));
        }
        // Another process may be ahead of this view, so a newer look at the file decides.
        let session = crm.connection()?;
        let now = Reader { session: &session, schema: reader.schema, plan: reader.plan };
        Ok(Mark::of(&now, mark.change_set)?.as_ref() == Some(mark))
    }

    fn drain(&mut self, reader: &Reader<'_>, newest: i64, known: bool, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<bool> {
        let before = self.mark.clone();
        let work = |now: Option<Mark>| if now == before { Ok(work_to_do(before.filter(|_| known), now)) } else { Ok(None) };
        let done = self.writer.drain(&self.index, &self.fields, reader, newest, !known, work, progress)?;
        if done {
            self.stamp = None;
        }
        Ok(done)
    }

    fn show(&self, reader: &Reader<'_>, tail: Option<Part>, replacing: &Tail, upto: i64) -> Shown {
        let mut replaced: Vec<u64> = replacing.keys().collect();
        replaced.sort_unstable();
        let parts = std::iter::once(self.part.clone()).chain(tail).collect();
        Shown { plan: reader.plan.clone(), fields: self.fields, parts, replaced, upto }
    }
}

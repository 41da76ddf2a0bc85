//! The calls: import of a CSV file, as a change set of its own or within one, and its preview.

use super::csv::{Source, unreadable};
use super::import_rows::Run;
use super::mapping::Plan;
use super::options::{CsvPreview, Import, Imported, RowError};
use super::rows::{Next, Rows};
use crate::engine::cancel::Progress;
use crate::engine::error::{Error, Result};
use crate::engine::store::{ChangeCause, ChangeSet, Crm, Via, without_indexes};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How many rows a preview shows.
const PREVIEW: usize = 20;
/// A row is seldom longer than this, in bytes: how many rows a file has at least, for the decision to build indexes afterwards.
const USUAL_ROW: u64 = 200;

/// Imports a CSV file, as a change set of its own or within one.
pub(super) fn import_csv(on: Via<'_>, entity: &str, path: &Path, import: &Import, progress: Progress<'_>) -> Result<Imported> {
    let (file, length) = open(path)?;
    match on {
        Via::Crm(crm) => crm.import(entity, import, |change| change.import_source(entity, file, Some(length), import, progress)),
        Via::Change(change) => change.import_source(entity, file, Some(length), import, progress),
    }
}

/// How an import would read a file.
pub(super) fn preview_csv(crm: &Crm, entity: &str, path: &Path, import: &Import) -> Result<CsvPreview> {
    crm.preview_csv_from(entity, open(path)?.0, import)
}

impl Crm {
    /// As [`import_csv`](Crm::import_csv), from any reader.
    pub fn import_csv_from(&self, entity: &str, source: impl Read, import: &Import, progress: Progress<'_>) -> Result<Imported> {
        self.import(entity, import, |change| change.import_source(entity, source, None, import, progress))
    }

    pub(super) fn import(&self, entity: &str, import: &Import, work: impl FnOnce(&ChangeSet) -> Result<Imported>) -> Result<Imported> {
        let change = self.begin(&format!("import {}", entity.replace('_', " ")))?;
        let mut done = work(&change)?;
        if !import.dry_run {
            done.change_set = change.commit()?.change_set;
        }
        let Imported { rows, added, updated, failed, .. } = &done;
        log::info!(target: "crm", "imported {rows} rows into {entity}: {added} added, {updated} updated, {failed} failed");
        Ok(done)
    }

    /// As [`preview_csv`](Crm::preview_csv), from any reader.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let preview = crm.preview_csv_from("person", "First Name;Shoe size\nAda;38\n".as_bytes(), &Import::default())?;
    /// assert_eq!(preview.mapping, [("First Name".to_owned(), "first_name".to_owned())]);
    /// assert_eq!((preview.delimiter.as_str(), preview.unmapped[0].as_str()), (";", "Shoe size"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn preview_csv_from(&self, entity: &str, source: impl Read, import: &Import) -> Result<CsvPreview> {
        let mut source = Source::open(source, import)?;
        let columns = source.headers()?;
        let plan = self.view(|view| Plan::new(view.schema, view.schema.index(entity)?, &columns, import))?;
        let (mut rows, mut errors) = (Vec::new(), Vec::new());
        while rows.len() + errors.len() < PREVIEW {
            let reason = match source.next()? {
                Next::End => break,
                Next::Bad(reason) => Some(reason.to_owned()),
                Next::Row => {
                    let cells = source.cells();
                    rows.push(cells.owned());
                    plan.width_problem(cells)
                }
            };
            if let Some(reason) = reason {
                errors.push(RowError { line: source.line() as i64, column: String::new(), code: "invalid".into(), reason });
            }
        }
        let (encoding, delimiter) = source.described();
        Ok(CsvPreview { encoding, delimiter, columns, mapping: plan.mapping, unmapped: plan.unmapped, missing: plan.missing, rows, errors })
    }
}

impl ChangeSet {
    /// As [`import_csv`](ChangeSet::import_csv), from any reader: whole or, on an error, not at all.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let done = crm.change("first load", |change| {
    ///     change.import_csv_from("organization", "name\nAcme\n".as_bytes(), &Import::default(), &mut |_, _| {})?;
    ///     change.import_csv_from("deal", "name,organization\nMill,acme\n".as_bytes(), &Import::default(), &mut |_, _| {})
    /// })?;
    /// // Without a sales process no deal can be added: the row tells so.
    /// assert_eq!((done.value.failed, done.value.errors[0].line), (1, 2));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn import_csv_from(&self, entity: &str, source: impl Read, import: &Import, progress: Progress<'_>) -> Result<Imported> {
        self.import_source(entity, source, None, import, progress)
    }

    fn import_source(&self, entity: &str, source: impl Read, length: Option<u64>, import: &Import, progress: Progress<'_>) -> Result<Imported> {
        let expected = length.map_or(usize::MAX, |length| usize::try_from(length / USUAL_ROW).unwrap_or(usize::MAX));
        self.import_rows(entity, &mut Source::open(source, import)?, expected, length, import, progress)
    }

    /// Imports from any source of rows, of which about `expected` will come; `length` is how much there is to read.
    pub(super) fn import_rows(
        &self,
        entity: &str,
        source: &mut dyn Rows,
        expected: usize,
        length: Option<u64>,
        import: &Import,
        progress: Progress<'_>,
    ) -> Result<Imported> {
        let schema = self.schema();
        let index = schema.index(entity)?;
        if !self.access().may_write_some(&schema, index) {
            return Err(Error::denied(entity, format!("you may not write any {entity}")));
        }
        let plan = Plan::new(&schema, index, &source.headers()?, import)?;
        if let Some(field) = plan.missing.first().filter(|_| import.key.is_empty() && import.external.is_none()) {
            return Err(Error::invalid(field, "is required: map a column to it, or give it in `defaults`"));
        }
        let warned = self.warnings().len();
        let mut done = None;
        let kept = self.atomically(|| {
            without_indexes(self, entity, expected, || {
                let mut run = Run::new(self, &schema, index, &plan, import)?;
                self.loading(|| run.rows(source, length, progress))?;
                done = Some(run.finish());
                Ok(())
            })?;
            if let Some(done) = &mut done {
                done.warnings = self.warnings().split_off(warned);
                done.change_set = (done.added + done.updated > 0 && !import.dry_run).then_some(self.id());
                if done.change_set.is_some() {
                    self.caused_by(ChangeCause::Import);
                }
            }
            // What was tried is taken back like what failed.
            if import.dry_run { Err(Error::conflict("", "a dry run keeps nothing")) } else { Ok(()) }
        });
        let (encoding, delimiter) = source.described();
        match (kept, done) {
            (Err(error), None) => Err(error),
            (Err(error), Some(_)) if !import.dry_run => Err(error),
            (_, done) => Ok(Imported { encoding, delimiter, mapping: plan.mapping, unmapped: plan.unmapped, ..done.unwrap_or_default() }),
        }
    }
}

fn open(path: &Path) -> Result<(File, u64)> {
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    Ok((file, length))
}

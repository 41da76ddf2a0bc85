//! Opening a file.

use crate::areas::AREAS;
use crate::base::add_words;
use crate::engine::cancel::Progress;
use crate::engine::error::Result;
use crate::engine::registry::Area;
use crate::engine::store::{ChangeCause, ChangeSet, Crm, Options, Restored, newest};
use crate::registry::LIBRARY;
use std::path::Path;

impl Crm {
    /// Opens a file, creating it when there is none; `:memory:` is a private file, in memory where the system has a file system
    /// for that, that lives as long as its handles.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// Opens a file as the options say.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let (crm, lacks_work) = Self::open_file(path.as_ref(), options, &LIBRARY)?;
        if lacks_work {
            bring_up(&crm, AREAS)?;
        }
        log::info!(target: "crm", "opened a file");
        Ok(crm)
    }
}

impl Crm {
    /// Brings a backup back into this file.
    pub(crate) fn brought_back(&self, backup: &Path, progress: Progress<'_>) -> Result<Restored> {
        self.restored(backup, |copy| bring_up(copy, AREAS), progress)
    }
}

/// Does what is left of the areas' work, all of it or none.
pub(crate) fn bring_up(crm: &Crm, areas: &[&Area]) -> Result<()> {
    // Whoever looks at the history shall know what this was.
    let label =
        if crm.view(|view| newest(view.session))? == 0 { "standard dictionaries".into() } else { format!("upgrade to version {}", env!("CARGO_PKG_VERSION")) };
    crm.change(&label, |change| {
        change.caused_by(ChangeCause::Upgrade);
        areas.iter().try_for_each(|area| work(change, area))
    })
    .map(drop)
}

/// Does what is left of an area's work, each step once, whichever process comes first: its first words, then what brings older files
/// up to date.
fn work(change: &ChangeSet, area: &Area) -> Result<()> {
    for step in change.work_done(area.name)?..=area.work.len() {
        match step.checked_sub(1) {
            None => add_words(change, area.words)?,
            Some(step) => (area.work[step])(change)?,
        }
        change.count_work(area.name)?;
    }
    Ok(())
}

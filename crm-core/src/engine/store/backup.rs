//! A copy of the file while it is in use.

use super::crm::Crm;
use super::sqlite::copy;
use crate::engine::cancel::Progress;
use crate::engine::error::{Error, Result};
use std::path::Path;

impl Crm {
    /// Copies the file while others read and write it, or leaves nothing.
    pub(crate) fn back_up(&self, path: &Path, progress: Progress<'_>) -> Result<()> {
        if !self.is_system() {
            return Err(Error::denied("backup", "only a handle without a user may copy the whole file"));
        }
        if path.exists() {
            return Err(Error::invalid("path", "there is a file already"));
        }
        let part = path.with_extension("part");
        // What a copy that died left behind is of no use.
        let _ = std::fs::remove_file(&part);
        let copied = self
            .connection()
            .and_then(|source| copy(&source, &part, progress, &self.limits().cancel.clone().unwrap_or_default()))
            .and_then(|()| std::fs::rename(&part, path).map_err(|error| Error::io("cannot write the copy", &error)));
        match &copied {
            Ok(()) => log::info!(target: "crm", "copied the file"),
            Err(error) => {
                let _ = std::fs::remove_file(&part);
                log::warn!(target: "crm", "the copy failed: {}", error.code());
            }
        }
        copied
    }
}

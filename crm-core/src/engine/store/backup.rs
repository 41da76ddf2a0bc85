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
        // A name without a folder is one in the folder where the program works now.
        let path = std::path::absolute(path).map_err(|error| Error::invalid("path", "is empty or cannot be made absolute").caused_by_io(&error))?;
        let copied = self.connection().and_then(|source| copy(&source, &path, progress, &self.limits().cancel.clone().unwrap_or_default()));
        match &copied {
            Ok(()) => log::info!(target: "crm", "copied the file"),
            Err(error) => log::warn!(target: "crm", "the copy failed: {}", error.code()),
        }
        copied
    }
}

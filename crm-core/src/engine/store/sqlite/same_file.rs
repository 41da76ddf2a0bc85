//! Whether the file under an open handle is still the one that was opened. Where it was renamed, replaced by another or given a second name, or what is shared
//! beside it was removed, connections would write past each other, and what was acknowledged would be gone.

use super::wal::beside;
use crate::engine::error::{Error, Result};
use std::path::Path;
use std::sync::OnceLock;

/// The file that was opened; where the system tells no such thing, none.
#[derive(Default)]
pub(super) struct SameFile {
    file: OnceLock<Option<Identity>>,
    shared: OnceLock<Option<Identity>>,
}

/// What tells a file from others: its device and its number there.
type Identity = (u64, u64);

impl SameFile {
    /// Notes the file, the first time it is there; afterwards it must be the same one, and have no second name where it is written to.
    pub fn check(&self, path: &Path, writes: bool) -> Result<()> {
        let (Some(before), now) = (self.file.get_or_init(|| look(path).map(|(identity, _)| identity)), look(path)) else { return Ok(()) };
        match now {
            Some((identity, names)) if identity == *before && (names == 1 || !writes) => {}
            Some((identity, _)) if identity == *before => return Err(told("has a second name, by which others would write past this handle")),
            _ => return Err(told("was renamed, removed or replaced while it was open; open it anew")),
        }
        // What connections share beside it comes with the first of them.
        let now = look(&beside(path, "-shm")).map(|(identity, _)| identity);
        if now.is_none() && self.shared.get().is_none() {
            return Ok(());
        }
        if self.shared.get_or_init(|| now) == &now {
            Ok(())
        } else {
            Err(told("lost what its connections share beside it (`-shm`); close it everywhere, and open it anew"))
        }
    }
}

fn told(reason: &str) -> Error {
    Error::storage("path", format!("the file {reason}"))
}

/// A file's identity, and how many names it has.
#[cfg(unix)]
fn look(path: &Path) -> Option<(Identity, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|metadata| ((metadata.dev(), metadata.ino()), metadata.nlink()))
}

/// Windows keeps open files from being renamed, removed and replaced.
#[cfg(not(unix))]
fn look(_path: &Path) -> Option<(Identity, u64)> {
    None
}

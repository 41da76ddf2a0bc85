//! Where the index lies: in a folder beside the file, or, where that cannot be written, in one of its own that goes with the handle.

use super::directory::Folder;
use super::plan::{FORMAT, Plan};
use super::schema::{builder, schema, tokenizers};
use crate::engine::store::sweep;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tantivy::directory::INDEX_WRITER_LOCK;
use tantivy::{Directory, Index};

/// The file in an index's folder that says since when the machine has been running: what was written before may have been lost
/// with the power.
const BOOT: &str = "boot";

/// The file in an index's folder that says how the documents of each entity are laid out.
const LAYOUT: &str = "layout";

/// The file without which there is no index.
const META: &str = "meta.json";

/// The folder of an index.
#[derive(Debug)]
pub(crate) struct Home {
    pub path: PathBuf,
    /// Nobody else knows of it, and it is removed with the handle.
    pub private: bool,
}

impl Home {
    /// The folder beside a file, for this way of indexing.
    pub fn beside(file: &Path) -> Self {
        let mut folder = file.as_os_str().to_owned();
        folder.push(".search");
        Self { path: PathBuf::from(folder).join(format!("index-{FORMAT}")), private: false }
    }

    /// A folder among the system's temporary files, in its memory where the file itself is there.
    pub fn private(in_memory: bool) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let memory = PathBuf::from("/dev/shm");
        let folder = if in_memory && memory.is_dir() { memory } else { std::env::temp_dir() };
        sweep(&folder, "crm-search-", |path| std::fs::remove_dir_all(path));
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { path: folder.join(format!("crm-search-{}-{count}-{:016x}", std::process::id(), RandomState::new().hash_one(count))), private: true }
    }

    /// Whether there is an index.
    pub fn holds_index(&self) -> bool {
        self.path.join(META).exists()
    }

    /// Opens the index without making one.
    pub fn open(&self) -> tantivy::Result<Index> {
        let folder = Folder::open(&self.path)?;
        let mut index = Index::open(folder)?;
        index.set_tokenizers(tokenizers());
        if index.schema() != schema().0 || !self.is_whole(&index) || !self.fits() {
            return Err(tantivy::TantivyError::SchemaError("the index is damaged".into()));
        }
        Ok(index)
    }

    /// Opens the index, makes it when there is none, makes it anew when it is damaged.
    pub fn open_or_make(&self) -> tantivy::Result<Index> {
        if self.holds_index()
            && let Ok(index) = self.open()
        {
            return Ok(index);
        }
        make_folder(&self.path)?;
        let folder = Folder::open(&self.path)?;
        // Nobody else may be at work here while what is damaged is cleared away.
        let lock = folder.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| tantivy::TantivyError::LockFailure(error, None))?;
        if self.holds_index()
            && let Ok(index) = self.open()
        {
            return Ok(index);
        }
        self.clear();
        // Whoever sees an index sees its layout, too.
        self.mark_layout(&Plan::layout());
        let index = builder().open_or_create(folder)?;
        drop(lock);
        self.mark_boot();
        self.remove_others();
        Ok(index)
    }

    /// Removes indexes that other versions of the library made beside this one; those would make theirs anew.
    fn remove_others(&self) {
        let siblings = self.path.parent().filter(|_| !self.private).and_then(|parent| std::fs::read_dir(parent).ok());
        for entry in siblings.into_iter().flatten().flatten().filter(|entry| entry.path() != self.path) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }

    /// Makes the index one that is not there: whoever opens it next makes it anew.
    pub fn give_up(&self) {
        let _ = std::fs::remove_file(self.path.join(META));
    }

    /// Removes everything but the lock.
    fn clear(&self) {
        for entry in std::fs::read_dir(&self.path).into_iter().flatten().flatten() {
            if Path::new(&entry.file_name()) != INDEX_WRITER_LOCK.filepath {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Files are not pressed onto the disk one by one; after a restart of the machine their sums are checked once.
    fn is_whole(&self, index: &Index) -> bool {
        let boot = boot();
        if boot.is_some() && std::fs::read_to_string(self.path.join(BOOT)).ok() == boot {
            return true;
        }
        let whole = index.validate_checksum().is_ok_and(|damaged| damaged.is_empty());
        if whole {
            self.mark_boot();
        }
        whole
    }

    /// Whether documents of every entity are laid out as this version does it. One that the index does not know yet has no documents.
    fn fits(&self) -> bool {
        let known: Option<BTreeMap<String, String>> = std::fs::read(self.path.join(LAYOUT)).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let Some(mut known) = known else { return false };
        let ours = Plan::layout();
        if ours.iter().any(|(name, layout)| known.get(name).is_some_and(|known| known != layout)) {
            return false;
        }
        let before = known.len();
        known.extend(ours);
        if known.len() > before {
            self.mark_layout(&known);
        }
        true
    }

    /// Where it cannot be written the index is made anew next time. It is put in place whole, since others may be reading it.
    fn mark_layout(&self, layout: &BTreeMap<String, String>) {
        let Ok(text) = serde_json::to_vec(layout) else { return };
        let part = self.path.join(format!("{LAYOUT}-{}", std::process::id()));
        let _ = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, self.path.join(LAYOUT)));
    }

    fn mark_boot(&self) {
        if let Some(boot) = boot() {
            let _ = std::fs::write(self.path.join(BOOT), boot);
        }
    }

    /// What tells one commit from another.
    pub fn stamp(&self) -> Option<(u64, std::time::SystemTime, u64)> {
        let metadata = std::fs::metadata(self.path.join(META)).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let number = 0;
        Some((metadata.len(), metadata.modified().ok()?, number))
    }

    /// The size of all files, in bytes.
    pub fn size(&self) -> u64 {
        std::fs::read_dir(&self.path).into_iter().flatten().flatten().filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.private {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// What the system calls this run of the machine, where it says.
fn boot() -> Option<String> {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()
}

/// Whether an error means that somebody else is writing the index.
pub(crate) fn is_busy(error: &tantivy::TantivyError) -> bool {
    matches!(error, tantivy::TantivyError::LockFailure(tantivy::directory::error::LockError::LockBusy, _))
}

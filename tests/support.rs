//! What several modules of tests share.

use std::path::PathBuf;

/// A folder of the real data that lies beside the project, or says that the test is skipped.
pub fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CRM_DATA").map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there (CRM_DATA names the folder)", folder.display());
    None
}

//! Exchange with other programs: CSV files and data frames become records, of any entity, as one change set.
//!
//! [`Crm::import_csv`](crate::Crm::import_csv) and [`Crm::import_frame`](crate::Crm::import_frame) take an [`Import`];
//! [`Crm::preview_csv`](crate::Crm::preview_csv) shows beforehand how a file would be read.

mod cells;
mod csv;
#[cfg(feature = "arrow")]
mod frame;
mod import;
mod import_rows;
mod mapping;
mod notation;
mod options;
mod references;
mod rows;

pub use options::{CsvPreview, Import, Imported, RowError, Suspect};

use crate::engine::registry::area;
use std::path::{Path, PathBuf};

area! {
    /// Import.
    exchange after directory {
        outcomes: [RowError, Suspect, Imported, CsvPreview];
        options: [Import];
        calls: {
            /// Imports a CSV file into any entity as one change set. Rows that cannot be taken are told with line and reason, the
            /// others go in; an error of the file as a whole, or a cancellation, leaves nothing. Progress is told in bytes.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// # let folder = std::env::temp_dir().join(format!("crm-import-doc-{}", std::process::id()));
                /// # std::fs::create_dir_all(&folder).unwrap();
                /// # let path = folder.join("accounts.csv");
                /// # std::fs::write(&path, "Account;Sector\nAcme;steel\nBirch;technolgy\n").unwrap();
                /// let crm = Crm::open(":memory:")?;
                /// let how = Import::new().mapping([("account", "name"), ("sector", "industry")]).key(["name"]);
                /// let done = crm.import_csv("organization", &path, &how, &mut |_done, _all| {})?;
                /// assert_eq!((done.added, done.failed), (2, 0));
                /// assert_eq!(done.suspects[0].nearest.as_deref(), Some("technology"));
                /// let again = crm.import_csv("organization", &path, &how, &mut |_, _| {})?;
                /// assert_eq!((again.unchanged, again.change_set), (2, None));
                /// crm.undo(done.change_set.unwrap())?;
                /// # std::fs::remove_dir_all(&folder).unwrap();
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> import tempfile, pathlib
                /// >>> path = pathlib.Path(tempfile.mkdtemp(), "accounts.csv")
                /// >>> size = path.write_text("Account;Staff\nAcme;120\n")
                /// >>> db = crm.open(":memory:")
                /// >>> done = db.import_csv("organization", path, mapping={"Account": "name", "Staff": "employees"}, key="name")
                /// >>> done.added, done.failed, done.delimiter
                /// (1, 0, ';')
            }
            [both long] import_csv(entity: String [&str], path: PathBuf [impl AsRef<Path>], import: Import [&Import] = Import::default()) -> Imported =
                |on, progress| import::import_csv(on, entity, path.as_ref(), import, progress);

            /// How an import would read a file: encoding, delimiter, mapping and the first rows. Nothing is written.
            [crm] preview_csv(entity: String [&str], path: PathBuf [impl AsRef<Path>], import: Import [&Import] = Import::default()) -> CsvPreview =
                |crm| import::preview_csv(crm, entity, path.as_ref(), import);
        }
    }
}

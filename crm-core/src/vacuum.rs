//! Taking what went out of everything that the library keeps: the file, the log beside it, the search index.

use crate::engine::cancel::Progress;
use crate::engine::error::Result;
use crate::engine::store::Crm;

impl Crm {
    /// Writes the file and the search index anew.
    pub(crate) fn written_anew(&self, progress: Progress<'_>) -> Result<()> {
        self.vacuumed()?;
        #[cfg(feature = "search")]
        self.tend_index(true, progress)?;
        #[cfg(not(feature = "search"))]
        progress(1, Some(1));
        Ok(())
    }
}

//! Beginning change sets.

use super::change_set::{ChangeSet, Committed};
use super::crm::Crm;
use crate::engine::error::{Error, Result};

impl Crm {
    /// Runs work as one change set with a label: everything in it happens, or nothing.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let done = crm.change("two customers", |change| {
    ///     for name in ["Acme", "Birch"] {
    ///         change.organizations().add(OrganizationFields::new(name))?;
    ///     }
    ///     Ok(())
    /// })?;
    /// crm.undo(done.change_set.unwrap())?;
    /// assert_eq!(crm.organizations().count("")?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn change<T>(&self, label: &str, work: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<Committed<T>> {
        let change = self.begin(label)?;
        let value = work(&change)?;
        let Committed { change_set, value: (), warnings } = change.commit()?;
        Ok(Committed { change_set, value, warnings })
    }

    /// Begins a change set that is committed or rolled back later; other writers wait meanwhile.
    pub fn begin(&self, label: &str) -> Result<ChangeSet> {
        self.begin_with(Some(label.to_owned()))
    }

    pub(crate) fn begin_single(&self, label: &str) -> Result<ChangeSet> {
        self.begin(label).map(ChangeSet::single)
    }

    /// Begins a change set; one without a label is a trial that will not be committed.
    pub(super) fn begin_with(&self, label: Option<String>) -> Result<ChangeSet> {
        if self.place().options.read_only {
            return Err(Error::read_only("", "the file is open for reading only"));
        }
        if self.at.is_some() {
            return Err(Error::read_only("at", "the past can only be read"));
        }
        if let Some(cancel) = &self.limits().cancel {
            cancel.check()?;
        }
        ChangeSet::begin(self, self.take_writer()?, label)
    }
}

//! Through what a caller reads and writes: a handle, or a change set in the making.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::view::View;
use crate::engine::error::{Error, Result};

/// A handle, or a change set in the making.
#[derive(Clone, Copy)]
pub(crate) enum Via<'a> {
    Crm(&'a Crm),
    Change(&'a ChangeSet),
}

impl<'a> Via<'a> {
    /// The handle itself, for what a change set cannot do.
    pub fn handle(self, call: &str) -> Result<&'a Crm> {
        match self {
            Self::Crm(crm) => Ok(crm),
            Self::Change(_) => Err(Error::invalid("within", format!("`{call}` is not part of a change set"))),
        }
    }

    pub fn view<T>(&self, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        match self {
            Self::Crm(crm) => crm.view(read),
            Self::Change(change) => change.view(read),
        }
    }

    /// Runs a write in the change set at hand, or in one of its own.
    pub fn write<T>(&self, label: &str, write: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<T> {
        match self {
            Self::Crm(crm) => {
                let change = crm.begin_single(label)?;
                let value = write(&change)?;
                change.commit()?;
                Ok(value)
            }
            // Only somebody with less than all rights can be refused after something was written.
            Self::Change(change) if change.access().unrestricted => write(change),
            Self::Change(change) => change.atomically(|| write(change)),
        }
    }
}

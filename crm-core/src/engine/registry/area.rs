//! An area as a whole: everything it adds to the library.

use super::call::Call;
use super::kind::Kind;
use super::life::Life;
use super::report::Form;
use super::words::Words;
use crate::engine::error::Result;
use crate::engine::meta::Setting;
use crate::engine::store::{ChangeSet, Steps};

/// What `area!` declares.
pub(crate) struct Area {
    pub name: &'static str,
    pub kinds: &'static [Kind],
    /// Statements that make its tables, step by step.
    pub sql: &'static [&'static str],
    /// First words, given once.
    pub words: &'static [Words],
    /// Work through the door that brings a file up to date, once, in order, after the words.
    pub work: &'static [fn(&ChangeSet) -> Result<()>],
    /// Settings of the file.
    pub settings: &'static [Setting],
    pub life: &'static [Life],
    pub reports: &'static [Form],
    pub calls: &'static [Call],
}

impl Area {
    /// How a file comes to have its tables and its first records. The first step of work are the words.
    pub fn steps(&self) -> Steps {
        Steps { area: self.name, sql: self.sql.to_vec(), work: 1 + self.work.len() }
    }
}

//! An area as a whole: everything it adds to the library.

use super::call::Call;
use super::kind::EntityKind;
use super::life::Life;
use super::report::DeclaredReport;
use super::words::Words;
use crate::engine::error::Result;
use crate::engine::meta::Setting;
use crate::engine::store::{ChangeSet, Steps};
use crate::engine::wire::schema::Schema;

/// What `area!` declares.
pub(crate) struct Area {
    pub name: &'static str,
    pub kinds: &'static [EntityKind],
    /// The schemas of the records of its entities, and of the fields of new ones.
    pub schemas: &'static [[Schema; 2]],
    /// Statements that make its tables, step by step.
    pub sql: &'static [&'static str],
    /// First words, given once.
    pub words: &'static [Words],
    /// Work through the door that brings a file up to date, once, in order, after the words.
    pub work: &'static [fn(&ChangeSet) -> Result<()>],
    /// Settings of the file.
    pub settings: &'static [Setting],
    pub life: &'static [Life],
    pub reports: &'static [DeclaredReport],
    pub calls: &'static [Call],
}

impl Area {
    /// The area, when it adds nothing but calls, closed sets, options and outcomes; for one that does it does not compile, since nothing
    /// would look at the rest.
    pub const fn calls_only(&'static self) -> &'static Self {
        let Self { name: _, kinds, schemas: _, sql, words, work, settings, life, reports, calls: _ } = self;
        assert!(kinds.is_empty() && sql.is_empty() && words.is_empty() && work.is_empty() && settings.is_empty() && life.is_empty() && reports.is_empty());
        self
    }

    /// How a file comes to have its tables and its first records. The first step of work are the words.
    pub fn steps(&self) -> Steps {
        Steps { area: self.name, sql: self.sql.to_vec(), work: 1 + self.work.len() }
    }
}

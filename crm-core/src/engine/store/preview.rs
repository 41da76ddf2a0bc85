//! What a change set would do: dry runs.

use super::change_set::ChangeSet;
use super::crm::Crm;
use super::history::{Change, MAX_CHANGES, Set, Sets};
use super::log::{self, Operation};
use crate::engine::error::Result;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};

/// What a change set would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Preview<T> {
    /// What the work returned; it is left out in serde's formats.
    #[serde(skip)]
    pub value: T,
    /// How many records of each entity would be added, changed, removed.
    #[serde(serialize_with = "counted")]
    pub counts: BTreeMap<(String, Operation), i64>,
    /// The changes themselves, the first [`MAX_CHANGES`].
    pub changes: Vec<Change>,
    /// What is allowed but deserves a look.
    pub warnings: Vec<String>,
}

/// In JSON, keys are texts: each count is an object.
fn counted<S: Serializer>(counts: &BTreeMap<(String, Operation), i64>, out: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Count<'a> {
        entity: &'a str,
        operation: Operation,
        count: i64,
    }
    out.collect_seq(counts.iter().map(|((entity, operation), count)| Count { entity, operation: *operation, count: *count }))
}

impl Crm {
    /// Runs work, tells what it would change, and leaves everything as it was.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let preview = crm.dry_run(|change| change.organizations().add(OrganizationFields::new("Acme")))?;
    /// assert_eq!(preview.changes[0].after["name"], Value::from("Acme"));
    /// assert_eq!(crm.organizations().count("")?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn dry_run<T>(&self, work: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<Preview<T>> {
        let change = self.begin_with(None)?;
        let value = work(&change)?;
        change.preview(value)
    }
}

impl ChangeSet {
    /// What this change set has done so far. Given up afterwards instead of committed, it was a dry run in steps.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let change = crm.begin("trial")?;
    /// change.organizations().add(OrganizationFields::new("Acme"))?;
    /// assert_eq!(change.preview(())?.changes.len(), 1);
    /// change.rollback();
    /// # Ok::<(), Error>(())
    /// ```
    pub fn preview<T>(&self, value: T) -> Result<Preview<T>> {
        self.flush()?;
        self.view(|view| {
            let mut counts = BTreeMap::new();
            let mut changes = Vec::new();
            let mut sets = Sets { session: view.session, known: HashMap::new() };
            sets.known.insert(self.id().0, Set { at: self.at(), actor: self.actor(), cause: self.cause(), label: self.label().map(str::to_owned) });
            let entries = log::entries(view.session, view.schema, "id >= ?1 order by id desc", [self.first_change()])?;
            for entry in &entries {
                *counts.entry((view.schema.tables[entry.table].name.to_owned(), entry.operation)).or_insert(0) += entry.last - entry.record + 1;
                for id in (entry.record..=entry.last).rev() {
                    if changes.len() == MAX_CHANGES {
                        break;
                    }
                    changes.push(view.change(&mut sets, entry.table, id, &view.step(entry, id)?)?);
                }
            }
            changes.reverse();
            Ok(Preview { value, counts, changes, warnings: self.warnings() })
        })
    }
}

//! Statements from outside that were checked already, so that one asked again and again is read once.

use crate::engine::error::Result;
use crate::engine::sync;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// How many are kept.
const KEPT: usize = 500;
/// Longer ones are not kept, in bytes.
const LONGEST: usize = 20_000;

/// A statement as it is run.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    pub sql: String,
    /// The names of its common table expressions.
    pub given: Vec<String>,
    /// The entities of which it names pieces.
    pub pieces: Vec<usize>,
}

/// What is run, by the texts that were given: of the present, and of the past. A schema has its own, since what a name means may change with it.
#[derive(Debug, Default)]
pub(crate) struct Statements([RwLock<HashMap<String, Arc<Statement>>>; 2]);

impl Statements {
    /// What is run for a text, in the past or now: what is known, or what `make` makes of it.
    pub fn of(&self, past: bool, text: &str, make: impl FnOnce() -> Result<Statement>) -> Result<Arc<Statement>> {
        let all = &self.0[usize::from(past)];
        if let Some(known) = sync::read(all).get(text) {
            return Ok(known.clone());
        }
        let made = Arc::new(make()?);
        if text.len() <= LONGEST {
            let mut known = sync::write(all);
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(text.to_owned(), made.clone());
        }
        Ok(made)
    }
}

//! Is the file whole? The storage's own integrity, its tables beside those of a fresh file, references, the log's chain, and everything the records say
//! and said beside what the log holds of it. What is wrong is a finding; none hides the rest.

mod contents;
mod log;
mod shape;
mod verified;

pub use verified::Verified;

use super::crm::Crm;
use super::sqlite::fresh;
use super::view::View;
use crate::engine::cancel::Progress;
use crate::engine::error::{Error, Result};

impl Crm {
    /// Checks the whole file; `expected` is a head that somebody kept.
    pub(crate) fn verified(&self, expected: Option<&str>, progress: Progress<'_>) -> Result<Verified> {
        if !self.is_system() {
            return Err(Error::denied("verify", "only a handle without a user may verify the whole file"));
        }
        let expected = expected.map(head).transpose()?;
        let fresh = fresh(self.place().library)?;
        self.view(|view| {
            let mut verified = Verified::default();
            let steps = view.schema.tables.len() as u64 + 2;
            progress(0, Some(steps));
            check_storage(view, &mut verified)?;
            shape::check(view, fresh, &mut verified)?;
            progress(1, Some(steps));
            log::check(view, expected, &mut verified)?;
            for table in 0..view.schema.tables.len() {
                progress(table as u64 + 2, Some(steps));
                view.session.check()?;
                let (name, before) = (view.schema.tables[table].name, verified.records);
                // What cannot be read at all is one more finding, unless somebody wants no more.
                match contents::check(view, table, &mut verified) {
                    Err(error @ (Error::Cancelled { .. } | Error::TimedOut { .. })) => return Err(error),
                    Err(error) => {
                        verified.records = before;
                        verified.find(format!("{name}: cannot be read: {}", error.reason()));
                    }
                    Ok(()) => {}
                }
            }
            progress(steps, Some(steps));
            Ok(verified)
        })
    }
}

/// A head as it is given: 64 hexadecimal digits.
fn head(text: &str) -> Result<Vec<u8>> {
    let wrong = || Error::invalid("expected_head", "is 64 hexadecimal digits, as `verify` gives them");
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    (0..32).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())).collect()
}

/// The storage's own integrity, that of its indexes included, and every reference.
fn check_storage(view: View<'_>, verified: &mut Verified) -> Result<()> {
    for line in view.session.all("pragma main.integrity_check(100)", [], |row| row.get::<String>(0))? {
        if line != "ok" {
            verified.find(format!("integrity: {line}"));
        }
    }
    view.session.each("pragma main.foreign_key_check", [], |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        verified.find(format!("{table}: a record refers to a {parent} that is not there"));
        Ok(())
    })
}

//! The declaring macros below entities: ids, closed sets of words, options, outcomes. Whatever they declare is in JSON at once, and
//! handed to the bindings by a macro of its own.

mod choice;
mod id;
mod outcome;

pub(crate) use choice::choice;
pub(crate) use id::record_id;
pub use id::{ChangeSetId, RecordId, UserId};
pub(crate) use outcome::{options, outcome};

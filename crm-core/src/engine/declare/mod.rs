//! The declaring macros below entities: ids, closed sets of words, options, outcomes. Whatever they declare is in JSON at once, and
//! handed to the bindings by a macro of its own.

mod choice;
mod id;
mod options;
mod outcome;
mod setter;

pub(crate) use choice::choice;
pub(crate) use id::record_id;
pub use id::{ChangeSetId, RecordId, UserId};
pub(crate) use options::options;
pub(crate) use outcome::outcome;
pub(crate) use setter::setter;

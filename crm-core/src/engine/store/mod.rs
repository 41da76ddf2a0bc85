//! The file: opening and migrating it, the door all writing goes through, the lens all reading goes through, and the
//! log both rest on. The engine knows no area; types of the database library stay in here.

mod backup;
mod begin;
mod bulk;
mod cause;
mod change_set;
mod counted;
mod crm;
mod custom_column;
mod digest;
mod erase;
mod head;
mod history;
mod lens;
mod listen;
mod listeners;
mod log;
mod mentions;
#[cfg(test)]
mod plans;
mod preview;
mod prune;
mod restore;
mod rows;
pub(crate) mod schema;
mod sealed;
mod sqlite;
mod state;
mod status;
mod undo;
mod undo_apply;
mod undo_plan;
mod unlogged;
mod vacuum;
mod verify;
mod versions;
mod via;
mod view;

pub(crate) use bulk::without_indexes;
pub use cause::ChangeCause;
pub use change_set::{ChangeSet, Committed};
pub use crm::Crm;
pub(crate) use digest::load_retired;
pub use erase::Erased;
pub use history::{Change, ChangeEvent, MAX_CHANGES};
pub(crate) use lens::{Piece, VERSIONS, install_pieces};
pub use listen::Listening;
pub use listeners::CommitEvent;
pub use log::Operation;
pub(crate) use log::{Columns, change_set_at, decode, earliest, from_json, generation, newest, to_json};
#[cfg(feature = "search")]
pub(crate) use log::{Entry, each_entry, first_change};
pub use mentions::Mention;
pub use preview::Preview;
pub(crate) use prune::load_gone;
pub use prune::{Pruned, PrunedEntity};
pub use restore::Restored;
#[cfg(test)]
pub(crate) use sqlite::prepared_by;
pub(crate) use sqlite::start_of;
#[cfg(feature = "search")]
pub(crate) use sqlite::sweep;
pub(crate) use sqlite::{Cell, Library, Params, ResultRow, Session, Steps, plain, share};
pub use sqlite::{Options, Removal, Row, Synchronous, Upgrade};
pub use status::{EntityStatus, Status};
pub use undo_plan::Obstacle;
pub use verify::Verified;
pub(crate) use versions::{differing, versions};
pub(crate) use via::Via;
pub(crate) use view::View;
#[cfg(feature = "search")]
pub(crate) use {log::stored_row, versions::ended};

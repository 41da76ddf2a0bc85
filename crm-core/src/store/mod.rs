//! The file: opening and migrating it, the door all writing goes through, the lens all reading goes through, and the
//! log both rest on. The engine knows no area; types of the database library stay in here.

mod apply;
mod backup;
pub(crate) mod bulk;
mod entities;
mod functions;
mod history;
mod lens;
mod listen;
pub(crate) mod log;
mod migrate;
mod named;
pub(crate) mod open;
#[cfg(test)]
mod plans;
pub(crate) mod schema;
mod seed;
pub(crate) mod session;
mod types;
mod undo;
mod verify;
mod view;
mod write;

use crate::Crm;

pub use backup::Progress;
pub use entities::{Entities, Loaded};
pub(crate) use entities::{at_row, get_in, label, records};
pub use history::{Change, ChangeEvent, MAX_CHANGES, Preview};
pub(crate) use lens::install;
pub(crate) use listen::Listeners;
pub use listen::{CommitEvent, Listening};
pub use log::Operation;
pub(crate) use log::{change_set_at, from_json, overlay};
pub(crate) use named::{count_in, find_named, get_named, next_page, table_in};
pub use open::{Options, Synchronous};
pub(crate) use seed::seed;
pub use session::Cancel;
pub use types::Row;
pub(crate) use types::{Cell, plain, storage};
pub use undo::Obstacle;
pub use verify::Verified;
pub(crate) use view::{Via, View, readable};
pub use write::{ChangeSet, Committed};

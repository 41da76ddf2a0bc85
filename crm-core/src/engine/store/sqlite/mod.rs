//! SQLite: connections with what hangs on them, and everything that speaks of its types.

mod backup;
mod carry_over;
mod cell;
mod digest;
mod entries;
mod error;
mod functions;
mod library;
mod migrate;
mod nearest;
mod options;
mod past;
mod place;
mod quantile;
mod rechain;
mod record;
mod same_file;
mod session;
mod shape;
mod wal;

pub(in crate::engine::store) use backup::{Part, copy, replace};
pub(crate) use cell::{Cell, Params, ResultRow};
pub(crate) use digest::SALT;
pub(in crate::engine::store) use digest::{ErasedVersion, erased_digest};
pub(in crate::engine::store) use entries::{Entries, Found, each_version};
#[cfg(test)]
pub(in crate::engine::store) use error::storage;
pub(crate) use functions::start_of;
pub use library::Removal;
pub(crate) use library::{Library, Shape, Steps};
pub(in crate::engine::store) use migrate::look;
pub use options::{Options, Synchronous, Upgrade};
pub(crate) use place::Place;
#[cfg(feature = "search")]
pub(crate) use place::sweep;
pub use record::Row;
pub(crate) use record::{plain, read_value, share};
#[cfg(test)]
pub(crate) use session::prepared_by;
pub(crate) use session::{Installed, Session, Stored};
pub(in crate::engine::store) use shape::{fresh, shape_of};

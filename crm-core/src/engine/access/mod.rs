//! Who may see and change what: the rights of a user, compiled.

mod level;
mod rights;

pub use level::Level;
pub(crate) use rights::Access;

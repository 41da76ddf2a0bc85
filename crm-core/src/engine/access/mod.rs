//! Who may see and change what (P1, P2): the rights of a user, compiled.

mod level;
mod rights;

pub use level::Level;
pub(crate) use rights::Access;

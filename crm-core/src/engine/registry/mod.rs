//! What areas consist of, and the macro that declares one. The registry itself, the list of all areas, is above them: see `areas`.

mod area;
mod call;
mod declare;
mod kind;
mod life;
mod report;
mod words;

pub(crate) use area::Area;
pub(crate) use call::{Argument, Call, Given, Reply, call};
pub(crate) use declare::{area, declared};
pub(crate) use kind::EntityKind;
pub(crate) use life::{Life, life};
pub(crate) use report::{DeclaredReport, report};
pub(crate) use words::{Words, meaning};

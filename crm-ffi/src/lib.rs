//! The CRM library for other languages: expansions of what `crm-core` declares, and no logic.
//!
//! UniFFI makes Kotlin (and so Java), Swift, Ruby and Python from this crate; README.md is the integrator's guide.
#![allow(unsafe_code)] // What UniFFI generates crosses the language border.

mod calls;
mod change_set;
mod crm;
mod crossing;
mod error;
mod import;
mod listen;
mod methods;
mod query;
mod records;
mod values;

pub use change_set::*;
pub use crm::*;
pub use crossing::{Lift, Lower};
pub use error::*;
pub use import::*;
pub use listen::*;
pub use query::*;
pub use records::*;
pub use values::*;

uniffi::setup_scaffolding!("crm");

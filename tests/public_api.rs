//! The public interface of the core, as a list that a change of it shows up in.

use public_api::{Builder, MINIMUM_NIGHTLY_RUST_VERSION};

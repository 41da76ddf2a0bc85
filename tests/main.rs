//! The integration tests, one binary of modules.

mod import;
mod reports;

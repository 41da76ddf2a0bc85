//! The integration tests, one binary of modules.

mod dossier;
mod reports;

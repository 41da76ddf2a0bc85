//! The integration tests, one binary of modules.

mod support;

mod concurrency;
mod crash;
mod door;
mod files;
mod filters;
mod lens;
mod paging;
mod properties;
mod rights;
mod undo;

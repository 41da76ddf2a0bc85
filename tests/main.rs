//! The integration tests, one binary of modules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::type_complexity)]

mod support;

#[path = "../examples/quickstart/pipeline.rs"]
mod pipeline;
#[allow(dead_code)]
#[path = "../examples/quickstart/show.rs"]
mod show;

mod areas;
mod calls;
mod concurrency;
mod crash;
mod dictionaries;
mod door;
mod dossier;
mod erase;
mod errors;
mod files;
mod filters;
mod forms;
mod frame;
mod given;
mod histories;
mod import;
mod layers;
mod lens;
mod listen;
mod over_time;
mod paging;
mod properties;
mod prune;
mod quickstart;
mod reports;
mod restore;
mod rights;
mod schema;
mod search;
mod sql;
mod sql_attacks;
mod stages;
mod tampering;
mod undo;

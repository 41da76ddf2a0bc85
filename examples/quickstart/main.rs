//! What the library is for, in one run: load a pipeline, then look at it the way a sales manager would.
//!
//! `cargo run --release --example quickstart` works on a sample made up on the spot (a year of a machinery
//! seller, about a thousand customers); `... --example quickstart -- FOLDER` on a folder of CSV files with accounts, products,
//! sales teams and a sales pipeline.
#![allow(missing_docs)]

mod pipeline;
mod sample;
mod show;

use crm_core::{Crm, Error, ManualClock, Options, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    if let Err(error) = run() {
        eprintln!("quickstart: {error}");
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    let started = Instant::now();
    let source = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = std::env::temp_dir().join(format!("crm-quickstart-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| Error::storage("folder", error.to_string()))?;
    let path = folder.join("quickstart.crm");

    // The data is of the past, so the clock is ours: what was loaded when can be asked for later.
    let clock = Arc::new(ManualClock::at(match &source {
        Some(_) => pipeline::FIRST_EXPORT,
        None => sample::BEGIN,
    }));
    let crm = Crm::open_with(&path, Options::new().clock(clock.clone()))?;
    let story = match &source {
        Some(folder) => pipeline::load(&crm, &clock, folder)?,
        None => sample::load(&crm, &clock)?,
    };
    println!("Loaded in {:.1} s into {}", started.elapsed().as_secs_f64(), path.display());
    show::everything(&crm, &story)?;
    println!("\nAll of it took {:.1} s. The file stays: {}", started.elapsed().as_secs_f64(), path.display());
    Ok(())
}

//! How much memory opening a big file and a bulk load take: the peak of a process of its own (VmHWM), beside one that does nothing.
//!
//! Run: `cargo bench --bench memory` (Linux). The figures stand in benches/README.md.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use crm_core::*;
use std::process::Command;
use support::*;

/// The peak of this process in megabytes.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("nothing") => {}
        Some("open") => {
            let (_, crm, _) = big();
            crm.organizations().get(OrganizationId(1)).unwrap();
        }
        Some("load") => {
            let folder = tempfile::tempdir().unwrap();
            let crm = base(&folder.path().join("load.crm"), 10_000);
            crm.activities().add_many((1..=scale(1_000_000)).map(|n| activity(n, 10_000))).unwrap();
        }
        _ => {
            drop(big());
            for what in ["nothing", "open", "load"] {
                let output = Command::new(std::env::current_exe().unwrap()).arg(what).output().unwrap();
                println!("{what}: {} MB", String::from_utf8_lossy(&output.stdout).trim());
            }
            return;
        }
    }
    println!("{:.1}", peak());
}

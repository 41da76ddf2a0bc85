//! The public interface of the core, item by item, as `crm-core/public-api.txt` has it: what a change does to it is read in the difference. After a change
//! that is meant, `CRM_WRITE=1 cargo test --release --workspace --test public_api` writes the list anew. `cargo test` passes it over, since it
//! needs the documentation to be made once more; `tests/run` does not.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn the_public_interface_is_the_one_on_record() {
    let core = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    // Rust gives the documentation as JSON to those alone who say that they know its form to be unsettled.
    let made = Command::new(env!("CARGO"))
        .current_dir(&core)
        .env("RUSTDOC", core.join("../tests/rustdoc"))
        .args(["rustdoc", "--quiet", "--release", "--locked", "--lib", "--", "-Z", "unstable-options", "--output-format", "json"])
        .status();
    assert!(made.unwrap().success());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../doc/crm_core.json");
    let api = public_api::Builder::from_rustdoc_json(file).omit_blanket_impls(true).omit_auto_trait_impls(true).omit_auto_derived_impls(true).build();
    let lines: Vec<_> = api.unwrap().items().map(ToString::to_string).collect();
    let list = once_each(&lines).into_iter().fold(String::new(), |list, line| list + line + "\n");
    assert!(list.contains("pub fn crm_core::Crm::open") && list.lines().count() > 1_000, "the list is whole");
    let record = core.join("public-api.txt");
    if std::env::var_os("CRM_WRITE").is_some() {
        std::fs::write(record, list).unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(record).unwrap_or_default();
    let (was, is): (BTreeSet<_>, BTreeSet<_>) = (recorded.lines().collect(), list.lines().collect());
    let changes = was.difference(&is).map(|line| format!("- {line}")).chain(is.difference(&was).map(|line| format!("+ {line}")));
    let changes: Vec<_> = changes.take(50).collect();
    assert!(changes.is_empty(), "the public interface is another; if that is meant, see the first lines of this test:\n{}", changes.join("\n"));
}

/// A line for each item, in the order of the alphabet. What an implementation of a trait consists of is left out, and what a type consists of stands under
/// its name at the root alone, though the type is in its area's module and in the prelude, too.
fn once_each(lines: &[String]) -> BTreeSet<&str> {
    let path = |line: &str| -> Vec<String> {
        let named = line.split_once("crm_core::").map_or("", |(_, rest)| rest).split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | ':')));
        named.take(1).flat_map(|path| path.split("::").map(str::to_owned)).collect()
    };
    let at_root: BTreeSet<_> = lines.iter().map(|line| path(line)).filter(|path| path.len() == 1).flatten().collect();
    let (mut all, mut implemented) = (BTreeSet::new(), None);
    for line in lines {
        if line.starts_with("impl") {
            implemented = line.split_once(" for ").map(|(_, of)| format!(" {of}::"));
        } else if implemented.as_ref().is_some_and(|of| line.contains(of)) || path(line)[..].iter().skip(1).rev().skip(1).any(|name| at_root.contains(name)) {
            continue;
        }
        all.insert(line.as_str());
    }
    all
}

//! The generated bindings, run by their host languages: `bindings/` holds one script for each, which ends with an error
//! when something is not as it should be.
#![allow(clippy::expect_used, clippy::panic)] // A test ends by panicking.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The library that was built along with this test.
fn library() -> PathBuf {
    let name = format!("{}crm_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let test = std::env::current_exe().expect("the test knows where it is");
    let found = test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|library| library.exists());
    found.unwrap_or_else(|| panic!("no {name} beside {}: build it with `cargo build --release -p crm-ffi`", test.display()))
}

/// A folder with the bindings of a language and the library beside them.
fn bindings(language: &str) -> PathBuf {
    let (library, folder) = (library(), PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bindings"));
    let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
    crm_bindgen::generate(&text(&library), &text(&folder), &[language]).expect("bindings");
    let folder = folder.join(language);
    std::fs::copy(&library, folder.join(library.file_name().expect("a file name"))).expect("the library beside its bindings");
    folder
}

fn run(language: &str, program: &str, script: &str, path_variable: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bindings").join(script);
    let output = Command::new(program).arg(&script).env(path_variable, bindings(language)).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed to test the {language} bindings, and cannot be run: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{} failed:\n{out}\n{err}", script.display());
    assert!(out.contains("all is well"), "{} did not reach its end:\n{out}\n{err}", script.display());
}

#[test]
fn python() {
    run("python", "python3", "python.py", "PYTHONPATH");
}

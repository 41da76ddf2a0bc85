//! The C interface as C sees it: the header is the one the functions give, a C program runs with it, and memory comes out even.
#![allow(clippy::expect_used, clippy::panic)] // A test ends by panicking.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compares a checked-in file with what it must be; with CRM_WRITE set, writes it.
fn up_to_date(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("CRM_WRITE").is_some() {
        std::fs::write(&path, expected).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == expected, "{name} is not what the code says: run `CRM_WRITE=1 cargo test --release -p crm-c` and look at the difference");
}

#[test]
fn the_header_is_what_the_functions_say() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let config = cbindgen::Config::from_file(Path::new(folder).join("cbindgen.toml")).expect("cbindgen.toml");
    let mut header = Vec::new();
    cbindgen::Builder::new().with_config(config).with_src(Path::new(folder).join("src/lib.rs")).generate().expect("a header").write(&mut header);
    let header = String::from_utf8(header).expect("text");
    for function in ["crm_open", "crm_close", "crm_call", "crm_sql_arrow", "crm_free", "crm_last_error", "crm_on_commit", "crm_stop", "crm_version"] {
        assert!(header.contains(&format!("{function}(")), "{function} is missing");
    }
    up_to_date("include/crm.h", &header);
}

#[test]
fn the_list_of_calls_is_what_the_library_says() {
    let crm = crm_core::JsonCalls::new(crm_core::Crm::open(":memory:").expect("a file"));
    let calls: serde_json::Value = serde_json::from_str(&crm.call(r#"{"call": "calls"}"#).expect("calls")).expect("JSON");
    let mut text = String::from(
        "# The calls\n\nWhat `crm_call` answers. Generated from the library, which also tells it by the call `calls`. An argument in brackets may be left out.\n\n",
    );
    for call in calls.as_array().expect("an array") {
        let arguments = call["arguments"].as_array().expect("an array").iter().map(|argument| {
            let (name, kind) = (argument["name"].as_str().expect("a name"), argument["kind"].as_str().expect("a kind"));
            if argument["optional"] == true { format!("[{name}: {kind}]") } else { format!("{name}: {kind}") }
        });
        let (name, doc) = (call["name"].as_str().expect("a name"), call["doc"].as_str().expect("a text"));
        text += &format!("* **`{name}({})`** - {doc}\n", arguments.collect::<Vec<_>>().join(", "));
    }
    up_to_date("CALLS.md", &text);
}

#[test]
fn the_schema_of_calls_is_what_the_library_says() {
    up_to_date("calls.schema.json", &format!("{}\n", crm_core::json_schema()));
}

fn library() -> PathBuf {
    let name = format!("{}crm_c{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let test = std::env::current_exe().expect("the test knows where it is");
    let found = test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|library| library.exists());
    found.unwrap_or_else(|| panic!("no {name} beside {}: build it with `cargo build --release -p crm-c`", test.display()))
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{out}\n{err}");
    out.into_owned()
}

/// Whether a program is there. When not, its tests are passed over with a line that says so, unless CRM_HOSTS is `all`.
fn have(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().or_else(|_| Command::new(program).arg("version").output()).is_ok();
    assert!(there || std::env::var("CRM_HOSTS").as_deref() != Ok("all"), "{program} is needed, since CRM_HOSTS=all");
    if !there {
        eprintln!("SKIPPED: there is no {program}");
    }
    there
}

/// Compiles a C program against the header and the library.
fn compile(source: &Path, program: &Path) {
    let (library, include) = (library(), Path::new(env!("CARGO_MANIFEST_DIR")).join("include"));
    let folder = library.parent().expect("a folder");
    succeeds(
        Command::new("cc")
            .args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-O1", "-D_POSIX_C_SOURCE=200809L", "-pthread"])
            .arg("-I")
            .arg(include)
            .arg(source)
            .arg(&library)
            .arg(format!("-Wl,-rpath,{}", folder.display()))
            .arg("-o")
            .arg(program),
    );
}

#[test]
fn a_c_program_tells_the_story_and_leaks_nothing() {
    if !have("cc") {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join("story");
    compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story.c"), &program);
    assert!(succeeds(&mut Command::new(&program)).contains("all is well"));
    if have("valgrind") {
        let checked =
            ["--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=9"];
        assert!(succeeds(Command::new("valgrind").args(checked).arg(&program)).contains("all is well"));
    }
}

#[test]
fn go_calls_through_cgo() {
    if !have("go") || !have("cc") {
        return;
    }
    let library = library();
    let folder = library.parent().expect("a folder").display().to_string();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crm-go");
    succeeds(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/erp-go"))
            // Go divides these at spaces, unless there are quotes.
            .env("CGO_CFLAGS", format!("'-I{}'", include.display()))
            .env("CGO_LDFLAGS", format!("'-L{folder}' -lcrm_c '-Wl,-rpath,{folder}'"))
            .env("GOFLAGS", "-mod=mod")
            .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache")),
    );
    assert!(succeeds(&mut Command::new(&program)).contains("all is well"));
}

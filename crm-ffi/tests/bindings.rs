//! The generated bindings, run by their host languages: `bindings/` holds one story for each, which ends with an error
//! when something is not as it should be, and `examples/` what an integrator would copy.
//!
//! What a machine lacks is passed over with a line that says so; with CRM_HOSTS=all that is a failure.
#![allow(clippy::expect_used, clippy::panic)] // A test ends by panicking.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The library that was built along with this test.
fn library() -> PathBuf {
    let name = format!("{}crm_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let test = std::env::current_exe().expect("the test knows where it is");
    let found = test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|library| library.exists());
    found.unwrap_or_else(|| panic!("no {name} beside {}: build it with `cargo build --release -p crm-ffi`", test.display()))
}

/// A folder with the bindings of a language and the library beside them.
fn bindings(language: &str) -> PathBuf {
    let (library, folder) = (library(), work("bindings"));
    let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
    crm_bindgen::generate(&text(&library), &text(&folder), &[language]).expect("bindings");
    let folder = folder.join(language);
    std::fs::copy(&library, folder.join(library.file_name().expect("a file name"))).expect("the library beside its bindings");
    folder
}

fn work(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A file of this package, or of the project by `../`.
fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Whether a machine has what a language needs; a lack is told, and with CRM_HOSTS=all it is a failure.
fn have(what: &str, there: bool) -> bool {
    assert!(there || std::env::var("CRM_HOSTS").as_deref() != Ok("all"), "{what} is needed, since CRM_HOSTS=all");
    if !there {
        eprintln!("SKIPPED: there is no {what}");
    }
    there
}

fn have_program(program: &str, version: &str) -> bool {
    have(program, Command::new(program).arg(version).output().is_ok_and(|output| output.status.success()))
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{out}\n{err}");
    out.into_owned()
}

fn tells(command: &mut Command, expected: &[&str]) {
    let out = succeeds(command);
    for expected in expected {
        assert!(out.contains(expected), "{command:?} does not tell {expected}:\n{out}");
    }
}

/// What compiles and runs Kotlin: the compiler's jars and JNA's.
struct Kotlin {
    compiler: PathBuf,
    jna: PathBuf,
    /// The bindings, compiled once for all that use them.
    jar: PathBuf,
    folder: PathBuf,
}

impl Kotlin {
    /// Finds the tools (KOTLIN_HOME or `target/hosts`, JNA_JAR or where Debian has it) and compiles the bindings.
    fn get() -> Option<&'static Self> {
        static KOTLIN: OnceLock<Option<Kotlin>> = OnceLock::new();
        KOTLIN.get_or_init(Self::find).as_ref()
    }

    fn find() -> Option<Self> {
        let fetched = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("hosts/node_modules/kotlin-compiler");
        let compiler = std::env::var_os("KOTLIN_HOME").map_or(fetched, PathBuf::from).join("lib");
        let jna = std::env::var_os("JNA_JAR").map_or_else(|| PathBuf::from("/usr/share/java/jna.jar"), PathBuf::from);
        let there = [
            have_program("java", "-version"),
            have("Kotlin compiler (`npm install kotlin-compiler`, KOTLIN_HOME)", compiler.join("kotlin-compiler.jar").exists()),
            have("JNA (Debian's libjna-java, JNA_JAR)", jna.exists()),
        ];
        if there.contains(&false) {
            return None;
        }
        let folder = bindings("kotlin");
        let (source, jar, known) = (folder.join("crm/crm.kt"), work("crm.jar"), work("crm.kt"));
        let kotlin = Self { compiler, jna, jar, folder };
        let text = std::fs::read(&source).expect("the bindings");
        // Compiling the bindings takes a minute, so they are compiled anew only when they changed.
        if !kotlin.jar.exists() || std::fs::read(&known).ok().as_ref() != Some(&text) {
            let _ = std::fs::remove_file(&known);
            kotlin.compile(&[&source], &kotlin.jar);
            std::fs::write(&known, text).expect("a note of what was compiled");
        }
        Some(kotlin)
    }

    fn path(&self, more: &Path) -> std::ffi::OsString {
        let all = [self.jar.clone(), self.jna.clone(), self.compiler.join("kotlin-stdlib.jar"), more.to_owned()];
        std::env::join_paths(all).expect("a class path")
    }

    fn compile(&self, sources: &[&Path], jar: &Path) {
        let compiler = std::env::join_paths([self.compiler.join("*")]).expect("a class path");
        let mut command = Command::new("java");
        command.arg("-Xmx3g").arg("-cp").arg(compiler).arg("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler").args(["-no-reflect", "-nowarn", "-cp"]);
        succeeds(command.arg(self.path(jar)).arg("-d").arg(jar).args(sources));
    }

    /// Java with the bindings, the library and some more classes.
    fn java(&self, classes: &Path) -> Command {
        let mut command = Command::new("java");
        command.arg(format!("-Djna.library.path={}", self.folder.display())).arg("-Xss4m").arg("-cp").arg(self.path(classes));
        command
    }
}

#[test]
fn python() {
    if have_program("python3", "--version") {
        tells(Command::new("python3").arg(source("tests/bindings/python.py")).env("PYTHONPATH", bindings("python")), &["all is well"]);
    }
}

/// Ruby with the bindings and the library.
fn ruby() -> Option<Command> {
    let there = have_program("ruby", "--version")
        && have("Ruby's ffi", Command::new("ruby").args(["-e", "require 'ffi'"]).output().is_ok_and(|out| out.status.success()));
    there.then(|| {
        static FOLDER: OnceLock<PathBuf> = OnceLock::new();
        let folder = FOLDER.get_or_init(|| bindings("ruby"));
        let mut command = Command::new("ruby");
        command.arg("-I").arg(folder).env(if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" }, folder);
        command
    })
}

#[test]
fn ruby_tells_the_story() {
    if let Some(mut ruby) = ruby() {
        tells(ruby.arg(source("tests/bindings/ruby.rb")), &["all is well"]);
    }
}

/// The example for makers of document systems.
#[test]
fn the_document_system_in_ruby() {
    if let Some(mut ruby) = ruby() {
        tells(ruby.arg(source("../examples/dms-ruby/dms.rb")), &["offer-2026-014.pdf", "Rolling mill", "note", "call", "+48 601 234 567"]);
    }
}

#[test]
fn kotlin_tells_the_story() {
    if let Some(kotlin) = Kotlin::get() {
        let story = work("story.jar");
        kotlin.compile(&[&source("tests/bindings/Story.kt")], &story);
        tells(kotlin.java(&story).arg("StoryKt"), &["all is well"]);
    }
}

#[test]
fn java_tells_the_story() {
    if let Some(kotlin) = Kotlin::get() {
        tells(kotlin.java(&kotlin.jar).arg(source("tests/bindings/Story.java")), &["all is well"]);
    }
}

/// The example for makers of ERP systems.
#[test]
fn the_erp_in_kotlin() {
    if let Some(kotlin) = Kotlin::get() {
        let erp = work("erp.jar");
        kotlin.compile(&[&source("../examples/erp-kotlin/Erp.kt")], &erp);
        tells(kotlin.java(&erp).arg("ErpKt"), &["2 customers pushed", "order for Acme", "paid"]);
    }
}

/// Swift's own tools are seldom there, so its grammar reads the bindings.
#[test]
fn swift_is_well_formed() {
    let python = std::env::var("CRM_PYTHON").unwrap_or_else(|_| "python3".into());
    let there = Command::new(&python).args(["-c", "import tree_sitter, tree_sitter_swift"]).output().is_ok_and(|out| out.status.success());
    if have("Swift grammar (`pip install tree-sitter tree-sitter-swift`, CRM_PYTHON)", there) {
        tells(Command::new(python).arg(source("tests/bindings/swift.py")).arg(bindings("swift").join("crm.swift")), &["all is well"]);
    }
}

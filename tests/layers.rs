//! Holds the layering: reads the crate's source, finds which file names what of which other file, and looks for what must not
//! be. All of it is a function of paths and texts, so that small made-up trees show that every kind of slip is seen.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::LazyLock;

/// The places of the crate, lowest first: a file names files of its own place and of lower ones. Those side by side know nothing of each other.
const PLACES: [&[&str]; 10] = [
    &["engine"],
    &["base"],
    &["areas"],
    &["customer"],
    &["exchange", "search", "analytics"],
    &["registry.rs"],
    &["json"],
    &["for_every.rs"],
    &["open.rs", "vacuum.rs"],
    &["lib.rs"],
];
/// The one place that knows the database library and in which schema a table lies.
const STORAGE: &str = "engine/store/";
const MOST_LINES: usize = 400;
/// Paths that end in a macro's variable: what `registry.rs` and `for_every.rs` say of areas, and `Crm` and `ChangeSet` in the calls.
const MADE_BY_MACROS: [&str; 5] =
    ["registry.rs: crate::$", "for_every.rs: crate::$", "lib.rs: areas::$", "lib.rs: crate::areas::$", "engine/registry/call.rs: crate::engine::store::$"];

/// What one file, or folder, names of another.
type Edges = BTreeMap<(String, String), BTreeSet<String>>;

fn at(tokens: &[String], i: usize) -> &str {
    tokens.get(i).map_or("", String::as_str)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Whether a token can be a name; what may stand between `const` and the name is none.
fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) && !["_", "fn", "unsafe", "extern", "async", "mut"].contains(&token)
}

/// Words, signs, `::`, and literals with a leading quote; no comments, characters and lifetimes.
fn tokens(source: &str) -> Vec<String> {
    let (mut out, mut rest, mut comments) = (Vec::new(), source, 0);
    while let Some(c) = rest.chars().next() {
        let (word, tail) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        let raw = tail.trim_start_matches('#').strip_prefix('"').filter(|_| ["r", "br", "cr"].contains(&word));
        let (opens, closes) = (rest.starts_with("/*"), rest.starts_with("*/") && comments > 0);
        rest = if opens || closes || comments > 0 {
            comments += i32::from(opens) - i32::from(closes);
            &rest[if opens || closes { 2 } else { c.len_utf8() }..]
        } else if rest.starts_with("//") {
            rest.find('\n').map_or("", |end| &rest[end..])
        } else if let Some(text) = raw.or(rest.strip_prefix('"')) {
            let close = format!("\"{}", "#".repeat(raw.map_or(0, |_| tail.len() - text.len() - 1)));
            let closes = |(i, _): &(usize, &str)| raw.is_some() || (i - text[..*i].trim_end_matches('\\').len()) % 2 == 0;
            let end = text.match_indices(&close).find(closes).map_or(text.len(), |(end, _)| end);
            out.push(format!("\"{}", text[..end].replace("\\n", " ")));
            text.get(end + close.len()..).unwrap_or_default()
        } else if let Some(text) = rest.strip_prefix('\'') {
            let escape = if text.starts_with('\\') { 2 } else { 0 };
            let is_lifetime = escape == 0 && text.chars().nth(1) != Some('\'');
            if is_lifetime { text.trim_start_matches(is_word) } else { text[escape..].split_once('\'').map_or("", |(_, after)| after) }
        } else {
            let length = if rest.starts_with("::") { 2 } else { word.len().max(c.len_utf8()) };
            out.extend((!c.is_whitespace()).then(|| rest[..length].to_owned()));
            &rest[length..]
        };
    }
    out
}

/// Where the bracket that stands at `open` is closed.
fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    let closes = |i: &usize| {
        depth += i32::from(["(", "[", "{"].contains(&at(tokens, *i))) - i32::from([")", "]", "}"].contains(&at(tokens, *i)));
        depth == 0
    };
    (open..tokens.len()).find(closes).unwrap_or(tokens.len())
}

/// A path in the code, what a `use` calls it (`*` for all that is in there), and the token that follows (`use` for one within).
type Named = (Vec<String>, String, String);

/// One module: a file, or a `mod x { ... }` within one.
struct Module {
    file: String,
    /// Such as `::areas::sales`; the root has none.
    name: String,
    named: Vec<Named>,
    /// Its items; macros once more, with a `!`.
    defined: BTreeSet<String>,
    tokens: Vec<String>,
}

/// Splits inline modules off, leaves those for tests out, and notes which files are declared for tests only.
fn split(file: &str, name: String, all: &[String], out: &mut Vec<Module>, tests: &mut Vec<String>) {
    let (mut tokens, mut left_out, mut i) = (Vec::<String>::new(), Vec::new(), 0);
    while i < all.len() {
        let says = |word: &str| tokens.iter().rev().take_while(|token| ![";", "}"].contains(&token.as_str())).any(|token| token == word);
        let (is_test, end) = (says("cfg") && says("test") && !says("not") && !says("any"), closing(all, i + 2));
        match (at(all, i), format!("{name}::{}", at(all, i + 1)), at(all, i + 2)) {
            ("mod", inner, ";") if is_test => tests.push(inner),
            ("mod", inner, "{") => {
                split(file, inner, &all[i + 3..end], if is_test { &mut left_out } else { out }, tests);
                tokens.push(";".into());
                i = end;
            }
            (token, ..) => tokens.push(token.to_owned()),
        }
        i += 1;
    }
    out.push(Module { file: file.into(), name, named: read_paths(&tokens), defined: read_definitions(&tokens), tokens });
}

fn read_paths(tokens: &[String]) -> Vec<Named> {
    let (mut named, mut i) = (Vec::new(), 0);
    while i < tokens.len() {
        let [third, second, last] = [3, 2, 1].map(|back: usize| at(tokens, i.wrapping_sub(back)));
        // `use<'a>` is a bound; the `, use NameId` of an entity says that the id is declared elsewhere.
        let in_use = at(tokens, i) == "use" && at(tokens, i + 1) != "<" && last != ",";
        let begins = is_name(at(tokens, i)) && !["::", "$", "fn"].contains(&last) && (last != "." || second == ".");
        let (first, next) = (named.len(), i + usize::from(in_use));
        i = if in_use || begins && [third, second, last] != ["pub", "(", "in"] { read_path(tokens, next, Vec::new(), &mut named) } else { i + 1 };
        named[first..].iter_mut().for_each(|one| one.2 = if in_use { "use" } else { at(tokens, i) }.to_owned());
    }
    named.sort_by_key(|one| one.1 == "*");
    // A name alone says something where a macro is called, or where `use x::*` may have brought it.
    let has_globs = named.last().is_some_and(|one| one.1 == "*");
    named.retain(|(path, _, after)| path.len() > 1 || has_globs || after == "use" || after == "!");
    named
}

/// Reads a path, with its branches where there are some, and gives what follows it.
fn read_path(tokens: &[String], mut i: usize, mut path: Vec<String>, out: &mut Vec<Named>) -> usize {
    while at(tokens, i) != "{" {
        path.push(at(tokens, i).to_owned());
        if at(tokens, i + 1) != "::" || !is_name(at(tokens, i + 2)) && !["{", "*", "$"].contains(&at(tokens, i + 2)) {
            let renamed = at(tokens, i + 1) == "as";
            let known_as = if renamed { at(tokens, i + 2) } else { path.iter().rfind(|part| *part != "self").map_or("", String::as_str) }.to_owned();
            path.truncate(path.len() - usize::from(known_as == "*"));
            out.push((path, known_as, String::new()));
            return i + 1 + 2 * usize::from(renamed);
        }
        i += 2;
    }
    while !["}", ""].contains(&at(tokens, i)) {
        i = if at(tokens, i + 1) == "}" { i + 1 } else { read_path(tokens, i + 1, path.clone(), out) };
    }
    i + 1
}

/// The items of a module itself, those in bodies of macros, and those that the declaring macros make.
fn read_definitions(tokens: &[String]) -> BTreeSet<String> {
    let (mut defined, mut i) = (BTreeSet::new(), 0);
    while i < tokens.len() {
        let (kind, mut next, end) = (at(tokens, i), i + 1, closing(tokens, i + 2));
        let name = at(tokens, i + 1 + usize::from(kind == "macro_rules") + 2 * usize::from(kind == "record_id"));
        let defines = ["struct", "enum", "union", "static", "type", "trait", "fn", "const", "macro_rules", "record_id"].contains(&kind);
        if defines && is_name(name) && at(tokens, i.wrapping_sub(1)) != "*" {
            defined.extend([name.to_owned()].into_iter().chain((kind == "macro_rules").then(|| format!("{name}!"))));
        }
        defined.extend((kind == "area" && at(tokens, i + 1) == "!").then(|| "AREA".to_owned()));
        if kind == "struct" && at(tokens, i + 2) == "(" && at(tokens, end + 1) == "in" {
            // An entity: `struct Name(NameFields, NameId) in "table"`.
            let made = (i + 3..end).filter(|n| tokens[n - 1] != "use" && tokens[*n] != "use" && is_name(&tokens[*n]));
            defined.extend(made.map(|n| tokens[n].clone()));
        } else if ["impl", "trait"].contains(&kind) || kind == "fn" && name != "(" {
            // What stands within has no path of its own.
            while !["{", "}", ")", "]", ";", ""].contains(&at(tokens, next)) {
                next = if ["(", "["].contains(&at(tokens, next)) { closing(tokens, next) } else { next } + 1;
            }
            next = if at(tokens, next) == "{" { closing(tokens, next) } else { next } + 1;
        }
        i = next;
    }
    defined
}

/// The words `name after others` of `area! { name after others { ... } }`.
fn area(tokens: &[String]) -> Option<&[String]> {
    let start = tokens.windows(3).position(|three| three[0] == "area" && three[1] == "!" && three[2] != "[")? + 3;
    tokens[start..].split(|token| token == "{").next()
}

/// Where a path leads: a module by its number, and whether that is meant itself (or else an item of it).
type Found = (usize, bool);

struct Crate {
    modules: Vec<Module>,
    by_name: HashMap<String, usize>,
    macros: HashMap<String, Found>,
}

impl Crate {
    /// Modules follow from where files lie, not from `mod x;`, which macros may write.
    fn new(sources: &[(String, &str)]) -> Self {
        let (mut modules, mut tests) = (Vec::new(), Vec::new());
        for (file, source) in sources.iter().filter(|(file, _)| file.ends_with(".rs")) {
            let name = format!("/{file}").trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib").replace('/', "::");
            split(file, name, &tokens(&source.replace("$crate", "crate")), &mut modules, &mut tests);
        }
        modules.retain(|module| !tests.iter().any(|test| format!("{}::", module.name).starts_with(&format!("{test}::"))));
        let by_name: HashMap<_, _> = modules.iter().enumerate().map(|(i, module)| (module.name.clone(), i)).collect();
        let defined = modules.iter().enumerate().flat_map(|(i, module)| module.defined.iter().map(move |name| (name, (i, false))));
        let macros = defined.filter_map(|(name, found)| Some((name.strip_suffix('!')?.to_owned(), found))).collect();
        for module in modules.iter_mut().filter(|module| module.named.iter().any(|one| one.2 == "use" && one.0 == ["$"])) {
            // Where a macro says `use $area::*`, that may be any module in here.
            let parts = by_name.keys().filter_map(|name| name.rsplit_once("::")).filter(|(above, _)| *above == module.name);
            module.named.extend(parts.map(|(_, part)| (vec!["self".into(), part.to_owned()], "*".into(), "use".into())));
        }
        Self { modules, by_name, macros }
    }

    /// Follows a path through re-exports; `whole` asks for a module rather than for an item of the same name.
    fn resolve(&self, from: usize, path: &[String], whole: bool, seen: &mut Vec<(usize, String, bool)>) -> Option<Found> {
        path.iter().enumerate().try_fold((from, true), |(here, is_module), (n, name)| match name.as_str() {
            name if !is_module || name == "self" => Some((here, is_module)),
            "$" => None,
            "crate" => Some((*self.by_name.get("")?, true)),
            "super" => Some((*self.by_name.get(self.modules[here].name.rsplit_once("::").map_or("", |(above, _)| above))?, true)),
            _ if n + 1 < path.len() => self.find(here, name, true, seen).or_else(|| self.find(here, name, false, seen)),
            _ => self.find(here, name, whole, seen),
        })
    }

    fn find(&self, module: usize, name: &str, whole: bool, seen: &mut Vec<(usize, String, bool)>) -> Option<Found> {
        let (here, key) = (&self.modules[module], (module, name.to_owned(), whole));
        (!seen.contains(&key)).then(|| seen.push(key.clone()))?;
        let child = self.by_name.get(&format!("{}::{name}", here.name)).map(|child| (*child, true));
        let exported = self.macros.get(name).filter(|_| here.name.is_empty()).copied();
        let mut found = if whole { child } else { here.defined.contains(name).then_some((module, false)).or(exported) };
        for (path, known_as, _) in here.named.iter().filter(|one| one.2 == "use" && [name, "*"].contains(&one.1.as_str())) {
            found = found.or_else(|| match self.resolve(module, path, whole || known_as == "*", seen) {
                Some((all, true)) if known_as == "*" => self.find(all, name, whole, seen),
                // What comes from another crate counts as defined where it is taken in.
                None if known_as == name && !self.is_ours(module, path, seen) => Some((module, false)),
                found => found.filter(|_| known_as == name),
            });
        }
        // What is not there is not looked for again on the way to the same path.
        seen.retain(|one| found.is_none() || *one != key);
        found
    }

    /// Whether a path begins in this crate.
    fn is_ours(&self, module: usize, path: &[String], seen: &mut Vec<(usize, String, bool)>) -> bool {
        ["crate", "self", "super"].contains(&path[0].as_str()) || self.resolve(module, &path[..1], true, seen).is_some_and(|found| found.1)
    }

    /// Which file names what of which other; paths of this crate that lead nowhere are `lost`.
    fn edges(&self, lost: &mut Vec<String>) -> Edges {
        let mut edges = Edges::new();
        for (i, module) in self.modules.iter().enumerate() {
            let is_mod = |of: usize| self.modules[of].file.ends_with("mod.rs");
            for (path, known_as, after) in &module.named {
                let resolve = |whole| self.resolve(i, path, whole, &mut Vec::new());
                let (alone, all) = (path.len() == 1 && after != "use", known_as == "*");
                let in_force = path.first().filter(|_| alone && after == "!").and_then(|name| self.macros.get(name)).copied();
                let found = resolve(all).or(in_force).or_else(|| resolve(!all));
                lost.extend((found.is_none() && !alone && self.is_ours(i, path, &mut Vec::new())).then(|| format!("{}: {}", module.file, path.join("::"))));
                // A mod.rs is on the way to what is named of it, unless another hands all of it on.
                let on_the_way = |(to, whole): &Found| *whole && (alone || is_mod(*to) && !(all && is_mod(i)));
                if let Some((to, _)) = found.filter(|found| !on_the_way(found) && self.modules[found.0].file != module.file) {
                    edges.entry((module.file.clone(), self.modules[to].file.clone())).or_default().insert(path.join("::"));
                }
            }
        }
        edges
    }
}

/// What is wrong with one file naming another, by where they lie; `areas` has what each area declares to stand on.
fn wrong_way(from: &str, to: &str, areas: &HashMap<&str, &[String]>) -> Option<&'static str> {
    let top = |file: &str| file.split('/').next().map(str::to_owned);
    let height = |file: &str| PLACES.iter().position(|places| places.contains(&top(file).as_deref().unwrap_or_default()));
    let area = |file: &str| file.strip_prefix("areas/").and_then(|rest| rest.split_once('/')).map(|(area, _)| area.to_owned());
    match (height(from), height(to), area(from), area(to)) {
        (None, ..) | (_, None, ..) => Some("one of them has no place"),
        (own, other, ..) if own < other => Some("a higher place"),
        (own, other, ..) if own == other && top(from) != top(to) => Some("a place beside it"),
        (own, other, Some(_), None) if own == other => Some("what is above the areas"),
        (.., Some(own), Some(other)) if own != other && !areas.get(&*own).is_some_and(|words| words.contains(&other)) => Some("an area it does not stand on"),
        _ => None,
    }
}

/// A short circle through everything that lies in one, with the names that close it.
fn circles(edges: &Edges) -> Vec<String> {
    let (mut found, mut shown) = (Vec::new(), BTreeSet::new());
    for (start, _) in edges.keys() {
        let (mut reached, mut queue) = (BTreeSet::new(), VecDeque::from([vec![start]]));
        while let Some(path) = queue.pop_front().filter(|_| !shown.contains(start)) {
            let last = path[path.len() - 1];
            if reached.contains(start) && last == start {
                let names = |step: &[&String]| edges[&(step[0].clone(), step[1].clone())].iter().take(3).cloned().collect::<Vec<_>>().join(", ");
                found.push(path.windows(2).map(|step| format!("{} -> {} ({})", step[0], step[1], names(step))).collect::<Vec<_>>().join("\n    "));
                shown.extend(path);
                break;
            }
            let next = edges.range((last.clone(), String::new())..).map(|(edge, _)| edge).take_while(|(from, _)| from == last);
            queue.extend(next.filter(|(_, to)| reached.insert(to)).map(|(_, to)| [&path[..], &[to]].concat()));
        }
    }
    found
}

/// Which folder names which other; a mod.rs may name all below it.
fn folders(edges: &Edges) -> Edges {
    let folder = |file: &str| format!("src/{file}").rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let hands_on = |from: &str, to: &str| (from.ends_with("mod.rs") || from == "lib.rs") && folder(to).starts_with(&format!("{}/", folder(from)));
    let mut all = Edges::new();
    for (from, to) in edges.keys().filter(|(from, to)| folder(from) != folder(to) && !hands_on(from, to)) {
        all.entry((folder(from), folder(to))).or_default().insert(format!("{from} -> {to}"));
    }
    all
}

/// What only the storage may name: the database library, and the schema in which a table lies.
fn storage(file: &str, tokens: &[String]) -> Vec<String> {
    let begins = |c: char| c.is_alphabetic() || "_{\"\\[`".contains(c);
    let is_schema = |text: &str, i: usize| !text[..i].ends_with(is_word) && text[i + 5..].chars().next().is_none_or(begins);
    let schema = |text: &str| ["main.", "temp."].iter().any(|name| text.match_indices(name).any(|(i, _)| is_schema(text, i)));
    let length = |i: usize| if ["map_err", "main", "temp"].contains(&at(tokens, i)) { 4 } else { 1 };
    let texts = (0..tokens.len()).map(|i| tokens[i..].iter().take(length(i)).map(String::as_str).collect::<String>());
    let wrong = texts.filter(|text| text == "rusqlite" || text == "map_err(storage)" || (text.starts_with('"') || file.ends_with(".sql")) && schema(text));
    wrong.map(|text| format!("{file}: {text}")).collect()
}

/// The slips of each kind, and how many names lead from one file to another.
fn report(sources: &[(PathBuf, String)]) -> (BTreeMap<&'static str, Vec<String>>, usize) {
    let sources: Vec<_> = sources.iter().map(|(path, text)| (path.to_string_lossy().replace('\\', "/"), text.as_str())).collect();
    let (all, mut lost) = (Crate::new(&sources), Vec::new());
    let edges = all.edges(&mut lost);
    lost.retain(|lost| !MADE_BY_MACROS.contains(&lost.as_str()));
    let areas = all.modules.iter().filter_map(|module| Some((module.name.strip_prefix("::areas::")?, area(&module.tokens)?))).collect();
    let layer = |((from, to), names): (&(String, String), &BTreeSet<String>)| Some(format!("{from} -> {to}: {} {names:?}", wrong_way(from, to, &areas)?));
    let sql = sources.iter().filter(|(file, _)| file.ends_with(".sql")).map(|(file, text)| (file, tokens(&text.replace("--", "//"))));
    let texts = all.modules.iter().map(|module| (&module.file, module.tokens.clone())).chain(sql).filter(|(file, _)| !file.starts_with(STORAGE));
    let long = sources.iter().filter(|(file, text)| file.ends_with(".rs") && text.lines().count() > MOST_LINES);
    let slips = [
        ("lost", lost),
        ("layers", edges.iter().filter_map(layer).collect()),
        ("circles", circles(&edges)),
        ("folders", circles(&folders(&edges))),
        ("storage", texts.flat_map(|(file, tokens)| storage(file, &tokens)).collect()),
        ("long", long.map(|(file, text)| format!("{file}: {} lines", text.lines().count())).collect()),
    ];
    (slips.into(), edges.values().map(BTreeSet::len).sum())
}

static REAL: LazyLock<BTreeMap<&str, Vec<String>>> = LazyLock::new(|| {
    let src = PathBuf::from(std::env::var("LAYERS_SRC").unwrap_or(format!("{}/src", option_env!("CARGO_MANIFEST_DIR").unwrap_or_default())));
    let (mut folders, mut sources) = (vec![src.clone(), src.with_file_name("sql")], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            folders.extend(path.is_dir().then(|| path.clone()));
            let is_source = path.extension().is_some_and(|kind| kind == "rs" || kind == "sql");
            sources.extend(is_source.then(|| (path.strip_prefix(&src).unwrap_or(&path).to_owned(), std::fs::read_to_string(&path).unwrap())));
        }
    }
    let (slips, names) = report(&sources);
    assert!(sources.len() >= 100 && names >= 500, "{} files that name {names} things of others are too few to say anything", sources.len());
    slips
});

/// Small trees with one slip each: its kind and what is said of it, and the files.
const SLIPS: &str = r##"
lost: engine/a.rs: crate::Gone <- engine/a.rs = '"' <'a> "crate::X" /* /* */ crate::Z */ use crate::{Gone}; area! { a {} } use self::{AREA, K::*}; enum K {}
lost: engine/a.rs: crate::$ <- engine/a.rs = macro_rules! m { ($N:ident) => { $crate::$N } }
layers: engine/a.rs -> areas/b/c.rs: a higher place <- engine/a.rs = m!($crate::D::X) | lib.rs = pub use areas::*; pub(in crate::areas) const A: i64 = 1;
    | areas/mod.rs = macro_rules! n { () => { pub use $b::*; } } | areas/b/mod.rs = pub use c::C as D; | areas/b/c.rs = enum C {}
layers: engine/a.rs -> base/b.rs: a higher place <- engine/a.rs = use crate::base::{b::{BId as Id}};
    | base/mod.rs = | base/b.rs = entity! { pub struct B(BFields, BId) in "b" as bs, for_b {} }
layers: search/mod.rs -> exchange/mod.rs: a place beside it <- search/mod.rs = use super::exchange::E; | exchange/mod.rs = pub struct E;
layers: areas/a/mod.rs -> areas/b/y.rs: an area it does not stand on <- areas/a/mod.rs = area! { a after c {} } use super::b::Y;
    | areas/mod.rs = | areas/b/mod.rs = pub use y::Y; | areas/b/y.rs = pub struct Y; | areas/c/mod.rs = area! { c after a, b {} } use super::b::Y;
layers: areas/a/mod.rs -> areas/mod.rs: what is above the areas <- areas/mod.rs = pub const A: i64 = 1; | areas/a/mod.rs = use super::A;
layers: other.rs -> engine/mod.rs: one of them has no place <- other.rs = use crate::engine::E; | engine/mod.rs = pub trait E {}
circles: base/a.rs -> base/b.rs (b, super::b) <- base/a.rs = use super::b::*; fn a() { b() } | base/b.rs = fn b() { super::a() } | base/mod.rs = pub use a::*;
folders: src/base -> src/base/c (base/a.rs -> base/c/mod.rs) <- base/mod.rs = pub use c::C; | base/a.rs = use super::C;
    | base/c/mod.rs = pub struct C; | base/c/d.rs = use crate::base::e::E; | base/e.rs = pub struct E;
storage: base/a.rs: rusqlite <- base/a.rs = use rusqlite::Row; #[cfg(test)] mod t { use rusqlite::Row; } #[cfg(test)] mod b; | base/a/b.rs = use rusqlite::Row;
storage: base/a.rs: map_err(storage) <- base/a.rs = fn a() { x.map_err(storage) } | engine/store/b.rs = fn b() { x.map_err(storage) }
storage: base/a.rs: "select * from main.deal <- base/a.rs = r#"select * from main.deal"#; "domain.a"; main.a | engine/store/b.rs = "temp.{b}"
storage: ../sql/a.sql: temp.a( <- ../sql/a.sql = /* main.a */ create table temp.a (b) -- temp.b
long: base/a.rs: 401 lines <- base/a.rs = LONG | base/b.sql = LONG
"##;

/// The crate has no slip of a kind, and those that are made up are seen, with no other.
fn holds(kind: &str) {
    for (said, tree) in SLIPS.replace("\n    ", " ").lines().filter(|line| line.starts_with(kind)).filter_map(|line| line.split_once(" <- ")) {
        let files = ["lib.rs ="].into_iter().chain(tree.split(" | ")).filter_map(|file| file.split_once(" ="));
        let (slips, _) = report(&files.map(|(file, text)| (file.into(), text.replace("LONG", &"\n".repeat(401)))).collect::<Vec<_>>());
        let slips: Vec<_> = slips.into_iter().flat_map(|(kind, slips)| slips.into_iter().map(move |slip| format!("{kind}: {slip}"))).collect();
        assert!(slips.len() == 1 && slips[0].starts_with(said), "{said}, {slips:#?}");
    }
    assert!(REAL[kind].is_empty(), "{} slips:\n{}", REAL[kind].len(), REAL[kind].join("\n"));
}

macro_rules! tests {
    ($($name:ident $kind:literal)*) => { $(#[test] fn $name() { holds($kind) })* };
}

tests! {
    every_path_leads_somewhere "lost" no_file_names_a_higher_place "layers" no_files_name_each_other_in_a_circle "circles"
    no_folders_name_each_other_in_a_circle "folders" only_the_storage_knows_the_database "storage" no_file_is_long "long"
}

//! Modules depend in one direction: none comes back to itself through others.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module of the crate, and those that it names as `crate::…`.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The roots, and what only tests have.
const NO_MODULES: [&str; 4] = ["lib", "main", "modules", "test_certificate"];

fn read(folder: &Path, module: Option<&str>, imports: &mut Imports) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let module = module.unwrap_or(&stem);
        if path.is_dir() {
            read(&path, Some(module), imports);
        } else if stem != "tests" && !NO_MODULES.contains(&stem.as_str()) {
            let source = fs::read_to_string(&path).expect("text");
            imports.entry(module.to_owned()).or_default().extend(named(&source).filter(|name| name != module));
        }
    }
}

/// Comments name other modules to explain; tests may use what they like.
fn named(source: &str) -> impl Iterator<Item = String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(|line| line.split("crate::").skip(1)).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        rest[..end].to_owned()
    })
}

/// Modules that are left when those that import nothing further are taken away, again and again.
fn in_circles(mut imports: Imports) -> BTreeSet<String> {
    loop {
        let known: BTreeSet<String> = imports.keys().cloned().collect();
        let before = imports.len();
        imports.retain(|_, names| names.iter().any(|name| known.contains(name)));
        if imports.len() == before {
            return imports.into_keys().collect();
        }
    }
}

#[test]
fn there_is_no_circle_of_imports() {
    let mut imports = Imports::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut imports);
    assert!(imports["http"].contains("operations") && imports["operations"].contains("store"), "{imports:?}");
    assert_eq!(in_circles(imports), BTreeSet::new());
}

#[test]
fn a_circle_is_found() {
    let imports =
        [("a", "use crate::b::X;"), ("b", "fn f() { crate::c::g() }"), ("c", "use crate::a;"), ("d", "// crate::a")];
    let imports = imports.map(|(name, source)| (name.to_owned(), named(source).collect::<BTreeSet<_>>()));
    assert_eq!(in_circles(imports.into()), ["a", "b", "c"].map(str::to_owned).into());
}

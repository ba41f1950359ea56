//! Modules depend in one direction: none comes back to itself through others. Of every crate but the local tenant, which is
//! one piece.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module of the crate, and those that it names as `crate::…`.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The roots, and what only tests have.
const NO_MODULES: [&str; 4] = ["lib", "main", "modules", "test_certificate"];

/// The folder of each crate, and an import that it has: who reads nothing finds no circle.
const CRATES: [(&str, [&str; 2]); 8] = [
    ("app/domain", ["merge_plan", "key_credential"]),
    ("app/views", ["page", "components"]),
    ("app", ["pages", "contract"]),
    ("app/shell", ["forms", "picker"]),
    ("app/keys", ["pfx", "private_key"]),
    ("app/worker", ["bench", "answer"]),
    ("server", ["operations", "store"]),
    ("server/thumbprint", ["cli", "demo"]),
];

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
    let lines: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = lines.join("\n");
    let names = |rest: &str| match rest.strip_prefix('{') {
        Some(group) => grouped(group),
        None => vec![identifier(rest)],
    };
    code.split("crate::").skip(1).flat_map(names).collect::<Vec<_>>().into_iter()
}

fn identifier(text: &str) -> String {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    text[..end].to_owned()
}

/// `a, b::{c, d}, e,}` names a, b and e.
fn grouped(group: &str) -> Vec<String> {
    let (mut depth, mut begin, mut names) = (0, 0, vec![]);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(identifier(&group[begin..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(identifier(&group[begin..at]));
                begin = at + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (folder, [importing, imported]) in CRATES {
        let mut imports = Imports::new();
        read(&root.join(folder).join("src"), None, &mut imports);
        assert!(imports[importing].contains(imported), "{folder}: {imports:?}");
        assert_eq!(in_circles(imports), BTreeSet::new(), "{folder}");
    }
}

#[test]
fn a_circle_is_found() {
    let imports = [
        ("a", "use crate::b::X;"),
        ("b", "fn f() { crate::c::g() }"),
        ("c", "use crate::{\n    e::{X, Y},\n    a,\n};"),
        ("d", "// crate::a"),
        ("e", "use crate::{d, f::a};"),
    ];
    let imports = imports.map(|(name, source)| (name.to_owned(), named(source).collect::<BTreeSet<_>>()));
    assert_eq!(imports[2].1, ["a", "e"].map(str::to_owned).into());
    assert_eq!(in_circles(imports.into()), ["a", "b", "c"].map(str::to_owned).into());
}

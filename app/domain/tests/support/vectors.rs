//! The files of PyPI's cryptography_vectors.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    let fallback = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/vectors");
    let root = std::env::var_os("THUMBPRINT_VECTORS").map_or(fallback, PathBuf::from);
    assert!(root.join("cryptography_vectors").is_dir(), "cryptography_vectors is missing: run .ci/vectors.sh");
    root.join("cryptography_vectors")
}

fn list(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            list(&entry, into);
        } else {
            into.push(entry);
        }
    }
}

/// All of them, in one order.
pub fn files() -> Vec<PathBuf> {
    let mut all = vec![];
    list(&root(), &mut all);
    all.sort();
    assert!(all.len() > 500, "only {} files", all.len());
    all
}

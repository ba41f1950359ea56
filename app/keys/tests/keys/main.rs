//! What holds a private key, with openssl's word on it, with files that people have, and with what was never meant to be read.

mod field;
mod fuzz;
mod make;
mod pfx;
mod private_keys;

#[path = "../../../domain/tests/fuzz/mutate.rs"]
mod mutate;
#[path = "../../../domain/tests/fuzz/run.rs"]
mod run;
#[path = "../../../domain/tests/support/mod.rs"]
mod support;
#[path = "../../../domain/tests/support/vectors.rs"]
mod vectors;

use support::{Made, make};

/// A self-signed certificate with its key, and the folder that they are in.
struct Bench {
    folder: tempfile::TempDir,
    made: Made,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "made", &["rsa:2048"], &[]);
    Bench { folder, made }
}

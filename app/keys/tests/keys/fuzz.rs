//! Mutated files into what opens PFX files and reads keys.

use crate::mutate::files;
use crate::run::fuzz;
use domain::peel::peel;
use domain::upload::ReadError;
use keys::{open_pkcs12_with_key, read, read_pkcs12, read_with_key};
use proptest::prelude::*;

fn pfx(bytes: &[u8], password: &str) {
    let opened = open_pkcs12_with_key(bytes, password);
    match (read_pkcs12(bytes, password), opened) {
        (Ok(upload), Ok(file)) => {
            assert!(upload.private_key_left_out);
            assert!(!file.certificates.is_empty());
        }
        (Err(ReadError::WrongPassword), opened) => assert!(opened.is_err()),
        _ => {}
    }
    let _ = read_with_key(bytes);
    if let Ok(upload) = read(bytes) {
        assert_eq!(upload.private_key_left_out, peel(bytes).holds_private_key());
    }
}

#[test]
fn no_pfx_panics() {
    // The passwords of the field cases and of the vectors.
    let passwords = prop::sample::select(vec!["secret", "", "changeit", "żółw", "cryptography"]);
    fuzz((files(), passwords), |(bytes, password)| pfx(&bytes, password));
}

/// Everything in PyPI's cryptography_vectors, as it is.
#[test]
fn no_vector_panics() {
    for file in crate::vectors::files() {
        let bytes = std::fs::read(file).expect("readable");
        if bytes.len() < 20_000 {
            pfx(&bytes, "cryptography");
        }
    }
}

//! Field cases: what people really have, rebuilt from public reports. Each folder beside this file is one case; SOURCES.md
//! names the reports. One module for each place where they come in.

mod certificate;
mod digests;
mod doctor;
mod entries;
mod masking;
mod tables;
mod upload;

/// The bytes of one file of a case, for instance `bytes("06-k8s-tls-crt-value", "input.txt")`.
fn bytes(case: &str, file: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(case).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

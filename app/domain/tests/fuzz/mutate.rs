//! Files that are nearly those of the field cases, or of cryptography_vectors.

use proptest::prelude::*;
use std::path::Path;

use crate::vectors;

/// What parsers look for.
const WORDS: [&str; 24] = [
    "-----BEGIN CERTIFICATE-----",
    "-----END CERTIFICATE-----",
    "-----BEGIN PRIVATE KEY-----",
    "-----",
    "BEGIN",
    "—–",
    "\r\n",
    "\"",
    "\\n",
    "\\u00",
    "%0A",
    "%",
    "&#x",
    "&amp;",
    "=3D",
    "=\n",
    "\u{feff}",
    "\x1b[",
    "<X509Certificate>",
    "\"kty\" \"d\":\"",
    "MII",
    "0x30, 0x82",
    "0\u{80}",
    "\0\0",
];

/// Of a seed: larger ones only take longer.
const LARGEST: usize = 20_000;

/// All inputs of the field cases.
pub fn field_cases() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/field");
    let mut out = vec![];
    for case in std::fs::read_dir(root).expect("the field cases").map(|entry| entry.expect("an entry").path()) {
        if !case.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(case).expect("a case").map(|entry| entry.expect("an entry").path()) {
            out.push(std::fs::read(file).expect("readable"));
        }
    }
    out.sort();
    out
}

#[derive(Debug, Clone)]
enum Change {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Word(prop::sample::Index, usize),
    Base64,
    Hexadecimal,
    Utf16,
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        1 => place().prop_map(Change::Cut),
        2 => (place(), 1..64_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        2 => (place(), 1..64_usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        4 => (place(), 0..WORDS.len()).prop_map(|(at, word)| Change::Word(at, word)),
        1 => Just(Change::Base64),
        1 => Just(Change::Hexadecimal),
        1 => Just(Change::Utf16),
    ]
}

fn apply(mut bytes: Vec<u8>, change: &Change) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let length = bytes.len();
    match change {
        Change::Flip(at, byte) => bytes[at.index(length)] ^= byte,
        Change::Cut(at) => bytes.truncate(at.index(length)),
        Change::Remove(at, count) => {
            let at = at.index(length);
            bytes.drain(at..(at + count).min(length));
        }
        Change::Repeat(at, count) => {
            let at = at.index(length);
            let piece = bytes[at..(at + count).min(length)].to_vec();
            bytes.splice(at..at, piece);
        }
        Change::Word(at, word) => {
            let at = at.index(length);
            bytes.splice(at..at, WORDS[*word].bytes());
        }
        Change::Base64 => bytes = domain::encoding::base64(&bytes).into_bytes(),
        Change::Hexadecimal => bytes = hex::encode(&bytes).into_bytes(),
        Change::Utf16 => {
            bytes = String::from_utf8_lossy(&bytes).encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
    }
    bytes
}

fn other_files() -> Vec<Vec<u8>> {
    let all = vectors::files().into_iter().map(|file| std::fs::read(file).expect("readable"));
    all.filter(|bytes| bytes.len() <= LARGEST).collect()
}

/// A seed with a few changes.
pub fn files() -> impl Strategy<Value = Vec<u8>> {
    let seeds = prop_oneof![3 => prop::sample::select(field_cases()), 1 => prop::sample::select(other_files())];
    (seeds, prop::collection::vec(change(), 0..6)).prop_map(|(seed, changes)| {
        changes.iter().fold(seed, |bytes, change| if bytes.len() > LARGEST { bytes } else { apply(bytes, change) })
    })
}

//! Uploads.

use crate::mutate::files;
use crate::run::fuzz;
use domain::peel::{peel, peel_text, text};
use domain::upload::{read, read_public};
use proptest::prelude::*;

/// What holds for every file.
pub fn upload(bytes: &[u8]) {
    let peeled = peel(bytes);
    let text = text(bytes);
    for piece in &peeled.pieces {
        assert!(piece.span.start <= piece.span.end);
    }
    if let Some(text) = text {
        for piece in peel_text(&text.text).pieces {
            // A place in the text, at whole characters.
            assert!(text.text.get(piece.span.clone()).is_some(), "{:?}", piece.span);
        }
    }
    match read_public(bytes) {
        Ok(upload) => {
            assert!(!peeled.holds_private_key() && !upload.private_key_left_out);
            assert!(!upload.leaf.facts().name().trim().is_empty());
            // What was taken out is a certificate by itself, and the same.
            assert_eq!(read(upload.leaf.pem().as_bytes()).map(|again| again.leaf), Ok(upload.leaf));
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.advice().is_empty()),
    }
    if let Ok(upload) = read(bytes) {
        assert_eq!(upload.private_key_left_out, peeled.holds_private_key());
    }
}

#[test]
fn no_upload_panics() {
    fuzz(files(), |bytes| upload(&bytes));
}

proptest! {
    #[test]
    fn no_noise_panics(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        upload(&bytes);
    }
}

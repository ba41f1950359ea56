//! Private keys, however they are armoured, encoded or cut.

use crate::doctor::scan::{Run, Span, any_of, find_all, is_base64, runs};
use crate::encoding;
use crate::peel::peel_text_roughly;

/// PEM blocks that hold a private key, to their end or to the end of the text; bare base64 of such a key; and whatever
/// turns out to hold one once it is peeled.
pub(super) fn private_keys(text: &str) -> Vec<Span> {
    const BEGIN: &str = "-----BEGIN ";
    let mut out = vec![];
    for at in find_all(text, BEGIN) {
        let Some((label, body)) = text.get(at + BEGIN.len()..).and_then(|rest| rest.split_once("-----")) else {
            continue;
        };
        if label.len() < 40 && label.trim_end().to_ascii_uppercase().ends_with("PRIVATE KEY") {
            let start = text.len() - body.len();
            let next = body.find(BEGIN).unwrap_or(body.len());
            let stop = ["-----END", "-----End", "-----end"]
                .iter()
                .filter_map(|end| body[..next].find(end))
                .min()
                .unwrap_or(next);
            out.push(Span { start, end: start + stop });
        }
    }
    out.extend(orphans(text));
    out.extend(fragments(text));
    out.extend(runs(text, is_base64, 40).into_iter().filter(is_private_key).map(|run| run.span));
    out.extend(peel_text_roughly(text).private_key_spans().map(|span| Span { start: span.start, end: span.end }));
    out
}

/// Only the beginning is looked at, since the rest may be cut off.
fn is_private_key(run: &Run) -> bool {
    let value = run.text.rsplit_once('=').map_or(run.text.as_str(), |(name, value)| {
        // `name=MII…` is one run, base64's own padding stands at the end.
        if value.is_empty() { name.trim_end_matches('=') } else { value }
    });
    let value = value.rsplit('=').next().unwrap_or(value);
    is_key_in_base64(value, super::ENCODINGS)
}

/// Base64 whose bytes are a key, or text in which one is armoured or encoded again. It can end anywhere.
fn is_key_in_base64(value: &str, depth: usize) -> bool {
    let Some(bytes) = value.get(..32).and_then(encoding::decode_base64) else { return false };
    if depth > 0 && bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')) {
        let whole = value.trim_end_matches('=');
        let text =
            encoding::decode_base64(&whole[..whole.len() / 4 * 4]).and_then(|bytes| String::from_utf8(bytes).ok());
        return text.is_some_and(|text| text.contains("PRIVATE KEY") || is_key_in_base64(&text, depth - 1));
    }
    // The SEQUENCE's length takes one byte to three.
    let ([0x30, 0x00..=0x80, content @ ..] | [0x30, 0x81, _, content @ ..] | [0x30, 0x82, _, _, content @ ..]) =
        bytes.as_slice()
    else {
        return false;
    };
    matches!(
        content,
        // PFX (RFC 7292), PKCS#8 (RFC 5958), PKCS#1 (RFC 8017), SEC 1: a version comes first.
        [0x02, 0x01, 0x03, 0x30, ..] | [0x02, 0x01, 0x00 | 0x01, 0x30 | 0x02 | 0x04, ..]
        // EncryptedPrivateKeyInfo: an algorithm of PKCS#5 or PKCS#12 does.
        | [0x30, _, 0x06, 0x09 | 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05 | 0x0c, ..]
    )
}

/// Lines of base64 in front of a last line of armour whose first line was cut off.
fn orphans(text: &str) -> Vec<Span> {
    const END: &str = "-----END ";
    let mut out = vec![];
    for at in find_all(text, END) {
        let label = text[at + END.len()..].split_once("-----").map_or("", |(label, _)| label);
        if label.len() >= 40 || !label.to_ascii_uppercase().ends_with("PRIVATE KEY") {
            continue;
        }
        let mut start = at;
        loop {
            let before = text[..start].trim_end_matches(any_of("\n\r \t"));
            let line = before.rsplit(any_of("\n\r")).next().unwrap_or_default();
            let word = line.split_whitespace().next_back().unwrap_or_default();
            if word.len() < 16 || !word.bytes().all(is_base64) {
                break;
            }
            start = before.len() - word.len();
            if word.len() < line.len() {
                // What stands in front of it is its line's prefix.
                start = before.len() - line.len();
            }
        }
        if start < at {
            out.push(Span { start, end: at });
        }
    }
    out
}

/// Lines of base64 that begin in the middle of something, as of a key whose first lines were cut off: nobody can tell what
/// they are, and nothing can be read from them.
fn fragments(text: &str) -> Vec<Span> {
    const SHORTEST: usize = 120;
    let is_fragment = |run: &Run| {
        let of_armour = text[..run.span.start].trim_end().ends_with("-----");
        let public = text[run.span.end..].trim_start().starts_with("-----END CERT");
        let lines = text[run.span.start..run.span.end].contains('\n');
        // Digests, one a line.
        let hexadecimal = run.text.bytes().all(|byte| byte.is_ascii_hexdigit());
        // An object begins with a SEQUENCE, and text is looked at elsewhere.
        let bytes = encoding::decode_base64(&run.text[..run.text.len() / 4 * 4]).unwrap_or_default();
        let binary = bytes.first().is_some_and(|byte| *byte != 0x30) && std::str::from_utf8(&bytes).is_err();
        lines && !hexadecimal && !of_armour && !public && binary
    };
    runs(text, is_base64, SHORTEST).into_iter().filter(is_fragment).map(|run| run.span).collect()
}

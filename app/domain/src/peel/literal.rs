//! Literals of bytes, as Python prints them: `b'0\\x82\\x03!'`. What is ASCII stands in them as it is.

use std::ops::Range;
use zeroize::Zeroizing;

/// Structures of ASN.1 that are written so, and where their characters stand.
pub(super) fn structures(text: &str) -> Vec<(Range<usize>, Zeroizing<Vec<u8>>)> {
    // A SEQUENCE of 128 bytes or more.
    const BEGIN: &str = "0\\x8";
    let mut out = vec![];
    let mut from = 0;
    while let Some(at) = text[from..].find(BEGIN).map(|at| from + at) {
        from = at + BEGIN.len();
        let Some(quote @ (b'\'' | b'"')) = at.checked_sub(1).map(|before| text.as_bytes()[before]) else { continue };
        let (end, bytes) = parse(text.as_bytes(), at, quote);
        from = from.max(end);
        out.push((at..end, bytes));
    }
    out
}

fn parse(text: &[u8], start: usize, quote: u8) -> (usize, Zeroizing<Vec<u8>>) {
    let mut out = Zeroizing::new(vec![]);
    let mut at = start;
    while let Some(byte) = text.get(at) {
        let (value, length) = match (*byte, text.get(at + 1)) {
            (b'\\', Some(b'x')) => {
                let mut value = [0];
                let digits = text.get(at + 2..at + 4).unwrap_or_default();
                if hex::decode_to_slice(digits, &mut value).is_err() {
                    break;
                }
                (value[0], 4)
            }
            (b'\\', Some(b'n')) => (b'\n', 2),
            (b'\\', Some(b'r')) => (b'\r', 2),
            (b'\\', Some(b't')) => (b'\t', 2),
            (b'\\', Some(other)) => (*other, 2),
            (byte, _) if byte == quote || !byte.is_ascii() => break,
            (byte, _) => (byte, 1),
        };
        out.push(value);
        at += length;
    }
    (at.min(text.len()), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_of_bytes_is_its_bytes() {
        let text = r#"{'cer': bytearray(b'0\x82\x03!0\x82\n\t\\\'"\xa0'), 'x': 1}"#;
        let found = structures(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.as_slice(), b"0\x82\x03!0\x82\n\t\\'\"\xa0");
        assert!(text[found[0].0.end..].starts_with("')"));
        assert!(structures("0\\x8, '0\\x").is_empty());
    }
}

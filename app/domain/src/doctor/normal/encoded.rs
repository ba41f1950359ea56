//! Errors in base64, as pipelines and message queues hand them on.

use super::{Normal, Rewrite};
use crate::doctor::scan::{is_base64, runs};
use crate::encoding;

/// Encodings within each other that are undone.
const DEPTH: usize = 3;
/// Shorter ones hold no error.
const SHORTEST: usize = 40;

/// Base64 of text in which Entra's error stands is that text.
pub(in crate::doctor) fn without_base64(from: Normal) -> Normal {
    let mut normal = from;
    for _ in 0..DEPTH {
        let Some(next) = once(&normal) else { break };
        normal = next;
    }
    normal
}

fn once(from: &Normal) -> Option<Normal> {
    let mut out = Rewrite::new(from);
    let mut at = 0;
    for run in runs(&from.text, is_base64, SHORTEST) {
        let Some(text) = text_of(&run.text).filter(|text| text.contains("AADSTS") || is_encoded_error(text)) else {
            continue;
        };
        out.keep(at, run.span.start);
        text.chars().for_each(|c| out.put(c, run.span.start));
        at = run.span.end;
    }
    if at == 0 {
        return None;
    }
    out.keep(at, from.text.len());
    Some(out.done())
}

/// Base64 of base64 of an error: it is looked into once more.
fn is_encoded_error(text: &str) -> bool {
    text.trim().len() >= SHORTEST
        && text.trim().bytes().all(|byte| is_base64(byte) || byte.is_ascii_whitespace())
        && text_of(text).is_some_and(|text| text.contains("AADSTS") || is_encoded_error(&text))
}

/// The text that was encoded, also where its end was cut off. PowerShell encodes UTF-16.
pub(in crate::doctor) fn text_of(value: &str) -> Option<String> {
    let value = value.trim_end_matches('=');
    let whole = if value.len() % 4 == 1 { &value[..value.len() - 1] } else { value };
    printable(encoding::decode_base64(whole)?)
}

/// Of bytes that are nothing but text.
pub(in crate::doctor) fn printable(bytes: Vec<u8>) -> Option<String> {
    let wide = bytes.len() >= 8 && bytes.chunks_exact(2).all(|pair| pair[1] == 0 && pair[0] != 0);
    let bytes = if wide { bytes.into_iter().step_by(2).collect() } else { bytes };
    let text = String::from_utf8(bytes).ok()?;
    text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_base64_is_read_and_nothing_else_is() {
        let error = r#"{"error":"invalid_client","error_description":"AADSTS700027: The key was not found."}"#;
        let once = encoding::base64(error.as_bytes());
        let twice = encoding::base64(once.as_bytes());
        let wide = encoding::base64(&error.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        for encoded in [once, twice, wide] {
            let normal = without_base64(Normal::of(&format!("body: {encoded} end")));
            assert_eq!(normal.text, format!("body: {error} end"));
            assert_eq!(
                (normal.origin(0), normal.origin(10), normal.origin(normal.text.len() - 3)),
                (0, 6, 7 + encoded.len())
            );
        }
        let other = format!("body: {} end", encoding::base64(b"just some other text that was encoded, of no use"));
        assert_eq!(without_base64(Normal::of(&other)).text, other);
    }
}

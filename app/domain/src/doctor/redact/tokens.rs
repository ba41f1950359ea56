//! Compact tokens (RFC 7519): their signature is what is secret.

use crate::doctor::scan::{Run, Span, any_of, guid, is_base64, run_at};

/// Where compact JWTs begin: base64 of `{"`, `{ `, `{\n` or `{\r`.
pub(in crate::doctor) fn tokens(text: &str) -> Vec<Run> {
    let bytes = text.as_bytes();
    let mut out: Vec<Run> = vec![];
    for (at, window) in bytes.windows(3).enumerate() {
        let begins = matches!(window, b"eyJ" | b"eyA" | b"ewo" | b"ew0");
        let inside = at > 0 && (is_token(bytes[at - 1]) && !matches!(bytes[at - 1], b'=' | b'%'));
        // A percent-encoded "=" or quote in front of it.
        let escaped = at >= 3 && bytes[at - 3] == b'%' && bytes[at - 2..at].iter().all(u8::is_ascii_hexdigit);
        if begins && (!inside || escaped) && out.last().is_none_or(|last| last.span.end <= at) {
            let run = run_at(text, at, is_token);
            if run.text.len() >= 16 {
                out.push(run);
            }
        }
    }
    out
}

fn is_token(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'.' | b'%')
}

/// Dots of an encrypted token (RFC 7516).
const MOST_DOTS: usize = 4;
/// Between the parts of a token: blanks, line ends, frames.
const MOST_BETWEEN: usize = 80;
/// A shorter word behind a dot is one of a sentence.
const SHORTEST_PART: usize = 16;

/// All behind the second dot of each token, however its lines were cut.
pub(super) fn signatures(text: &str) -> Vec<Span> {
    let whole: Vec<Span> = tokens(text).iter().filter_map(|run| signature(text, run.span.start, false)).collect();
    let mut out: Vec<Span> = headless(text).into_iter().filter_map(|start| signature(text, start, true)).collect();
    out.extend(whole);
    out
}

/// Claims in front of which the header was cut off, or cut in two.
fn headless(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let begins = |at: usize| matches!(bytes.get(at..at + 3), Some(b"eyJ" | b"eyA" | b"ewo" | b"ew0"));
    // The header, which every token has in front of them, names an algorithm.
    let is_claims = |at: usize| {
        let part = run_at(text, at, is_base64).text;
        let part = part.trim_end_matches('=');
        let decoded = crate::encoding::decode_base64(&part[..part.len() / 4 * 4]).unwrap_or_default();
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        let claims = ["\"iss\"", "\"sub\"", "\"aud\"", "\"exp\"", "\"tid\""];
        claims.iter().any(|name| decoded.contains(name)) && !decoded.contains("\"alg\"")
    };
    let first = tokens(text).into_iter().map(|run| run.span.start).filter(|at| is_claims(*at));
    let behind_half = text.match_indices('.').map(|(at, _)| at + 1).filter(|at| {
        begins(*at) && {
            let front = &text[..at - 1];
            let half = front.len() - front.trim_end_matches(|c: char| c.is_ascii() && is_base64(c as u8)).len();
            let start = front.len() - half;
            !begins(start) && is_claims(*at)
        }
    });
    first.chain(behind_half).collect()
}

/// `claims`: the token begins with them, so that its signature comes behind the first dot.
fn signature(text: &str, start: usize, claims: bool) -> Option<Span> {
    let first = if claims { 1 } else { 2 };
    let bytes = text.as_bytes();
    let (mut at, mut dots, mut begins) = (start, 0, None);
    loop {
        while bytes.get(at).is_some_and(|byte| is_token(*byte) && *byte != b'.') {
            at += 1;
        }
        // An expression, or a language of marks, escapes dots.
        let slashes = bytes[at.min(bytes.len())..].iter().take(4).take_while(|byte| **byte == b'\\').count();
        if bytes.get(at + slashes) == Some(&b'.') && dots < MOST_DOTS {
            dots += 1;
            at += slashes + 1;
            if dots == first {
                begins = Some(at);
            }
            continue;
        }
        match next_part(text, at) {
            Some(next) => at = next,
            None => break,
        }
    }
    let start = begins?;
    (start < at).then_some(Span { start, end: at })
}

/// Where the token goes on behind a break: at a dot, behind one, or in a line that is nothing else.
fn next_part(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..at + text[at..].floor_char_boundary(MOST_BETWEEN)];
    let next = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '│' | '|' | '>' | '\u{200b}'));
    if next.len() == rest.len() || next.is_empty() {
        return None;
    }
    let gap = &rest[..rest.len() - next.len()];
    let start = at + gap.len();
    let line = text[start..].split(any_of("\r\n")).next().unwrap_or_default().trim_end_matches(any_of(" │|"));
    let part = line.bytes().take_while(|byte| is_token(*byte)).count();
    if let Some(behind) = next.strip_prefix('.') {
        let behind = behind.trim_start();
        return (behind.bytes().take_while(|byte| is_token(*byte)).count() >= SHORTEST_PART).then_some(start);
    }
    if text[..at].ends_with('.') {
        return (part >= SHORTEST_PART).then_some(start);
    }
    let anew = ["AADSTS", "eyJ", "MII", "----"].iter().any(|begin| line.starts_with(begin));
    let other = guid(line).is_some() || (line.len() == 40 && line.bytes().all(|byte| byte.is_ascii_hexdigit()));
    // "client_credentials" and "client_id=x" are lines of a request.
    let is_word = line.trim_end_matches('=').contains('=')
        || (line.len() < 24 && !line.contains(|c: char| c.is_ascii_uppercase()));
    let goes_on = gap.contains(any_of("\n\r")) && part >= 8 && part == line.len();
    (goes_on && !is_word && !anew && !other).then_some(start)
}

//! Escapes of JSON, HTML and URLs, also of each other; signs that typesetting has changed.

use super::markup::{without_colours, without_links, without_tags};
use super::{Normal, Rewrite};
use crate::doctor::scan::any_of;

/// Escapes within escapes that are undone.
const DEPTH: usize = 4;

/// Undoes escapes (JSON, HTML, percent-encoding around an error), tags, links and typographic signs, until nothing changes.
pub(in crate::doctor) fn decoded(from: &Normal) -> Normal {
    let mut normal = once(from);
    for _ in 1..DEPTH {
        let next = once(&normal);
        if next.text == normal.text {
            break;
        }
        normal = next;
    }
    normal
}

fn once(from: &Normal) -> Normal {
    let normal = without_percent(from);
    let normal = without_escapes(&without_colours(&normal));
    without_links(&without_tags(&normal))
}

/// Every percent-encoding undone, whatever it stands in. A plus sign stays: it may be one.
pub(in crate::doctor) fn without_any_percent(from: &Normal) -> Normal {
    let mut out = Rewrite::new(from);
    let end = from.text.len();
    let mut at = 0;
    while let Some(length) = from.text[at..].find('%') {
        out.keep(at, at + length);
        at += length;
        match put_percent(&mut out, at, end) {
            0 => {
                out.keep(at, at + 1);
                at += 1;
            }
            length => at += length,
        }
    }
    out.keep(at, end);
    out.done()
}

/// Writes what a stretch of percent-encoding stands for, and gives its length.
fn put_percent(out: &mut Rewrite<'_>, at: usize, end: usize) -> usize {
    let coded = percent_bytes(&out.from.text.as_bytes()[at..end]);
    let text = String::from_utf8_lossy(&coded).into_owned();
    let whole = text.len() == coded.len();
    for (offset, c) in text.char_indices() {
        out.put(c, at + if whole { 3 * offset } else { 0 });
    }
    3 * coded.len()
}

fn without_percent(from: &Normal) -> Normal {
    let text = &from.text;
    let mut out = Rewrite::new(from);
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let end = at + word.len();
        let percent = is_percent_encoded(word);
        let plus = is_plus_encoded(word);
        if percent || plus {
            decode_word(&mut out, at, end, percent);
        } else {
            out.keep(at, end);
        }
        at = end;
    }
    out.done()
}

fn decode_word(out: &mut Rewrite<'_>, start: usize, end: usize, percent: bool) {
    let bytes = out.from.text.as_bytes();
    let mut at = start;
    while at < end {
        let coded = if percent { put_percent(out, at, end) } else { 0 };
        if coded > 0 {
            at += coded;
        } else if bytes[at] == b'+' {
            out.put(' ', at);
            at += 1;
        } else {
            let stop = bytes[at + 1..end]
                .iter()
                .position(|byte| matches!(byte, b'%' | b'+'))
                .map_or(end, |stop| at + 1 + stop);
            out.keep(at, stop);
            at = stop;
        }
    }
}

/// `%E2%80%99`, as far as it goes.
fn percent_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    for part in bytes.chunks(3) {
        let [b'%', digits @ ..] = part else { break };
        let Ok(byte) = hex::decode(digits) else { break };
        if byte.len() != 1 {
            break;
        }
        out.extend(byte);
    }
    out
}

/// An error in a query, or anything that was encoded twice.
fn is_percent_encoded(word: &str) -> bool {
    if !word.contains('%') {
        return false;
    }
    let has = |codes: &[&str]| codes.iter().any(|code| word.contains(code));
    let error = word.contains("AADSTS") && has(&["%3A", "%3a", "%20", "%5B", "%5b", "%27", "%25"]);
    error || has(&["%253D", "%253d", "%253A", "%253a", "%2526", "%252F", "%252f", "%2522"])
}

/// A query of which only the blanks are left encoded.
fn is_plus_encoded(word: &str) -> bool {
    word.find("AADSTS").is_some_and(|at| {
        let behind = &word[at..];
        behind.contains(":+") && behind.matches('+').count() >= 3
    })
}

fn without_escapes(from: &Normal) -> Normal {
    let text = &from.text;
    let mut out = Rewrite::new(from);
    let mut at = 0;
    let teamcity = text.contains("##teamcity[");
    while let Some(c) = text[at..].chars().next() {
        let (c, length) = match c {
            '\\' => backslash(&text[at..]),
            '&' => entity(&text[at..]),
            // A service message of TeamCity escapes with a bar.
            '|' if teamcity => bar(&text[at..]),
            other => (Some(other), other.len_utf8()),
        };
        if let Some(c) = c.filter(|c| !is_invisible(*c)) {
            out.put(plain(c), at);
        }
        at += length;
    }
    out.done()
}

pub(in crate::doctor) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\0')
}

/// The sign of ASCII that typesetting has made another one of.
fn plain(c: char) -> char {
    match c {
        '’' | '‘' | '‚' | '‛' | 'ʼ' | '′' | '´' | '‹' | '›' | '＇' | '「' | '」' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '＂' | '『' | '』' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '－' => '-',
        '：' => ':',
        '［' => '[',
        '］' => ']',
        other => other,
    }
}

fn bar(text: &str) -> (Option<char>, usize) {
    match text.as_bytes().get(1) {
        Some(b'n' | b'r') => (Some('\n'), 2),
        Some(c @ (b'\'' | b'[' | b']' | b'|')) => (Some(char::from(*c)), 2),
        _ => (Some('|'), 1),
    }
}

/// Any number of backslashes before a character: text can have been put into JSON more than once.
fn backslash(text: &str) -> (Option<char>, usize) {
    let after = text.trim_start_matches('\\');
    let slashes = text.len() - after.len();
    let code = |length: usize| {
        let digits = after.get(1..=length).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
    };
    match after.chars().next() {
        Some('n' | 'r') => (Some('\n'), slashes + 1),
        Some('t') => (Some('\t'), slashes + 1),
        Some(c @ ('"' | '\'' | '/')) => (Some(c), slashes + 1),
        Some('u') => code(4).map_or((Some('\\'), slashes), |c| (Some(c), slashes + 5)),
        Some('x') => code(2).map_or((Some('\\'), slashes), |c| (Some(c), slashes + 3)),
        _ => (Some('\\'), slashes),
    }
}

/// A character reference (HTML, section 13.5): the names that stand around errors, and every number.
fn entity(text: &str) -> (Option<char>, usize) {
    const NAMES: [(&str, char); 24] = [
        ("quot", '"'),
        ("apos", '\''),
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("nbsp", ' '),
        ("lsquo", '\''),
        ("rsquo", '\''),
        ("sbquo", '\''),
        ("ldquo", '"'),
        ("rdquo", '"'),
        ("bdquo", '"'),
        ("laquo", '"'),
        ("raquo", '"'),
        ("ndash", '-'),
        ("mdash", '-'),
        ("colon", ':'),
        ("comma", ','),
        ("period", '.'),
        ("lbrack", '['),
        ("lsqb", '['),
        ("rbrack", ']'),
        ("rsqb", ']'),
        ("equals", '='),
    ];
    let window = &text.as_bytes()[..text.len().min(12)];
    let found = window.iter().position(|byte| *byte == b';').and_then(|end| {
        let name = text.get(1..end)?;
        let number = name.strip_prefix('#').and_then(|number| {
            let code = number
                .strip_prefix(any_of("xX"))
                .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            code.and_then(char::from_u32)
        });
        let c = number.or_else(|| NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| *c))?;
        Some((Some(c), end + 1))
    });
    found.unwrap_or((Some('&'), 1))
}

//! Finding things in text, each with its place.

use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use uuid::Uuid;

/// Bytes of the pasted text: `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Of its first byte.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
}

/// In what kind of text something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Entra's error message.
    Message,
    /// A member of the token endpoint's JSON, such as `error_codes`.
    ErrorJson,
    /// The address of a token endpoint.
    Url,
    /// A parameter of a request or a setting, such as `client_id=…`.
    Parameter,
    /// A client assertion.
    Assertion,
    /// A manifest, an application or `keyCredentials`.
    Json,
    /// Plain text around all that.
    Text,
}

/// Something that was read, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found<T> {
    /// What it is.
    pub value: T,
    /// In what kind of text it stood.
    pub origin: Origin,
    /// Where.
    pub span: Span,
}

/// One of these characters, as a pattern. A list of them is a type for each length, and what looks for it is compiled for each
/// anew, which is much to fetch: this is one type for all.
pub(super) fn any_of(characters: &'static str) -> impl Fn(char) -> bool + Copy {
    move |c| characters.contains(c)
}

/// A stretch of text made of certain bytes alone, with line breaks of a hard wrap taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub text: String,
    pub span: Span,
}

/// Lines shorter than this are not taken for lines that a terminal or a mail program has wrapped.
const WRAPPED_LINE: usize = 60;

/// The run that begins at `start`. `allowed` accepts ASCII only.
pub(super) fn run_at(text: &str, start: usize, allowed: fn(u8) -> bool) -> Run {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut at = start;
    let mut line = start;
    loop {
        while bytes.get(at).is_some_and(|byte| allowed(*byte)) {
            at += 1;
        }
        out.push_str(&text[line..at]);
        match next_wrapped_line(text, line, at, allowed) {
            Some(next) => {
                line = next;
                at = next;
            }
            None => return Run { text: out, span: Span { start, end: at } },
        }
    }
}

/// Where the run goes on in the following line: only behind a long line, and only when that line is all of one kind.
fn next_wrapped_line(text: &str, line: usize, at: usize, allowed: fn(u8) -> bool) -> Option<usize> {
    let rest = &text[at..];
    if at - line < WRAPPED_LINE || !rest.starts_with(any_of("\r\n")) {
        return None;
    }
    let next = rest.trim_start_matches(any_of("\r\n \t"));
    let whole = next.split(any_of("\r\n")).next().unwrap_or_default().trim_end();
    let begins_anew = ["AADSTS", "eyJ", "MII", "----"].iter().any(|start| whole.starts_with(start));
    let fits = !whole.is_empty() && whole.bytes().all(allowed);
    (fits && !begins_anew).then(|| text.len() - next.len())
}

/// All runs of at least `least` bytes.
pub(super) fn runs(text: &str, allowed: fn(u8) -> bool, least: usize) -> Vec<Run> {
    let bytes = text.as_bytes();
    let mut out = vec![];
    let mut at = 0;
    while at < bytes.len() {
        if allowed(bytes[at]) {
            let run = run_at(text, at, allowed);
            at = run.span.end;
            if run.text.len() >= least {
                out.push(run);
            }
        } else {
            at += 1;
        }
    }
    out
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// A name and its value: `name=value`, `"name": "value"`, `name(“value”`, in forms, JSON, settings and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    /// Lower case, without `_`, `-` and `.`.
    pub name: String,
    pub value: Span,
    pub quoted: bool,
}

const SEPARATORS: [&str; 8] = ["=", ":", "(", "%3D", "%3d", "%3A", "\\u003d", "\\u003D"];

/// Every pair whose name `wanted` accepts.
pub(super) fn pairs(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<Pair> {
    let mut out = vec![];
    let rules = EndRules { bare: bare_end, quoted: quoted_end };
    let ends = ValueEnds::new(text, rules);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if !matches!(byte, b'=' | b':' | b'(' | b'%' | b'\\') || !text.is_char_boundary(at) {
            continue;
        }
        let Some(separator) = SEPARATORS.iter().find(|separator| text[at..].starts_with(**separator)) else {
            continue;
        };
        let name = name_before(&text[..at]);
        if name.is_empty() || !wanted(&name) {
            continue;
        }
        if let Some((value, quoted)) = value_after(&ends, at + separator.len()) {
            out.push(Pair { name, value, quoted });
        }
    }
    out
}

/// Signs between a name and its separator; more are none of a pair.
const MOST_BETWEEN: usize = 80;

fn name_before(before: &str) -> String {
    let window = &before[before.ceil_char_boundary(before.len().saturating_sub(MOST_BETWEEN))..];
    let trimmed = window.trim_end_matches(any_of("\"'\\ \t]["));
    let before = &before[..before.len() - (window.len() - trimmed.len())];
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name: Vec<char> = before.chars().rev().take_while(is_name).take(60).collect();
    name.iter().rev().filter(|c| !matches!(c, '_' | '-' | '.')).map(char::to_ascii_lowercase).collect()
}

/// How values end: without quotes, where they begin; in quotes, also with which and behind how many backslashes.
#[derive(Clone, Copy)]
pub(super) struct EndRules {
    pub bare: fn(&str, usize) -> usize,
    pub quoted: fn(&str, usize, char, usize) -> usize,
}

/// Where values end. What was found once is kept, so that a text of nothing but names is still read in one go.
pub(super) struct ValueEnds<'t> {
    pub text: &'t str,
    rules: EndRules,
    /// Of a bare value: no stop from here on before there.
    bare: Cell<(usize, usize)>,
    /// One for each quote and number of backslashes, of which there are few.
    quoted: RefCell<Vec<QuotedEnd>>,
}

#[derive(Clone, Copy)]
struct QuotedEnd {
    quote: char,
    slashes: usize,
    from: usize,
    end: usize,
}

impl<'t> ValueEnds<'t> {
    pub(super) fn new(text: &'t str, rules: EndRules) -> Self {
        Self { text, rules, bare: Cell::new((0, 0)), quoted: RefCell::default() }
    }

    pub(super) fn bare(&self, start: usize) -> usize {
        let (from, end) = self.bare.get();
        if (from..end).contains(&start) {
            return end;
        }
        let end = (self.rules.bare)(self.text, start);
        self.bare.set((start, end));
        end
    }

    pub(super) fn quoted(&self, open: usize, quote: char, slashes: usize) -> usize {
        let mut quoted = self.quoted.borrow_mut();
        let known = quoted.iter_mut().find(|known| (known.quote, known.slashes) == (quote, slashes));
        if let Some(known) = &known
            && (known.from..=known.end).contains(&open)
        {
            return known.end;
        }
        let end = (self.rules.quoted)(self.text, open, quote, slashes);
        let found = QuotedEnd { quote, slashes, from: open, end };
        match known {
            Some(known) => *known = found,
            None => quoted.push(found),
        }
        end
    }
}

/// Of a pair: where its value stands, and whether in quotes.
fn value_after(ends: &ValueEnds<'_>, at: usize) -> Option<(Span, bool)> {
    let rest = &ends.text[at..];
    // "== value", "=> value" and ":= value" as code has them.
    let window = &rest[..rest.floor_char_boundary(MOST_BETWEEN)];
    let start = at + window.len() - window.trim_start_matches(any_of(" \t=>$@")).len();
    let trimmed = &ends.text[start..];
    let window = &trimmed[..trimmed.floor_char_boundary(MOST_BETWEEN)];
    let slashes = window.len() - window.trim_start_matches('\\').len();
    let quote = trimmed[slashes..].chars().next().filter(|c| matches!(c, '"' | '\'' | '`' | '“' | '‘'));
    let (value, end) = if let Some(quote) = quote {
        let open = start + slashes + quote.len_utf8();
        (open, ends.quoted(open, quote, slashes))
    } else {
        (start, ends.bare(start))
    };
    (end > value).then_some((Span { start: value, end }, quote.is_some()))
}

/// Up to the closing quote, which has as many backslashes before it as the opening one.
fn quoted_end(text: &str, open: usize, quote: char, slashes: usize) -> usize {
    let close = closing(quote);
    let mut before = 0;
    for (at, c) in text[open..].char_indices() {
        if c == close && before <= slashes {
            return open + at - before;
        }
        before = if c == '\\' { before + 1 } else { 0 };
    }
    text.len()
}

/// The quote that closes what this one opens.
pub(super) fn closing(quote: char) -> char {
    match quote {
        '“' => '”',
        '‘' => '’',
        other => other,
    }
}

fn bare_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    rest.char_indices()
        .find(|(at, c)| {
            c.is_whitespace()
                || matches!(c, '&' | '"' | '\'' | '`' | ',' | ';' | '}' | ')' | '<' | '”' | '’')
                || (matches!(c, '%' | '\\')
                    && ["%26", "\\u0026", "\\n", "\\r", "\\\""].iter().any(|stop| rest[*at..].starts_with(stop)))
        })
        .map_or(text.len(), |(at, _)| start + at)
}

/// `application/x-www-form-urlencoded` (WHATWG URL, section 5), read leniently.
pub(super) fn percent_decode(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let decoded = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| hex::decode(digits).ok());
        if let Some(decoded) = decoded {
            out.extend(decoded);
            at += 3;
        } else {
            out.push(if plus_is_space && bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The hyphenated GUID at the beginning of the text.
pub(super) fn guid(text: &str) -> Option<Uuid> {
    let candidate = text.get(..36)?;
    let ends = !text[36..].starts_with(|c: char| c.is_ascii_alphanumeric());
    (ends && candidate.as_bytes()[8] == b'-').then(|| Uuid::try_parse(candidate).ok()).flatten()
}

/// Blanks that a wrapped line has left in an id.
const MOST_BLANKS: usize = 2;

/// The GUID that the text begins with, behind quotes and marks of a markup, also where a line was wrapped in it.
pub(super) fn wrapped_guid(text: &str) -> Option<Uuid> {
    let text = text.trim_start_matches(any_of(" :='\"`*({<\\"));
    let mut id = String::with_capacity(36);
    let mut blanks = 0;
    let mut length = 0;
    for c in text.chars() {
        match c {
            ' ' if blanks < MOST_BLANKS => blanks += 1,
            c if (c.is_ascii_hexdigit() || c == '-') && id.len() < 36 => id.push(c),
            _ => break,
        }
        length += c.len_utf8();
        if id.len() == 36 {
            break;
        }
    }
    guid(&(id + text.get(length..).unwrap_or_default().get(..1).unwrap_or_default()))
}

/// Offsets at which `needle` (ASCII) stands, in whatever case.
pub(super) fn find_all(text: &str, needle: &str) -> std::vec::IntoIter<usize> {
    // Lower case of ASCII alone keeps every offset.
    let found: Vec<usize> =
        text.to_ascii_lowercase().match_indices(&needle.to_ascii_lowercase()).map(|(at, _)| at).collect();
    found.into_iter()
}

/// What follows the first `needle` (ASCII, any case), and where that begins.
pub(super) fn after<'a>(text: &'a str, needle: &str) -> Option<(usize, &'a str)> {
    let at = text.to_ascii_lowercase().find(&needle.to_ascii_lowercase())? + needle.len();
    Some((at, text.get(at..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_every_spelling() {
        for text in [
            "client_id=abc&scope=x",
            "\"client_id\": \"abc\", \"scope\": \"x\"",
            r#"{\"client_id\":\"abc\",\"scope\":\"x\"}"#,
            "--data-urlencode 'client_id=abc' \\",
            "Client-Id : abc",
            "client_id%3Dabc%26scope%3Dx",
            "ClientId = “abc”;",
            r#"withClientId("abc")"#,
        ] {
            let found = pairs(text, |name| name.ends_with("clientid"));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].value.start..found[0].value.end], "abc", "{text}");
        }
    }

    #[test]
    fn a_wrapped_run_is_one_run_and_a_new_line_is_not() {
        let long = "a".repeat(64);
        let text = format!("{long}\r\n{long}\nbbb=\nAADSTS700027: no");
        let found = runs(&text, is_base64, 20);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, format!("{long}{long}bbb="));
        assert_eq!(run_at(&format!("{long}\nAADSTS700027"), 0, is_base64).text, long);
        assert_eq!(run_at("short\nshort", 0, is_base64).text, "short");
    }

    #[test]
    fn percent_encoding_is_read_leniently() {
        assert_eq!(percent_decode("a%20b+c%3", true), "a b c%3");
        assert_eq!(percent_decode("%C3%A4%zz", false), "ä%zz");
    }
}

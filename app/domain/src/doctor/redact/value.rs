//! Where a value ends, and whether it looks like a secret.

use crate::doctor::scan::{EndRules, Span, ValueEnds, any_of, closing, guid};

/// A message that follows a colon ("Invalid client secret: AADSTS…") is no secret; nor is PEM or a token, which are masked in
/// their own way, nor the address where a secret is kept, nor the beginning of an object.
pub(super) fn is_harmless(value: &str) -> bool {
    let code = value.strip_prefix("AADSTS").is_some_and(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (3..10).contains(&digits) && !rest[digits..].starts_with(char::is_alphanumeric)
    });
    // A host has a dot or a port; what has neither only looks like an address.
    let address = value.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(any_of("/?#")).next().unwrap_or_default();
        host.contains(any_of(".:{<$%")) || host == "localhost"
    });
    let token = value.starts_with("eyJ") && value.matches('.').take(2).count() == 2;
    let object = ["{", "["].iter().any(|open| {
        value.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with(any_of("\"\\{[ \n\r}]")))
    });
    let masked = value.bytes().all(|byte| byte == b'*');
    code || token
        || object
        || masked
        || value.starts_with("-----BEGIN")
        || address
        || matches!(value, "null" | "true" | "false" | "client_credentials" | "None" | "nil" | "undefined" | "string")
}

/// Random, as secrets are: where only a blank stands between a name and a word, the word is more often one of a sentence.
pub(super) fn is_random(value: &str) -> bool {
    let digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let letter = value.chars().any(char::is_alphabetic);
    let sign = value.contains(|c: char| c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ':' | '\'' | '"'));
    let mixed = value.chars().skip(1).any(char::is_uppercase) && value.chars().any(char::is_lowercase);
    value.chars().count() >= 8
        && letter
        && (digit || (sign && mixed))
        && !value.contains(char::is_whitespace)
        && !is_public_id(value)
        && !is_harmless(value)
}

/// A GUID, a thumbprint, a date, a file: what errors are full of.
fn is_public_id(value: &str) -> bool {
    let value = value.trim_matches(any_of(".,:;)("));
    let hex = matches!(value.len(), 40) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let date = value.len() <= 33
        && value.starts_with(|c: char| c.is_ascii_digit())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'/' | b'T' | b'Z' | b'+'));
    let name = value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && value.contains('_');
    hex || date || name || guid(value).is_some() || value.contains("://")
}

/// Without quotes: up to a blank, or to a sign behind which something new begins. A secret can have such a sign in itself.
fn bare_end(text: &str, start: usize) -> usize {
    for (at, c) in text[start..].char_indices() {
        let here = start + at;
        let behind = &text[here + c.len_utf8()..];
        let stops = match c {
            c if c.is_whitespace() || matches!(c, '"' | '`' | '”' | '’' | '\0') => true,
            // `Password=ab;cd;Server=x`: what stands between two of them names nothing.
            ';' => begins_anew(behind) && !names_none(behind),
            '&' | ',' => begins_anew(behind),
            '}' | ')' | ']' | '\'' => ends(behind),
            '<' => {
                behind.starts_with(|c: char| matches!(c, '/' | '!') || c.is_ascii_alphabetic())
                    && behind.get(..24).unwrap_or(behind).contains('>')
            }
            '%' => text[here..].starts_with("%26") && begins_anew(&text[here + 3..]),
            '\\' => ["\\u0026", "\\n", "\\r", "\\\"", "\\'"].iter().any(|stop| text[here..].starts_with(stop)),
            _ => false,
        };
        if stops {
            return here;
        }
    }
    text.len()
}

/// Behind a semicolon, up to the next one, there is no name of a member.
fn names_none(behind: &str) -> bool {
    let part = behind.split(any_of(";\n")).next().unwrap_or_default();
    let ends = part.len() < behind.len() && behind[part.len()..].starts_with(';');
    ends && !part.trim().is_empty() && !part.starts_with(any_of(" \"'})]")) && !part.contains(any_of("=:%"))
}

/// Another member: `scope=`, `"scope"`, a blank, the end.
fn begins_anew(behind: &str) -> bool {
    let trimmed = behind.trim_start_matches(' ');
    if trimmed.len() < behind.len() || trimmed.is_empty() || trimmed.starts_with(any_of("\"'{}])\n\r\\<`")) {
        return true;
    }
    let name = trimmed
        .bytes()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | b';'))
        .count();
    name > 0 && ["=", ":", "%3D", "%3d", "%253"].iter().any(|sign| trimmed[name..].starts_with(sign))
}

fn ends(behind: &str) -> bool {
    behind.is_empty()
        || behind.starts_with(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    ',' | ';' | ')' | '}' | ']' | '"' | '\'' | '.' | '<' | '&' | '`' | '\\' | ':' | '|' | '%'
                )
        })
}

/// In quotes: up to the closing one, which has as many backslashes as the opening one, or to the line's end.
fn quoted_end(text: &str, start: usize, quote: char, slashes: usize) -> usize {
    let close = closing(quote);
    let mut before = 0;
    for (at, c) in text[start..].char_indices() {
        if c == close && before <= slashes {
            return start + at - before;
        }
        if matches!(c, '\n' | '\r') {
            return start + at;
        }
        before = if c == '\\' { before + 1 } else { 0 };
    }
    text.len()
}

/// Where values end.
pub(super) struct Values<'t>(ValueEnds<'t>);

impl<'t> Values<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self(ValueEnds::new(text, EndRules { bare: bare_end, quoted: quoted_end }))
    }

    /// The value that begins at `start`, behind quotes if there are any.
    pub(super) fn at(&self, start: usize) -> Option<Span> {
        let text = self.0.text;
        let rest = &text[start..];
        let slashes = rest.bytes().take(16).take_while(|byte| *byte == b'\\').count();
        let quote = rest[slashes..].chars().next().filter(|c| matches!(c, '"' | '\'' | '`' | '“' | '‘'));
        let Some(quote) = quote else { return self.bare(start) };
        let mut open = start + slashes + quote.len_utf8();
        // """x""" of TOML, C# and Python.
        if quote == '"' && text[open..].starts_with("\"\"") {
            open += 2;
        }
        // @"…"@ of PowerShell, and the same: the value stands in the next line.
        let next = text[open..].strip_prefix("\r\n").or_else(|| text[open..].strip_prefix('\n'));
        if let Some(next) = next.filter(|next| !next.starts_with(char::is_whitespace)) {
            return self.bare(text.len() - next.len());
        }
        let end = self.0.quoted(open, quote, slashes);
        (end > open).then_some(Span { start: open, end })
    }

    fn bare(&self, start: usize) -> Option<Span> {
        let end = self.bare_end(start);
        (end > start).then_some(Span { start, end })
    }

    pub(super) fn bare_end(&self, start: usize) -> usize {
        self.0.bare(start)
    }
}

/// An authorization code, and no code of an error, a country or a program.
pub(super) fn is_grant(value: &str) -> bool {
    value.len() >= 20
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !value.contains(char::is_whitespace)
}

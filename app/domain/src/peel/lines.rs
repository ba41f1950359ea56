//! Base64 that stands in lines, with whatever stands before and behind it in each of them.

use crate::encoding;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// Frames, quotes and marks of other languages around a line's text.
pub(super) fn is_frame(c: char) -> bool {
    matches!(
        c,
        '|' | '│'
            | '┃'
            | '║'
            | '¦'
            | '>'
            | '"'
            | '\''
            | '`'
            | ','
            | ';'
            | '\\'
            | '#'
            | '*'
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '«'
            | '»'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
    )
}

fn tokens(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || is_frame(c)).filter(|token| !token.is_empty())
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Letters and digits count as a class each, so that one timestamp is like the next.
fn alike(one: &str, other: &str) -> bool {
    let class = |c: char| match c {
        c if c.is_ascii_digit() => '0',
        c if c.is_alphabetic() => 'a',
        c => c,
    };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    one == other || (number(one) && number(other)) || one.chars().map(class).eq(other.chars().map(class))
}

/// What was encoded in the lines of `body`, which begins behind an armour's first line. `before`: what stands in front of
/// that line's armour; the same, or the like of it (a timestamp, a number), is taken off the others.
pub(super) fn decode(body: &str, before: &str) -> Option<Vec<u8>> {
    let prefix: Vec<&str> = tokens(before).collect();
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    let body = without_tags(body);
    let mark = difference_mark(&body);
    let mut lines = body.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let line = mark.and_then(|mark| line.strip_prefix(mark)).unwrap_or(line);
        let line = if at > 0 { without_number(line, before) } else { line };
        let mut found: Vec<&str> = tokens(line).collect();
        if at > 0 {
            let same = prefix.iter().zip(&found).take_while(|(one, other)| alike(one, other)).count();
            // What is left must still be something, or the line is one of base64 that only looks like the prefix.
            // The last line is what stands in front of the armour's.
            if same == prefix.len() && same < found.len() || same == found.len() && lines.peek().is_none() {
                found.drain(..same);
            }
        }
        // Header lines (RFC 1421: "Proc-Type: …"); base64 has no colon.
        if found.iter().any(|token| token.contains(':')) {
            continue;
        }
        // Signs that put strings together in a program.
        found.retain(|token| !matches!(*token, "+" | "." | "&" | "_" | "-"));
        let begin = found.iter().rposition(|token| !is_all_base64(token)).map_or(0, |last| last + 1);
        base64.extend(found[begin..].iter().copied());
    }
    encoding::decode_base64(&base64)
}

/// `12:` of `grep -n`, `cert.pem-12-` of its context, where the armour's first line has the like of it.
fn without_number<'t>(line: &'t str, before: &str) -> &'t str {
    let Some(head) = before.trim_start().strip_suffix(':') else { return line };
    let name = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let own = line.trim_start().strip_prefix(name.trim_end_matches(':')).unwrap_or_default();
    let own = if name.is_empty() { own } else { own.strip_prefix([':', '-']).unwrap_or_default() };
    let rest = own.trim_start_matches(|c: char| c.is_ascii_digit());
    if name.len() == head.len() || rest.len() == own.len() {
        return line;
    }
    // Of the last line, the armour takes the sign behind the number.
    if rest.is_empty() { rest } else { rest.strip_prefix([':', '-']).unwrap_or(line) }
}

/// Line breaks and other tags of HTML become line ends.
fn without_tags(body: &str) -> Cow<'_, str> {
    const LONGEST: usize = 128;
    if !body.contains('<') {
        return body.into();
    }
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((text, tag)) = rest.split_once('<') {
        out.push_str(text);
        out.push('\n');
        let end = tag.bytes().take(LONGEST).position(|byte| byte == b'>');
        rest = end.map_or(tag, |end| &tag[end + 1..]);
    }
    out.push_str(rest);
    out.into()
}

/// The sign in front of each line in a difference between files.
fn difference_mark(body: &str) -> Option<char> {
    ['+', '-'].into_iter().find(|mark| {
        let mut lines = body.lines().skip(1).filter(|line| !line.trim().is_empty()).peekable();
        lines.peek().is_some() && lines.all(|line| line.starts_with(*mark))
    })
}

/// A line of it, as PEM wraps them.
pub(super) fn has_base64(text: &str) -> bool {
    text.lines().flat_map(tokens).any(|token| token.len() >= 48 && is_all_base64(token))
}

fn is_all_base64(token: &str) -> bool {
    token.trim_end_matches('=').bytes().all(is_base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_lines_does_not_matter() {
        let expected = b"Thumbprint reads lines";
        for (body, before) in [
            ("\nVGh1bWJwcmlu\ndCByZWFkcyBs\naW5lcw==\n", ""),
            (" VGh1bWJwcmlu dCByZWFkcyBs aW5lcw== ", "Bag Attributes localKeyID: 01"),
            ("\n> VGh1bWJwcmlu\n> dCByZWFkcyBs\n> aW5lcw==\n> ", "> "),
            ("\" +\n  \"VGh1bWJwcmlu\" +\n  \"dCByZWFkcyBs\" +\n  \"aW5lcw==\" +\n  \"", "String pem = \""),
            ("\n12  VGh1bWJwcmlu\n13  dCByZWFkcyBs\n14  aW5lcw==\n15", "11  "),
            (
                "\n2026-05-07T06:57:19Z INFO VGh1bWJwcmlu\n2026-05-07T06:57:20Z INFO dCByZWFkcyBs\n2026-05-07T06:57:20Z INFO aW5lcw==",
                "2026-05-07T06:57:19Z INFO ",
            ),
            ("\n2:VGh1bWJwcmlu\n3:dCByZWFkcyBs\n4:aW5lcw==\n5:", "1:"),
            ("\n8-VGh1bWJwcmlu\n9-dCByZWFkcyBs\n10-aW5lcw==\n11", "7:"),
            ("\na.pem-8-VGh1bWJwcmlu\na.pem-9-dCByZWFkcyBs\na.pem-10-aW5lcw==\na.pem-11", "a.pem:7:"),
            ("\n│ VGh1bWJwcmlu  │\n│ dCByZWFkcyBs  │\n│ aW5lcw==      │\n│", "│ "),
            ("\nProc-Type: 4,ENCRYPTED\n\nVGh1bWJwcmlu\ndCByZWFkcyBs\naW5lcw==", ""),
            ("\", \"VGh1bWJwcmlu\", \"dCByZWFkcyBs\", \"aW5lcw==\", \"", "[\""),
        ] {
            assert_eq!(decode(body, before).as_deref(), Some(&expected[..]), "{body}");
        }
    }
}

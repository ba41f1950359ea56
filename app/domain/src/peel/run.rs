//! Base64 without armour: as a value in some file, or alone; in one line or wrapped.

use super::layer::{Format, Layer};
use super::lines::{is_base64, is_frame};
use super::{hexadecimal, kind};
use crate::encoding;
use std::ops::Range;
use zeroize::Zeroizing;

/// Shorter ones hold no certificate and no key.
const MIN_LENGTH: usize = 24;
/// As far back a member's name is looked for.
const MAX_NAME: usize = 128;

/// Something encoded, decoded.
pub(super) struct Run {
    pub span: Range<usize>,
    pub bytes: Zeroizing<Vec<u8>>,
    pub layer: Layer,
}

/// All runs within the range, in order.
pub(super) fn all(text: &str, range: Range<usize>) -> Vec<Run> {
    let part = &text[range.clone()];
    if let Some(run) = alone(part, range.start) {
        return vec![run];
    }
    let mut out = hexadecimal::runs(part, range.start);
    let mut open: Option<Open> = None;
    for line in (Lines { text, at: range.start, end: range.end }) {
        let tokens = tokens(text, &line);
        if let Some(mut run) = open.take() {
            if let [token] = tokens.as_slice()
                && is_only(text, &line, token)
                && (run.lines == 1 || token.len() <= run.last)
            {
                run.add(text, token);
                if run.goes_on() {
                    open = Some(run);
                } else {
                    out.extend(run.done());
                }
                continue;
            }
            out.extend(run.done());
        }
        for (at, token) in tokens.iter().enumerate() {
            if token.len() < MIN_LENGTH {
                continue;
            }
            let run = Open::new(text, token);
            let last = at + 1 == tokens.len() && text[token.end..line.end].chars().all(is_around);
            if last && run.goes_on() {
                open = Some(run);
            } else {
                out.extend(run.done());
            }
        }
    }
    out.extend(open.and_then(Open::done));
    out
}

/// The whole part is base64, however it is wrapped.
fn alone(part: &str, offset: usize) -> Option<Run> {
    let trimmed = part.trim();
    let fits = |byte: u8| is_base64(byte) || byte == b'=' || byte.is_ascii_whitespace();
    if trimmed.len() < MIN_LENGTH || !trimmed.bytes().all(fits) || hexadecimal::is_hexadecimal(trimmed) {
        return None;
    }
    let bytes = Zeroizing::new(encoding::decode_base64(trimmed)?);
    // Words alone can look like base64; and two values in two lines like one.
    let known = kind::length(&bytes)
        .map_or_else(|| kind::is_known(&bytes), |length| length >= bytes.len() && kind::is_known(&bytes));
    let start = offset + (part.len() - part.trim_start().len());
    known.then(|| Run { span: start..start + trimmed.len(), bytes, layer: Layer::Base64 })
}

/// A run that the next line may carry on.
struct Open {
    span: Range<usize>,
    text: Zeroizing<String>,
    lines: usize,
    /// Length of the last line.
    last: usize,
    shorter: bool,
}

impl Open {
    fn new(text: &str, token: &Range<usize>) -> Self {
        Self {
            span: token.clone(),
            text: Zeroizing::new(text[token.clone()].to_owned()),
            lines: 1,
            last: token.len(),
            shorter: false,
        }
    }

    fn add(&mut self, text: &str, token: &Range<usize>) {
        self.text.push_str(&text[token.clone()]);
        self.span.end = token.end;
        self.shorter = token.len() < self.last;
        self.last = token.len();
        self.lines += 1;
    }

    /// A line that is shorter than the one before is the last, and so is one with padding.
    fn goes_on(&self) -> bool {
        !self.shorter && !self.text.ends_with('=')
    }

    fn done(self) -> Option<Run> {
        let digits = ["0x", "0X", "x"].iter().find_map(|start| self.text.strip_prefix(start)).unwrap_or(&self.text);
        if hexadecimal::is_hexadecimal(digits) {
            let bytes = Zeroizing::new(hex::decode(digits.as_bytes()).ok()?);
            return Some(Run { span: self.span, bytes, layer: Layer::Hexadecimal });
        }
        let bytes = encoding::decode_base64(&self.text).or_else(|| {
            // A character too many where it was cut off.
            let whole = self.text.trim_end_matches('=').len() / 4 * 4;
            encoding::decode_base64(&self.text[..whole])
        });
        Some(Run { span: self.span, bytes: Zeroizing::new(bytes?), layer: Layer::Base64 })
    }
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.at >= self.end {
            return None;
        }
        let rest = &self.text[self.at..self.end];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = self.at..self.at + length;
        self.at += length;
        let rest = &self.text[self.at..self.end];
        self.at += if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        Some(line)
    }
}

/// Sequences of base64's characters, with the padding behind them.
fn tokens(text: &str, line: &Range<usize>) -> Vec<Range<usize>> {
    let bytes = &text.as_bytes()[..line.end];
    let mut out = vec![];
    let mut at = line.start;
    while at < line.end {
        if !is_base64(bytes[at]) {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|byte| is_base64(**byte)).count();
        let padding = bytes[at + length..].iter().take(2).take_while(|byte| **byte == b'=').count();
        // Of a program, the sign that puts two strings together.
        if !matches!(bytes[at..at + length], [b'+' | b'_']) {
            out.push(at..at + length + padding);
        }
        at += length + padding;
    }
    out
}

/// Frames, and what puts strings of a program together.
fn is_around(c: char) -> bool {
    c.is_whitespace() || is_frame(c) || matches!(c, '"' | '\'' | '+' | '&' | '_')
}

/// Nothing else is in the line but frames.
fn is_only(text: &str, line: &Range<usize>, token: &Range<usize>) -> bool {
    let around = |part: &str| part.chars().all(is_around);
    around(&text[line.start..token.start]) && around(&text[token.end..line.end])
}

/// The member that the value at `at` belongs to, by what stands in front of it.
pub(super) fn member(text: &str, at: usize) -> Option<Layer> {
    let from = (at.saturating_sub(MAX_NAME)..=at).find(|place| text.is_char_boundary(*place))?;
    let before = &text[from..at];
    let trimmed =
        before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '|' | '[' | '-' | '`'));
    let folded = before[trimmed.len()..].contains('|') || trimmed.ends_with('>');
    let gap = &before[trimmed.len()..];
    if let Some(tag) = trimmed.strip_suffix('>')
        && let Some((_, tag)) = tag.rsplit_once('<')
    {
        let name = tag.split_whitespace().next()?.rsplit(':').next()?;
        return named(name, Format::Xml);
    }
    let trimmed = if folded { trimmed.trim_end_matches(['>', ' ']) } else { trimmed };
    let crossed = gap.contains(['\n', '\r']) && !folded && !gap.contains('[');
    if crossed {
        return None;
    }
    let (name, format) = match trimmed.strip_suffix(':') {
        Some(name) if name.ends_with('"') => (name.trim_end_matches('"'), Format::Json),
        Some(name) => (name.trim_end_matches(['\'', ':']), Format::Yaml),
        None => (trimmed.strip_suffix('=')?.trim_end(), Format::Other),
    };
    let start = name
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '$' | '/')))
        .map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8));
    named(&name[start..], format)
}

fn named(name: &str, format: Format) -> Option<Layer> {
    (name.contains(|c: char| !c.is_ascii_digit()) && name.len() <= 64)
        .then(|| Layer::Member { format, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_members_name_is_found() {
        for (before, expected) in [
            ("{\"id\": 1, \"cer\": \"", Some((Format::Json, "cer"))),
            ("{\"x5c\":[\"", Some((Format::Json, "x5c"))),
            ("data:\n  tls.crt: ", Some((Format::Yaml, "tls.crt"))),
            ("data:\n  tls.crt: |\n    ", Some((Format::Yaml, "tls.crt"))),
            ("<ds:X509Certificate>\n  ", Some((Format::Xml, "X509Certificate"))),
            ("<KeyInfo Id=\"a\">", Some((Format::Xml, "KeyInfo"))),
            ("CERT=", Some((Format::Other, "CERT"))),
            ("see below\n", None),
            ("", None),
        ] {
            let expected = expected.map(|(format, name)| Layer::Member { format, name: name.into() });
            assert_eq!(member(&format!("{before}MII"), before.len()), expected, "{before}");
        }
    }

    #[test]
    fn wrapped_values_are_joined_and_words_are_not() {
        let value = encoding::base64(&[7; 100]);
        let wrapped =
            format!("cert: |\n  {}\n  {}\n  {}\nkind: Secret\n", &value[..64], &value[64..128], &value[128..]);
        let runs = all(&wrapped, 0..wrapped.len());
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].bytes.as_slice(), [7; 100]);
        assert!(all("just some words that are longer than that\nand others", 0..40).is_empty());
    }
}

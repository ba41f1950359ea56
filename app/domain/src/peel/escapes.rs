//! Undoes the escapes of JSON, URLs, XML, HTML, quoted-printable mail and terminals, and remembers where each character
//! came from.

use super::Layer;
use std::ops::Range;

/// An escaped escape (JSON in JSON, a URL in a URL) is undone this often.
const PASSES: usize = 3;

/// Text without escapes.
pub(super) struct Plain {
    pub text: String,
    /// For each byte, where it came from; `None` where nothing was changed.
    origin: Option<Vec<u32>>,
    original_length: usize,
    /// For each kind of escape, where it stood in the original, in order.
    undone: Vec<(Layer, Vec<u32>)>,
}

impl Plain {
    /// The text as it is.
    pub(super) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), origin: None, original_length: text.len(), undone: vec![] }
    }

    /// The same span in the text that was given.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let Some(origin) = &self.origin else { return span.clone() };
        let at = |place: usize| origin.get(place).map_or(self.original_length, |place| *place as usize);
        at(span.start)..at(span.end).max(at(span.start))
    }

    /// What was undone within the span.
    pub(super) fn layers_in(&self, span: &Range<usize>) -> impl Iterator<Item = Layer> {
        let original = self.original(span);
        self.undone.iter().filter_map(move |(layer, places)| {
            let from = places.partition_point(|place| (*place as usize) < original.start);
            places.get(from).is_some_and(|place| (*place as usize) < original.end).then(|| layer.clone())
        })
    }

    fn replace(&mut self, new: Rewritten) {
        let map = |place: u32| self.origin.as_ref().map_or(place, |origin| original_place(origin, place));
        let origin = new.origin.iter().map(|place| map(*place)).collect();
        for (layer, places) in new.undone {
            let places: Vec<u32> = places.into_iter().map(map).collect();
            if !places.is_empty() && !self.undone.iter().any(|(known, _)| *known == layer) {
                self.undone.push((layer, places));
            }
        }
        self.origin = Some(origin);
        self.text = new.text;
    }
}

fn original_place(origin: &[u32], place: u32) -> u32 {
    origin.get(place as usize).or(origin.last()).copied().unwrap_or(0)
}

struct Rewritten {
    text: String,
    origin: Vec<u32>,
    undone: Vec<(Layer, Vec<u32>)>,
    changed: bool,
}

impl Rewritten {
    fn new(length: usize) -> Self {
        Self { text: String::with_capacity(length), origin: Vec::with_capacity(length), undone: vec![], changed: false }
    }

    fn keep(&mut self, text: &str, from: usize) {
        self.text.push_str(text);
        self.origin.extend((from..from + text.len()).map(offset));
    }

    /// `text` stands for what began at `from`.
    fn put(&mut self, text: &str, from: usize, layer: Option<Layer>) {
        self.text.push_str(text);
        self.origin.extend(std::iter::repeat_n(offset(from), text.len()));
        self.changed = true;
        let Some(layer) = layer else { return };
        match self.undone.iter_mut().find(|(known, _)| *known == layer) {
            Some((_, places)) => places.push(offset(from)),
            None => self.undone.push((layer, vec![offset(from)])),
        }
    }
}

fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Undoes all escapes.
pub(super) fn undo(text: &str) -> Plain {
    let mut plain = Plain::of(text);
    if is_quoted_printable(&plain.text) {
        plain.replace(quoted_printable(&plain.text));
    }
    for _ in 0..PASSES {
        if !plain.text.contains(is_telling) {
            break;
        }
        let new = pass(&plain.text);
        if !new.changed {
            break;
        }
        plain.replace(new);
    }
    plain
}

fn pass(text: &str) -> Rewritten {
    let mut out = Rewritten::new(text.len());
    // In a form, a space is written as "+", and base64's own plus as %2B.
    let form = text.contains("BEGIN+") && ["%2B", "%0A", "%0D"].iter().any(|code| text.contains(code));
    let mut at = 0;
    while let Some(length) = text[at..].find(is_telling) {
        out.keep(&text[at..at + length], at);
        at += length;
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else { break };
        let next = at + c.len_utf8();
        let undone = match c {
            '%' => percent(rest).map(|(text, length)| (text, length, Some(Layer::Percent))),
            '&' => entity(rest).map(|(text, length)| (text, length, Some(Layer::Entities))),
            '\\' => backslash(text, at).map(|(text, length)| (text, length, Some(Layer::Backslashes))),
            '\x1b' => Some((String::new(), colour(rest), Some(Layer::Colours))),
            '+' if form => Some((" ".into(), 1, Some(Layer::Percent))),
            c if is_invisible(c) => Some((String::new(), c.len_utf8(), None)),
            c if is_odd_blank(c) => Some((" ".into(), c.len_utf8(), None)),
            _ => None,
        };
        if let Some((text, length, layer)) = undone {
            out.put(&text, at, layer);
            at += length;
        } else {
            out.keep(&text[at..next], at);
            at = next;
        }
    }
    out.keep(&text[at..], at);
    out
}

/// An escape can begin here; all else stays as it is.
fn is_telling(c: char) -> bool {
    matches!(c, '%' | '&' | '\\' | '\x1b' | '+') || is_invisible(c) || is_odd_blank(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// White space beyond ASCII that ends no line.
fn is_odd_blank(c: char) -> bool {
    !c.is_ascii() && c.is_whitespace() && !matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(*bytes.first()?)? << 4 | digit(*bytes.get(1)?)?)
}

/// A sequence of `%XX`, which is UTF-8.
fn percent(rest: &str) -> Option<(String, usize)> {
    let mut bytes = vec![];
    let mut left = rest.as_bytes();
    while let [b'%', more @ ..] = left {
        let Some(byte) = hex_pair(more) else { break };
        bytes.push(byte);
        left = &more[2..];
    }
    (!bytes.is_empty()).then(|| (String::from_utf8_lossy(&bytes).into_owned(), bytes.len() * 3))
}

fn entity(rest: &str) -> Option<(String, usize)> {
    let head = rest.get(1..).unwrap_or_default();
    let end = head.bytes().take(12).position(|byte| byte == b';')?;
    let name = head.get(..end)?;
    let decimal = |digits: &str| digits.parse().ok();
    let number = match name.as_bytes() {
        [b'#', b'x' | b'X', ..] => u32::from_str_radix(&name[2..], 16).ok(),
        [b'#', ..] => decimal(&name[1..]),
        _ => None,
    };
    let c = match number {
        Some(number) => char::from_u32(number)?,
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" | "Tab" => ' ',
            "plus" => '+',
            "sol" => '/',
            "equals" => '=',
            "NewLine" => '\n',
            "hyphen" | "dash" | "shy" => '-',
            "ndash" => '–',
            "mdash" => '—',
            "lowbar" => '_',
            _ => return None,
        },
    };
    Some((c.to_string(), end + 2))
}

/// JSON's escapes and their like in other languages; a backslash at the end of a line joins it with the next.
fn backslash(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = &text.as_bytes()[at..];
    let c = match rest.get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        quoted @ (b'/' | b'"' | b'\'' | b'\\') => char::from(*quoted),
        b'\n' => return Some((String::new(), 2)),
        b'\r' if rest.get(2) == Some(&b'\n') => return Some((String::new(), 3)),
        b'u' => {
            let digits = text.get(at + 2..at + 6)?;
            return char::from_u32(u32::from_str_radix(digits, 16).ok()?).map(|c| (c.to_string(), 6));
        }
        // A single character; several in a row are bytes, which are read as hexadecimal.
        b'x' => {
            let byte = hex_pair(rest.get(2..4)?)?;
            let alone = !rest[4..].starts_with(b"\\x");
            let before = at >= 4 && text.as_bytes()[at - 4..].starts_with(b"\\x");
            // PostgreSQL's bytea is one long number.
            let number = rest[4..].len() >= 8 && rest[4..12].iter().all(u8::is_ascii_hexdigit);
            return (byte.is_ascii() && alone && !before && !number).then(|| (char::from(byte).to_string(), 4));
        }
        _ => return None,
    };
    Some((c.to_string(), 2))
}

/// The length of a control sequence (ECMA-48, section 5.4).
fn colour(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    if bytes.get(1) != Some(&b'[') {
        return 1;
    }
    let parameters = bytes[2..].iter().take(32).take_while(|byte| (0x20..0x40).contains(*byte)).count();
    match bytes.get(2 + parameters) {
        Some(0x40..=0x7e) => parameters + 3,
        _ => 1,
    }
}

/// Quoted-printable (RFC 2045, section 6.7): an encoded "=", or lines of mail's length that end in a soft break. Base64 ends
/// in "=" as well, but has no line after that.
fn is_quoted_printable(text: &str) -> bool {
    let encoded = text.match_indices("=3D").chain(text.match_indices("=2D")).any(|(at, _)| {
        // A fingerprint can begin so.
        !matches!(text.as_bytes().get(at + 3), Some(b':' | b' '))
    });
    encoded || {
        let mut lines = text.lines().peekable();
        let mut soft = false;
        while let Some(line) = lines.next() {
            let next = lines.peek().and_then(|next| next.bytes().next());
            soft |= (70..=76).contains(&line.len())
                && line.ends_with('=')
                && !line.ends_with("==")
                && next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
        }
        soft
    }
}

fn quoted_printable(text: &str) -> Rewritten {
    let mut out = Rewritten::new(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(length) = text[at..].find('=') {
        out.keep(&text[at..at + length], at);
        at += length;
        let mut decoded = vec![];
        let mut end = at;
        while bytes.get(end) == Some(&b'=') {
            let Some(byte) = hex_pair(&bytes[end + 1..]) else { break };
            decoded.push(byte);
            end += 3;
        }
        if !decoded.is_empty() {
            out.put(&String::from_utf8_lossy(&decoded), at, Some(Layer::QuotedPrintable));
            at = end;
            continue;
        }
        let blanks = bytes[at + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let length = match &bytes[at + 1 + blanks..] {
            [b'\r', b'\n', ..] => blanks + 3,
            [b'\n', ..] => blanks + 2,
            _ => 0,
        };
        if length == 0 {
            out.keep("=", at);
            at += 1;
        } else {
            out.put("", at, Some(Layer::QuotedPrintable));
            at += length;
        }
    }
    out.keep(&text[at..], at);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_also_twice() {
        for (text, expected) in [
            ("-----BEGIN%20CERTIFICATE-----%0AMII%2Bx%2F", "-----BEGIN CERTIFICATE-----\nMII+x/"),
            ("BEGIN+CERTIFICATE-----%0D%0AMII%2Bx", "BEGIN CERTIFICATE-----\r\nMII+x"),
            ("a%250Ab", "a\nb"),
            ("a&#10;b&#x2B;c&amp;&sol;", "a\nb+c&/"),
            ("a&amp;#xA;b", "a\nb"),
            (r#"\"a\\nb\""#, "\"a\nb\""),
            (r"\u002b\/", "+/"),
            (r"a\x2bb", "a+b"),
            (r"\x30\x82", r"\x30\x82"),
            ("\x1b[31mred\x1b[0m", "red"),
            ("a\u{200b}b\u{a0}c", "ab c"),
            ("100% sure & more; \\q", "100% sure & more; \\q"),
            ("AB=3D=3D=\r\nCD=E2=80=94", "AB==CD—"),
        ] {
            assert_eq!(undo(text).text, expected, "{text}");
        }
    }

    #[test]
    fn a_span_leads_back_to_the_original() {
        let text = r#"{"a": "x\\ny%2Bz"}"#;
        let plain = undo(text);
        assert_eq!(plain.text, "{\"a\": \"x\ny+z\"}");
        let span = 7..12;
        assert_eq!(&plain.text[span.clone()], "x\ny+z");
        assert_eq!(&text[plain.original(&span)], r"x\\ny%2Bz");
        assert_eq!(plain.layers_in(&span).collect::<Vec<_>>(), [Layer::Backslashes, Layer::Percent]);
        assert_eq!(plain.layers_in(&(0..4)).count(), 0);
        let untouched = undo("plain");
        assert_eq!(untouched.original(&(1..3)), 1..3);
    }
}

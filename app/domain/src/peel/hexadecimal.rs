//! Bytes written as numbers: hexadecimal in one piece, in pairs with separators, as a dump with offsets; and lists of
//! decimal numbers, with and without sign.

use super::kind;
use super::layer::Layer;
use super::run::Run;
use zeroize::Zeroizing;

/// Fewer bytes hold no certificate and no key.
const MIN_BYTES: usize = 32;
/// Digits that stand together in a dump.
const MAX_GROUP: usize = 16;

/// All of it is hexadecimal digits, in pairs, and enough of them.
pub(super) fn is_hexadecimal(text: &str) -> bool {
    text.len() >= 2 * MIN_BYTES && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text is a dump from its first line on.
pub(super) fn is_dump(text: &str) -> bool {
    const LINE: usize = 16;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_line = |line: Option<&str>, offset| {
        line.and_then(|line| dump_line(line, offset)).is_some_and(|bytes| offset > 0 || bytes.len() == LINE)
    };
    is_line(lines.next(), 0) && is_line(lines.next(), LINE)
}

/// Runs in which something stands between the bytes; `part` begins at `offset`.
pub(super) fn runs(part: &str, offset: usize) -> Vec<Run> {
    // Numbers of two digits can be either: a list of decimal ones is known by what it holds.
    let mut out = decimal(part, offset);
    out.retain(|run| kind::is_known(&run.bytes));
    if out.is_empty() {
        out = dumps(part, offset);
    }
    if out.is_empty() {
        out = pairs(part, offset);
    }
    out
}

fn run(bytes: Vec<u8>, start: usize, end: usize, layer: Layer) -> Option<Run> {
    let bytes = Zeroizing::new(bytes);
    (bytes.len() >= MIN_BYTES).then_some(Run { span: start..end, bytes, layer })
}

/// `30 82 03`, `30:82:03`, `0x30, 0x82`, `\x30\x82`.
fn pairs(part: &str, offset: usize) -> Vec<Run> {
    let text = part.as_bytes();
    let mut out = vec![];
    let mut found: Vec<u8> = vec![];
    let (mut start, mut end, mut at) = (0, 0, 0);
    while at < text.len() {
        let digits_at = match &text[at..] {
            [b'0' | b'\\', b'x' | b'X', ..] => at + 2,
            _ => at,
        };
        let length = text[digits_at..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let next = text.get(digits_at + length);
        // What is in one piece is read as such, by those who read base64.
        let word = length > MAX_GROUP || next.is_some_and(u8::is_ascii_alphanumeric);
        if length >= 2 && length.is_multiple_of(2) && !word {
            if found.is_empty() {
                start = at;
            }
            found.extend(hex::decode(&text[digits_at..digits_at + length]).unwrap_or_default());
            at = digits_at + length;
            end = at;
            at += text[at..].iter().take(8).take_while(|byte| is_separator(**byte)).count();
        } else {
            out.extend(run(std::mem::take(&mut found), offset + start, offset + end, Layer::Hexadecimal));
            // To the end of the word: what is in the middle of one is no byte.
            at += text[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count().max(1);
        }
    }
    out.extend(run(found, offset + start, offset + end, Layer::Hexadecimal));
    out
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b':' | b',' | b';' | b'-' | b'"' | b'{' | b'}' | b'(' | b')')
}

/// What `xxd`, `hexdump -C`, `certutil -encodehex` and `Format-Hex` print: an offset, bytes, the same as characters.
fn dumps(part: &str, offset: usize) -> Vec<Run> {
    let mut out = vec![];
    let mut found: Vec<u8> = vec![];
    let (mut start, mut end, mut at) = (0, 0, 0);
    for line in part.split_inclusive('\n') {
        match dump_line(line, found.len()) {
            Some(bytes) => {
                if found.is_empty() {
                    start = at;
                }
                found.extend(bytes);
                end = at + line.trim_end().len();
            }
            None => out.extend(run(std::mem::take(&mut found), offset + start, offset + end, Layer::Hexadecimal)),
        }
        at += line.len();
    }
    out.extend(run(found, offset + start, offset + end, Layer::Hexadecimal));
    out
}

/// The bytes of a line whose offset is `expected`.
fn dump_line(line: &str, expected: usize) -> Option<Vec<u8>> {
    let line = line.trim();
    let digits = line.bytes().take_while(u8::is_ascii_hexdigit).count();
    // od counts in octal.
    let is_offset = |radix| usize::from_str_radix(&line[..digits], radix).is_ok_and(|offset| offset == expected);
    if !(4..=16).contains(&digits) || !(is_offset(16) || is_offset(8)) {
        return None;
    }
    let mut rest = line[digits..].trim_start_matches('h').trim_start_matches(':');
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    rest = rest.trim_start();
    let mut bytes = vec![];
    while bytes.len() < 16 {
        let group = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = rest.as_bytes().get(group).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'-' | b'|'));
        if !matches!(group, 2 | 4 | 8) || !ends {
            break;
        }
        bytes.extend(hex::decode(&rest[..group]).ok()?);
        let after = &rest[group..];
        rest = after.trim_start_matches([' ', '-', '\t']);
        // Half of the bytes are set off by two blanks; the characters behind them by two as well.
        if after.len() - rest.len() > 1 && bytes.len() != 8 || rest.starts_with('|') {
            break;
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// `[48, 130, 3]`, and `[48, -126, 3]` as Java has it.
fn decimal(part: &str, offset: usize) -> Vec<Run> {
    let text = part.as_bytes();
    let mut out = vec![];
    let mut found: Vec<u8> = vec![];
    let (mut start, mut end, mut at) = (0, 0, 0);
    while at < text.len() {
        let sign = usize::from(text[at] == b'-');
        let length = text[at + sign..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let number = part.get(at..at + sign + length).and_then(|number| number.parse::<i16>().ok());
        let byte = number.and_then(|number| match number {
            -128..=-1 => u8::try_from(number + 256).ok(),
            number => u8::try_from(number).ok(),
        });
        match byte {
            Some(byte) if length <= 3 => {
                if found.is_empty() {
                    start = at;
                }
                found.push(byte);
                at += sign + length;
                end = at;
                let gap =
                    text[at..].iter().take(8).take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
                at += gap;
                if gap > 0 {
                    continue;
                }
            }
            _ => at += (sign + length).max(1),
        }
        out.extend(run(std::mem::take(&mut found), offset + start, offset + end, Layer::Numbers));
    }
    out.extend(run(found, offset + start, offset + end, Layer::Numbers));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_however_they_are_written() {
        // Begins like a private key in PKCS#8.
        let bytes: Vec<u8> = [0x30, 0x82, 1, 2, 2, 1, 0, 0x30].into_iter().chain((0_u8..=255).rev().take(80)).collect();
        let join = |each: fn(&u8) -> String, between: &str| bytes.iter().map(each).collect::<Vec<_>>().join(between);
        let dump = |each: &dyn Fn(&[u8]) -> String| {
            let lines = bytes.chunks(16).enumerate().map(|(at, line)| format!("{:08x}{}", at * 16, each(line)));
            lines.collect::<Vec<_>>().join("\n")
        };
        let spaced = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        for text in [
            join(|byte| format!("{byte:02x}"), ":"),
            join(|byte| format!("{byte:02X}"), " "),
            join(|byte| format!("0x{byte:02x}"), ", "),
            join(|byte| format!("\\x{byte:02x}"), ""),
            format!("byte[] a = {{ {} }};", join(|byte| format!("0x{byte:02x}"), ",\n")),
            format!("[{}]", join(u8::to_string, ",")),
            format!("[{}]", join(|byte| byte.cast_signed().to_string(), ", ")),
            dump(&|line| format!(": {}  ................", spaced(line).replace("ff fe", "fffe"))),
            dump(&|line| format!("  {}  {}  |................|", spaced(&line[..8]), spaced(&line[8..]))),
        ] {
            let found = runs(&text, 0);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].bytes.as_slice(), bytes, "{text}");
        }
        assert!(runs("dead beef cafe 2026-05-07 12:30:45 and so on", 0).is_empty());
    }
}

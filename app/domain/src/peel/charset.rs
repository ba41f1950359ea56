//! In which charset a file's text is written.

use super::Layer;
use std::fmt;

/// Charsets that Windows, Excel and shells write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// RFC 3629.
    Utf8,
    /// Little-endian, as Windows writes it.
    Utf16Le,
    /// Big-endian.
    Utf16Be,
    /// Little-endian.
    Utf32Le,
    /// Big-endian.
    Utf32Be,
    /// Western European text of Windows; read where nothing else fits.
    Windows1252,
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Utf32Le | Self::Utf32Be => "UTF-32",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

impl Charset {
    pub(super) fn layer(self) -> Option<Layer> {
        // ASCII reads the same in both: nothing to tell.
        (!matches!(self, Self::Utf8 | Self::Windows1252)).then_some(Layer::Charset(self))
    }
}

/// Text, and the charset that it was in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Without byte order mark.
    pub text: String,
    /// The charset that it was in.
    pub charset: Charset,
}

/// Reads bytes as text. `None` for what is no text in any charset known here.
pub fn text(bytes: &[u8]) -> Option<Text> {
    let (charset, bytes) = match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => (Charset::Utf32Le, rest),
        [0, 0, 0xfe, 0xff, rest @ ..] => (Charset::Utf32Be, rest),
        [0xff, 0xfe, rest @ ..] => (Charset::Utf16Le, rest),
        [0xfe, 0xff, rest @ ..] => (Charset::Utf16Be, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => (Charset::Utf8, rest),
        _ => (by_zeros(bytes).unwrap_or(Charset::Utf8), bytes),
    };
    // Programs in C end a text with a zero.
    let end = bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let (text, charset) = match charset {
        Charset::Utf16Le => (utf16(bytes, u16::from_le_bytes), charset),
        Charset::Utf16Be => (utf16(bytes, u16::from_be_bytes), charset),
        Charset::Utf32Le => (utf32(bytes, u32::from_le_bytes), charset),
        Charset::Utf32Be => (utf32(bytes, u32::from_be_bytes), charset),
        Charset::Utf8 | Charset::Windows1252 => match std::str::from_utf8(&bytes[..end]) {
            Ok(text) if !text.contains('\0') => (text.to_owned(), Charset::Utf8),
            Ok(_) => return None,
            Err(_) if bytes[..end].iter().any(|byte| is_binary(*byte)) => return None,
            Err(_) => (bytes[..end].iter().map(|byte| windows_1252(*byte)).collect(), Charset::Windows1252),
        },
    };
    Some(Text { text: text.trim_start_matches('\u{feff}').trim_end_matches('\0').to_owned(), charset })
}

// A library for charsets brings the tables of all others: 100 KB of what a browser has to load.

/// What is no character, and a byte that is left over, is U+FFFD.
fn utf16(bytes: &[u8], number: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let decoded = char::decode_utf16(pairs.iter().map(|pair| number(*pair)));
    let mut text: String = decoded.map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    // Half a pair at the end and the byte after it are one: <https://encoding.spec.whatwg.org/#shared-utf-16-decoder>.
    let half = pairs.last().is_some_and(|pair| (0xd800..0xdc00).contains(&number(*pair)));
    if !rest.is_empty() && !half {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// Where Windows-1252 is not ISO 8859-1 (<https://encoding.spec.whatwg.org/index-windows-1252.txt>): from 0x80 to 0x9f.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    let place = byte.checked_sub(0x80).map(usize::from);
    place.and_then(|place| WINDOWS_1252.get(place)).copied().unwrap_or_else(|| char::from(byte))
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let units = bytes.chunks_exact(4).map(|four| number([four[0], four[1], four[2], four[3]]));
    units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Never in text: control characters other than white space, and ESC, which begins a terminal's colours.
fn is_binary(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b) || byte == 0x7f
}

/// UTF-16 and UTF-32 without byte order mark: ASCII leaves zeros in the same places throughout.
fn by_zeros(bytes: &[u8]) -> Option<Charset> {
    let head = &bytes[..bytes.len().min(512) / 4 * 4];
    if head.len() < 8 {
        return None;
    }
    let quarter = head.len() / 4;
    let zeros = |place: usize| head.iter().skip(place).step_by(4).filter(|byte| **byte == 0).count();
    let all = [0, 1, 2, 3].map(|place| zeros(place) * 10 >= quarter * 9);
    let none = [0, 1, 2, 3].map(|place| zeros(place) * 10 <= quarter);
    match (all, none) {
        ([false, true, true, true], [true, ..]) => Some(Charset::Utf32Le),
        ([true, true, true, false], [.., true]) => Some(Charset::Utf32Be),
        ([_, true, _, true], [true, _, true, _]) => Some(Charset::Utf16Le),
        ([true, _, true, _], [_, true, _, true]) => Some(Charset::Utf16Be),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_a_library_for_all_charsets_reads_them() {
        use encoding_rs::{UTF_16BE, UTF_16LE};
        for byte in 0..=u8::MAX {
            let expected = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned();
            assert_eq!(windows_1252(byte).to_string(), expected, "{byte:#x}");
        }
        // Pairs, halves of pairs in each order, and a byte too many.
        let units: [u16; 9] = [0x41, 0xd83d, 0xde00, 0xd83d, 0x42, 0xde00, 0xd83d, 0xd83d, 0xde00];
        for most in 0..=units.len() {
            for more in [&[][..], &[0x41], &[0xd8]] {
                let big = [units[..most].iter().flat_map(|unit| unit.to_be_bytes()).collect(), more.to_vec()].concat();
                let little =
                    [units[..most].iter().flat_map(|unit| unit.to_le_bytes()).collect(), more.to_vec()].concat();
                let expected = UTF_16BE.decode_without_bom_handling(&big).0;
                assert_eq!(utf16(&big, u16::from_be_bytes), expected, "{big:?}");
                let expected = UTF_16LE.decode_without_bom_handling(&little).0;
                assert_eq!(utf16(&little, u16::from_le_bytes), expected, "{little:?}");
            }
        }
    }

    #[test]
    fn each_charset_is_read_with_and_without_its_mark() {
        let word = "Zürich, -----BEGIN CERTIFICATE-----";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let utf32 = |bytes: fn(u32) -> [u8; 4]| word.chars().flat_map(|c| bytes(c as u32)).collect::<Vec<u8>>();
        for (bytes, mark, charset) in [
            (word.as_bytes().to_vec(), vec![0xef, 0xbb, 0xbf], Charset::Utf8),
            (utf16(u16::to_le_bytes), vec![0xff, 0xfe], Charset::Utf16Le),
            (utf16(u16::to_be_bytes), vec![0xfe, 0xff], Charset::Utf16Be),
            (utf32(u32::to_le_bytes), vec![0xff, 0xfe, 0, 0], Charset::Utf32Le),
            (utf32(u32::to_be_bytes), vec![0, 0, 0xfe, 0xff], Charset::Utf32Be),
        ] {
            let expected = Some(Text { text: word.into(), charset });
            assert_eq!(text(&bytes), expected, "{charset:?} without mark");
            assert_eq!(text(&[mark, bytes].concat()), expected, "{charset:?} with mark");
        }
        assert_eq!(
            text(b"L\xf6hne f\xfcr \x80 5"),
            Some(Text { text: "Löhne für € 5".into(), charset: Charset::Windows1252 })
        );
        assert_eq!(text(b"\x30\x82\x03\x11\x00\x01"), None);
        assert_eq!(text(b"a\0b"), None);
    }
}

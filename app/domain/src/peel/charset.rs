//! In which charset a file's text is written.

use super::Layer;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
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
        Charset::Utf16Le => (with(UTF_16LE, bytes), charset),
        Charset::Utf16Be => (with(UTF_16BE, bytes), charset),
        Charset::Utf32Le => (utf32(bytes, u32::from_le_bytes), charset),
        Charset::Utf32Be => (utf32(bytes, u32::from_be_bytes), charset),
        Charset::Utf8 | Charset::Windows1252 => match std::str::from_utf8(&bytes[..end]) {
            Ok(text) if !text.contains('\0') => (text.to_owned(), Charset::Utf8),
            Ok(_) => return None,
            Err(_) if bytes[..end].iter().any(|byte| is_binary(*byte)) => return None,
            Err(_) => (with(WINDOWS_1252, &bytes[..end]), Charset::Windows1252),
        },
    };
    Some(Text { text: text.trim_start_matches('\u{feff}').trim_end_matches('\0').to_owned(), charset })
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
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

//! Names what is no certificate, and what happened to one that is not readable.

use super::{OtherFormat, ReadError};
use crate::certificate::Certificate;
use crate::office::OfficeFile;
use crate::peel;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};

/// A file in which nothing was found.
pub(super) fn name(bytes: &[u8]) -> ReadError {
    let office = OfficeFile::of(bytes).map(OtherFormat::Office);
    let format = office.or(match bytes {
        [b'P', b'K', 3, 4, ..] => Some(OtherFormat::Zip),
        [0x1f, 0x8b, ..] => Some(OtherFormat::Gzip),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(OtherFormat::Pdf),
        [0, 0, 0, 0, b'C', b'E', b'R', b'T', ..] => Some(OtherFormat::SerializedStore),
        _ if bytes.starts_with(b"SQLite format 3\0") => Some(OtherFormat::Sqlite),
        _ => None,
    });
    if let Some(format) = format {
        return ReadError::OtherFormat(format);
    }
    if bytes.is_empty() {
        return ReadError::Empty;
    }
    match peel::text(bytes) {
        Some(text) if text.text.trim().is_empty() => ReadError::Empty,
        Some(text) => in_text(&text.text),
        None if is_text_of_structure(&String::from_utf8_lossy(bytes)) => ReadError::WrittenAsText,
        None => ReadError::Unrecognised,
    }
}

fn in_text(text: &str) -> ReadError {
    let start = text.trim_start();
    let begins = |words: &[&str]| {
        words.iter().any(|word| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
    };
    if is_text_of_structure(text) {
        ReadError::WrittenAsText
    } else if begins(&["<!doctype html", "<html"]) {
        ReadError::OtherFormat(OtherFormat::Html)
    } else if text.parse::<Thumbprint>().is_ok() || text.parse::<Sha256Thumbprint>().is_ok() {
        ReadError::OtherFormat(OtherFormat::Thumbprint)
    } else if text.contains("Signature Algorithm:")
        && (text.contains("Serial Number:") || text.contains("Public Key Algorithm:"))
    {
        ReadError::OtherFormat(OtherFormat::PrintOut)
    } else {
        ReadError::Unrecognised
    }
}

/// DER that was decoded as text in some charset: it begins with a SEQUENCE's tag and a long length, whatever the charset made
/// of that octet, and has control characters that no text has.
fn is_text_of_structure(text: &str) -> bool {
    let mut chars = text.chars();
    let octet = |c: char| {
        // 0x82 in Windows-1252, in the code pages of western consoles (437, 850), and where it was no character at all; then
        // 0x80, 0x81 and 0x83 likewise.
        matches!(c, '\u{201a}' | 'é' | '\u{82}' | char::REPLACEMENT_CHARACTER)
            || matches!(c, '\u{80}' | '\u{81}' | '\u{83}' | '€' | 'Ç' | 'ü' | 'ƒ' | 'â')
    };
    chars.next() == Some('0')
        && chars.next().is_some_and(octet)
        && text.chars().take(256).any(|c| c.is_control() && !c.is_whitespace() || c == char::REPLACEMENT_CHARACTER)
}

/// What happened to a certificate's DER that is not readable. `None` where that cannot be told.
pub(super) fn damage(der: &[u8]) -> Option<String> {
    if der.windows(2).any(|pair| pair == b"\r\n") {
        let mut restored = Vec::with_capacity(der.len());
        for (at, byte) in der.iter().enumerate() {
            if !(*byte == b'\r' && der.get(at + 1) == Some(&b'\n')) {
                restored.push(*byte);
            }
        }
        if Certificate::from_der(&restored).is_ok() {
            return Some("its line ends were converted, as if it were text".into());
        }
    }
    let length = peel::declared_length(der)?;
    (length > der.len()).then(|| format!("it is cut off: {} of its {length} bytes are there", der.len()))
}

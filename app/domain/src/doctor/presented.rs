//! What a client sent as its certificate's thumbprint, and what it meant by it.

use crate::doctor::scan::any_of;
use crate::encoding;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};

/// How the bytes that arrived stand to the certificate's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// 20 bytes, shown as 40 digits: a SHA-1, as it should be in `x5t`.
    Sha1,
    /// 32 bytes, shown as 64 digits: a SHA-256, as it should be in `x5t#S256`.
    Sha256,
    /// 30 or 48 bytes, shown as 60 or 96 digits: the hexadecimal text itself stood in the header and was decoded as if it
    /// were base64url.
    HexAsBase64,
    /// 40 or 64 bytes, shown as 80 or 128 digits: the letters of the hexadecimal text, base64url-encoded. Twice as many
    /// in UTF-16.
    HexText,
    /// Hexadecimal text with colons, a label or a line break, base64url-encoded.
    DecoratedHexText,
    /// The letters of the digest's base64, encoded once more.
    TwiceEncoded,
    /// The digest and a line break or another stray byte behind it.
    StrayBytes,
    /// None of these.
    Other,
    /// The text ends inside the value.
    CutOff,
}

/// A thumbprint as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    /// As the message or the header has it.
    pub text: String,
    /// How it was spelled.
    pub dialect: Dialect,
    /// The SHA-1 that was meant, where it can be told.
    pub sha1: Option<Thumbprint>,
    /// The SHA-256 that was meant, where it can be told.
    pub sha256: Option<Sha256Thumbprint>,
    /// The text that the bytes spell, where they are text.
    pub spells: Option<String>,
}

impl Presented {
    /// Of an error message: hexadecimal of the bytes that arrived.
    pub fn of_message(text: &str, cut_off: bool) -> Self {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).take(400).collect();
        if cut_off {
            return Self { dialect: Dialect::CutOff, ..Self::unknown(&digits) };
        }
        match hex::decode(&digits) {
            Ok(bytes) => Self::of_bytes(&digits, &bytes),
            // Some write colons or spaces into their copy.
            Err(_) => Self::of_spelling(&digits, &digits).unwrap_or_else(|| Self::unknown(&digits)),
        }
    }

    /// Of a header's `x5t` or `x5t#S256`: base64url of the bytes, whatever the alphabet.
    pub fn of_header(text: &str) -> Self {
        match encoding::decode_base64(text) {
            Some(bytes) => Self::of_bytes(text, &bytes),
            // Not base64 at all, for instance with colons: text that was put there as it was.
            None => Self::of_spelling(text, text).unwrap_or_else(|| Self::unknown(text)),
        }
    }

    fn unknown(text: &str) -> Self {
        Self { text: text.chars().take(400).collect(), dialect: Dialect::Other, sha1: None, sha256: None, spells: None }
    }

    fn of_bytes(text: &str, bytes: &[u8]) -> Self {
        let plain = Self::unknown(text);
        if let Some(spelling) = spelled(bytes)
            && let Some(found) = Self::of_spelling(text, &spelling)
        {
            return found;
        }
        if let Ok(digest) = <[u8; 20]>::try_from(bytes) {
            return Self { dialect: Dialect::Sha1, sha1: Some(Thumbprint::from_bytes(digest)), ..plain };
        }
        if let Ok(digest) = <[u8; 32]>::try_from(bytes) {
            return Self { dialect: Dialect::Sha256, sha256: Some(Sha256Thumbprint::from_bytes(digest)), ..plain };
        }
        let again = encoding::base64(bytes);
        if matches!(bytes.len(), 30 | 48) && again.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Self { dialect: Dialect::HexAsBase64, ..plain }.meaning(&again);
        }
        let stray = |digest: usize| {
            bytes.len() > digest && bytes.len() <= digest + 2 && bytes[digest..].iter().all(u8::is_ascii_whitespace)
        };
        if stray(20) || stray(32) {
            let digest = if stray(20) { &bytes[..20] } else { &bytes[..32] };
            return Self { dialect: Dialect::StrayBytes, ..plain }.meaning(&hex::encode(digest));
        }
        plain
    }

    /// Of text that stands where a digest's bytes should.
    fn of_spelling(text: &str, spelling: &str) -> Option<Self> {
        // openssl writes "sha1 Fingerprint=AA:BB:…" and "SHA1(stdin)= aabb…".
        let value = spelling.split_once("= ").or_else(|| spelling.split_once('=').filter(|(_, v)| v.len() >= 27));
        let value = value.map_or(spelling, |(_, value)| value).trim_matches(any_of("\0 \r\n'\""));
        let bare = value.len() == spelling.len();
        let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
        let dialect = match value.len() {
            40 | 64 if is_hex && bare => Dialect::HexText,
            27 | 28 | 43 | 44 if !value.contains(':') => Dialect::TwiceEncoded,
            _ => Dialect::DecoratedHexText,
        };
        let found = Self { dialect, spells: Some(spelling.to_owned()), ..Self::unknown(text) }.meaning(value);
        (found.sha1.is_some() || found.sha256.is_some()).then_some(found)
    }

    fn meaning(mut self, text: &str) -> Self {
        self.sha1 = text.parse().ok();
        self.sha256 = text.parse().ok();
        self
    }

    /// It is a digest in the form that the header wants.
    pub fn is_plain(&self) -> bool {
        matches!(self.dialect, Dialect::Sha1 | Dialect::Sha256)
    }

    /// The certificate with this digest is the one that was meant.
    pub fn means(&self, sha1: Thumbprint, sha256: Sha256Thumbprint) -> bool {
        self.sha1 == Some(sha1) || self.sha256 == Some(sha256)
    }
}

/// The text that bytes are: ASCII, or UTF-16 of ASCII.
fn spelled(bytes: &[u8]) -> Option<String> {
    let printable = |byte: &u8| (b' '..=b'~').contains(byte) || matches!(byte, b'\n' | b'\r' | b'\t');
    if bytes.len() >= 27 && bytes.iter().all(printable) {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    let units: Vec<u8> = bytes.chunks_exact(2).filter(|pair| pair[1] == 0).map(|pair| pair[0]).collect();
    (units.len() >= 40 && units.len() * 2 == bytes.len() && units.iter().all(printable))
        .then(|| String::from_utf8(units).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::base64url;

    const HEX: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";
    const X5T: &str = "pTjQDocn7FgU4vsQezE2N28iaVs";
    const SHA256: &str = "JsyQ-M7PCVVQqT4yvrjKOZZ6xrmya3EynlpCKRuBEA8";

    fn digest() -> Thumbprint {
        HEX.parse().expect("hex")
    }

    #[test]
    fn every_way_to_get_it_wrong_is_named_and_undone() {
        let colons = "A5:38:D0:0E:87:27:EC:58:14:E2:FB:10:7B:31:36:37:6F:22:69:5B";
        let utf16: Vec<u8> = HEX.bytes().flat_map(|byte| [byte, 0]).collect();
        let cases: Vec<(Vec<u8>, Dialect)> = vec![
            (digest().as_bytes().to_vec(), Dialect::Sha1),
            (HEX.into(), Dialect::HexText),
            (HEX.to_lowercase().into(), Dialect::HexText),
            (encoding::decode_base64(HEX).expect("40 digits are base64"), Dialect::HexAsBase64),
            (colons.into(), Dialect::DecoratedHexText),
            (format!("sha1 Fingerprint={colons}\n").into(), Dialect::DecoratedHexText),
            (format!("{HEX}\n").into(), Dialect::DecoratedHexText),
            (utf16, Dialect::HexText),
            (X5T.into(), Dialect::TwiceEncoded),
            (format!("{X5T}=").into(), Dialect::TwiceEncoded),
            ([&digest().as_bytes()[..], b"\n"].concat(), Dialect::StrayBytes),
        ];
        for (bytes, dialect) in cases {
            let shown = hex::encode_upper(&bytes);
            for found in [Presented::of_message(&shown, false), Presented::of_header(&base64url(&bytes))] {
                assert_eq!((found.dialect, found.sha1), (dialect, Some(digest())), "{shown}");
            }
        }
    }

    #[test]
    fn sha256_in_its_forms() {
        let digest: Sha256Thumbprint = SHA256.parse().expect("base64url");
        for (bytes, dialect) in [
            (digest.as_bytes().to_vec(), Dialect::Sha256),
            (digest.hex().into_bytes(), Dialect::HexText),
            (encoding::decode_base64(&digest.hex()).expect("64 digits are base64"), Dialect::HexAsBase64),
            (SHA256.into(), Dialect::TwiceEncoded),
        ] {
            let found = Presented::of_message(&hex::encode_upper(bytes), false);
            assert_eq!((found.dialect, found.sha256), (dialect, Some(digest)));
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in ["", "AB", "zz", &HEX[..38], "Error converting", &"5A".repeat(40)] {
            let found = Presented::of_message(text, false);
            assert_eq!((found.dialect, found.sha1, found.sha256), (Dialect::Other, None, None), "{text}");
        }
        // Half of a value is no value.
        assert_eq!(Presented::of_message(HEX, true).sha1, None);
    }
}

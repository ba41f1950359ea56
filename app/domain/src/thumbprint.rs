//! Thumbprints: digests of a certificate's DER, in each spelling in which Entra, Graph, Key Vault, client libraries and
//! people write them.

use crate::encoding;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// The text is not a thumbprint of this length in hexadecimal, base64 or base64url.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a {kind} thumbprint in hexadecimal or base64")]
pub struct ThumbprintError {
    /// What was to be read, cut short.
    pub text: String,
    /// What it should have been.
    pub kind: &'static str,
}

macro_rules! thumbprint {
    ($(#[$doc:meta])* $name:ident, $digest:ty, $length:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Of a certificate in DER.
            pub fn of(der: &[u8]) -> Self {
                Self(<$digest>::digest(der).into())
            }

            /// The digest itself.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The digest itself.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// Upper-case hexadecimal without separators, as Entra and Windows show it.
            pub fn hex(&self) -> String {
                hex::encode_upper(self.0)
            }

            /// Upper-case hexadecimal in groups of four, to be read by people.
            pub fn grouped_hex(&self) -> String {
                let mut out = String::with_capacity($length * 5 / 2);
                for (at, pair) in self.0.chunks(2).enumerate() {
                    if at > 0 {
                        out.push(' ');
                    }
                    out.push_str(&hex::encode_upper(pair));
                }
                out
            }

            /// Padded base64, as in the app manifest's `customKeyIdentifier`.
            pub fn base64(&self) -> String {
                encoding::base64(&self.0)
            }

            /// Unpadded base64url, as in `x5t` and `x5t#S256` (RFC 7515, sections 4.1.7 and 4.1.8).
            pub fn base64url(&self) -> String {
                encoding::base64url(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.hex())
            }
        }

        impl FromStr for $name {
            type Err = ThumbprintError;

            /// Hexadecimal in either case with spaces, colons, hyphens and invisible characters between digits; base64
            /// and base64url, padded or not.
            fn from_str(text: &str) -> Result<Self, ThumbprintError> {
                from_hex(text)
                    .or_else(|| encoding::decode_base64(text.trim()))
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| ThumbprintError { text: text.chars().take(120).collect(), kind: $kind })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.hex())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

thumbprint! {
    /// SHA-1 of a certificate: the thumbprint that Entra, Windows and `x5t` mean.
    Thumbprint, Sha1, 20, "SHA-1"
}
thumbprint! {
    /// SHA-256 of a certificate: `x5t#S256`.
    Sha256Thumbprint, Sha256, 32, "SHA-256"
}

/// Digits with whatever people's copies carry between them. `None` where anything else is in the text or where the
/// number of digits is that of no thumbprint (28 and 27 characters of base64 can consist of hexadecimal digits only).
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let mut digits = String::with_capacity(64);
    for c in text.chars() {
        match c {
            c if c.is_ascii_hexdigit() => digits.push(c),
            ':' | '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    matches!(digits.len(), 40 | 64).then(|| hex::decode(digits).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The certificate of azure-cli's recording test_create_for_rbac_use_cert_keyvault: Graph's customKeyIdentifier and
    // Key Vault's x5t of the same certificate.
    const HEX: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";
    const X5T: &str = "pTjQDocn7FgU4vsQezE2N28iaVs";

    #[test]
    fn all_spellings_are_one_thumbprint() {
        let expected: Thumbprint = HEX.parse().expect("hex");
        for text in [
            X5T.to_owned(),
            format!("{X5T}="),
            HEX.to_lowercase(),
            "\u{200e}a5 38 d0 0e 87 27 ec 58 14 e2 fb 10 7b 31 36 37 6f 22 69 5b".into(),
            "A5:38:D0:0E:87:27:EC:58:14:E2:FB:10:7B:31:36:37:6F:22:69:5B\n".into(),
        ] {
            assert_eq!(text.parse::<Thumbprint>().expect("a thumbprint"), expected, "{text}");
        }
        assert_eq!(expected.hex(), HEX);
        assert_eq!(expected.base64(), format!("{X5T}="));
        assert_eq!(expected.base64url(), X5T);
        assert_eq!(expected.grouped_hex(), "A538 D00E 8727 EC58 14E2 FB10 7B31 3637 6F22 695B");
    }

    #[test]
    fn the_wrong_length_is_refused() {
        for text in ["", "A538", &HEX[..38], &format!("{HEX}00"), "JsyQ-M7PCVVQqT4yvrjKOZZ6xrmya3EynlpCKRuBEA8", "zzzz"]
        {
            assert!(text.parse::<Thumbprint>().is_err(), "{text}");
        }
        assert!(HEX.parse::<Sha256Thumbprint>().is_err());
        assert!("JsyQ-M7PCVVQqT4yvrjKOZZ6xrmya3EynlpCKRuBEA8".parse::<Sha256Thumbprint>().is_ok());
    }

    #[test]
    fn digests_are_the_published_ones() {
        // FIPS 180-4's example "abc".
        assert_eq!(Thumbprint::of(b"abc").hex(), "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(
            Sha256Thumbprint::of(b"abc").hex(),
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
        );
    }

    #[test]
    fn json_holds_hexadecimal() {
        let thumbprint: Thumbprint = X5T.parse().expect("base64url");
        let json = serde_json::to_string(&thumbprint).expect("json");
        assert_eq!(json, format!("\"{HEX}\""));
        assert_eq!(serde_json::from_str::<Thumbprint>(&json).expect("back"), thumbprint);
    }
}

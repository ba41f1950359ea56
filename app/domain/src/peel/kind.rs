//! What bytes are, told by their beginning.

use std::fmt;
use std::ops::Range;
use x509_parser::asn1_rs::{FromDer, Sequence};
use x509_parser::prelude::{CertificateRevocationList, X509Certificate};
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name, X509Version};

/// Stores of Java programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keystore {
    /// Java's own, before version 9.
    Jks,
    /// Java's own, with stronger encryption.
    Jceks,
    /// Bouncy Castle's own (BKS).
    Bks,
}

/// What a piece is. Told by its content; by its label only where the content is not readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    /// X.509 (RFC 5280), whole or damaged.
    Certificate,
    /// A certificate that is not readable. Who reads it says so; peeling alone does not look.
    Damaged,
    /// CMS or PKCS#7 (RFC 5652).
    Pkcs7,
    /// PKCS#12 (RFC 7292).
    Pkcs12,
    /// In any format, alone.
    PrivateKey {
        /// A password protects it.
        encrypted: bool,
    },
    /// PKCS#10 (RFC 2986).
    SigningRequest,
    /// A CRL (RFC 5280).
    RevocationList,
    /// A public key without certificate.
    PublicKey,
    /// OpenSSH's format.
    SshKey,
    /// A Java program's store.
    Keystore(Keystore),
    /// In an armour with this label.
    Other(String),
}

impl fmt::Display for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jks => "JKS",
            Self::Jceks => "JCEKS",
            Self::Bks => "BKS",
        })
    }
}

/// With its article: "a revocation list".
impl fmt::Display for PieceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate => f.write_str("a certificate"),
            Self::Damaged => f.write_str("a damaged certificate"),
            Self::Pkcs7 => f.write_str("a PKCS#7 structure"),
            Self::Pkcs12 => f.write_str("a PFX"),
            Self::PrivateKey { .. } => f.write_str("a private key"),
            Self::SigningRequest => f.write_str("a signing request"),
            Self::RevocationList => f.write_str("a revocation list"),
            Self::PublicKey => f.write_str("a public key"),
            Self::SshKey => f.write_str("an SSH key"),
            Self::Keystore(kind) => write!(f, "a Java keystore ({kind})"),
            Self::Other(label) => write!(f, "“{label}”"),
        }
    }
}

impl PieceKind {
    /// It is a private key, or is made to hold one.
    pub fn holds_private_key(&self) -> bool {
        matches!(self, Self::PrivateKey { .. } | Self::Pkcs12 | Self::Keystore(_))
    }
}

/// The octets of a DER or BER structure's header, and the length of its content where it is given.
fn header(bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    let [0x30, first, rest @ ..] = bytes else { return None };
    match first {
        0x80 => Some((2, None)),
        short @ 0..0x80 => Some((2, Some(usize::from(*short)))),
        long @ 0x81..=0x84 => {
            let count = usize::from(long & 0x7f);
            let length = rest.get(..count)?.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
            Some((2 + count, Some(length)))
        }
        _ => None,
    }
}

/// How long the SEQUENCE is that the bytes begin with, its header included. `None` where they begin with none, or with one
/// of indefinite length.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let (header, content) = header(bytes)?;
    Some(header + content?)
}

/// Tells what a signed structure is: a certificate, a request, or a revocation list.
pub(super) type Signed = fn(&[u8]) -> PieceKind;

/// Of the three the likely one, with nothing of X.509 read.
pub(super) fn roughly(_: &[u8]) -> PieceKind {
    PieceKind::Certificate
}

/// Not text, and not unknown here.
pub(super) fn is_known(bytes: &[u8]) -> bool {
    of(bytes, roughly).is_some()
}

/// `None` for text, and for what is not known here.
pub(super) fn of(bytes: &[u8], signed: Signed) -> Option<PieceKind> {
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 1 | 2, ..] => return Some(PieceKind::Keystore(Keystore::Jks)),
        [0xce, 0xce, 0xce, 0xce, 0, 0, 0, 1 | 2, ..] => return Some(PieceKind::Keystore(Keystore::Jceks)),
        // Version, then the salt's length: 20 octets.
        [0, 0, 0, 1 | 2, 0, 0, 0, 20, ..] if bytes.len() > 48 => return Some(PieceKind::Keystore(Keystore::Bks)),
        [b'o', b'p', b'e', b'n', b's', b's', b'h', b'-', b'k', b'e', b'y', b'-', b'v', b'1', 0, ..] => {
            return Some(PieceKind::PrivateKey { encrypted: !bytes[15..].starts_with(b"\0\0\0\x04none") });
        }
        _ => {}
    }
    let (length, _) = header(bytes)?;
    let content = &bytes[length..];
    match content {
        // PFX: version 3, then a ContentInfo.
        [0x02, 0x01, 0x03, 0x30, ..] => Some(PieceKind::Pkcs12),
        // ContentInfo (RFC 5652, section 3): the content types of PKCS#7.
        [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, ..] => Some(PieceKind::Pkcs7),
        // PKCS#8 (RFC 5958): version, AlgorithmIdentifier; PKCS#1 (RFC 8017): version, modulus; SEC 1: version 1, octets.
        [0x02, 0x01, 0x00 | 0x01, 0x30 | 0x02 | 0x04, ..] => Some(PieceKind::PrivateKey { encrypted: false }),
        // An AlgorithmIdentifier first. EncryptedPrivateKeyInfo (RFC 5958): of PKCS#5 or PKCS#12, then octets.
        [0x30, _, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, ..]
        | [0x30, _, 0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, ..] => {
            Some(PieceKind::PrivateKey { encrypted: true })
        }
        // SubjectPublicKeyInfo (RFC 5280, section 4.1).
        [0x30, _, 0x06, ..] => Some(PieceKind::PublicKey),
        // RSAPublicKey (RFC 8017, appendix A.1.1): modulus and exponent.
        [0x02, 0x81 | 0x82, ..] if bytes.len() > 64 => Some(PieceKind::PublicKey),
        // What is signed comes first, a SEQUENCE of its own. Two octets of text can look like a short one.
        [0x30, ..] if bytes[1] >= 0x80 => Some(signed(bytes)),
        _ => None,
    }
}

/// By what X.509 makes of it.
pub(super) fn closely(bytes: &[u8]) -> PieceKind {
    if X509Certificate::from_der(bytes).is_ok() {
        PieceKind::Certificate
    } else if is_request(bytes) {
        PieceKind::SigningRequest
    } else if CertificateRevocationList::from_der(bytes).is_ok() {
        PieceKind::RevocationList
    } else {
        PieceKind::Certificate
    }
}

/// CertificationRequest (RFC 2986, section 4). What it asks for, its attributes, is not looked into.
fn is_request(bytes: &[u8]) -> bool {
    let Ok((_, whole)) = Sequence::from_der(bytes) else { return false };
    let Ok((rest, info)) = Sequence::from_der(&whole.content) else { return false };
    let about = X509Version::from_der(&info.content)
        .and_then(|(rest, _)| X509Name::from_der(rest))
        .and_then(|(rest, _)| SubjectPublicKeyInfo::from_der(rest));
    about.is_ok() && AlgorithmIdentifier::from_der(rest).is_ok()
}

/// What is known by words in a text, not by its bytes.
pub(super) fn in_text(text: &str) -> Vec<(PieceKind, Range<usize>)> {
    let mut out = vec![];
    let line = |at: usize| at..text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
    let start = text.len() - text.trim_start().len();
    if ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-", "sk-ssh-"].iter().any(|kind| text[start..].starts_with(kind)) {
        out.push((PieceKind::SshKey, line(start)));
    }
    if let Some(at) = text.find("PuTTY-User-Key-File-") {
        out.push((PieceKind::PrivateKey { encrypted: !text[at..].contains("Encryption: none") }, at..text.len()));
    }
    // A private JSON Web Key (RFC 7518, sections 6.2.2 and 6.3.2).
    if text.contains("\"kty\"") {
        for (at, name) in text.match_indices("\"d\"") {
            let Some(value) = text[at + name.len()..].trim_start().strip_prefix(':').map(str::trim_start) else {
                continue;
            };
            let Some(value) = value.strip_prefix('"') else { continue };
            let length = value.bytes().take_while(|byte| super::lines::is_base64(*byte)).count();
            if length >= 32 {
                let from = text.len() - value.len();
                out.push((PieceKind::PrivateKey { encrypted: false }, from..from + length));
            }
        }
    }
    // XML of .NET (RSAKeyValue): the private exponent.
    if text.contains("<RSAKeyValue") {
        for (at, tag) in text.match_indices("<D>") {
            let from = at + tag.len();
            let length = text[from..].find('<').unwrap_or(text.len() - from);
            if length >= 32 {
                out.push((PieceKind::PrivateKey { encrypted: false }, from..from + length));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_taken_for_a_structure() {
        for text in ["0.0.0.0 is an address, and a long one at that", "00 11 22", "0a0b0c0d", "3082", "hello", ""] {
            assert_eq!(of(text.as_bytes(), closely), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_read_and_never_trusted() {
        assert_eq!(length(&[0x30, 0x03, 1, 2, 3]), Some(5));
        assert_eq!(length(&[0x30, 0x82, 0x01, 0x00]), Some(260));
        assert_eq!(length(&[0x30, 0x80, 0, 0]), None);
        assert_eq!(length(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), Some(0xffff_ffff + 6));
        assert_eq!(length(&[0x30, 0x85, 0, 0, 0, 0, 0]), None);
        assert_eq!(length(&[0x30, 0x82, 0x01]), None);
    }

    #[test]
    fn private_keys_in_other_words_are_seen() {
        let d = "A".repeat(43);
        for text in [
            format!("{{\"kty\":\"RSA\",\"n\":\"x\",\"d\" : \"{d}\"}}"),
            format!("<RSAKeyValue><Modulus>x</Modulus><D>{d}</D></RSAKeyValue>"),
        ] {
            let found = in_text(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].1.clone()], d);
            assert!(found[0].0.holds_private_key());
        }
        assert_eq!(in_text("{\"kty\":\"RSA\",\"n\":\"x\",\"e\":\"AQAB\"}"), []);
    }
}

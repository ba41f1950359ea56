//! The public key of a certificate: its kind and its size.

use serde::{Deserialize, Serialize};
use std::fmt;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

/// Kind and size of a public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicKey {
    /// `bits`: length of the modulus.
    Rsa {
        /// Length of the modulus.
        bits: u32,
    },
    /// On a curve (RFC 5480).
    Ec {
        /// Such as `P-256`; its object identifier where it has no name here.
        curve: String,
    },
    /// RFC 8410.
    Ed25519,
    /// Anything else.
    Other {
        /// The algorithm's name or object identifier.
        name: String,
    },
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA, {bits} bits"),
            Self::Ec { curve } => write!(f, "EC, {curve}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other { name } => f.write_str(name),
        }
    }
}

/// What key it is, and its size. RFC 5280, section 4.1.2.7.
pub fn public_key(info: &SubjectPublicKeyInfo<'_>) -> PublicKey {
    let oid = info.algorithm.algorithm.to_id_string();
    match (oid.as_str(), info.parsed()) {
        // rsaEncryption and, for keys bound to PSS, id-RSASSA-PSS.
        ("1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10", Ok(ParsedKey::RSA(key))) => {
            PublicKey::Rsa { bits: bits(key.modulus) }
        }
        ("1.2.840.113549.1.1.10", _) => pss_key(&info.subject_public_key.data),
        ("1.2.840.10045.2.1", _) => PublicKey::Ec { curve: curve(&info.algorithm) },
        ("1.3.101.112", _) => PublicKey::Ed25519,
        (oid, _) => PublicKey::Other { name: algorithm(oid).unwrap_or(oid).to_owned() },
    }
}

/// Algorithms whose keys, or whose signatures, have one name.
pub(super) fn algorithm(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.113" => "Ed448",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.10046.2.1" | "1.2.840.113549.1.3.1" => "Diffie-Hellman",
        "1.2.840.113549.1.1.7" => "RSA (OAEP)",
        "1.2.643.2.2.19" => "GOST R 34.10-2001",
        "1.2.643.7.1.1.1.1" => "GOST R 34.10-2012, 256 bits",
        "1.2.643.7.1.1.1.2" => "GOST R 34.10-2012, 512 bits",
        // NIST's post-quantum algorithms (FIPS 203, 204, 205; RFC 9881, RFC 9909).
        "2.16.840.1.101.3.4.4.1" => "ML-KEM-512",
        "2.16.840.1.101.3.4.4.2" => "ML-KEM-768",
        "2.16.840.1.101.3.4.4.3" => "ML-KEM-1024",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        "2.16.840.1.101.3.4.3.20" => "SLH-DSA-SHA2-128s",
        "2.16.840.1.101.3.4.3.21" => "SLH-DSA-SHA2-128f",
        "2.16.840.1.101.3.4.3.22" => "SLH-DSA-SHA2-192s",
        "2.16.840.1.101.3.4.3.23" => "SLH-DSA-SHA2-192f",
        "2.16.840.1.101.3.4.3.24" => "SLH-DSA-SHA2-256s",
        "2.16.840.1.101.3.4.3.25" => "SLH-DSA-SHA2-256f",
        "2.16.840.1.101.3.4.3.26" => "SLH-DSA-SHAKE-128s",
        "2.16.840.1.101.3.4.3.27" => "SLH-DSA-SHAKE-128f",
        "2.16.840.1.101.3.4.3.28" => "SLH-DSA-SHAKE-192s",
        "2.16.840.1.101.3.4.3.29" => "SLH-DSA-SHAKE-192f",
        "2.16.840.1.101.3.4.3.30" => "SLH-DSA-SHAKE-256s",
        "2.16.840.1.101.3.4.3.31" => "SLH-DSA-SHAKE-256f",
        "2.16.840.1.101.3.4.3.32" => "HashML-DSA-44",
        "2.16.840.1.101.3.4.3.33" => "HashML-DSA-65",
        "2.16.840.1.101.3.4.3.34" => "HashML-DSA-87",
        _ => return None,
    })
}

/// A key whose algorithm is id-RSASSA-PSS holds the same structure as any RSA key; the parser does not look into it.
fn pss_key(data: &[u8]) -> PublicKey {
    x509_parser::public_key::RSAPublicKey::from_der(data).map_or_else(
        |_| PublicKey::Other { name: "RSA (PSS)".into() },
        |(_, key)| PublicKey::Rsa { bits: bits(key.modulus) },
    )
}

/// Length of an unsigned big-endian number in bits.
fn bits(number: &[u8]) -> u32 {
    let significant = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    let bytes = u32::try_from(significant.len()).unwrap_or(u32::MAX / 8);
    significant.first().map_or(0, |first| bytes * 8 - first.leading_zeros())
}

fn curve(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| Oid::try_from(parameters).ok())
        .map(|oid| oid.to_id_string());
    match oid.as_deref() {
        Some("1.2.840.10045.3.1.7") => "P-256".into(),
        Some("1.3.132.0.34") => "P-384".into(),
        Some("1.3.132.0.35") => "P-521".into(),
        Some("1.3.132.0.10") => "secp256k1".into(),
        Some("1.2.840.10045.3.1.1") => "P-192".into(),
        Some("1.3.132.0.33") => "P-224".into(),
        Some("1.3.36.3.3.2.8.1.1.7") => "brainpoolP256r1".into(),
        Some("1.3.36.3.3.2.8.1.1.11") => "brainpoolP384r1".into(),
        Some("1.3.36.3.3.2.8.1.1.13") => "brainpoolP512r1".into(),
        Some("1.2.156.10197.1.301") => "SM2".into(),
        Some(other) => other.into(),
        None => "explicit parameters".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_ignore_leading_zeros() {
        assert_eq!(bits(&[0, 0x80, 0]), 16);
        assert_eq!(bits(&[0x01]), 1);
        assert_eq!(bits(&[0x7f, 0xff]), 15);
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0, 0]), 0);
    }
}

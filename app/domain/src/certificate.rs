//! One X.509 certificate (RFC 5280) and what it says.

use crate::distinguished_name;
use crate::encoding;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

/// Why bytes are not a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("It is not an X.509 certificate in DER")]
    NotX509,
    #[error("{0} bytes follow after the end of the certificate")]
    TrailingBytes(usize),
}

/// A certificate: its DER, unaltered, and the facts read from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Arc<[u8]>,
    public_key_der: Arc<[u8]>,
    facts: CertificateFacts,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.facts.subject)
            .field("sha1", &self.facts.sha1.hex())
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads exactly one certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::NotX509)?;
        if !rest.is_empty() {
            return Err(CertificateError::TrailingBytes(rest.len()));
        }
        Ok(Self { der: der.into(), public_key_der: parsed.public_key().raw.into(), facts: facts(der, &parsed) })
    }

    pub fn facts(&self) -> &CertificateFacts {
        &self.facts
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The value of `key` in `keyCredentials`: padded base64 of the DER, one line.
    pub fn der_base64(&self) -> String {
        encoding::base64(&self.der)
    }

    pub fn pem(&self) -> String {
        encoding::pem("CERTIFICATE", &self.der)
    }

    /// SubjectPublicKeyInfo in DER.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key_der
    }

    pub fn sha1(&self) -> Thumbprint {
        self.facts.sha1
    }

    pub fn sha256(&self) -> Sha256Thumbprint {
        self.facts.sha256
    }
}

/// What a certificate says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// `CN=payroll, O=Contoso`: attributes in the certificate's order.
    pub subject: String,
    pub common_name: Option<String>,
    pub issuer: String,
    /// Upper-case hexadecimal, two digits a byte, without the sign byte.
    pub serial: String,
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Included in the validity (RFC 5280, section 4.1.2.5).
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    pub public_key: PublicKey,
    /// The name that openssl has for it, for instance `sha256WithRSAEncryption`; else its object identifier.
    pub signature_algorithm: String,
    /// The signature is over a SHA-1 or MD5 digest.
    pub sha1_signature: bool,
    /// Subject and issuer are the same. The signature is not checked: nobody trusts it for being self-signed.
    pub self_signed: bool,
    /// Basic constraints say that it may issue certificates.
    pub is_ca: bool,
    pub sha1: Thumbprint,
    pub sha256: Sha256Thumbprint,
}

impl CertificateFacts {
    /// What people call it: its common name, or else [`CertificateFacts::name`].
    pub fn short_name(&self) -> String {
        self.common_name.clone().unwrap_or_else(|| self.name())
    }

    /// Its subject; where that is empty, the first of its other names; where there is none, its thumbprint. Never empty.
    pub fn name(&self) -> String {
        self.subject.clone()
    }
}

/// Kind and size of a public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicKey {
    /// `bits`: length of the modulus.
    Rsa {
        bits: u32,
    },
    Ec {
        curve: String,
    },
    Ed25519,
    Other {
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

fn facts(der: &[u8], parsed: &X509Certificate<'_>) -> CertificateFacts {
    let (signature_algorithm, sha1_signature) = signature(&parsed.signature_algorithm);
    let serial = parsed.raw_serial();
    let serial = match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        other => other,
    };
    CertificateFacts {
        subject: distinguished_name::text(parsed.subject()),
        common_name: distinguished_name::common_name(parsed.subject()),
        issuer: distinguished_name::text(parsed.issuer()),
        serial: hex::encode_upper(serial),
        not_before: parsed.validity().not_before.to_datetime(),
        not_after: parsed.validity().not_after.to_datetime(),
        public_key: public_key(parsed.public_key()),
        signature_algorithm,
        sha1_signature,
        self_signed: parsed.subject().as_raw() == parsed.issuer().as_raw(),
        is_ca: parsed.is_ca(),
        sha1: Thumbprint::of(der),
        sha256: Sha256Thumbprint::of(der),
    }
}

fn public_key(info: &SubjectPublicKeyInfo<'_>) -> PublicKey {
    let oid = info.algorithm.algorithm.to_id_string();
    match (oid.as_str(), info.parsed()) {
        // rsaEncryption and, for keys bound to PSS, id-RSASSA-PSS.
        ("1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10", Ok(ParsedKey::RSA(key))) => {
            PublicKey::Rsa { bits: bits(key.modulus) }
        }
        ("1.2.840.113549.1.1.10", _) => pss_key(&info.subject_public_key.data),
        ("1.2.840.10045.2.1", _) => PublicKey::Ec { curve: curve(&info.algorithm) },
        ("1.3.101.112", _) => PublicKey::Ed25519,
        ("1.3.101.113", _) => PublicKey::Other { name: "Ed448".into() },
        ("1.2.840.10040.4.1", _) => PublicKey::Other { name: "DSA".into() },
        (oid, _) => PublicKey::Other { name: oid.to_owned() },
    }
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
        Some(other) => other.into(),
        None => "explicit parameters".into(),
    }
}

/// openssl's name for a signature algorithm, and whether its digest is broken.
fn signature(algorithm: &AlgorithmIdentifier<'_>) -> (String, bool) {
    let oid = algorithm.algorithm.to_id_string();
    let (name, weak) = match oid.as_str() {
        "1.2.840.113549.1.1.2" => ("md2WithRSAEncryption", true),
        "1.2.840.113549.1.1.4" => ("md5WithRSAEncryption", true),
        "1.2.840.113549.1.1.5" => ("sha1WithRSAEncryption", true),
        "1.3.14.3.2.29" => ("sha1WithRSA", true),
        "1.2.840.10040.4.3" => ("dsaWithSHA1", true),
        "1.2.840.10045.4.1" => ("ecdsa-with-SHA1", true),
        "1.2.840.113549.1.1.14" => ("sha224WithRSAEncryption", false),
        "1.2.840.113549.1.1.11" => ("sha256WithRSAEncryption", false),
        "1.2.840.113549.1.1.12" => ("sha384WithRSAEncryption", false),
        "1.2.840.113549.1.1.13" => ("sha512WithRSAEncryption", false),
        "1.2.840.113549.1.1.10" => return pss_signature(algorithm),
        "1.2.840.10045.4.3.2" => ("ecdsa-with-SHA256", false),
        "1.2.840.10045.4.3.3" => ("ecdsa-with-SHA384", false),
        "1.2.840.10045.4.3.4" => ("ecdsa-with-SHA512", false),
        "1.3.101.112" => ("ED25519", false),
        "1.3.101.113" => ("ED448", false),
        other => (other, false),
    };
    (name.to_owned(), weak)
}

/// RSASSA-PSS carries its digest in its parameters; without them it is SHA-1 (RFC 4055, section 3.1).
fn pss_signature(algorithm: &AlgorithmIdentifier<'_>) -> (String, bool) {
    use x509_parser::signature_algorithm::SignatureAlgorithm;
    let digest = match SignatureAlgorithm::try_from(algorithm) {
        Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => parameters.hash_algorithm_oid().to_id_string(),
        _ => String::new(),
    };
    let (digest, weak) = match digest.as_str() {
        "1.3.14.3.2.26" => ("SHA-1", true),
        "2.16.840.1.101.3.4.2.1" => ("SHA-256", false),
        "2.16.840.1.101.3.4.2.2" => ("SHA-384", false),
        "2.16.840.1.101.3.4.2.3" => ("SHA-512", false),
        _ => return ("rsassaPss".into(), false),
    };
    (format!("rsassaPss with {digest}"), weak)
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

    #[test]
    fn rubbish_is_no_certificate() {
        assert_eq!(Certificate::from_der(b"").expect_err("nothing"), CertificateError::NotX509);
        assert_eq!(Certificate::from_der(&[0x30, 0x82, 0xff, 0xff]).expect_err("cut off"), CertificateError::NotX509);
    }
}

//! One X.509 certificate (RFC 5280) and what it says.

mod public_key;
mod written;

pub use public_key::PublicKey;
pub use public_key::public_key;
pub use written::ReadCertificate;

use crate::distinguished_name;
use crate::encoding;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use time::OffsetDateTime;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, ParsedExtension};
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::x509::AlgorithmIdentifier;

/// Why bytes are not a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// RFC 5280, section 4.1, does not read it.
    #[error("It is not an X.509 certificate in DER")]
    NotX509,
    /// How many. They are not ignored: two programs could read two different things.
    #[error("{0} bytes follow after the end of the certificate")]
    TrailingBytes(usize),
}

/// A certificate: its DER, unaltered, and the facts read from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Arc<[u8]>,
    public_key_der: Arc<[u8]>,
    facts: Arc<CertificateFacts>,
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
        Ok(Self { der: der.into(), public_key_der: parsed.public_key().raw.into(), facts: facts(der, &parsed).into() })
    }

    /// What it says about itself.
    pub fn facts(&self) -> &CertificateFacts {
        &self.facts
    }

    /// As it came: every thumbprint is over these bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The value of `key` in `keyCredentials`: padded base64 of the DER, one line.
    pub fn der_base64(&self) -> String {
        encoding::base64(&self.der)
    }

    /// `BEGIN CERTIFICATE` (RFC 7468, section 5), lines of 64 characters.
    pub fn pem(&self) -> String {
        encoding::pem("CERTIFICATE", &self.der)
    }

    /// SubjectPublicKeyInfo in DER.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key_der
    }

    /// Over the DER: Entra's `customKeyIdentifier`, and `x5t` in an assertion's header.
    pub fn sha1(&self) -> Thumbprint {
        self.facts.sha1
    }

    /// Over the DER: `x5t#S256` in an assertion's header.
    pub fn sha256(&self) -> Sha256Thumbprint {
        self.facts.sha256
    }
}

/// What a certificate says about itself.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// `CN=payroll, O=Contoso`: attributes in the certificate's order.
    pub subject: String,
    /// The first `CN` of the subject that is not blank.
    pub common_name: Option<String>,
    /// In the form of `subject`.
    pub issuer: String,
    /// Upper-case hexadecimal, two digits a byte, without the sign byte.
    pub serial: String,
    /// The first moment at which it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Included in the validity (RFC 5280, section 4.1.2.5).
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// What signs with it, and how long it is.
    pub public_key: PublicKey,
    /// The name that openssl has for it, for instance `sha256WithRSAEncryption`; else its object identifier.
    pub signature_algorithm: String,
    /// The signature is over a SHA-1 or MD5 digest.
    pub sha1_signature: bool,
    /// Subject and issuer are the same. The signature is not checked: nobody trusts it for being self-signed.
    pub self_signed: bool,
    /// Basic constraints say that it may issue certificates.
    pub is_ca: bool,
    /// The key's algorithm is id-RSASSA-PSS (RFC 4055, section 1.2): it is for signatures with PSS padding alone.
    #[serde(default)]
    pub pss_only: bool,
    /// Purposes of the extended key usage (RFC 5280, section 4.2.1.12), by name where they have one. `None` without that
    /// extension: for any purpose.
    #[serde(default)]
    pub purposes: Option<Vec<String>>,
    /// An extension is in it more than once, against RFC 5280, section 4.2.
    #[serde(default)]
    pub duplicate_extension: bool,
    /// Subject alternative names (RFC 5280, section 4.2.1.6), the first [`MAX_NAMES`] of them.
    #[serde(default)]
    pub alternative_names: Vec<String>,
    /// The subject has an attribute with a value that can be seen.
    #[serde(default = "yes")]
    pub has_subject: bool,
    /// Over the DER.
    pub sha1: Thumbprint,
    /// Over the DER.
    pub sha256: Sha256Thumbprint,
}

/// More alternative names are not kept.
pub const MAX_NAMES: usize = 10;

/// Facts that were written down before the question came up.
fn yes() -> bool {
    true
}

/// id-kp-clientAuth, as in [`CertificateFacts::purposes`].
pub const CLIENT_AUTH: &str = "client authentication";
/// anyExtendedKeyUsage
pub const ANY_PURPOSE: &str = "any purpose";

impl CertificateFacts {
    /// What people call it: its common name, or else [`CertificateFacts::name`].
    pub fn short_name(&self) -> String {
        self.common_name.clone().unwrap_or_else(|| self.name())
    }

    /// Its subject; where that is empty, the first of its other names; where there is none, its thumbprint. Never empty.
    pub fn name(&self) -> String {
        match self.alternative_names.first() {
            _ if self.has_subject => self.subject.clone(),
            Some(name) => name.clone(),
            None => self.sha1.hex(),
        }
    }

    /// It names purposes, and client authentication is not among them. Entra does not look at that.
    pub fn excludes_client_auth(&self) -> bool {
        let allowed = |purpose: &String| [CLIENT_AUTH, ANY_PURPOSE].contains(&purpose.as_str());
        self.purposes.as_ref().is_some_and(|purposes| !purposes.iter().any(allowed))
    }
}

fn facts(der: &[u8], parsed: &X509Certificate<'_>) -> CertificateFacts {
    let (signature_algorithm, sha1_signature) = signature(&parsed.signature_algorithm);
    let extensions = Extensions::of(parsed);
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
        is_ca: extensions.is_ca,
        pss_only: parsed.public_key().algorithm.algorithm.to_id_string() == RSASSA_PSS,
        purposes: extensions.purposes,
        duplicate_extension: extensions.duplicate,
        alternative_names: extensions.names,
        has_subject: distinguished_name::is_visible(parsed.subject()),
        sha1: Thumbprint::of(der),
        sha256: Sha256Thumbprint::of(der),
    }
}

/// id-RSASSA-PSS
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";

/// What the extensions say. One that is there several times counts each time: what it grants is not lost.
#[derive(Default)]
struct Extensions {
    is_ca: bool,
    purposes: Option<Vec<String>>,
    duplicate: bool,
    names: Vec<String>,
}

impl Extensions {
    fn of(parsed: &X509Certificate<'_>) -> Self {
        let mut out = Self::default();
        let mut seen = HashSet::new();
        for extension in parsed.extensions() {
            out.duplicate |= !seen.insert(extension.oid.as_bytes());
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(constraints) => out.is_ca |= constraints.ca,
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    out.purposes.get_or_insert_default().extend(purposes(usage));
                }
                ParsedExtension::SubjectAlternativeName(names) => {
                    out.names.extend(names.general_names.iter().filter_map(general_name));
                }
                _ => {}
            }
        }
        out.names.truncate(MAX_NAMES);
        out
    }
}

fn purposes(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let named = [
        (usage.any, ANY_PURPOSE),
        (usage.server_auth, "server authentication"),
        (usage.client_auth, CLIENT_AUTH),
        (usage.code_signing, "code signing"),
        (usage.email_protection, "mail"),
        (usage.time_stamping, "time stamping"),
        (usage.ocsp_signing, "OCSP signing"),
    ];
    let named = named.into_iter().filter(|(given, _)| *given).map(|(_, name)| name.to_owned());
    named.chain(usage.other.iter().map(Oid::to_id_string)).collect()
}

/// A name that people can read.
fn general_name(name: &GeneralName<'_>) -> Option<String> {
    let text = match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => (*text).to_owned(),
        GeneralName::DirectoryName(name) => distinguished_name::text(name),
        GeneralName::IPAddress([a, b, c, d]) => Ipv4Addr::new(*a, *b, *c, *d).to_string(),
        GeneralName::IPAddress(octets) => Ipv6Addr::from(<[u8; 16]>::try_from(*octets).ok()?).to_string(),
        GeneralName::RegisteredID(oid) => oid.to_id_string(),
        _ => return None,
    };
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    (!text.trim().is_empty()).then_some(text)
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
        "2.16.840.1.101.3.4.3.1" => ("dsa_with_SHA224", false),
        "2.16.840.1.101.3.4.3.2" => ("dsa_with_SHA256", false),
        "2.16.840.1.101.3.4.3.3" => ("dsa_with_SHA384", false),
        "2.16.840.1.101.3.4.3.4" => ("dsa_with_SHA512", false),
        "1.2.840.10045.4.3.1" => ("ecdsa-with-SHA224", false),
        "2.16.840.1.101.3.4.3.13" => ("RSA-SHA3-224", false),
        "2.16.840.1.101.3.4.3.14" => ("RSA-SHA3-256", false),
        "2.16.840.1.101.3.4.3.15" => ("RSA-SHA3-384", false),
        "2.16.840.1.101.3.4.3.16" => ("RSA-SHA3-512", false),
        other => (public_key::algorithm(other).unwrap_or(other), false),
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
    fn rubbish_is_no_certificate() {
        assert_eq!(Certificate::from_der(b"").expect_err("nothing"), CertificateError::NotX509);
        assert_eq!(Certificate::from_der(&[0x30, 0x82, 0xff, 0xff]).expect_err("cut off"), CertificateError::NotX509);
    }
}

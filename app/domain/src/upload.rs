//! What a person uploads: read by content, never by file name.
//!
//! PEM (one or many blocks, any line ends, text around them), DER, base64 of DER without armour, PKCS#7 in PEM and DER,
//! and, with the feature `pkcs12`, PKCS#12. A private key is never kept: [`read`] leaves it out and says so,
//! [`read_public`] refuses the whole upload because of it.

#[cfg(feature = "pkcs12")]
pub mod key;
mod pem;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod pkcs7;

#[cfg(feature = "pkcs12")]
pub use pkcs12::{open_pkcs12_with_key, read_pkcs12};

use crate::certificate::Certificate;
use crate::encoding;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 1 MiB. A chain of certificates is a few kilobytes.
pub const MAX_UPLOAD_BYTES: usize = 1024 * 1024;

/// The form in which the certificate came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    Pem,
    Der,
    /// Base64 of DER without PEM's armour.
    Base64Der,
    Pkcs7,
    Pkcs12,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::Base64Der => "Base64",
            Self::Pkcs7 => "PKCS#7",
            Self::Pkcs12 => "PKCS#12",
        })
    }
}

/// A readable upload: one certificate to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub leaf: Certificate,
    pub container: Container,
    /// A private key was there as well. It is not part of this value.
    pub private_key_left_out: bool,
    /// The other certificates of a chain, as they came.
    pub others: Vec<Certificate>,
    picked_by: PickedBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PickedBy {
    Only,
    /// It issued none of the others.
    Chain,
    /// It belongs to the private key beside it.
    #[cfg(feature = "pkcs12")]
    PrivateKey,
}

impl Upload {
    /// Which certificate of several was taken, and why. `None` where there was only one.
    pub fn choice(&self) -> Option<String> {
        let count = self.others.len() + 1;
        let name = short_name(&self.leaf);
        match self.picked_by {
            PickedBy::Only => None,
            PickedBy::Chain => Some(format!(
                "Of {count} certificates, “{name}” was taken: it is the leaf of the chain, the one that issued none of the others."
            )),
            #[cfg(feature = "pkcs12")]
            PickedBy::PrivateKey => Some(format!(
                "Of {count} certificates, “{name}” was taken: it is the one that the private key belongs to."
            )),
        }
    }
}

fn short_name(certificate: &Certificate) -> String {
    let facts = certificate.facts();
    facts.common_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| facts.subject.clone())
}

/// Why an upload cannot be used. `Display` says what happened, [`ReadError::advice`] what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("There is nothing in it")]
    Empty,
    #[error("It is larger than 1 MiB")]
    TooLarge,
    #[error("It holds a private key and no certificate")]
    PrivateKeyOnly,
    #[error("It holds a private key, which must not leave your machine")]
    PrivateKeyInUpload,
    #[error("It is a PKCS#12 (PFX) file")]
    Pkcs12,
    #[error("The password does not open the file")]
    WrongPassword,
    #[error("It is a certificate signing request, not a certificate")]
    SigningRequest,
    #[error("It is a revocation list, not a certificate")]
    RevocationList,
    #[error("It is a public key without a certificate around it")]
    PublicKeyOnly,
    #[error("It is an SSH key, not a certificate")]
    SshKey,
    #[error("It holds {} certificates that do not form one chain: {}", .subjects.len(), list(.subjects))]
    SeveralLeaves {
        /// Of those that issued none of the others.
        subjects: Vec<String>,
    },
    #[error("There is no certificate in it")]
    NoCertificate,
    #[error("The certificate in it is damaged: {reason}")]
    BadCertificate { reason: String },
    #[error("It is not a certificate in any form known here")]
    Unrecognised,
}

fn list(subjects: &[String]) -> String {
    let mut shown: Vec<String> = subjects.iter().take(3).map(|subject| format!("“{subject}”")).collect();
    if subjects.len() > shown.len() {
        shown.push(format!("and {} more", subjects.len() - shown.len()));
    }
    shown.join(", ")
}

impl ReadError {
    pub fn advice(&self) -> String {
        match self {
            Self::Empty => "Choose another file, or paste the certificate as text.",
            Self::TooLarge => "A certificate is a few kilobytes. Choose the certificate alone.",
            Self::PrivateKeyOnly => "Choose the certificate that belongs to this key, usually a .cer, .crt or .pem file. Keep the key where it is.",
            Self::PrivateKeyInUpload => {
                "It was discarded unread. Upload the certificate alone: openssl x509 -in FILE -out certificate.pem takes it out."
            }
            Self::Pkcs12 => {
                "It is opened only in a browser with WebAssembly, because it holds a private key. Or take the certificate out: openssl pkcs12 -in FILE -nokeys -clcerts -out certificate.pem"
            }
            Self::WrongPassword => "Try again. An empty password counts as a password.",
            Self::SigningRequest => "Send it to your certificate authority, and upload the certificate that comes back.",
            Self::RevocationList => "Choose the certificate itself.",
            Self::PublicKeyOnly => "Entra wants the certificate, which has the public key in it.",
            Self::SshKey => "Entra wants an X.509 certificate. openssl req -x509 -key FILE -out certificate.pem makes one for a key.",
            Self::SeveralLeaves { .. } => "Upload one certificate, alone or with the chain that issued it.",
            Self::NoCertificate => "Choose a file with a certificate, in PEM, DER, base64, PKCS#7 or PKCS#12.",
            Self::BadCertificate { .. } => "Export or copy it again, whole.",
            Self::Unrecognised => "Known forms are PEM, DER, base64, PKCS#7 (.p7b) and PKCS#12 (.pfx).",
        }
        .into()
    }
}

/// Reads an upload in the person's browser.
pub fn read(bytes: &[u8]) -> Result<Upload, ReadError> {
    if bytes.len() > MAX_UPLOAD_BYTES {
        return Err(ReadError::TooLarge);
    }
    let text = as_text(bytes);
    if bytes.is_empty() || text.as_deref().is_some_and(|text| text.trim().is_empty()) {
        return Err(ReadError::Empty);
    }
    if let Some(text) = text {
        if pem::has_armour(&text) {
            return pem::read(&text);
        }
        if let Some(error) = known_text(&text) {
            return Err(error);
        }
        if let Some(der) = encoding::decode_base64(&text).filter(|der| der.first() == Some(&0x30)) {
            let mut upload = read_der(&der)?;
            if upload.container == Container::Der {
                upload.container = Container::Base64Der;
            }
            return Ok(upload);
        }
    }
    read_der(bytes)
}

/// Reads an upload on the server: the same, but a private key anywhere in it is a reason to refuse it all.
pub fn read_public(bytes: &[u8]) -> Result<Upload, ReadError> {
    let upload = read(bytes).map_err(|error| match error {
        ReadError::PrivateKeyOnly => ReadError::PrivateKeyInUpload,
        other => other,
    })?;
    if upload.private_key_left_out { Err(ReadError::PrivateKeyInUpload) } else { Ok(upload) }
}

/// The text of an upload: UTF-8, or UTF-16 with a byte order mark (Windows tools write that).
fn as_text(bytes: &[u8]) -> Option<String> {
    let utf16 = |swap: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| swap([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.trim_start_matches('\u{feff}').to_owned()),
            // PEM may stand among text in an old encoding ("Bag Attributes" with umlauts).
            Err(_) if pem::has_armour_bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Err(_) => None,
        },
    }
}

/// Text that is something well known, but no certificate.
fn known_text(text: &str) -> Option<ReadError> {
    let start = text.trim_start();
    ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"].iter().any(|kind| start.starts_with(kind)).then_some(ReadError::SshKey)
}

/// DER: a certificate, or something else that begins with a SEQUENCE.
fn read_der(der: &[u8]) -> Result<Upload, ReadError> {
    match Certificate::from_der(der) {
        Ok(leaf) => {
            return Ok(Upload {
                leaf,
                container: Container::Der,
                private_key_left_out: false,
                others: vec![],
                picked_by: PickedBy::Only,
            });
        }
        Err(error @ crate::certificate::CertificateError::TrailingBytes(_)) => {
            return Err(ReadError::BadCertificate { reason: error.to_string() });
        }
        Err(crate::certificate::CertificateError::NotX509) => {}
    }
    if let Some(certificates) = pkcs7::certificates(der) {
        return pick(certificates?, Container::Pkcs7, false);
    }
    Err(other_der(der))
}

/// Names what DER that is no certificate is, by its outermost structure.
fn other_der(der: &[u8]) -> ReadError {
    use x509_parser::prelude::{CertificateRevocationList, FromDer, X509CertificationRequest};
    use x509_parser::x509::SubjectPublicKeyInfo;
    if X509CertificationRequest::from_der(der).is_ok() {
        return ReadError::SigningRequest;
    }
    if CertificateRevocationList::from_der(der).is_ok() {
        return ReadError::RevocationList;
    }
    if SubjectPublicKeyInfo::from_der(der).is_ok_and(|(rest, _)| rest.is_empty()) {
        return ReadError::PublicKeyOnly;
    }
    match x509_parser::asn1_rs::Sequence::from_der(der) {
        Ok((_, sequence)) => by_first_member(&sequence.content),
        Err(_) => ReadError::Unrecognised,
    }
}

/// PFX and the private key structures all begin with a small version number, and differ in what follows.
fn by_first_member(content: &[u8]) -> ReadError {
    match content {
        // PFX (RFC 7292): version 3, then a ContentInfo.
        [0x02, 0x01, 0x03, 0x30, ..] => ReadError::Pkcs12,
        // PKCS#8 (RFC 5958): version, AlgorithmIdentifier; PKCS#1 (RFC 8017): version, modulus; SEC 1: version 1, octets.
        [0x02, 0x01, 0x00 | 0x01, 0x30 | 0x02 | 0x04, ..]
        // EncryptedPrivateKeyInfo (RFC 5958): an AlgorithmIdentifier of PKCS#5 or PKCS#12, then octets.
        | [0x30, _, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, ..]
        | [0x30, _, 0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, ..] => ReadError::PrivateKeyOnly,
        // A certificate begins with its own SEQUENCE; it was not readable as one.
        [0x30, ..] => ReadError::BadCertificate { reason: "it is not readable as X.509".into() },
        _ => ReadError::Unrecognised,
    }
}

/// Picks the leaf: the one certificate that issued none of the others.
fn pick(
    mut certificates: Vec<Certificate>,
    container: Container,
    private_key_left_out: bool,
) -> Result<Upload, ReadError> {
    let mut seen = std::collections::HashSet::new();
    certificates.retain(|certificate| seen.insert(certificate.sha256()));
    let leaves: Vec<usize> = (0..certificates.len()).filter(|at| !issued_another(&certificates, *at)).collect();
    match (certificates.len(), leaves.as_slice()) {
        (0, _) => Err(if private_key_left_out { ReadError::PrivateKeyOnly } else { ReadError::NoCertificate }),
        (count, [leaf]) => {
            let leaf = certificates.remove(*leaf);
            let picked_by = if count == 1 { PickedBy::Only } else { PickedBy::Chain };
            Ok(Upload { leaf, container, private_key_left_out, others: certificates, picked_by })
        }
        // Certificates that issued each other in a ring have no leaf.
        (_, leaves) => {
            let subjects = if leaves.is_empty() { (0..certificates.len()).collect() } else { leaves.to_vec() };
            Err(ReadError::SeveralLeaves {
                subjects: subjects.into_iter().map(|at| short_name(&certificates[at])).collect(),
            })
        }
    }
}

fn issued_another(certificates: &[Certificate], at: usize) -> bool {
    let issuer = certificates[at].facts();
    certificates.iter().enumerate().any(|(other, certificate)| {
        let facts = certificate.facts();
        other != at && facts.issuer == issuer.subject && facts.subject != issuer.subject
    })
}

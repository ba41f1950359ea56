//! What the tenant reads out of a certificate. It parses by itself, so that no mistake of the portal hides here.

use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, Pem, X509Certificate};

/// The bytes are not one X.509 certificate, in DER or PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate in DER or PEM")]
pub(crate) struct NotACertificate;

/// The facts of one certificate which sign-in and Graph need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) sha1: [u8; 20],
    pub(crate) sha256: [u8; 32],
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
    /// Relative names in the certificate's order. How Entra orders several is not documented.
    pub(crate) subject: String,
    /// PKCS#1 `RSAPublicKey` in DER; `None` for another kind of key.
    pub(crate) rsa_public_key: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads a stored `key`: DER, or a PEM text (terraform sends the latter).
    pub(crate) fn read(stored: &[u8]) -> Result<Self, NotACertificate> {
        if stored.first() == Some(&0x30) {
            return Self::from_der(stored);
        }
        let text = std::str::from_utf8(stored).map_err(|_| NotACertificate)?;
        // A private key has no business in `key`; Entra's own answer to one is not known.
        if text.contains("PRIVATE KEY") {
            return Err(NotACertificate);
        }
        let pem = Pem::iter_from_buffer(text.trim_start().as_bytes())
            .filter_map(Result::ok)
            .find(|block| block.label == "CERTIFICATE")
            .ok_or(NotACertificate)?;
        Self::from_der(&pem.contents)
    }

    fn from_der(der: &[u8]) -> Result<Self, NotACertificate> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| NotACertificate)?;
        if !rest.is_empty() {
            return Err(NotACertificate);
        }
        let key = parsed.public_key();
        let rsa = matches!(key.parsed(), Ok(x509_parser::public_key::PublicKey::RSA(_)));
        Ok(Self {
            sha1: Sha1::digest(der).into(),
            sha256: Sha256::digest(der).into(),
            not_before: parsed.validity().not_before.to_datetime(),
            not_after: parsed.validity().not_after.to_datetime(),
            subject: parsed.subject().to_string(),
            rsa_public_key: rsa.then(|| key.subject_public_key.data.to_vec()),
        })
    }
}

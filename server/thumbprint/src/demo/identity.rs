//! A certificate and key for a portal that runs for an hour.

use local_tenant::{RsaKeyError, rsa_key};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs8::EncodePrivateKey as _;
use time::{Duration, OffsetDateTime};

/// A self-signed certificate and its RSA key.
pub struct Identity {
    pub certificate_der: Vec<u8>,
    pub certificate_pem: String,
    /// PKCS#8.
    pub key_pem: String,
}

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error(transparent)]
    Key(#[from] RsaKeyError),
    #[error("an RSA key could not be encoded: {0}")]
    Encode(#[from] rsa::pkcs8::Error),
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

impl Identity {
    /// 2048 bits, valid from an hour before `now` for a year.
    pub fn make(common_name: &str, now: OffsetDateTime) -> Result<Self, IdentityError> {
        let key = rsa_key(2048)?.to_pkcs8_der()?;
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&key.as_bytes().to_vec().into(), &PKCS_RSA_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.not_before = now - Duration::hours(1);
        params.not_after = now + Duration::days(365);
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            certificate_der: certificate.der().to_vec(),
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        })
    }
}

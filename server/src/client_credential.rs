//! The portal's own certificate and private key, with which it proves itself to Entra (`private_key_jwt`, RFC 7523).

use crate::entropy::Entropy;
use domain::certificate::Certificate;
use domain::client_assertion::{Algorithm, Assertion, check_key};
use domain::ids::AppId;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt;
use time::{Duration, OffsetDateTime};

/// Entra advises 5 to 10 minutes at most.
const LIFETIME: Duration = Duration::minutes(5);

/// A certificate and its RSA key.
pub struct ClientCredential {
    certificate: Certificate,
    key: RsaKeyPair,
}

#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("there is no certificate in PEM in it")]
    NoCertificate,
    #[error("the certificate cannot be read ({0})")]
    Certificate(String),
    #[error("there is no private key in PEM in it, or it is encrypted")]
    NoKey,
    #[error("the key is not an RSA key of 2048 to 4096 bits ({0})")]
    Key(String),
    #[error("the key does not belong to the certificate")]
    Mismatch,
    #[error("the assertion could not be signed")]
    Signing,
}

impl CredentialError {
    /// The configuration's field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoCertificate | Self::Certificate(_) => "entra.certificate",
            Self::NoKey | Self::Key(_) | Self::Mismatch | Self::Signing => "entra.private_key",
        }
    }
}

impl ClientCredential {
    /// The first certificate of one PEM file, and the first private key (PKCS#8 or PKCS#1) of another.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, CredentialError> {
        let certificate = CertificateDer::from_pem_slice(certificate).map_err(|_| CredentialError::NoCertificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CredentialError::NoKey)?;
        Self::from_der(&certificate, &key)
    }

    pub fn from_der(certificate: &[u8], key: &PrivateKeyDer<'_>) -> Result<Self, CredentialError> {
        let certificate =
            Certificate::from_der(certificate).map_err(|error| CredentialError::Certificate(error.to_string()))?;
        check_key(&certificate.facts().public_key).map_err(|error| CredentialError::Key(error.to_string()))?;
        let key = match key {
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(CredentialError::Key("it is of another kind".into())),
        }
        .map_err(|error| CredentialError::Key(error.to_string()))?;
        // SubjectPublicKeyInfo ends in the key itself, as PKCS#1 has it (RFC 3279, 2.3.1).
        if !certificate.public_key_der().ends_with(key.public().as_ref()) {
            return Err(CredentialError::Mismatch);
        }
        Ok(Self { certificate, key })
    }

    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// A signed client assertion (PS256, `x5t#S256`) for the token endpoint `audience`, good for five minutes.
    pub fn assertion(
        &self,
        client_id: AppId,
        audience: &str,
        now: OffsetDateTime,
        entropy: &dyn Entropy,
    ) -> Result<String, CredentialError> {
        let assertion =
            Assertion::new(&self.certificate, Algorithm::Ps256, client_id, audience, entropy.uuid(), now, LIFETIME);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), assertion.signing_input().as_bytes(), &mut signature)
            .map_err(|_| CredentialError::Signing)?;
        Ok(assertion.with_signature(&signature))
    }
}

impl fmt::Debug for ClientCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredential").field("certificate", self.certificate.facts()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::entropy::OsEntropy;
    use crate::test_certificate;
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

    #[test]
    fn the_signature_is_the_certificates() {
        let (certificate, key) = test_certificate::pem();
        let credential = ClientCredential::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
        let client = "66666666-7777-4888-9999-000000000000".parse().unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let jwt = credential.assertion(client, "https://login.example/token", now, &OsEntropy).unwrap();
        let (input, signature) = jwt.rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, credential.key.public().as_ref());
        public.verify(input.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        let header =
            String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(input.split('.').next().unwrap()).unwrap()).unwrap();
        assert!(header.contains("PS256") && header.contains("x5t#S256"), "{header}");
    }

    #[test]
    fn debug_shows_no_key() {
        let (certificate, key) = test_certificate::pem();
        let credential = ClientCredential::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
        let shown = format!("{credential:?}");
        assert!(shown.contains("certificate") && !shown.contains("RsaKeyPair"), "{shown}");
    }

    #[test]
    fn an_elliptic_curve_key_is_refused_in_words() {
        let (certificate, _) = test_certificate::pem();
        let ec = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let error = ClientCredential::from_pem(certificate.as_bytes(), ec.as_bytes()).unwrap_err();
        assert!(matches!(error, CredentialError::Key(_)), "{error}");
    }
}

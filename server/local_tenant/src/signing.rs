//! The tenant's own signing key: every token it issues is signed with it, and its JWKS publishes it.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{PrivateKey, PublicKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use time::{Duration, OffsetDateTime};

use crate::format::{URL_SAFE_LENIENT, base64, base64url};
use crate::rsa_keys::{RsaKeyError, rsa_key};
use crate::state_file::codec;
use base64::Engine as _;

/// Why a key or certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Generate(#[from] RsaKeyError),
    #[error("an RSA key could not be encoded: {0}")]
    Encode(String),
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

/// An RSA key of `bits`, ready to sign certificates.
pub(crate) fn new_rsa_key(bits: usize) -> Result<(PrivateKey, KeyPair), KeyError> {
    let key = rsa_key(bits)?;
    let pkcs8 = key.to_pkcs8_der().map_err(|e| KeyError::Encode(e.to_string()))?;
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_bytes().to_vec().into(), &PKCS_RSA_SHA256)?;
    Ok((key, pair))
}

/// The key as the state file keeps it.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredKey {
    /// PKCS#1, DER.
    #[serde(with = "codec::base64")]
    key: Vec<u8>,
    #[serde(with = "codec::base64")]
    certificate: Vec<u8>,
}

pub(crate) struct SigningKey {
    /// PKCS#1, DER.
    private_der: Vec<u8>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    public: PublicKey,
    certificate_der: Vec<u8>,
    /// Entra's `kid` equals its `x5t`.
    kid: String,
}

impl SigningKey {
    /// Makes a key and its certificate; `now` dates the latter.
    pub(crate) fn generate(now: OffsetDateTime) -> Result<Self, KeyError> {
        let (key, pair) = new_rsa_key(2048)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "accounts.accesscontrol.windows.net");
        params.not_before = now - Duration::days(30);
        params.not_after = now + Duration::days(5 * 365);
        Self::of(&key, params.self_signed(&pair)?.der().to_vec())
    }

    pub(crate) fn restore(stored: &StoredKey) -> Result<Self, KeyError> {
        let key = PrivateKey::from_pkcs1_der(&stored.key).map_err(|error| KeyError::Encode(error.to_string()))?;
        Self::of(&key, stored.certificate.clone())
    }

    pub(crate) fn stored(&self) -> StoredKey {
        StoredKey { key: self.private_der.clone(), certificate: self.certificate_der.clone() }
    }

    fn of(key: &PrivateKey, certificate_der: Vec<u8>) -> Result<Self, KeyError> {
        let public = PublicKey::from(key);
        let encode = |e: rsa::pkcs1::Error| KeyError::Encode(e.to_string());
        let private_der = key.to_pkcs1_der().map_err(encode)?.as_bytes().to_vec();
        Ok(Self {
            encoding: EncodingKey::from_rsa_der(&private_der),
            private_der,
            decoding: DecodingKey::from_rsa_der(public.to_pkcs1_der().map_err(encode)?.as_bytes()),
            kid: base64url(&Sha1::digest(&certificate_der)),
            public,
            certificate_der,
        })
    }

    /// The claims as a signed JWT (RS256).
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::RS256);
        header.x5t = Some(self.kid.clone());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding)
    }

    /// The claims of a JWT that this key signed; `None` for any other text. Dates are the caller's to check.
    pub(crate) fn open(&self, token: &str) -> Option<Value> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let header: Value = serde_json::from_slice(&URL_SAFE_LENIENT.decode(header).ok()?).ok()?;
        if header["alg"] != "RS256" {
            return None;
        }
        let good = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.decoding, Algorithm::RS256);
        if !good.unwrap_or(false) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_LENIENT.decode(payload).ok()?).ok()
    }

    /// The JSON Web Key Set (RFC 7517) with this one key.
    pub(crate) fn jwks(&self, issuer: &str) -> Value {
        json!({"keys": [{
            "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid,
            "n": base64url(&self.public.n_bytes()),
            "e": base64url(&self.public.e_bytes()),
            "x5c": [base64(&self.certificate_der)],
            "cloud_instance_name": "microsoftonline.com",
            "issuer": issuer,
        }]})
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_token_opens_only_unaltered_and_only_with_its_own_key() {
        let key = SigningKey::generate(OffsetDateTime::UNIX_EPOCH).unwrap();
        let token = key.sign(&json!({"a": 1})).unwrap();
        assert_eq!(key.open(&token).unwrap()["a"], 1);
        let (message, signature) = token.rsplit_once('.').unwrap();
        let other = format!("{}.{}.{signature}", message.split_once('.').unwrap().0, base64url(br#"{"a":2}"#));
        assert_eq!(key.open(&other), None);
        assert_eq!(SigningKey::restore(&key.stored()).unwrap().open(&token).unwrap()["a"], 1);
        let another = SigningKey::generate(OffsetDateTime::UNIX_EPOCH).unwrap();
        assert_eq!(another.open(&token), None);
    }
}

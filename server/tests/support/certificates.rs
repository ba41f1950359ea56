//! Certificates to upload.

#![allow(dead_code, reason = "each test binary uses its part")]

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use std::sync::LazyLock;
use time::OffsetDateTime;
use uuid::Uuid;

/// A self-signed certificate with an RSA key that all share: making one is slow.
pub struct TestCertificate {
    pub pem: String,
    pub der: Vec<u8>,
    pub key_pem: String,
}

static KEY: LazyLock<(Vec<u8>, String)> = LazyLock::new(|| {
    let key = local_tenant::rsa_key(2048).unwrap();
    let pem = key.to_pkcs8_pem(rsa::pkcs8::LineEnding::LF).unwrap();
    (key.to_pkcs8_der().unwrap().as_bytes().to_vec(), pem.to_string())
});

impl TestCertificate {
    /// Valid for a year; no two are the same.
    pub fn new(common_name: &str) -> Self {
        let now = OffsetDateTime::now_utc();
        Self::between(common_name, now - time::Duration::days(1), now + time::Duration::days(364))
    }

    pub fn between(common_name: &str, from: OffsetDateTime, until: OffsetDateTime) -> Self {
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&KEY.0.clone().into(), &PKCS_RSA_SHA256).unwrap();
        Self { key_pem: KEY.1.clone(), ..Self::signed(common_name, from, until, &pair) }
    }

    /// With an elliptic-curve key, which Entra cannot use.
    pub fn elliptic() -> Self {
        let now = OffsetDateTime::now_utc();
        let pair = KeyPair::generate().unwrap();
        Self::signed("elliptic", now - time::Duration::days(1), now + time::Duration::days(364), &pair)
    }

    fn signed(common_name: &str, from: OffsetDateTime, until: OffsetDateTime, pair: &KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.serial_number = Some(rcgen::SerialNumber::from_slice(Uuid::new_v4().as_bytes()));
        params.not_before = from;
        params.not_after = until;
        let certificate = params.self_signed(pair).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().to_vec(), key_pem: pair.serialize_pem() }
    }

    /// As somebody else would add it through Graph.
    pub fn entry(&self) -> Value {
        use base64::Engine as _;
        json!({"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "CN=someone else",
            "key": base64::engine::general_purpose::STANDARD.encode(&self.der)})
    }
}

//! Key pairs for tests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs8::EncodePrivateKey as _;
use time::{Duration, OffsetDateTime};

/// A new self-signed RSA certificate and its private key (PKCS#8), both in PEM; valid from an hour ago for a year.
pub fn pem() -> (String, String) {
    let key = local_tenant::rsa_key(2048).unwrap().to_pkcs8_der().unwrap();
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key.as_bytes().to_vec().into(), &PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::new(vec![]).unwrap();
    let now = OffsetDateTime::now_utc();
    (params.not_before, params.not_after) = (now - Duration::hours(1), now + Duration::days(365));
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

//! Key pairs for tests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::demo::identity::Identity;
use time::OffsetDateTime;

/// A new self-signed RSA certificate and its private key (PKCS#8), both in PEM.
pub fn pem() -> (String, String) {
    let identity = Identity::make("Test", OffsetDateTime::now_utc()).unwrap();
    (identity.certificate_pem, identity.key_pem)
}

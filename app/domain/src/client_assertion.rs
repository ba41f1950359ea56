//! The signed JWT with which an app proves who it is (RFC 7523, section 3;
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>). The signature is made elsewhere: by
//! ring, by WebCrypto, or by Key Vault.

use crate::certificate::{Certificate, PublicKey};
use crate::encoding::base64url;
use crate::ids::AppId;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Value of the form parameter `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Smaller RSA keys are refused (NIST SP 800-131A; Entra's own minimum is not documented).
pub const MIN_RSA_BITS: u32 = 2048;

/// Why no client assertion that Entra takes can be signed with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnfitKey {
    /// Client assertions are RS256 or PS256 (RFC 7518, sections 3.3 and 3.5): both need RSA.
    #[error("client assertions are signed with RSA, and this key is of the kind {key}")]
    NotRsa {
        /// What it is instead.
        key: PublicKey,
    },
    /// Below [`MIN_RSA_BITS`].
    #[error("the RSA key has {bits} bits, and {MIN_RSA_BITS} are the least")]
    TooShort {
        /// Length of the modulus.
        bits: u32,
    },
}

/// Whether client assertions that Entra takes can be signed with this key: the one place for the rule.
pub fn check_key(key: &PublicKey) -> Result<(), UnfitKey> {
    match key {
        PublicKey::Rsa { bits } if *bits < MIN_RSA_BITS => Err(UnfitKey::TooShort { bits: *bits }),
        PublicKey::Rsa { .. } => Ok(()),
        key => Err(UnfitKey::NotRsa { key: key.clone() }),
    }
}

/// How the assertion is signed, and by which thumbprint the certificate is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, certificate named by `x5t`: what older clients send.
    Rs256,
    /// RSASSA-PSS with SHA-256, certificate named by `x5t#S256`: what Entra's documentation asks for.
    Ps256,
}

/// What the token endpoint made of a client assertion (RFC 6749, sections 5.1 and 5.2). The token itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssertionAnswer {
    /// A token was issued: its claims without the signature.
    Issued {
        /// The payload, as JSON that people can read.
        claims: String,
        /// Seconds.
        expires_in: u64,
        /// Entra's `x-ms-request-id`.
        request_id: Option<String>,
    },
    /// Entra refused it.
    Refused {
        /// The whole body, as it came: it has no secrets.
        answer: String,
        /// `error_codes`, such as 700027.
        codes: Vec<u32>,
        /// The same, or the answer's `correlation_id`.
        request_id: Option<String>,
    },
}

/// A client assertion that still needs its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    signing_input: String,
}

impl Assertion {
    /// `audience`: the token endpoint. `lifetime`: Entra recommends 5 to 10 minutes.
    pub fn new(
        certificate: &Certificate,
        algorithm: Algorithm,
        client_id: AppId,
        audience: &str,
        jti: Uuid,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Self {
        let (alg, name, thumbprint) = match algorithm {
            Algorithm::Rs256 => ("RS256", "x5t", certificate.sha1().base64url()),
            Algorithm::Ps256 => ("PS256", "x5t#S256", certificate.sha256().base64url()),
        };
        let header = json!({ "alg": alg, "typ": "JWT", name: thumbprint });
        let now = now.unix_timestamp();
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": jti,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime.whole_seconds(),
        });
        let signing_input =
            format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
        Self { signing_input }
    }

    /// What is signed: `header.payload` (RFC 7515, section 5.1).
    pub fn signing_input(&self) -> &str {
        &self.signing_input
    }

    /// The compact serialisation.
    pub fn with_signature(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.signing_input, base64url(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rsa_of_2048_bits_and_more_signs() {
        for bits in [2048, 3072, 16_384] {
            assert_eq!(check_key(&PublicKey::Rsa { bits }), Ok(()));
        }
        assert_eq!(check_key(&PublicKey::Rsa { bits: 2047 }), Err(UnfitKey::TooShort { bits: 2047 }));
        for key in
            [PublicKey::Ec { curve: "P-256".into() }, PublicKey::Ed25519, PublicKey::Other { name: "DSA".into() }]
        {
            assert_eq!(check_key(&key), Err(UnfitKey::NotRsa { key }));
        }
    }
}

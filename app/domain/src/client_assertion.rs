//! The signed JWT with which an app proves who it is (RFC 7523, section 3;
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>). The signature is made elsewhere: by
//! ring, by WebCrypto, or by Key Vault.

use crate::certificate::Certificate;
use crate::encoding::base64url;
use crate::ids::AppId;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Value of the form parameter `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How the assertion is signed, and by which thumbprint the certificate is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, certificate named by `x5t`: what older clients send.
    Rs256,
    /// RSASSA-PSS with SHA-256, certificate named by `x5t#S256`: what Entra's documentation asks for.
    Ps256,
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
        let header = Map::from_iter([
            ("alg".to_owned(), Value::from(alg)),
            ("typ".to_owned(), Value::from("JWT")),
            (name.to_owned(), Value::from(thumbprint)),
        ]);
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
        let signing_input = format!(
            "{}.{}",
            base64url(Value::Object(header).to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
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

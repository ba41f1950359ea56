//! Proof by a real token request.

use domain::ids::{AppId, ObjectId, TenantId};
use domain::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};

/// Where a client assertion has to go, for signing one in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofTarget {
    /// Object id; absent where the app is not in this tenant.
    pub app: Option<ObjectId>,
    /// The client id: `iss` and `sub` of the assertion.
    pub app_id: AppId,
    /// The app's name.
    pub display_name: String,
    /// The tenant whose token endpoint is asked.
    pub tenant_id: TenantId,
    /// `aud` of the assertion, and where it is sent.
    pub token_endpoint: String,
    /// That is asked for.
    pub scope: String,
    /// SHA-1 thumbprints of the app's `Verify` entries that are in force.
    pub registered: Vec<Thumbprint>,
    /// A write to this app was seen so lately that it may still be on its way.
    pub fresh: bool,
}

/// What the token endpoint answered. The token itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// A token was issued: its claims without the signature.
    Issued {
        /// The payload, as JSON.
        claims: String,
        /// Seconds.
        expires_in: u64,
        /// Entra's `x-ms-request-id`.
        request_id: Option<String>,
    },
    /// Entra refused: the whole answer, for the doctor.
    Refused {
        /// As it came.
        answer: String,
        /// `error_codes`.
        codes: Vec<u32>,
    },
}

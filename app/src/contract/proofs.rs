//! Proof by a real token request.

use super::problem::Problem;
use domain::ids::{AppId, ObjectId, TenantId};
use domain::thumbprint::Thumbprint;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {super::support::desk, super::support::parse};

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

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait ProofsPort: Send + Sync {
    /// What it takes to sign an assertion for the app.
    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem>;
    /// Relays a client assertion to the token endpoint, once. It is neither kept nor logged.
    async fn prove(&self, app: AppId, assertion: &str) -> Result<Proof, Problem>;
    /// Has Key Vault sign a client assertion for the app, with the person's own rights, and relays it.
    async fn prove_with_vault(&self, app: AppId, vault: &str, name: &str, version: &str) -> Result<Proof, Problem>;
}

/// `app`: a client id.
#[server(name = ReadProofTarget, input = GetUrl, prefix = "/api", endpoint = "proof-target")]
pub async fn proof_target(app: String) -> Result<ProofTarget, Problem> {
    desk()?.proof_target(parse("client id", &app)?).await
}

/// Relays an assertion that the browser has signed.
#[server(prefix = "/api", endpoint = "prove")]
pub async fn prove(app: String, assertion: String) -> Result<Proof, Problem> {
    desk()?.prove(parse("client id", &app)?, &assertion).await
}

/// `POST /api/prove-with-vault`: `version` may be empty for the newest.
#[server(prefix = "/api", endpoint = "prove-with-vault")]
pub async fn prove_with_vault(
    app: String,
    vault: String,
    name: String,
    #[server(default)] version: String,
) -> Result<Proof, Problem> {
    desk()?.prove_with_vault(parse("client id", &app)?, &vault, &name, &version).await
}

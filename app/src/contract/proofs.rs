//! Proof by a real token request.

pub use views::data::proofs::*;

/// The port of this resource. Every method checks the viewer's role itself.
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

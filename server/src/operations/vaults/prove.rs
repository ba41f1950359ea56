//! Has the vault sign a client assertion, and sends that: proof without the private key ever leaving the vault.

use crate::operations::vaults::{Opened, check, open};
use crate::operations::{DeskState, proofs};
use crate::person::Person;
use app::contract::problem::Problem;
use app::contract::proofs::Proof;
use domain::certificate::{Certificate, PublicKey};
use domain::client_assertion::{Algorithm, Assertion};
use domain::ids::AppId;
use time::Duration;

/// Entra advises 5 to 10 minutes at most.
const LIFETIME: Duration = Duration::minutes(5);

pub(crate) async fn handle(
    state: &DeskState,
    person: &Person,
    app: AppId,
    vault: &str,
    name: &str,
    version: &str,
) -> Result<Proof, Problem> {
    check(name, version)?;
    let Opened { key_vault, address, token } = open(state, person, vault).await?;
    let bundle = key_vault.certificate(&token, &address, name, version).await?;
    let certificate = Certificate::from_der(&bundle.der).map_err(|error| {
        Problem::new(502, "vault-unreadable", "The vault's certificate could not be read", format!("{error}."))
            .advice("Look at the certificate in the Azure portal.")
    })?;
    if !matches!(certificate.facts().public_key, PublicKey::Rsa { .. }) {
        return Err(Problem::new(
            422,
            "not-rsa",
            "Entra takes no assertion signed with this key",
            format!(
                "The certificate has a key of the kind {}; client assertions need RSA.",
                certificate.facts().public_key
            ),
        )
        .advice("Make a certificate with an RSA key in the vault."));
    }
    state.known(person.viewer.tenant_id, &certificate);
    let endpoint = state.token_endpoint.url(person.viewer.tenant_id);
    let (jti, now) = (state.entropy.uuid(), state.clock.now());
    let assertion = Assertion::new(&certificate, Algorithm::Ps256, app, &endpoint, jti, now, LIFETIME);
    let signature = key_vault.sign_ps256(&token, &address, &bundle, assertion.signing_input().as_bytes()).await?;
    proofs::relay(
        state,
        person,
        app,
        &assertion.with_signature(&signature),
        domain::audit::AuditAction::ProveWithVault,
        Some(certificate.sha1()),
    )
    .await
}

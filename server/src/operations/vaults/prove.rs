//! Has the vault sign a client assertion, and sends that: proof without the private key ever leaving the vault.

use crate::entropy::Entropy;
use crate::keyvault::VaultRefusal;
use crate::operations::proofs::ProofContext;
use crate::operations::proofs::prove::{ProveError, relay};
use crate::operations::vaults::{OpenVaultError, Opened, check, open};
use crate::person::Person;
use domain::audit::AuditAction;
use domain::certificate::{Certificate, CertificateError};
use domain::client_assertion::AssertionAnswer;
use domain::client_assertion::{Algorithm, Assertion, UnfitKey, check_key};
use domain::ids::AppId;
use time::Duration;

/// Entra advises 5 to 10 minutes at most.
const LIFETIME: Duration = Duration::minutes(5);

/// Why nothing was proved with the vault's key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultProofError {
    #[error(transparent)]
    Open(#[from] OpenVaultError),
    #[error(transparent)]
    Vault(#[from] VaultRefusal),
    #[error("the vault's certificate could not be read: {0}")]
    Certificate(CertificateError),
    #[error(transparent)]
    Key(#[from] UnfitKey),
    #[error(transparent)]
    Prove(#[from] ProveError),
}

pub(crate) async fn handle(
    proofs: &ProofContext,
    entropy: &dyn Entropy,
    person: &Person,
    app: AppId,
    (vault, name, version): (&str, &str, &str),
) -> Result<AssertionAnswer, VaultProofError> {
    check(name, version)?;
    let context = &proofs.context;
    let Opened { key_vault, address, token } = open(context, person, vault).await?;
    let bundle = key_vault.certificate(&token, &address, name, version).await?;
    let certificate = Certificate::from_der(&bundle.der).map_err(VaultProofError::Certificate)?;
    check_key(&certificate.facts().public_key)?;
    let tenant = &context.tenant;
    tenant.directory.known(&certificate);
    let endpoint = tenant.token_endpoint.url(tenant.id);
    let (jti, now) = (entropy.uuid(), context.now());
    let assertion = Assertion::new(&certificate, Algorithm::Ps256, app, &endpoint, jti, now, LIFETIME);
    let signature = key_vault.sign_ps256(&token, &address, &bundle, assertion.signing_input().as_bytes()).await?;
    let signed = assertion.with_signature(&signature);
    Ok(relay(proofs, person, app, &signed, AuditAction::ProveWithVault, Some(certificate.sha1())).await?)
}

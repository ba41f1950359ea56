//! `POST /certificates/{name}/create`.

use axum::http::StatusCode;
use serde_json::Value;

use super::{enabled, tags};
use crate::keyvault::error::{Missing, VaultError};
use crate::keyvault::issue::issue;
use crate::keyvault::policy::{KeyType, Policy};
use crate::keyvault::rbac::Action;
use crate::keyvault::show::{object_id, operation};
use crate::keyvault::store::{Vault, VaultCertificate};
use crate::keyvault::{Request, VaultAnswer, issuance};
use crate::state::Tenant;
use time::OffsetDateTime;

/// A certificate, or the next version of one: signed by itself after [`crate::Behaviour::certificate_issuance`].
pub(in crate::keyvault) fn handle(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let resource = format!("/certificates/{name}");
    let sent = if request.body.is_empty() { serde_json::Map::new() } else { request.json()? };
    let tags = tags(&sent)?;
    // First under the lock whether it may be done and from what; then, without it, the slow part.
    let (policy, reused) = request.read(Action::CertificatesCreate, &resource, |vault| {
        vault.check_free(name)?;
        let known = vault.certificate(name, Missing::Certificate).ok();
        let mut policy = known.map_or_else(|| Policy::new("", request.now), |certificate| certificate.policy.clone());
        policy.apply(sent.get("policy").unwrap_or(&Value::Null), request.now)?;
        if policy.subject.is_empty() {
            return Err(VaultError::bad_parameter("Property policy has invalid value\r\n\r\nx509_props.subject"));
        }
        Ok((policy.clone(), known.and_then(|certificate| key_to_reuse(certificate, &policy))))
    })?;
    let mut pending = issue(&policy, reused, request.now + issuance(request.tenant))?;
    let (enabled, tags) = (enabled(&sent).unwrap_or(true), tags.unwrap_or_default());
    match (&mut pending.next, &mut pending.manual) {
        (Some(next), _) => (next.enabled, next.tags) = (enabled, tags),
        (None, Some(manual)) => (manual.enabled, manual.tags) = (enabled, tags),
        (None, None) => {}
    }
    request.write(Action::CertificatesCreate, &resource, |vault| {
        vault.check_free(name)?;
        let request_id = pending.request_id.simple();
        let location = format!(
            "{}/pending?api-version={}&request_id={request_id}",
            object_id(&request.root, "certificates", name),
            request.api_version
        );
        put(vault, name, policy, pending);
        let certificate = vault.certificate(name, Missing::Certificate)?;
        let body = certificate.pending.as_ref().map(|pending| operation(&request.root, certificate, pending));
        Ok(VaultAnswer { status: StatusCode::ACCEPTED, body, location: Some(location), retry_after: Some(0) })
    })
}

/// The same key again, where the policy says so and the key is still of the wanted kind.
fn key_to_reuse(
    certificate: &VaultCertificate,
    policy: &Policy,
) -> Option<std::sync::Arc<crate::keyvault::key::VaultKey>> {
    let key = &certificate.latest()?.key;
    let fits = match policy.kty {
        KeyType::Rsa(bits) => key.bits() == Some(bits),
        KeyType::Elliptic => key.bits().is_none(),
    };
    (policy.reuse_key && fits).then(|| key.clone())
}

fn put(vault: &mut Vault, name: &str, policy: Policy, pending: crate::keyvault::store::Pending) {
    match vault.certificate_mut(name) {
        Ok(certificate) => (certificate.policy, certificate.pending) = (policy, Some(pending)),
        Err(_) => {
            vault.insert(VaultCertificate { name: name.to_owned(), versions: vec![], policy, pending: Some(pending) });
        }
    }
}

/// A new version from the certificate's own policy, at once; by whoever runs the tenant. Its version id.
pub(in crate::keyvault) fn renew(
    tenant: &Tenant,
    vault_name: &str,
    name: &str,
    now: OffsetDateTime,
) -> Result<uuid::Uuid, VaultError> {
    let (policy, reused) = {
        let directory = tenant.read();
        let vault = crate::keyvault::find(&directory, vault_name)?;
        vault.check_free(name)?;
        let certificate = vault.certificate(name, Missing::Certificate)?;
        (certificate.policy.clone(), key_to_reuse(certificate, &certificate.policy))
    };
    let pending = issue(&policy, reused, now)?;
    let id = pending.next.as_ref().map(|version| version.id);
    let id = id.or_else(|| pending.manual.as_ref().map(|manual| manual.id)).unwrap_or_default();
    let mut directory = tenant.write();
    let vault = directory
        .vaults
        .iter_mut()
        .find(|vault| vault.name == vault_name)
        .ok_or_else(|| VaultError::no_vault(vault_name))?;
    vault.check_free(name)?;
    put(vault, name, policy, pending);
    vault.settle(now);
    Ok(id)
}

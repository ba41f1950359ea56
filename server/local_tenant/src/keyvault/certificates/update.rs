//! `PATCH /certificates/{name}/{version?}` (tags, enabled) and `PATCH /certificates/{name}/policy`.

use serde_json::Value;

use super::{enabled, tags};
use crate::keyvault::error::{Missing, VaultError};
use crate::keyvault::path::VersionId;
use crate::keyvault::rbac::Action;
use crate::keyvault::show::{bundle, object_id};
use crate::keyvault::store::missing;
use crate::keyvault::{Request, VaultAnswer};

pub(in crate::keyvault) fn handle(
    request: &Request<'_>,
    name: &str,
    version: Option<VersionId>,
) -> Result<VaultAnswer, VaultError> {
    request.write(Action::CertificatesUpdate, &format!("/certificates/{name}"), |vault| {
        let sent = request.json()?;
        let certificate = vault.certificate_mut(name)?;
        let found = certificate.version_mut(version).ok_or_else(|| missing(name, version, Missing::Certificate))?;
        if let Some(tags) = tags(&sent)? {
            found.tags = tags;
        }
        found.enabled = enabled(&sent).unwrap_or(found.enabled);
        found.updated = request.now;
        if let Some(policy) = sent.get("policy") {
            certificate.policy.apply(policy, request.now)?;
        }
        let (certificate, version) = vault.version(name, version, Missing::Certificate)?;
        Ok(VaultAnswer::ok(bundle(&request.root, certificate, version)))
    })
}

pub(in crate::keyvault) fn policy(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.write(Action::CertificatesUpdate, &format!("/certificates/{name}"), |vault| {
        let sent = request.json()?;
        let certificate = vault.certificate_mut(name)?;
        let mut changed = certificate.policy.clone();
        changed.apply(&Value::Object(sent), request.now)?;
        certificate.policy = changed;
        let id = object_id(&request.root, "certificates", &certificate.name);
        Ok(VaultAnswer::ok(certificate.policy.show(&format!("{id}/policy"))))
    })
}

//! `GET /certificates/{name}/{version?}` and its policy.

use crate::keyvault::error::{Missing, VaultError};
use crate::keyvault::path::VersionId;
use crate::keyvault::rbac::Action;
use crate::keyvault::show::{bundle, object_id};
use crate::keyvault::{Request, VaultAnswer};

pub(in crate::keyvault) fn handle(
    request: &Request<'_>,
    name: &str,
    version: Option<VersionId>,
) -> Result<VaultAnswer, VaultError> {
    request.read(Action::CertificatesRead, &format!("/certificates/{name}"), |vault| {
        let (certificate, version) = vault.version(name, version, Missing::Certificate)?;
        Ok(VaultAnswer::ok(bundle(&request.root, certificate, version)))
    })
}

pub(in crate::keyvault) fn policy(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.read(Action::CertificatesRead, &format!("/certificates/{name}"), |vault| {
        let certificate = vault.certificate(name, Missing::Certificate)?;
        let id = object_id(&request.root, "certificates", &certificate.name);
        Ok(VaultAnswer::ok(certificate.policy.show(&format!("{id}/policy"))))
    })
}

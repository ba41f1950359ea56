//! `GET /certificates` and `GET /certificates/{name}/versions`.

use crate::keyvault::error::{Missing, VaultError};
use crate::keyvault::rbac::Action;
use crate::keyvault::show::{item, object_id, pending_item, version_id};
use crate::keyvault::{Request, VaultAnswer, paging};

/// The latest version of each; those whose first one is pending only on demand.
pub(in crate::keyvault) fn all(request: &Request<'_>) -> Result<VaultAnswer, VaultError> {
    let pending = request.query.get("includePending").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let rows = request.read(Action::CertificatesRead, "", |vault| {
        let shown = vault.certificates.values().filter_map(|certificate| {
            let id = object_id(&request.root, "certificates", &certificate.name);
            let row = match certificate.latest() {
                Some(version) => item(id, version),
                None => pending_item(id, certificate.pending.as_ref().filter(|_| pending)?),
            };
            Some((certificate.name.to_ascii_lowercase(), row))
        });
        Ok(shown.collect())
    })?;
    paging::page(request, "certificates", rows)
}

/// Oldest first.
pub(in crate::keyvault) fn versions(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let rows = request.read(Action::CertificatesRead, &format!("/certificates/{name}"), |vault| {
        let certificate = vault.certificate(name, Missing::Certificate)?;
        let shown = certificate.versions.iter().enumerate().map(|(place, version)| {
            (
                format!("{place:06}"),
                item(version_id(&request.root, "certificates", &certificate.name, version), version),
            )
        });
        Ok(shown.collect())
    })?;
    paging::page(request, &format!("certificates/{name}/versions"), rows)
}

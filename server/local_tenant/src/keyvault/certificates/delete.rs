//! `DELETE /certificates/{name}`: softly. `/deletedcertificates` shows, recovers and purges.

use axum::http::StatusCode;

use crate::keyvault::error::VaultError;
use crate::keyvault::rbac::Action;
use crate::keyvault::show::{bundle, deleted};
use crate::keyvault::store::DeletedCertificate;
use crate::keyvault::{Request, VaultAnswer, paging};

pub(in crate::keyvault) fn handle(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.write(Action::CertificatesDelete, &format!("/certificates/{name}"), |vault| {
        vault.certificate_mut(name)?;
        let place = name.to_ascii_lowercase();
        let Some(certificate) = vault.certificates.remove(&place) else {
            return Err(not_found(name));
        };
        let gone = DeletedCertificate { certificate, deleted: request.now };
        let shown = deleted(&request.root, &gone, true);
        vault.deleted.insert(place, gone);
        Ok(VaultAnswer::ok(shown))
    })
}

pub(in crate::keyvault) fn list(request: &Request<'_>) -> Result<VaultAnswer, VaultError> {
    let rows = request.read(Action::CertificatesRead, "", |vault| {
        Ok(vault.deleted.iter().map(|(place, one)| (place.clone(), deleted(&request.root, one, false))).collect())
    })?;
    paging::page(request, "deletedcertificates", rows)
}

pub(in crate::keyvault) fn get(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.read(Action::CertificatesRead, &format!("/certificates/{name}"), |vault| {
        let found = vault.deleted.get(&name.to_ascii_lowercase()).ok_or_else(|| not_found(name))?;
        Ok(VaultAnswer::ok(deleted(&request.root, found, true)))
    })
}

pub(in crate::keyvault) fn recover(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.write(Action::CertificatesRecover, &format!("/certificates/{name}"), |vault| {
        let found = vault.deleted.remove(&name.to_ascii_lowercase()).ok_or_else(|| not_found(name))?;
        let certificate = found.certificate;
        let shown = certificate.latest().map(|version| bundle(&request.root, &certificate, version));
        vault.insert(certificate);
        Ok(VaultAnswer { status: StatusCode::OK, body: shown, ..VaultAnswer::no_content() })
    })
}

pub(in crate::keyvault) fn purge(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.write(Action::CertificatesPurge, &format!("/certificates/{name}"), |vault| {
        vault.deleted.remove(&name.to_ascii_lowercase()).ok_or_else(|| not_found(name))?;
        Ok(VaultAnswer::no_content())
    })
}

fn not_found(name: &str) -> VaultError {
    VaultError::new(StatusCode::NOT_FOUND, "CertificateNotFound", format!("Deleted Certificate not found: {name}"))
}

//! `/certificates/{name}/pending`: how far a certificate has come, what ends that, and the merge of what another CA signed.
//! Shapes and words from Microsoft's page "Monitor and manage certificate creation"; a pending one of the issuer `Unknown`
//! as recorded (azure-cli, `test_keyvault_pending_certificate`).

use axum::http::StatusCode;
use serde_json::Value;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{enabled, tags};
use crate::format::binary;
use crate::keyvault::error::VaultError;
use crate::keyvault::rbac::Action;
use crate::keyvault::show::{bundle, object_id, operation};
use crate::keyvault::store::{Pending, Vault, VaultCertificate, Version};
use crate::keyvault::{Request, VaultAnswer};

/// Certificates in one `x5c`.
const MOST_IN_CHAIN: usize = 20;

fn none(name: &str) -> VaultError {
    VaultError::new(
        StatusCode::NOT_FOUND,
        "PendingCertificateNotFound",
        format!("Pending certificate not found: {name}"),
    )
}

/// The request that a query may name; another one is not there.
fn find<'v>(
    request: &Request<'_>,
    vault: &'v Vault,
    name: &str,
) -> Result<(&'v VaultCertificate, &'v Pending), VaultError> {
    let certificate = vault.certificates.get(&name.to_ascii_lowercase()).ok_or_else(|| none(name))?;
    let pending = certificate.pending.as_ref().ok_or_else(|| none(name))?;
    match request.query.get("request_id") {
        Some(id) if id != pending.request_id.simple().to_string() => Err(none(name)),
        _ => Ok((certificate, pending)),
    }
}

/// `GET`
pub(in crate::keyvault) fn get(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.read(Action::CertificatesRead, &format!("/certificates/{name}"), |vault| {
        let (certificate, pending) = find(request, vault, name)?;
        let retry_after = pending.next.is_some().then_some(0);
        Ok(VaultAnswer { retry_after, ..VaultAnswer::ok(operation(&request.root, certificate, pending)) })
    })
}

/// `PATCH` with `{"cancellation_requested": true}`: what the issuer `Self` has not signed by then is cancelled when it would be
/// there. Of the issuer `Unknown` the request goes on, until it is merged or deleted.
pub(in crate::keyvault) fn update(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let sent = request.json()?;
    let wanted = sent.get("cancellation_requested").and_then(Value::as_bool);
    let wanted = wanted.ok_or_else(|| {
        VaultError::bad_parameter("Property 'cancellation_requested' is missing or is not a Boolean.")
    })?;
    request.write(Action::CertificatesUpdate, &format!("/certificates/{name}"), |vault| {
        if !find(request, vault, name)?.1.in_progress() {
            return Err(VaultError::bad_parameter("The certificate request is not in progress."));
        }
        if let Some(pending) = vault.certificate_mut(name)?.pending.as_mut() {
            pending.cancellation_requested = wanted;
        }
        let (certificate, pending) = find(request, vault, name)?;
        Ok(VaultAnswer::ok(operation(&request.root, certificate, pending)))
    })
}

/// `DELETE`: the key goes with it. A certificate that has no version by then is gone.
pub(in crate::keyvault) fn delete(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    request.write(Action::CertificatesUpdate, &format!("/certificates/{name}"), |vault| {
        let (certificate, pending) = find(request, vault, name)?;
        let shown = operation(&request.root, certificate, pending);
        let certificate = vault.certificate_mut(name)?;
        certificate.pending = None;
        if certificate.versions.is_empty() {
            vault.certificates.remove(&name.to_ascii_lowercase());
        }
        Ok(VaultAnswer::ok(shown))
    })
}

/// `POST …/merge` with `{"x5c": ["<DER in base64>", …]}`.
pub(in crate::keyvault) fn merge(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let sent = request.json()?;
    let chain = chain(sent.get("x5c"))?;
    let tags = tags(&sent)?;
    request.write(Action::CertificatesCreate, &format!("/certificates/{name}"), |vault| {
        let (certificate, pending) = find(request, vault, name)?;
        let Some(manual) = &pending.manual else {
            return Err(if pending.in_progress() {
                VaultError::new(
                    StatusCode::FORBIDDEN,
                    "Forbidden",
                    format!(
                        "Merge is forbidden on pending object created with issuer : {} while it is in progess.",
                        certificate.policy.issuer
                    ),
                )
            } else {
                none(name)
            });
        };
        let public = manual.key.public_bytes();
        let signed = chain.iter().find(|der| {
            X509Certificate::from_der(der)
                .is_ok_and(|(_, certificate)| *certificate.public_key().subject_public_key.data == public[..])
        });
        let signed = signed.ok_or_else(|| {
            VaultError::bad_parameter(
                "The public key of the end-entity certificate in the specified X.509 certificate content does not match the public part of the specified private key. Please check if certificate is valid.",
            )
        })?;
        let mut version = Version::new(manual.id, signed, manual.key.clone(), &certificate.policy, request.now)
            .map_err(|_| VaultError::bad_parameter("Property x5c has invalid value."))?;
        version.tags = tags.unwrap_or_else(|| manual.tags.clone());
        version.enabled = enabled(&sent).unwrap_or(manual.enabled);
        if let Some(pending) = vault.certificate_mut(name)?.pending.as_mut() {
            pending.manual = None;
        }
        vault.add_version(name, version.clone())?;
        let certificate = vault.certificate_mut(name)?;
        let location =
            format!("{}?api-version={}", object_id(&request.root, "certificates", name), request.api_version);
        let body = Some(bundle(&request.root, certificate, &version));
        Ok(VaultAnswer { status: StatusCode::CREATED, body, location: Some(location), retry_after: None })
    })
}

fn chain(sent: Option<&Value>) -> Result<Vec<Vec<u8>>, VaultError> {
    let wrong = || VaultError::bad_parameter("Property x5c has invalid value.");
    let items = sent.and_then(Value::as_array).filter(|items| (1..=MOST_IN_CHAIN).contains(&items.len()));
    items.ok_or_else(wrong)?.iter().map(|one| one.as_str().and_then(binary).ok_or_else(wrong)).collect()
}

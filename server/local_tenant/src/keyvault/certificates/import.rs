//! `POST /certificates/{name}/import`: a PFX, or PEM with certificate and PKCS#8 key.

use std::sync::Arc;

use p12_keystore::Pkcs12Archive;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::Value;
use uuid::Uuid;
use x509_parser::prelude::{FromDer as _, Pem, X509Certificate};

use super::{enabled, tags};
use crate::certificate::Certificate;
use crate::format::binary;
use crate::keyvault::error::VaultError;
use crate::keyvault::key::VaultKey;
use crate::keyvault::policy::{KeyType, Policy};
use crate::keyvault::rbac::Action;
use crate::keyvault::show::bundle;
use crate::keyvault::store::{VaultCertificate, Version};
use crate::keyvault::{Request, VaultAnswer};

/// A certificate with its private key, out of a file.
struct Opened {
    der: Vec<u8>,
    key: VaultKey,
    pem: bool,
}

pub(in crate::keyvault) fn handle(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let resource = format!("/certificates/{name}");
    request.read(Action::CertificatesImport, &resource, |vault| vault.check_free(name))?;
    let sent = request.json()?;
    let tags = tags(&sent)?.unwrap_or_default();
    let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default();
    let opened = open(text("value"), text("pwd"))?;
    let facts = Certificate::read(&opened.der).map_err(|_| unreadable("It holds no X.509 certificate."))?;
    let mut policy = Policy::new(facts.subject, request.now);
    policy.content_type = if opened.pem { "application/x-pem-file" } else { "application/x-pkcs12" }.into();
    policy.kty = opened.key.bits().map_or(KeyType::Elliptic, KeyType::Rsa);
    if let Some(sent) = sent.get("policy") {
        // Key and subject are the file's own; the rest is as wished.
        let (subject, kty) = (policy.subject.clone(), policy.kty);
        policy.apply(sent, request.now)?;
        (policy.subject, policy.kty) = (subject, kty);
    }
    let mut version = Version::new(Uuid::new_v4(), &opened.der, Arc::new(opened.key), &policy, request.now)
        .map_err(VaultError::internal)?;
    version.tags = tags;
    version.enabled = enabled(&sent).unwrap_or(true);
    request.write(Action::CertificatesImport, &resource, |vault| {
        vault.check_free(name)?;
        let known = vault.certificate_mut(name).ok().map(|certificate| std::mem::take(&mut certificate.versions));
        let versions = known.unwrap_or_default();
        let mut certificate = VaultCertificate { name: name.to_owned(), versions, policy, pending: None };
        vault.insert(certificate.clone());
        vault.add_version(name, version.clone())?;
        certificate.versions.push(version.clone());
        let shown = bundle(&request.root, &certificate, &version);
        Ok(VaultAnswer::ok(shown))
    })
}

fn unreadable(why: &str) -> VaultError {
    VaultError::bad_parameter(format!(
        "The specified PKCS#12/PFX or PEM content could not be imported. Please check if certificate is in valid format and the password is right. {why}"
    ))
}

fn open(value: &str, password: &str) -> Result<Opened, VaultError> {
    let (der, key, pem) = if value.contains("-----BEGIN") {
        from_pem(value)?
    } else {
        let bytes = binary(value).ok_or_else(|| unreadable("Its value is not base64."))?;
        match std::str::from_utf8(&bytes).ok().filter(|text| text.contains("-----BEGIN")) {
            Some(text) => from_pem(text)?,
            None => from_pfx(&bytes, password)?,
        }
    };
    Ok(Opened { der, key, pem })
}

type Parts = (Vec<u8>, VaultKey, bool);

fn from_pfx(bytes: &[u8], password: &str) -> Result<Parts, VaultError> {
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| unreadable(&error.to_string()))?;
    let key = archive.keys.first().ok_or_else(|| unreadable("It holds no private key."))?;
    let key = VaultKey::from_pkcs8(key.key.as_der()).ok_or_else(|| unreadable("Its key is of no supported kind."))?;
    let certificates = archive.certs.iter().map(|bag| bag.cert.as_der().to_vec()).collect();
    Ok((of_key(certificates, &key)?, key, false))
}

fn from_pem(text: &str) -> Result<Parts, VaultError> {
    let (mut key, mut certificates) = (None, vec![]);
    for block in Pem::iter_from_buffer(text.trim_start().as_bytes()).filter_map(Result::ok) {
        match block.label.as_str() {
            "CERTIFICATE" => certificates.push(block.contents),
            "PRIVATE KEY" => key = VaultKey::from_pkcs8(&block.contents),
            "RSA PRIVATE KEY" => {
                let pkcs8 = PrivateKey::from_pkcs1_der(&block.contents).ok().and_then(|key| key.to_pkcs8_der().ok());
                key = pkcs8.and_then(|der| VaultKey::from_pkcs8(der.as_bytes()));
            }
            _ => {}
        }
    }
    let key = key.ok_or_else(|| unreadable("It holds no private key of a supported kind."))?;
    Ok((of_key(certificates, &key)?, key, true))
}

/// The certificate whose public key this is the private one of.
fn of_key(certificates: Vec<Vec<u8>>, key: &VaultKey) -> Result<Vec<u8>, VaultError> {
    let public = key.public_bytes();
    certificates
        .into_iter()
        .find(|der| {
            X509Certificate::from_der(der)
                .is_ok_and(|(_, certificate)| *certificate.public_key().subject_public_key.data == public[..])
        })
        .ok_or_else(|| unreadable("It holds no certificate of its private key."))
}

//! The tenant's own certificate authority, for clients that insist on https.

use std::path::PathBuf;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::TenantError;

/// Serve https with a certificate of an own, freshly made authority.
#[derive(Debug, Clone, Default)]
pub struct HttpsOptions {
    /// Existing folder into which `ca.pem` is written: clients trust the tenant by it. `None` writes nothing;
    /// [`RunningTenant::ca_pem`](crate::RunningTenant::ca_pem) has it too.
    pub ca_dir: Option<PathBuf>,
    /// Names besides `localhost`, `127.0.0.1`, `::1` and `*.vault.localhost` that the certificate is for.
    pub names: Vec<String>,
}

pub(crate) struct Https {
    pub(crate) config: RustlsConfig,
    pub(crate) ca_pem: String,
}

pub(crate) fn prepare(options: &HttpsOptions, now: OffsetDateTime) -> Result<Https, TenantError> {
    let mut ca = CertificateParams::default();
    ca.distinguished_name = rcgen::DistinguishedName::new();
    ca.distinguished_name.push(DnType::CommonName, "Local tenant CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    ca.not_before = now - Duration::hours(1);
    ca.not_after = now + Duration::days(365);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

    let mut names =
        vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned(), "*.vault.localhost".to_owned()];
    names.extend(options.names.iter().cloned());
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, "localhost");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    leaf.not_before = now - Duration::hours(1);
    leaf.not_after = now + Duration::days(365);
    let key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&key, &ca)?;

    let config = config(certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()))?;

    let ca_pem = ca.pem();
    if let Some(folder) = &options.ca_dir {
        let path = folder.join("ca.pem");
        std::fs::write(&path, &ca_pem).map_err(TenantError::write_ca(&path))?;
    }
    Ok(Https { config, ca_pem })
}

/// How a server with this certificate speaks TLS.
pub(crate) fn config(
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
) -> Result<RustlsConfig, TenantError> {
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

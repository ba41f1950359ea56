//! The portal's own end of TLS.

use crate::config::Tls;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::sync::Arc;

/// TLS 1.2 and 1.3, with HTTP/2 where the browser knows it.
///
/// # Errors
/// Where a file cannot be read, holds no PEM, or the key is not the certificate's.
pub async fn read(tls: &Tls) -> io::Result<Arc<ServerConfig>> {
    let certificates = tokio::fs::read(&tls.certificate).await?;
    let key = tokio::fs::read(&tls.private_key).await?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&certificates).collect::<Result<_, _>>().map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(io::Error::other)?;
    let mut config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key).map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

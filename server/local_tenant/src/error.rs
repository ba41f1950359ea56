//! Why a tenant does not start.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::certificate::NotACertificate;
use crate::signing::KeyError;
use crate::state_file::StateFileError;

/// Why a tenant does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TenantError {
    /// Most often another program listens there already.
    #[error("the tenant cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the tenant's CA certificate cannot be written to {}: {source}", path.display())]
    WriteCa { path: PathBuf, source: std::io::Error },
    /// Whoever reaches the control API may do anything.
    #[error("the control API listens on loopback addresses alone, and {address} is none")]
    ControlNotLoopback { address: SocketAddr },
    #[error("the tenant's keys or certificates cannot be made: {0}")]
    Certificates(String),
    /// A seed file that names what is not there, or puts something where it cannot be.
    #[error("the seed: {0}")]
    Seed(String),
    /// Also: another process has it open, or it is another program's.
    #[error("the state file {} cannot be used: {source}", path.display())]
    State { path: PathBuf, source: StateFileError },
    #[error("the tenant's TLS configuration is refused: {0}")]
    Tls(#[from] rustls::Error),
}

impl From<rcgen::Error> for TenantError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificates(error.to_string())
    }
}

impl From<KeyError> for TenantError {
    fn from(error: KeyError) -> Self {
        Self::Certificates(error.to_string())
    }
}

impl From<NotACertificate> for TenantError {
    fn from(error: NotACertificate) -> Self {
        Self::Certificates(error.to_string())
    }
}

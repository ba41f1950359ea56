//! Why a tenant does not start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

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
    /// Whoever has it can pass for Microsoft's hosts towards a program that trusts this CA.
    #[error("{} can be read by others; make it its owner's alone (chmod 600), or delete it for a new one", path.display())]
    CaKeyExposed { path: PathBuf },
    /// It is for programs on this machine.
    #[error("the proxy to Microsoft's names listens on loopback addresses alone, and {address} is none")]
    ProxyNotLoopback { address: SocketAddr },
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
    /// What is handed out at sign-in belongs to all of them, and is kept in one.
    #[error("a state file is for one tenant, and there are several")]
    StateOfSeveral,
    #[error("the tenant's TLS configuration is refused: {0}")]
    Tls(#[from] rustls::Error),
}

impl TenantError {
    /// The file that could not be written.
    pub(crate) fn write_ca(path: &Path) -> impl Fn(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::WriteCa { path: path.clone(), source }
    }
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

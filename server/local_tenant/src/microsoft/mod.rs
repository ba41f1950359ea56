//! The tenant under Microsoft's own host names, for programs that have these built in.
//!
//! Nothing of it exists unless [`TenantOptions::microsoft`](crate::TenantOptions::microsoft) asks for it. It is for this
//! machine alone: the proxy listens on loopback addresses, leads to no other host than the ones in [`clouds`], and the
//! certificates are worth nothing for any other name ([`authority`]). No system store learns of them: a program trusts
//! the tenant, and finds it, by the variables of [`environment`].

mod authority;
pub(crate) mod clouds;
mod environment;
mod hosts;
mod proxy;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use axum_server::Handle;
use time::OffsetDateTime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::TenantError;
use crate::https;
use crate::state::Tenant;
use authority::Authority;
use proxy::Proxy;

/// Answer to Microsoft's own names, through a proxy of the tenant's.
#[derive(Debug, Clone, Default)]
pub struct MicrosoftOptions {
    /// Where the proxy listens: a loopback address. Port 0 takes any free one; `None` is any port of 127.0.0.1.
    pub proxy: Option<SocketAddr>,
    /// Existing folder in which its CA is kept across starts: `microsoft-ca.pem` and, readable by its owner alone,
    /// `microsoft-ca.key`. `None` writes nothing.
    pub ca_dir: Option<PathBuf>,
}

/// How programs reach a tenant by Microsoft's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicrosoftAccess {
    /// `http://127.0.0.1:1234`: for `HTTPS_PROXY`.
    pub proxy_url: String,
    /// Certificate of the CA, in PEM.
    pub ca_pem: String,
    /// The file that has it; `None` without [`MicrosoftOptions::ca_dir`].
    pub ca_file: Option<PathBuf>,
}

/// What is bound for it, not served yet.
pub(crate) struct Microsoft {
    proxy: Proxy,
    tls: TcpListener,
    config: axum_server::tls_rustls::RustlsConfig,
    pub(crate) access: MicrosoftAccess,
}

impl Microsoft {
    pub(crate) fn bind(options: &MicrosoftOptions, now: OffsetDateTime) -> Result<Self, TenantError> {
        let proxy = Proxy::bind(options.proxy.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
        let authority = Authority::open(options.ca_dir.as_deref(), now)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let failed = |source| TenantError::Listen { address, source };
        let tls = TcpListener::bind(address).map_err(failed)?;
        tls.set_nonblocking(true).map_err(failed)?;
        let (chain, key) = authority.leaf(now)?;
        let access = MicrosoftAccess {
            proxy_url: proxy.url(),
            ca_pem: authority.pem().to_owned(),
            ca_file: options.ca_dir.as_deref().map(authority::certificate_file),
        };
        Ok(Self { proxy, tls, config: https::config(chain, key)?, access })
    }

    /// Serves the proxy, and behind it the tenant under each name.
    pub(crate) fn serve(
        self,
        tenant: &Arc<Tenant>,
        handle: &Handle<SocketAddr>,
        running: oneshot::Receiver<()>,
    ) -> Result<[JoinHandle<std::io::Result<()>>; 2], TenantError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let failed = |source| TenantError::Listen { address, source };
        let behind = self.tls.local_addr().map_err(failed)?;
        let service = axum::ServiceExt::<axum::extract::Request>::into_make_service(hosts::routes(tenant));
        let server = axum_server::from_tcp_rustls(self.tls, self.config).map_err(failed)?.handle(handle.clone());
        Ok([tokio::spawn(server.serve(service)), self.proxy.serve(behind, tenant.clone(), running)?])
    }
}

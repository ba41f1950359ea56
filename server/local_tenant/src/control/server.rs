//! The control API's own listener.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum_server::Handle;
use tokio::task::JoinHandle;

use super::api;
use crate::TenantError;
use crate::state::Tenant;

/// A bound address, not served yet.
pub(crate) struct ControlListener {
    address: SocketAddr,
    tcp: TcpListener,
}

impl ControlListener {
    /// Loopback addresses alone: whoever reaches it may do anything.
    pub(crate) fn bind(address: SocketAddr) -> Result<Self, TenantError> {
        if !address.ip().is_loopback() {
            return Err(TenantError::ControlNotLoopback { address });
        }
        let failed = |source| TenantError::Listen { address, source };
        let tcp = TcpListener::bind(address).map_err(failed)?;
        tcp.set_nonblocking(true).map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self { address, tcp })
    }

    /// Without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn serve(
        self,
        tenant: Arc<Tenant>,
        handle: Handle<SocketAddr>,
    ) -> Result<JoinHandle<std::io::Result<()>>, TenantError> {
        let failed = |source| TenantError::Listen { address: self.address, source };
        let server = axum_server::from_tcp(self.tcp).map_err(failed)?.handle(handle);
        Ok(tokio::spawn(server.serve(api::routes(tenant).into_make_service())))
    }
}

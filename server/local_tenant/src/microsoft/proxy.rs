//! An HTTP proxy (RFC 9110, section 9.3.6) that leads Microsoft's hosts to the tenant, and no other host anywhere: nothing
//! that a program sends by it leaves the machine.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::clouds::find;
use crate::TenantError;
use crate::running::GRACE;
use crate::state::Tenant;

/// Of a request's head.
const MOST_BYTES: usize = 16 * 1024;
const MOST_CONNECTIONS: usize = 512;
/// How long a client may take to say where it wants to.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two attempts while the machine gives out no more connections.
const PAUSE: Duration = Duration::from_secs(1);

/// A bound address, not served yet.
pub(super) struct Proxy {
    address: SocketAddr,
    tcp: StdListener,
}

impl Proxy {
    /// Loopback addresses alone: others on the network have no business here.
    pub(super) fn bind(address: SocketAddr) -> Result<Self, TenantError> {
        if !address.ip().is_loopback() {
            return Err(TenantError::ProxyNotLoopback { address });
        }
        let failed = |source| TenantError::Listen { address, source };
        let tcp = StdListener::bind(address).map_err(failed)?;
        tcp.set_nonblocking(true).map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self { address, tcp })
    }

    /// Without a slash at the end.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to `behind` until the other end of `running` is dropped.
    pub(super) fn serve(
        self,
        behind: SocketAddr,
        tenant: Arc<Tenant>,
        mut running: oneshot::Receiver<()>,
    ) -> Result<JoinHandle<io::Result<()>>, TenantError> {
        let failed = |source| TenantError::Listen { address: self.address, source };
        let listener = TcpListener::from_std(self.tcp).map_err(failed)?;
        tracing::info!(address = %self.address, "the local tenant's proxy is listening");
        Ok(tokio::spawn(async move {
            // Tunnels are tasks of this set: they end with it.
            let mut tunnels = JoinSet::new();
            tokio::select! {
                () = accept(&listener, behind, &tenant, &mut tunnels) => {}
                _ = &mut running => {}
            }
            drop(listener);
            // Requests under way may finish.
            let _ = tokio::time::timeout(GRACE, async { while tunnels.join_next().await.is_some() {} }).await;
            Ok(())
        }))
    }
}

async fn accept(listener: &TcpListener, behind: SocketAddr, tenant: &Arc<Tenant>, tunnels: &mut JoinSet<()>) {
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    while let Ok(permit) = free.clone().acquire_owned().await {
        let client = tokio::select! {
            accepted = listener.accept() => accepted,
            // What has ended is not kept.
            Some(_) = tunnels.join_next() => continue,
        };
        let Ok((client, _)) = client else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let tenant = tenant.clone();
        tunnels.spawn(async move {
            if let Err(error) = lead(client, behind, &tenant).await {
                tracing::debug!(%error, "a tunnel ended");
            }
            drop(permit);
        });
    }
}

async fn lead(mut client: TcpStream, behind: SocketAddr, tenant: &Tenant) -> io::Result<()> {
    let head = tokio::time::timeout(PATIENCE, head(&mut client)).await??;
    let refusal = match wanted(&head) {
        Ok(()) => {
            let mut server = TcpStream::connect(behind).await?;
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            tokio::io::copy_bidirectional(&mut client, &mut server).await?;
            return Ok(());
        }
        Err(refusal) => refusal,
    };
    tracing::warn!(wanted = refusal.wanted, "the proxy leads to Microsoft's hosts alone");
    tenant.not_simulated.note("CONNECT", &refusal.wanted, tenant.now());
    let answer = format!(
        "HTTP/1.1 {}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n{}: {}\r\n\r\n{}",
        refusal.status,
        refusal.words.len(),
        crate::not_simulated::HEADER,
        refusal.wanted,
        refusal.words
    );
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}

/// The head of a request, up to its empty line. A client says no more before it is answered.
async fn head(client: &mut TcpStream) -> io::Result<String> {
    let mut head = vec![];
    let mut some = [0; 2048];
    while !head.ends_with(b"\r\n\r\n") {
        let count = client.read(&mut some).await?;
        if count == 0 || head.len() + count > MOST_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.extend_from_slice(&some[..count]);
    }
    String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData.into())
}

struct Refusal {
    status: &'static str,
    wanted: String,
    words: String,
}

/// Whether the request is for a tunnel to one of the hosts, at its https port.
fn wanted(head: &str) -> Result<(), Refusal> {
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let wanted: String = target.chars().filter(|c| !c.is_control()).take(300).collect();
    if method != "CONNECT" {
        let words =
            "This is the local tenant's proxy: it takes CONNECT, for https, and nothing else. Nothing was sent.\n";
        return Err(Refusal { status: "405 Method Not Allowed", wanted, words: words.into() });
    }
    if target.strip_suffix(":443").and_then(find).is_some() {
        return Ok(());
    }
    let words = format!(
        "The local tenant stands in for Microsoft's hosts of sign-in, Graph, Resource Manager and Key Vault alone; {wanted} is none of them. Nothing was sent.\n"
    );
    Err(Refusal { status: "403 Forbidden", wanted, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tunnels_to_microsofts_hosts_are_let_through() {
        assert!(wanted("CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: x\r\n\r\n").is_ok());
        for other in [
            "CONNECT graph.microsoft.com:80 HTTP/1.1",
            "CONNECT graph.microsoft.com HTTP/1.1",
            "CONNECT pypi.org:443 HTTP/1.1",
            "CONNECT 127.0.0.1:443 HTTP/1.1",
            "CONNECT graph.microsoft.com@pypi.org:443 HTTP/1.1",
            "GET http://graph.microsoft.com/ HTTP/1.1",
            "GET / HTTP/1.1",
            "",
        ] {
            assert!(wanted(other).is_err(), "{other}");
        }
    }
}

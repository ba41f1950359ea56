//! An HTTP proxy (RFC 9110, CONNECT) that leads every host to the tenant: clients find `*.vault.localhost` by it on a
//! machine whose resolver does not know that name.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Its URL. It ends with the runtime.
pub async fn start(tenant: SocketAddr) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(lead(client, tenant));
        }
    });
    format!("http://{address}")
}

async fn lead(client: TcpStream, tenant: SocketAddr) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let mut line = String::new();
    client.read_line(&mut line).await?;
    let wanted = line.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).map(str::to_owned);
    while line != "\r\n" && !line.is_empty() {
        line.clear();
        client.read_line(&mut line).await?;
    }
    // Nothing else leaves the machine by this way.
    let ours = wanted.is_some_and(|host| host.ends_with(&format!("localhost:{}", tenant.port())));
    if !ours {
        return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
    }
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut server = TcpStream::connect(tenant).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

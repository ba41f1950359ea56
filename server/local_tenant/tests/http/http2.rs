//! HTTP/2 over TLS, where a client offers it (RFC 9113, section 3.2).

use std::sync::Arc;

use local_tenant::{HttpsOptions, Seed, TenantOptions};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::CLIENT;

#[tokio::test]
async fn a_client_that_offers_http2_gets_it_and_others_http1() {
    let _ = &*CLIENT;
    let https = Some(HttpsOptions::default());
    let options = TenantOptions { seed: Seed::Empty, https, ..TenantOptions::default() };
    let tenant = local_tenant::start(options).await.unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(tenant.ca_pem().unwrap().as_bytes()).unwrap()).unwrap();
    let connect = async |protocols: &[&[u8]]| {
        let mut config = rustls::ClientConfig::builder().with_root_certificates(roots.clone()).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let tcp = TcpStream::connect(tenant.base_url().replace("https://localhost", "127.0.0.1")).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap()
    };
    let chosen =
        |stream: &tokio_rustls::client::TlsStream<TcpStream>| stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
    assert_eq!(chosen(&connect(&[b"http/1.1"]).await).as_deref(), Some(&b"http/1.1"[..]));
    assert_eq!(chosen(&connect(&[]).await), None);

    let stream = connect(&[b"h2", b"http/1.1"]).await;
    assert_eq!(chosen(&stream).as_deref(), Some(&b"h2"[..]));
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let url = format!("{}/{}/v2.0/.well-known/openid-configuration", tenant.base_url(), tenant.tenant_id());
    // Two at once on one connection.
    let mut ask = || client.send_request(http_get(&url), true).unwrap().0;
    let (first, second) = tokio::join!(ask(), ask());
    for answer in [first.unwrap(), second.unwrap()] {
        assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_2));
        let mut body = answer.into_body();
        let mut text = vec![];
        while let Some(part) = body.data().await {
            text.extend_from_slice(&part.unwrap());
        }
        let document: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(document["issuer"], format!("{}/{}/v2.0", tenant.base_url(), tenant.tenant_id()));
    }
    connection.abort();
}

fn http_get(url: &str) -> axum::http::Request<()> {
    axum::http::Request::get(url).body(()).unwrap()
}

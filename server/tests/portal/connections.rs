//! What strangers do with connections who want the portal to stop: say nothing, half of something, or take no answer.

use crate::support::TestPortal;
use bytes::Bytes;
use rustls::pki_types::ServerName;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How long the portals of these tests wait for anything.
const PATIENCE: Duration = Duration::from_millis(400);
/// What they may take over it on a machine that has much to do. Without deadlines nothing ever comes.
const MOST: Duration = Duration::from_secs(8);

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A SETTINGS frame without any, of RFC 9113, section 6.5.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

async fn from(portal: &TestPortal, last: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0))).unwrap();
    socket.connect(portal.portal.address()).await.unwrap()
}

/// Whether the other side ends it, be it with a FIN or a reset; what came before is in `said`.
async fn ends(stream: &mut (impl AsyncRead + Unpin), said: &mut Vec<u8>) -> bool {
    timeout(MOST, stream.read_to_end(said)).await.is_ok()
}

async fn said_to(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), words: &str) -> String {
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut said = vec![];
    ends(stream, &mut said).await;
    String::from_utf8_lossy(&said).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: portal\r\naccept: text/html\r\nconnection: close\r\n\r\n")
}

/// What a stranger opens a connection with, and says no more.
fn openings() -> [(&'static str, Vec<u8>); 6] {
    [
        ("nothing", vec![]),
        ("one byte", b"G".to_vec()),
        ("half a preface", PREFACE[..12].to_vec()),
        ("a preface and settings", [PREFACE, SETTINGS].concat()),
        ("half a head", b"GET / HTTP/1.1\r\nhost: portal\r\n".to_vec()),
        ("half a body", b"POST /api/push HTTP/1.1\r\nhost: portal\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\na".to_vec()),
    ]
}

async fn impatient() -> TestPortal {
    TestPortal::start_with(|config| {
        config.connections.head = PATIENCE;
        config.connections.receive = PATIENCE;
        config.connections.stalled = PATIENCE;
    })
    .await
}

#[tokio::test]
async fn who_says_nothing_or_half_of_something_is_cut_off() {
    let portal = impatient().await;
    for (what, opening) in openings() {
        let mut stream = from(&portal, 1).await;
        stream.write_all(&opening).await.unwrap();
        assert!(ends(&mut stream, &mut vec![]).await, "{what}: it was left open");
    }
    let mut again = from(&portal, 1).await;
    assert!(said_to(&mut again, &get("/health/live")).await.ends_with("alive\n"));
    let mut idle = from(&portal, 1).await;
    let kept = get("/health/live").replace("connection: close\r\n", "");
    idle.write_all(kept.as_bytes()).await.unwrap();
    let mut said = vec![0; 4096];
    let length = idle.read(&mut said).await.unwrap();
    assert!(said[..length].ends_with(b"alive\n"), "the first one was answered");
    idle.write_all(&kept.as_bytes()[..20]).await.unwrap();
    assert!(ends(&mut idle, &mut vec![]).await, "half a second head");
}

#[derive(Debug)]
struct TrustsAll(Arc<rustls::crypto::CryptoProvider>);

impl rustls::client::danger::ServerCertVerifier for TrustsAll {
    fn verify_server_cert(
        &self,
        _: &rustls::pki_types::CertificateDer<'_>,
        _: &[rustls::pki_types::CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &rustls::pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &rustls::pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[tokio::test]
async fn so_is_who_does_it_inside_tls_or_before_it() {
    let portal = TestPortal::start_over_tls(|config| {
        config.connections.head = PATIENCE;
        config.connections.receive = PATIENCE;
    })
    .await;
    // The record of a hello, of which the rest does not come.
    for (what, opening) in [("nothing", &b""[..]), ("one byte", &[22]), ("half a hello", &[22, 3, 1, 2, 0, 1])] {
        let mut stream = from(&portal, 1).await;
        stream.write_all(opening).await.unwrap();
        assert!(ends(&mut stream, &mut vec![]).await, "{what} of TLS: it was left open");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut client = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TrustsAll(provider)))
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    for (what, opening) in openings() {
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = connector.connect(name, from(&portal, 1).await).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        stream.write_all(&opening).await.unwrap();
        assert!(ends(&mut stream, &mut vec![]).await, "{what} in TLS: it was left open");
    }
}

#[tokio::test]
async fn who_takes_no_answer_is_cut_off_and_asks_for_little_at_once() {
    let portal = impatient().await;
    let stream = from(&portal, 1).await;
    let (mut asking, connection) =
        h2::client::Builder::new().initial_window_size(0).handshake::<_, Bytes>(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut answers = vec![];
    for _ in 0..2 {
        asking = asking.ready().await.unwrap();
        let request = axum::http::Request::get(portal.url("/")).header("accept", "text/html").body(()).unwrap();
        answers.push(asking.send_request(request, true).unwrap().0.await.unwrap());
    }
    assert_eq!(asking.current_max_send_streams(), 32);
    let body = answers.remove(0).into_body();
    let ended = timeout(MOST, connection).await;
    assert!(ended.is_ok(), "nothing was taken, and it was left open");
    drop(body);
}

#[tokio::test]
async fn so_is_who_asks_much_and_reads_nothing() {
    let portal = impatient().await;
    let mut stream = from(&portal, 1).await;
    let request = get("/").replace("connection: close\r\n", "");
    let (begun, mut written) = (Instant::now(), 0);
    // It reads no more once its answers wait, and then it is gone. Until then hundreds of answers go into the system's buffers.
    while begun.elapsed() < 8 * MOST {
        match timeout(MOST, stream.write_all(request.as_bytes())).await {
            Ok(Ok(())) => written += 1,
            Ok(Err(_)) => return,
            Err(_) => break,
        }
    }
    panic!("{written} requests were written and no answer read, and it was left open");
}

#[tokio::test]
async fn one_address_has_its_share_and_health_checks_are_answered_when_all_is_taken() {
    let portal = TestPortal::start_with(|config| {
        config.connections.most = 12;
        config.connections.per_address = Some(4);
    })
    .await;
    let mut held = vec![];
    for _ in 0..4 {
        held.push(from(&portal, 2).await);
    }
    let mut more = from(&portal, 2).await;
    assert!(ends(&mut more, &mut vec![]).await, "a fifth one from the same address");
    let mut other = from(&portal, 3).await;
    assert!(said_to(&mut other, &get("/signed-out")).await.starts_with("HTTP/1.1 200"), "others are served");
    for last in [3, 4] {
        for _ in 0..4 {
            held.push(from(&portal, last).await);
        }
    }
    let mut probe = from(&portal, 5).await;
    assert!(said_to(&mut probe, &get("/health/live")).await.ends_with("alive\n"));
    let mut probe = from(&portal, 5).await;
    assert!(said_to(&mut probe, &get("/health/ready")).await.ends_with("ready\n"));
    let mut person = from(&portal, 5).await;
    let said = said_to(&mut person, &get("/signed-out")).await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("retry-after: 5"), "{said}");
    drop(held);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_says_nothing() {
    let portal = TestPortal::start().await;
    let mut half = vec![];
    for (_, opening) in openings() {
        let mut stream = from(&portal, 1).await;
        stream.write_all(&opening).await.unwrap();
        half.push(stream);
    }
    let mut answered = from(&portal, 1).await;
    let kept = get("/health/live").replace("connection: close\r\n", "");
    answered.write_all(kept.as_bytes()).await.unwrap();
    let mut said = [0; 12];
    answered.read_exact(&mut said).await.unwrap();
    let begun = Instant::now();
    portal.portal.shutdown().await;
    let took = begun.elapsed();
    // Half a body has five seconds to become a whole one.
    assert!(took < MOST, "{took:?}");
}

//! A PostgreSQL that is reached over TLS, as hosted ones are.

use crate::databases::Database;
use crate::site::{MARA, Site};
use domain::rollout::{Pace, RunState};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use server::store::Store;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;

/// What a client sends first that wants TLS: its length, 8, and a number
/// (<https://www.postgresql.org/docs/current/protocol-message-formats.html>, `SSLRequest`).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// Ends TLS, refuses what comes without, and passes the rest on to the tests' PostgreSQL, which listens on a socket.
struct Front {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl Front {
    async fn start(socket: PathBuf, issuer: &Issuer, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, socket, count) = (acceptor.clone(), socket.clone(), Arc::clone(&count));
                // Who breaks off is no concern of the others.
                tokio::spawn(async move { pass_on(client, &acceptor, &socket, &count).await });
            }
        });
        Self { address, accepted }
    }

    /// The same database by way of this.
    fn url(&self, database: &Database, ca: &Path) -> String {
        let mut url: url::Url = database.url.parse().unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.set_query(Some(&format!("sslmode=verify-full&sslrootcert={}", ca.display())));
        url.into()
    }
}

async fn pass_on(
    mut client: TcpStream,
    acceptor: &TlsAcceptor,
    socket: &Path,
    accepted: &AtomicUsize,
) -> std::io::Result<()> {
    let mut request = [0; 8];
    client.read_exact(&mut request).await?;
    if request != SSL_REQUEST {
        return Ok(());
    }
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    accepted.fetch_add(1, Ordering::SeqCst);
    let mut server = UnixStream::connect(socket).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

fn issuer() -> Issuer {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// One that clients trust, and the file that says so.
fn trusted(folder: &Path) -> (Issuer, PathBuf) {
    let (issuer, ca) = (issuer(), folder.join("ca.pem"));
    std::fs::write(&ca, issuer.pem()).unwrap();
    (issuer, ca)
}

fn socket(database: &Database) -> PathBuf {
    let url: url::Url = database.url.parse().unwrap();
    let folder = url.query_pairs().find(|(name, _)| name == "host").unwrap().1.into_owned();
    Path::new(&folder).join(".s.PGSQL.5432")
}

#[tokio::test]
async fn a_push_with_its_database_behind_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (issuer, ca) = trusted(folder.path());
    let mut database = Database::postgres().await;
    let front = Front::start(socket(&database), &issuer, "localhost").await;
    database.url = front.url(&database, &ca);

    let site = Site::on(database, 5).await;
    let before = site.entries().await;
    let replica = site.replica().await;
    let receipt = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    let finished = site.until_rests(&replica, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 5), "{finished:?}");
    Site::assert_one_more(&before, &site.entries().await);
    // Of the store, its locks and the queue.
    assert!(front.accepted.load(Ordering::SeqCst) >= 3);
    replica.stop().await;
}

#[tokio::test]
async fn a_database_that_cannot_prove_who_it_is_is_not_used() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (trusted, ca) = trusted(folder.path());
    let database = Database::postgres().await;
    for (issuer, name, opens) in
        [(&trusted, "localhost", true), (&trusted, "db.example.com", false), (&issuer(), "localhost", false)]
    {
        let front = Front::start(socket(&database), issuer, name).await;
        let opened = Store::open(&front.url(&database, &ca)).await;
        assert_eq!(opened.is_ok(), opens, "{name}: {:?}", opened.err());
    }
}

//! Takes connections, and speaks HTTP on each.

use super::body::{Exchange, Sent, is_endless};
use super::places::{Place, PlaceKind, Places};
use super::stream::Watched;
use super::watch::Watch;
use crate::config::ConnectionSettings;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, Version};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// After the system could not give a connection, mostly because it has no file left.
const BREATH: Duration = Duration::from_millis(100);
/// Of one connection: a request's head, and in HTTP/1.1 what waits to be written.
const BUFFER: usize = 64 * 1024;
/// All headers of a request.
const HEADERS: u32 = 32 * 1024;
/// What one request of HTTP/2 may send before somebody reads it, and all of a connection.
const WINDOW: u32 = 64 * 1024;
const WINDOW_OF_ALL: u32 = 256 * 1024;
/// A side of HTTP/2 that is gone is noticed by a ping.
const PING: Duration = Duration::from_secs(20);

/// What listens, and what it has accepted. Everything is cut off when it is dropped.
pub struct Serving {
    stop: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
}

/// What answers: `usual`, or `reserve` for a connection that is one too many.
#[derive(Clone)]
pub struct Answering {
    pub usual: Router,
    pub reserve: Router,
}

/// Accepts connections in a task of its own. `listener` does not block. `most`: connections at the same time.
///
/// # Errors
/// Where the listener cannot be used.
pub fn serve(
    listener: std::net::TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    settings: ConnectionSettings,
    most: usize,
    answering: Answering,
) -> io::Result<Serving> {
    let listener = TcpListener::from_std(listener)?;
    let places = Places::new(most, settings.of_one_address(most));
    let serving = Serving { stop: CancellationToken::new(), cut: CancellationToken::new(), tasks: TaskTracker::new() };
    let server = Server {
        builder: Arc::new(builder(&settings)),
        tls: tls.map(TlsAcceptor::from),
        settings,
        answering,
        stop: serving.stop.clone(),
        cut: serving.cut.clone(),
    };
    serving.tasks.spawn(accept(listener, places, server, serving.tasks.clone()));
    Ok(serving)
}

impl Serving {
    /// Takes no new connections and no new requests on those that are there; those under way may end.
    pub fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
    }

    /// Returns once all have ended: within half a minute after [`Self::stop`].
    pub async fn ended(&self) {
        self.tasks.wait().await;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.cancel();
        self.cut.cancel();
    }
}

fn builder(settings: &ConnectionSettings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The watch has an eye on heads: hyper's own timer also runs between requests.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(settings.streams)
        .max_send_buf_size(BUFFER)
        .max_header_list_size(HEADERS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW_OF_ALL)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}

#[derive(Clone)]
struct Server {
    builder: Arc<Builder<TokioExecutor>>,
    tls: Option<TlsAcceptor>,
    settings: ConnectionSettings,
    answering: Answering,
    stop: CancellationToken,
    cut: CancellationToken,
}

async fn accept(listener: TcpListener, places: Arc<Places>, server: Server, tasks: TaskTracker) {
    while let Some(accepted) = server.stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = places.take(peer.ip()) {
                    tasks.spawn(server.clone().connection(stream, peer, place));
                } else {
                    tracing::debug!(%peer, "a connection too many was closed");
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                server.stop.run_until_cancelled(tokio::time::sleep(BREATH)).await;
            }
        }
    }
}

/// It has ended before it was taken.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

impl Server {
    /// From its first byte to its last. Whoever is late is cut off: dropping what happens frees all that it holds.
    async fn connection(self, stream: TcpStream, peer: SocketAddr, place: Place) {
        // Answers are written in one go as far as they fit.
        let _ = stream.set_nodelay(true);
        let watch = Arc::new(Watch::new(self.settings.clone(), place.kind));
        let stream = Watched::new(stream, Arc::clone(&watch));
        let speaking = async {
            match &self.tls {
                None => self.speak(stream, peer, place.kind, &watch).await,
                Some(tls) => match self.stop.run_until_cancelled(tls.accept(stream)).await {
                    Some(Ok(stream)) => self.speak(stream, peer, place.kind, &watch).await,
                    Some(Err(error)) => tracing::debug!(%peer, %error, "no TLS was agreed on"),
                    None => {}
                },
            }
        };
        tokio::select! {
            () = speaking => {}
            why = watch.overdue() => tracing::debug!(%peer, %why, "a connection was cut off"),
            () = self.cut.cancelled() => {}
        }
    }

    async fn speak<S>(&self, stream: S, peer: SocketAddr, kind: PlaceKind, watch: &Arc<Watch>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = match kind {
            PlaceKind::Usual => &self.answering.usual,
            PlaceKind::Reserve => &self.answering.reserve,
        };
        let service = service_fn(|request| answer(router.clone(), request, peer, watch));
        let speaking = self.builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(speaking);
        let ended = tokio::select! {
            ended = speaking.as_mut() => ended,
            () = self.stop.cancelled() => {
                watch.stop();
                speaking.as_mut().graceful_shutdown();
                speaking.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a connection ended in disorder");
        }
    }
}

fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    watch: &Arc<Watch>,
) -> impl Future<Output = Result<Response<Sent<Body>>, Infallible>> + use<> {
    let exchange = Exchange::begin(watch, request.version() < Version::HTTP_2, !request.body().is_end_stream());
    let mut request = request.map(|body| exchange.received(body));
    request.extensions_mut().insert(ConnectInfo(peer));
    async move {
        let response = router.oneshot(request).await?;
        let endless = is_endless(response.headers());
        Ok(response.map(|body| exchange.sent(body, endless)))
    }
}

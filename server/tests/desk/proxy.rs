//! Stands between the desk and the tenant, for what a tenant cannot do by itself: carry a write out and then not say
//! so, or let somebody else write at the worst moment.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What to do with a PATCH; everything else is passed on.
#[derive(Debug, Clone)]
pub enum OnPatch {
    /// Carry it out, and answer 500.
    ThenFail,
    /// Carry it out, and never answer.
    ThenSilence,
    /// Carry it out, then send this to the same place as somebody else.
    ThenWrite { token: String, body: serde_json::Value },
    /// Send this to the same place as somebody else, and answer with a status without carrying anything out.
    WriteElse { token: String, body: serde_json::Value, answer: StatusCode },
    /// Carry it out when told to.
    Hold,
    /// The same, though whoever sent it has given up by then.
    Late,
}

struct Shared {
    upstream: String,
    http: reqwest::Client,
    on_patch: OnPatch,
    once: bool,
    patches: AtomicUsize,
    arrived: Notify,
    go: Notify,
}

pub struct Proxy {
    pub base_url: String,
    shared: Arc<Shared>,
}

impl Proxy {
    pub async fn start(upstream: &str, on_patch: OnPatch) -> Self {
        Self::with(upstream, on_patch, false).await
    }

    /// With the first PATCH only; later ones are passed on.
    pub async fn once(upstream: &str, on_patch: OnPatch) -> Self {
        Self::with(upstream, on_patch, true).await
    }

    async fn with(upstream: &str, on_patch: OnPatch, once: bool) -> Self {
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            http: reqwest::Client::new(),
            on_patch,
            once,
            patches: AtomicUsize::new(0),
            arrived: Notify::new(),
            go: Notify::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base_url, shared }
    }

    /// How many PATCH requests the desk sent.
    pub fn patches(&self) -> usize {
        self.shared.patches.load(Ordering::SeqCst)
    }

    /// Returns when a held PATCH is there.
    pub async fn patch_arrived(&self) {
        self.shared.arrived.notified().await;
    }

    pub fn let_go(&self) {
        self.shared.go.notify_one();
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let send = async || {
        let mut request = shared.http.request(method.clone(), format!("{}{uri}", shared.upstream)).body(body.clone());
        for name in ["authorization", "content-type", "consistencylevel", "client-request-id"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.unwrap();
        let mut out = HeaderMap::new();
        for name in ["content-type", "request-id", "retry-after"] {
            if let Some(value) = answer.headers().get(name) {
                out.insert(name, value.clone());
            }
        }
        (answer.status(), out, answer.bytes().await.unwrap())
    };
    if method != Method::PATCH {
        return send().await.into_response();
    }
    if shared.patches.fetch_add(1, Ordering::SeqCst) > 0 && shared.once {
        return send().await.into_response();
    }
    let elsewhere = async |token: &str, body: &serde_json::Value| {
        let url = format!("{}{uri}", shared.upstream);
        let answer = shared.http.patch(url).bearer_auth(token).json(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    };
    match &shared.on_patch {
        OnPatch::ThenFail => {
            assert_eq!(send().await.0, StatusCode::NO_CONTENT);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        OnPatch::Late => {
            let later = Arc::clone(&shared);
            tokio::spawn(async move {
                later.go.notified().await;
                let request = later.http.patch(format!("{}{uri}", later.upstream)).body(body);
                let request = ["authorization", "content-type"]
                    .iter()
                    .fold(request, |request, name| request.header(*name, headers[*name].clone()));
                assert_eq!(request.send().await.unwrap().status(), StatusCode::NO_CONTENT);
            });
            shared.arrived.notify_one();
            std::future::pending().await
        }
        OnPatch::ThenSilence => {
            assert_eq!(send().await.0, StatusCode::NO_CONTENT);
            std::future::pending().await
        }
        OnPatch::ThenWrite { token, body } => {
            let answer = send().await;
            elsewhere(token, body).await;
            answer.into_response()
        }
        OnPatch::WriteElse { token, body, answer } => {
            elsewhere(token, body).await;
            answer.into_response()
        }
        OnPatch::Hold => {
            shared.arrived.notify_one();
            shared.go.notified().await;
            send().await.into_response()
        }
    }
}

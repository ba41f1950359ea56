//! A receiver of notices, as good or as bad as a test wants it, which counts what it is sent.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

/// What came of a request that was answered so long before a portal was killed may not have been kept.
const JUST_NOW: Duration = Duration::from_millis(500);

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Well,
    /// 503
    Down,
    /// After a while.
    Slow(Duration),
    /// 429 with `Retry-After`, until so long after it was asked first.
    Busy(Duration),
}

/// A notice that came.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    pub at: Instant,
    /// When, and with which status. `None`: it was not, or not yet.
    pub answered: Option<(Instant, u16)>,
}

struct Inner {
    manner: Mutex<Manner>,
    /// With the `webhook-id` of each, as they came.
    calls: Mutex<Vec<(String, Call)>>,
    /// From so many on it takes what comes, and answers no more while somebody else has this.
    closes_at: Mutex<usize>,
    open: Arc<RwLock<()>>,
}

#[derive(Clone)]
pub struct Sink {
    inner: Arc<Inner>,
    pub url: String,
}

impl Sink {
    pub async fn start(manner: Manner) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let inner = Inner {
            manner: Mutex::new(manner),
            calls: Mutex::default(),
            closes_at: Mutex::new(usize::MAX),
            open: Arc::default(),
        };
        let sink = Self { inner: Arc::new(inner), url };
        let router = Router::new().fallback(take).with_state(Arc::clone(&sink.inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        sink
    }

    pub fn is_now(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    /// From so many calls on it answers nothing until the guard is dropped.
    pub async fn closes_at(&self, calls: usize) -> OwnedRwLockWriteGuard<()> {
        let closed = Arc::clone(&self.inner.open).write_owned().await;
        *self.inner.closes_at.lock().unwrap() = calls;
        closed
    }

    pub fn calls(&self) -> Vec<Call> {
        self.inner.calls.lock().unwrap().iter().map(|(_, call)| *call).collect()
    }

    /// Of these, those that it has said it took.
    pub fn taken(&self, ids: &BTreeSet<String>) -> usize {
        let calls = self.inner.calls.lock().unwrap();
        let taken = calls
            .iter()
            .filter(|(id, call)| ids.contains(id) && call.answered.is_some_and(|(_, status)| status == 200));
        taken.map(|(id, _)| id).collect::<BTreeSet<_>>().len()
    }

    /// What a portal that is killed now cannot know to have arrived.
    pub fn on_their_way(&self) -> BTreeSet<String> {
        let calls = self.inner.calls.lock().unwrap();
        let open = calls.iter().filter(|(_, call)| call.answered.is_none_or(|(at, _)| at.elapsed() < JUST_NOW));
        open.map(|(id, _)| id.clone()).collect()
    }

    pub fn came_since(&self, moment: Instant) -> BTreeSet<String> {
        let calls = self.inner.calls.lock().unwrap();
        calls.iter().filter(|(_, call)| call.at >= moment).map(|(id, _)| id.clone()).collect()
    }

    /// Those that came again although it had not refused them.
    pub fn doubles(&self) -> BTreeSet<String> {
        let mut times = BTreeMap::<String, u32>::new();
        for (id, call) in self.inner.calls.lock().unwrap().iter() {
            if call.answered.is_none_or(|(_, status)| status == 200) {
                *times.entry(id.clone()).or_default() += 1;
            }
        }
        times.into_iter().filter(|(_, times)| *times > 1).map(|(id, _)| id).collect()
    }
}

async fn take(State(sink): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let at = Instant::now();
    let (place, first) = {
        let mut calls = sink.calls.lock().unwrap();
        calls.push((id, Call { at, answered: None }));
        (calls.len() - 1, calls[0].1.at)
    };
    let manner = *sink.manner.lock().unwrap();
    if let Manner::Slow(lasts) = manner {
        tokio::time::sleep(lasts).await;
    }
    let closed = place >= *sink.closes_at.lock().unwrap();
    if closed {
        drop(sink.open.read().await);
    }
    let (status, wait) = match manner {
        Manner::Down => (StatusCode::SERVICE_UNAVAILABLE, None),
        Manner::Busy(lasts) if first.elapsed() < lasts => (StatusCode::TOO_MANY_REQUESTS, Some(lasts.as_secs())),
        Manner::Well | Manner::Slow(_) | Manner::Busy(_) => (StatusCode::OK, None),
    };
    sink.calls.lock().unwrap()[place].1.answered = Some((Instant::now(), status.as_u16()));
    let mut answer = status.into_response();
    if let Some(wait) = wait {
        answer.headers_mut().insert("retry-after", wait.into());
    }
    answer
}

//! How much memory bodies may hold: requests that come in, and answers that wait to be taken.

use super::{AppState, MAX_BODY, Refusal};
use crate::connections::is_endless;
use app::contract::problem::Problem;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Of all clients together.
const OF_ALL: usize = 96 * 1024 * 1024;
/// Of one client.
const OF_ONE: usize = 32 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct HeldBytes(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// Bytes in memory for a client. Given back when dropped.
#[derive(Debug)]
struct Share {
    held: Arc<HeldBytes>,
    client: IpAddr,
    bytes: usize,
}

impl HeldBytes {
    /// `None` where that is more than this client, or all of them, may hold.
    fn take(self: &Arc<Self>, client: IpAddr, bytes: usize) -> Option<Share> {
        let mut held = self.held();
        let of_one = held.by_client.get(&client).copied().unwrap_or_default().saturating_add(bytes);
        let of_all = held.all.saturating_add(bytes);
        if of_one > OF_ONE || of_all > OF_ALL {
            return None;
        }
        held.all = of_all;
        if bytes > 0 {
            held.by_client.insert(client, of_one);
        }
        Some(Share { held: Arc::clone(self), client, bytes })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.held.held();
        held.all = held.all.saturating_sub(self.bytes);
        if let Some(bytes) = held.by_client.get_mut(&self.client) {
            *bytes = bytes.saturating_sub(self.bytes);
            if *bytes == 0 {
                held.by_client.remove(&self.client);
            }
        }
    }
}

/// Keeps a client's bodies within its share (of a log, which is read as it comes, no more than [`MAX_BODY`] is there at once),
/// and all of them within theirs. Events apart, an answer is whole before it is sent, so that its size is known.
pub(super) async fn bound(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(client) = app.limits.client_of(&request) else { return next.run(request).await };
    let coming = request.body().size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    let Some(receiving) = app.limits.held().take(client, coming.unwrap_or(MAX_BODY).min(MAX_BODY)) else {
        return busy();
    };
    let response = next.run(request).await;
    drop(receiving);
    if is_endless(response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, OF_ONE).await {
        Err(error) => {
            tracing::error!(%error, "an answer could not be put together, or is too large");
            let detail = "The answer could not be put together.";
            Refusal::from(Problem::new(500, "internal", "Something failed on the server", detail)).into_response()
        }
        Ok(bytes) => match app.limits.held().take(client, bytes.len()) {
            None => busy(),
            Some(share) => Response::from_parts(parts, Body::from(Bytes::from_owner(Waiting { bytes, _share: share }))),
        },
    }
}

/// An answer, and its share of memory until the last byte of it is gone.
struct Waiting {
    bytes: Bytes,
    _share: Share,
}

impl AsRef<[u8]> for Waiting {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// More is asked for at this moment than the portal has room for.
pub(super) fn busy() -> Response {
    let detail = "More was asked of the portal at once than it has room for. Nothing was changed.";
    let problem = Problem::new(503, "busy", "The portal is busy", detail).advice("Try again in a few seconds.");
    let mut response = Refusal::from(problem).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn one_client_has_its_share_and_leaves_the_others_theirs() {
        let held = Arc::new(HeldBytes::default());
        let client = |n: u8| IpAddr::from([192, 0, 2, n]);
        let first = held.take(client(1), OF_ONE - 10).unwrap();
        assert!(held.take(client(1), 11).is_none());
        drop(held.take(client(1), 10).unwrap());
        let others: Vec<_> = (2..=4).filter_map(|n| held.take(client(n), OF_ONE)).collect();
        assert_eq!(others.len(), 2, "there is no more for all");
        drop((first, others));
        assert!(held.held().by_client.is_empty());
        assert_eq!(held.held().all, 0);
        assert!(held.take(client(1), OF_ONE).is_some());
    }

    #[test]
    fn an_answer_holds_its_share_until_its_last_piece_is_gone() {
        let held = Arc::new(HeldBytes::default());
        let share = held.take(IpAddr::from([192, 0, 2, 1]), 8).unwrap();
        let mut bytes = Bytes::from_owner(Waiting { bytes: Bytes::from_static(b"12345678"), _share: share });
        let piece = bytes.split_to(4);
        drop(bytes);
        assert_eq!(held.held().all, 8);
        drop(piece);
        assert_eq!(held.held().all, 0);
    }
}

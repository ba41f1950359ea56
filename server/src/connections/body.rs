//! Bodies, seen by their connection's [`Watch`].

use super::watch::Watch;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// At most in one piece of an answer: hyper holds a piece until the other side has room for it.
const PIECE: usize = 16 * 1024;

/// A request and its answer, from the request's head to the last piece of the answer. Ends when dropped.
pub(super) struct Exchange {
    watch: Arc<Watch>,
    id: u64,
}

impl Exchange {
    pub(super) fn begin(watch: &Arc<Watch>, http1: bool, has_body: bool) -> Self {
        Self { watch: Arc::clone(watch), id: watch.begin(http1, has_body) }
    }

    /// The request's body.
    pub(super) fn received<B>(&self, body: B) -> Received<B> {
        Received { body, watch: Arc::clone(&self.watch), id: self.id }
    }

    /// The answer's body, with which this ends.
    pub(super) fn sent<B>(self, body: B, endless: bool) -> Sent<B> {
        self.watch.sends(self.id, endless);
        Sent { body, rest: Bytes::new(), exchange: self }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.watch.end(self.id);
    }
}

/// Whether an answer goes on until somebody has enough of it: events.
pub fn is_endless(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

pub(super) struct Received<B> {
    body: B,
    watch: Arc<Watch>,
    id: u64,
}

impl<B> Drop for Received<B> {
    fn drop(&mut self) {
        self.watch.received(self.id);
    }
}

impl<B: Body + Unpin> Body for Received<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) || self.body.is_end_stream() {
            self.watch.received(self.id);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// In pieces of [`PIECE`] bytes.
pub(super) struct Sent<B> {
    body: B,
    rest: Bytes,
    exchange: Exchange,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Sent<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                other => {
                    self.exchange.watch.gave(self.exchange.id, false);
                    return other;
                }
            }
        }
        self.exchange.watch.gave(self.exchange.id, true);
        let piece = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(piece);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, mut hint) = (self.rest.len() as u64, self.body.size_hint());
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

//! The last step before the connection: answers that come late, or never.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::Response;
use tower::Service;

/// How an answer is delivered; an extension of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// By the machine's clock.
    pub(super) hold: Duration,
    /// The connection is closed instead.
    pub(super) lost: bool,
}

/// Whether the client will see this answer.
pub(crate) fn is_lost(response: &Response) -> bool {
    response.extensions().get::<Delivery>().is_some_and(|delivery| delivery.lost)
}

/// Why a connection was closed without an answer: somebody ordered it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("this answer was ordered to be lost")]
pub(crate) struct Lost;

/// A service whose answers are delivered as their [`Delivery`] says. An HTTP server closes the connection of a
/// request whose service fails.
#[derive(Debug, Clone)]
pub(crate) struct Deliver<S>(pub(crate) S);

impl<S, R> Service<R> for Deliver<S>
where
    S: Service<R, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Lost;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Lost>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        self.0.poll_ready(context).map_err(|never| match never {})
    }

    fn call(&mut self, request: R) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let response = answer.await.unwrap_or_else(|never| match never {});
            let Some(delivery) = response.extensions().get::<Delivery>().copied() else {
                return Ok(response);
            };
            tokio::time::sleep(delivery.hold).await;
            if delivery.lost { Err(Lost) } else { Ok(response) }
        })
    }
}

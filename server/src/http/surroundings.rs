//! What pages and forms are told about a request: who asks, and what the server does for them.

use super::problems::NotReadable;
use super::{AppState, Refusal, RequestDesk, assets, headers, refused};
use crate::session;
use app::contract::problem::Problem;
use app::visit::{Refusals, Surroundings};
use async_trait::async_trait;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::Response;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::sync::Arc;
use tower_sessions::Session;
use views::scene::FormRefusal;

/// Puts the request's [`Surroundings`] into it, and the policy for scripts into what is answered.
pub async fn provide(
    State(app): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let person = app.person(&session).await?;
    let mut nonce = [0; 18];
    app.entropy.fill(&mut nonce);
    let nonce = BASE64_STANDARD.encode(nonce);
    let (method, pattern) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let policy = headers::page_policy(&nonce, &app.config.entra.cloud.authority.origin().ascii_serialization());
    request.extensions_mut().insert(Surroundings {
        desk: Arc::new(RequestDesk::new(app.desk.clone(), person.clone())),
        refusals: Arc::new(InSession(session)),
        now: app.clock.now(),
        authority: app.authority(),
        files: assets::files(),
        nonce,
        origin: app.config.origin(),
    });
    let mut response = next.run(request).await;
    // An address that the portal does not have is nothing that it could refuse.
    let why = refused::why(&response);
    if let Some(((person, pattern), why)) = person.zip(pattern).zip(why) {
        refused::record(&app, &person, &method, pattern.as_str(), why).await;
    }
    let html = response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if let (true, Ok(policy)) = (html, HeaderValue::from_str(&policy)) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn not_written(error: tower_sessions::session::Error) -> Problem {
    tracing::error!(%error, "a session could not be written");
    Refusal::from(NotReadable).problem
}

/// A refused form waits in the person's session.
struct InSession(Session);

#[async_trait]
impl Refusals for InSession {
    async fn keep(&self, refusal: &FormRefusal) -> Result<(), Problem> {
        session::keep_refusal(&self.0, refusal).await.map_err(not_written)
    }

    async fn keep_for_return(&self, refusal: &FormRefusal) -> Result<(), Problem> {
        session::keep_for_return(&self.0, refusal).await.map_err(not_written)
    }

    async fn take(&self) -> Option<FormRefusal> {
        session::take_refusal(&self.0).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a session could not be read");
            None
        })
    }
}

//! Pages, rendered on the server for the person who asks.

use super::{AppState, Refusal, headers};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use leptos::nonce::Nonce;
use leptos::prelude::provide_context;
use tower_sessions::Session;

/// Renders the page under the request's path, completely, before it is sent.
pub async fn render(State(app): State<AppState>, session: Session, request: Request) -> Result<Response, Refusal> {
    let person = app.person(&session).await?;
    let context = app.context(person);
    let nonce = Nonce::new();
    let policy = headers::page_policy(&nonce, &app.config.entra.cloud.authority.origin().ascii_serialization());
    let options = app.leptos.clone();
    let page = leptos_axum::render_app_async_with_context(
        move || {
            context();
            provide_context(nonce.clone());
        },
        move || app::shell(options.clone()),
    );
    let mut response = page(request).await;
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// The app's own page for an address that it does not have.
pub async fn not_found(state: State<AppState>, session: Session, request: Request) -> Result<Response, Refusal> {
    let mut response = render(state, session, request).await?;
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}

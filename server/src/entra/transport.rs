//! Puts our HTTP client under `openidconnect`, which by itself wants an older one.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use openidconnect::{HttpRequest, HttpResponse};

#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// Of the whole service, and not of this request.
    #[error("the answer was {status}")]
    Busy { status: u16, retry_after: Option<u64> },
    #[error(transparent)]
    Response(#[from] axum::http::Error),
}

/// `http` must follow no redirects: a token endpoint has no reason to send any.
pub async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, TransportError> {
    let (parts, body) = request.into_parts();
    let answer = http.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body).send().await?;
    let status = answer.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        return Err(TransportError::Busy { status: status.as_u16(), retry_after: seconds });
    }
    let mut response = axum::http::Response::builder().status(status);
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    Ok(response.body(answer.bytes().await?.to_vec())?)
}

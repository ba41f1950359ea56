//! Sign-out at the tenant (OpenID Connect RP-Initiated Logout).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use url::Url;

use super::client::is_public_address;
use super::{Parameters, authority, correlation, page, session};
use crate::state::Tenant;

/// `GET` or `POST /{tenant}/oauth2/v2.0/logout`
pub(crate) async fn handle(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let parameters = Parameters::parse(if query.is_empty() { &body } else { query.as_bytes() });
    let directory = tenant.read();
    if let Err(error) = authority(&name, &directory.profile) {
        return page::error(&error, tenant.now(), correlation(&headers, &parameters));
    }
    if let Some(cookie) = session::cookie(&headers) {
        tenant.grants().close_session(&cookie);
    }
    // Only to an address that some registration names: this must not become an open redirect.
    let target = parameters.get("post_logout_redirect_uri").filter(|uri| {
        directory.applications.iter().any(|app| {
            let mut public = app.spa_redirect_uris.iter().chain(&app.public_redirect_uris);
            app.redirect_uris.iter().any(|known| known == uri) || public.any(|known| is_public_address(known, uri))
        })
    });
    let mut response = match target.and_then(|uri| Url::parse(uri).ok()) {
        Some(mut url) => {
            if let Some(state) = parameters.get("state") {
                url.query_pairs_mut().append_pair("state", state);
            }
            match HeaderValue::from_str(url.as_str()) {
                Ok(location) => (StatusCode::FOUND, [("location", location)]).into_response(),
                Err(_) => StatusCode::BAD_REQUEST.into_response(),
            }
        }
        None => page::html(
            StatusCode::OK,
            "Sign out",
            "<p class=\"brand\">Local tenant</p>\n<h1>You signed out of your account</h1>\n<p>It’s a good idea to close all browser windows.</p>",
            None,
            None,
        ),
    };
    if let Ok(value) = HeaderValue::from_str(&session::clear(tenant.secure())) {
        response.headers_mut().insert("set-cookie", value);
    }
    response
}

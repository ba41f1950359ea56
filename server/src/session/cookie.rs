//! The session's cookie.

use super::Sessions;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

/// The prefix makes browsers insist on `Secure`, on `Path=/` and on no `Domain`: no other host can set it.
///
/// `Secure` holds on http too, for loopback addresses: Chromium and Firefox count those as secure. Safari does not, and
/// refuses the cookie there; the sign-in then fails with words that say so.
pub const COOKIE: &str = "__Host-thumbprint";

/// Gives handlers a [`Session`](tower_sessions::Session). A cookie is set only once something is kept in it.
pub fn layer(sessions: Sessions) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(sessions)
        .with_name(COOKIE)
        .with_secure(true)
        .with_http_only(true)
        // Not Strict: Entra sends the person back with a cross-site navigation, which must find its session.
        .with_same_site(SameSite::Lax)
        .with_path("/")
        // The cookie goes with the browser; how long it counts is the store's decision.
        .with_expiry(Expiry::OnSessionEnd)
}

/// tower-sessions takes a cookie back without `Secure`, which browsers ignore for a name with this prefix.
pub fn mend_removal(headers: &mut HeaderMap) {
    let removal = format!("{COOKIE}=;");
    for value in headers.iter_mut().filter(|(name, _)| **name == SET_COOKIE).map(|(_, value)| value) {
        let bare = value.to_str().is_ok_and(|cookie| cookie.starts_with(&removal) && !cookie.contains("Secure"));
        if bare {
            *value = HeaderValue::from_static(
                "__Host-thumbprint=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            );
        }
    }
}

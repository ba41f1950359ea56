//! Headers that tell browsers what they may do with an answer.

use super::AppState;
use crate::session::mend_removal;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// For everything that is not a page of the app: no script, and nothing that could hold one.
const WITHOUT_SCRIPTS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

const FIXED: [(HeaderName, HeaderValue); 2] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];
const FOR_DOCUMENTS: [(HeaderName, HeaderValue); 4] = [
    // Own pages see where a form was sent from, which is where errors are shown; others see nothing.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
];
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NOT_FOR_SEARCH: HeaderValue = HeaderValue::from_static("noindex");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
const TWO_YEARS_FOR_ALL: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// The policy of a page whose scripts carry `nonce`. HTML and addresses of scripts come into it by two Trusted Types policies alone,
/// the shell's and that of the workers' host. `authority`: where the sign-out form leads on to.
pub fn page_policy(nonce: &str, authority: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; worker-src 'self'; connect-src 'self'; form-action 'self' {authority}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types thumbprint thumbprint-tools"
    )
}

/// Adds what an answer does not say itself.
pub async fn add(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let in_files = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let is_good = response.status().is_success();
    let headers = response.headers_mut();
    mend_removal(headers);
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    // A script is no document, and weighs little more than they do.
    if !(in_files && is_good) {
        for (name, value) in FOR_DOCUMENTS {
            headers.insert(name, value);
        }
    }
    if app.config.is_https() {
        let all = app.config.hsts_include_subdomains;
        headers.insert(STRICT_TRANSPORT_SECURITY, if all { TWO_YEARS_FOR_ALL } else { TWO_YEARS });
    }
    // Of what is no error, pages say so themselves.
    if !is_good {
        headers.insert(ROBOTS, NOT_FOR_SEARCH);
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(WITHOUT_SCRIPTS);
    // Pages show what only this person may see, and go with their session.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

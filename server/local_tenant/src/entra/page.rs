//! The few HTML pages of sign-in, with one small style sheet and a strict content security policy.

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use super::error::EntraError;
use crate::format::{base64url, entra_timestamp};

const STYLE: &str = include_str!("page.css");

/// Text made safe inside HTML text and double-quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A page around `main`. A form on it may lead to `form_target`, redirects included. `script` runs if given.
pub(crate) fn html(
    status: StatusCode,
    title: &str,
    main: &str,
    form_target: Option<&Url>,
    script: Option<&str>,
) -> Response {
    let nonce = base64url(&rand::random::<[u8; 18]>());
    let script_tag = script.map(|code| format!("<script nonce=\"{nonce}\">{code}</script>")).unwrap_or_default();
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style nonce=\"{nonce}\">{STYLE}</style>\n</head>\n<body>\n<main>\n{main}\n</main>\n<footer>This is a local tenant for demos and tests. Nobody here has a password.</footer>\n{script_tag}</body>\n</html>\n",
        escape(title)
    );
    // Browsers apply form-action to the redirects after a submission as well, so the client's origin is named.
    let target = form_target.map(|url| match url.origin() {
        origin @ url::Origin::Tuple(..) => format!(" {}", origin.ascii_serialization()),
        url::Origin::Opaque(_) => format!(" {}:", url.scheme()),
    });
    let script_source = if script.is_some() { format!("script-src 'nonce-{nonce}'; ") } else { String::new() };
    let policy = format!(
        "default-src 'none'; {script_source}style-src 'nonce-{nonce}'; img-src data:; form-action 'self'{}; frame-ancestors 'none'; base-uri 'none'",
        target.unwrap_or_default()
    );
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert("content-security-policy", value);
    }
    response
}

/// What Entra shows when it cannot answer at a redirect URI.
pub(crate) fn error(error: &EntraError, now: OffsetDateTime, correlation: Uuid) -> Response {
    let main = format!(
        "<p class=\"brand\">Local tenant</p>\n<h1>Sign in</h1>\n<p>Sorry, but we’re having trouble signing you in.</p>\n<p role=\"alert\">{}</p>\n<dl><dt>Request Id</dt><dd>{}</dd><dt>Correlation Id</dt><dd>{correlation}</dd><dt>Timestamp</dt><dd>{}</dd></dl>",
        escape(&error.to_string()),
        Uuid::new_v4(),
        entra_timestamp(now)
    );
    html(StatusCode::BAD_REQUEST, "Sign in to your account", &main, None, None)
}

/// `response_mode=form_post`: a form that sends itself, with a button where scripts are off.
pub(crate) fn form_post(target: &Url, fields: &[(&str, String)]) -> Response {
    use std::fmt::Write as _;
    let mut inputs = String::new();
    for (name, value) in fields {
        let _ = write!(inputs, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value));
    }
    let main = format!(
        "<h1>Working…</h1>\n<form method=\"post\" action=\"{}\">{inputs}<noscript><button type=\"submit\">Continue</button></noscript></form>",
        escape(target.as_str())
    );
    html(StatusCode::OK, "Working…", &main, Some(target), Some("document.forms[0].submit()"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_html_survives_escaping() {
        assert_eq!(escape("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}

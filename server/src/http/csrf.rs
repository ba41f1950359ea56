//! Cross-site request forgery: a request that changes something must come from the portal's own pages.

use super::{AppState, Refusal};
use app::contract::problem::Problem;
use axum::extract::{Request, State};
use axum::http::header::{ORIGIN, REFERER};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::Url;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsrfError {
    /// `Sec-Fetch-Site` says `cross-site` or `same-site`.
    #[error("it came from another site")]
    OtherSite,
    /// `Origin`, or `Referer` where there is no other header, is not the portal's.
    #[error("it came from another origin")]
    OtherOrigin,
    /// None of the three headers.
    #[error("nothing says where it came from")]
    Unknown,
}

impl From<CsrfError> for Problem {
    fn from(error: CsrfError) -> Self {
        Self::new(
            403,
            "cross-site",
            "This request was not made on the portal's own page",
            format!("It was refused because {error}. Nothing was changed."),
        )
        .advice("Open the portal under its own address and use the button there.")
    }
}

/// Lets a request through, or says why not. `own`: the portal's origin, such as `https://thumbprint.example.com`.
///
/// Browsers send `Sec-Fetch-Site` to secure origins, and no page can forge it. Older ones send `Origin` with a POST. What
/// sends neither must name one of the portal's pages as its `Referer`.
pub fn check(method: &Method, headers: &HeaderMap, own: &str) -> Result<(), CsrfError> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or_default());
    let site = text("sec-fetch-site");
    let origin = text(ORIGIN.as_str());
    if site.is_some_and(|site| site != "same-origin") {
        return Err(CsrfError::OtherSite);
    }
    match (origin, site) {
        (Some(origin), _) if origin == own => Ok(()),
        (Some(_), _) => Err(CsrfError::OtherOrigin),
        (None, Some(_)) => Ok(()),
        (None, None) => {
            let referer = text(REFERER.as_str()).ok_or(CsrfError::Unknown)?;
            if is_own(referer, own) { Ok(()) } else { Err(CsrfError::OtherOrigin) }
        }
    }
}

/// Whether a URL belongs to the origin `own`.
pub fn is_own(url: &str, own: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.origin().ascii_serialization() == own)
}

pub async fn guard(State(app): State<AppState>, request: Request, next: Next) -> Response {
    match check(request.method(), request.headers(), &app.config.origin()) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            tracing::warn!(%error, path = request.uri().path(), "a request was refused");
            Refusal::from(Problem::from(error)).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use axum::http::HeaderName;

    const OWN: &str = "https://thumbprint.example.com";

    fn post(pairs: &[(&str, &str)]) -> Result<(), CsrfError> {
        let headers =
            pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect();
        check(&Method::POST, &headers, OWN)
    }

    #[test]
    fn the_portals_own_pages_pass() {
        assert_eq!(post(&[("sec-fetch-site", "same-origin"), ("origin", OWN)]), Ok(()));
        assert_eq!(post(&[("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(post(&[("origin", OWN)]), Ok(()));
        assert_eq!(post(&[("referer", "https://thumbprint.example.com/apps?page=2")]), Ok(()));
    }

    #[test]
    fn others_do_not() {
        for site in ["cross-site", "same-site", "none", "", "Same-Origin"] {
            assert_eq!(post(&[("sec-fetch-site", site), ("origin", OWN)]), Err(CsrfError::OtherSite), "{site}");
        }
        for origin in [
            "https://evil.example",
            "null",
            "",
            "https://thumbprint.example.com.evil.example",
            "http://thumbprint.example.com",
            "https://thumbprint.example.com:8443",
        ] {
            assert_eq!(post(&[("origin", origin)]), Err(CsrfError::OtherOrigin), "{origin}");
            assert_eq!(
                post(&[("origin", origin), ("sec-fetch-site", "same-origin")]),
                Err(CsrfError::OtherOrigin),
                "{origin}"
            );
        }
        assert_eq!(
            post(&[("referer", "https://evil.example/https://thumbprint.example.com/")]),
            Err(CsrfError::OtherOrigin)
        );
        assert_eq!(post(&[("referer", "https://thumbprint.example.com@evil.example/")]), Err(CsrfError::OtherOrigin));
        assert_eq!(post(&[]), Err(CsrfError::Unknown));
    }

    #[test]
    fn every_method_that_may_change_something_is_checked() {
        let none = HeaderMap::new();
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::from_bytes(b"SPELL").unwrap()]
        {
            assert_eq!(check(&method, &none, OWN), Err(CsrfError::Unknown), "{method}");
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert_eq!(check(&method, &none, OWN), Ok(()), "{method}");
        }
    }
}

//! Bearer tokens (RFC 6750): where a request carries one, and whether its dates allow it.

use axum::http::HeaderMap;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// How far an issuer's clock may run ahead.
const SKEW: Duration = Duration::minutes(5);

/// The token of `Authorization: Bearer …`; `None` where there is none.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get("authorization")?.to_str().ok()?.split_once(' ')?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
}

/// Whether `exp` is yet to come and `nbf`, where there is one, is past.
pub(crate) fn in_force(claims: &Value, now: OffsetDateTime) -> bool {
    let latest = (now + SKEW).unix_timestamp();
    claims["exp"].as_i64().is_some_and(|exp| now.unix_timestamp() < exp)
        && claims["nbf"].as_i64().is_none_or(|nbf| nbf <= latest)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_behind_the_scheme_in_any_case() {
        let of = |value: &'static str| {
            let headers = HeaderMap::from_iter([(axum::http::header::AUTHORIZATION, HeaderValue::from_static(value))]);
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of("Bearer abc"), Some("abc".into()));
        assert_eq!(of("bearer  abc "), Some("abc".into()));
        for none in ["Bearer", "Bearer ", "Basic abc", "abc"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[test]
    fn a_token_is_in_force_from_five_minutes_before_nbf_until_exp() {
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds);
        let claims = json!({"nbf": 1000, "exp": 2000});
        for (second, good) in [(699, false), (700, true), (1999, true), (2000, false)] {
            assert_eq!(in_force(&claims, at(second)), good, "{second}");
        }
        assert!(in_force(&json!({"exp": 1}), at(0)));
        assert!(!in_force(&json!({"nbf": 0}), at(0)));
    }
}

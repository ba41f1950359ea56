//! What must hold of an assertion before it is sent anywhere: that it is one, of this app, for this token endpoint.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use domain::ids::AppId;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde_json::{Map, Value};

/// Some with a whole certificate chain in `x5c` have about 10 KiB.
const MAX_LENGTH: usize = 32 * 1024;

/// A client assertion that may be sent. `Debug` would show it: there is none.
pub(crate) struct Checked<'a> {
    pub(crate) text: &'a str,
    /// By which the header names the certificate.
    pub(crate) sha1: Option<Thumbprint>,
    pub(crate) sha256: Option<Sha256Thumbprint>,
}

/// Why an assertion is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssertionError {
    #[error("it is longer than any client assertion")]
    TooLong,
    #[error("a compact JWS has three parts with dots between them")]
    NotThreeParts,
    #[error("its first part is not a JSON object in base64url")]
    Header,
    #[error("its second part is not a JSON object in base64url")]
    Claims,
    #[error("its third part, the signature, is missing or is not base64url")]
    Signature,
    #[error("its header names no signature algorithm")]
    Algorithm,
    /// `claim`: `iss` or `sub`. `found`: what it is instead, cut short.
    #[error("its {claim} is {}, and the app's client id is {app}", .found.as_deref().unwrap_or("nothing"))]
    OtherApp { claim: &'static str, found: Option<String>, app: AppId },
    /// `found`: the `aud` that it has, cut short.
    #[error("its aud is {}, and it would have to be {endpoint}", .found.as_deref().unwrap_or("missing"))]
    OtherAudience { found: Option<String>, endpoint: String },
}

pub(crate) fn check<'a>(text: &'a str, app: AppId, endpoint: &str) -> Result<Checked<'a>, AssertionError> {
    let text = text.trim();
    if text.len() > MAX_LENGTH {
        return Err(AssertionError::TooLong);
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(AssertionError::NotThreeParts);
    };
    let header = object(header).ok_or(AssertionError::Header)?;
    let claims = object(claims).ok_or(AssertionError::Claims)?;
    if decode(signature).is_none_or(|bytes| bytes.is_empty()) {
        return Err(AssertionError::Signature);
    }
    if text_of(&header, "alg").is_none_or(|alg| alg.eq_ignore_ascii_case("none")) {
        return Err(AssertionError::Algorithm);
    }
    is_of(&claims, app)?;
    is_for(&claims, endpoint)?;
    let digest = |name| text_of(&header, name).and_then(decode);
    Ok(Checked {
        text,
        sha1: digest("x5t").and_then(|bytes| bytes.try_into().ok()).map(Thumbprint::from_bytes),
        sha256: digest("x5t#S256").and_then(|bytes| bytes.try_into().ok()).map(Sha256Thumbprint::from_bytes),
    })
}

/// RFC 7523, section 3: `iss` and `sub` are the client.
fn is_of(claims: &Map<String, Value>, app: AppId) -> Result<(), AssertionError> {
    for claim in ["iss", "sub"] {
        let found = text_of(claims, claim);
        if found.and_then(|id| id.parse::<AppId>().ok()) != Some(app) {
            let found = found.map(|text| text.chars().take(80).collect());
            return Err(AssertionError::OtherApp { claim, found, app });
        }
    }
    Ok(())
}

/// `aud`: one audience, by itself or as a list of one.
fn is_for(claims: &Map<String, Value>, endpoint: &str) -> Result<(), AssertionError> {
    let audience = match claims.get("aud") {
        Some(Value::String(text)) => Some(text.as_str()),
        Some(Value::Array(list)) if list.len() == 1 => list[0].as_str(),
        _ => None,
    };
    if audience == Some(endpoint) {
        return Ok(());
    }
    let found = audience.map(|text| text.chars().take(200).collect());
    Err(AssertionError::OtherAudience { found, endpoint: endpoint.to_owned() })
}

fn text_of<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&decode(part)?).ok()
}

/// Entra also takes plain base64 in an assertion, so that it is not for us to refuse it.
fn decode(part: &str) -> Option<Vec<u8>> {
    let trimmed = part.trim_end_matches('=');
    BASE64_URL_SAFE_NO_PAD.decode(trimmed).or_else(|_| BASE64_STANDARD.decode(part)).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;

    const APP: &str = "97e0a5b7-d745-40b6-94fe-5f77d35c6e05";
    const ENDPOINT: &str = "https://login.example/t/oauth2/v2.0/token";

    fn jwt(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
    }

    /// By the code under which people are told.
    fn code(text: &str) -> &'static str {
        match check(text, APP.parse().unwrap(), ENDPOINT) {
            Ok(_) => "",
            Err(AssertionError::OtherApp { .. }) => "assertion-of-another-app",
            Err(AssertionError::OtherAudience { .. }) => "assertion-for-elsewhere",
            Err(_) => "not-an-assertion",
        }
    }

    #[test]
    fn only_this_apps_assertion_for_this_endpoint_is_sent() {
        let header = json!({"alg": "PS256", "x5t": "pTjQDocn7FgU4vsQezE2N28iaVs"});
        let claims = json!({"iss": APP, "sub": APP.to_uppercase(), "aud": ENDPOINT});
        let good = jwt(&header, &claims);
        let checked = check(&good, APP.parse().unwrap(), ENDPOINT).map_err(|error| error.to_string()).unwrap();
        assert_eq!(checked.sha1.unwrap().hex(), "A538D00E8727EC5814E2FB107B3136376F22695B");
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            code(&jwt(&header, &claims))
        };
        let other = "11111111-2222-4333-8444-555555555555";
        assert_eq!(with("iss", json!(other)), "assertion-of-another-app");
        assert_eq!(with("sub", json!(other)), "assertion-of-another-app");
        assert_eq!(with("sub", Value::Null), "assertion-of-another-app");
        assert_eq!(with("aud", json!("https://login.example/other/oauth2/v2.0/token")), "assertion-for-elsewhere");
        assert_eq!(with("aud", json!([ENDPOINT, "https://elsewhere.example"])), "assertion-for-elsewhere");
        for text in
            ["", "a.b", "a.b.c", &good[..good.len() - 12], &format!("{good}.x"), &jwt(&json!({"alg": "none"}), &claims)]
        {
            assert_eq!(code(text), "not-an-assertion", "{text}");
        }
    }
}

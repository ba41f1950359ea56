//! What must hold of an assertion before it is sent anywhere: that it is one, of this app, for this token endpoint.

use app::contract::problem::Problem;
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

pub(crate) fn check<'a>(text: &'a str, app: AppId, endpoint: &str) -> Result<Checked<'a>, Problem> {
    let text = text.trim();
    if text.len() > MAX_LENGTH {
        return Err(unreadable("It is longer than any client assertion."));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(unreadable("A compact JWS has three parts with dots between them."));
    };
    let header = object(header).ok_or_else(|| unreadable("Its first part is not a JSON object in base64url."))?;
    let claims = object(claims).ok_or_else(|| unreadable("Its second part is not a JSON object in base64url."))?;
    if decode(signature).is_none_or(|bytes| bytes.is_empty()) {
        return Err(unreadable("Its third part, the signature, is missing or is not base64url."));
    }
    if text_of(&header, "alg").is_none_or(|alg| alg.eq_ignore_ascii_case("none")) {
        return Err(unreadable("Its header names no signature algorithm."));
    }
    for name in ["iss", "sub"] {
        let found = text_of(&claims, name);
        if found.and_then(|id| id.parse::<AppId>().ok()) != Some(app) {
            return Err(other_app(name, found, app));
        }
    }
    let audience = match claims.get("aud") {
        Some(Value::String(text)) => Some(text.as_str()),
        Some(Value::Array(list)) if list.len() == 1 => list[0].as_str(),
        _ => None,
    };
    if audience != Some(endpoint) {
        return Err(other_audience(audience, endpoint));
    }
    let digest = |name| text_of(&header, name).and_then(decode);
    Ok(Checked {
        text,
        sha1: digest("x5t").and_then(|bytes| bytes.try_into().ok()).map(Thumbprint::from_bytes),
        sha256: digest("x5t#S256").and_then(|bytes| bytes.try_into().ok()).map(Sha256Thumbprint::from_bytes),
    })
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

fn unreadable(why: &str) -> Problem {
    Problem::new(422, "not-an-assertion", "That is not a client assertion", format!("{why} Nothing was sent."))
        .advice("Copy the whole value of client_assertion, with all three parts.")
}

fn other_app(claim: &str, found: Option<&str>, app: AppId) -> Problem {
    let found: String = found.unwrap_or("nothing").chars().take(80).collect();
    Problem::new(
        422,
        "assertion-of-another-app",
        "The assertion is not of this app",
        format!("Its {claim} is {found}, and the app's client id is {app}. Nothing was sent."),
    )
    .advice("Choose the app that the assertion was made for, or make one for this app.")
}

fn other_audience(found: Option<&str>, endpoint: &str) -> Problem {
    let found: String = found.unwrap_or("missing").chars().take(200).collect();
    Problem::new(
        422,
        "assertion-for-elsewhere",
        "The assertion is not for this directory's token endpoint",
        format!("Its aud is {found}, and it would have to be {endpoint}. Nothing was sent."),
    )
    .advice("Make one with that aud. One that is meant for another place is not sent there from here.")
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

    fn code(text: &str) -> String {
        check(text, APP.parse().unwrap(), ENDPOINT).err().map_or_else(String::new, |problem| problem.code)
    }

    #[test]
    fn only_this_apps_assertion_for_this_endpoint_is_sent() {
        let header = json!({"alg": "PS256", "x5t": "pTjQDocn7FgU4vsQezE2N28iaVs"});
        let claims = json!({"iss": APP, "sub": APP.to_uppercase(), "aud": ENDPOINT});
        let good = jwt(&header, &claims);
        let checked = check(&good, APP.parse().unwrap(), ENDPOINT).map_err(|problem| problem.to_string()).unwrap();
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

//! The proof of possession that `addKey` and `removeKey` want: a JWT signed with the private key of a certificate
//! which the object has, and which is valid now (facts, B5 and J8).

use axum::http::StatusCode;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entra::assertion::verifies;
use crate::format::base64url;
use crate::graph::Request;
use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::holder::Holder;

/// Azure AD Graph: the audience of every proof.
const AUDIENCE: &str = "00000002-0000-0000-c000-000000000000";
/// Seconds from `nbf` to `exp`, at most.
const MOST: i64 = 600;
/// Seconds that a client's clock may run ahead; not documented.
const SKEW: i64 = 300;

/// Refused to people, unless the tenant is told to go by the documentation instead of by the product group.
pub(super) fn may_roll<T: Holder>(request: &Request<'_>, object: &T) -> Result<(), GraphError> {
    match &request.caller {
        Caller::Person { .. } if request.tenant.behaviour().delegated_key_rolling => {
            request.may_change(object.owners())
        }
        Caller::Person { .. } => Err(malformed()),
        // Its own keys need no permission.
        Caller::App { id, client, .. } if *client == object.app_id() || *id == object.id() => Ok(()),
        Caller::App { .. } => request.may_change(object.owners()),
    }
}

/// Verifies the `proof` of a request.
pub(super) fn check<T: Holder>(sent: &Map<String, Value>, object: &T, now: OffsetDateTime) -> Result<(), GraphError> {
    let proof = sent.get("proof").and_then(Value::as_str).unwrap_or_default();
    if proof.is_empty() {
        return Err(GraphError::denied());
    }
    let (header, payload, message, signature) = parse(proof).ok_or_else(malformed)?;
    let algorithm = match header["alg"].as_str() {
        Some("RS256") => Algorithm::RS256,
        Some("RS384") => Algorithm::RS384,
        Some("RS512") => Algorithm::RS512,
        Some("PS256") => Algorithm::PS256,
        Some("PS384") => Algorithm::PS384,
        Some("PS512") => Algorithm::PS512,
        _ => return Err(malformed()),
    };
    let issuer = payload["iss"].as_str().and_then(|text| Uuid::parse_str(text).ok());
    let signed = object
        .keys()
        .iter()
        .filter(|key| now >= key.start && now < key.end)
        .any(|key| verifies(key, message, signature, algorithm));
    if payload["aud"].as_str() == Some(AUDIENCE) && issuer == Some(object.id()) && in_time(&payload, now) && signed {
        return Ok(());
    }
    Err(GraphError::denied())
}

/// `aud` and `iss` are the only claims required; dates that are there are held to.
fn in_time(payload: &Value, now: OffsetDateTime) -> bool {
    let now = now.unix_timestamp();
    let (from, until) = (payload["nbf"].as_i64(), payload["exp"].as_i64());
    let begun = from.is_none_or(|from| now + SKEW >= from);
    let lasts = until.is_none_or(|until| now < until && until - from.unwrap_or(now) <= MOST);
    begun && lasts
}

/// base64url without padding, to the letter: a `=` is an error here (facts, B5).
fn parse(proof: &str) -> Option<(Value, Value, &str, &str)> {
    let (message, signature) = proof.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    let strict = |part: &str| {
        let bytes = crate::format::binary(part)?;
        (base64url(&bytes) == part).then_some(bytes)
    };
    let json = |part: &str| serde_json::from_slice::<Value>(&strict(part)?).ok().filter(Value::is_object);
    strict(signature)?;
    Some((json(header)?, json(payload)?, message, signature))
}

fn malformed() -> GraphError {
    GraphError::new(StatusCode::UNAUTHORIZED, "Authentication_MissingOrMalformed", "Access Token missing or malformed.")
}

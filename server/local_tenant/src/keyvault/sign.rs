//! `/keys/{name}/{version}/sign` and `/verify`. A vault hashes nothing: `value` is the digest (facts, E3).

use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::error::VaultError;
use super::key::{Algorithm, VaultKey};
use super::path::VersionId;
use super::rbac::Action;
use super::{Request, VaultAnswer};
use crate::format::{URL_SAFE_LENIENT, base64url};

/// `{"alg": "PS256", "value": "<base64url of the digest>"}` in, `{"kid": …, "value": "<base64url>"}` out.
pub(super) fn sign(request: &Request<'_>, name: &str, version: Option<VersionId>) -> Result<VaultAnswer, VaultError> {
    // The role is checked first: nobody learns from a refusal what a key is.
    let (kid, key) = key(request, name, version, Action::KeysSign)?;
    let body = request.json()?;
    let algorithm = algorithm(&body)?;
    let digest = digest(&body, "value", algorithm)?;
    let signature = key
        .sign(algorithm, &digest)
        .ok_or_else(|| incompatible(&kid, &key, algorithm))?
        .map_err(VaultError::internal)?;
    Ok(VaultAnswer::ok(json!({"kid": kid, "value": base64url(&signature)})))
}

/// `{"alg": …, "digest": …, "value": "<signature>"}` in, `{"value": true}` out.
pub(super) fn verify(request: &Request<'_>, name: &str, version: Option<VersionId>) -> Result<VaultAnswer, VaultError> {
    let (kid, key) = key(request, name, version, Action::KeysVerify)?;
    let body = request.json()?;
    let algorithm = algorithm(&body)?;
    let digest = digest(&body, "digest", algorithm)?;
    let signature = bytes(&body, "value")?;
    let good = key.verify(algorithm, &digest, &signature).ok_or_else(|| incompatible(&kid, &key, algorithm))?;
    Ok(VaultAnswer::ok(json!({"value": good})))
}

fn key(
    request: &Request<'_>,
    name: &str,
    version: Option<VersionId>,
    action: Action,
) -> Result<(String, Arc<VaultKey>), VaultError> {
    request.read(action, &format!("/keys/{name}"), |vault| {
        let version = vault.key(name, version)?;
        let now = request.now.unix_timestamp();
        let operation = if action == Action::KeysSign { "sign" } else { "verify" };
        let refuse = |inner, how| {
            Err(VaultError::forbidden(inner, format!("Operation {operation} is not allowed on {how} key.")))
        };
        if !version.enabled {
            return refuse("KeyDisabled", "a disabled");
        }
        // Verifying stays allowed outside of a key's dates.
        if action == Action::KeysSign && version.not_after.is_some_and(|end| now >= end) {
            return refuse("KeyExpired", "an expired");
        }
        if action == Action::KeysSign && version.not_before.is_some_and(|start| now < start) {
            return refuse("KeyNotYetValid", "a not yet valid");
        }
        Ok((version.kid(&request.root), version.key.clone()))
    })
}

fn algorithm(body: &Map<String, Value>) -> Result<Algorithm, VaultError> {
    let name = body.get("alg").and_then(Value::as_str).unwrap_or_default();
    Algorithm::by_name(name)
        .ok_or_else(|| VaultError::bad_parameter(format!("Property 'alg' has invalid value '{name}'.")))
}

fn bytes(body: &Map<String, Value>, name: &str) -> Result<Vec<u8>, VaultError> {
    body.get(name)
        .and_then(Value::as_str)
        .and_then(|text| URL_SAFE_LENIENT.decode(text).ok())
        .ok_or_else(|| VaultError::bad_parameter(format!("Property '{name}' is missing or is not base64url.")))
}

fn digest(body: &Map<String, Value>, name: &str, algorithm: Algorithm) -> Result<Vec<u8>, VaultError> {
    let digest = bytes(body, name)?;
    if digest.len() == algorithm.digest_length() {
        return Ok(digest);
    }
    Err(VaultError::bad_parameter(format!(
        "Invalid length of '{name}': {} bytes. {} requires {} bytes, encoded with base64url.",
        digest.len(),
        algorithm.name,
        algorithm.digest_length()
    )))
}

fn incompatible(kid: &str, key: &VaultKey, algorithm: Algorithm) -> VaultError {
    VaultError::bad_parameter(format!(
        "Key and signing algorithm are incompatible. Key {kid} is of type '{}', and algorithm '{}' can only be used with a key of type 'RSA' or 'RSA-HSM'.",
        key.kty(),
        algorithm.name
    ))
}

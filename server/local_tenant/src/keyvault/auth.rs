//! Who calls a vault, by bearer token.

use axum::http::HeaderMap;
use uuid::Uuid;

use super::RESOURCE;
use super::error::VaultError;
use crate::bearer::{bearer, in_force};
use crate::state::Tenant;

/// Application id of Key Vault itself, which v2.0 tokens name as audience.
const KEY_VAULT_ID: &str = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093";

/// The owner of a verified access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Object id of the person or the service principal: role assignments name it.
    pub(crate) id: Uuid,
    /// Client id.
    pub(crate) client: Uuid,
}

/// Verifies `Authorization: Bearer …`: signature, dates, audience.
pub(crate) fn authenticate(tenant: &Tenant, headers: &HeaderMap) -> Result<Caller, VaultError> {
    let token = bearer(headers)
        .ok_or_else(|| VaultError::unauthorized("AKV10000: Request is missing a Bearer or PoP token."))?;
    // From here on the texts but those with a number are this tenant's own.
    let claims = tenant
        .signing
        .open(token)
        .ok_or_else(|| VaultError::unauthorized("Error validating token: its signature is not valid."))?;
    if !in_force(&claims, tenant.now()) {
        return Err(VaultError::unauthorized("Error validating token: it is not valid at this time."));
    }
    let found = claims["aud"].as_str().unwrap_or_default();
    let audience = found.trim_end_matches('/');
    if audience != KEY_VAULT_ID && !tenant.everywhere.iter().any(|names| names.is_vault(audience)) {
        let expected = tenant.names.cloud.map_or(RESOURCE.to_owned(), |_| tenant.names.vault_resource());
        return Err(VaultError::unauthorized(format!(
            "AKV10022: Invalid audience. Expected {expected}, found: {found}."
        )));
    }
    let issuer = claims["tid"].as_str().unwrap_or_default();
    if issuer != tenant.profile.id.to_string() {
        let of = |id: &str| format!("{}/{id}/", tenant.names.sts());
        return Err(VaultError::unauthorized(format!(
            "AKV10032: Invalid issuer. Expected one of {}, found {}.",
            of(&tenant.profile.id.to_string()),
            of(issuer)
        )));
    }
    let id = |name: &str| claims[name].as_str().and_then(|text| Uuid::parse_str(text).ok());
    let owner = id("oid").ok_or_else(|| VaultError::unauthorized("Error validating token: it names nobody."))?;
    Ok(Caller { id: owner, client: id("appid").unwrap_or_default() })
}

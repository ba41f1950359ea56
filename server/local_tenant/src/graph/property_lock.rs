//! `servicePrincipalLockConfiguration` of an application: which properties of its service principals nobody may change.
//!
//! Microsoft describes it for multi-tenant applications. That it holds for the service principal at home as well, and
//! with which code and message, is from threads of people who met it; which of them had a single-tenant application is
//! not said ([`Behaviour::property_lock`]).

use axum::http::StatusCode;
use serde_json::Value;

use super::error::GraphError;
use super::holder::{Holder, HolderKind};
use crate::state::{Behaviour, PropertyLock};
use crate::store::Directory;

const PERSONAL_OR_SINGLE: [&str; 2] = ["AzureADMyOrg", "PersonalMicrosoftAccount"];

/// Refuses a change of a locked property of a service principal. Secrets count as credentials of usage `Verify`.
pub(crate) fn check<T: Holder>(
    directory: &Directory,
    behaviour: &Behaviour,
    before: &T,
    after: &T,
) -> Result<(), GraphError> {
    if T::KIND == HolderKind::Application || behaviour.property_lock == PropertyLock::Off {
        return Ok(());
    }
    let Some(app) = directory.application(before.app_id()) else {
        return Ok(());
    };
    let single = PERSONAL_OR_SINGLE.contains(&app.sign_in_audience.as_str());
    let Some(lock) = app
        .common
        .extra
        .get("servicePrincipalLockConfiguration")
        .filter(|_| !single || behaviour.property_lock == PropertyLock::SingleTenantToo)
    else {
        return Ok(());
    };
    let on = |name: &str| lock.get(name).and_then(Value::as_bool) == Some(true);
    let locks = |name: &str| on("isEnabled") && (on("allProperties") || on(name));
    let changed = |usage: &str| {
        let of = |object: &T| object.keys().iter().filter(|key| key.usage == usage).cloned().collect::<Vec<_>>();
        of(before) != of(after)
    };
    let keys = (locks("credentialsWithUsageVerify") && changed("Verify"))
        || (locks("credentialsWithUsageSign") && changed("Sign"));
    let encryption = |object: &T| object.shown(directory)["tokenEncryptionKeyId"].clone();
    let locked = if keys {
        "keyCredentials"
    } else if locks("credentialsWithUsageVerify") && before.passwords() != after.passwords() {
        "passwordCredentials"
    } else if locks("tokenEncryptionKeyId") && encryption(before) != encryption(after) {
        "tokenEncryptionKeyId"
    } else {
        return Ok(());
    };
    Err(GraphError::new(
        StatusCode::BAD_REQUEST,
        "CannotUpdateLockedServicePrincipalProperty",
        format!("Property {locked} is invalid."),
    ))
}

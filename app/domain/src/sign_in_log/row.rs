//! One row of a log.

use super::BadRow;
use crate::ids::{AppId, KeyId, TenantId};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Of `signInEventTypes`.
const SERVICE_PRINCIPAL: &str = "servicePrincipal";
/// Of `category`.
const CATEGORY: &str = "ServicePrincipalSignInLogs";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    SignIn {
        at: OffsetDateTime,
        app_id: AppId,
        key_id: Option<KeyId>,
        succeeded: bool,
    },
    /// Of somebody or something else.
    Other,
    Bad(BadRow),
}

/// What is read of `signIn`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignIn {
    app_id: Option<String>,
    created_date_time: Option<String>,
    service_principal_credential_key_id: Option<String>,
    #[serde(rename = "signInEventTypes")]
    kinds: Option<Vec<String>>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    error_code: Option<i64>,
}

/// What diagnostic settings put around it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    category: Option<String>,
    tenant_id: Option<String>,
    properties: Option<SignIn>,
}

/// A record of diagnostic settings, or a `signIn`.
pub(super) fn from_json(bytes: &[u8], tenant: TenantId) -> Row {
    let Ok(record) = serde_json::from_slice::<Record>(bytes) else { return Row::Bad(BadRow::Shape) };
    if record.category.is_some_and(|category| category != CATEGORY)
        || record.tenant_id.is_some_and(|id| id.parse() != Ok(tenant))
    {
        return Row::Other;
    }
    match record.properties {
        Some(sign_in) => sign_in.read(),
        None => serde_json::from_slice::<SignIn>(bytes).map_or(Row::Bad(BadRow::Shape), SignIn::read),
    }
}

impl SignIn {
    fn read(self) -> Row {
        if self.kinds.is_some_and(|kinds| kinds.iter().all(|kind| kind != SERVICE_PRINCIPAL)) {
            return Row::Other;
        }
        let succeeded = self.status.and_then(|status| status.error_code).map(|code| code == 0);
        let [at, app, key] = [self.created_date_time, self.app_id, self.service_principal_credential_key_id]
            .map(Option::unwrap_or_default);
        read(&at, &app, &key, succeeded)
    }
}

/// `succeeded`: `None` where that is not told.
pub(super) fn read(at: &str, app: &str, key: &str, succeeded: Option<bool>) -> Row {
    let Ok(at) = OffsetDateTime::parse(at.trim(), &Rfc3339) else { return Row::Bad(BadRow::Time) };
    let Ok(app_id) = app.parse() else { return Row::Bad(BadRow::App) };
    let key_id = match key.trim() {
        "" => None,
        key => match key.parse::<KeyId>() {
            Ok(key) => Some(key).filter(|key| key.uuid() != Uuid::nil()),
            Err(_) => return Row::Bad(BadRow::Key),
        },
    };
    match succeeded {
        None => Row::Bad(BadRow::Outcome),
        Some(succeeded) => Row::SignIn { at, app_id, key_id, succeeded },
    }
}

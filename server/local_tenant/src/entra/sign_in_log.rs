//! What the sign-in log keeps of a client credentials request.

use axum::http::HeaderMap;
use uuid::Uuid;

use super::Parameters;
use super::assertion::Assertion;
use super::client_auth::{read, registered};
use super::error::EntraError;
use super::federation;
use crate::graph::audit::sign_ins::{Credential, SignIn};
use crate::state::Tenant;
use crate::store::{HomeApplication, ObjectKey};

/// Records an attempt, with the credential that was presented. Of an application that is not there nothing is kept:
/// it belongs to no log.
pub(super) fn note(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
    correlation: Uuid,
    error: Option<&EntraError>,
    foreign_app: Option<&HomeApplication>,
) {
    let presented = read(headers, parameters);
    let assertion = presented.assertion.and_then(|token| Assertion::parse(token).ok());
    let client_id = presented.client_id.clone().or_else(|| assertion.as_ref().map(|one| one.subject().to_owned()));
    let Some(app_id) = client_id.and_then(|id| Uuid::parse_str(id.trim()).ok()) else {
        return;
    };
    let directory = tenant.read();
    let Some(app) = registered(&directory, foreign_app, app_id) else {
        return;
    };
    let service = directory.service_principals.get(ObjectKey::AppId(app_id));
    if service.is_none() && foreign_app.is_some() {
        return;
    }
    let keys =
        [&app.common.key_credentials[..], service.map_or(&[], |service| &service.common.key_credentials[..])].concat();
    let passwords = app
        .common
        .password_credentials
        .iter()
        .chain(service.into_iter().flat_map(|service| &service.common.password_credentials));
    let foreign = presented.assertion.and_then(|token| Some((token, federation::foreign(token)?)));
    let credential = if let Some((token, claims)) = foreign {
        let now = tenant.now();
        Credential::Federated { id: federation::verify(token, &claims, &app.federated, &tenant.signing, now).ok() }
    } else if presented.assertion.is_some() {
        Credential::Certificate {
            key_id: assertion.as_ref().and_then(|one| one.names(&keys)).map(|key| key.key_id),
            thumbprint: assertion.as_ref().and_then(|one| match one.names(&keys) {
                Some(key) => Some(hex::encode_upper(key.sha1)),
                None => one.thumbprint(),
            }),
        }
    } else if let Some(secret) = &presented.secret {
        let mut passwords = passwords;
        let known = passwords.find(|password| password.secret == *secret);
        Credential::Secret { key_id: known.map(|password| password.key_id) }
    } else {
        Credential::None
    };
    let asked = parameters.get("scope").or_else(|| parameters.get("resource")).unwrap_or_default();
    let resource = match asked.trim_end_matches("/.default").trim_end_matches('/') {
        graph if tenant.names.is_graph(graph) => "Microsoft Graph".to_owned(),
        other => other.to_owned(),
    };
    let entry = SignIn {
        id: Uuid::new_v4(),
        at: tenant.now(),
        app_id,
        app_name: app.display_name.clone(),
        service_principal: service.map(|service| service.id),
        resource,
        correlation,
        credential,
        error_code: error.map_or(0, |error| error.code),
        failure_reason: error.map(|error| error.text.clone()),
        user_agent: headers.get("user-agent").and_then(|value| value.to_str().ok()).map(str::to_owned),
    };
    drop(directory);
    tenant.logs().note_sign_in(entry);
}

//! `PATCH /applications/{id}`: properties that are not sent stay; a collection that is sent replaces the old one.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::{API, INFO, NEWER, PROPERTIES, TRUSTED_SUBJECTS, WEB, blueprints, identifier_uri};
use crate::graph::error::GraphError;
use crate::graph::holder::{HolderKind, change};
use crate::graph::path::Version;
use crate::graph::{Answer, Request, credentials, csdl};
use crate::store::{AppRole, Application, CustomKeyIdentifierStyle, Directory, ObjectKey};

/// Letters of an application's `displayName`.
const MAX_NAME: usize = 256;
/// Letters of `notes` and `description`.
const MAX_TEXT: usize = 1024;
/// What `signInAudience` can be (Graph's page of the application resource). The metadata has it as any text.
pub(crate) const AUDIENCES: [&str; 4] =
    ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];
/// Set by the service alone.
const READ_ONLY: &[&str] = &[
    "id",
    "appId",
    "applicationTemplateId",
    "certification",
    "createdDateTime",
    "deletedDateTime",
    "disabledByMicrosoftStatus",
    "publisherDomain",
    "verifiedPublisher",
];

/// Changes an application: all that is sent, or nothing.
pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    change::<Application, _>(
        request,
        key,
        |app| request.may_change(&app.common.owners),
        |next, directory, style| {
            if next.blueprint.is_some() {
                blueprints::compatible(&sent)?;
            }
            apply(next, &sent, request, style)?;
            unique(next, directory)
        },
    )?;
    Ok(Answer::no_content())
}

/// Identifier URIs and the unique name are of one application alone.
pub(super) fn unique(app: &Application, directory: &Directory) -> Result<(), GraphError> {
    let name = |app: &Application| app.common.extra.get("uniqueName").and_then(Value::as_str).map(str::to_owned);
    if app.identifier_uris.is_empty() && name(app).is_none() {
        return Ok(());
    }
    for other in directory.applications.iter().filter(|other| other.id != app.id) {
        if let Some(uri) = app.identifier_uris.iter().find(|uri| other.identifier_uris.contains(uri)) {
            return Err(GraphError::bad_request(format!(
                "Another object with the same value for property identifierUris already exists: '{uri}'."
            )));
        }
        if name(app).is_some() && name(app) == name(other) {
            return Err(GraphError::bad_request(
                "Another object with the same value for property uniqueName already exists.",
            ));
        }
    }
    Ok(())
}

/// Puts what was sent into `app`. Also for a new one, which the create has made before.
pub(super) fn apply(
    app: &mut Application,
    sent: &Map<String, Value>,
    request: &Request<'_>,
    style: CustomKeyIdentifierStyle,
) -> Result<(), GraphError> {
    csdl::check::object("application", sent, |name| name == TRUSTED_SUBJECTS && request.version == Version::Beta)?;
    for (name, value) in sent {
        // Annotations, such as @odata.type, say nothing about the application.
        if name.contains('@') {
            continue;
        }
        if name == TRUSTED_SUBJECTS && request.version == Version::Beta {
            let subjects = value.as_array().ok_or_else(|| invalid(name))?;
            app.trusted_certificate_subjects.clone_from(subjects);
            continue;
        }
        let known = PROPERTIES.iter().chain(NEWER).find(|known| *known == name).copied();
        let Some(name) = known else {
            return Err(GraphError::bad_request(format!("Invalid property '{name}'.")));
        };
        if READ_ONLY.contains(&name) {
            return Err(GraphError::bad_request(format!("Property '{name}' is read-only and cannot be set.")));
        }
        match name {
            "keyCredentials" => {
                let merged = credentials::merge::merge(
                    value,
                    &app.common.key_credentials,
                    HolderKind::Application,
                    style,
                    request.now,
                )?;
                app.common.key_credentials = merged.into();
            }
            // Recorded by nobody; said to be Graph's words for it.
            "passwordCredentials" => {
                return Err(GraphError::bad_request(
                    "New password credentials must be generated with service actions.",
                ));
            }
            "displayName" => {
                let valid = value
                    .as_str()
                    .filter(|text| !text.trim().is_empty() && text.chars().count() <= MAX_NAME)
                    .ok_or_else(|| invalid(name))?;
                valid.clone_into(&mut app.display_name);
            }
            "signInAudience" => {
                let audience = text(value, name)?;
                if !AUDIENCES.contains(&audience.as_str()) {
                    return Err(invalid(name));
                }
                app.sign_in_audience = audience;
            }
            "identifierUris" => {
                let uris = texts(value, name)?;
                for uri in uris.iter().filter(|uri| !app.identifier_uris.contains(uri)) {
                    identifier_uri::check(uri, app.app_id, &request.tenant.profile)?;
                }
                app.identifier_uris = uris;
            }
            "tags" => app.tags = texts(value, name)?,
            "web" => web(app, value)?,
            "publicClient" => redirects(&mut app.public_redirect_uris, value, name, |uri| Url::parse(uri).is_ok())?,
            "spa" => redirects(&mut app.spa_redirect_uris, value, name, is_web_redirect)?,
            "appRoles" => app.app_roles = app_roles(&app.app_roles, value)?,
            "api" => complex(app, name, value, API)?,
            "info" => complex(app, name, value, INFO)?,
            "notes" | "description" if value.as_str().is_some_and(|text| text.chars().count() > MAX_TEXT) => {
                return Err(invalid(name));
            }
            "notes" | "description" | "uniqueName" | "tokenEncryptionKeyId" | "serviceManagementReference"
                if !value.is_string() && !value.is_null() =>
            {
                return Err(invalid(name));
            }
            "requiredResourceAccess" => {
                required_resource_access(value)?;
                app.common.extra.insert(name.into(), value.clone());
            }
            "uniqueName" if app.common.extra.get(name).is_some_and(|set| set != value) => {
                return Err(GraphError::bad_request("Property 'uniqueName' is read-only and cannot be set."));
            }
            "servicePrincipalLockConfiguration" if !value.is_object() && !value.is_null() => {
                return Err(invalid(name));
            }
            _ if value.is_null() => {
                app.common.extra.remove(name);
            }
            _ => {
                app.common.extra.insert(name.into(), value.clone());
            }
        }
    }
    Ok(())
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "Application")
}

fn text(value: &Value, name: &str) -> Result<String, GraphError> {
    value.as_str().map(str::to_owned).ok_or_else(|| invalid(name))
}

fn texts(value: &Value, name: &str) -> Result<Vec<String>, GraphError> {
    value.as_array().ok_or_else(|| invalid(name))?.iter().map(|one| text(one, name)).collect()
}

/// Of a complex property the members that are sent are changed.
fn redirects(uris: &mut Vec<String>, value: &Value, name: &str, good: impl Fn(&str) -> bool) -> Result<(), GraphError> {
    if let Some(sent) = value.as_object().ok_or_else(|| invalid(name))?.get("redirectUris") {
        let wanted = texts(sent, name)?;
        if !wanted.iter().all(|uri| uris.contains(uri) || good(uri)) {
            return Err(invalid(name));
        }
        *uris = wanted;
    }
    Ok(())
}

/// https, or http on this machine (Microsoft's page of redirect URI restrictions). No fragment.
fn is_web_redirect(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| {
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        url.fragment().is_none() && (url.scheme() == "https" || (url.scheme() == "http" && local))
    })
}

fn web(app: &mut Application, value: &Value) -> Result<(), GraphError> {
    redirects(&mut app.redirect_uris, value, "web", is_web_redirect)?;
    if let Some(sent) = value.get("logoutUrl") {
        app.logout_url = if sent.is_null() { None } else { Some(text(sent, "web")?) };
    }
    let rest: Map<String, Value> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !["redirectUris", "logoutUrl"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    complex(app, "web", &rest.into(), WEB)
}

/// Sets the members that are sent of a complex property, and leaves the others.
fn complex(app: &mut Application, name: &'static str, value: &Value, members: &[&str]) -> Result<(), GraphError> {
    let sent = value.as_object().ok_or_else(|| invalid(name))?;
    let mut kept = app.common.extra.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    for (member, value) in sent.iter().filter(|(member, _)| !member.contains('@')) {
        if !members.contains(&member.as_str()) {
            return Err(GraphError::bad_request(format!("Invalid property '{member}'.")));
        }
        kept.insert(member.clone(), value.clone());
    }
    if kept.is_empty() {
        app.common.extra.remove(name);
    } else {
        app.common.extra.insert(name.into(), kept.into());
    }
    Ok(())
}

/// The collection is replaced; a role that is enabled must be disabled before it goes.
fn app_roles(stored: &[AppRole], value: &Value) -> Result<Vec<AppRole>, GraphError> {
    let wrong = || invalid("appRoles");
    let mut roles: Vec<AppRole> = vec![];
    for sent in value.as_array().ok_or_else(wrong)? {
        let text = |name: &str| sent[name].as_str().map(str::to_owned);
        let allowed: Option<Vec<String>> = sent["allowedMemberTypes"].as_array().and_then(|types| {
            types
                .iter()
                .map(|one| one.as_str().filter(|one| ["User", "Application"].contains(one)))
                .map(|one| one.map(str::to_owned))
                .collect()
        });
        let role = AppRole {
            id: text("id").and_then(|id| Uuid::parse_str(&id).ok()).ok_or_else(wrong)?,
            value: text("value").unwrap_or_default(),
            display_name: text("displayName").filter(|name| !name.is_empty()).ok_or_else(wrong)?,
            description: text("description").filter(|text| !text.is_empty()).ok_or_else(wrong)?,
            allowed_member_types: allowed.filter(|types| !types.is_empty()).ok_or_else(wrong)?,
            enabled: sent["isEnabled"].as_bool().unwrap_or(true),
        };
        if roles.iter().any(|other| other.id == role.id || (!role.value.is_empty() && other.value == role.value)) {
            return Err(wrong());
        }
        roles.push(role);
    }
    if stored.iter().any(|role| role.enabled && !roles.iter().any(|kept| kept.id == role.id)) {
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "CannotDeleteOrUpdateEnabledEntitlement",
            "Permission (scope or role) cannot be deleted or updated unless disabled first.",
        ));
    }
    Ok(roles)
}

/// At most 50 resources and 400 permissions (facts, B8).
fn required_resource_access(value: &Value) -> Result<(), GraphError> {
    let wrong = || invalid("requiredResourceAccess");
    let resources = value.as_array().ok_or_else(wrong)?;
    let mut permissions = 0;
    for resource in resources {
        let access = resource["resourceAccess"].as_array().ok_or_else(wrong)?;
        let guid = |value: &Value| value.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok());
        let sound =
            |one: &Value| guid(&one["id"]) && ["Scope", "Role"].contains(&one["type"].as_str().unwrap_or_default());
        if !resource["resourceAppId"].is_string() || !access.iter().all(sound) {
            return Err(wrong());
        }
        permissions += access.len();
    }
    if resources.len() > 50 || permissions > 400 { Err(wrong()) } else { Ok(()) }
}

//! `/servicePrincipals`: an application's identity in the tenant. It has credentials of its own, and does not show
//! the application's.

pub(crate) mod agents;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod patch;

use serde_json::{Value, json};

use super::agents::AgentKind;
use super::credentials::{key_credential, password};
use super::error::GraphError;
use super::object::Object;
use super::odata::{Query, selected};
use super::security_attributes::{self, NAME};
use super::{applications, first_party, owners};
use crate::format::graph_date;
use crate::store::{CustomKeyIdentifierStyle, Directory, ServicePrincipal};

/// In the order in which Graph was recorded to write them on 2025-04-08 (azure-cli,
/// `test_create_for_rbac_service_management_reference`).
const PROPERTIES: &[&str] = &[
    "id",
    "deletedDateTime",
    "accountEnabled",
    "alternativeNames",
    "appDisplayName",
    "appDescription",
    "appId",
    "applicationTemplateId",
    "appOwnerOrganizationId",
    "appRoleAssignmentRequired",
    "createdDateTime",
    "description",
    "disabledByMicrosoftStatus",
    "displayName",
    "homepage",
    "loginUrl",
    "logoutUrl",
    "notes",
    "notificationEmailAddresses",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "replyUrls",
    "servicePrincipalNames",
    "servicePrincipalType",
    "signInAudience",
    "tags",
    "tokenEncryptionKeyId",
    "samlSingleSignOnSettings",
    "addIns",
    "appRoles",
    "info",
    "keyCredentials",
    "oauth2PermissionScopes",
    "passwordCredentials",
    "resourceSpecificApplicationPermissions",
    "verifiedPublisher",
];

/// What agents have beside them.
const OF_AGENTS: &[&str] = &["agentIdentityBlueprintId", "createdByAppId"];
/// Of an agent identity, in the order of Graph's page of the resource.
const AGENT_PROPERTIES: &[&str] = &[
    "id",
    "accountEnabled",
    "agentIdentityBlueprintId",
    "createdByAppId",
    "createdDateTime",
    "disabledByMicrosoftStatus",
    "displayName",
    "servicePrincipalType",
    "tags",
];

/// A service principal among other kinds of directory objects.
pub(super) fn typed(service: &ServicePrincipal, directory: &Directory, query: &Query) -> Result<Object, GraphError> {
    let mut out = Object::default();
    if AgentKind::of_service(service, directory).is_none() {
        out.set("@odata.type", "#microsoft.graph.servicePrincipal");
    }
    // A `$select` that fits people is no mistake of the caller's: what is not there is left out.
    let mut shown = show(service, directory, &Query::default(), Shape::default())?;
    if let Some(select) = &query.select {
        let names: Vec<&str> = select.iter().map(String::as_str).chain(["@odata.type"]).collect();
        shown.keep(&names);
    }
    out.extend(shown);
    Ok(out)
}

/// Everything about a service principal, for comparison: without the certificates.
pub(super) fn whole(service: &ServicePrincipal, directory: &Directory) -> Value {
    let shown = show(service, directory, &Query::default(), Shape::default());
    shown.ok().and_then(|shown| serde_json::to_value(shown).ok()).unwrap_or_default()
}

/// How to show one.
#[derive(Clone, Copy, Default)]
struct Shape {
    style: CustomKeyIdentifierStyle,
    /// With the certificates themselves, else `key` is null.
    keys: bool,
}

fn show(service: &ServicePrincipal, directory: &Directory, query: &Query, shape: Shape) -> Result<Object, GraphError> {
    let mut out = Object::default();
    let kind = AgentKind::of_service(service, directory);
    if let Some(kind) = kind {
        out.set("@odata.type", kind.odata_type());
    }
    let all: Vec<&str> = PROPERTIES.iter().chain(&[NAME]).chain(OF_AGENTS).copied().collect();
    let properties = match kind {
        _ if query.select.is_some() => &all[..],
        Some(AgentKind::Identity) => AGENT_PROPERTIES,
        _ => PROPERTIES,
    };
    for name in selected(query.select.as_deref(), properties, "servicePrincipal")? {
        match name {
            NAME => {
                let attributes = service.common.extra.get(NAME).and_then(Value::as_object).cloned().unwrap_or_default();
                out.set(name, security_attributes::shown(&attributes));
                continue;
            }
            "keyCredentials" => {
                let entries = service.common.key_credentials.iter();
                out.list(name, entries.map(|entry| key_credential(entry, shape.style, shape.keys)).collect());
                continue;
            }
            "passwordCredentials" => {
                out.list(name, service.common.password_credentials.iter().map(password).collect());
                continue;
            }
            "appRoles" if let Some(first) = first_party::find(service.app_id) => {
                out.list(name, first.app_roles());
                continue;
            }
            "appRoles" => {
                let app = directory.application(service.app_id);
                let roles = app.map_or(&[][..], |app| &app.app_roles);
                out.list(name, roles.iter().map(applications::app_role).collect());
                continue;
            }
            "info" => {
                let app = directory.application(service.app_id);
                out.nest(name, applications::info(app.and_then(|app| app.common.extra.get(name))));
                continue;
            }
            "verifiedPublisher" => {
                out.nest(name, applications::verified_publisher());
                continue;
            }
            _ => {}
        }
        out.set(name, property(service, directory, name).unwrap_or_default());
    }
    if let Some(expanded) = &query.expand_owners {
        out.list("owners", owners::expanded(&service.common.owners, directory, expanded)?);
    }
    Ok(out)
}

/// `None` for a name that no service principal has.
fn property(service: &ServicePrincipal, directory: &Directory, name: &str) -> Option<Value> {
    let known = PROPERTIES.iter().chain(OF_AGENTS).find(|known| known.eq_ignore_ascii_case(name))?;
    if let Some(value) = service.common.extra.get(*known) {
        return Some(value.clone());
    }
    if let Some(value) = first_party::find(service.app_id).and_then(|first| first.property(known)) {
        return Some(value);
    }
    let app = directory.application(service.app_id);
    Some(match *known {
        "id" => json!(service.id),
        "accountEnabled" => json!(service.enabled),
        "appDisplayName" | "displayName" => json!(service.display_name),
        "appId" => json!(service.app_id),
        "appOwnerOrganizationId" => {
            json!(service.home.as_ref().map_or(directory.profile.id, |home| home.tenant))
        }
        "appRoleAssignmentRequired" => json!(false),
        "createdDateTime" => json!(graph_date(service.created)),
        "servicePrincipalNames" => {
            let mut names = app.map_or_else(Vec::new, |app| app.identifier_uris.clone());
            names.push(service.app_id.to_string());
            json!(names)
        }
        "oauth2PermissionScopes" => app
            .and_then(|app| app.common.extra.get("api"))
            .and_then(|api| api.get("oauth2PermissionScopes"))
            .cloned()
            .unwrap_or_else(|| json!([])),
        "keyCredentials" | "passwordCredentials" | "appRoles" | "info" | "verifiedPublisher" => return None,
        "servicePrincipalType" => json!(if service.agent.is_some() { "ServiceIdentity" } else { "Application" }),
        "agentIdentityBlueprintId" => json!(service.agent.as_ref().map(|agent| agent.blueprint)),
        "replyUrls" => json!(app.map_or(&[][..], |app| &app.redirect_uris)),
        "signInAudience" => json!(app.map(|app| &app.sign_in_audience)),
        "alternativeNames"
        | "notificationEmailAddresses"
        | "tags"
        | "addIns"
        | "resourceSpecificApplicationPermissions" => json!([]),
        _ => Value::Null,
    })
}

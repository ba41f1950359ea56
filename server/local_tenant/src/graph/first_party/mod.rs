//! Microsoft's own service principals, as far as this tenant has something behind them: Graph, Resource Manager, Key Vault.
//! They are in the directory from the beginning; there is no application behind them here.
//!
//! Graph's permissions are an excerpt of Microsoft's own list; the scopes of the other two are in the public templates of
//! those who ask for them.

use std::sync::LazyLock;

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::{Uuid, uuid};

use super::object::Object;
use crate::seed::stable_guid;
use crate::store::{Directory, ObjectKey, ServicePrincipal};

/// One of them.
#[derive(Debug)]
pub(crate) struct FirstParty {
    pub(crate) app_id: Uuid,
    pub(crate) display_name: &'static str,
    /// Beside the client id.
    names: &'static [&'static str],
    permissions: fn() -> &'static [Permission],
}

/// A permission that one of them defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permission {
    kind: PermissionKind,
    pub(crate) id: Uuid,
    /// `Admin` or `User`.
    consent: &'static str,
    /// Such as `Application.Read.All`.
    pub(crate) value: &'static str,
    display_name: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PermissionKind {
    /// Of applications.
    Role,
    /// Delegated.
    Scope,
}

/// The tenant that Microsoft's applications are registered in.
const MICROSOFT_SERVICES: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

pub(crate) static GRAPH: FirstParty = FirstParty {
    app_id: uuid!("00000003-0000-0000-c000-000000000000"),
    display_name: "Microsoft Graph",
    names: &["https://graph.microsoft.com"],
    permissions: || &GRAPH_PERMISSIONS,
};
static RESOURCE_MANAGER: FirstParty = FirstParty {
    app_id: uuid!("797f4846-ba00-4fd7-ba43-dac1f8f63013"),
    display_name: "Windows Azure Service Management API",
    names: &["https://management.azure.com/", "https://management.core.windows.net/"],
    permissions: || &MANAGEMENT_PERMISSIONS,
};
static KEY_VAULT: FirstParty = FirstParty {
    app_id: uuid!("cfa8b339-82a2-471a-a3c9-0fc0be7a4093"),
    display_name: "Azure Key Vault",
    names: &["https://vault.azure.net"],
    permissions: || &VAULT_PERMISSIONS,
};
static ALL: [&FirstParty; 3] = [&GRAPH, &RESOURCE_MANAGER, &KEY_VAULT];

static GRAPH_PERMISSIONS: LazyLock<Vec<Permission>> = LazyLock::new(|| read(include_str!("permissions.tsv")));
static MANAGEMENT_PERMISSIONS: [Permission; 1] = [Permission {
    kind: PermissionKind::Scope,
    id: uuid!("41094075-9dad-400e-a0bd-54e686782033"),
    consent: "User",
    value: "user_impersonation",
    display_name: "Access Azure Service Management as organization users",
}];
static VAULT_PERMISSIONS: [Permission; 1] = [Permission {
    kind: PermissionKind::Scope,
    id: uuid!("f53da476-18e3-4152-8e01-aec403e6edc0"),
    consent: "User",
    value: "user_impersonation",
    display_name: "Have full access to the Azure Key Vault service",
}];

/// What cannot be read is not in it; a test says that all of it is.
fn read(text: &'static str) -> Vec<Permission> {
    let permission = |line: &'static str| {
        let mut parts = line.split('\t');
        let mut next = || parts.next();
        let kind = match next()? {
            "Role" => PermissionKind::Role,
            "Scope" => PermissionKind::Scope,
            _ => return None,
        };
        let (id, consent, value) = (Uuid::parse_str(next()?).ok()?, next()?, next()?);
        Some(Permission { kind, id, consent, value, display_name: next()? })
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(permission).collect()
}

pub(crate) fn find(app_id: Uuid) -> Option<&'static FirstParty> {
    ALL.into_iter().find(|one| one.app_id == app_id)
}

/// By the URL that a token is asked for, with or without a slash at the end.
pub(crate) fn by_name(name: &str) -> Option<&'static FirstParty> {
    let wanted = name.trim_end_matches('/');
    ALL.into_iter().find(|one| one.names.iter().any(|name| name.trim_end_matches('/') == wanted))
}

impl FirstParty {
    fn roles(&self) -> impl Iterator<Item = &'static Permission> {
        (self.permissions)().iter().filter(|one| one.kind == PermissionKind::Role)
    }

    /// An application permission by its id.
    pub(crate) fn role(&self, id: Uuid) -> Option<&'static Permission> {
        self.roles().find(|role| role.id == id)
    }

    /// A delegated permission by its id.
    pub(crate) fn scope(&self, id: Uuid) -> Option<&'static Permission> {
        (self.permissions)().iter().find(|one| one.kind == PermissionKind::Scope && one.id == id)
    }

    pub(crate) fn role_by_value(&self, value: &str) -> Option<&'static Permission> {
        self.roles().find(|role| role.value == value)
    }

    /// `appRoles` of its service principal.
    pub(crate) fn app_roles(&self) -> Vec<Object> {
        let shown = self.roles().map(|role| {
            let mut out = Object::default();
            out.set("allowedMemberTypes", json!(["Application"]));
            out.set("description", Value::Null);
            out.set("displayName", role.display_name);
            out.set("id", role.id.to_string());
            out.set("isEnabled", true);
            out.set("origin", "Application");
            out.set("value", role.value);
            out
        });
        shown.collect()
    }

    /// A property of its service principal; `None`: as of any other.
    pub(crate) fn property(&self, name: &str) -> Option<Value> {
        Some(match name {
            "appOwnerOrganizationId" => json!(MICROSOFT_SERVICES),
            "replyUrls" => json!([]),
            "servicePrincipalNames" => {
                let app_id = self.app_id.to_string();
                json!(self.names.iter().copied().chain([app_id.as_str()]).collect::<Vec<_>>())
            }
            "signInAudience" => json!("AzureADMultipleOrgs"),
            "oauth2PermissionScopes" => {
                let scopes = (self.permissions)().iter().filter(|one| one.kind == PermissionKind::Scope);
                let shown = scopes.map(|scope| {
                    json!({
                        "adminConsentDescription": null, "adminConsentDisplayName": scope.display_name, "id": scope.id,
                        "isEnabled": true, "type": scope.consent, "userConsentDescription": null,
                        "userConsentDisplayName": null, "value": scope.value,
                    })
                });
                shown.collect()
            }
            _ => return None,
        })
    }
}

/// Puts those into a directory that are not there.
pub(crate) fn plant(directory: &mut Directory, created: OffsetDateTime) {
    for one in ALL {
        if directory.service_principals.get(ObjectKey::AppId(one.app_id)).is_none() {
            let id = stable_guid("first party", &one.app_id.to_string());
            directory.service_principals.insert(ServicePrincipal::new(id, one.app_id, one.display_name, created));
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_excerpt_is_read_whole() {
        let lines = include_str!("permissions.tsv").lines().count();
        assert_eq!(GRAPH_PERMISSIONS.len(), lines - 1);
        assert!(lines > 1_000, "{lines}");
        let send = GRAPH.role_by_value("Mail.Send").unwrap();
        assert_eq!(send.id, uuid!("b633e1c5-b582-4048-a93e-9f11b44c7e96"));
        assert_eq!(GRAPH.role(send.id), Some(send));
        let scopes = GRAPH.property("oauth2PermissionScopes").unwrap();
        let read = scopes.as_array().unwrap().iter().find(|scope| scope["value"] == "User.Read").unwrap();
        assert_eq!((&read["id"], &read["type"]), (&json!("e1fe6dd8-ba31-4d61-89e7-88639da4683d"), &json!("User")));
    }
}

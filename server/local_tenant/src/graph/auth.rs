//! Who calls, by bearer token, and what that lets them do.

use axum::http::HeaderMap;
use serde_json::Value;
use uuid::Uuid;

use super::directory_objects::Profiles;
use super::error::GraphError;
use crate::bearer::{bearer, in_force};
use crate::entra::scope::GRAPH_ID;
use crate::state::Tenant;
use crate::store::DirectoryRole;

/// The owner of a verified access token.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// A person, through a client: delegated.
    Person { id: Uuid, client: Uuid, scopes: Vec<String>, wids: Vec<String> },
    /// An application by itself; `id` is its service principal's.
    App { id: Uuid, client: Uuid, roles: Vec<String> },
}

/// Verifies `Authorization: Bearer …`: signature, dates, audience.
pub(crate) fn authenticate(tenant: &Tenant, headers: &HeaderMap) -> Result<Caller, GraphError> {
    let token = bearer(headers).ok_or_else(|| GraphError::unauthenticated("Access token is empty."))?;
    let claims = tenant
        .signing
        .open(token)
        .ok_or_else(|| GraphError::unauthenticated("Access token validation failure. Invalid signature."))?;
    if !in_force(&claims, tenant.now()) {
        return Err(GraphError::unauthenticated("Lifetime validation failed, the token is expired."));
    }
    let audience = claims["aud"].as_str().unwrap_or_default().trim_end_matches('/');
    if audience != GRAPH_ID && !tenant.everywhere.iter().any(|names| names.is_graph(audience)) {
        return Err(GraphError::unauthenticated("Access token validation failure. Invalid audience."));
    }
    let id = |name: &str| claims[name].as_str().and_then(|text| Uuid::parse_str(text).ok());
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let owner = id("oid").ok_or_else(|| GraphError::unauthenticated("Access token validation failure."))?;
    let client = id("appid").unwrap_or_default();
    Ok(match claims["scp"].as_str() {
        Some(scopes) => Caller::Person {
            id: owner,
            client,
            scopes: scopes.split(' ').map(str::to_owned).collect(),
            wids: strings(&claims["wids"]),
        },
        None => Caller::App { id: owner, client, roles: strings(&claims["roles"]) },
    })
}

const READ: [&str; 4] =
    ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE: [&str; 2] = ["Application.ReadWrite.All", "Directory.ReadWrite.All"];

impl Caller {
    pub(crate) fn id(&self) -> Uuid {
        match self {
            Self::Person { id, .. } | Self::App { id, .. } => *id,
        }
    }

    /// Client id of the application the token was issued to.
    pub(crate) fn client(&self) -> Uuid {
        match self {
            Self::Person { client, .. } | Self::App { client, .. } => *client,
        }
    }

    /// Of a person.
    pub(crate) fn has_role(&self, role: DirectoryRole) -> bool {
        match self {
            Self::Person { wids, .. } => wids.iter().any(|wid| wid == role.template_id()),
            Self::App { .. } => false,
        }
    }

    pub(crate) fn holds(&self, permissions: &[&str]) -> bool {
        let held = match self {
            Self::Person { scopes, .. } => scopes,
            Self::App { roles, .. } => roles,
        };
        held.iter().any(|one| permissions.contains(&one.as_str()))
    }

    /// The person behind a delegated token; an app has no `/me`.
    pub(crate) fn person(&self) -> Result<Uuid, GraphError> {
        match self {
            Self::Person { id, .. } => Ok(*id),
            Self::App { .. } => Err(GraphError::new(
                axum::http::StatusCode::BAD_REQUEST,
                "BadRequest",
                "/me request is only valid with delegated authentication flow.",
            )),
        }
    }

    /// Any member may read applications, through a client that was consented to.
    pub(crate) fn may_read_applications(&self) -> Result<(), GraphError> {
        let owned_by = matches!(self, Self::App { .. }) && self.holds(&["Application.ReadWrite.OwnedBy"]);
        if self.holds(&READ) || owned_by { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Permission of the client and right of the person, both (facts, C2).
    pub(crate) fn may_change(&self, owners: &[Uuid]) -> Result<(), GraphError> {
        let owner = owners.contains(&self.id());
        let allowed = match self {
            Self::Person { wids, .. } => {
                self.holds(&WRITE) && (owner || wids.iter().any(|wid| DirectoryRole::manages_applications(wid)))
            }
            Self::App { .. } => {
                self.holds(&["Application.ReadWrite.All"]) || (owner && self.holds(&["Application.ReadWrite.OwnedBy"]))
            }
        };
        if allowed { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// As [`Self::may_change`], but an app needs more than `OwnedBy` for it (facts, C1).
    pub(crate) fn may_change_owners(&self, owners: &[Uuid]) -> Result<(), GraphError> {
        if matches!(self, Self::App { .. }) && !self.holds(&["Application.ReadWrite.All"]) {
            return Err(GraphError::denied());
        }
        self.may_change(owners)
    }

    /// Members may register applications, as is the default at Entra.
    pub(crate) fn may_create(&self) -> Result<(), GraphError> {
        let owned_by = matches!(self, Self::App { .. }) && self.holds(&["Application.ReadWrite.OwnedBy"]);
        if self.holds(&WRITE) || owned_by { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// The two logs: a permission, and of a person a directory role that sees them. Which of the roles here do is
    /// assumed: all of them.
    pub(crate) fn may_read_logs(&self) -> Result<(), GraphError> {
        let role = match self {
            Self::Person { wids, .. } => wids.iter().any(|wid| DirectoryRole::reads_logs(wid)),
            Self::App { .. } => true,
        };
        if self.holds(&["AuditLog.Read.All"]) && role { Ok(()) } else { Err(GraphError::denied()) }
    }

    pub(crate) fn may_read_roles(&self) -> Result<(), GraphError> {
        let permissions = ["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"];
        if self.holds(&permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Groups with their members.
    pub(crate) fn may_read_groups(&self) -> Result<(), GraphError> {
        let permissions = [
            "GroupMember.Read.All",
            "GroupMember.ReadWrite.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ];
        if self.holds(&permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Members of a group whose membership is hidden.
    pub(crate) fn may_read_hidden_members(&self) -> bool {
        self.holds(&["Member.Read.Hidden"])
    }

    /// Members may make groups, as is the default at Entra.
    pub(crate) fn may_create_groups(&self) -> Result<(), GraphError> {
        let app = matches!(self, Self::App { .. }) && self.holds(&["Group.Create"]);
        if app || self.holds(&["Group.ReadWrite.All", "Directory.ReadWrite.All"]) {
            Ok(())
        } else {
            Err(GraphError::denied())
        }
    }

    /// Permission, and of a person: owner of the group, or a role that covers groups.
    pub(crate) fn may_change_group(&self, owners: &[Uuid]) -> Result<(), GraphError> {
        self.may_with(&["Group.ReadWrite.All", "Directory.ReadWrite.All"], owners)
    }

    /// The same for its members.
    pub(crate) fn may_change_members(&self, owners: &[Uuid]) -> Result<(), GraphError> {
        let permissions = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
        self.may_with(&permissions, owners)
    }

    fn may_with(&self, permissions: &[&str], owners: &[Uuid]) -> Result<(), GraphError> {
        let right = match self {
            Self::Person { id, wids, .. } => {
                let manages = [DirectoryRole::GlobalAdministrator, DirectoryRole::GroupsAdministrator];
                owners.contains(id) || manages.iter().any(|role| wids.iter().any(|wid| wid == role.template_id()))
            }
            Self::App { .. } => true,
        };
        if right && self.holds(permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// What of people may be read. The basic profile is names, addresses and photo (Graph's page of permissions,
    /// `User.ReadBasic.All`).
    pub(crate) fn profiles(&self) -> Profiles {
        if self.holds(&["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]) {
            Profiles::Whole
        } else if self.holds(&["User.ReadBasic.All"]) {
            Profiles::Basic
        } else {
            Profiles::Hidden
        }
    }

    /// `appRoleAssignments`: a permission, and of a person a role that manages applications.
    pub(crate) fn may_assign_app_roles(&self) -> Result<(), GraphError> {
        self.may_manage_applications_with(&["AppRoleAssignment.ReadWrite.All"])
    }

    pub(crate) fn may_read_grants(&self) -> Result<(), GraphError> {
        let permissions = [
            "DelegatedPermissionGrant.Read.All",
            "DelegatedPermissionGrant.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ];
        if self.holds(&permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// `oauth2PermissionGrants`.
    pub(crate) fn may_write_grants(&self) -> Result<(), GraphError> {
        self.may_manage_applications_with(&["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"])
    }

    fn may_manage_applications_with(&self, permissions: &[&str]) -> Result<(), GraphError> {
        let right = match self {
            Self::Person { wids, .. } => wids.iter().any(|wid| DirectoryRole::manages_applications(wid)),
            Self::App { .. } => true,
        };
        if right && self.holds(permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// `sendMail` from somebody's mailbox: people from their own.
    pub(crate) fn may_send_mail(&self, mailbox: Uuid) -> Result<(), GraphError> {
        let right = matches!(self, Self::App { .. }) || self.id() == mailbox;
        if right && self.holds(&["Mail.Send"]) {
            return Ok(());
        }
        // Exchange's own words.
        Err(GraphError::new(
            axum::http::StatusCode::FORBIDDEN,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        ))
    }

    pub(crate) fn may_read_policies(&self) -> Result<(), GraphError> {
        let permissions =
            ["Policy.Read.All", "Policy.Read.ApplicationConfiguration", "Policy.ReadWrite.ApplicationConfiguration"];
        if self.holds(&permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Permission, and of a person: Global Administrator, or Security Administrator who also manages applications
    /// (facts, C4).
    pub(crate) fn may_write_policies(&self) -> Result<(), GraphError> {
        let role = match self {
            Self::Person { wids, .. } => {
                let has = |role: DirectoryRole| wids.iter().any(|wid| wid == role.template_id());
                has(DirectoryRole::GlobalAdministrator)
                    || (has(DirectoryRole::SecurityAdministrator)
                        && wids.iter().any(|wid| DirectoryRole::manages_applications(wid)))
            }
            Self::App { .. } => true,
        };
        if self.holds(&["Policy.ReadWrite.ApplicationConfiguration"]) && role {
            Ok(())
        } else {
            Err(GraphError::denied())
        }
    }

    /// `customSecurityAttributes`.
    pub(crate) fn may_assign_attributes(&self) -> Result<(), GraphError> {
        if self.holds(&["CustomSecAttributeAssignment.ReadWrite.All"]) { Ok(()) } else { Err(GraphError::denied()) }
    }

    pub(crate) fn may_read_attributes(&self) -> Result<(), GraphError> {
        let permissions = ["CustomSecAttributeAssignment.Read.All", "CustomSecAttributeAssignment.ReadWrite.All"];
        if self.holds(&permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Lists of trusted CAs (beta).
    pub(crate) fn may_change_authorities(&self) -> Result<(), GraphError> {
        let role = match self {
            Self::Person { wids, .. } => wids.iter().any(|wid| DirectoryRole::manages_applications(wid)),
            Self::App { .. } => true,
        };
        if self.holds(&["AppCertTrustConfiguration.ReadWrite.All"]) && role {
            Ok(())
        } else {
            Err(GraphError::denied())
        }
    }

    pub(crate) fn may_read_authorities(&self) -> Result<(), GraphError> {
        let permissions = ["AppCertTrustConfiguration.Read.All", "AppCertTrustConfiguration.ReadWrite.All"];
        if self.holds(&permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }
}

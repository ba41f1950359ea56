//! Agent identity blueprints, their principals, and agent identities: which objects are of these kinds, and who may write
//! them. Their routes have a cast (`/applications/{id}/microsoft.graph.agentIdentityBlueprint`); a blueprint is found by
//! the plain route only where [`crate::Behaviour::plain_blueprint_routes`] says so.
//!
//! Permissions are from Graph's pages of each operation, codes from learn.microsoft.com/entra/agent-id/error-codes; the
//! status of a code and the roles of an owner are this tenant's choice.

use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Request;
use super::auth::Caller;
use super::directory_objects::ObjectKind;
use super::error::GraphError;
use super::holder::HolderKind;
use super::path::Route;
use crate::store::{Application, Directory, DirectoryRole, ObjectKey, ServicePrincipal};

/// Sponsors of one object, and groups among them (Microsoft's page of limits).
const MOST_SPONSORS: usize = 100;
const MOST_GROUPS: usize = 5;

/// What an application has that is a blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blueprint {
    pub(crate) sponsors: Vec<Uuid>,
}

/// What a service principal has that is an agent identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AgentIdentity {
    /// Client id of its blueprint.
    pub(crate) blueprint: Uuid,
    pub(crate) sponsors: Vec<Uuid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgentKind {
    Blueprint,
    BlueprintPrincipal,
    Identity,
}

impl AgentKind {
    const ALL: [Self; 3] = [Self::Blueprint, Self::BlueprintPrincipal, Self::Identity];

    /// The type's name without its namespace.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Blueprint => "agentIdentityBlueprint",
            Self::BlueprintPrincipal => "agentIdentityBlueprintPrincipal",
            Self::Identity => "agentIdentity",
        }
    }

    pub(crate) const fn odata_type(self) -> &'static str {
        match self {
            Self::Blueprint => "#microsoft.graph.agentIdentityBlueprint",
            Self::BlueprintPrincipal => "#microsoft.graph.agentIdentityBlueprintPrincipal",
            Self::Identity => "#microsoft.graph.agentIdentity",
        }
    }

    /// A cast of that set, in lower case.
    pub(crate) fn of_cast(set: HolderKind, cast: &str) -> Option<Self> {
        let name = cast.trim_start_matches("microsoft.").strip_prefix("graph.")?;
        Self::ALL.into_iter().find(|kind| kind.set() == set && kind.name().eq_ignore_ascii_case(name))
    }

    const fn set(self) -> HolderKind {
        match self {
            Self::Blueprint => HolderKind::Application,
            Self::BlueprintPrincipal | Self::Identity => HolderKind::ServicePrincipal,
        }
    }

    /// `applications/microsoft.graph.agentIdentityBlueprint`: the set in contexts.
    pub(crate) fn context(self) -> String {
        format!("{}/microsoft.graph.{}", self.set().set(), self.name())
    }

    fn of_application(app: &Application) -> Option<Self> {
        app.blueprint.is_some().then_some(Self::Blueprint)
    }

    pub(crate) fn of_service(service: &ServicePrincipal, directory: &Directory) -> Option<Self> {
        if service.agent.is_some() {
            return Some(Self::Identity);
        }
        let app = directory.applications.get(ObjectKey::AppId(service.app_id))?;
        app.blueprint.is_some().then_some(Self::BlueprintPrincipal)
    }

    fn permission(self, what: &str) -> String {
        let name = match self {
            Self::Blueprint => "AgentIdentityBlueprint",
            Self::BlueprintPrincipal => "AgentIdentityBlueprintPrincipal",
            Self::Identity => "AgentIdentity",
        };
        format!("{name}.{what}")
    }
}

/// Whether routes without a cast lead to an application.
pub(crate) fn is_plain(request: &Request<'_>, app: &Application) -> bool {
    app.blueprint.is_none() || request.tenant.behaviour().plain_blueprint_routes
}

/// What a write is about; permissions go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aspect {
    Credentials,
    Trusts,
    Branding,
    Deletion,
    Everything,
}

const CREDENTIALS: [&str; 2] = ["keyCredentials", "passwordCredentials"];
const BRANDING: [&str; 3] = ["displayName", "description", "info"];

/// Before an operation: an object of another kind than the cast is not there, and of an agent's the permissions of agents
/// decide. `true`: they allow the write.
pub(super) fn gate(request: &Request<'_>, method: &Method, route: &Route) -> Result<bool, GraphError> {
    let Some((set, key)) = route.subject() else {
        return Ok(false);
    };
    let (kind, owners) = {
        let directory = request.tenant.read();
        match set {
            HolderKind::Application => {
                let Some(app) = directory.applications.get(key) else {
                    return Ok(false);
                };
                if request.cast.is_none() && !is_plain(request, app) {
                    return Err(GraphError::not_found(key));
                }
                (AgentKind::of_application(app), app.common.owners.clone())
            }
            HolderKind::ServicePrincipal => {
                let Some(service) = directory.service_principals.get(key) else {
                    return Ok(false);
                };
                (AgentKind::of_service(service, &directory), service.common.owners.clone())
            }
        }
    };
    if request.cast.is_some() && request.cast != kind {
        return Err(GraphError::not_found(key));
    }
    let Some(kind) = kind.filter(|_| method != Method::GET) else {
        return Ok(false);
    };
    let aspect = aspect(request, method, route);
    if aspect == Aspect::Credentials && kind != AgentKind::Blueprint {
        return Err(no_credentials(kind));
    }
    may_write(&request.caller, kind, aspect, &owners)?;
    Ok(true)
}

fn aspect(request: &Request<'_>, method: &Method, route: &Route) -> Aspect {
    match route {
        Route::Action(..) => Aspect::Credentials,
        Route::Federated(_) | Route::FederatedOne(..) => Aspect::Trusts,
        Route::Object(..) if method == Method::DELETE => Aspect::Deletion,
        Route::Object(..) => {
            let sent = request.json().unwrap_or_default();
            let names = || sent.keys().filter(|name| !name.contains('@'));
            if names().any(|name| CREDENTIALS.contains(&name.as_str())) {
                let only = names().all(|name| CREDENTIALS.contains(&name.as_str()));
                if only { Aspect::Credentials } else { Aspect::Everything }
            } else if names().all(|name| BRANDING.contains(&name.as_str())) {
                Aspect::Branding
            } else {
                Aspect::Everything
            }
        }
        _ => Aspect::Everything,
    }
}

/// Words of Microsoft's page of error codes.
pub(super) fn no_credentials(kind: AgentKind) -> GraphError {
    let (code, words) = match kind {
        AgentKind::Identity => (
            "AgentIdentity_CredentialsNotSupported",
            "Credentials are not supported for agent identities. All credentials must be added to the agent identity blueprint.",
        ),
        _ => (
            "AgentBlueprintPrincipal_IncompatibleProperty",
            "A property specified in the request is incompatible with agent identity blueprint principals and can't be set.",
        ),
    };
    GraphError::new(StatusCode::BAD_REQUEST, code, words)
}

fn may_write(caller: &Caller, kind: AgentKind, aspect: Aspect, owners: &[Uuid]) -> Result<(), GraphError> {
    let mut permissions = vec![kind.permission("ReadWrite.All")];
    permissions.extend(match aspect {
        Aspect::Credentials | Aspect::Trusts => Some(kind.permission("AddRemoveCreds.All")),
        Aspect::Branding => Some(kind.permission("UpdateBranding.All")),
        Aspect::Deletion => Some(kind.permission("DeleteRestore.All")),
        Aspect::Everything => None,
    });
    // Of people: who makes one owns it and may write it, but a secret or a certificate is an administrator's (facts, 1.1).
    let owner = owners.contains(&caller.id()) && aspect != Aspect::Credentials;
    holds(caller, &permissions)?;
    if owner || is_administrator(caller) { Ok(()) } else { Err(GraphError::denied()) }
}

/// Permission to make one. Of people a role, of which the developer's is for blueprints and their principals alone.
pub(super) fn may_create(request: &Request<'_>, kind: AgentKind, owns_blueprint: bool) -> Result<(), GraphError> {
    let caller = &request.caller;
    let mut permissions = match kind {
        AgentKind::Identity => vec![kind.permission("Create.All")],
        _ => vec![kind.permission("Create"), kind.permission("ReadWrite.All")],
    };
    if kind == AgentKind::Identity && matches!(caller, Caller::App { .. }) {
        permissions.push(kind.permission("CreateAsManager"));
    }
    holds(caller, &permissions)?;
    let developer = kind != AgentKind::Identity && caller.has_role(DirectoryRole::AgentIdDeveloper);
    if developer || owns_blueprint || is_administrator(caller) { Ok(()) } else { Err(GraphError::denied()) }
}

/// A token with one of two broad permissions has its permissions for agents ignored: a known issue, says Graph's page.
fn holds(caller: &Caller, permissions: &[String]) -> Result<(), GraphError> {
    let ignored = caller.holds(&["Directory.AccessAsUser.All", "Directory.ReadWrite.All"]);
    let names: Vec<&str> = permissions.iter().map(String::as_str).collect();
    if !ignored && caller.holds(&names) { Ok(()) } else { Err(GraphError::denied()) }
}

fn is_administrator(caller: &Caller) -> bool {
    match caller {
        Caller::Person { .. } => {
            caller.has_role(DirectoryRole::AgentIdAdministrator) || caller.has_role(DirectoryRole::GlobalAdministrator)
        }
        Caller::App { .. } => true,
    }
}

/// Whom `sponsors@odata.bind` names: people and groups, one at least.
pub(super) fn sponsors(sent: &Map<String, Value>, directory: &Directory) -> Result<Vec<Uuid>, GraphError> {
    let wrong = || GraphError::bad_request("Invalid value specified for property 'sponsors'.");
    let links = sent.get("sponsors@odata.bind").and_then(Value::as_array).filter(|links| !links.is_empty());
    let links =
        links.ok_or_else(|| GraphError::bad_request("No sponsor specified. Please provide at least one sponsor."))?;
    let mut found = vec![];
    for link in links {
        let id = link.as_str().and_then(|link| link.rsplit('/').next()).and_then(|id| Uuid::parse_str(id).ok());
        put_sponsor(&mut found, id.ok_or_else(wrong)?, directory)?;
    }
    Ok(found)
}

pub(super) fn put_sponsor(sponsors: &mut Vec<Uuid>, id: Uuid, directory: &Directory) -> Result<(), GraphError> {
    let is_group = |id: Uuid| directory.group(id).is_some();
    match ObjectKind::of(id, directory) {
        Some(ObjectKind::User | ObjectKind::Group) => {}
        Some(_) => return Err(GraphError::bad_request("Invalid value specified for property 'sponsors'.")),
        None => return Err(GraphError::not_found(id)),
    }
    if sponsors.contains(&id) {
        return Err(GraphError::bad_request(
            "One or more added object references already exist for the following modified properties: 'sponsors'.",
        ));
    }
    let groups = sponsors.iter().filter(|one| is_group(**one)).count();
    if sponsors.len() >= MOST_SPONSORS || (is_group(id) && groups >= MOST_GROUPS) {
        return Err(GraphError::too_large());
    }
    sponsors.push(id);
    Ok(())
}

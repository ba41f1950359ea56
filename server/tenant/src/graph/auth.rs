//! Who calls, by bearer token, and what that lets them do.

use axum::http::HeaderMap;
use serde_json::Value;
use uuid::Uuid;

use super::error::GraphError;
use crate::entra::scope::GRAPH_ID;
use crate::state::Tenant;
use crate::store::{Application, DirectoryRole};

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
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(|| GraphError::unauthenticated("Access token is empty."))?;
    let claims = tenant
        .signing
        .open(token)
        .ok_or_else(|| GraphError::unauthenticated("Access token validation failure. Invalid signature."))?;
    let now = tenant.now().unix_timestamp();
    if claims["exp"].as_i64().is_none_or(|exp| now >= exp) || claims["nbf"].as_i64().is_some_and(|nbf| nbf > now + 300)
    {
        return Err(GraphError::unauthenticated("Lifetime validation failed, the token is expired."));
    }
    let audience = claims["aud"].as_str().unwrap_or_default().trim_end_matches('/');
    let own = tenant.bases.iter().any(|base| base == audience);
    if !own && !["https://graph.microsoft.com", GRAPH_ID].contains(&audience) {
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

    fn holds(&self, permissions: &[&str]) -> bool {
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
    pub(crate) fn may_change(&self, app: &Application) -> Result<(), GraphError> {
        let owner = app.owners.contains(&self.id());
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
    pub(crate) fn may_add_owner(&self, app: &Application) -> Result<(), GraphError> {
        if matches!(self, Self::App { .. }) && !self.holds(&["Application.ReadWrite.All"]) {
            return Err(GraphError::denied());
        }
        self.may_change(app)
    }

    /// Members may register applications, as is the default at Entra.
    pub(crate) fn may_create(&self) -> Result<(), GraphError> {
        let owned_by = matches!(self, Self::App { .. }) && self.holds(&["Application.ReadWrite.OwnedBy"]);
        if self.holds(&WRITE) || owned_by { Ok(()) } else { Err(GraphError::denied()) }
    }
}

//! What a sign-in gives: who it is, and their tokens.

use app::contract::people::PortalRole;
use app::contract::problem::SignInFor;
use domain::ids::{ObjectId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use time::OffsetDateTime;

/// Who is signed in, from the ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// `tid`. Sessions of earlier versions do not name it: they are of the one tenant that there was.
    #[serde(default)]
    pub tenant_id: Option<TenantId>,
    /// `oid`
    pub object_id: ObjectId,
    pub name: String,
    pub username: String,
    /// Values of the `roles` claim, as Entra sent them.
    pub roles: Vec<String>,
    /// Template ids of directory roles, of the claim `wids`; absent where the portal's registration does not ask for it,
    /// and in sessions of earlier versions.
    #[serde(default)]
    pub directory_roles: Option<Vec<String>>,
    /// When they signed in to Entra, as far as that is known: `auth_time`, or when a round trip began that asked for a new
    /// sign-in.
    #[serde(default, with = "time::serde::timestamp::option")]
    pub authenticated_at: Option<OffsetDateTime>,
    /// When Entra last said which roles they have. Sessions of earlier versions do not tell.
    #[serde(default, with = "time::serde::timestamp::option")]
    pub roles_read_at: Option<OffsetDateTime>,
}

/// What an ID token says of a person's roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolesRead {
    pub object_id: ObjectId,
    pub roles: Vec<String>,
    pub directory_roles: Option<Vec<String>>,
    #[serde(with = "time::serde::timestamp")]
    pub at: OffsetDateTime,
}

/// A sign-in that was started and has not come back yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub state: String,
    pub nonce: String,
    /// PKCE (RFC 7636).
    pub verifier: String,
    /// A path of this portal.
    pub return_to: String,
    /// More than to be signed in.
    #[serde(default)]
    pub purpose: Option<SignInFor>,
    /// Sign-ins of earlier versions do not say it.
    #[serde(default, with = "time::serde::timestamp::option")]
    pub begun_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// What a token for Graph is to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    /// And to write apps.
    Write,
}

/// What Entra issued. `Debug` shows no token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    #[serde(with = "time::serde::timestamp")]
    pub expires_at: OffsetDateTime,
    /// Graph takes writes with the access token. Of earlier versions it is not known, and another one is asked for.
    #[serde(default)]
    pub may_write: bool,
    /// Of the ID token that came with these.
    #[serde(default)]
    pub roles: Option<RolesRead>,
    /// For other resources than Graph, by resource.
    #[serde(default)]
    pub others: BTreeMap<String, OtherToken>,
}

/// An access token for another resource.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherToken {
    pub access: String,
    #[serde(with = "time::serde::timestamp")]
    pub expires_at: OffsetDateTime,
}

impl RolesRead {
    /// The portal lets people with one of these roles push.
    pub fn may_push(&self) -> bool {
        self.portal_roles().any(PortalRole::may_push)
    }

    /// The portal shows people with one of these roles the whole directory.
    pub fn sees_everything(&self) -> bool {
        self.portal_roles().any(PortalRole::sees_everything)
    }

    fn portal_roles(&self) -> impl Iterator<Item = PortalRole> {
        self.roles.iter().filter_map(|value| PortalRole::of_value(value))
    }
}

impl Tokens {
    /// After a renewal. What Entra does not give anew stays.
    #[must_use]
    pub fn in_place_of(self, old: Self) -> Self {
        Self { refresh: self.refresh.or(old.refresh), others: old.others, ..self }
    }

    /// None: who has no role needs none.
    pub fn none(now: OffsetDateTime) -> Self {
        Self {
            access: String::new(),
            refresh: None,
            expires_at: now,
            may_write: false,
            roles: None,
            others: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

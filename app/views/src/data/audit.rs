//! The audit log.

use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::ObjectId;
use domain::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What the audit page shows. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Part of an app's or person's name, a thumbprint, a request-id.
    pub search: String,
    /// An [`Outcome`] in kebab-case, or empty for all.
    pub outcome: String,
    /// From 1.
    pub page: u32,
}

/// One thing that was done, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The person's name; empty where nobody is known.
    pub who: String,
    /// `userPrincipalName`; empty where nobody is known.
    pub username: String,
    /// What was done, or wanted.
    pub action: AuditAction,
    /// Of the app that it is about, where there is one.
    pub app_name: Option<String>,
    /// That app's object id.
    pub object_id: Option<ObjectId>,
    /// SHA-1 of the certificate that was added, where one was.
    pub thumbprint: Option<Thumbprint>,
    /// What it led to.
    pub outcome: AuditOutcome,
    /// A sentence.
    pub detail: String,
    /// Graph's or Entra's `request-id`.
    pub request_id: Option<String>,
    /// Of the push that it belongs to.
    pub receipt: Option<Uuid>,
}

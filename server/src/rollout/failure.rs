//! Why an app of a push did not end as wanted.
//!
//! These are kept for good, as JSON: a variant may be added, and none renamed.

use crate::graph::GraphError;
use crate::person::TokenError;
use crate::store::{Stored, StoredReason};
use domain::merge_plan::ConflictReason;
use domain::push::{Discrepancy, EntryName};
use serde::{Deserialize, Serialize};

/// Why an app of a push did not end as wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "failure")]
pub(crate) enum AppFailure {
    /// The preview could not plan for it, and says why.
    NotPlanned { refusal: StoredReason },
    /// The preview has no plan for it.
    NoPlan,
    /// The work on it ended early, by a fault of this program.
    Panicked,
    /// The push was cancelled, and what its write did was not read: there was no sign-in left.
    NotLookedAt,
    /// A request did not do what it should, and that decided.
    Request { request: RequestFailure },
    /// It is not what it was in the preview: nothing was sent.
    Changed { reason: ConflictReason },
    /// Graph did not accept the write, nobody knows why.
    NotAccepted,
    /// Patience ended before anything was written.
    GaveUp,
    /// Something was sent or may have been, and the reads do not show what they must.
    Unverified(Unverified),
    /// As another version put it.
    #[serde(skip)]
    Told(StoredReason),
}

/// A request of a push that did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub(crate) enum RequestFailure {
    /// It was not made: there was no token for it.
    Token { error: TokenError },
    /// Graph refused it, failed, or did not answer.
    Graph { error: GraphError },
}

impl RequestFailure {
    /// The status, where Graph answered.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Token { .. } => None,
            Self::Graph { error } => error.status(),
        }
    }

    /// Entra's or Graph's id of the request, for support.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Token { error } => error.request_id(),
            Self::Graph { error } => error.request_id(),
        }
    }

    /// Only the person can go on, by signing in again.
    pub(crate) fn needs_sign_in(&self) -> bool {
        match self {
            Self::Token { error } => error.needs_sign_in(),
            Self::Graph { error } => matches!(error, GraphError::SignedOut(_)),
        }
    }

    /// Somebody understood it and said no: the same request would be refused again. Without that, the token could not be
    /// had, or Graph failed.
    pub(crate) fn was_refused(&self) -> bool {
        match self {
            Self::Token { error } => error.was_refused(),
            Self::Graph { error } => match error {
                GraphError::SignedOut(_)
                | GraphError::Denied(_)
                | GraphError::NotFound(_)
                | GraphError::Concurrency(_)
                | GraphError::Throttled { .. }
                | GraphError::EndDate(_)
                | GraphError::Policy(_)
                | GraphError::NotUpdatable(_)
                | GraphError::TooLarge(_)
                | GraphError::Quota(_)
                | GraphError::Locked(_)
                | GraphError::ServiceManagementReference(_)
                | GraphError::InvalidKey(_)
                | GraphError::Invalid(_) => true,
                GraphError::Failed { .. }
                | GraphError::Unreachable
                | GraphError::NoAnswer
                | GraphError::Unreadable { .. } => false,
            },
        }
    }

    /// The person may not.
    pub(crate) fn was_denied(&self) -> bool {
        match self {
            Self::Token { error } => error.was_refused(),
            Self::Graph { error } => matches!(error, GraphError::Denied(_) | GraphError::Policy(_)),
        }
    }

    /// There is no such app.
    pub(crate) fn was_not_found(&self) -> bool {
        matches!(self, Self::Graph { error: GraphError::NotFound(_) })
    }
}

/// What is known where a write cannot be called verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unverified {
    pub(crate) doubt: Doubt,
    /// What the last read does not show as planned.
    pub(crate) differs: Vec<Discrepancy>,
    /// Entries of others that are gone and were not put back.
    pub(crate) lost: Vec<EntryName>,
    /// Entries of others that were there at last, and may go yet.
    pub(crate) at_risk: Vec<EntryName>,
    /// The last request that failed, if nothing has succeeded since.
    pub(crate) request: Option<RequestFailure>,
}

/// Why a write cannot be called verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "doubt")]
pub(crate) enum Doubt {
    /// No read succeeded after it.
    NotReadBack,
    /// It was accepted, and reads still show the state from before.
    NotSeen,
    /// It had no answer, others have written since, and it may still arrive. Of an earlier version: by now a push waits.
    OnItsWay,
    /// It had no answer, and reads do not show it.
    Unanswered,
    /// Reads do not agree on entries of others.
    Unsteady,
    /// Others kept writing over the app.
    HealsUsedUp,
    /// The app is not as planned.
    Differs,
    /// An entry of somebody else is gone.
    Lost,
    /// What others overwrote could not be put back.
    HealRefused,
    /// Somebody else changed the app so that a person has to look.
    Conflict { reason: ConflictReason },
}

impl AppFailure {
    /// Of the request that it comes from, for support.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Request { request } => request.request_id(),
            Self::Unverified(unverified) => unverified.request.as_ref()?.request_id(),
            Self::NotPlanned { refusal: Stored::Told(told) } | Self::Told(Stored::Told(told)) => {
                told.request_id.as_deref()
            }
            Self::NotPlanned { .. }
            | Self::Told(_)
            | Self::NoPlan
            | Self::Panicked
            | Self::NotLookedAt
            | Self::Changed { .. }
            | Self::NotAccepted
            | Self::GaveUp => None,
        }
    }
}

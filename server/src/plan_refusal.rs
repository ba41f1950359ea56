//! Why a preview plans nothing for an app. Kept with the preview as JSON: a variant may be added, and none renamed.

use crate::graph::GraphError;
use crate::store::{StoreError, Stored, StoredReason};
use domain::merge_plan::PlanError;
use serde::{Deserialize, Serialize};

/// Why a preview plans nothing for an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "refusal")]
pub(crate) enum PlanRefusal {
    #[error("the app could not be read: {error}")]
    Unread { error: GraphError },
    /// By a fault of this program.
    #[error("the portal failed while reading the app")]
    NotRead,
    /// By a fault of this program.
    #[error("there is no plan for the app")]
    NoPlan,
    #[error("nothing can safely be written to the app: {why}")]
    CannotMerge { kind: MergeRefusal, why: String },
    /// By a policy, a lock or a limit that is known before the write.
    #[error("Entra would refuse it: {title}")]
    WouldBeRefused { title: String, why: String, advice: String },
}

/// What can be done about a change that cannot be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MergeRefusal {
    /// The entry that would go encrypts the app's tokens.
    EncryptsTokens,
    /// The key of an entry is not known.
    CannotRestore,
    Other,
}

impl From<&PlanError> for PlanRefusal {
    fn from(error: &PlanError) -> Self {
        let kind = match error {
            PlanError::EncryptsTokens { .. } => MergeRefusal::EncryptsTokens,
            PlanError::CannotRestore { .. } => MergeRefusal::CannotRestore,
            _ => MergeRefusal::Other,
        };
        Self::CannotMerge { kind, why: error.to_string() }
    }
}

impl PlanRefusal {
    /// Entra says no, or would: a refusal, and not a failure on the way to an answer.
    pub(crate) fn was_denied(&self) -> bool {
        match self {
            Self::Unread { error } => matches!(error, GraphError::Denied(_) | GraphError::Policy(_)),
            Self::WouldBeRefused { .. } => true,
            Self::NotRead | Self::NoPlan | Self::CannotMerge { .. } => false,
        }
    }

    /// As the store keeps it.
    pub(crate) fn stored(&self) -> Result<StoredReason, StoreError> {
        let typed = serde_json::to_value(self).map_err(|error| StoreError::Damaged(format!("refusal: {error}")))?;
        Ok(Stored::Typed { typed })
    }

    /// `None` for what an earlier version told in words, or a later one by a name that this one does not know.
    pub(crate) fn read(stored: &StoredReason) -> Option<Self> {
        match stored {
            Stored::Typed { typed } => Self::deserialize(typed).ok(),
            Stored::Told(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::graph::Reply;

    #[test]
    fn what_is_kept_is_read_again() {
        let reply = Reply { status: 403, code: "x".into(), message: "No.".into(), request_id: Some("r".into()) };
        for refusal in [
            PlanRefusal::Unread { error: GraphError::Denied(reply) },
            PlanRefusal::Unread { error: GraphError::NoAnswer },
            PlanRefusal::NoPlan,
            PlanRefusal::CannotMerge { kind: MergeRefusal::CannotRestore, why: "why".into() },
            PlanRefusal::WouldBeRefused { title: "t".into(), why: "w".into(), advice: "a".into() },
        ] {
            assert_eq!(PlanRefusal::read(&refusal.stored().unwrap()), Some(refusal));
        }
    }

    #[test]
    fn the_names_in_stored_plans_stay() {
        let refusal = PlanRefusal::CannotMerge { kind: MergeRefusal::EncryptsTokens, why: "why".into() };
        let json = serde_json::to_value(&refusal).unwrap();
        assert_eq!(json, serde_json::json!({"refusal": "cannot-merge", "kind": "encrypts-tokens", "why": "why"}));
    }
}

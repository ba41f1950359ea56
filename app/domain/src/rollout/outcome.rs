//! Where an app of a push is, and how it ended.

use crate::spelling::spelled;
use serde::{Deserialize, Serialize};

spelled! {
    /// How an app of a push ended.
    pub enum Outcome ("outcome of an app") {
        /// Written, and read back until it was there and nothing else had changed.
        Verified = "verified",
        /// The certificate was there before: nothing was sent.
        AlreadyThere = "already-there",
        /// The app is not as it was in the preview: nothing was sent.
        ChangedSincePreview = "changed-since-preview",
        /// Entra said no (permission, policy, validation): nothing was changed.
        Refused = "refused",
        /// No answer, or one that made no sense, before the write: nothing was sent.
        Failed = "failed",
        /// Written, but the read-back did not show what it must. Needs a person's look.
        Unverified = "unverified",
        /// The push was cancelled before this app's turn: nothing was sent.
        Cancelled = "cancelled",
    }
}

impl Outcome {
    /// The app is as wanted, and that was seen.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Verified | Self::AlreadyThere)
    }
}

/// Where an app of a push is, for people. As JSON `"waiting"`, `"working"` or `{"ended": "verified"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppStage {
    /// Its turn has not come.
    Waiting,
    /// It is being read or written.
    Working,
    /// It has a result.
    Ended(Outcome),
}

impl AppStage {
    /// Its one spelling: an app that ended is called by its outcome.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Ended(outcome) => outcome.as_str(),
        }
    }

    /// Of an app that has ended.
    pub const fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Ended(outcome) => Some(outcome),
            Self::Waiting | Self::Working => None,
        }
    }
}

spelled! {
    /// How far the journal has got with an app: what may have been sent, whatever process is at work.
    pub enum JournalStage ("stage of an app") {
        /// Nothing was sent.
        Waiting = "waiting",
        /// A write was sent, or is about to be.
        Writing = "writing",
        /// It has an outcome, which stays.
        Done = "done",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;
    use serde_json::json;

    #[test]
    fn spellings() {
        holds(&[
            (Outcome::Verified, "verified"),
            (Outcome::AlreadyThere, "already-there"),
            (Outcome::ChangedSincePreview, "changed-since-preview"),
            (Outcome::Refused, "refused"),
            (Outcome::Failed, "failed"),
            (Outcome::Unverified, "unverified"),
            (Outcome::Cancelled, "cancelled"),
        ]);
        holds(&[(JournalStage::Waiting, "waiting"), (JournalStage::Writing, "writing"), (JournalStage::Done, "done")]);
        assert_eq!((Outcome::ALL.len(), JournalStage::ALL.len()), (7, 3));
        let error = "Verified".parse::<Outcome>().expect_err("another spelling");
        assert_eq!(error.to_string(), "“Verified” is no outcome of an app");
    }

    #[test]
    fn a_stage_is_stored_as_it_always_was() {
        for (stage, json) in [
            (AppStage::Waiting, json!("waiting")),
            (AppStage::Working, json!("working")),
            (AppStage::Ended(Outcome::ChangedSincePreview), json!({"ended": "changed-since-preview"})),
        ] {
            assert_eq!(serde_json::to_value(stage).expect("json"), json);
            assert_eq!(serde_json::from_value::<AppStage>(json).expect("a stage"), stage);
        }
        assert_eq!(AppStage::Ended(Outcome::Refused).as_str(), "refused");
    }

    #[test]
    fn two_outcomes_are_good() {
        let good: Vec<_> = Outcome::ALL.iter().filter(|outcome| outcome.is_good()).collect();
        assert_eq!(good, [&Outcome::Verified, &Outcome::AlreadyThere]);
    }
}

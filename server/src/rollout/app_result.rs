//! What a push of one app came to.

use crate::rollout::failure::AppFailure;
use crate::rollout::steps::Step;
use domain::diff::Diff;
use domain::push::{EntryName, ForeignChange, Healed};
use domain::rollout::Outcome;
use serde::{Deserialize, Serialize};

/// The result of one app, which stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppResult {
    pub(crate) outcome: Outcome,
    /// Why, where it was not written as planned.
    pub(crate) failure: Option<AppFailure>,
    pub(crate) diff: Option<Diff>,
    /// `keyCredentials` before and after, pretty-printed as Graph sent them; absent where not read.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) steps: Vec<Step>,
    pub(crate) reads_until_seen: u32,
    pub(crate) notes: Vec<PushNote>,
    /// The kept state from before, to go back to; absent where nothing was written.
    pub(crate) undo: Option<i64>,
}

impl AppResult {
    /// An app about which nothing more is known.
    pub(crate) fn bare(outcome: Outcome, failure: AppFailure) -> Self {
        Self {
            outcome,
            failure: Some(failure),
            diff: None,
            before: None,
            after: None,
            steps: vec![],
            reads_until_seen: 0,
            notes: vec![],
            undo: None,
        }
    }
}

/// What else happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PushNote {
    /// The app had changed since the preview, and the change was merged with what was there.
    MergedAgain,
    /// So many writes of earlier pushes to the app had no answer, and were reckoned with.
    EarlierWrites(u32),
    /// What others overwrote was put right.
    Healed(Healed),
    /// Somebody else's change.
    Foreign(ForeignChange),
    /// Tried with a write that was turned away, and not seen since.
    Attempted(Healed),
    /// Gone, and not put back.
    Lost(EntryName),
    /// There at last, and perhaps not for long.
    AtRisk(EntryName),
    /// In the words of an earlier version.
    Told(String),
}

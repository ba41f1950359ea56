//! What a push is told, what it asks for, and how it ends.

use crate::merge_plan::Conflict;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How careful, and how stubborn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// That must agree before a write is called seen, or an entry gone. At least 1.
    pub consecutive_reads: u32,
    /// Of the change itself: further ones follow on a write without an answer that did not arrive.
    pub max_writes: u32,
    /// Writes that put something back.
    pub max_heals: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { consecutive_reads: 3, max_writes: 3, max_heals: 5 }
    }
}

/// What to do next, once [`super::Push::read_journal`] is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read the app and call [`super::Push::read`], or [`super::Push::read_failed`].
    Read,
    /// Keep [`super::Push::write_journal`], send this body as a PATCH, once, and call [`super::Push::wrote`].
    Write(Value),
    /// Nothing more.
    Done(Ending),
}

/// What came of a PATCH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteAnswer {
    /// 2xx.
    Accepted,
    /// 409 or 429: try again later. It is not taken for certain that nothing was written.
    TurnedAway,
    /// Refused for good: permission, policy, validation.
    Refused,
    /// None, or one that makes no sense: it may have been written, or may still be.
    Unanswered,
}

/// How it ended. [`super::Push::report`] has the particulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ending")]
pub enum Ending {
    /// Enough reads in a row show all that was planned.
    Verified,
    /// All was as wanted: nothing was sent.
    AlreadyThere,
    /// The app changed so that a person has to look: nothing was sent.
    Conflict {
        /// Both sides of it.
        conflict: Conflict,
    },
    /// Graph refused the write: nothing was changed.
    Refused,
    /// Patience ended before anything was sent.
    GaveUp,
    /// Something was sent or may have been, and the reads do not show what they must.
    Unverified {
        /// What the reads do not show.
        why: UnverifiedReason,
    },
}

/// Why a write that was sent is not called verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum UnverifiedReason {
    /// Accepted, and enough reads show the state from before.
    #[error("Entra accepted the write, but reads still show the state from before")]
    NotSeen,
    /// It may have come, or may still come.
    #[error("The write had no answer, and reads do not show it")]
    Unanswered,
    /// 409 or 429, until patience ended.
    #[error("Entra turned the write away each time")]
    TurnedAway,
    /// The reads show something else than planned.
    #[error("The app is not as planned after the write")]
    Differs,
    /// [`Policy::max_heals`]
    #[error("Others write to this app at the same time, and what they overwrote was put back as often as is allowed")]
    HealsUsedUp,
    /// A later write was refused, after one without an answer.
    #[error("Entra refused the write, and an earlier one may have come through")]
    Refused,
    /// It cannot be put back.
    #[error("An entry of somebody else is gone, perhaps because of a push's write, and its key is not known")]
    Lost,
    /// Some reads show it, and some do not.
    #[error("Reads do not agree on whether an entry of somebody else is still there")]
    Unsteady,
    /// [`Ending::Conflict`], after something was sent.
    #[error("{conflict}")]
    Conflict {
        /// Both sides of it.
        conflict: Conflict,
    },
}

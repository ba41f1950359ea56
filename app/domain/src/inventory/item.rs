//! What people decide about an item: an object, and one reason to look at it.

use super::AttentionKind;
use crate::credentials::Subject;
use crate::ids::ObjectId;
use crate::spelling::spelled;
use time::{Duration, OffsetDateTime};

/// An item is put off for so long at most: what is to stay away is accepted, with a reason.
pub const LONGEST_SNOOZE: Duration = Duration::days(180);
/// Characters of a reason.
pub const LONGEST_REASON: usize = 500;

/// An object, and why somebody should look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Item {
    /// Which one.
    pub subject: Subject,
    /// Why.
    pub kind: AttentionKind,
}

spelled! {
    /// What somebody decided about an item.
    pub enum ItemAct ("decision about an item") {
        /// Somebody looks after it. It stays in the count.
        Assigned = "assigned",
        /// It is out of the count until a day.
        Snoozed = "snoozed",
        /// It is out of the count for as long as it is so.
        Accepted = "accepted",
        /// It is as if nobody had decided anything.
        Reopened = "reopened",
    }
}

/// Why somebody decided: 1 to [`LONGEST_REASON`] characters, and not only blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

/// Not what a reason can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Nothing, or blanks.
    #[error("a reason is needed")]
    Missing,
    /// Of more than [`LONGEST_REASON`] characters.
    #[error("a reason has at most {LONGEST_REASON} characters")]
    TooLong,
}

impl Reason {
    /// Without blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Reason {
    type Err = ReasonError;

    fn from_str(text: &str) -> Result<Self, ReasonError> {
        match text.trim() {
            "" => Err(ReasonError::Missing),
            text if text.chars().count() > LONGEST_REASON => Err(ReasonError::TooLong),
            text => Ok(Self(text.to_owned())),
        }
    }
}

/// When a snoozed item comes back: later than now, and not later than [`LONGEST_SNOOZE`] from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnoozeEnd(OffsetDateTime);

/// Not a time until which an item can be put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnoozeError {
    /// It is now, or was.
    #[error("the day has come already")]
    Past,
    /// More than [`LONGEST_SNOOZE`] from now.
    #[error("the day is more than {} days from now", LONGEST_SNOOZE.whole_days())]
    TooFar,
}

impl SnoozeEnd {
    /// # Errors
    /// Where the time is not one that an item can be put off until.
    pub fn new(until: OffsetDateTime, now: OffsetDateTime) -> Result<Self, SnoozeError> {
        match until - now {
            ahead if ahead <= Duration::ZERO => Err(SnoozeError::Past),
            ahead if ahead > LONGEST_SNOOZE => Err(SnoozeError::TooFar),
            _ => Ok(Self(until)),
        }
    }

    /// The time itself.
    pub fn time(self) -> OffsetDateTime {
        self.0
    }
}

/// A decision of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This person looks after it.
    Assign {
        /// Of the directory.
        id: ObjectId,
        /// As people are shown it.
        name: String,
    },
    /// Not before then.
    Snooze {
        /// When it comes back.
        until: SnoozeEnd,
        /// Why, where that was said.
        reason: Option<Reason>,
    },
    /// It is known, and may stay.
    Accept {
        /// Why.
        reason: Reason,
    },
    /// As if nobody had decided.
    Reopen,
}

impl Decision {
    /// What it is, without its details.
    pub fn act(&self) -> ItemAct {
        match self {
            Self::Assign { .. } => ItemAct::Assigned,
            Self::Snooze { .. } => ItemAct::Snoozed,
            Self::Accept { .. } => ItemAct::Accepted,
            Self::Reopen => ItemAct::Reopened,
        }
    }
}

//! How many apps of a push are where.

use super::{JournalStage, Outcome};

/// How many apps of a push are where: each app is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Their turn has not come.
    pub waiting: u32,
    /// A write was sent, or is about to be.
    pub writing: u32,
    /// [`Outcome::Verified`].
    pub verified: u32,
    /// [`Outcome::AlreadyThere`].
    pub already_there: u32,
    /// [`Outcome::ChangedSincePreview`].
    pub changed: u32,
    /// [`Outcome::Refused`].
    pub refused: u32,
    /// [`Outcome::Failed`].
    pub failed: u32,
    /// [`Outcome::Unverified`].
    pub unverified: u32,
    /// [`Outcome::Cancelled`].
    pub cancelled: u32,
}

/// An app that is done has no outcome: it can be counted nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an app is done and has no outcome")]
pub struct Uncountable;

impl Counts {
    /// Counts `apps` more that are at this stage. `outcome`: of those that are done; that of others says nothing.
    pub fn add(&mut self, stage: JournalStage, outcome: Option<Outcome>, apps: u32) -> Result<(), Uncountable> {
        let place = match (stage, outcome) {
            (JournalStage::Waiting, _) => &mut self.waiting,
            (JournalStage::Writing, _) => &mut self.writing,
            (JournalStage::Done, Some(outcome)) => self.of(outcome),
            (JournalStage::Done, None) => return Err(Uncountable),
        };
        *place = place.saturating_add(apps);
        Ok(())
    }

    fn of(&mut self, outcome: Outcome) -> &mut u32 {
        match outcome {
            Outcome::Verified => &mut self.verified,
            Outcome::AlreadyThere => &mut self.already_there,
            Outcome::ChangedSincePreview => &mut self.changed,
            Outcome::Refused => &mut self.refused,
            Outcome::Failed => &mut self.failed,
            Outcome::Unverified => &mut self.unverified,
            Outcome::Cancelled => &mut self.cancelled,
        }
    }

    /// Apps that have an outcome.
    pub const fn ended(&self) -> u32 {
        self.good() + self.badly() + self.cancelled
    }

    /// That ended as wanted: [`Outcome::is_good`].
    pub const fn good(&self) -> u32 {
        self.verified + self.already_there
    }

    /// That ended otherwise than wanted, and not because a person cancelled.
    pub const fn badly(&self) -> u32 {
        self.changed + self.refused + self.failed + self.unverified
    }

    /// Every app of the push.
    pub const fn all(&self) -> u32 {
        self.waiting + self.writing + self.ended()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_app_counts_once() {
        let mut counts = Counts::default();
        counts.add(JournalStage::Waiting, None, 3).expect("countable");
        counts.add(JournalStage::Writing, None, 2).expect("countable");
        for outcome in Outcome::ALL {
            counts.add(JournalStage::Done, Some(*outcome), 1).expect("countable");
        }
        assert_eq!(counts.add(JournalStage::Done, None, 1), Err(Uncountable));
        assert_eq!((counts.all(), counts.ended(), counts.good(), counts.badly()), (12, 7, 2, 4));
        assert_eq!((counts.waiting, counts.writing, counts.cancelled), (3, 2, 1));
    }
}

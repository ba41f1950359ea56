//! An approval that holds at this moment.

use super::{Need, PlanDigest, Request, RequestState, StateDigest};
use time::OffsetDateTime;
use uuid::Uuid;

/// Why nothing may be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStanding {
    /// It was not approved, or is over.
    #[error("the request is {0}")]
    NotApproved(RequestState),
    /// Its time is over.
    #[error("the request has expired")]
    Expired,
    /// The rules of now ask for more.
    #[error("{missing} of the approvals that the rules ask for are missing")]
    Unmet {
        /// How many, at least.
        missing: u8,
    },
    /// What would be sent is not what was approved.
    #[error("what would be sent is not what was approved")]
    PlanMoved,
    /// What is there is not what the approvers saw.
    #[error("what the apps have is not what was approved")]
    StateMoved,
}

impl NotStanding {
    /// The approval can never hold again.
    pub fn is_void(&self) -> bool {
        matches!(self, Self::PlanMoved | Self::StateMoved)
    }
}

/// All approvals that the rules ask for, given to exactly what would be sent and to exactly what is there. Only
/// [`Request::standing`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingApproval {
    request: Uuid,
    revision: u32,
    plan: PlanDigest,
    state: StateDigest,
}

impl StandingApproval {
    /// Of which request.
    pub fn request(&self) -> Uuid {
        self.request
    }

    /// Of which of its revisions.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// What may be sent.
    pub fn plan(&self) -> &PlanDigest {
        &self.plan
    }

    /// Onto what: what a read just before shows has to be this.
    pub fn state(&self) -> &StateDigest {
        &self.state
    }
}

impl Request {
    /// `needs`: what the rules of now ask for. `plan`: over what is about to be sent. `state`: over what a read has just
    /// shown of the apps.
    ///
    /// # Errors
    /// Why nothing may be carried out.
    pub fn standing(
        &self,
        needs: &[Need],
        plan: &PlanDigest,
        state: &StateDigest,
        at: OffsetDateTime,
    ) -> Result<StandingApproval, NotStanding> {
        if self.state() != RequestState::Approved {
            return Err(NotStanding::NotApproved(self.state()));
        }
        if at >= self.expires_at() {
            return Err(NotStanding::Expired);
        }
        let subject = self.subject();
        if *plan != subject.seen.plan {
            return Err(NotStanding::PlanMoved);
        }
        if *state != subject.seen.state {
            return Err(NotStanding::StateMoved);
        }
        match self.missing(needs) {
            0 if !needs.is_empty() => Ok(StandingApproval {
                request: self.id(),
                revision: self.revision(),
                plan: plan.clone(),
                state: state.clone(),
            }),
            0 => Err(NotStanding::Unmet { missing: 1 }),
            missing => Err(NotStanding::Unmet { missing }),
        }
    }
}

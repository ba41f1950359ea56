//! What people are told of a request.

use super::RequestState;
use crate::notices::RequestEvent;
use uuid::Uuid;

impl RequestEvent {
    /// What is told of a request that has come to this state; nothing while it is carried out.
    pub(super) fn of(state: RequestState) -> Option<Self> {
        Some(match state {
            RequestState::Open => Self::Waits,
            RequestState::Approved => Self::NeedsExecutor,
            RequestState::Executing => return None,
            RequestState::Done => Self::Done,
            RequestState::Failed => Self::Failed,
            RequestState::Rejected => Self::Rejected,
            RequestState::Withdrawn => Self::Withdrawn,
            RequestState::Expired => Self::Expired,
            RequestState::Void => Self::Void,
        })
    }
}

/// Something to tell. Told again under the same id it is the same notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestNotice {
    /// Of all that is told of a request's end there is one id; of what comes before, one for each revision and event.
    pub id: Uuid,
    /// What.
    pub event: RequestEvent,
}

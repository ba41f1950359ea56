//! What people are told of a request.

use super::RequestState;
use crate::spelling::spelled;
use uuid::Uuid;

spelled! {
    /// What people are told of.
    pub enum NoticeKind ("kind of notice about a request") {
        /// It waits for reviewers.
        Asked = "request-asked",
        /// It has waited for reviewers, and waits for others, too.
        Escalated = "request-escalated",
        /// It waits for somebody who carries it out.
        Approved = "request-approved",
        /// It is over, well.
        Done = "request-done",
        /// It is over, and not all is as was asked.
        Failed = "request-failed",
        /// A reviewer said no.
        Rejected = "request-rejected",
        /// Its asker took it back.
        Withdrawn = "request-withdrawn",
        /// Its time was over.
        Expired = "request-expired",
        /// It does not fit what is there any more.
        Void = "request-void",
    }
}

impl NoticeKind {
    pub(super) fn of(state: RequestState) -> Option<Self> {
        Some(match state {
            RequestState::Open => Self::Asked,
            RequestState::Approved => Self::Approved,
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
pub struct Notice {
    /// Of all that is told of a request's end there is one id; of what comes before, one for each revision and kind.
    pub id: Uuid,
    /// What.
    pub kind: NoticeKind,
}

//! What can be wanted of a request, and why it is not done.

use super::{
    Capacity, Need, PlanDigest, RequestState, RequestSubject, ReviewVerdict, StandingApproval, StateDigest, VoidReason,
};
use crate::ids::ObjectId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What an approval is given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What would be sent.
    pub plan: PlanDigest,
    /// What the apps had.
    pub state: StateDigest,
}

/// Who reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// Object id.
    pub id: ObjectId,
    /// As it was then.
    pub name: String,
    /// They had the portal's role for administrators.
    pub admin: bool,
    /// Of the groups that the rules name, those that they were in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<ObjectId>,
}

impl Reviewer {
    /// As what they approved.
    pub fn capacity(&self) -> Capacity<'_> {
        Capacity { admin: self.admin, groups: &self.groups }
    }
}

/// What a reviewer said, and to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who.
    pub by: Reviewer,
    /// What.
    pub verdict: ReviewVerdict,
    /// To what.
    pub seen: Seen,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Something that somebody wants, or that time brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Another preview takes the place of the one that was asked for.
    Edit {
        /// Who asked.
        by: ObjectId,
        /// The new one.
        subject: RequestSubject,
        /// What the rules ask for it.
        needs: Vec<Need>,
    },
    /// A reviewer's word.
    Review {
        /// Whose.
        by: Reviewer,
        /// Which.
        verdict: ReviewVerdict,
        /// What they had before them.
        seen: Seen,
        /// What the rules of now ask for.
        needs: Vec<Need>,
    },
    /// Who asked no longer wants it.
    Withdraw {
        /// Who.
        by: ObjectId,
    },
    /// The terms of every rule that applies are met.
    ApproveByRule {
        /// What the rules of now ask for, as far as it was judged.
        needs: Vec<Need>,
    },
    /// The rules ask for something else than when it was last looked at.
    Reconsider {
        /// What the rules of now ask for.
        needs: Vec<Need>,
    },
    /// It may have waited for long enough to be put before others, too.
    Escalate,
    /// Its time may be over.
    Expire,
    /// It does not fit what is there.
    Void {
        /// Why.
        why: VoidReason,
    },
    /// It begins to be carried out.
    Begin {
        /// What makes it possible.
        standing: StandingApproval,
        /// Of its push; `None` for the removal of a secret, which has a record of its own.
        receipt: Option<Uuid>,
    },
    /// That has ended.
    End {
        /// Every app is as was asked.
        well: bool,
    },
}

/// Why a command is not carried out. The request stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Or not yet, or not any more.
    #[error("the request is {0}")]
    WrongState(RequestState),
    /// Its time is over.
    #[error("the request has expired")]
    Expired,
    /// It is not yet.
    #[error("the request has not expired")]
    NotExpired,
    /// Nobody else is to be asked, or not yet.
    #[error("there is nobody else to ask, or not yet")]
    NotDue,
    /// The rules ask for the same as before.
    #[error("the rules ask for the same as before")]
    NothingNew,
    /// Not all of it is met.
    #[error("a rule asks for somebody's approval")]
    NotAutomatic,
    /// Only who asked may do this.
    #[error("only who asked may do this")]
    NotTheirs,
    /// Nobody approves their own request, unless the rule says so.
    #[error("nobody approves their own request here")]
    OwnRequest,
    /// The rules name others.
    #[error("the rules name others to approve this")]
    NotAReviewer,
    /// What they had before them is not what is asked for.
    #[error("the request has changed since it was looked at")]
    NotWhatWasSeen,
    /// Only a preview gives way to another preview.
    #[error("what is asked for does not give way to something else")]
    NotAPreview,
    /// The approval is of another request, or of what it was before.
    #[error("the approval is not of this request as it is")]
    OtherApproval,
}

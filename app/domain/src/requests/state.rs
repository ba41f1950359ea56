//! Where a request is, and what is done to it.

use crate::spelling::spelled;

spelled! {
    /// Where a request is.
    pub enum RequestState ("state of a request") {
        /// It waits for approvals.
        Open = "open",
        /// It has all approvals that the rules ask for, and waits for somebody whom Entra lets write.
        Approved = "approved",
        /// Its push has begun.
        Executing = "executing",
        /// Its push ended, and every app is as was asked.
        Done = "done",
        /// Its push ended, and not every app is as was asked.
        Failed = "failed",
        /// By somebody who could have approved it.
        Rejected = "rejected",
        /// By who asked.
        Withdrawn = "withdrawn",
        /// Nobody carried it out in time.
        Expired = "expired",
        /// What was asked for no longer fits what is there.
        Void = "void",
    }
}

impl RequestState {
    /// Nothing more will come of it.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Open | Self::Approved | Self::Executing)
    }

    /// It waits for a person.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Approved)
    }
}

spelled! {
    /// What somebody, or time, did to a request.
    pub enum RequestAct ("act on a request") {
        /// It was made.
        Asked = "asked",
        /// Another preview took the place of the first: approvals are void.
        Edited = "edited",
        /// A reviewer approved it.
        Approved = "approved",
        /// A reviewer rejected it.
        Rejected = "rejected",
        /// Its asker withdrew it.
        Withdrawn = "withdrawn",
        /// Its time was over.
        Expired = "expired",
        /// It was found not to fit what is there.
        Voided = "voided",
        /// Its push began.
        Begun = "begun",
        /// Its push ended.
        Ended = "ended",
        /// Somebody said something.
        Commented = "commented",
        /// A rule's terms were met: nobody has to approve.
        ApprovedByRule = "approved-by-rule",
        /// It had waited long enough, and was put before others, too.
        Escalated = "escalated",
        /// The rules ask for more, or for others, than when it was last looked at.
        Reconsidered = "reconsidered",
        /// A push went past the rules, with a reason.
        PassedOver = "passed-over",
    }
}

spelled! {
    /// What a reviewer says.
    pub enum ReviewVerdict ("verdict") {
        /// Yes.
        Approve = "approve",
        /// No: the request is over.
        Reject = "reject",
    }
}

spelled! {
    /// Why a request is void.
    pub enum VoidReason ("reason why a request is void") {
        /// An app no longer has what it had in the preview.
        AppChanged = "app-changed",
        /// An app is not there any more.
        AppGone = "app-gone",
        /// What would be sent is not what was asked for.
        PlanChanged = "plan-changed",
        /// A certificate can no longer be used.
        CertificateUnsuitable = "certificate-unsuitable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (RequestState::Open, "open"),
            (RequestState::Approved, "approved"),
            (RequestState::Executing, "executing"),
            (RequestState::Done, "done"),
            (RequestState::Failed, "failed"),
            (RequestState::Rejected, "rejected"),
            (RequestState::Withdrawn, "withdrawn"),
            (RequestState::Expired, "expired"),
            (RequestState::Void, "void"),
        ]);
        holds(&[
            (RequestAct::Asked, "asked"),
            (RequestAct::Edited, "edited"),
            (RequestAct::Approved, "approved"),
            (RequestAct::Rejected, "rejected"),
            (RequestAct::Withdrawn, "withdrawn"),
            (RequestAct::Expired, "expired"),
            (RequestAct::Voided, "voided"),
            (RequestAct::Begun, "begun"),
            (RequestAct::Ended, "ended"),
            (RequestAct::Commented, "commented"),
            (RequestAct::ApprovedByRule, "approved-by-rule"),
            (RequestAct::Escalated, "escalated"),
            (RequestAct::Reconsidered, "reconsidered"),
            (RequestAct::PassedOver, "passed-over"),
        ]);
        holds(&[(ReviewVerdict::Approve, "approve"), (ReviewVerdict::Reject, "reject")]);
        holds(&[
            (VoidReason::AppChanged, "app-changed"),
            (VoidReason::AppGone, "app-gone"),
            (VoidReason::PlanChanged, "plan-changed"),
            (VoidReason::CertificateUnsuitable, "certificate-unsuitable"),
        ]);
        assert_eq!((RequestState::ALL.len(), RequestAct::ALL.len()), (9, 14));
        assert_eq!((ReviewVerdict::ALL.len(), VoidReason::ALL.len()), (2, 4));
    }

    #[test]
    fn three_states_are_not_over() {
        let open: Vec<_> = RequestState::ALL.iter().filter(|state| !state.is_over()).collect();
        assert_eq!(open, [&RequestState::Open, &RequestState::Approved, &RequestState::Executing]);
        assert!(RequestState::ALL.iter().filter(|state| state.waits()).all(|state| !state.is_over()));
    }
}

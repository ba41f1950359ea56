//! A request, and what becomes of it.

use super::{
    Need, PlanDigest, RequestAct, RequestNotice, RequestState, ReviewVerdict, StandingApproval, StateDigest,
    VoidReason, Words,
};
use crate::ids::ObjectId;
use crate::notices::RequestEvent;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What an approval is given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What would be sent.
    pub plan: PlanDigest,
    /// What the apps had.
    pub state: StateDigest,
}

/// A preview that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestSubject {
    /// The preview's id.
    pub preview: Uuid,
    /// What it came to.
    #[serde(flatten)]
    pub seen: Seen,
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
    /// Its time may be over.
    Expire,
    /// It does not fit what is there.
    Void {
        /// Why.
        why: VoidReason,
    },
    /// Its push begins.
    Begin {
        /// What makes it possible.
        standing: StandingApproval,
        /// Of the push.
        receipt: Uuid,
    },
    /// Its push has ended.
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
    /// The approval is of another request, or of what it was before.
    #[error("the approval is not of this request as it is")]
    OtherApproval,
}

/// One line of a request's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// What happened.
    pub act: RequestAct,
    /// Who did it; `None`: time, or the portal.
    pub by: Option<ObjectId>,
    /// Why it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<VoidReason>,
}

/// What a command leads to: all of it is to be kept together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// As it is from now on.
    pub request: Request,
    /// For its history.
    pub event: HistoryEvent,
    /// For people.
    pub notice: Option<RequestNotice>,
}

/// A change that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    id: Uuid,
    asker: ObjectId,
    subject: RequestSubject,
    needs: Vec<Need>,
    reason: Words,
    wanted_on: Option<Date>,
    #[serde(with = "time::serde::rfc3339")]
    asked_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    state: RequestState,
    /// From 1; one more with each other preview.
    revision: u32,
    /// The latest of each reviewer.
    reviews: Vec<Review>,
    receipt: Option<Uuid>,
    void: Option<VoidReason>,
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// Of the request.
    pub id: Uuid,
    /// Who.
    pub asker: ObjectId,
    /// What.
    pub subject: RequestSubject,
    /// What the rules ask for; empty: [`Need::usual`].
    pub needs: Vec<Need>,
    /// Why.
    pub reason: Words,
    /// By when they would like to have it.
    pub wanted_on: Option<Date>,
    /// From then on nobody may carry it out.
    pub expires_at: OffsetDateTime,
}

impl Request {
    /// A new one.
    pub fn ask(asked: NewRequest, at: OffsetDateTime) -> Transition {
        let NewRequest { id, asker, subject, needs, reason, wanted_on, expires_at } = asked;
        let request = Self {
            id,
            asker,
            subject,
            needs: or_usual(needs),
            reason,
            wanted_on,
            asked_at: at,
            expires_at,
            state: RequestState::Open,
            revision: 1,
            reviews: vec![],
            receipt: None,
            void: None,
        };
        request.step(RequestAct::Asked, Some(asker), true)
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Who asked.
    pub fn asker(&self) -> ObjectId {
        self.asker
    }

    /// What is asked for.
    pub fn subject(&self) -> &RequestSubject {
        &self.subject
    }

    /// What the rules asked for when somebody last asked, edited or reviewed.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Why.
    pub fn reason(&self) -> &Words {
        &self.reason
    }

    /// By when its asker would like to have it.
    pub fn wanted_on(&self) -> Option<Date> {
        self.wanted_on
    }

    /// When it was made.
    pub fn asked_at(&self) -> OffsetDateTime {
        self.asked_at
    }

    /// From then on nobody may carry it out.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// Where it is.
    pub fn state(&self) -> RequestState {
        self.state
    }

    /// From 1; one more with each other preview.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// The latest of each reviewer, of the preview as it is.
    pub fn reviews(&self) -> &[Review] {
        &self.reviews
    }

    /// Of its push, once it has begun.
    pub fn receipt(&self) -> Option<Uuid> {
        self.receipt
    }

    /// Why it is void, where it is.
    pub fn void(&self) -> Option<VoidReason> {
        self.void
    }

    /// Approvals that are missing for the need that lacks most.
    pub fn missing(&self, needs: &[Need]) -> u8 {
        needs.iter().map(|need| need.approvals.saturating_sub(self.approvals(need))).max().unwrap_or_default()
    }

    /// Whether this person's approval would count for any of its needs.
    pub fn may_review(&self, person: ObjectId, admin: bool) -> bool {
        self.needs.iter().any(|need| need.admits(person, admin, self.asker))
    }

    fn approvals(&self, need: &Need) -> u8 {
        let counts = |review: &&Review| {
            review.verdict == ReviewVerdict::Approve
                && review.seen == self.subject.seen
                && need.admits(review.by.id, review.by.admin, self.asker)
        };
        u8::try_from(self.reviews.iter().filter(counts).count()).unwrap_or(u8::MAX)
    }

    /// What becomes of it.
    ///
    /// # Errors
    /// Why the command is not carried out.
    pub fn apply(&self, command: Command, at: OffsetDateTime) -> Result<Transition, RequestError> {
        match command {
            Command::Edit { by, subject, needs } => self.edited(by, subject, needs, at),
            Command::Review { by, verdict, seen, needs } => self.reviewed(Review { by, verdict, seen, at }, needs),
            Command::Withdraw { by } => self.withdrawn(by),
            Command::Expire => self.expired(at),
            Command::Void { why } => self.voided(why),
            Command::Begin { standing, receipt } => self.begun(&standing, receipt, at),
            Command::End { well } => self.ended(well),
        }
    }

    fn waiting(&self) -> Result<Self, RequestError> {
        if self.state.waits() { Ok(self.clone()) } else { Err(RequestError::WrongState(self.state)) }
    }

    fn in_time(&self, at: OffsetDateTime) -> Result<Self, RequestError> {
        let next = self.waiting()?;
        if at < self.expires_at { Ok(next) } else { Err(RequestError::Expired) }
    }

    fn edited(
        &self,
        by: ObjectId,
        subject: RequestSubject,
        needs: Vec<Need>,
        at: OffsetDateTime,
    ) -> Result<Transition, RequestError> {
        let mut next = self.in_time(at)?;
        if by != self.asker {
            return Err(RequestError::NotTheirs);
        }
        next.subject = subject;
        next.needs = or_usual(needs);
        next.reviews.clear();
        next.revision += 1;
        next.state = RequestState::Open;
        Ok(next.step(RequestAct::Edited, Some(by), true))
    }

    fn reviewed(&self, review: Review, needs: Vec<Need>) -> Result<Transition, RequestError> {
        let mut next = self.in_time(review.at)?;
        next.needs = or_usual(needs);
        let by = review.by.id;
        if !next.may_review(by, review.by.admin) {
            let own = by == self.asker;
            return Err(if own { RequestError::OwnRequest } else { RequestError::NotAReviewer });
        }
        // Who says no need not have seen the latest: it is over either way.
        if review.verdict == ReviewVerdict::Approve && review.seen != self.subject.seen {
            return Err(RequestError::NotWhatWasSeen);
        }
        let verdict = review.verdict;
        next.reviews.retain(|earlier| earlier.by.id != by);
        next.reviews.push(review);
        let before = self.state;
        next.state = match verdict {
            ReviewVerdict::Reject => RequestState::Rejected,
            ReviewVerdict::Approve if next.missing(&next.needs) == 0 => RequestState::Approved,
            ReviewVerdict::Approve => RequestState::Open,
        };
        let act = if verdict == ReviewVerdict::Approve { RequestAct::Approved } else { RequestAct::Rejected };
        let moved = next.state != before;
        Ok(next.step(act, Some(by), moved))
    }

    fn withdrawn(&self, by: ObjectId) -> Result<Transition, RequestError> {
        let mut next = self.waiting()?;
        if by != self.asker {
            return Err(RequestError::NotTheirs);
        }
        next.state = RequestState::Withdrawn;
        Ok(next.step(RequestAct::Withdrawn, Some(by), true))
    }

    fn expired(&self, at: OffsetDateTime) -> Result<Transition, RequestError> {
        let mut next = self.waiting()?;
        if at < self.expires_at {
            return Err(RequestError::NotExpired);
        }
        next.state = RequestState::Expired;
        Ok(next.step(RequestAct::Expired, None, true))
    }

    fn voided(&self, why: VoidReason) -> Result<Transition, RequestError> {
        let mut next = self.waiting()?;
        next.state = RequestState::Void;
        next.void = Some(why);
        let mut step = next.step(RequestAct::Voided, None, true);
        step.event.void = Some(why);
        Ok(step)
    }

    fn begun(
        &self,
        standing: &StandingApproval,
        receipt: Uuid,
        at: OffsetDateTime,
    ) -> Result<Transition, RequestError> {
        let mut next = self.in_time(at)?;
        if self.state != RequestState::Approved {
            return Err(RequestError::WrongState(self.state));
        }
        let of_this = standing.request() == self.id
            && standing.revision() == self.revision
            && *standing.plan() == self.subject.seen.plan;
        if !of_this {
            return Err(RequestError::OtherApproval);
        }
        next.state = RequestState::Executing;
        next.receipt = Some(receipt);
        Ok(next.step(RequestAct::Begun, None, false))
    }

    fn ended(&self, well: bool) -> Result<Transition, RequestError> {
        if self.state != RequestState::Executing {
            return Err(RequestError::WrongState(self.state));
        }
        let mut next = self.clone();
        next.state = if well { RequestState::Done } else { RequestState::Failed };
        Ok(next.step(RequestAct::Ended, None, true))
    }

    /// `told`: people are.
    fn step(self, act: RequestAct, by: Option<ObjectId>, told: bool) -> Transition {
        let event = RequestEvent::of(self.state).filter(|_| told);
        let notice = event.map(|event| RequestNotice { id: self.notice_id(), event });
        Transition { event: HistoryEvent { act, by, void: None }, notice, request: self }
    }

    /// Version 8 (RFC 9562, section 5.8), the same each time.
    fn notice_id(&self) -> Uuid {
        // Spelled as ever: notices that were kept before have these ids.
        let what = match self.state {
            RequestState::Open => format!("request-asked/{}", self.revision),
            RequestState::Approved => format!("request-approved/{}", self.revision),
            _ => "end".to_owned(),
        };
        let digest = Sha256::digest(format!("request/{}/{what}", self.id));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

fn or_usual(needs: Vec<Need>) -> Vec<Need> {
    if needs.is_empty() { vec![Need::usual()] } else { needs }
}

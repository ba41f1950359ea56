//! A request, and what becomes of it.

use super::{
    Approver, Capacity, Command, Need, RequestAct, RequestError, RequestNotice, RequestState, RequestSubject, Review,
    ReviewVerdict, StandingApproval, VoidReason, Words,
};
use crate::ids::ObjectId;
use crate::notices::RequestEvent;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

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
    /// When the preview that it is about now came into it; absent for the first.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    edited_at: Option<OffsetDateTime>,
    /// Rules whose fallback has been asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    escalated: Vec<String>,
    /// How often the rules asked for something else while it waited.
    #[serde(default, skip_serializing_if = "is_never")]
    reconsidered: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_never(times: &u32) -> bool {
    *times == 0
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

/// The first day by which something can be wanted: one that is not over yet at some place on earth, of which the last is twelve
/// hours behind UTC.
pub fn first_day(now: OffsetDateTime) -> Date {
    (now - Duration::hours(12)).date()
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
            edited_at: None,
            escalated: vec![],
            reconsidered: 0,
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

    /// Of its push, once it has begun; the removal of a secret has none.
    pub fn receipt(&self) -> Option<Uuid> {
        self.receipt
    }

    /// Why it is void, where it is.
    pub fn void(&self) -> Option<VoidReason> {
        self.void
    }

    /// Approvals that are missing for the need that lacks most.
    pub fn missing(&self, needs: &[Need]) -> u8 {
        let missing =
            |need: &Need| if need.automatic { 0 } else { need.approvals.saturating_sub(self.approvals(need)) };
        needs.iter().map(missing).max().unwrap_or_default()
    }

    /// Whether this person's approval would count for any of its needs, now.
    pub fn may_review<'g>(&self, person: ObjectId, capacity: impl Into<Capacity<'g>>) -> bool {
        let (approvers, capacity) = (self.approvers(), capacity.into());
        self.needs.iter().any(|need| need.turn_of((person, capacity), &approvers, self.asker, self.has_escalated(need)))
    }

    /// Whether the person is one of those who approve, also where it is not their turn yet.
    pub fn names<'g>(&self, person: ObjectId, capacity: impl Into<Capacity<'g>>) -> bool {
        let capacity = capacity.into();
        self.needs.iter().any(|need| {
            need.admits(person, capacity, self.asker)
                || (self.has_escalated(need) && need.falls_back_to(person, capacity, self.asker))
        })
    }

    /// Groups in Entra whose members may approve it, now or after a time; each once.
    pub fn groups(&self) -> BTreeSet<ObjectId> {
        self.needs.iter().flat_map(Need::groups).collect()
    }

    /// Before whom it has been put after a time.
    pub fn escalated_to(&self) -> impl Iterator<Item = &Approver> {
        self.needs.iter().filter(|need| self.has_escalated(need)).flat_map(|need| &need.fallback)
    }

    /// When it is put before others, too; absent where there is nobody else.
    pub fn escalates_at(&self) -> Option<OffsetDateTime> {
        if self.state != RequestState::Open {
            return None;
        }
        let due =
            |need: &Need| need.fallback_after_hours.map(|hours| self.waits_since() + Duration::hours(hours.into()));
        let waits = |need: &&Need| !need.automatic && !self.has_escalated(need);
        self.needs.iter().filter(waits).filter_map(due).min()
    }

    fn waits_since(&self) -> OffsetDateTime {
        self.edited_at.unwrap_or(self.asked_at)
    }

    fn has_escalated(&self, need: &Need) -> bool {
        need.rule.as_ref().is_some_and(|rule| self.escalated.contains(rule))
    }

    /// Who has approved what is asked for now, the first first.
    fn approvers(&self) -> Vec<(ObjectId, Capacity<'_>)> {
        let counts = |review: &&Review| review.verdict == ReviewVerdict::Approve && review.seen == self.subject.seen;
        self.reviews.iter().filter(counts).map(|review| (review.by.id, review.by.capacity())).collect()
    }

    fn approvals(&self, need: &Need) -> u8 {
        let given = need.given(&self.approvers(), self.asker, self.has_escalated(need));
        u8::try_from(given).unwrap_or(u8::MAX)
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
            Command::ApproveByRule { needs } => self.approved_by_rule(needs, at),
            Command::Reconsider { needs } => self.reconsidered(needs, at),
            Command::Escalate => self.escalate(at),
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
        if next.subject.asked.preview().is_none() || subject.asked.preview().is_none() {
            return Err(RequestError::NotAPreview);
        }
        next.subject = subject;
        next.needs = or_usual(needs);
        next.reviews.clear();
        next.escalated.clear();
        next.edited_at = Some(at);
        next.revision += 1;
        next.state = RequestState::Open;
        Ok(next.step(RequestAct::Edited, Some(by), true))
    }

    fn reviewed(&self, review: Review, needs: Vec<Need>) -> Result<Transition, RequestError> {
        let mut next = self.in_time(review.at)?;
        next.needs = or_usual(needs);
        let by = review.by.id;
        if !next.may_review(by, review.by.capacity()) {
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

    fn approved_by_rule(&self, needs: Vec<Need>, at: OffsetDateTime) -> Result<Transition, RequestError> {
        let mut next = self.in_time(at)?;
        if self.state != RequestState::Open {
            return Err(RequestError::WrongState(self.state));
        }
        if needs.is_empty() || !needs.iter().all(|need| need.automatic) {
            return Err(RequestError::NotAutomatic);
        }
        next.needs = needs;
        next.state = RequestState::Approved;
        Ok(next.step(RequestAct::ApprovedByRule, None, true))
    }

    /// Approvals that are there count for the new needs, too, as far as they fit; where that is not enough, it waits again, for
    /// whoever is asked now.
    fn reconsidered(&self, needs: Vec<Need>, at: OffsetDateTime) -> Result<Transition, RequestError> {
        let mut next = self.in_time(at)?;
        next.needs = or_usual(needs);
        if next.needs == self.needs || next.missing(&next.needs) == 0 {
            return Err(RequestError::NothingNew);
        }
        next.state = RequestState::Open;
        next.reconsidered += 1;
        let what = format!("request-reconsidered/{}/{}", next.revision, next.reconsidered);
        let notice = Some(RequestNotice { id: next.id_of(&what), event: RequestEvent::Waits });
        let event = HistoryEvent { act: RequestAct::Reconsidered, by: None, void: None };
        Ok(Transition { event, notice, request: next })
    }

    fn escalate(&self, at: OffsetDateTime) -> Result<Transition, RequestError> {
        let mut next = self.in_time(at)?;
        let due = |need: &&Need| {
            let hours = need.fallback_after_hours.map(|hours| Duration::hours(hours.into()));
            !need.automatic && hours.is_some_and(|hours| self.waits_since() + hours <= at) && !self.has_escalated(need)
        };
        let rules: Vec<String> = self.needs.iter().filter(due).filter_map(|need| need.rule.clone()).collect();
        if self.state != RequestState::Open || rules.is_empty() {
            return Err(RequestError::NotDue);
        }
        next.escalated.extend(rules);
        let what = format!("request-escalated/{}/{}", next.revision, next.escalated.len());
        let notice = Some(RequestNotice { id: next.id_of(&what), event: RequestEvent::Escalated });
        let event = HistoryEvent { act: RequestAct::Escalated, by: None, void: None };
        Ok(Transition { event, notice, request: next })
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
        receipt: Option<Uuid>,
        at: OffsetDateTime,
    ) -> Result<Transition, RequestError> {
        let mut next = self.in_time(at)?;
        if self.state != RequestState::Approved {
            return Err(RequestError::WrongState(self.state));
        }
        let of_this = standing.request() == self.id
            && standing.revision() == self.revision
            && *standing.plan() == self.subject.seen.plan
            && receipt.is_some() == self.subject.asked.preview().is_some();
        if !of_this {
            return Err(RequestError::OtherApproval);
        }
        next.state = RequestState::Executing;
        next.receipt = receipt;
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

    /// Of version 8 (RFC 9562, section 5.8), the same each time.
    fn notice_id(&self) -> Uuid {
        // Spelled as ever: notices that were kept before have these ids.
        let what = match self.state {
            RequestState::Open => format!("request-asked/{}", self.revision),
            RequestState::Approved => format!("request-approved/{}", self.revision),
            _ => "end".to_owned(),
        };
        self.id_of(&what)
    }

    fn id_of(&self, what: &str) -> Uuid {
        let digest = Sha256::digest(format!("request/{}/{what}", self.id));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

fn or_usual(needs: Vec<Need>) -> Vec<Need> {
    if needs.is_empty() { vec![Need::usual()] } else { needs }
}

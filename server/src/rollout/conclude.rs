//! What a push of one app came to, from what is known when the work on it ends.

use crate::rollout::app_result::{AppResult, PushNote};
use crate::rollout::failure::{AppFailure, Doubt, RequestFailure, Unverified};
use crate::rollout::steps::Steps;
use domain::diff::Diff;
use domain::key_credential::KeyCredentials;
use domain::push::{Ending, Push, Report, UnverifiedReason};
use domain::rollout::Outcome;

/// All that is known when the work on an app ends.
pub(super) struct Driven {
    pub(super) push: Push,
    /// `None`: the app could not be read before anything was sent; `trouble` says why.
    pub(super) ending: Option<Ending>,
    pub(super) steps: Steps,
    /// The last request that failed, if nothing has succeeded since.
    pub(super) trouble: Option<RequestFailure>,
    pub(super) undo: Option<i64>,
    /// Reads until the last write.
    pub(super) reads_before: u32,
}

impl Driven {
    pub(super) fn not_read(push: Push, steps: Steps, failure: RequestFailure) -> Self {
        Self { push, ending: None, steps, trouble: Some(failure), undo: None, reads_before: 0 }
    }

    /// The state of the last read, where something was sent.
    pub(super) fn left(&self) -> Option<&KeyCredentials> {
        let something_sent = matches!(self.ending, Some(Ending::Verified | Ending::Unverified { .. }));
        self.push.report().after.as_ref().filter(|_| something_sent)
    }

    pub(super) fn into_result(self) -> AppResult {
        let Self { push, ending, steps, trouble, undo, reads_before } = self;
        let report = push.report();
        let (outcome, failure, diff) = match ending {
            None => not_read(trouble),
            Some(ending) => ended(ending, report, trouble),
        };
        let written = report.writes > 0;
        // Of an app to which nothing was written, there is one state only.
        let before = report.before.as_ref().or(report.after.as_ref()).map(KeyCredentials::pretty);
        let after = report.after.as_ref().filter(|_| written).map(KeyCredentials::pretty);
        AppResult {
            outcome,
            failure,
            diff,
            before,
            after,
            steps: steps.into_list(),
            reads_until_seen: report.reads_until_seen.saturating_sub(reads_before),
            notes: notes(report),
            undo: undo.filter(|_| written),
        }
    }
}

fn notes(report: &Report) -> Vec<PushNote> {
    let merged_again = (report.merged_again && report.writes > 0).then_some(PushNote::MergedAgain);
    let earlier_writes = (report.earlier_writes > 0).then_some(PushNote::EarlierWrites(report.earlier_writes));
    let mut notes: Vec<PushNote> = merged_again.into_iter().chain(earlier_writes).collect();
    notes.extend(report.healed.iter().cloned().map(PushNote::Healed));
    notes.extend(report.foreign.iter().cloned().map(PushNote::Foreign));
    notes.extend(report.attempted.iter().cloned().map(PushNote::Attempted));
    notes.extend(report.lost.iter().cloned().map(PushNote::Lost));
    notes.extend(report.at_risk.iter().cloned().map(PushNote::AtRisk));
    notes
}

type Conclusion = (Outcome, Option<AppFailure>, Option<Diff>);

fn not_read(trouble: Option<RequestFailure>) -> Conclusion {
    let outcome = match &trouble {
        Some(request) if request.was_denied() => Outcome::Refused,
        // It was there in the preview.
        Some(request) if request.was_not_found() => Outcome::ChangedSincePreview,
        _ => Outcome::Failed,
    };
    (outcome, trouble.map(|request| AppFailure::Request { request }), None)
}

fn ended(ending: Ending, report: &Report, trouble: Option<RequestFailure>) -> Conclusion {
    let diff = Some(report.diff.clone());
    let by_request = |trouble: Option<RequestFailure>, otherwise| {
        Some(trouble.map_or(otherwise, |request| AppFailure::Request { request }))
    };
    let refused = trouble.as_ref().is_some_and(RequestFailure::was_refused);
    let refused_or_failed = if refused { Outcome::Refused } else { Outcome::Failed };
    match ending {
        Ending::Verified => (Outcome::Verified, None, diff),
        Ending::AlreadyThere => (Outcome::AlreadyThere, None, diff),
        Ending::Conflict { conflict } => {
            let failure = AppFailure::Changed { reason: conflict.reason };
            (Outcome::ChangedSincePreview, Some(failure), Some(conflict.since))
        }
        Ending::Refused => (refused_or_failed, by_request(trouble, AppFailure::NotAccepted), diff),
        Ending::GaveUp => (Outcome::Failed, by_request(trouble, AppFailure::GaveUp), diff),
        // Each write was turned away, and the reads since show nothing of it.
        Ending::Unverified { why: UnverifiedReason::TurnedAway } => {
            (refused_or_failed, by_request(trouble, AppFailure::GaveUp), diff)
        }
        Ending::Unverified { why } => {
            let unverified = Unverified {
                doubt: doubt(why, report),
                differs: report.differs.clone(),
                lost: report.lost.clone(),
                at_risk: report.at_risk.clone(),
                request: trouble,
            };
            (Outcome::Unverified, Some(AppFailure::Unverified(unverified)), diff)
        }
    }
}

fn doubt(why: UnverifiedReason, report: &Report) -> Doubt {
    match why {
        _ if report.after.is_none() => Doubt::NotReadBack,
        UnverifiedReason::NotSeen => Doubt::NotSeen,
        UnverifiedReason::Unanswered => Doubt::Unanswered,
        UnverifiedReason::Unsteady => Doubt::Unsteady,
        UnverifiedReason::HealsUsedUp => Doubt::HealsUsedUp,
        UnverifiedReason::Differs | UnverifiedReason::TurnedAway => Doubt::Differs,
        UnverifiedReason::Lost => Doubt::Lost,
        UnverifiedReason::Refused => Doubt::HealRefused,
        UnverifiedReason::Conflict { conflict } => Doubt::Conflict { reason: conflict.reason },
    }
}

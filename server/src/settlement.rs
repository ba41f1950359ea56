//! What comes of a request without a person: its time is over, it is put before others, or its push or removal has ended.

use crate::store::{AuditEntry, PORTAL, RequestLine, RequestRecord, StoreError, TenantStore};
use domain::audit::{AuditAction, AuditOutcome};
use domain::requests::{Command, RequestState};
use domain::rollout::Outcome;
use time::OffsetDateTime;
use uuid::Uuid;

/// Answers whether something came of it. What somebody else changes at the same time is left to the next look.
pub(crate) async fn settle(store: &TenantStore, id: Uuid, now: OffsetDateTime) -> Result<bool, StoreError> {
    let Some(found) = store.request(id).await? else { return Ok(false) };
    let command = match (found.request.state(), found.request.receipt()) {
        (RequestState::Open, _) if now < found.request.expires_at() => Command::Escalate,
        (RequestState::Open | RequestState::Approved, _) => Command::Expire,
        (RequestState::Executing, Some(receipt)) => {
            let run = store.run(receipt).await?;
            if run.is_none_or(|run| run.finished_at.is_none()) {
                return Ok(false);
            }
            let counts = store.counts(receipt).await?;
            Command::End { well: counts.verified + counts.already_there == counts.all() }
        }
        (RequestState::Executing, None) => {
            // The record came into being with this state. One that took its place is of the same secret.
            let Some(secret) = found.request.subject().asked.secret() else { return Ok(false) };
            let removal = store.secret_removal(secret.app, secret.key).await?;
            let Some(outcome) = removal.and_then(|removal| removal.outcome) else { return Ok(false) };
            Command::End { well: outcome == Outcome::Verified }
        }
        _ => return Ok(false),
    };
    let Ok(step) = found.request.apply(command, now) else { return Ok(false) };
    let action = AuditAction::Request(step.event.act);
    let mut audit = AuditEntry::by_portal(now, action, AuditOutcome::Recorded);
    audit.row.detail = format!("Request {id} ({})", step.request.state());
    audit.row.receipt = step.request.receipt();
    let (act, who) = (step.event.act, PORTAL.to_owned());
    let line = RequestLine { at: now, act, person: None, who, words: String::new() };
    store.keep_request(found.version, &step, &RequestRecord { line, audit }).await
}

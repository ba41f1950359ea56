//! What a push did. A push that still runs, or was cut off, shows how far it got.

use super::DeskState;
use crate::person::Person;
use crate::store::{Journal, OpenApp, Stage};
use app::desk::{Outcome, Problem, Receipt, ReceiptApp};
use uuid::Uuid;

pub(super) async fn handle(state: &DeskState, person: &Person, id: Uuid) -> Result<Receipt, Problem> {
    let viewer = &person.viewer;
    let journal = state.store.journal(viewer.tenant_id, id).await?;
    let journal = journal.filter(|journal| journal.receipt.person == viewer.object_id || viewer.sees_whole_audit());
    let journal = journal.ok_or_else(|| {
        Problem::new(
            404,
            "receipt-not-found",
            "There is no such receipt",
            "It does not exist, or it is of someone else's push.",
        )
        .advice("Look for the push in the audit log.")
    })?;
    let finished_at = journal.finished_at.unwrap_or_else(|| state.clock.now());
    let Journal { receipt, stages, .. } = journal;
    Ok(Receipt {
        id: receipt.id,
        plan: receipt.plan,
        certificate: receipt.certificate,
        mode: receipt.mode,
        who: receipt.who,
        username: receipt.username,
        started_at: receipt.started_at,
        finished_at,
        apps: receipt.apps.into_iter().zip(stages).map(|(app, stage)| app_result(app, stage)).collect(),
    })
}

/// The recorded result, or what can honestly be said without one.
pub(super) fn app_result(app: OpenApp, stage: Stage) -> ReceiptApp {
    let (outcome, before, problem) = match stage {
        Stage::Done(result) => return *result,
        Stage::Waiting => (
            Outcome::Failed,
            None,
            Problem::new(503, "not-reached", "The push has not got to this app", "It still runs, or it was cut off before. Nothing was sent.")
                .advice("Open this page again in a minute. If it still says this, make a new preview for this app."),
        ),
        Stage::Writing { before } => (
            Outcome::Unverified,
            Some(before),
            Problem::new(503, "not-finished", "The push did not end for this app", "It still runs, or it was cut off while it wrote. The write may have happened.")
                .advice("Open this page again in a minute. If it still says this, compare the app with its state before the write, below."),
        ),
    };
    ReceiptApp {
        object_id: app.object_id,
        app_id: app.app_id,
        display_name: app.display_name,
        outcome,
        problem: Some(problem),
        diff: None,
        before,
        after: None,
        steps: vec![],
        reads_until_seen: 0,
    }
}

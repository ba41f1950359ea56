//! What a push did. A push that still runs, or was cut off, shows how far it got.

use super::DeskState;
use crate::person::Person;
use crate::store::{OpenApp, Stage, Which};
use app::desk::{Outcome, Problem, Receipt, ReceiptApp};
use uuid::Uuid;

pub(super) async fn handle(state: &DeskState, person: &Person, id: Uuid) -> Result<Receipt, Problem> {
    let viewer = &person.viewer;
    let receipt = state.store.receipt(viewer.tenant_id, id).await?;
    let receipt = receipt.filter(|receipt| receipt.person == viewer.object_id || viewer.sees_whole_audit());
    let not_found = || {
        Problem::new(
            404,
            "receipt-not-found",
            "There is no such receipt",
            "It does not exist, or it is of someone else's push.",
        )
        .advice("Look for the push in the audit log.")
    };
    let receipt = receipt.ok_or_else(not_found)?;
    let rows = state.store.receipt_page(id, &Which::All, 0, u64::MAX).await?;
    Ok(Receipt {
        id: receipt.id,
        plan: receipt.plan,
        certificate: receipt.certificates.into_iter().next().ok_or_else(not_found)?,
        mode: receipt.mode,
        who: receipt.who,
        username: receipt.username,
        started_at: receipt.started_at,
        finished_at: receipt.finished_at.unwrap_or_else(|| state.clock.now()),
        apps: rows.into_iter().map(|row| app_result(row.app, row.stage)).collect(),
    })
}

/// The recorded result, or what can honestly be said without one.
pub(super) fn app_result(app: OpenApp, stage: Stage) -> ReceiptApp {
    let (outcome, before, problem) = match stage {
        Stage::Done(result) => return *result,
        Stage::Cancelled => (
            Outcome::Failed,
            None,
            Problem::new(409, "cancelled", "The push was cancelled", "This app's turn had not come. Nothing was sent.")
                .advice("Make a new preview for this app."),
        ),
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

//! Pushes a plan, once. Before anything is sent the receipt exists; it outlives the request that asked for it.

mod one_app;
mod outcome;
mod read_back;
mod steps;

use super::{DeskState, certificate, draft_plan, parallel, plan};
use crate::person::Person;
use crate::store::{AuditEntry, NewReceipt, OpenApp, ReceiptHead, StoredPlan};
use app::desk::{Problem, PushMode};
use domain::merge_plan::MergePlan;
use one_app::{AppPush, Job};
pub(super) use outcome::{audit_entry, outcome_name};
use std::sync::Arc;
use uuid::Uuid;

pub(super) async fn handle(
    state: &Arc<DeskState>,
    person: &Person,
    id: Uuid,
    removal_confirmed: bool,
) -> Result<Uuid, Problem> {
    let stored = plan::find(state, person, id).await?;
    if stored.view.receipt.is_some() {
        return Err(already_pushed());
    }
    check(state, person, &stored, removal_confirmed).await?;

    let viewer = &person.viewer;
    let receipt = ReceiptHead {
        id: state.entropy.uuid(),
        plan: id,
        tenant: viewer.tenant_id,
        person: viewer.object_id,
        certificates: vec![stored.view.certificate.clone()],
        mode: stored.view.mode,
        who: viewer.name.clone(),
        username: viewer.username.clone(),
        started_at: state.clock.now(),
        finished_at: None,
    };
    let receipt_id = receipt.id;
    let new = NewReceipt { head: receipt.clone(), pace: "{}".into(), tokens: None };
    if !state.store.open_receipt(&new).await? {
        return Err(already_pushed());
    }
    // A person who closes the page must not leave a push half done: the task goes on without the request.
    let task = tokio::spawn(run(Arc::clone(state), person.clone(), Arc::new(receipt), stored));
    match task.await {
        Ok(result) => result.map(|()| receipt_id),
        Err(error) => {
            tracing::error!(%error, receipt = %receipt_id, "a push ended early");
            Err(not_recorded(receipt_id))
        }
    }
}

/// What can be refused before any app is touched.
async fn check(
    state: &DeskState,
    person: &Person,
    stored: &StoredPlan,
    removal_confirmed: bool,
) -> Result<(), Problem> {
    let found = certificate::find(state, person, stored.view.certificate.sha256).await?;
    draft_plan::usable(&found.certificate, state.clock.now())?;
    let merges = || stored.merges.iter().flatten();
    if merges().next().is_none() {
        return Err(Problem::new(
            422,
            "nothing-to-push",
            "There is nothing to push",
            "No app of this preview could be read.",
        )
        .advice("See what each app says, and make a new preview."));
    }
    let removals: usize = merges().map(MergePlan::removals).sum();
    if removals > 0 && !removal_confirmed {
        return Err(Problem::new(
            422,
            "removal-not-confirmed",
            "Certificates would be removed",
            format!(
                "This push removes {removals} of them from the apps, and that was not confirmed. Nothing was sent."
            ),
        )
        .advice("Look at what goes, tick the box that says so, and push again."));
    }
    Ok(())
}

async fn run(
    state: Arc<DeskState>,
    person: Person,
    receipt: Arc<ReceiptHead>,
    stored: StoredPlan,
) -> Result<(), Problem> {
    let jobs = stored
        .view
        .apps
        .into_iter()
        .zip(stored.merges)
        .enumerate()
        .map(|(position, (planned, merge))| {
            let job = match (merge, planned.change) {
                (Some(merge), _) => Job::Merge(Box::new(merge)),
                (None, Err(problem)) => Job::NotPlanned(problem),
                (None, Ok(_)) => Job::NotPlanned(Problem::new(
                    500,
                    "internal",
                    "The preview is incomplete",
                    "It has no plan for this app.",
                )),
            };
            let (object_id, app_id) = (planned.object_id, planned.app_id);
            AppPush {
                state: Arc::clone(&state),
                person: person.clone(),
                receipt: Arc::clone(&receipt),
                position,
                app: OpenApp { object_id, app_id, display_name: planned.display_name },
                job,
            }
            .run()
        })
        .collect();
    let recorded = parallel::run(state.settings.parallel_apps, jobs).await;
    if recorded.iter().all(|recorded| *recorded == Some(true)) {
        state.store.finish_receipt(receipt.id, state.clock.now()).await?;
        Ok(())
    } else {
        Err(not_recorded(receipt.id))
    }
}

fn already_pushed() -> Problem {
    Problem::new(
        409,
        "already-pushed",
        "This preview was pushed already",
        "A preview is pushed once, and this one has a receipt.",
    )
    .advice("Open its receipt. For another push, make a new preview.")
}

/// The push went on, but its record is not whole. What is known is in the receipt.
fn not_recorded(receipt: Uuid) -> Problem {
    Problem::new(
        500,
        "not-recorded",
        "The push could not be recorded in full",
        format!("Receipt {receipt} shows how far it got."),
    )
    .advice("Look at each app before you push again: it may have been written.")
}

/// Somebody without the role tried to push.
pub(super) async fn audit_refusal(
    state: &DeskState,
    person: Option<&Person>,
    problem: &Problem,
) -> Result<(), Problem> {
    let Some(viewer) = person.map(|person| &person.viewer) else { return Ok(()) };
    let mut entry =
        AuditEntry::new(viewer.tenant_id, Some(viewer.object_id), state.clock.now(), "push-refused", "refused");
    entry.row.who.clone_from(&viewer.name);
    entry.row.username.clone_from(&viewer.username);
    entry.row.detail.clone_from(&problem.title);
    Ok(state.store.audit(entry).await?)
}

pub(super) fn action(mode: PushMode) -> &'static str {
    match mode {
        PushMode::Append => "push-append",
        PushMode::Replace => "push-replace",
    }
}

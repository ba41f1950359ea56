//! What a push did, or how far it has got.

use crate::operations::DeskState;
use crate::operations::pushes::progress;
use crate::person::Person;
use crate::rollout::blank;
use crate::store::{JournalRow, Stage};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::problem::Problem;
use app::contract::pushes::{AppStage, Outcome, Receipt, ReceiptApp, ReceiptQuery};
use domain::rollout::AppFilter;
use std::collections::HashSet;
use uuid::Uuid;

pub(crate) async fn handle(
    state: &DeskState,
    person: &Person,
    id: Uuid,
    query: &ReceiptQuery,
) -> Result<Receipt, Problem> {
    let run = progress::visible(state, person, id).await?;
    let head = state.store.of(run.tenant).receipt(id).await?.ok_or_else(progress::no_such_receipt)?;
    let which = which(&query.outcome)?;
    let page = query.page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let total = state.store.of(run.tenant).receipt_count(id, which).await?;
    let rows = state.store.of(run.tenant).receipt_page(id, which, skip, PAGE_SIZE as u64).await?;
    let reading = state.board.reading(id);
    let items: Vec<ReceiptApp> = rows.into_iter().map(|row| shown(row, &reading)).collect();
    // A plan of an earlier version can no longer be read.
    let plan = state.store.of(run.tenant).plan(run.person, run.plan).await.ok().flatten();
    let note = plan.and_then(|plan| plan.head.note);
    Ok(Receipt {
        id,
        plan: run.plan,
        certificates: head.certificates,
        mode: run.mode,
        note,
        who: run.who.clone(),
        username: run.username.clone(),
        started_at: run.started_at,
        finished_at: run.finished_at,
        pace: crate::rollout::Course::read(&run.pace)?.pace,
        progress: progress::of(state, &run).await?,
        apps: Page { has_next: skip + (items.len() as u64) < total, items, page, total: Some(total) },
    })
}

fn which(outcome: &str) -> Result<AppFilter, Problem> {
    outcome.parse().map_err(|_| {
        Problem::new(422, "bad-value", "That is no outcome", format!("No app of a push ends as “{outcome}”."))
    })
}

/// The recorded result, or what can honestly be said without one.
fn shown(row: JournalRow, reading: &HashSet<usize>) -> ReceiptApp {
    let JournalRow { position, app, stage } = row;
    match stage {
        Stage::Done(result) => (*result).into(),
        Stage::Cancelled => blank(&app, AppStage::Ended(Outcome::Cancelled)),
        Stage::Waiting if reading.contains(&position) => blank(&app, AppStage::Working),
        Stage::Waiting => blank(&app, AppStage::Waiting),
        Stage::Writing { before } => ReceiptApp { before: Some(before), ..blank(&app, AppStage::Working) },
    }
}

//! What a push did, or how far it has got.

use crate::operations::pushes::PushContext;
use crate::operations::pushes::progress::{self, PushProgress};
use crate::operations::pushes::visible::{self, VisibleError};
use crate::operations::requests;
use crate::person::Person;
use crate::rollout::{AppResult, stored};
use crate::store::{JournalRow, OpenApp, ReceiptHead, Run, Stage, StoreError};
use app::contract::paging::PAGE_SIZE;
use app::contract::pushes::ReceiptQuery;
use domain::rollout::Pace;
use std::collections::HashSet;
use uuid::Uuid;

/// Why a receipt is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiptError {
    #[error(transparent)]
    Visible(#[from] VisibleError),
    #[error("no app of a push ends as “{0}”")]
    NoSuchOutcome(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One page of what a push did.
#[derive(Debug)]
pub(crate) struct PushReceipt {
    pub(crate) run: Run,
    pub(crate) head: ReceiptHead,
    pub(crate) note: Option<String>,
    /// That it carried out, where the person may see it.
    pub(crate) request: Option<Uuid>,
    pub(crate) pace: Pace,
    pub(crate) progress: PushProgress,
    pub(crate) apps: Vec<(OpenApp, AppStanding)>,
    /// From 1.
    pub(crate) page: u32,
    /// On all pages.
    pub(crate) total: u64,
}

/// Where an app of a push is, with what is known of it.
#[derive(Debug)]
pub(crate) enum AppStanding {
    /// Its turn has not come.
    Waiting,
    /// This process reads it.
    Reading,
    /// A write may have been sent. `before`: the state that the first one started from.
    Writing {
        before: String,
    },
    Ended(Box<AppResult>),
    /// Its turn had not come when the push was cancelled.
    Cancelled,
}

pub(crate) async fn handle(
    pushes: &PushContext,
    person: &Person,
    id: Uuid,
    query: &ReceiptQuery,
) -> Result<PushReceipt, ReceiptError> {
    let store = &pushes.context.tenant.store;
    let run = visible::run(&pushes.context, person, id).await?;
    let head = store.receipt(id).await?.ok_or(VisibleError::NoSuchReceipt)?;
    let which = query.outcome.parse().map_err(|_| ReceiptError::NoSuchOutcome(query.outcome.clone()))?;
    let page = query.page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let total = store.receipt_count(id, which).await?;
    let rows = store.receipt_page(id, which, skip, PAGE_SIZE as u64).await?;
    let reading = pushes.notifier.reading(id);
    let apps = rows.into_iter().map(|row| standing(row, &reading)).collect::<Result<_, _>>()?;
    // A plan of an earlier version can no longer be read.
    let plan = store.plan(run.person, run.plan).await.ok().flatten();
    let note = plan.and_then(|plan| plan.head.note);
    let progress = progress::of(pushes, person, &run).await?;
    let request = match store.request_of_receipt(id).await? {
        Some(request) => match requests::visible::request(&pushes.context, person, request).await {
            Ok(_) => Some(request),
            Err(requests::visible::VisibleError::NoSuchRequest) => None,
            Err(requests::visible::VisibleError::Store(error)) => return Err(error.into()),
        },
        None => None,
    };
    Ok(PushReceipt { request, pace: stored::plan(&run.pace)?.pace, run, head, note, progress, apps, page, total })
}

/// The recorded result, or what can honestly be said without one.
pub(super) fn standing(row: JournalRow, reading: &HashSet<usize>) -> Result<(OpenApp, AppStanding), StoreError> {
    let JournalRow { position, app, stage } = row;
    let standing = match stage {
        Stage::Done(result) => AppStanding::Ended(Box::new(stored::read_result(*result)?)),
        Stage::Cancelled => AppStanding::Cancelled,
        Stage::Waiting if reading.contains(&position) => AppStanding::Reading,
        Stage::Waiting => AppStanding::Waiting,
        Stage::Writing { before } => AppStanding::Writing { before },
    };
    Ok((app, standing))
}

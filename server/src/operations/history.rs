//! An app's kept states, for whoever may read the app: Entra is asked first, each time.

use crate::graph::{Application, GraphError};
use crate::operations::Context;
use crate::person::{Person, TokenError};
use crate::store::{KeptState, Rows, StoreError};
use app::contract::history::{StateChange, StateComparison, StateRow};
use app::contract::paging::{PAGE_SIZE, Page};
use domain::diff::states::{self as diff, EntryChange};
use domain::ids::ObjectId;
use domain::key_credential::KeyCredentials;
use domain::snapshot::KnownKeys;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// Why an app's states are not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Who may not read the app sees nothing of its history.
    #[error("the app could not be read: {0}")]
    App(#[from] GraphError),
    #[error(transparent)]
    State(#[from] FindStateError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a kept state is not given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindStateError {
    #[error("nothing is kept under this number of the app {0}")]
    NotFound(ObjectId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The newest first.
pub(crate) async fn states(
    context: &Context,
    person: &Person,
    app: ObjectId,
    page: u32,
) -> Result<Page<StateRow>, HistoryError> {
    read(context, person, app, false).await?;
    let store = &context.tenant.store;
    let page = page.max(1);
    let known = store.known_keys(app).await?;
    // With the one before the last of the page, for comparison.
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let Rows { items: kept, total } = store.states(app, skip, PAGE_SIZE as u64 + 1).await?;
    let rows = kept.iter().enumerate().take(PAGE_SIZE);
    let items = rows.map(|(at, one)| row(one, kept.get(at + 1).map(|before| &before.entries), &known)).collect();
    Ok(Page { items, page, has_next: kept.len() > PAGE_SIZE, total: Some(total) })
}

/// `newer`: none for the app as it is now.
pub(crate) async fn compare(
    context: &Context,
    person: &Person,
    app: ObjectId,
    older: i64,
    newer: Option<i64>,
) -> Result<StateComparison, HistoryError> {
    let now = read(context, person, app, newer.is_none()).await?;
    let store = &context.tenant.store;
    let newer = if let Some(id) = newer {
        find(context, app, id).await?
    } else {
        let latest = store.states(app, 0, 1).await?.items.into_iter().next();
        latest.ok_or(FindStateError::NotFound(app))?
    };
    let older = find(context, app, older).await?;
    // Whichever way round they were asked for.
    let (older, newer) = if older.id <= newer.id { (older, newer) } else { (newer, older) };
    let known = store.known_keys(app).await?;
    let (then, since) = (known.fill(&older.entries), known.fill(&newer.entries));
    Ok(StateComparison {
        app,
        display_name: now.display_name,
        diff: diff::between(&then, &since),
        older_json: then.pretty(),
        newer_json: since.pretty(),
        newer: row(&newer, Some(&older.entries), &known),
        older: row(&older, None, &known),
    })
}

/// The app, with the person's token; what it shows is kept.
async fn read(context: &Context, person: &Person, app: ObjectId, keys: bool) -> Result<Application, HistoryError> {
    let token = person.tokens.graph_token().await?;
    let graph = &context.tenant.graph;
    let read =
        if keys { graph.application(&token, app).await } else { graph.application_without_keys(&token, app).await };
    let app = read?.value;
    context.tenant.directory.observed(&app).await;
    Ok(app)
}

pub(crate) async fn find(context: &Context, app: ObjectId, id: i64) -> Result<KeptState, FindStateError> {
    context.tenant.store.state(app, id).await?.ok_or(FindStateError::NotFound(app))
}

fn row(kept: &KeptState, before: Option<&KeyCredentials>, known: &KnownKeys) -> StateRow {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let has = |entry: &&domain::key_credential::KeyCredential| {
        entry.has_key() || entry.key_id().is_some_and(|id| known.get(id).is_some())
    };
    let change = before.map(|before| {
        let diff = diff::between(before, &kept.entries);
        StateChange {
            added: count(diff.count(EntryChange::Added)),
            removed: count(diff.count(EntryChange::Removed)),
            altered: count(diff.count(EntryChange::Altered)),
            reordered: diff.reordered,
        }
    });
    StateRow {
        id: kept.id,
        seen_at: kept.seen_at,
        entries: count(kept.entries.len()),
        keys_known: count(kept.entries.iter().filter(has).count()),
        origin: kept.origin,
        receipt: kept.receipt,
        change,
    }
}

/// `24 November 2026, 12:00 UTC`
pub(crate) fn moment(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute]:[second] UTC"))
        .unwrap_or_default()
}

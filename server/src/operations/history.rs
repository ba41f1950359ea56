//! An app's kept states, for whoever may read the app: Entra is asked first, each time.

use crate::graph::Application;
use crate::http::problems;
use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{KeptState, Rows};
use app::contract::history::{StateChange, StateComparison, StateRow};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::problem::Problem;
use domain::diff::states::{self as diff, EntryChange};
use domain::ids::ObjectId;
use domain::key_credential::KeyCredentials;
use domain::snapshot::KnownKeys;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// The newest first.
pub(crate) async fn states(
    state: &DeskState,
    person: &Person,
    app: ObjectId,
    page: u32,
) -> Result<Page<StateRow>, Problem> {
    let tenant = person.viewer.tenant_id;
    read(state, person, app, false).await?;
    let page = page.max(1);
    let known = state.store.of(tenant).known_keys(app).await?;
    // With the one before the last of the page, for comparison.
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let Rows { items: kept, total } = state.store.of(tenant).states(app, skip, PAGE_SIZE as u64 + 1).await?;
    let rows = kept.iter().enumerate().take(PAGE_SIZE);
    let items = rows.map(|(at, one)| row(one, kept.get(at + 1).map(|before| &before.entries), &known)).collect();
    Ok(Page { items, page, has_next: kept.len() > PAGE_SIZE, total: Some(total) })
}

/// `newer`: none for the app as it is now.
pub(crate) async fn compare(
    state: &DeskState,
    person: &Person,
    app: ObjectId,
    older: i64,
    newer: Option<i64>,
) -> Result<StateComparison, Problem> {
    let tenant = person.viewer.tenant_id;
    let now = read(state, person, app, newer.is_none()).await?;
    let newer = if let Some(id) = newer {
        find(state, person, app, id).await?
    } else {
        let latest = state.store.of(tenant).states(app, 0, 1).await?.items.into_iter().next();
        latest.ok_or_else(|| no_such_state(app))?
    };
    let older = find(state, person, app, older).await?;
    // Whichever way round they were asked for.
    let (older, newer) = if older.id <= newer.id { (older, newer) } else { (newer, older) };
    let known = state.store.of(tenant).known_keys(app).await?;
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
async fn read(state: &DeskState, person: &Person, app: ObjectId, keys: bool) -> Result<Application, Problem> {
    let token = state.token(person).await?;
    let graph = &state.graph;
    let read =
        if keys { graph.application(&token, app).await } else { graph.application_without_keys(&token, app).await };
    let app = read.map_err(|e| problems::graph::of(&e, "this app"))?.value;
    let name = app.display_name.as_str();
    state.observed(person.viewer.tenant_id, app.id, app.app_id, name, &app.key_credentials).await;
    Ok(app)
}

pub(crate) async fn find(state: &DeskState, person: &Person, app: ObjectId, id: i64) -> Result<KeptState, Problem> {
    state.store.of(person.viewer.tenant_id).state(app, id).await?.ok_or_else(|| no_such_state(app))
}

fn no_such_state(app: ObjectId) -> Problem {
    Problem::new(
        404,
        "state-not-found",
        "There is no such state",
        format!("Nothing is kept under this number of the app with object id {app}."),
    )
    .advice("Choose one from the app's history.")
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
        origin: kept.origin.to_string(),
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

//! The list of apps: everyone's as the directory has them, or the person's own.

use crate::graph::{Graph, GraphError, ListQuery, ListedApplication};
use crate::operations::Context;
use crate::operations::apps::rights::Rights;
use crate::operations::apps::{AppSearch, OwnAppsError};
use crate::person::{Person, TokenError};
use app::contract::apps::{AppQuery, AppRow, Right};
use app::contract::paging::{PAGE_SIZE, Page};
use domain::suitability::validity;
use time::OffsetDateTime;

/// Everything up to a page is read to show it. Beyond 50,000 apps people search.
const LAST_PAGE: u32 = 2_000;

/// Why the list is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListAppsError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error(transparent)]
    Own(#[from] OwnAppsError),
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    query: &AppQuery,
) -> Result<Page<AppRow>, ListAppsError> {
    let token = person.tokens.graph_token().await?;
    let graph = &context.tenant.graph;
    let page = query.page.clamp(1, LAST_PAGE);
    let skip = (page as usize - 1) * PAGE_SIZE;
    let every_app = person.viewer.changes_every_app;
    let (rows, has_next, total) = match AppSearch::read(query) {
        AppSearch::Own(own) => {
            let apps = own.sorted(context, person, &token, query.descending).await?;
            let total = apps.len();
            let rows = apps.into_iter().skip(skip).take(PAGE_SIZE);
            let rows = rows.map(|own| (own.app, Right::of(every_app, Some(own.owned)))).collect();
            (rows, total > skip + PAGE_SIZE, Some(total as u64))
        }
        AppSearch::ById(id) => {
            let found = graph.find_application(&token, id).await?;
            let total = u64::from(found.is_some());
            let rows = found.into_iter().filter(|_| page == 1).collect();
            (judged(graph, &token, person, rows).await, false, Some(total))
        }
        AppSearch::Listed(needle) => {
            let list = ListQuery { needle, descending: query.descending, skip, take: PAGE_SIZE };
            let listing = graph.list_applications(&token, &list).await?;
            (judged(graph, &token, person, listing.rows).await, listing.more, listing.total)
        }
    };
    let now = context.now();
    Ok(Page { items: rows.iter().map(|(app, right)| row(app, *right, now)).collect(), page, has_next, total })
}

async fn judged(
    graph: &Graph,
    token: &str,
    person: &Person,
    apps: Vec<ListedApplication>,
) -> Vec<(ListedApplication, Right)> {
    let rights = Rights::read(graph, token, person).await;
    apps.into_iter().map(|app| (rights.on(app.id), app)).map(|(right, app)| (app, right)).collect()
}

fn row(app: &ListedApplication, right: Right, now: OffsetDateTime) -> AppRow {
    let dates = || app.key_credentials.iter().filter_map(|entry| entry.end().map(|end| (entry.start(), end)));
    let next = dates().filter(|(_, end)| *end > now).min_by_key(|(_, end)| *end);
    let shown = next.or_else(|| dates().max_by_key(|(_, end)| *end));
    AppRow {
        object_id: app.id,
        app_id: app.app_id,
        display_name: app.display_name.clone(),
        certificates: u32::try_from(app.key_credentials.len()).unwrap_or(u32::MAX),
        secrets: u32::try_from(app.secrets).unwrap_or(u32::MAX),
        next_end: shown.map(|(_, end)| end),
        validity: shown.map(|(start, end)| validity(start, Some(end), now)),
        right,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use domain::ids::{AppId, ObjectId};
    use domain::key_credential::KeyCredentials;
    use domain::suitability::Validity;
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    fn app(name: &str, n: u128, ends: &[&str]) -> ListedApplication {
        let keys: Vec<_> = ends
            .iter()
            .map(|end| json!({"customKeyIdentifier": null, "displayName": "CN=x", "endDateTime": end, "key": null,
                "keyId": Uuid::from_u128(n), "startDateTime": "2020-01-01T00:00:00Z", "type": "AsymmetricX509Cert", "usage": "Verify"}))
            .collect();
        ListedApplication {
            id: ObjectId::new(Uuid::from_u128(n)),
            app_id: AppId::new(Uuid::from_u128(n + 1000)),
            display_name: name.into(),
            key_credentials: KeyCredentials::from_json(&json!(keys)).unwrap(),
            secrets: 0,
        }
    }

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn shows_the_certificate_that_ends_next() {
        let row = row(
            &app("a", 1, &["2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "2026-12-01T00:00:00Z"]),
            Right::Owner,
            NOW,
        );
        assert_eq!((row.certificates, row.next_end), (3, Some(datetime!(2026-12-01 0:00 UTC))));
        assert_eq!(row.validity, Some(Validity::EndsSoon));
    }

    #[test]
    fn shows_the_one_that_ended_last_where_all_have() {
        let row = row(&app("a", 1, &["2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]), Right::Owner, NOW);
        assert_eq!(row.next_end, Some(datetime!(2026-01-01 0:00 UTC)));
        assert_eq!(row.validity, Some(Validity::Expired));
        assert_eq!(super::row(&app("b", 2, &[]), Right::Owner, NOW).validity, None);
    }
}

//! The list of apps: everyone's as the directory has them, or the person's own.

use crate::graph::{ListQuery, ListedApplication, Needle};
use crate::http::problems;
use crate::operations::DeskState;
use crate::person::Person;
use app::contract::apps::{AppQuery, AppRow, Scope};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::problem::Problem;
use domain::suitability::validity;
use time::OffsetDateTime;
use uuid::Uuid;

/// Everything up to a page is read to show it. Beyond 50,000 apps people search.
const LAST_PAGE: u32 = 2_000;

pub(crate) async fn handle(state: &DeskState, person: &Person, query: &AppQuery) -> Result<Page<AppRow>, Problem> {
    let token = state.token(person).await?;
    let page = query.page.clamp(1, LAST_PAGE);
    let skip = (page as usize - 1) * PAGE_SIZE;
    let search = query.search.trim();
    let id = Uuid::parse_str(search).ok();
    let problem = |e: crate::graph::GraphError| problems::graph::of(&e, "the list of apps");
    let (rows, has_next, total) = match (query.scope, id) {
        (Scope::Mine, _) => {
            let mut apps = state.graph.owned_applications(&token).await.map_err(problem)?;
            apps.retain(|app| matches(app, search, id));
            sort(&mut apps, query.descending);
            let total = apps.len();
            let rows: Vec<_> = apps.into_iter().skip(skip).take(PAGE_SIZE).collect();
            (rows, total > skip + PAGE_SIZE, Some(total as u64))
        }
        (Scope::All, Some(id)) => {
            let found = state.graph.find_application(&token, id).await.map_err(problem)?;
            let total = u64::from(found.is_some());
            (found.into_iter().filter(|_| page == 1).collect(), false, Some(total))
        }
        (Scope::All, None) => {
            let needle = if search.is_empty() { Needle::All } else { Needle::Name(search.to_owned()) };
            let list = ListQuery { needle, descending: query.descending, skip, take: PAGE_SIZE };
            let listing = state.graph.list_applications(&token, &list).await.map_err(problem)?;
            (listing.rows, listing.more, listing.total)
        }
    };
    let now = state.clock.now();
    Ok(Page { items: rows.iter().map(|app| row(app, now)).collect(), page, has_next, total })
}

/// Words of the search in any order, anywhere in the name.
pub(crate) fn matches(app: &ListedApplication, search: &str, id: Option<Uuid>) -> bool {
    if let Some(id) = id {
        return app.app_id.uuid() == id || app.id.uuid() == id;
    }
    let name = app.display_name.to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| name.contains(word))
}

pub(crate) fn sort(apps: &mut [ListedApplication], descending: bool) {
    apps.sort_by_cached_key(|app| (app.display_name.to_lowercase(), app.id));
    if descending {
        apps.reverse();
    }
}

fn row(app: &ListedApplication, now: OffsetDateTime) -> AppRow {
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
        let row = row(&app("a", 1, &["2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "2026-12-01T00:00:00Z"]), NOW);
        assert_eq!((row.certificates, row.next_end), (3, Some(datetime!(2026-12-01 0:00 UTC))));
        assert_eq!(row.validity, Some(Validity::EndsSoon));
    }

    #[test]
    fn shows_the_one_that_ended_last_where_all_have() {
        let row = row(&app("a", 1, &["2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]), NOW);
        assert_eq!(row.next_end, Some(datetime!(2026-01-01 0:00 UTC)));
        assert_eq!(row.validity, Some(Validity::Expired));
        assert_eq!(super::row(&app("b", 2, &[]), NOW).validity, None);
    }

    #[test]
    fn own_apps_are_found_by_words_and_ids() {
        let app = app("Payroll batch (prod)", 1, &[]);
        for search in ["", "batch pay", "PROD", "ayro"] {
            assert!(matches(&app, search, None), "{search}");
        }
        assert!(!matches(&app, "payroll test", None));
        assert!(matches(&app, "", Some(Uuid::from_u128(1))) && matches(&app, "", Some(Uuid::from_u128(1001))));
        assert!(!matches(&app, "", Some(Uuid::from_u128(2))));
    }
}

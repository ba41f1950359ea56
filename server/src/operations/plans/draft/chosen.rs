//! Which apps: those that were ticked, or all that a search finds.

use crate::graph::Needle;
use crate::http::problems;
use crate::operations::DeskState;
use crate::operations::apps::list::matches;
use app::contract::apps::{AppQuery, Scope};
use app::contract::plans::{Chosen, MAX_APPS_PER_PLAN};
use app::contract::problem::Problem;
use domain::ids::ObjectId;
use std::collections::HashSet;
use uuid::Uuid;

/// Each app once, in the order chosen or of their names.
pub(crate) async fn ids(state: &DeskState, token: &str, chosen: &Chosen) -> Result<Vec<ObjectId>, Problem> {
    match chosen {
        Chosen::These(ids) => once(ids),
        Chosen::Found(query) => once(&found(state, token, query).await?),
    }
}

async fn found(state: &DeskState, token: &str, query: &AppQuery) -> Result<Vec<ObjectId>, Problem> {
    let search = query.search.trim();
    let id = Uuid::parse_str(search).ok();
    let problem = |e: crate::graph::GraphError| problems::graph::of(&e, "the list of apps");
    Ok(match (query.scope, id) {
        (Scope::Mine, _) => {
            let apps = state.graph.owned_applications(token).await.map_err(problem)?;
            apps.iter().filter(|app| matches(app, search, id)).map(|app| app.id).collect()
        }
        (Scope::All, Some(id)) => {
            state.graph.find_application(token, id).await.map_err(problem)?.into_iter().map(|app| app.id).collect()
        }
        (Scope::All, None) => {
            let needle = if search.is_empty() { Needle::All } else { Needle::Name(search.to_owned()) };
            state.graph.found_ids(token, &needle, MAX_APPS_PER_PLAN).await.map_err(problem)?
        }
    })
}

pub(crate) fn once(apps: &[ObjectId]) -> Result<Vec<ObjectId>, Problem> {
    let mut seen = HashSet::new();
    let apps: Vec<_> = apps.iter().copied().filter(|id| seen.insert(*id)).collect();
    match apps.len() {
        0 => Err(none()),
        1..=MAX_APPS_PER_PLAN => Ok(apps),
        many => Err(Problem::new(
            422,
            "too-many-apps",
            "Too many apps were chosen",
            format!("{many} apps or more were chosen; one push takes at most {MAX_APPS_PER_PLAN}."),
        )
        .advice("Choose fewer, and push the rest afterwards.")),
    }
}

pub(crate) fn none() -> Problem {
    Problem::new(422, "no-apps", "No app was chosen", "A preview needs at least one app.").advice("Choose an app.")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn ids(numbers: impl IntoIterator<Item = u128>) -> Vec<ObjectId> {
        numbers.into_iter().map(|n| ObjectId::new(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn each_app_once_in_order() {
        assert_eq!(once(&ids([3, 1, 3, 2, 1])).unwrap(), ids([3, 1, 2]));
    }

    #[test]
    fn none_and_too_many_are_refused() {
        assert_eq!(once(&[]).unwrap_err().code, "no-apps");
        let most = u128::try_from(MAX_APPS_PER_PLAN).unwrap();
        assert!(once(&ids(0..most)).is_ok());
        assert_eq!(once(&ids(0..=most)).unwrap_err().code, "too-many-apps");
    }
}

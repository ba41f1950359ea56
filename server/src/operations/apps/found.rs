//! What a search of the list of apps means: the person's own apps, one by its id, or all by their names.

use crate::graph::{AppReference, GraphError, ListedApplication, Needle};
use crate::index::{has_words, words_of};
use crate::operations::Context;
use crate::operations::sight::looked_after;
use crate::person::Person;
use crate::store::{StoreError, Within};
use app::contract::apps::{AppQuery, Scope};
use domain::ids::ObjectId;
use std::collections::HashSet;
use uuid::Uuid;

/// Apps of teams in one list. Beyond that there is the inventory.
const MOST: u32 = 900;

/// Why a person's apps are not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnAppsError {
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A search of the list of apps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AppSearch {
    /// They are few: all are read, and cut down here.
    Own(OwnApps),
    /// An application (client) id or an object id.
    ById(Uuid),
    /// Graph looks for them.
    Listed(Needle),
}

/// An app that the person owns, or one of their teams looks after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnApp {
    pub(crate) app: ListedApplication,
    pub(crate) owned: bool,
}

/// Which of the person's own apps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OwnApps {
    ById(Uuid),
    /// Words in any order, anywhere in the name; in lower case.
    Named(Vec<String>),
}

impl AppSearch {
    pub(crate) fn read(query: &AppQuery) -> Self {
        let search = query.search.trim();
        match (query.scope, Uuid::parse_str(search)) {
            (Scope::Mine, Ok(id)) => Self::Own(OwnApps::ById(id)),
            (Scope::Mine, Err(_)) => Self::Own(OwnApps::Named(words_of(search))),
            (Scope::All, Ok(id)) => Self::ById(id),
            (Scope::All, Err(_)) if search.is_empty() => Self::Listed(Needle::All),
            (Scope::All, Err(_)) => Self::Listed(Needle::Name(search.to_owned())),
        }
    }
}

impl OwnApps {
    /// First those that they own, in the order in which Graph lists them; then those that their teams look after, as far as
    /// Entra shows them to the person.
    pub(crate) async fn read(
        &self,
        context: &Context,
        person: &Person,
        token: &str,
    ) -> Result<Vec<OwnApp>, OwnAppsError> {
        let graph = &context.tenant.graph;
        let own = graph.owned_applications(token).await?;
        let owned: HashSet<ObjectId> = own.iter().map(|app| app.id).collect();
        let mut apps: Vec<OwnApp> = own.into_iter().map(|app| OwnApp { app, owned: true }).collect();
        let mut more = of_teams(context, person, token).await?;
        more.retain(|id| !owned.contains(id));
        if !more.is_empty() {
            let more = graph.listed_by_id(token, &more).await?;
            apps.extend(more.into_iter().map(|app| OwnApp { app, owned: false }));
        }
        apps.retain(|own| self.has(&own.app));
        Ok(apps)
    }

    /// In the order of their names.
    pub(crate) async fn sorted(
        &self,
        context: &Context,
        person: &Person,
        token: &str,
        descending: bool,
    ) -> Result<Vec<OwnApp>, OwnAppsError> {
        let mut apps = self.read(context, person, token).await?;
        apps.sort_by_cached_key(|own| (own.app.display_name.to_lowercase(), own.app.id));
        if descending {
            apps.reverse();
        }
        Ok(apps)
    }

    fn has(&self, app: &ListedApplication) -> bool {
        match self {
            Self::ById(id) => app.app_id.uuid() == *id || app.id.uuid() == *id,
            Self::Named(words) => has_words(&app.display_name.to_lowercase(), words),
        }
    }
}

/// Of the person's teams: by the inventory, and what is named by its id without one, too.
async fn of_teams(context: &Context, person: &Person, token: &str) -> Result<Vec<ObjectId>, OwnAppsError> {
    let Within { teams, .. } = looked_after(context, person).await;
    let mut apps: HashSet<ObjectId> = context.tenant.store.apps_of_teams(&teams, MOST).await?.into_iter().collect();
    let named: Vec<AppReference> = teams.ids.iter().copied().map(AppReference::Id).take(MOST as usize).collect();
    if context.inventory_every.is_none() && !named.is_empty() {
        let found = context.tenant.graph.find_many(token, &named).await?;
        apps.extend(found.into_iter().flatten().map(|app| app.id));
    }
    Ok(apps.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::AppId;
    use domain::key_credential::KeyCredentials;

    fn finds(scope: Scope, search: &str, app: &ListedApplication) -> bool {
        let query = AppQuery { scope, search: search.to_owned(), page: 1, descending: false };
        match AppSearch::read(&query) {
            AppSearch::Own(own) => own.has(app),
            other => panic!("{search}: {other:?}"),
        }
    }

    #[test]
    fn own_apps_are_found_by_words_and_ids() {
        let app = ListedApplication {
            id: ObjectId::new(Uuid::from_u128(1)),
            app_id: AppId::new(Uuid::from_u128(1001)),
            display_name: "Payroll batch (prod)".into(),
            key_credentials: KeyCredentials::default(),
            secrets: 0,
        };
        for search in ["", "batch pay", "PROD", "ayro"] {
            assert!(finds(Scope::Mine, search, &app), "{search}");
        }
        assert!(!finds(Scope::Mine, "payroll test", &app));
        for (id, found) in [(1, true), (1001, true), (2, false)] {
            assert_eq!(finds(Scope::Mine, &Uuid::from_u128(id).to_string(), &app), found, "{id}");
        }
    }

    #[test]
    fn graph_looks_for_names_and_ids_in_the_whole_directory() {
        let read = |search: &str| {
            AppSearch::read(&AppQuery { scope: Scope::All, search: search.into(), page: 1, descending: false })
        };
        assert_eq!(read("  "), AppSearch::Listed(Needle::All));
        assert_eq!(read(" pay "), AppSearch::Listed(Needle::Name("pay".into())));
        assert_eq!(read(&Uuid::from_u128(7).to_string()), AppSearch::ById(Uuid::from_u128(7)));
    }
}

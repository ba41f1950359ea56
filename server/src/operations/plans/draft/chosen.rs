//! Which apps: those that were ticked, or all that a search finds.

use crate::graph::GraphError;
use crate::operations::apps::{AppSearch, OwnAppsError};
use crate::operations::inventory::select::{self, SelectError};
use crate::operations::plans::draft::DraftContext;
use crate::person::Person;
use app::contract::apps::AppQuery;
use app::contract::plans::{Chosen, MAX_APPS_PER_PLAN};
use domain::ids::ObjectId;
use std::collections::HashSet;

/// Why it is not known which apps are meant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChooseError {
    #[error("no app was chosen")]
    None,
    #[error("{0} apps or more were chosen; one push takes at most {MAX_APPS_PER_PLAN}")]
    TooMany(usize),
    #[error("the apps could not be listed: {0}")]
    Graph(#[from] GraphError),
    /// The log has the reason.
    #[error("what the person's teams look after could not be read")]
    Teams,
    #[error(transparent)]
    Selected(#[from] SelectError),
    #[error("nothing of what was selected is an app registration")]
    NoAppSelected,
}

impl From<OwnAppsError> for ChooseError {
    fn from(error: OwnAppsError) -> Self {
        match error {
            OwnAppsError::Graph(error) => error.into(),
            OwnAppsError::Store(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the apps of teams could not be read");
                Self::Teams
            }
        }
    }
}

/// Each app once, in the order chosen or of their names.
pub(crate) async fn ids(
    drafts: &DraftContext,
    person: &Person,
    token: &str,
    chosen: &Chosen,
) -> Result<Vec<ObjectId>, ChooseError> {
    match chosen {
        Chosen::These(ids) => once(ids),
        Chosen::Found(query) => once(&found(drafts, person, token, query).await?),
        Chosen::Selected(selection) => match select::apps(&drafts.context, person, selection).await?.as_slice() {
            [] => Err(ChooseError::NoAppSelected),
            apps => once(apps),
        },
    }
}

async fn found(
    drafts: &DraftContext,
    person: &Person,
    token: &str,
    query: &AppQuery,
) -> Result<Vec<ObjectId>, ChooseError> {
    let graph = &drafts.context.tenant.graph;
    Ok(match AppSearch::read(query) {
        AppSearch::Own(own) => {
            own.read(&drafts.context, person, token).await?.into_iter().map(|own| own.app.id).collect()
        }
        AppSearch::ById(id) => graph.find_application(token, id).await?.into_iter().map(|app| app.id).collect(),
        AppSearch::Listed(needle) => graph.found_ids(token, &needle, MAX_APPS_PER_PLAN).await?,
    })
}

pub(crate) fn once(apps: &[ObjectId]) -> Result<Vec<ObjectId>, ChooseError> {
    let mut seen = HashSet::new();
    let apps: Vec<_> = apps.iter().copied().filter(|id| seen.insert(*id)).collect();
    match apps.len() {
        0 => Err(ChooseError::None),
        1..=MAX_APPS_PER_PLAN => Ok(apps),
        many => Err(ChooseError::TooMany(many)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use uuid::Uuid;

    fn ids(numbers: impl IntoIterator<Item = u128>) -> Vec<ObjectId> {
        numbers.into_iter().map(|n| ObjectId::new(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn each_app_once_in_order() {
        assert_eq!(once(&ids([3, 1, 3, 2, 1])).unwrap(), ids([3, 1, 2]));
    }

    #[test]
    fn none_and_too_many_are_refused() {
        assert!(matches!(once(&[]), Err(ChooseError::None)));
        let most = u128::try_from(MAX_APPS_PER_PLAN).unwrap();
        assert!(once(&ids(0..most)).is_ok());
        assert!(matches!(once(&ids(0..=most)), Err(ChooseError::TooMany(many)) if many == MAX_APPS_PER_PLAN + 1));
    }
}

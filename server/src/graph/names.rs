//! Names for ids, and ids for what people write in a table: client ids, object ids, names.

use super::applications_by_id::{MOST_IN_FILTER, id_in};
use super::pages::{Collection, row};
use super::url::{V1, literal};
use super::{Consistency, Graph, GraphError};
use ::url::Url;
use domain::ids::{AppId, ObjectId};
use serde::Deserialize;
use uuid::Uuid;

/// What somebody wrote for an app.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AppReference {
    /// An application (client) id or an object id.
    Id(Uuid),
    DisplayName(String),
}

impl AppReference {
    pub fn read(text: &str) -> Self {
        Uuid::parse_str(text).map_or_else(|_| Self::DisplayName(text.to_owned()), Self::Id)
    }
}

/// An app that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    pub id: ObjectId,
    pub app_id: AppId,
    #[serde(default)]
    pub display_name: Option<String>,
}

impl Graph {
    /// Fifteen to a request: the most that Graph takes in one `in`. Ids that no app has are left out.
    pub async fn app_names(&self, bearer: &str, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, GraphError> {
        let mut names = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MOST_IN_FILTER) {
            let filter = id_in(ids);
            let options = [("$select", "id,appId,displayName"), ("$filter", filter.as_str())];
            let url = self.url(V1, &["applications"], &options);
            let page = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
            for value in page.value {
                let app: Named = row(value)?;
                names.push((app.id, app.display_name.unwrap_or_default()));
            }
        }
        Ok(names)
    }

    /// 20 questions to a request. For each name the apps that it fits, in the order asked for; at most two of each, which is one too many.
    pub async fn find_many(&self, bearer: &str, names: &[AppReference]) -> Result<Vec<Vec<Named>>, GraphError> {
        let urls: Vec<Url> = names
            .iter()
            .map(|name| {
                let filter = match name {
                    AppReference::Id(id) => format!("appId eq {0} or id eq {0}", literal(&id.hyphenated().to_string())),
                    AppReference::DisplayName(name) => format!("displayName eq {}", literal(name)),
                };
                self.url(
                    V1,
                    &["applications"],
                    &[("$select", "id,appId,displayName"), ("$filter", &filter), ("$top", "2")],
                )
            })
            .collect();
        let answers = self.get_all(bearer, &urls).await?;
        answers
            .into_iter()
            .map(|answer| {
                let found = answer?.map(Collection::read)?.value.value;
                found.into_iter().map(row).collect()
            })
            .collect()
    }
}

//! Which apps are meant by what people write in a table: client ids, object ids, names. 20 questions to a request.

use super::listed::Collection;
use super::url::{V1, literal};
use super::{Graph, GraphError};
use ::url::Url;
use domain::ids::{AppId, ObjectId};
use serde::Deserialize;
use uuid::Uuid;

/// What somebody wrote for an app.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// An application (client) id or an object id.
    Id(Uuid),
    DisplayName(String),
}

impl Name {
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
    /// For each name the apps that it fits, in the order asked for; at most two of each, which is one too many.
    pub async fn find_many(&self, bearer: &str, names: &[Name]) -> Result<Vec<Vec<Named>>, GraphError> {
        let urls: Vec<Url> = names
            .iter()
            .map(|name| {
                let filter = match name {
                    Name::Id(id) => format!("appId eq {0} or id eq {0}", literal(&id.hyphenated().to_string())),
                    Name::DisplayName(name) => format!("displayName eq {}", literal(name)),
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
                found
                    .into_iter()
                    .map(|value| {
                        serde_json::from_value(value)
                            .map_err(|e| GraphError::Unreadable { why: e.to_string(), request_id: None })
                    })
                    .collect()
            })
            .collect()
    }
}

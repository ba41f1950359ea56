//! App management policies: what the tenant, or a policy of its own, forbids an app to have as a credential
//! (<https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy>). Given on as Graph has them.

use super::pages::{Collection, unreadable};
use super::url::V1;
use super::{Consistency, Graph, GraphError, GraphResponse};
use ::url::Url;
use domain::ids::ObjectId;
use serde_json::Value;

/// What the person's token may read of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ManagementPolicies {
    /// `defaultAppManagementPolicy`; `None` where it may not be read.
    pub tenant: Option<Value>,
    /// There are policies of single apps, so that each app has to be asked.
    pub custom: bool,
}

impl Graph {
    /// That the token may not read them is no error: most people's may not.
    pub async fn management_policies(&self, bearer: &str) -> Result<ManagementPolicies, GraphError> {
        let (tenant, custom) = tokio::join!(
            self.policy(bearer, self.url(V1, &["policies", "defaultAppManagementPolicy"], &[])),
            self.policy(bearer, self.url(V1, &["policies", "appManagementPolicies"], &[("$top", "1")])),
        );
        let custom = custom?.map(Collection::read).transpose().map_err(unreadable)?;
        Ok(ManagementPolicies { tenant: tenant?, custom: custom.is_some_and(|list| !list.value.is_empty()) })
    }

    async fn policy(&self, bearer: &str, url: Url) -> Result<Option<Value>, GraphError> {
        readable(self.get(bearer, url, Consistency::Default).await)
    }

    /// Of each app the policy that is assigned to it: one at most. `None` also where it may not be read.
    pub async fn management_policies_of(
        &self,
        bearer: &str,
        ids: &[ObjectId],
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let urls: Vec<Url> = ids
            .iter()
            .map(|id| self.url(V1, &["applications", &id.to_string(), "appManagementPolicies"], &[]))
            .collect();
        let answers = self.get_all(bearer, &urls).await?;
        answers
            .into_iter()
            .map(|answer| {
                let list = readable(answer)?.map(Collection::read).transpose().map_err(unreadable)?;
                Ok(list.and_then(|list| list.value.into_iter().next()))
            })
            .collect()
    }
}

fn readable(read: Result<GraphResponse<Value>, GraphError>) -> Result<Option<Value>, GraphError> {
    match read {
        Ok(answer) => Ok(Some(answer.value)),
        Err(GraphError::Denied(_) | GraphError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

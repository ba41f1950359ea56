//! Every application's and every service principal's `keyCredentials`, without `key`: what the credential index is
//! made of. 999 objects to a request, so that 100,000 are about a hundred requests.

use super::application_lists::read;
use super::url::V1;
use super::{Consistency, Graph, GraphError, ListedApplication};

/// The lists that have credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialList {
    Applications,
    ServicePrincipals,
}

impl CredentialList {
    const fn segment(self) -> &'static str {
        match self {
            Self::Applications => "applications",
            Self::ServicePrincipals => "servicePrincipals",
        }
    }
}

impl Graph {
    /// Gives each page to `take` as it comes.
    pub async fn all_credentials(
        &self,
        bearer: &str,
        list: CredentialList,
        mut take: impl FnMut(Vec<ListedApplication>) + Send,
    ) -> Result<(), GraphError> {
        let options = [("$select", "id,appId,displayName,keyCredentials"), ("$top", "999")];
        let url = self.url(V1, &[list.segment()], &options);
        self.pages(bearer, url, Consistency::Default, |page| {
            take(page.value.drain(..).map(read).collect::<Result<_, _>>()?);
            Ok(true)
        })
        .await
    }

    /// Whether this token may read the whole list.
    pub async fn may_list(&self, bearer: &str, list: CredentialList) -> Result<bool, GraphError> {
        let url = self.url(V1, &[list.segment()], &[("$select", "id"), ("$top", "1")]);
        match self.get(bearer, url, Consistency::Default).await {
            Ok(_) => Ok(true),
            Err(GraphError::Denied(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

//! Lists for the inventory: applications, agent identity blueprints and service principals with all that they hold and
//! who owns them. Reads only.
//!
//! Of 100 rows a page: with `$expand` Graph gives no more. Applications are read without `$select`: what it says of
//! `keyCredentials` is the same either way (`key` is null), and one page of Microsoft's allows 150 lists a minute that
//! name it. Service principals show too much without one (`appRoles` of every app of Microsoft's), so that theirs do
//! count.

use super::pages::Collection;
use super::url::V1;
use super::{Consistency, Graph, GraphError, GraphResponse};
use ::url::Url;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::key_credential::KeyCredentials;
use serde_json::Value;

const OWNERS: &str = "owners($select=id,displayName,accountEnabled)";
const OWNERS_WITH_DEPARTMENT: &str = "owners($select=id,displayName,accountEnabled,department)";
const PAGE: &str = "100";
const OF_SERVICE_PRINCIPALS: &str = "id,appId,displayName,createdDateTime,accountEnabled,disabledByMicrosoftStatus,servicePrincipalType,signInAudience,tags,keyCredentials,passwordCredentials";

/// What is asked of owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerDetail {
    /// Who they are, and whether they count.
    Basic,
    /// Their department as well, which takes the permission `User.Read.All`.
    Department,
}

/// Rows as Graph sent them, and its link to those that follow.
#[derive(Debug)]
pub struct RawPage {
    pub rows: Vec<Value>,
    pub next: Option<String>,
}

/// One page of delta.
#[derive(Debug)]
pub struct DeltaPage {
    /// What is new, was changed or was deleted.
    pub ids: Vec<ObjectId>,
    /// To the next page, where there is one.
    pub next: Option<String>,
    /// Else to what comes later.
    pub later: Option<String>,
}

impl Graph {
    /// `link`: of the page before, or of the last one; `None`: a link to what comes later, and no row. Of each application
    /// the id alone (<https://learn.microsoft.com/graph/api/application-delta>).
    pub async fn applications_delta(&self, bearer: &str, link: Option<&str>) -> Result<DeltaPage, GraphError> {
        let url = match link {
            Some(link) => self.next_link(link)?,
            None => self.url(V1, &["applications", "delta"], &[("$select", "id"), ("$deltatoken", "latest")]),
        };
        let read = |mut page: Value| -> Result<DeltaPage, String> {
            let link = |name: &str| page[name].as_str().map(str::to_owned);
            let (next, later) = (link("@odata.nextLink"), link("@odata.deltaLink"));
            let rows = page["value"].take();
            let rows = rows.as_array().ok_or("delta has no list")?;
            let id = |row: &Value| row["id"].as_str().and_then(|id| id.parse().ok()).ok_or("a row of delta has no id");
            let ids = rows.iter().map(id).collect::<Result<_, _>>()?;
            if next.is_none() && later.is_none() {
                return Err("a page of delta has no link".into());
            }
            Ok(DeltaPage { ids, next, later })
        };
        Ok(self.get(bearer, url, Consistency::Default).await?.map(read)?.value)
    }

    /// `link`: of the page before; `None`: the first one.
    pub async fn inventory_page(
        &self,
        bearer: &str,
        kind: SubjectKind,
        link: Option<&str>,
        owners: OwnerDetail,
    ) -> Result<RawPage, GraphError> {
        let url = match link {
            Some(link) => self.next_link(link)?,
            None => self.inventory_url(list_of(kind), kind, owners, &[("$top", PAGE)]),
        };
        let page = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
        Ok(RawPage { rows: page.value, next: page.next })
    }

    /// Each of them by itself, in the order asked for. `None`: Graph says that it is not there.
    ///
    /// # Errors
    /// Where one of them could not be read.
    pub async fn inventory_objects(
        &self,
        bearer: &str,
        subjects: &[Subject],
        owners: OwnerDetail,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let one = |subject: &Subject| {
            let id = subject.id.to_string();
            self.inventory_url(&[set_of(subject.kind), &id], subject.kind, owners, &[])
        };
        let urls: Vec<Url> = subjects.iter().map(one).collect();
        let answers = self.get_all(bearer, &urls).await?;
        let found = answers.into_iter().map(|answer| match answer {
            Ok(answer) => Ok(Some(answer.value)),
            Err(GraphError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        });
        found.collect()
    }

    /// `federatedIdentityCredentials` of each, as Graph has the list: it is not part of the object, and takes a request
    /// each.
    ///
    /// # Errors
    /// Where a failure may pass, of one of them or of all. What one of them is refused for good is an answer.
    pub async fn inventory_trusts(
        &self,
        bearer: &str,
        subjects: &[Subject],
    ) -> Result<Vec<Result<Value, GraphError>>, GraphError> {
        let one = |subject: &Subject| {
            self.url(V1, &["applications", &subject.id.to_string(), "federatedIdentityCredentials"], &[])
        };
        let urls: Vec<Url> = subjects.iter().map(one).collect();
        let answers = self.get_all(bearer, &urls).await?;
        let lists = answers.into_iter().map(|answer| match answer {
            Ok(mut answer) => Ok(Ok(answer.value.get_mut("value").map(Value::take).unwrap_or_default())),
            Err(error) if error.may_pass() => Err(error),
            Err(error) => Ok(Err(error)),
        });
        lists.collect()
    }

    /// `keyCredentials` of each with its `key`, in the order asked for: what lists do not show. Graph takes 150 such reads a
    /// minute (<https://learn.microsoft.com/graph/api/application-list>), and a batch of 20 is 20 of them.
    ///
    /// # Errors
    /// Where the request as a whole failed.
    pub async fn keys_of(
        &self,
        bearer: &str,
        subjects: &[Subject],
    ) -> Result<Vec<Result<KeyCredentials, GraphError>>, GraphError> {
        let one = |subject: &Subject| {
            let id = subject.id.to_string();
            self.url(V1, &[set_of(subject.kind), &id], &[("$select", "id,keyCredentials")])
        };
        let urls: Vec<Url> = subjects.iter().map(one).collect();
        let read = |answer: GraphResponse<Value>| {
            answer.map(|value| KeyCredentials::from_json(&value["keyCredentials"]).map_err(|e| e.to_string()))
        };
        let answers = self.get_all(bearer, &urls).await?.into_iter();
        Ok(answers.map(|answer| answer.and_then(read).map(|answer| answer.value)).collect())
    }

    fn inventory_url(&self, path: &[&str], kind: SubjectKind, owners: OwnerDetail, more: &[(&str, &str)]) -> Url {
        let owners = match owners {
            OwnerDetail::Basic => OWNERS,
            OwnerDetail::Department => OWNERS_WITH_DEPARTMENT,
        };
        let mut options = vec![("$expand", owners)];
        if kind == SubjectKind::ServicePrincipal {
            options.push(("$select", OF_SERVICE_PRINCIPALS));
        }
        options.extend(more);
        self.url(V1, path, &options)
    }
}

const fn set_of(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Application | SubjectKind::AgentBlueprint => "applications",
        SubjectKind::ServicePrincipal => "servicePrincipals",
    }
}

/// Where the list is. There is none of blueprints but this.
const fn list_of(kind: SubjectKind) -> &'static [&'static str] {
    match kind {
        SubjectKind::Application => &["applications"],
        SubjectKind::AgentBlueprint => &["applications", "microsoft.graph.agentIdentityBlueprint"],
        SubjectKind::ServicePrincipal => &["servicePrincipals"],
    }
}

//! Lists of applications: the directory's by name, from the index that sorts, searches and counts, and the person's own.
//!
//! Graph has no `$skip` here and its page tokens cannot be made up, so that a page number in a URL cannot be asked for
//! directly. What can be asked for is everything up to that page: one request gives up to 999 rows, next links the
//! rest. That needs no memory between requests, and every page is cut from one and the same order.

use super::applications_by_id::{MOST_IN_FILTER, id_in};
use super::pages::{Collection, row, unreadable};
use super::url::{V1, literal};
use super::{Consistency, Graph, GraphError};
use ::url::Url;
use domain::ids::{AppId, ObjectId};
use domain::key_credential::KeyCredentials;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

const SELECT: &str = "id,appId,displayName,keyCredentials,passwordCredentials";

/// A row of a list of applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedApplication {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub key_credentials: KeyCredentials,
    pub secrets: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: ObjectId,
    app_id: AppId,
    display_name: Option<String>,
    #[serde(default)]
    key_credentials: Option<Value>,
    #[serde(default)]
    password_credentials: Option<Vec<Value>>,
}

/// `key` is never filled in a list, so that only dates and counts can be told.
pub(super) fn read(value: Value) -> Result<ListedApplication, GraphError> {
    let wire: Wire = row(value)?;
    let keys = wire.key_credentials.unwrap_or_else(|| Value::Array(vec![]));
    Ok(ListedApplication {
        id: wire.id,
        app_id: wire.app_id,
        display_name: wire.display_name.unwrap_or_default(),
        key_credentials: KeyCredentials::from_json(&keys).map_err(|error| unreadable(error.to_string()))?,
        secrets: wire.password_credentials.map_or(0, |secrets| secrets.len()),
    })
}

/// The most rows that Graph gives in one answer.
const MAX_TOP: usize = 999;

/// What to look for in names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    All,
    /// Words that begin words of the name.
    Name(String),
}

/// How Graph is asked for it.
enum Asked {
    Everything,
    Search(String),
    /// There is no word in it: Graph would call that a syntax error.
    Nothing,
}

impl Needle {
    fn asked(&self) -> Asked {
        match self {
            Self::All => Asked::Everything,
            Self::Name(name) => search(name).map_or(Asked::Nothing, Asked::Search),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    pub needle: Needle,
    pub descending: bool,
    /// Rows to skip, and rows to give after that.
    pub skip: usize,
    pub take: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub rows: Vec<ListedApplication>,
    pub more: bool,
    pub total: Option<u64>,
}

#[derive(Deserialize)]
struct OnlyId {
    id: ObjectId,
}

impl Graph {
    pub async fn list_applications(&self, bearer: &str, query: &ListQuery) -> Result<Listing, GraphError> {
        let wanted = query.skip + query.take;
        let top = wanted.min(MAX_TOP).to_string();
        let Some(url) = self.by_name(&query.needle, SELECT, query.descending, &top) else {
            return Ok(Listing { rows: vec![], more: false, total: Some(0) });
        };
        let mut listing = Listing { rows: Vec::with_capacity(query.take), more: false, total: None };
        let mut seen = 0;
        self.pages(bearer, url, Consistency::Eventual, |page| {
            listing.total = listing.total.or(page.count);
            for value in page.value.drain(..) {
                if (query.skip..wanted).contains(&seen) {
                    listing.rows.push(read(value)?);
                }
                seen += 1;
            }
            listing.more = if page.has_next() { seen >= wanted } else { seen > wanted };
            Ok(seen < wanted)
        })
        .await?;
        Ok(listing)
    }

    /// Everything that a search finds, for who wants all of it and not a page: in the order of the names. `take` answers
    /// whether it wants more.
    pub async fn each_application(
        &self,
        bearer: &str,
        needle: &Needle,
        descending: bool,
        mut take: impl FnMut(ListedApplication) -> bool + Send,
    ) -> Result<(), GraphError> {
        let Some(url) = self.by_name(needle, SELECT, descending, "999") else { return Ok(()) };
        self.pages(bearer, url, Consistency::Eventual, |page| {
            for value in page.value.drain(..) {
                if !take(read(value)?) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    /// The object ids of everything that a search finds, in the order of the names. Ends with the page on which there are
    /// more than `most`.
    pub async fn found_ids(&self, bearer: &str, needle: &Needle, most: usize) -> Result<Vec<ObjectId>, GraphError> {
        let Some(url) = self.by_name(needle, "id", false, "999") else { return Ok(vec![]) };
        let mut ids = vec![];
        self.pages(bearer, url, Consistency::Eventual, |page| {
            for value in page.value.drain(..) {
                ids.push(row::<OnlyId>(value)?.id);
            }
            Ok(ids.len() <= most)
        })
        .await?;
        Ok(ids)
    }

    /// `None` where there is nothing to look for.
    fn by_name(&self, needle: &Needle, select: &str, descending: bool, top: &str) -> Option<Url> {
        let search = match needle.asked() {
            Asked::Everything => None,
            Asked::Search(search) => Some(search),
            Asked::Nothing => return None,
        };
        let order = if descending { "displayName desc" } else { "displayName" };
        let mut options = vec![("$select", select), ("$orderby", order), ("$count", "true"), ("$top", top)];
        options.extend(search.as_deref().map(|search| ("$search", search)));
        Some(self.url(V1, &["applications"], &options))
    }

    /// `GET /me/ownedObjects/microsoft.graph.application`: every app the person owns. They are few, so that all are read
    /// and the caller sorts, searches and pages.
    pub async fn owned_applications(&self, bearer: &str) -> Result<Vec<ListedApplication>, GraphError> {
        let options = [("$select", SELECT), ("$top", "999")];
        let url = self.url(V1, &["me", "ownedObjects", "microsoft.graph.application"], &options);
        self.all(bearer, url, Consistency::Default, read).await
    }

    /// Apps of which only the ids are known. What the person may not list, and what is not there, is left out.
    pub async fn listed_by_id(&self, bearer: &str, ids: &[ObjectId]) -> Result<Vec<ListedApplication>, GraphError> {
        let top = MOST_IN_FILTER.to_string();
        let url = |ids: &[ObjectId]| {
            let options = [("$select", SELECT), ("$filter", &id_in(ids)), ("$top", &top)];
            self.url(V1, &["applications"], &options)
        };
        let urls: Vec<Url> = ids.chunks(MOST_IN_FILTER).map(url).collect();
        let mut apps = Vec::with_capacity(ids.len());
        for answer in self.get_all(bearer, &urls).await? {
            for value in answer?.map(Collection::read)?.value.value {
                apps.push(read(value)?);
            }
        }
        Ok(apps)
    }

    /// An app by a GUID of which nobody said whether it is the application (client) id or the object id.
    pub async fn find_application(&self, bearer: &str, id: Uuid) -> Result<Option<ListedApplication>, GraphError> {
        let id = id.hyphenated().to_string();
        // People copy the client id far more often than the object id.
        for property in ["appId", "id"] {
            let filter = format!("{property} eq {}", literal(&id));
            let url = self.url(V1, &["applications"], &[("$select", SELECT), ("$filter", &filter)]);
            let found = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
            if let Some(value) = found.value.into_iter().next() {
                return read(value).map(Some);
            }
        }
        Ok(None)
    }
}

/// `None` where the text has no word in it: Graph would call that a syntax error.
fn search(name: &str) -> Option<String> {
    let name = name.trim();
    name.chars()
        .any(char::is_alphanumeric)
        .then(|| format!("\"displayName:{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_inside_the_search() {
        assert_eq!(search(" pay roll ").as_deref(), Some("\"displayName:pay roll\""));
        assert_eq!(search("a\" OR \"b\\").as_deref(), Some("\"displayName:a\\\" OR \\\"b\\\\\""));
        assert_eq!(search("\"-\""), None);
    }
}

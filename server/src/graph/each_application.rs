//! Every application that a search finds, page by page: for who wants all of them and not a page.

use super::listed::{self, Collection, SELECT};
use super::url::V1;
use super::{Consistency, Graph, GraphError, ListedApplication, Needle};

impl Graph {
    /// In the order of their names. `take` answers whether it wants more.
    pub async fn each_application(
        &self,
        bearer: &str,
        needle: &Needle,
        descending: bool,
        mut take: impl FnMut(ListedApplication) -> bool + Send,
    ) -> Result<(), GraphError> {
        let search = match needle {
            Needle::All => None,
            Needle::Name(name) => match super::list_applications::search(name) {
                Some(search) => Some(search),
                None => return Ok(()),
            },
        };
        let order = if descending { "displayName desc" } else { "displayName" };
        let mut options = vec![("$select", SELECT), ("$orderby", order), ("$count", "true"), ("$top", "999")];
        if let Some(search) = &search {
            options.push(("$search", search));
        }
        let mut url = self.url(V1, &["applications"], &options);
        loop {
            let page = self.get(bearer, url, Consistency::Eventual).await?.map(Collection::read)?.value;
            for value in page.value {
                let app = listed::read(value).map_err(|why| GraphError::Unreadable { why, request_id: None })?;
                if !take(app) {
                    return Ok(());
                }
            }
            match page.next {
                Some(next) => url = self.next_link(&next)?,
                None => return Ok(()),
            }
        }
    }
}

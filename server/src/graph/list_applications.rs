//! `GET /applications`: the directory's apps by name, from the index that sorts, searches and counts.
//!
//! Graph has no `$skip` here and its page tokens cannot be made up, so that a page number in a URL cannot be asked for
//! directly. What can be asked for is everything up to that page: one request gives up to 999 rows, next links the
//! rest. That needs no memory between requests, and every page is cut from one and the same order.

use super::listed::{self, Collection, SELECT};
use super::url::V1;
use super::{Consistency, Graph, GraphError, ListedApplication};

/// The most rows that Graph gives in one answer.
const MAX_TOP: usize = 999;

/// What to look for in names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    All,
    /// Words that begin words of the name.
    Name(String),
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

impl Graph {
    pub async fn list_applications(&self, bearer: &str, query: &ListQuery) -> Result<Listing, GraphError> {
        let wanted = query.skip + query.take;
        let top = wanted.min(MAX_TOP).to_string();
        let order = if query.descending { "displayName desc" } else { "displayName" };
        let search = match &query.needle {
            Needle::All => None,
            Needle::Name(name) => match search(name) {
                Some(search) => Some(search),
                None => return Ok(Listing { rows: vec![], more: false, total: Some(0) }),
            },
        };
        let mut options = vec![("$select", SELECT), ("$orderby", order), ("$count", "true"), ("$top", &top)];
        if let Some(search) = &search {
            options.push(("$search", search));
        }
        let mut url = self.url(V1, &["applications"], &options);
        let mut rows = Vec::with_capacity(query.take);
        let mut seen = 0;
        let mut total = None;
        let more = loop {
            let page = self.get(bearer, url, Consistency::Eventual).await?.map(Collection::read)?.value;
            total = total.or(page.count);
            for value in page.value {
                if (query.skip..wanted).contains(&seen) {
                    rows.push(listed::read(value).map_err(|why| GraphError::Unreadable { why, request_id: None })?);
                }
                seen += 1;
            }
            match page.next {
                Some(_) if seen >= wanted => break true,
                Some(next) => url = self.next_link(&next)?,
                None => break seen > wanted,
            }
        };
        Ok(Listing { rows, more, total })
    }
}

/// `None` where the text has no word in it: Graph would call that a syntax error.
pub(super) fn search(name: &str) -> Option<String> {
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

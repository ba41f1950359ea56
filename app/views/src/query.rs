//! Query strings, read and written without loss.

use std::collections::HashSet;

/// The pairs of a query string, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(search: &str) -> Self {
        Self(form_urlencoded::parse(search.trim_start_matches('?').as_bytes()).into_owned().collect())
    }

    /// Names and values, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The last value under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().trim().to_owned()
    }

    /// A page number from 1.
    pub fn page(&self) -> u32 {
        self.get("page").and_then(|page| page.parse().ok()).filter(|page| *page > 0).unwrap_or(1)
    }

    /// Every value of a repeated name (`app[]=a&app[]=b`), without repetition, in order.
    pub fn all(&self, name: &str) -> Vec<String> {
        let mut seen = HashSet::new();
        let values = self.0.iter().filter(|(key, value)| key == name && !value.is_empty());
        values.map(|(_, value)| value).filter(|value| seen.insert(value.as_str())).cloned().collect()
    }
}

impl From<Vec<(String, String)>> for Query {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

/// A path with a query. Empty values stay out of the URL.
pub fn href<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_survive_a_round_trip() {
        let url = href(
            "/apps",
            [("q", "100% & more +"), ("scope", "all"), ("page", ""), ("app[]", "a"), ("app[]", "b"), ("app[]", "a")],
        );
        let query = Query::parse(url.split_once('?').expect("a query").1);
        assert_eq!(query.text("q"), "100% & more +");
        assert_eq!(query.get("page"), None);
        assert_eq!(query.all("app[]"), ["a", "b"], "in the order in which they were sent, each once");
    }

    #[test]
    fn pages_count_from_one() {
        for (search, page) in [("", 1), ("page=0", 1), ("page=x", 1), ("page=3", 3)] {
            assert_eq!(Query::parse(search).page(), page);
        }
    }

    #[test]
    fn nothing_to_say_is_no_question_mark() {
        assert_eq!(href("/apps", [("q", "")]), "/apps");
    }
}

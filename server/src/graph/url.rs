//! URLs of Graph: paths from segments, OData options encoded so that nothing a person types ends an option.

use super::{Graph, GraphError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

pub(super) const V1: &str = "v1.0";
pub(super) const BETA: &str = "beta";

impl Graph {
    /// `options` such as `("$top", "25")`; values are encoded, a space as `%20`.
    pub(super) fn url(&self, version: &str, segments: &[&str], options: &[(&str, &str)]) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(version).extend(segments);
        }
        if !options.is_empty() {
            let query: Vec<String> = options.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
            url.set_query(Some(&query.join("&")));
        }
        url
    }

    /// A next link is followed as it came, but never to another host: the token goes along.
    pub(super) fn next_link(&self, link: &str) -> Result<Url, GraphError> {
        let foreign = || GraphError::Unreadable {
            why: "the link to the next page leads away from Graph".into(),
            request_id: None,
        };
        let url = Url::parse(link).map_err(|_| foreign())?;
        if url.origin() == self.root.origin() { Ok(url) } else { Err(foreign()) }
    }
}

/// All but what a form leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Graph reads `+` as itself in some options, so that a space must be `%20`.
fn encode(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// A text as an OData string literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn graph() -> Graph {
        crate::graph::test_graph("https://graph.example/")
    }

    #[test]
    fn options_are_encoded() {
        let url = graph().url(V1, &["applications"], &[("$search", "\"displayName:a & b\""), ("$top", "25")]);
        assert_eq!(
            url.as_str(),
            "https://graph.example/v1.0/applications?$search=%22displayName%3Aa%20%26%20b%22&$top=25"
        );
    }

    #[test]
    fn segments_cannot_leave_the_path() {
        let url = graph().url(V1, &["applications", "../me"], &[]);
        assert_eq!(url.as_str(), "https://graph.example/v1.0/applications/..%2Fme");
    }

    #[test]
    fn a_next_link_to_another_host_is_refused() {
        let graph = graph();
        let own = "https://graph.example/v1.0/applications?$skiptoken=x";
        assert_eq!(graph.next_link(own).expect("own host").as_str(), own);
        for link in ["https://graph.example.evil.test/v1.0/a", "http://graph.example/v1.0/a", "nonsense"] {
            assert!(graph.next_link(link).is_err(), "{link}");
        }
    }

    #[test]
    fn quotes_are_doubled_in_literals() {
        assert_eq!(literal("o'neil"), "'o''neil'");
    }
}

//! Pages that go on after the last row seen, so that rows added or removed meanwhile shift nothing.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{OrderBy, Query};
use crate::graph::error::GraphError;

/// What Graph's own tokens begin with.
const MAGIC: &[u8] = b"DSpt\x0a\x00\x01";

/// Opaque to clients: the last row of a page, by its sort name (when sorted) and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SkipToken {
    pub(crate) name: Option<String>,
    pub(crate) number: u64,
}

impl fmt::Display for SkipToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.number.to_be_bytes());
        if let Some(name) = &self.name {
            bytes.push(1);
            bytes.extend(name.as_bytes());
        }
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl SkipToken {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let rest = bytes.strip_prefix(MAGIC)?;
            let (number, name) = rest.split_first_chunk::<8>()?;
            let name = match name.split_first() {
                None => None,
                Some((1, name)) => Some(std::str::from_utf8(name).ok()?.to_owned()),
                Some(_) => return None,
            };
            Some(Self { name, number: u64::from_be_bytes(*number) })
        };
        // Graph's own code for a token that it did not make.
        read().ok_or_else(|| {
            GraphError::new(
                axum::http::StatusCode::BAD_REQUEST,
                "Directory_ExpiredPageToken",
                "The specified page token value has expired and can no longer be included in your request.",
            )
        })
    }
}

/// A page, and where the next one begins.
pub(crate) struct Page<'a, T> {
    pub(crate) rows: Vec<&'a T>,
    pub(crate) next: Option<SkipToken>,
    /// Rows on all pages together.
    pub(crate) total: usize,
}

/// Cuts the page out of the rows that match, given with their numbers in ascending order. `name` is what a row is sorted by.
pub(crate) fn cut<'a, T>(
    matching: impl Iterator<Item = (u64, &'a T)>,
    name: impl Fn(&T) -> Cow<'_, str>,
    query: &Query,
) -> Page<'a, T> {
    let mut rows: Vec<(u64, &T)> = matching.collect();
    let total = rows.len();
    let key = |row: &T| name(row).to_lowercase();
    if let Some(order) = query.order_by {
        rows.sort_by(|(a, left), (b, right)| directed(order, &key(left), &key(right)).then(a.cmp(b)));
    }
    if let Some(token) = &query.skip_token {
        rows.retain(|(number, row)| match (query.order_by, &token.name) {
            (Some(order), Some(last)) => {
                directed(order, &key(row), last).then(number.cmp(&token.number)) == Ordering::Greater
            }
            _ => *number > token.number,
        });
    }
    let size = query.page_size();
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|(number, row)| SkipToken { name: query.order_by.map(|_| key(row)), number: *number });
    Page { rows: rows.into_iter().map(|(_, row)| row).collect(), next, total }
}

fn directed(order: OrderBy, left: &str, right: &str) -> Ordering {
    let ordering = left.cmp(right);
    if order.descending { ordering.reverse() } else { ordering }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn pages_cover_everything_once_in_both_directions() {
        let names = ["b", "A", "c", "a", "B", "d", "b"];
        for (order, expected) in [("", "b A c a B d b"), ("desc", "d c b B b A a"), ("asc", "A a b B b c d")] {
            let options = if order.is_empty() {
                "$top=2".into()
            } else {
                format!("$top=2&$count=true&$orderby=displayName {order}")
            };
            let mut query = Query::parse(&options, true).unwrap();
            let mut seen = vec![];
            loop {
                let page = cut((1..).zip(&names), |name| Cow::Borrowed(*name), &query);
                assert_eq!(page.total, names.len());
                seen.extend(page.rows.iter().map(|name| **name));
                let Some(next) = page.next else { break };
                query.skip_token = Some(SkipToken::parse(&next.to_string()).unwrap());
            }
            assert_eq!(seen.join(" "), expected);
        }
    }

    #[test]
    fn a_made_up_token_is_refused() {
        assert_eq!(SkipToken::parse("abc").unwrap_err().code, "Directory_ExpiredPageToken");
    }
}

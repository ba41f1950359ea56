//! OData system query options, as far as Graph's directory resources take them, and paging.

pub(crate) mod filter;
pub(crate) mod page;
pub(crate) mod search;

use super::directory_objects::Sight;
use super::error::GraphError;
use filter::Filter;
use page::SkipToken;
use search::Search;

/// `$orderby` of directory objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderBy {
    pub(crate) property: Sorted,
    pub(crate) descending: bool,
}

/// By what they can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sorted {
    DisplayName,
    /// Applications alone.
    CreatedDateTime,
}

/// `$orderby` of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// As logs are anyway.
    NewestFirst,
    OldestFirst,
}

/// What is shown of what an expansion leads to; `None`: all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expanded {
    pub(crate) select: Option<Vec<String>>,
    /// Whose properties may be read.
    pub(crate) sight: Sight,
}

/// The parsed options of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) select: Option<Vec<String>>,
    pub(crate) filter: Option<Filter>,
    pub(crate) search: Option<Search>,
    pub(crate) order_by: Option<OrderBy>,
    /// `$orderby` names a log's date.
    pub(crate) by_date: Option<DateOrder>,
    /// `$expand=owners`, the one expansion there is, with what its own `$select` leaves.
    pub(crate) expand_owners: Option<Expanded>,
    /// Only delta gives one out.
    pub(crate) delta_token: Option<String>,
    pub(crate) count: bool,
    pub(crate) top: Option<usize>,
    pub(crate) skip_token: Option<SkipToken>,
    /// `ConsistencyLevel: eventual` was sent.
    pub(crate) eventual: bool,
    /// All options but `$skiptoken`, undecoded: a next link repeats them.
    raw: Vec<String>,
}

/// Page size where `$top` does not say; not documented for applications, but seen.
const DEFAULT_PAGE: usize = 100;

/// Values in one `in`, without advanced queries. The message is one that a customer of Microsoft's got
/// (microsoftgraph/microsoft-graph-docs-contrib issue 1238).
const MAX_IN: usize = 15;

impl Query {
    pub(crate) fn parse(query: &str, eventual: bool) -> Result<Self, GraphError> {
        Self::read(query, eventual, false)
    }

    /// `$select` alone; `None`: all.
    pub(crate) fn selecting(select: Option<Vec<String>>) -> Self {
        Self { select, ..Self::default() }
    }

    /// The options of the delta function, whose page tokens are its own.
    pub(crate) fn parse_delta(query: &str) -> Result<Self, GraphError> {
        Self::read(query, false, true)
    }

    fn read(query: &str, eventual: bool, delta: bool) -> Result<Self, GraphError> {
        let mut parsed = Self { eventual, ..Self::default() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else {
                continue;
            };
            // Graph takes options with and without the dollar sign.
            let bare = name.trim_start_matches('$').to_ascii_lowercase();
            match bare.as_str() {
                "select" => {
                    parsed.select = Some(names(&value));
                }
                "filter" => parsed.filter = Some(Filter::parse(&value)?),
                "search" => parsed.search = Some(Search::parse(&value)?),
                "orderby" if is_date(&value) => {
                    let descends = value.trim().to_ascii_lowercase().ends_with(" desc");
                    parsed.by_date = Some(if descends { DateOrder::NewestFirst } else { DateOrder::OldestFirst });
                }
                "orderby" => parsed.order_by = Some(order_by(&value)?),
                "count" => parsed.count = value.eq_ignore_ascii_case("true"),
                "top" => parsed.top = Some(top(&value)?),
                "deltatoken" => parsed.delta_token = Some(value.into_owned()),
                "skiptoken" if delta => parsed.delta_token = Some(value.into_owned()),
                "skiptoken" => {
                    parsed.skip_token = Some(SkipToken::parse(&value)?);
                    continue;
                }
                "skip" => {
                    return Err(GraphError::unsupported_query("'$skip' is not supported by the service."));
                }
                "expand" if value.split('(').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("owners")) => {
                    parsed.expand_owners = Some(expanded(&value)?);
                }
                "expand" => return Err(GraphError::not_simulated(format!("$expand={value}"))),
                _ => {}
            }
            parsed.raw.push(pair.to_owned());
        }
        parsed.check()?;
        Ok(parsed)
    }

    /// What Graph answers only from its eventually consistent index (facts, B6).
    fn check(&self) -> Result<(), GraphError> {
        if self.search.is_some() && !self.eventual {
            return Err(GraphError::unsupported_query(
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
            ));
        }
        let advanced = self.eventual && (self.count || self.search.is_some());
        if self.order_by.is_some() && !advanced {
            return Err(GraphError::unsupported_query("Sorting not supported for current query."));
        }
        if self.filter.as_ref().is_some_and(Filter::is_advanced) && !advanced {
            return Err(GraphError::unsupported_query("Unsupported Query."));
        }
        let values = self.filter.as_ref().map_or(0, Filter::longest_in);
        if values > MAX_IN && !advanced {
            return Err(GraphError::unsupported_query(format!(
                "Too many child clauses specified in search filter expression containing 'OR' operators: {values}. Max allowed: {MAX_IN}",
            )));
        }
        Ok(())
    }

    /// Applications can be sorted by when they were made: an advanced query.
    pub(crate) fn sort_by_creation(&mut self) -> Result<(), GraphError> {
        if let Some(order) = self.by_date.take() {
            let descending = order == DateOrder::NewestFirst;
            self.order_by = Some(OrderBy { property: Sorted::CreatedDateTime, descending });
            self.check()?;
        }
        Ok(())
    }

    /// `$expand` gives 100 rows a page at most, and does not go with advanced queries: [`crate::Behaviour::strict_expand`].
    pub(crate) fn limit_expansion(&mut self) -> Result<(), GraphError> {
        if self.expand_owners.is_none() {
            return Ok(());
        }
        if self.eventual && (self.count || self.search.is_some()) {
            return Err(GraphError::unsupported_query("'$expand' is not supported with advanced query capabilities."));
        }
        self.top = self.top.map(|top| top.min(DEFAULT_PAGE));
        Ok(())
    }

    /// `$count` as a path is an advanced query.
    pub(crate) fn advanced_count(&self) -> Result<(), GraphError> {
        if self.eventual {
            return Ok(());
        }
        Err(GraphError::bad_request("$count is not currently supported."))
    }

    pub(crate) fn page_size(&self) -> usize {
        self.top.unwrap_or(DEFAULT_PAGE)
    }

    /// The count is given with `ConsistencyLevel: eventual` only, and otherwise silently not.
    pub(crate) fn wants_count(&self) -> bool {
        self.count && self.eventual
    }

    /// Resource units of a read that costs `base` (facts, B6).
    pub(crate) fn cost(&self, base: u32) -> u32 {
        let select = u32::from(self.select.is_some());
        let top = u32::from(self.top.is_some_and(|top| top < 20));
        (base + u32::from(self.expand_owners.is_some())).saturating_sub(select + top).max(1)
    }

    /// The link to the page after this one.
    pub(crate) fn next_link(&self, root: &str, path: &str, token: &SkipToken) -> String {
        let mut options = self.raw.clone();
        options.push(format!("$skiptoken={token}"));
        format!("{root}/{path}?{}", options.join("&"))
    }

    /// `#applications` or `#applications(id,displayName)`, and `/$entity` for a single object.
    pub(crate) fn context(&self, root: &str, set: &str, entity: bool) -> String {
        let selected = self.select.as_ref().map(|names| format!("({})", names.join(","))).unwrap_or_default();
        format!("{root}/$metadata#{set}{selected}{}", if entity { "/$entity" } else { "" })
    }

    /// Whether `name` was asked for by name.
    pub(crate) fn selects(&self, name: &str) -> bool {
        self.select.as_ref().is_some_and(|names| names.iter().any(|one| one.eq_ignore_ascii_case(name)))
    }
}

fn names(list: &str) -> Vec<String> {
    list.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

/// `owners` or `owners($select=id,displayName)`. Other options in the brackets are not simulated.
fn expanded(text: &str) -> Result<Expanded, GraphError> {
    let Some((_, inner)) = text.split_once('(') else {
        return Ok(Expanded::default());
    };
    let inner = inner.trim().strip_suffix(')').ok_or_else(|| {
        GraphError::new(
            axum::http::StatusCode::BAD_REQUEST,
            "BadRequest",
            format!("Parsing OData Select and Expand failed: the brackets of '{text}' do not match."),
        )
    })?;
    match inner.trim_start_matches('$').split_once('=') {
        Some((option, list)) if option.eq_ignore_ascii_case("select") && !list.contains(';') => {
            Ok(Expanded { select: Some(names(list)), sight: Sight::default() })
        }
        _ => Err(GraphError::not_simulated(format!("$expand={text}"))),
    }
}

fn top(text: &str) -> Result<usize, GraphError> {
    match text.trim().parse::<usize>() {
        Ok(top) if (1..=999).contains(&top) => Ok(top),
        Ok(top) => Err(GraphError::unsupported_query(format!(
            "Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."
        ))),
        Err(_) => Err(GraphError::new(
            axum::http::StatusCode::BAD_REQUEST,
            "BadRequest",
            format!(
                "Invalid value '{text}' for $top query option found. The $top query option requires a non-negative integer value."
            ),
        )),
    }
}

/// The dates of the logs.
fn is_date(text: &str) -> bool {
    let property = text.split_whitespace().next().unwrap_or_default();
    ["createdDateTime", "activityDateTime"].iter().any(|date| date.eq_ignore_ascii_case(property))
}

fn order_by(text: &str) -> Result<OrderBy, GraphError> {
    let mut words = text.split_whitespace();
    let property = words.next().unwrap_or_default();
    if !property.eq_ignore_ascii_case("displayName") {
        return Err(GraphError::unsupported_query(format!("Sorting by property '{property}' is not supported.")));
    }
    match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => Ok(OrderBy { property: Sorted::DisplayName, descending: false }),
        Some("desc") => Ok(OrderBy { property: Sorted::DisplayName, descending: true }),
        Some(other) => Err(GraphError::unsupported_query(format!("Unknown sort direction '{other}'."))),
    }
}

/// The names of `$select` must be properties; the answer has those, in the resource's own order.
pub(crate) fn selected(
    select: Option<&[String]>,
    properties: &[&'static str],
    type_name: &str,
) -> Result<Vec<&'static str>, GraphError> {
    let Some(select) = select else {
        return Ok(properties.to_vec());
    };
    for name in select {
        if name != "*" && !properties.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(GraphError::new(
                axum::http::StatusCode::BAD_REQUEST,
                "BadRequest",
                format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
                ),
            ));
        }
    }
    let wanted = |known: &&&str| select.iter().any(|name| name == "*" || known.eq_ignore_ascii_case(name));
    Ok(properties.iter().filter(wanted).copied().collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn advanced_queries_need_the_header() {
        for query in
            ["$orderby=displayName&$count=true", "$search=\"displayName:x\"", "$filter=appId ne 'x'&$count=true"]
        {
            assert_eq!(Query::parse(query, false).unwrap_err().code, "Request_UnsupportedQuery", "{query}");
            assert!(Query::parse(query, true).is_ok(), "{query}");
        }
        assert_eq!(
            Query::parse("$orderby=displayName", true).unwrap_err().message,
            "Sorting not supported for current query."
        );
    }

    #[test]
    fn top_has_its_limits() {
        assert_eq!(Query::parse("$top=999", false).unwrap().page_size(), 999);
        assert_eq!(
            Query::parse("$top=1000", false).unwrap_err().message,
            "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."
        );
        assert_eq!(Query::parse("$top=x", false).unwrap_err().code, "BadRequest");
    }

    #[test]
    fn costs_follow_the_table() {
        let cost = |query: &str, base| Query::parse(query, false).unwrap().cost(base);
        assert_eq!(cost("", 2), 2);
        assert_eq!(cost("$select=id", 2), 1);
        assert_eq!(cost("$select=id&$top=5", 2), 1);
        assert_eq!(cost("$top=20", 2), 2);
    }

    #[test]
    fn a_next_link_repeats_the_options() {
        let query = Query::parse("$select=id&$top=2", false).unwrap();
        let link = query.next_link("http://h/v1.0", "applications", &SkipToken { name: None, number: 7 });
        assert!(link.starts_with("http://h/v1.0/applications?$select=id&$top=2&$skiptoken=RFNwdAoAAQ"), "{link}");
        let (_, options) = link.split_once('?').unwrap();
        assert_eq!(Query::parse(options, false).unwrap().skip_token.unwrap().number, 7);
    }

    #[test]
    fn select_knows_its_properties() {
        let names = vec!["DisplayName".to_owned(), "id".to_owned()];
        assert_eq!(
            selected(Some(&names), &["id", "appId", "displayName"], "application").unwrap(),
            ["id", "displayName"]
        );
        let error = selected(Some(&["x".to_owned()]), &["id"], "application").unwrap_err();
        assert!(error.message.ends_with("Could not find a property named 'x' on type 'microsoft.graph.application'."));
    }
}

//! `GET /applications/delta`: all applications once, then what has changed since.
//!
//! A round is a number of pages; the last one has a `@odata.deltaLink` for the next round instead of a
//! `@odata.nextLink`. The tokens carry the round's options. Whether Entra reports changes of `keyCredentials` is not
//! known; here every write is a change, unless [`Behaviour::delta_without_credentials`](crate::Behaviour) says otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::Query;
use crate::graph::state::Change;
use crate::graph::{Answer, Request, agents};
use crate::store::ObjectKey;

/// Where a round stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Going through everything, after the row of that number; `since` is the last change when the round began.
    All { since: u64, after: u64 },
    /// Going through changes after that one.
    Changes { after: u64 },
}

/// The token of a link, in both kinds of link.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    place: Place,
    select: Option<Vec<String>>,
}

impl Token {
    fn encode(&self) -> String {
        let place = match self.place {
            Place::All { since, after } => format!("a.{since}.{after}"),
            Place::Changes { after } => format!("c.{after}"),
        };
        let select = self.select.as_ref().map(|names| names.join(",")).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(format!("{place}|{select}"))
    }

    fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (place, select) = text.split_once('|')?;
        let mut parts = place.split('.');
        let number = |kind: Option<&str>| kind.and_then(|text| text.parse::<u64>().ok());
        let place = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("a"), since, after @ Some(_), None) => Place::All { since: number(since)?, after: number(after)? },
            (Some("c"), after, None, None) => Place::Changes { after: number(after)? },
            _ => return None,
        };
        let select = (!select.is_empty()).then(|| select.split(',').map(str::to_owned).collect());
        Some(Self { place, select })
    }
}

pub(crate) fn handle(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let query = &request.query;
    if query.filter.is_some() || query.search.is_some() || query.order_by.is_some() || query.expand_owners.is_some() {
        return Err(GraphError::unsupported_query("The query is not supported with delta."));
    }
    let directory = request.tenant.read();
    let last = directory.graph.changes.last();
    let select = query.select.clone();
    let token = match query.delta_token.as_deref() {
        None => Token { place: Place::All { since: last, after: 0 }, select },
        Some(text) if text.eq_ignore_ascii_case("latest") => Token { place: Place::Changes { after: last }, select },
        Some(text) => Token::decode(text)
            .ok_or_else(|| GraphError::bad_request("Badly formed token. Start a new round with the delta function."))?,
    };
    // Names are checked, and shown, as in a list; `id` always is (Graph's page of application: delta).
    let mut options = Query::default();
    options.select.clone_from(&token.select);
    if let Some(names) =
        options.select.as_mut().filter(|names| !names.iter().any(|name| name.eq_ignore_ascii_case("id")))
    {
        names.push("id".into());
    }
    let names = Request { query: options, ..request.copy() };
    let show = super::rows(&names)?;
    let size = query.page_size();
    let mut items = vec![];
    let mut next = None;
    let latest = query.delta_token.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("latest"));
    let place = match token.place {
        Place::All { since, after } => {
            let plain = |app| agents::is_plain(request, app);
            let mut rows = directory.applications.numbered().filter(|(number, app)| *number > after && plain(app));
            let mut end = after;
            for (number, app) in rows.by_ref().take(size) {
                items.push(show(app, &directory)?);
                end = number;
            }
            if rows.next().is_some() {
                next = Some(Place::All { since, after: end });
            }
            Place::Changes { after: since }
        }
        Place::Changes { after } => {
            let mut changes = directory.graph.changes.after(after).filter(|_| !latest);
            let mut end = after;
            for (number, id, change) in changes.by_ref().take(size) {
                end = number;
                let app = directory.applications.get(ObjectKey::Id(id));
                items.push(match (change, app) {
                    (_, Some(app)) if !agents::is_plain(request, app) => continue,
                    (Change::Written, Some(app)) => show(app, &directory)?,
                    (change, _) => {
                        let mut gone = Object::default();
                        gone.set("id", id.to_string());
                        let reason = if change == Change::Purged { "deleted" } else { "changed" };
                        gone.set("@removed", json!({"reason": reason}));
                        gone
                    }
                });
            }
            if changes.next().is_some() {
                next = Some(Place::Changes { after: end });
            }
            Place::Changes { after: end }
        }
    };
    let (name, option, place) = match next {
        Some(place) => ("@odata.nextLink", "$skiptoken", place),
        None => ("@odata.deltaLink", "$deltatoken", place),
    };
    let link = Token { place, select: token.select.clone() }.encode();
    let root = request.root();
    let top = query.top.map(|top| format!("&$top={top}")).unwrap_or_default();
    let mut body = Object::default();
    body.set("@odata.context", query.context(&root, "applications", false));
    body.set(name, format!("{root}/applications/delta?{option}={link}{top}"));
    body.list("value", items);
    Ok(Answer::ok(body, query.cost(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        for token in [
            Token { place: Place::All { since: 3, after: 100 }, select: None },
            Token { place: Place::Changes { after: 7 }, select: Some(vec!["id".into(), "displayName".into()]) },
        ] {
            assert_eq!(Token::decode(&token.encode()), Some(token));
        }
        for text in ["", "abc", "YS4x"] {
            assert_eq!(Token::decode(text), None, "{text}");
        }
    }
}

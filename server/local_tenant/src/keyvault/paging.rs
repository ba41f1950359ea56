//! Pages of a vault's lists: 25 items at most, and a link to the rest.

use base64::Engine as _;
use serde_json::{Value, json};

use super::error::VaultError;
use super::{Request, VaultAnswer};
use crate::format::{URL_SAFE_LENIENT, base64url};

const MOST: usize = 25;

/// Cuts a page out of all rows, each with its place in the order. `path` is the list's, below the vault.
pub(super) fn page(request: &Request<'_>, path: &str, rows: Vec<(String, Value)>) -> Result<VaultAnswer, VaultError> {
    let size = match request.query.get("maxresults") {
        None => MOST,
        Some(text) => text
            .parse()
            .ok()
            .filter(|size| (1..=MOST).contains(size))
            .ok_or_else(|| VaultError::bad_parameter("The value of maxresults must be between 1 and 25."))?,
    };
    let after = match request.query.get("$skiptoken") {
        None => None,
        Some(token) => Some(
            URL_SAFE_LENIENT
                .decode(token)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| VaultError::bad_parameter("The skiptoken is not valid."))?,
        ),
    };
    let mut rest = rows.into_iter().filter(|(place, _)| after.as_ref().is_none_or(|after| place > after)).peekable();
    let mut items = vec![];
    let mut last = String::new();
    for (place, item) in rest.by_ref().take(size) {
        last = place;
        items.push(item);
    }
    let next = rest.peek().map(|_| {
        let include = request.query.get("includePending").map(|value| format!("&includePending={value}"));
        format!(
            "{}/{path}?api-version={}&$skiptoken={}&maxresults={size}{}",
            request.root,
            request.api_version,
            base64url(last.as_bytes()),
            include.unwrap_or_default()
        )
    });
    Ok(VaultAnswer::ok(json!({"value": items, "nextLink": next})))
}

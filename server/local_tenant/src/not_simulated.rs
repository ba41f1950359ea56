//! What was asked of the tenant and is no part of it. Such an answer must not pass for Microsoft's own: it has the header
//! [`HEADER`], says so in words, and is counted here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;

/// On every answer of this kind; its value says what is not simulated.
pub(crate) const HEADER: &str = "x-thumbprint-not-simulated";
/// `error.code` of Graph, Key Vault and Resource Manager.
pub(crate) const CODE: &str = "NotSimulated";
/// Different requests kept. What comes later is logged, and not kept.
const MOST: usize = 1_000;

/// A request that the tenant could not answer as Microsoft would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSimulatedRequest {
    /// `GET` and so on; `CONNECT` for a host that the proxy does not lead to.
    pub method: String,
    /// Path without query, or host and port.
    pub target: String,
    /// How often.
    pub times: u64,
    /// By the tenant's clock.
    pub last: OffsetDateTime,
}

#[derive(Debug, Default)]
pub(crate) struct NotSimulated(Mutex<BTreeMap<(String, String), (u64, OffsetDateTime)>>);

impl NotSimulated {
    pub(crate) fn note(&self, method: &str, target: &str, now: OffsetDateTime) {
        tracing::warn!(method, target, "the local tenant does not simulate this");
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (method.to_owned(), target.to_owned());
        if seen.len() < MOST || seen.contains_key(&key) {
            let entry = seen.entry(key).or_insert((0, now));
            *entry = (entry.0 + 1, now);
        }
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// By target, then method.
    pub(crate) fn all(&self) -> Vec<NotSimulatedRequest> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = seen
            .iter()
            .map(|((method, target), (times, last))| NotSimulatedRequest {
                method: method.clone(),
                target: target.clone(),
                times: *times,
                last: *last,
            })
            .collect();
        all.sort_by(|left, right| (&left.target, &left.method).cmp(&(&right.target, &right.method)));
        all
    }
}

/// The words of such an answer. `what` ends a sentence.
pub(crate) fn message(what: &str) -> String {
    format!(
        "Thumbprint's local tenant does not simulate {what}. This is not Microsoft's answer: the real service may well do what was asked."
    )
}

/// Puts the header on.
pub(crate) fn mark(headers: &mut HeaderMap, what: &str) {
    // A header's value is visible ASCII; names from a request may be anything.
    let plain: String =
        what.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).take(300).collect();
    if let Ok(value) = HeaderValue::from_str(&plain) {
        headers.insert(HEADER, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_and_their_number_is_bounded() {
        let (seen, now) = (NotSimulated::default(), OffsetDateTime::UNIX_EPOCH);
        for number in 0..MOST + 5 {
            seen.note("GET", &format!("/v1.0/groups/{number:05}"), now);
        }
        seen.note("GET", "/v1.0/groups/00000", now + time::Duration::SECOND);
        let all = seen.all();
        assert_eq!(all.len(), MOST);
        assert_eq!((all[0].times, all[0].last), (2, now + time::Duration::SECOND));
        seen.clear();
        assert_eq!(seen.all(), []);
    }

    #[test]
    fn a_header_takes_any_name() {
        let mut headers = HeaderMap::new();
        mark(&mut headers, "the path /v1.0/grüppen\r\nset-cookie: a");
        assert_eq!(headers[HEADER], "the path /v1.0/gr?ppen??set-cookie: a");
    }
}

//! What can go wrong between the portal and Entra.

use super::transport::TransportError;
use super::wire::ErrorAnswer;
use openidconnect::RequestTokenError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Errors of RFC 6749 and OpenID Connect after which only the person can go on, by signing in again.
const NEEDS_SIGN_IN: [&str; 4] = ["invalid_grant", "interaction_required", "login_required", "consent_required"];

/// Consent is missing, the resource is not among the client's permissions, or the tenant does not know it
/// (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).
const NEEDS_CONSENT: [&str; 4] = ["AADSTS65001", "AADSTS650057", "AADSTS500011", "AADSTS650052"];

/// Characters of `error_description` and of `error` that are kept.
const LONGEST_DESCRIPTION: usize = 2_000;
const LONGEST_ERROR: usize = 64;

/// A request to Entra that did not give what it should. Receipts keep it as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntraError {
    pub(crate) kind: EntraErrorKind,
    /// Such as `AADSTS700027`.
    pub code: Option<String>,
    /// Entra's own words without its trace ids, or ours.
    pub description: String,
    /// Entra's correlation id, for support.
    pub request_id: Option<String>,
}

/// At which point it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EntraErrorKind {
    /// No answer.
    Unreachable,
    /// It asks for a pause, or fails for everybody: 429, or 5xx.
    Busy {
        status: u16,
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// An answer that made no sense.
    Malformed,
    /// `error` of RFC 6749, section 5.2.
    Refused(String),
    /// An ID token that does not hold.
    IdToken,
    /// Ours to mend.
    Portal,
}

impl EntraError {
    fn new(kind: EntraErrorKind, description: impl Into<String>) -> Self {
        Self { kind, code: None, description: description.into(), request_id: None }
    }

    pub(crate) fn unreachable(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::new(EntraErrorKind::Unreachable, causes(error))
    }

    pub(super) fn malformed(what: impl Into<String>) -> Self {
        Self::new(EntraErrorKind::Malformed, what)
    }

    pub(super) fn id_token(what: impl fmt::Display) -> Self {
        Self::new(EntraErrorKind::IdToken, what.to_string())
    }

    pub(super) fn portal(what: impl fmt::Display) -> Self {
        Self::new(EntraErrorKind::Portal, what.to_string())
    }

    /// From `error` and `error_description`, at the token endpoint or at the redirect URI.
    pub(crate) fn refused(error: &str, description: &str) -> Self {
        let (code, text, request_id) = parse(&plain(description, LONGEST_DESCRIPTION));
        Self { kind: EntraErrorKind::Refused(plain(error, LONGEST_ERROR)), code, description: text, request_id }
    }

    /// No answer, or one that asks for a pause: the same request may succeed in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self.kind, EntraErrorKind::Unreachable | EntraErrorKind::Busy { .. })
    }

    /// The pause that it asks for.
    pub(crate) fn retry_after(&self) -> Option<std::time::Duration> {
        match self.kind {
            EntraErrorKind::Busy { retry_after, .. } => retry_after.map(std::time::Duration::from_secs),
            _ => None,
        }
    }

    /// The portal signs what it sends with the time, and Entra takes that time to be wrong.
    pub(crate) fn is_about_the_clock(&self) -> bool {
        self.code.as_deref() == Some("AADSTS700024")
    }

    /// What says who the person is does not hold.
    pub(crate) fn is_about_the_id_token(&self) -> bool {
        matches!(self.kind, EntraErrorKind::IdToken)
    }

    /// The person's sign-in no longer counts at Entra.
    pub fn needs_sign_in(&self) -> bool {
        matches!(&self.kind, EntraErrorKind::Refused(error) if NEEDS_SIGN_IN.contains(&error.as_str()))
    }

    /// It wants to talk to the person, for whatever reason.
    pub(crate) fn needs_interaction(&self) -> bool {
        matches!(&self.kind, EntraErrorKind::Refused(error) if error == "interaction_required")
    }

    /// The client may not have a token for this resource in the person's name, because nobody has agreed to it, or
    /// because the portal's registration does not list the permission.
    pub fn needs_consent(&self) -> bool {
        let consent = matches!(&self.kind, EntraErrorKind::Refused(error) if error == "consent_required");
        consent || self.code.as_deref().is_some_and(|code| NEEDS_CONSENT.contains(&code))
    }

    /// The person, or an administrator for them, said no.
    pub(crate) fn declined(&self) -> bool {
        matches!(&self.kind, EntraErrorKind::Refused(error) if error == "access_denied")
    }

    /// Entra did not accept the portal itself: its certificate, or what its registration allows.
    pub(crate) fn refuses_the_portal(&self) -> bool {
        matches!(&self.kind, EntraErrorKind::Refused(error) if ["invalid_client", "unauthorized_client"].contains(&error.as_str()))
    }

    /// Entra said no to the person, or what it said does not hold: an answer, and no failure on the way.
    pub fn refuses_the_person(&self) -> bool {
        match self.kind {
            EntraErrorKind::Refused(_) => self.declined() || !self.refuses_the_portal(),
            EntraErrorKind::IdToken => true,
            EntraErrorKind::Unreachable
            | EntraErrorKind::Busy { .. }
            | EntraErrorKind::Malformed
            | EntraErrorKind::Portal => false,
        }
    }

    /// Entra's code and words.
    pub fn words(&self) -> String {
        match &self.code {
            Some(code) => format!("{code}: {}", self.description),
            None => self.description.clone(),
        }
    }
}

impl fmt::Display for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            EntraErrorKind::Unreachable => write!(f, "Entra did not answer: {}", self.description),
            EntraErrorKind::Busy { status, .. } => write!(f, "Entra is busy: it answered {status}"),
            EntraErrorKind::Malformed => write!(f, "Entra's answer made no sense: {}", self.description),
            EntraErrorKind::Refused(error) => write!(f, "Entra refused ({error}): {}", self.words()),
            EntraErrorKind::IdToken => write!(f, "the ID token does not hold: {}", self.description),
            EntraErrorKind::Portal => write!(f, "the request to Entra could not be made: {}", self.description),
        }
    }
}

impl std::error::Error for EntraError {}

impl From<RequestTokenError<TransportError, ErrorAnswer>> for EntraError {
    fn from(error: RequestTokenError<TransportError, ErrorAnswer>) -> Self {
        match error {
            RequestTokenError::ServerResponse(answer) => {
                Self::refused(answer.error().as_ref(), answer.error_description().map_or("", String::as_str))
            }
            RequestTokenError::Request(TransportError::Busy { status, retry_after }) => {
                Self::new(EntraErrorKind::Busy { status, retry_after }, format!("status {status}"))
            }
            RequestTokenError::Request(error) => Self::unreachable(&error),
            // Only where it went wrong: the body may hold a token.
            RequestTokenError::Parse(error, _) => Self::malformed(format!("at {}", error.path())),
            RequestTokenError::Other(what) => Self::malformed(what),
        }
    }
}

/// At the redirect URI anybody may send these: without control characters, and no longer than Entra's own ever are.
fn plain(text: &str, most: usize) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= most { shown.collect() } else { shown.take(most).chain(['…']).collect() }
}

/// `AADSTS50105: text. Trace ID: … Correlation ID: … Timestamp: …` in parts: code, text, correlation id.
fn parse(description: &str) -> (Option<String>, String, Option<String>) {
    let text = description.split("Trace ID:").next().unwrap_or_default().trim();
    let request_id = description
        .split_once("Correlation ID:")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .filter(|id| id.chars().all(|c| c.is_ascii_hexdigit() || c == '-'))
        .map(str::to_owned);
    match text.split_once(':') {
        Some((code, rest)) if code.starts_with("AADSTS") && code[6..].bytes().all(|b| b.is_ascii_digit()) => {
            (Some(code.to_owned()), rest.trim().to_owned(), request_id)
        }
        _ => (None, text.to_owned(), request_id),
    }
}

/// An error with what caused it. URLs are left out: a query may hold a code.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(http) = error.downcast_ref::<reqwest::Error>() {
            let kind = if http.is_timeout() {
                "timed out"
            } else if http.is_connect() {
                "no connection"
            } else {
                "request failed"
            };
            words.push(kind.to_owned());
        } else {
            words.push(error.to_string());
        }
        next = error.source();
    }
    words.dedup();
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = "AADSTS50105: Your administrator has configured the application to block users. Trace ID: 8a6f0e5c-1111-4222-8333-444444444444 Correlation ID: 0b1c2d3e-5555-4666-8777-888888888888 Timestamp: 2026-11-24 20:00:00Z";

    #[test]
    fn entras_words_are_kept_and_its_ids_set_apart() {
        let error = EntraError::refused("access_denied", DESCRIPTION);
        assert_eq!(error.code.as_deref(), Some("AADSTS50105"));
        assert_eq!(error.description, "Your administrator has configured the application to block users.");
        assert_eq!(error.request_id.as_deref(), Some("0b1c2d3e-5555-4666-8777-888888888888"));
        assert!(error.declined());
    }

    #[test]
    fn what_a_stranger_made_up_is_plain_and_short() {
        let error = EntraError::refused(&"x".repeat(9_000), &format!("no\r\n\u{1b}[2K{}", "y".repeat(90_000)));
        assert!(error.to_string().chars().count() < 2_200 && !error.to_string().contains(char::is_control), "{error}");
    }

    #[test]
    fn words_without_a_code_are_taken_as_they_are() {
        assert_eq!(parse("Something: else"), (None, "Something: else".to_owned(), None));
        assert_eq!(parse(""), (None, String::new(), None));
    }

    #[test]
    fn a_spent_grant_needs_a_new_sign_in_and_a_bad_client_does_not() {
        assert!(EntraError::refused("invalid_grant", "AADSTS70008: expired").needs_sign_in());
        let client = EntraError::refused("invalid_client", "AADSTS700027: not registered");
        assert!(!client.needs_sign_in());
        assert!(client.refuses_the_portal() && !client.refuses_the_person());
    }
}

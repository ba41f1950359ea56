//! Entra's error messages, read by hand: `AADSTS<code>: <head> [Reason - <reason>, …]. Trace ID: … Timestamp: …`.
//!
//! The shapes are those of real replies between 2016 and 2026. Nothing is required: text can be cut off anywhere.

mod dates;

use super::normal::Normal;
use super::presented::Presented;
use super::scan::{Span, after, any_of, find_all, wrapped_guid};
use crate::ids::AppId;
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// The first sentence of AADSTS700027 and of its older and younger kin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// “… is not registered on application.”
    NotRegistered,
    /// “… is expired on application.”
    Expired,
    /// “Client assertion contains an invalid signature.”
    InvalidSignature,
    /// “Client assertion failed signature validation.”
    FailedValidation,
    /// Any other sentence.
    Other,
}

/// What stands behind `[Reason - `.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// “The key was not found.”, and no thumbprint could be read from the header.
    NoThumbprint,
    /// “The key was not found., Thumbprint of key used by client: '…'”
    NotFound,
    /// “The key was not found.”, and the text ends before it says whether there was a thumbprint.
    NotFoundCutOff,
    /// “The key used is expired.”: also said of a key that is not valid yet.
    Expired,
    /// “The provided signature value did not match the expected signature value.”
    SignatureMismatch,
    /// “Key was found, but use of the key to verify the signature failed.”
    VerificationFailed,
    /// Any other words.
    Other,
}

/// A key that Entra found: `Found key 'Start=…, End=…'`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundKey {
    /// Its first moment.
    #[serde(with = "time::serde::rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// Its end.
    #[serde(with = "time::serde::rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    /// Only in messages of 2017.
    pub thumbprint: Option<Thumbprint>,
}

/// The three times of AADSTS700024.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionTimes {
    /// Entra's clock.
    #[serde(with = "time::serde::rfc3339::option")]
    pub current: Option<OffsetDateTime>,
    /// `nbf`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub valid_from: Option<OffsetDateTime>,
    /// `exp`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires: Option<OffsetDateTime>,
}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Behind `AADSTS`.
    pub code: u32,
    /// From `AADSTS` to the end of what was read.
    pub span: Span,
    /// The words in front of the reason, at most 600 characters.
    pub head_text: String,
    /// What its first sentence says.
    pub head: Head,
    /// What stands between apostrophes in the head.
    pub quoted: Vec<String>,
    /// What its brackets say, where it has them.
    pub reason: Option<Reason>,
    /// The words of the reason.
    pub reason_text: Option<String>,
    /// The text ends inside the reason's brackets.
    pub cut_off: bool,
    /// That Entra read from the header.
    pub thumbprint: Option<Presented>,
    /// Where it stands.
    pub thumbprint_span: Option<Span>,
    /// That it tried.
    pub found_key: Option<FoundKey>,
    /// `Configured keys: [Key0:Start=…]` of 2017.
    pub configured_keys: Vec<FoundKey>,
    /// Of the app that asked.
    pub app_id: Option<AppId>,
    /// Entra's `Trace ID`.
    pub trace_id: Option<Uuid>,
    /// Entra's `Correlation ID`.
    pub correlation_id: Option<Uuid>,
    /// When Entra refused.
    #[serde(with = "time::serde::rfc3339::option")]
    pub timestamp: Option<OffsetDateTime>,
    /// Of AADSTS700024.
    pub times: Option<AssertionTimes>,
}

impl Message {
    /// Entra gives each refusal a trace id; nested codes have one at their end.
    pub(super) fn is_another_event(&self, other: &Self) -> bool {
        self.trace_id.is_some() && self.trace_id != other.trace_id
    }

    /// Of another app, key or reason.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let key = self.thumbprint.as_ref().zip(other.thumbprint.as_ref()).is_some_and(|(own, other)| {
            let (own, other) = (own.text.to_ascii_uppercase(), other.text.to_ascii_uppercase());
            // Of one that was cut off, the beginning is the same.
            !own.starts_with(&other) && !other.starts_with(&own)
        });
        let whole = |message: &Self| message.reason.filter(|_| !message.cut_off);
        let reason = whole(self).zip(whole(other)).is_some_and(|(own, other)| own != other);
        let app = self.app_id.zip(other.app_id).is_some_and(|(own, other)| own != other);
        key || reason || app
    }

    /// Takes what this one lacks from another report of the same error.
    pub(super) fn complete_with(&mut self, other: &Self) {
        if self.reason.is_none() || (self.cut_off && !other.cut_off && other.reason.is_some()) {
            self.reason = other.reason.or(self.reason);
            self.reason_text = other.reason_text.clone().or(self.reason_text.take());
            self.cut_off = other.cut_off;
        }
        if self.head == Head::Other && other.head != Head::Other {
            self.head = other.head;
            self.head_text.clone_from(&other.head_text);
        }
        if self.thumbprint.is_none() {
            self.thumbprint.clone_from(&other.thumbprint);
            self.thumbprint_span = other.thumbprint_span;
        }
        if self.quoted.is_empty() {
            self.quoted.clone_from(&other.quoted);
        }
        self.found_key = self.found_key.take().or_else(|| other.found_key.clone());
        self.times = self.times.take().or_else(|| other.times.clone());
        self.app_id = self.app_id.or(other.app_id);
        // The ids and the time of one refusal belong together.
        if self.trace_id.is_none() || self.trace_id == other.trace_id {
            self.trace_id = other.trace_id;
            self.correlation_id = self.correlation_id.or(other.correlation_id);
            self.timestamp = self.timestamp.or(other.timestamp);
        }
    }
}

/// All messages, in their order. Codes of 3 to 9 digits count.
pub(super) fn read(normal: &Normal) -> Vec<Message> {
    let text = &normal.text;
    let starts: Vec<(usize, u32, usize)> = find_all(text, "AADSTS")
        .filter_map(|at| {
            // "AADSTS 700027" in what people type.
            let begin = at + 6 + usize::from(text[at + 6..].starts_with(any_of(" -:")));
            let digits: String = text[begin..].chars().take_while(char::is_ascii_digit).take(10).collect();
            let least = if begin == at + 6 { 3 } else { 5 };
            (least..10)
                .contains(&digits.len())
                .then(|| digits.parse().ok())
                .flatten()
                .map(|code| (at, code, begin + digits.len()))
        })
        .collect();
    starts
        .iter()
        .enumerate()
        .map(|(number, (start, code, body))| {
            let end = starts.get(number + 1).map_or(text.len(), |(next, ..)| *next);
            read_one(normal, *code, *start, *body, end)
        })
        .collect()
}

/// What a log says of an error in words of its own. `span`: of the row.
pub(super) fn of_log(code: u32, description: &str, span: Span) -> Message {
    let normal = super::normal::folded(&Normal::of(description));
    let mut message = read_one(&normal, code, 0, 0, normal.text.len());
    // A log's words for 700027 are these whatever the reason was.
    if message.reason.is_none() && message.head == Head::FailedValidation {
        message.head = Head::Other;
    }
    message.span = span;
    message.thumbprint_span = None;
    message
}

fn read_one(normal: &Normal, code: u32, start: usize, body: usize, end: usize) -> Message {
    let segment = &normal.text[body..end];
    let head = head_of(segment);
    let bracket = after(segment, "[Reason").map(|(_, text)| text.trim_start_matches(any_of(" -:")));
    let thumbprint = thumbprint_of(segment);
    let cut_off = bracket.is_some_and(|text| !text.contains(']'));
    let reason = bracket.map(|text| match reason_of(text) {
        Reason::NoThumbprint if thumbprint.is_some() => Reason::NotFound,
        Reason::NoThumbprint if !goes_on_without_thumbprint(text) => Reason::NotFoundCutOff,
        other => other,
    });
    let thumbprint_span = thumbprint.as_ref().map(|(at, length, _)| normal.span(body + at, body + at + length));
    Message {
        code,
        span: normal.span(start, end),
        head_text: head.chars().take(600).collect(),
        head: kind_of(head),
        quoted: quoted(head),
        reason,
        reason_text: bracket
            .map(|text| text.split(any_of(",][")).next().unwrap_or_default().trim().chars().take(200).collect()),
        cut_off,
        thumbprint: thumbprint.map(|(.., presented)| presented),
        thumbprint_span,
        found_key: after(segment, "Found key").map(|(_, text)| found_key(text)),
        configured_keys: configured_keys(segment),
        app_id: app_id(segment),
        trace_id: id_after(segment, &["Trace ID", "Request ID", "x-ms-request-id"]),
        correlation_id: id_after(segment, &["Correlation ID"]),
        timestamp: after(segment, "Timestamp:").and_then(|(_, text)| dates::timestamp(text)),
        times: times(segment),
    }
}

/// Up to the reason, the trailers, the end of a JSON string, or the next error.
fn head_of(segment: &str) -> &str {
    let text = segment.strip_prefix(':').unwrap_or(segment);
    let end = ["[Reason", "Trace ID:", "Correlation I", "Request I", "Timestamp:", "Troubleshooting details", "\""]
        .iter()
        .filter_map(|stop| text.find(stop))
        .min()
        .unwrap_or(text.len());
    text[..end].trim()
}

fn kind_of(head: &str) -> Head {
    let lower = head.to_ascii_lowercase();
    if lower.contains("is not registered on application") {
        Head::NotRegistered
    } else if lower.contains("is expired on application") {
        Head::Expired
    } else if lower.contains("invalid signature") {
        Head::InvalidSignature
    } else if lower.contains("failed signature validation") {
        Head::FailedValidation
    } else {
        Head::Other
    }
}

fn reason_of(text: &str) -> Reason {
    let words = text.get(..160).unwrap_or(text).to_ascii_lowercase();
    // "Key was found" is also in "use of the key to verify …", so the longer wording is looked for first.
    if words.starts_with("the key was not found") {
        Reason::NoThumbprint
    } else if words.starts_with("the key used is expired") {
        Reason::Expired
    } else if words.starts_with("the provided signature value did not match") {
        Reason::SignatureMismatch
    } else if words.starts_with("key was found, but use of the key") {
        Reason::VerificationFailed
    } else {
        Reason::Other
    }
}

/// Behind “The key was not found.” comes at once what follows a thumbprint: only then is it known that there was none.
fn goes_on_without_thumbprint(reason: &str) -> bool {
    let behind = after(reason, "not found").map_or("", |(_, text)| text.trim_start_matches(any_of("., *_'")));
    behind.starts_with(']') || behind.get(..12).is_some_and(|words| words.eq_ignore_ascii_case("please visit"))
}

/// Place, length and value. The value ends at its quote; without one, the text ends inside it.
fn thumbprint_of(segment: &str) -> Option<(usize, usize, Presented)> {
    let (at, text) = after(segment, "Thumbprint of key used by client")?;
    let value = text.trim_start_matches(any_of(": '\"`*_\\<"));
    let at = at + text.len() - value.len();
    let length = value.find(any_of("'\",][`*\\<>")).unwrap_or(value.len());
    let cut_off = length == value.len();
    let digits = value[..length].trim_end();
    (!digits.is_empty()).then(|| (at, digits.len(), Presented::of_message(digits, cut_off)))
}

fn found_key(text: &str) -> FoundKey {
    // Only up to its closing quote or bracket.
    let text = text.trim_start_matches(any_of(": '\""));
    let text = text.split(any_of("'\"];")).next().unwrap_or(text);
    FoundKey {
        start: after(text, "Start=").and_then(|(_, value)| dates::us_date(value)),
        end: after(text, "End=").and_then(|(_, value)| dates::us_date(value)),
        thumbprint: after(text, "Thumbprint=").and_then(|(_, value)| value.get(..40)?.parse().ok()),
    }
}

fn configured_keys(segment: &str) -> Vec<FoundKey> {
    let Some((_, list)) = after(segment, "Configured keys: [") else { return vec![] };
    let list = list.split(']').next().unwrap_or(list);
    list.split(';').filter(|entry| entry.contains("Start=")).map(found_key).take(100).collect()
}

fn app_id(segment: &str) -> Option<AppId> {
    const BEFORE: [&str; 7] = [
        "app Id",
        "/applications/",
        "for app",
        "secret added to app",
        "application with identifier",
        "application with ID",
        "application",
    ];
    BEFORE.iter().find_map(|before| {
        find_all(segment, before).find_map(|at| wrapped_guid(segment.get(at + before.len()..)?)).map(AppId::new)
    })
}

fn id_after(segment: &str, labels: &[&str]) -> Option<Uuid> {
    labels.iter().find_map(|label| after(segment, label).and_then(|(_, text)| wrapped_guid(text)))
}

fn quoted(head: &str) -> Vec<String> {
    // "doesn't match 'client_id'": an apostrophe inside a word opens nothing.
    let mut out = vec![];
    let mut rest = head;
    while let Some(at) = rest.find('\'') {
        let inside_word = rest[..at].ends_with(|c: char| c.is_alphanumeric());
        let tail = &rest[at + 1..];
        match tail.find('\'') {
            Some(end) if !inside_word => {
                out.push(tail[..end].chars().take(200).collect());
                rest = &tail[end + 1..];
            }
            _ => rest = tail,
        }
    }
    out.truncate(12);
    out
}

fn times(segment: &str) -> Option<AssertionTimes> {
    let time = |label: &str| after(segment, label).and_then(|(_, text)| dates::rfc3339(text));
    let times = AssertionTimes {
        current: time("Current time:"),
        valid_from: time("assertion valid from"),
        expires: time("expiry time of assertion"),
    };
    (times.valid_from.is_some() || times.expires.is_some()).then_some(times)
}

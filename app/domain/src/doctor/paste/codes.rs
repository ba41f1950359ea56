//! The numbers of errors, wherever they stand.

use crate::dates;
use crate::doctor::message::Message;
use crate::doctor::normal::Normal;
use crate::doctor::scan::{Origin, Span, after, find_all};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, PrimitiveDateTime};

/// One code at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundCode {
    /// Without `AADSTS`.
    pub code: u32,
    /// In what kind of text.
    pub origin: Origin,
    /// Where.
    pub span: Span,
}

/// `AADSTS…`, `"error_codes":[…]`, `error?code=…`; and, where there is none of these, a bare number that is a known code.
pub(super) fn read(normal: &Normal, messages: &[Message]) -> Vec<FoundCode> {
    let mut out: Vec<FoundCode> = messages
        .iter()
        .map(|message| FoundCode { code: message.code, origin: Origin::Message, span: message.span })
        .collect();
    let text = &normal.text;
    if let Some((start, list)) = after(text, "error_codes") {
        let list = list.split(']').next().unwrap_or_default();
        numbers(list, start, normal, Origin::ErrorJson, &mut out);
    }
    for at in find_all(text, "error?code=") {
        let start = at + "error?code=".len();
        let value = text[start..].split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        numbers(value, start, normal, Origin::Url, &mut out);
    }
    if out.is_empty() {
        let mut bare = vec![];
        numbers(text, 0, normal, Origin::Text, &mut bare);
        out.extend(bare.into_iter().filter(|found| found.code >= 50000 && crate::doctor::code::is_known(found.code)));
    }
    out
}

/// Every number of 4 to 9 digits that stands by itself.
fn numbers(text: &str, offset: usize, normal: &Normal, origin: Origin, out: &mut Vec<FoundCode>) {
    let mut at = 0;
    for word in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if (4..10).contains(&digits.len())
            && let Ok(code) = digits.parse()
        {
            let start = offset + at;
            out.push(FoundCode { code, origin, span: normal.span(start, start + digits.len()) });
        }
        at += word.len();
    }
}

/// `"timestamp":"2026-06-09 14:01:21Z"`, or `[2024-01-24 09:57:00Z]` of MSAL for Node.
pub(super) fn timestamp(text: &str) -> Option<OffsetDateTime> {
    find_all(text, "Z").find_map(|end| {
        let start = end.checked_sub(19)?;
        dates::sortable(text.get(start..end)?).map(PrimitiveDateTime::assume_utc)
    })
}

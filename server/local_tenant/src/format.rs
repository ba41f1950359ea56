//! The date and number spellings that Entra and Graph use, each in one place.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// base64url whose padding may be there or not.
pub(crate) const URL_SAFE_LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// base64 whose padding may be there or not.
pub(crate) const STANDARD_LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// base64url without padding (RFC 7515, section 2).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An `Edm.Binary` as clients send it: base64 or base64url, padded or not, wrapped lines too.
pub(crate) fn binary(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let text = text.trim_end_matches('=');
    STANDARD_NO_PAD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()
}

/// `2026-11-24T16:22:35Z`: `Edm.DateTimeOffset` at second precision, as recorded from Graph.
pub(crate) fn graph_date(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).unwrap_or_default()
}

/// `2022-05-07T06:52:22.1959579Z`: seven fractional digits, as the answer to a create has them.
pub(crate) fn graph_date_precise(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z"))
        .unwrap_or_default()
}

/// `innerError.date`: no zone at all, as recorded.
pub(crate) fn inner_error_date(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]")).unwrap_or_default()
}

/// `2026-06-09 14:01:21Z`, as in the token endpoint's `timestamp`.
pub(crate) fn entra_timestamp(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z")).unwrap_or_default()
}

/// `01/23/2023 13:33:28`, as in "Found key 'Start=…'".
pub(crate) fn entra_key_date(at: OffsetDateTime) -> String {
    at.format(format_description!("[month]/[day]/[year] [hour]:[minute]:[second]")).unwrap_or_default()
}

/// `2023-12-11T23:52:19.6223401Z`, as in AADSTS700024.
pub(crate) fn entra_precise(at: OffsetDateTime) -> String {
    graph_date_precise(at)
}

/// RFC 3339 in, whole seconds of UTC out (Graph keeps no fractions).
pub(crate) fn parse_date(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.to_offset(time::UtcOffset::UTC);
    at.replace_nanosecond(0).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_are_spelled_as_recorded() {
        let at = datetime!(2023-01-23 13:33:28.6223401 UTC);
        assert_eq!(graph_date(at), "2023-01-23T13:33:28Z");
        assert_eq!(graph_date_precise(at), "2023-01-23T13:33:28.6223401Z");
        assert_eq!(inner_error_date(at), "2023-01-23T13:33:28");
        assert_eq!(entra_timestamp(at), "2023-01-23 13:33:28Z");
        assert_eq!(entra_key_date(at), "01/23/2023 13:33:28");
        assert_eq!(parse_date("2023-01-23T14:33:28.9+01:00").unwrap(), datetime!(2023-01-23 13:33:28 UTC));
        assert_eq!(parse_date("2023-01-23"), None);
    }

    #[test]
    fn binary_takes_both_alphabets_and_wrapped_lines() {
        assert_eq!(binary("-_8=").unwrap(), binary("+/8").unwrap());
        assert_eq!(binary("TUlJ\nQg==\n").unwrap(), b"MIIB");
        assert_eq!(binary("a*b"), None);
    }
}

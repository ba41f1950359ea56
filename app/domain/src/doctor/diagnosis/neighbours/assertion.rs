//! Codes about the assertion's times, audience and form.

use crate::doctor::basis::Basis;
use crate::doctor::cause::{Cause, minute};
use crate::doctor::diagnosis::Draft;
use crate::doctor::fix::Fix;
use time::{Duration, OffsetDateTime};

/// AADSTS700024.
pub(super) fn times(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let expired = |seconds_late| Draft::new(Cause::AssertionExpired { seconds_late }, Fix::MakeFreshAssertion);
    let Some(times) = basis.message.as_ref().and_then(|message| message.times.as_ref()) else {
        return vec![
            expired(None).because(66, said),
            Draft::new(Cause::AssertionNotYetValid { seconds_early: None }, Fix::FixClock).because(45, said),
        ];
    };
    let current = times.current.unwrap_or(basis.at);
    let epoch = |time: Option<OffsetDateTime>| time == Some(OffsetDateTime::UNIX_EPOCH);
    let mut drafts = vec![];
    if times.expires.is_some_and(|expires| expires - current > Duration::days(365 * 100)) {
        drafts.push(
            Draft::new(Cause::TimesInMilliseconds, Fix::CorrectClaims { claim: Some("nbf, iat and exp".into()) })
                .because(
                    80,
                    format!("Entra read the assertion’s end as {}.", times.expires.map(minute).unwrap_or_default()),
                ),
        );
    }
    if epoch(times.expires) || (epoch(times.valid_from) && times.expires.is_none()) {
        drafts.push(
            Draft::new(Cause::NotBeforeMissing, Fix::CorrectClaims { claim: Some("exp and nbf".into()) })
                .because(90, "Entra read 1970-01-01 as the assertion’s end: exp is missing, or is no number."),
        );
    } else if let Some(expires) = times.expires.filter(|expires| *expires <= current) {
        let late = current - expires;
        drafts.push(
            expired(Some(late.whole_seconds()))
                .because(
                    68,
                    format!("Entra’s clock said {}, the assertion ended on {}.", minute(current), minute(expires)),
                )
                .because(22, format!("It came {} seconds too late.", late.whole_seconds())),
        );
        if epoch(times.valid_from) {
            drafts.push(
                Draft::new(Cause::NotBeforeMissing, Fix::CorrectClaims { claim: Some("nbf".into()) })
                    .because(45, "Entra read 1970-01-01 as its beginning: it has no nbf. That alone is tolerated."),
            );
        }
    } else if let Some(from) = times.valid_from.filter(|from| *from > current) {
        let early = from - current;
        drafts.push(
            Draft::new(Cause::AssertionNotYetValid { seconds_early: Some(early.whole_seconds()) }, Fix::FixClock)
                .because(
                    90,
                    format!("Entra’s clock said {}, the assertion begins on {}.", minute(current), minute(from)),
                ),
        );
    } else {
        drafts.push(expired(None).because(60, said));
    }
    drafts
}

/// AADSTS700023. Microsoft's table of codes calls it InvalidResourcelessScope, people report the audience.
pub(super) fn audience(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let aud = basis.assertion.and_then(|assertion| assertion.claims.as_ref()).and_then(|claims| claims.aud.clone());
    let lower = said.to_ascii_lowercase();
    let about_audience = lower.contains("audience");
    let about_scope = lower.contains("scope");
    vec![
        Draft::new(Cause::AudienceMismatch { aud }, Fix::CorrectAudience { audience: None })
            .because(58, said)
            .because_if(about_audience, 25, || "The message speaks of the audience.".into())
            .because(0, "What this code says is documented in two ways."),
        Draft::new(Cause::ScopeWithoutDefault { scope: None }, Fix::CorrectScope)
            .because(30, "Microsoft’s table of codes files 700023 under scopes.")
            .because_if(about_scope, 45, || "The message speaks of the scope.".into()),
    ]
}

/// AADSTS50027 and its family.
pub(super) fn malformed(basis: &Basis<'_>, code: u32, said: &str) -> Vec<Draft> {
    let lower = said.to_ascii_lowercase();
    let alg = basis
        .message
        .as_ref()
        .and_then(|message| message.quoted.first().cloned())
        .or_else(|| basis.header().and_then(|header| header.alg.clone()));
    let header = Fix::CorrectHeader {
        member: "x5t#S256".into(),
        value: basis.certificates.first().map(|certificate| certificate.sha256().base64url()),
    };
    if code == 5_002_723 || lower.contains("no certificate thumbprint") || lower.contains("nor keyid") {
        vec![Draft::new(Cause::NoThumbprint, header).because(93, said)]
    } else if code == 5_002_738 || lower.contains("not a supported signature algorithm") {
        vec![Draft::new(Cause::UnsupportedAlgorithm { alg }, Fix::ChangeAlgorithm).because(93, said)]
    } else if code == 5_002_730 || lower.contains("unsupported key for the signing algorithm") {
        vec![
            Draft::new(Cause::UnsupportedKey, Fix::ChangeAlgorithm).because(84, said),
            Draft::new(Cause::UnsupportedAlgorithm { alg: None }, Fix::ChangeAlgorithm).because(40, said),
        ]
    } else {
        vec![Draft::new(Cause::MalformedAssertion, Fix::CorrectClaims { claim: None }).because(72, said)]
    }
}

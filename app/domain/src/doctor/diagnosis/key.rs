//! AADSTS700027 and its ancestor: which key Entra looked for, and what became of it.

use super::{Draft, header, not_enough, registry, signature};
use crate::doctor::assertion::AssertionHeader;
use crate::doctor::basis::{Basis, Source};
use crate::doctor::cause::{Cause, minute};
use crate::doctor::fix::Fix;
use crate::doctor::message::{FoundKey, Head, Message, Reason};
use crate::doctor::presented::Dialect;
use crate::suitability::{Validity, validity};
use time::Duration;

pub(super) fn judge(basis: &Basis<'_>) -> Vec<Draft> {
    let Some(message) = &basis.message else {
        // The number alone.
        let mut drafts = vec![not_enough(basis, 60)];
        drafts.extend(registry::judge(basis, 20));
        return drafts;
    };
    let mut drafts = match message.reason {
        Some(Reason::NoThumbprint) => header::no_thumbprint(basis),
        Some(Reason::NotFound) => not_found(basis),
        Some(Reason::NotFoundCutOff) => cut_off(basis),
        Some(Reason::Expired) => dates(basis, message, 60),
        Some(Reason::SignatureMismatch | Reason::VerificationFailed) => signature::judge(basis, message, 70),
        Some(Reason::Other) | None => by_head(basis, message),
    };
    drafts.extend(registry::misdirected(basis));
    drafts
}

fn by_head(basis: &Basis<'_>, message: &Message) -> Vec<Draft> {
    match message.head {
        Head::NotRegistered => {
            let mut drafts = registry::judge(basis, 50);
            if basis.presented.is_none() {
                drafts.extend(header::no_thumbprint(basis).into_iter().map(|draft| {
                    draft.because(-40, "The reason, which would tell whether Entra read a thumbprint, is missing.")
                }));
            }
            drafts
        }
        Head::Expired => dates(basis, message, 55),
        Head::InvalidSignature | Head::FailedValidation => {
            let mut drafts = signature::judge(basis, message, 45);
            drafts.push(not_enough(basis, 36));
            // Until 2022 this head also stood before “The key was not found.”
            drafts.extend(registry::judge(basis, 25));
            drafts
        }
        Head::Other => {
            let mut drafts = vec![not_enough(basis, 60)];
            drafts.extend(registry::judge(basis, 20));
            drafts
        }
    }
}

fn cut_off(basis: &Basis<'_>) -> Vec<Draft> {
    let mut drafts = registry::judge(basis, 45);
    drafts.push(not_enough(basis, 52));
    drafts.extend(
        header::no_thumbprint(basis)
            .into_iter()
            .map(|draft| draft.because(-35, "The text ends before it says whether Entra read a thumbprint.")),
    );
    drafts
}

fn not_found(basis: &Basis<'_>) -> Vec<Draft> {
    let Some((presented, source)) = &basis.presented else { return registry::judge(basis, 60) };
    let mut drafts = vec![];
    match presented.dialect {
        Dialect::Sha1 => drafts.extend(registry::judge(basis, 70)),
        Dialect::CutOff => {
            drafts.push(not_enough(basis, 52));
            drafts.extend(registry::judge(basis, 45));
        }
        Dialect::Other => {
            drafts.extend(registry::judge(basis, 30));
            drafts.push(
                not_enough(basis, 50).because(0, format!("“{}” has the length of no thumbprint.", presented.text)),
            );
        }
        Dialect::Sha256 => drafts.extend(sha256(basis)),
        _ => {
            drafts.push(header::wrong_encoding(basis, presented, *source));
            // The next hurdle, once the header is right.
            if presented.sha1.is_some()
                && basis.app_is_whole
                && basis.app.is_some()
                && basis.on_app(presented).is_none()
            {
                drafts.extend(registry::judge(basis, 10));
            }
        }
    }
    drafts
}

/// 64 digits: a SHA-256 where a SHA-1 belongs, or one that was rightly sent and is not registered.
fn sha256(basis: &Basis<'_>) -> Vec<Draft> {
    let Some((presented, _)) = &basis.presented else { return vec![] };
    let header = basis.header();
    let in_x5t = header.and_then(AssertionHeader::x5t_presented).is_some_and(|x5t| x5t.dialect == Dialect::Sha256);
    let in_s256 = header.is_some_and(|header| header.x5t_s256.is_some());
    let registered = basis.on_app(presented);
    let known = basis.certificate_of(presented);
    let value = known.map(|certificate| certificate.sha1().base64url());
    let wrong_place = Draft::new(
        Cause::Sha256InX5t { value: Some(presented.text.clone()) },
        Fix::CorrectHeader { member: "x5t".into(), value },
    )
    .because(
        62,
        format!("The thumbprint that arrived has {} digits, a SHA-256: {}.", presented.text.len(), presented.text),
    )
    .because_if(in_x5t, 30, || "The assertion’s x5t decodes to 32 bytes.".into())
    .because_if(in_s256, -50, || "The assertion has it in x5t#S256, where it belongs.".into())
    .because_if(registered.is_some() && !in_s256, 25, || {
        "It is the SHA-256 of a certificate that is registered on the app.".into()
    });
    let mut drafts = vec![wrong_place];
    let sure = if in_s256 { 75 } else { 38 };
    if registered.is_none() {
        drafts.extend(registry::judge(basis, sure));
    } else if in_s256 {
        let value = known.map(|certificate| certificate.sha1().base64url());
        drafts.push(
            Draft::new(Cause::Sha256NotLookedUp, Fix::CorrectHeader { member: "x5t".into(), value })
                .because(58, "The assertion has the right SHA-256 in x5t#S256, and the app has that certificate.")
                .because(0, "That Entra does not look it up rests on one public report."),
        );
        drafts.extend(registry::judge(basis, 70));
    }
    drafts
}

/// “The key used is expired.” `points`: for the words themselves.
fn dates(basis: &Basis<'_>, message: &Message, points: i16) -> Vec<Draft> {
    let at = basis.at;
    let when = format!("{}, {}", if basis.at_is_known { "the refusal" } else { "now" }, minute(at));
    let entry = basis.presented.as_ref().and_then(|(presented, _)| basis.on_app(presented));
    let key = message
        .found_key
        .clone()
        .or_else(|| entry.map(|entry| FoundKey { start: entry.start(), end: entry.end(), thumbprint: None }));
    let (start, end) = key.as_ref().map_or((None, None), |key| (key.start, key.end));
    let other = basis.other_valid(basis.meant());
    let expired = |points: i16| {
        Draft::new(Cause::EntryExpired { end, other }, Fix::Renew { other })
            .because(points, "Entra says that the key used is expired.")
    };
    match (start, end) {
        (_, Some(end)) if end <= at => vec![
            expired(points)
                .because(35, format!("The key that it found ended on {}, before {when}.", minute(end)))
                .because_if(other.is_some(), 1, || {
                    "Another certificate on the app is valid, but the client did not use it.".into()
                }),
        ],
        (Some(start), _) if start > at => {
            let ahead = start - at;
            let fix = if ahead <= Duration::hours(26) { Fix::FixClock } else { Fix::WaitUntil { start } };
            vec![
                Draft::new(Cause::NotYetValid { start, seconds_ahead: ahead.whole_seconds() }, fix)
                    .because(points, "Entra says “expired” also of keys that are not valid yet.")
                    .because(34, format!("The key that it found starts on {}, after {when}.", minute(start)))
                    .because_if(ahead <= Duration::hours(26), 0, || {
                        "The difference is within a day: a wrong clock or a time zone is likelier than intent.".into()
                    }),
            ]
        }
        (Some(start), Some(end)) => {
            let fits =
                format!("The key that it found runs from {} to {}, which includes {when}.", minute(start), minute(end));
            let seconds_ahead = (start - at).whole_seconds();
            vec![
                Draft::new(Cause::NotYetValid { start, seconds_ahead }, Fix::FixClock)
                    .because(points - 10, "Entra says “expired” also of keys that are not valid yet.")
                    .because(-5, format!("{fits} A wrong clock is the usual explanation.")),
                expired(points - 25).because(0, fits),
            ]
        }
        _ => vec![
            expired(points + 5).because(0, "The text does not have the key’s dates."),
            Draft::new(Cause::NotYetValid { start: at, seconds_ahead: 0 }, Fix::FixClock).because(
                25,
                "Entra says “expired” also of keys that are not valid yet; the text does not have the key’s dates.",
            ),
        ],
    }
}

/// An assertion, a certificate, credentials or words, and no error.
pub(super) fn judge_without_error(basis: &Basis<'_>) -> Vec<Draft> {
    let mut drafts = registry::misdirected(basis);
    let Some((presented, source)) = &basis.presented else {
        drafts.extend(registry::taken_for_registration(basis, 45));
        return drafts;
    };
    if basis.app.is_none() {
        drafts.extend(registry::taken_for_registration(basis, 45));
        return drafts;
    }
    if presented.is_plain() {
        match basis.on_app(presented) {
            Some(entry) => match validity(entry.start(), entry.end(), basis.evidence.now) {
                Validity::Expired => {
                    let other = basis.other_valid(entry.thumbprint());
                    let end = entry.end();
                    drafts.push(Draft::new(Cause::EntryExpired { end, other }, Fix::Renew { other }).because(
                        90,
                        format!("Its entry on the app ended on {}.", end.map(minute).unwrap_or_default()),
                    ));
                }
                Validity::NotYetValid => {
                    if let Some(start) = entry.start() {
                        let seconds_ahead = (start - basis.evidence.now).whole_seconds();
                        drafts.push(
                            Draft::new(Cause::NotYetValid { start, seconds_ahead }, Fix::WaitUntil { start })
                                .because(88, format!("Its entry on the app starts on {}.", minute(start))),
                        );
                    }
                }
                _ => drafts.push(
                    Draft::new(Cause::AllAgrees, Fix::LookElsewhere)
                        .because(60, format!("The app has an entry for {}, and it is valid.", presented.text)),
                ),
            },
            None => drafts.extend(registry::judge(basis, if *source == Source::Text { 62 } else { 65 })),
        }
    }
    drafts
}

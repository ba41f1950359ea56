//! What the assertion itself shows: its header's thumbprints and algorithm, its claims.

use super::Draft;
use crate::doctor::assertion::{AssertionClaims, AssertionHeader, ClaimTime};
use crate::doctor::basis::{Basis, Source};
use crate::doctor::cause::{Cause, minute};
use crate::doctor::fix::Fix;
use crate::doctor::presented::{Dialect, Presented};
use time::Duration;

/// Entra's reply says nothing about a thumbprint, or says that there is none.
pub(super) fn no_thumbprint(basis: &Basis<'_>) -> Vec<Draft> {
    let said = "Entra’s message names no thumbprint of the client’s: it read none from the header.";
    let Some(header) = basis.header() else {
        return vec![
            Draft::new(Cause::NoThumbprint, correct(basis, "x5t#S256")).because(70, said),
            Draft::new(Cause::StandardBase64 { member: "x5t#S256".into(), value: None }, correct(basis, "x5t#S256"))
                .because(58, format!("{said} A report of 2026 had base64 instead of base64url in x5t#S256.")),
        ];
    };
    let mut drafts: Vec<Draft> = alphabet(basis, header).into_iter().map(|draft| draft.because(40, said)).collect();
    if header.names_no_certificate() {
        drafts.push(
            Draft::new(Cause::NoThumbprint, correct(basis, "x5t#S256"))
                .because(60, said)
                .because(36, "The assertion’s header has neither x5t nor x5t#S256 nor kid."),
        );
    } else if drafts.is_empty() {
        drafts.push(Draft::new(Cause::NoThumbprint, correct(basis, "x5t#S256")).because(66, said));
    }
    drafts
}

/// The value that should stand in a member, where a certificate is at hand.
fn correct(basis: &Basis<'_>, member: &str) -> Fix {
    let certificate = basis
        .presented
        .as_ref()
        .and_then(|(presented, _)| basis.certificate_of(presented))
        .or_else(|| basis.certificates.first().copied());
    let value = certificate.map(|certificate| {
        if member == "x5t" { certificate.sha1().base64url() } else { certificate.sha256().base64url() }
    });
    Fix::CorrectHeader { member: member.into(), value }
}

/// The digest reached Entra in a wrong spelling.
pub(super) fn wrong_encoding(basis: &Basis<'_>, presented: &Presented, source: Source) -> Draft {
    let of_sha1 = presented.sha1.is_some();
    let member = if source == Source::X5tS256 || !of_sha1 { "x5t#S256" } else { "x5t" };
    let value = presented
        .sha1
        .map(|sha1| sha1.base64url())
        .filter(|_| member == "x5t")
        .or_else(|| presented.sha256.map(|sha256| sha256.base64url()));
    let meant = presented.sha1.map(|sha1| sha1.hex()).or_else(|| presented.sha256.map(|sha256| sha256.hex()));
    let shown = presented.text.as_str();
    let observed = match (presented.dialect, &presented.spells) {
        (_, Some(spells)) => format!("What arrived, {shown}, is text. It spells “{}”.", spells.trim_end()),
        (Dialect::HexAsBase64, _) => {
            format!(
                "What arrived, {shown}, is what {} becomes when it is decoded as base64.",
                meant.as_deref().unwrap_or_default()
            )
        }
        _ => format!("What arrived, {shown}, is a digest and a line break."),
    };
    let known = basis.certificate_of(presented).is_some() || basis.on_app(presented).is_some();
    let cause = Cause::WrongEncoding { member: member.into(), dialect: presented.dialect, meant: meant.clone() };
    Draft::new(cause, Fix::CorrectHeader { member: member.into(), value })
        .because(88, observed)
        .because_if(known, 6, || format!("{} is a certificate at hand or on the app.", meant.unwrap_or_default()))
        .because_if(matches!(source, Source::X5t | Source::X5tS256), 2, || {
            format!("It stands in the assertion’s {member}.")
        })
}

/// `+`, `/`, `=` or white space in a member that is base64url.
fn alphabet(basis: &Basis<'_>, header: &AssertionHeader) -> Vec<Draft> {
    let mut drafts = vec![];
    for (member, value) in [("x5t", &header.x5t), ("x5t#S256", &header.x5t_s256)] {
        let Some(value) = value else { continue };
        let strange: Vec<String> = ["+", "/", "=", "\n", "\r", " "]
            .iter()
            .filter(|c| value.contains(**c))
            .map(|c| match *c {
                "\n" | "\r" => "a line break".to_owned(),
                " " => "a space".to_owned(),
                c => c.to_owned(),
            })
            .collect();
        if strange.is_empty() {
            continue;
        }
        let decoded = Presented::of_header(value);
        // Hexadecimal text has its own verdict, whatever its padding.
        if !matches!(decoded.dialect, Dialect::Sha1 | Dialect::Sha256 | Dialect::Other) {
            continue;
        }
        let right =
            decoded.sha1.map(|sha1| sha1.base64url()).or_else(|| decoded.sha256.map(|sha256| sha256.base64url()));
        let fix = right.map_or_else(
            || correct(basis, member),
            |value| Fix::CorrectHeader { member: member.into(), value: Some(value) },
        );
        drafts.push(
            Draft::new(Cause::StandardBase64 { member: member.into(), value: Some(value.trim().to_owned()) }, fix)
                .because(50, format!("{member} in the assertion contains {}: {}", strange.join(", "), value.trim())),
        );
    }
    drafts
}

/// Codes under which the header is beside the point.
fn is_beside_the_point(code: Option<u32>) -> bool {
    !matches!(
        code,
        None | Some(
            700_027 | 50012 | 50027 | 5_002_723 | 5_002_730 | 5_002_738 | 700_024 | 700_021 | 50048 | 700_023 | 90014
        )
    )
}

/// All that the assertion shows by itself.
pub(super) fn judge(basis: &Basis<'_>) -> Vec<Draft> {
    if basis.assertion.is_none() || is_beside_the_point(basis.code) {
        return vec![];
    }
    let mut drafts = vec![];
    if let Some(header) = basis.header() {
        drafts.extend(
            alphabet(basis, header).into_iter().map(|draft| draft.because(14, "Entra may or may not tolerate that.")),
        );
        drafts.extend(digests(basis, header));
        drafts.extend(algorithm(header));
        if header.names_no_certificate() && basis.code.is_none() {
            drafts.push(
                Draft::new(Cause::NoThumbprint, correct(basis, "x5t#S256"))
                    .because(80, "The assertion’s header has neither x5t nor x5t#S256 nor kid."),
            );
        }
    }
    if let Some(claims) = basis.assertion.and_then(|assertion| assertion.claims.as_ref()) {
        let of_claims = times(basis, claims).into_iter().chain(identity(basis, claims));
        if matches!(basis.code, Some(700_027 | 50012)) {
            drafts
                .extend(of_claims.map(|draft| draft.because(-40, "Entra’s error is about the key, not about claims.")));
        } else {
            drafts.extend(of_claims);
        }
    }
    drafts
}

fn digests(basis: &Basis<'_>, header: &AssertionHeader) -> Vec<Draft> {
    let mut drafts = vec![];
    for (presented, source) in [(header.x5t_presented(), Source::X5t), (header.x5t_s256_presented(), Source::X5tS256)] {
        let Some(presented) = presented else { continue };
        match (presented.dialect, source) {
            (Dialect::Sha1, Source::X5tS256) => drafts.push(
                Draft::new(Cause::Sha1InX5tS256 { value: Some(presented.text.clone()) }, correct(basis, "x5t#S256"))
                    .because(86, format!("The assertion’s x5t#S256 decodes to 20 bytes: {}", presented.text)),
            ),
            (Dialect::Sha256, Source::X5t) => drafts.push(
                Draft::new(Cause::Sha256InX5t { value: Some(presented.text.clone()) }, correct(basis, "x5t"))
                    .because(86, format!("The assertion’s x5t decodes to 32 bytes: {}", presented.text)),
            ),
            (Dialect::Sha1 | Dialect::Sha256 | Dialect::Other | Dialect::CutOff, _) => {}
            _ => drafts.push(wrong_encoding(basis, &presented, source)),
        }
    }
    drafts
}

fn algorithm(header: &AssertionHeader) -> Option<Draft> {
    let alg = header.alg.as_deref()?;
    let points = match alg {
        "RS256" | "PS256" | "RS384" | "RS512" => return None,
        // Not in the list that Entra's own error of 2023 gave, and not reported since.
        "PS384" | "PS512" => 30,
        _ => 88,
    };
    Some(
        Draft::new(Cause::UnsupportedAlgorithm { alg: Some(alg.into()) }, Fix::ChangeAlgorithm)
            .because(points, format!("The assertion’s alg is {alg}.")),
    )
}

fn times(basis: &Basis<'_>, claims: &AssertionClaims) -> Vec<Draft> {
    let mut drafts = vec![];
    let all = [&claims.nbf, &claims.exp, &claims.iat].into_iter().flatten();
    if all.clone().any(|time: &ClaimTime| time.is_milliseconds) {
        drafts.push(
            Draft::new(Cause::TimesInMilliseconds, Fix::CorrectClaims { claim: Some("nbf, iat and exp".into()) })
                .because(90, "A time in the assertion has more than 11 digits."),
        );
        return drafts;
    }
    // Without an error, an old assertion was pasted to be read, not to be sent: that alone proves little.
    let seen = basis.code == Some(700_024);
    let points = if seen { 80 } else { 25 };
    if let Some(exp) = claims.exp.as_ref().filter(|exp| exp.at <= basis.at) {
        let seconds_late = Some((basis.at - exp.at).whole_seconds());
        drafts.push(
            Draft::new(Cause::AssertionExpired { seconds_late }, Fix::MakeFreshAssertion)
                .because(points, format!("Its exp is {}, and it is {}.", minute(exp.at), minute(basis.at))),
        );
    }
    if let Some(nbf) = claims.nbf.as_ref().filter(|nbf| nbf.at > basis.at + Duration::minutes(5)) {
        let seconds_early = Some((nbf.at - basis.at).whole_seconds());
        drafts.push(
            Draft::new(Cause::AssertionNotYetValid { seconds_early }, Fix::FixClock)
                .because(points + 5, format!("Its nbf is {}, and it is {}.", minute(nbf.at), minute(basis.at))),
        );
    }
    if claims.exp.is_none() {
        drafts.push(
            Draft::new(
                Cause::ClaimMissing { claim: Some("exp".into()) },
                Fix::CorrectClaims { claim: Some("exp".into()) },
            )
            .because(60, "The assertion has no readable exp."),
        );
    }
    drafts
}

fn identity(basis: &Basis<'_>, claims: &AssertionClaims) -> Vec<Draft> {
    let mut drafts = vec![];
    let iss = claims.iss.as_deref();
    if iss.is_some_and(|iss| iss.contains("://")) {
        // Another issuer's token: federation, or a user's.
        return drafts;
    }
    let requested = basis
        .findings
        .app_ids
        .iter()
        .find(|found| found.origin == crate::doctor::scan::Origin::Parameter)
        .map(|found| found.value);
    let differs = requested.is_some_and(|id| iss.is_some_and(|iss| !iss.eq_ignore_ascii_case(&id.to_string())));
    if claims.iss != claims.sub || differs {
        drafts.push(
            Draft::new(
                Cause::IssuerMismatch { iss: claims.iss.clone(), client_id: requested },
                Fix::CorrectClaims { claim: Some("iss and sub".into()) },
            )
            .because(
                85,
                format!(
                    "iss is {}, sub is {}{}.",
                    iss.unwrap_or("missing"),
                    claims.sub.as_deref().unwrap_or("missing"),
                    requested.map(|id| format!(", client_id is {id}")).unwrap_or_default()
                ),
            ),
        );
    }
    match claims.aud.as_deref() {
        None => drafts.push(
            Draft::new(
                Cause::ClaimMissing { claim: Some("aud".into()) },
                Fix::CorrectClaims { claim: Some("aud".into()) },
            )
            .because(70, "The assertion has no aud."),
        ),
        Some(aud) => drafts.extend(audience(basis, aud)),
    }
    drafts
}

fn audience(basis: &Basis<'_>, aud: &str) -> Option<Draft> {
    let host = aud.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let cause = || Cause::AudienceMismatch { aud: Some(aud.to_owned()) };
    let Some(cloud) = host.and_then(crate::doctor::cloud::Cloud::of_host) else {
        return Some(
            Draft::new(cause(), Fix::CorrectAudience { audience: None })
                .because(70, format!("aud is {aud}, which is no token endpoint of Microsoft’s.")),
        );
    };
    let expected = basis.asked_cloud().map(|(cloud, _)| cloud).or(basis.evidence.cloud)?;
    (cloud != expected).then(|| {
        Draft::new(cause(), Fix::CorrectAudience { audience: None })
            .because(80, format!("aud is in {cloud}, the request goes to {expected}."))
    })
}

//! Other codes of the token endpoint that people meet on the same road.

mod assertion;

use super::{Draft, not_enough, registry, signature};
use crate::doctor::basis::Basis;
use crate::doctor::cause::Cause;
use crate::doctor::fix::Fix;
use crate::doctor::message::Message;
use crate::doctor::topic::Topic;
use crate::ids::AppId;

pub(super) fn judge(basis: &Basis<'_>) -> Vec<Draft> {
    let Some(code) = basis.code else { return vec![] };
    let quoted = |at: usize| basis.message.as_ref().and_then(|message| message.quoted.get(at).cloned());
    let said = basis
        .message
        .as_ref()
        .filter(|message| !message.head_text.is_empty())
        .map_or_else(|| format!("The code is {code}."), |message| format!("AADSTS{code}: {}", shortened(message)));
    let one = |points: i16, cause: Cause, fix: Fix| vec![Draft::new(cause, fix).because(points, said.clone())];
    let mut drafts = match code {
        700_016 => not_in_directory(basis, &said),
        90002 | 900_023 | 90023 | 50059 => one(
            90,
            Cause::WrongTenant {
                sent: quoted(0).or_else(|| basis.findings.tenants.first().map(|t| t.value.clone())),
                expected: basis.evidence.tenant.clone(),
            },
            Fix::UseOtherTenant { tenant: basis.evidence.tenant.clone() },
        ),
        700_021 | 50048 => one(
            90,
            Cause::IssuerMismatch {
                iss: basis.assertion.and_then(|a| a.claims.as_ref()).and_then(|claims| claims.iss.clone()),
                client_id: basis.findings.app_id(),
            },
            Fix::CorrectClaims { claim: Some("iss and sub".into()) },
        ),
        700_023 => assertion::audience(basis, &said),
        700_024 => assertion::times(basis, &said),
        50027 | 5_002_723 | 5_002_730 | 5_002_738 => assertion::malformed(basis, code, &said),
        90014 => one(86, Cause::ClaimMissing { claim: quoted(0) }, Fix::CorrectClaims { claim: quoted(0) }),
        700_026 => one(
            92,
            Cause::NoConfiguredKeys,
            Fix::RegisterCertificate { thumbprint: basis.meant(), app_id: basis.target() },
        ),
        7_000_215 => one(92, Cause::SecretIdInsteadOfValue, Fix::NewSecretOrCertificate),
        7_000_012 => one(45, Cause::SecretIdInsteadOfValue, Fix::NewSecretOrCertificate),
        7_000_222 => one(95, Cause::SecretExpired, Fix::NewSecretOrCertificate),
        7_000_218 => one(92, Cause::NoCredentialSent, Fix::SendCredential),
        1_002_012 | 70011 => one(
            90,
            Cause::ScopeWithoutDefault { scope: basis.findings.scopes.first().map(|scope| scope.value.clone()) },
            Fix::CorrectScope,
        ),
        700_211..=700_213 => {
            let claim = ["issuer", "audience", "subject"][usize::try_from(code - 700_211).unwrap_or(0)];
            // Only the text of 700213 was seen in public; its two siblings are named by their number.
            one(
                if code == 700_213 { 92 } else { 84 },
                Cause::FederationMismatch { claim: Some(claim.into()) },
                Fix::MatchFederation,
            )
        }
        7_000_214 | 7_000_277 => {
            one(82, Cause::CertificateRevoked, Fix::Renew { other: basis.other_valid(basis.meant()) })
        }
        1_000_502 => one(90, Cause::CertificateOutsideValidity, Fix::Renew { other: basis.other_valid(basis.meant()) }),
        // Microsoft's own sources disagree on this one.
        7_000_274 => {
            let mut drafts =
                one(60, Cause::CertificateOutsideValidity, Fix::Renew { other: basis.other_valid(basis.meant()) });
            drafts.extend(one(45, Cause::SignedByAnotherKey { thumbprint: basis.meant() }, Fix::SignWithItsKey));
            drafts
        }
        900_382 | 900_432 => {
            let host = basis.evidence.cloud.map(|cloud| cloud.login_host().to_owned());
            let sent = basis.findings.hosts.first().map(|host| host.value.clone());
            one(86, Cause::WrongCloud { sent, expected: host.clone() }, Fix::UseOtherCloud { host })
        }
        7_000_112 => one(93, Cause::AppDisabled, Fix::EnableApp),
        500_181 => one(92, Cause::TlsCertificateMismatch, Fix::ConnectWithSameCertificate),
        392_204 => one(92, Cause::TlsCertificateExpired, Fix::ConnectWithSameCertificate),
        50012 => subject_name_issuer(basis, &said),
        50013 => user_assertion(basis, &said),
        // It only says that something about credentials failed; the cause is a code nested in it.
        70002 => vec![not_enough(basis, 60)],
        _ => one(70, Cause::UnknownCode { code }, Fix::LookUpCode { code }),
    };
    if !matches!(code, 700_016 | 90002 | 900_382 | 900_432) {
        // The same observation weighs less where Entra complained of something else.
        drafts.extend(
            registry::misdirected(basis)
                .into_iter()
                .map(|draft| draft.because(-45, "Entra complains of something else.")),
        );
    }
    drafts
}

fn shortened(message: &Message) -> String {
    let text: String = message.head_text.chars().take(240).collect();
    if text.len() < message.head_text.len() { format!("{text}…") } else { text }
}

fn not_in_directory(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let quoted = |at: usize| basis.message.as_ref().and_then(|message| message.quoted.get(at).cloned());
    let sent: Option<AppId> = quoted(0).and_then(|id| id.parse().ok()).or_else(|| basis.findings.app_id());
    let expected = basis.evidence.app_id;
    let is_right_app = expected.is_some() && sent == expected;
    let tenant = basis.evidence.tenant.clone();
    vec![
        Draft::new(Cause::WrongClientId { sent, expected }, Fix::UseOtherClientId { app_id: expected })
            .because(78, said)
            .because_if(is_right_app, -25, || "The id is that of the app in question.".into())
            .because_if(expected.is_some() && !is_right_app, 15, || {
                "The id is not that of the app in question.".into()
            }),
        Draft::new(Cause::WrongTenant { sent: quoted(1), expected: tenant.clone() }, Fix::UseOtherTenant { tenant })
            .because(70, said)
            .because_if(is_right_app, 20, || {
                "The id is that of the app in question, so the tenant must be another one.".into()
            }),
    ]
}

fn subject_name_issuer(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let head = basis.message.as_ref().map(|message| message.head_text.to_ascii_lowercase()).unwrap_or_default();
    let names = ["subject name", "authorit", "chain", "thumbprint", "issuer"].iter().any(|word| head.contains(word));
    let has_x5c = basis.header().is_some_and(|header| header.x5c.is_some());
    let mentioned = basis.findings.mentions(Topic::SubjectNameIssuer);
    vec![
        Draft::new(
            Cause::SubjectNameIssuerRefused,
            Fix::RegisterCertificate { thumbprint: basis.meant(), app_id: basis.target() },
        )
        .because(52, said)
        .because_if(names, 20, || "The message speaks of the certificate’s names or chain.".into())
        .because_if(has_x5c, 8, || "The assertion carries x5c.".into())
        .because_if(mentioned, 8, || "The text speaks of subject name and issuer, or of sending x5c.".into()),
        Draft::new(Cause::SignedByAnotherKey { thumbprint: basis.meant() }, Fix::SignWithItsKey)
            .because(35, "AADSTS50012 also covers invalid signatures."),
    ]
}

fn user_assertion(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let on_behalf = basis.findings.mentions(Topic::OnBehalfOf);
    let certificate = basis.assertion.is_some_and(crate::doctor::assertion::Assertion::is_self_issued);
    let mut drafts = vec![
        Draft::new(Cause::UserAssertion, Fix::CheckUserToken)
            .because(74, said)
            .because_if(on_behalf, 16, || "The text speaks of on-behalf-of.".into())
            .because_if(certificate, -20, || "The assertion that was pasted is the app’s own.".into()),
    ];
    if let Some(message) = basis.message.as_ref().filter(|message| message.reason.is_some()) {
        let of_app = signature::judge(basis, message, 62);
        drafts.extend(of_app.into_iter().map(|draft| {
            draft
                .because(-10, "AADSTS50013 is said of users’ tokens, and now and then reported for an app’s assertion.")
        }));
    }
    drafts
}

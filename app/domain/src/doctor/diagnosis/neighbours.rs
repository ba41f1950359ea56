//! Other codes of the token endpoint that people meet on the same road.

mod assertion;

use super::{Draft, not_enough, registry, signature};
use crate::doctor::basis::Basis;
use crate::doctor::cause::Cause;
use crate::doctor::code::{About, about};
use crate::doctor::evidence::Holder;
use crate::doctor::fix::Fix;
use crate::doctor::message::Message;
use crate::doctor::scan::any_of;
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
    let says = |words: &[&str]| words.iter().any(|word| said.to_ascii_lowercase().contains(word));
    let Some(about) = about(code) else { return one(70, Cause::UnknownCode { code }, Fix::LookUpCode { code }) };
    let mut drafts = match about {
        // It is judged by its reason, elsewhere.
        About::Key => vec![],
        About::AppNotFound => not_in_directory(basis, &said),
        About::AppNotFoundOrDisabled if says(&["disabled"]) => one(88, Cause::AppDisabled, Fix::EnableApp),
        About::AppNotFoundOrDisabled => {
            let mut drafts = not_in_directory(basis, &said);
            if !says(&["not found", "not supported"]) {
                drafts.extend(one(60, Cause::AppDisabled, Fix::EnableApp));
            }
            drafts
        }
        About::AppDisabled => one(93, Cause::AppDisabled, Fix::EnableApp),
        About::NoServicePrincipal => no_service_principal(basis, &said),
        About::Tenant => no_tenant(basis, &said),
        About::Issuer => one(
            90,
            Cause::IssuerMismatch {
                iss: basis.assertion.and_then(|a| a.claims.as_ref()).and_then(|claims| claims.iss.clone()),
                client_id: basis.findings.app_id(),
            },
            Fix::CorrectClaims { claim: Some("iss and sub".into()) },
        ),
        About::Audience => assertion::audience(basis, &said),
        About::AssertionTimes => assertion::times(basis, &said),
        About::MalformedAssertion => assertion::malformed(basis, code, &said),
        About::MissingField => {
            one(86, Cause::ClaimMissing { claim: quoted(0) }, Fix::CorrectClaims { claim: quoted(0) })
        }
        About::NoKeys => no_keys(basis, &said),
        About::WrongSecret => one(92, Cause::SecretIdInsteadOfValue, Fix::NewSecretOrCertificate),
        About::PerhapsSecret => one(45, Cause::SecretIdInsteadOfValue, Fix::NewSecretOrCertificate),
        About::ExpiredSecret => one(95, Cause::SecretExpired, Fix::NewSecretOrCertificate),
        About::NoCredential => one(92, Cause::NoCredentialSent, Fix::SendCredential),
        About::PublicClient => one(90, Cause::PublicClient, Fix::SendNoCredential),
        About::Scope => one(
            90,
            Cause::ScopeWithoutDefault { scope: basis.findings.scopes.first().map(|scope| scope.value.clone()) },
            Fix::CorrectScope,
        ),
        About::Resource => {
            let resource = between(&said, "principal named ", " was not found")
                .or_else(|| basis.findings.scopes.first().map(|scope| scope.value.clone()));
            one(86, Cause::ResourceNotFound { resource: resource.clone() }, Fix::CorrectResource { resource })
        }
        About::Federation => federation(code, &said),
        About::SubjectName => subject_name(basis, &said),
        About::Chain => one(
            84,
            Cause::SubjectNameIssuerRefused,
            Fix::RegisterCertificate { thumbprint: basis.meant(), app_id: basis.target() },
        ),
        About::Revoked => one(82, Cause::CertificateRevoked, Fix::Renew { other: basis.other_valid(basis.meant()) }),
        About::Validity => {
            one(90, Cause::CertificateOutsideValidity, Fix::Renew { other: basis.other_valid(basis.meant()) })
        }
        // Microsoft's own sources disagree on this one.
        About::ValidityOrSignature => {
            let mut drafts =
                one(60, Cause::CertificateOutsideValidity, Fix::Renew { other: basis.other_valid(basis.meant()) });
            drafts.extend(one(45, Cause::SignedByAnotherKey { thumbprint: basis.meant() }, Fix::SignWithItsKey));
            drafts
        }
        About::Cloud => {
            let host = basis.evidence.cloud.map(|cloud| cloud.login_host().to_owned());
            let sent = basis.findings.hosts.first().map(|host| host.value.clone());
            one(86, Cause::WrongCloud { sent, expected: host.clone() }, Fix::UseOtherCloud { host })
        }
        About::TlsMismatch => one(92, Cause::TlsCertificateMismatch, Fix::ConnectWithSameCertificate),
        About::TlsExpired => one(92, Cause::TlsCertificateExpired, Fix::ConnectWithSameCertificate),
        // Which policy it was, only the tenant's log tells.
        About::ConditionalAccess => one(74, Cause::ConditionalAccess, Fix::LookAtConditionalAccess),
        About::Consent => {
            let app_id = basis.findings.app_id();
            one(86, Cause::ConsentMissing { app_id }, Fix::GrantConsent { app_id })
        }
        About::Assignment => {
            let (app_id, person) = (basis.findings.app_id(), code == 50105);
            one(88, Cause::NotAssigned { app_id, person }, Fix::Assign { app_id, person })
        }
        About::ResourceDisabled => {
            let resource = between(&said, "resource '", "' is disabled");
            one(90, Cause::ResourceDisabled { resource }, Fix::EnableResource)
        }
        // It can be any parameter.
        About::MalformedRequest => one(62, Cause::MalformedRequest, Fix::CorrectRequest),
        About::UserSignIn => one(80, Cause::UserSignIn, Fix::LookAtUserSignIn),
        About::AssertionOrSecret if says(&["client secret"]) => {
            one(90, Cause::SecretIdInsteadOfValue, Fix::NewSecretOrCertificate)
        }
        About::AssertionOrSecret => subject_name_issuer(basis, &said),
        About::UserAssertion => user_assertion(basis, &said),
        About::Credentials if says(&["client secret is"]) => {
            one(80, Cause::SecretIdInsteadOfValue, Fix::NewSecretOrCertificate)
        }
        About::Credentials if says(&["must contain"]) => one(86, Cause::NoCredentialSent, Fix::SendCredential),
        // It only says that something about credentials failed; the cause is a code nested in it.
        About::Credentials => vec![not_enough(basis, 60)],
    };
    if !matches!(about, About::AppNotFound | About::Tenant | About::Cloud) {
        // The same observation weighs less where Entra complained of something else.
        drafts.extend(
            registry::misdirected(basis)
                .into_iter()
                .map(|draft| draft.because(-45, "Entra complains of something else.")),
        );
    }
    drafts
}

/// Entra found none. Where the app has some now, they came later, or are not yet known everywhere.
fn no_keys(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let verifying = || basis.app.into_iter().flatten().filter(|entry| entry.is_for_sign_in());
    let entries = verifying().count();
    if let Some(entry) = verifying().next().filter(|_| verifying().all(|entry| registry::is_over(basis, entry))) {
        let mut drafts = vec![
            Draft::new(
                Cause::NoConfiguredKeys,
                Fix::RegisterCertificate { thumbprint: basis.meant(), app_id: basis.target() },
            )
            .because(92, said)
            .because(-40, "The app has an entry that verifies signatures, though none that is valid."),
        ];
        drafts.extend(registry::outside_its_dates(basis, entry, 62));
        return drafts;
    }
    let has = || match entries {
        1 => "The app has an entry that verifies signatures now.".to_owned(),
        many => format!("The app has {many} entries that verify signatures now."),
    };
    let register = Fix::RegisterCertificate { thumbprint: basis.meant(), app_id: basis.target() };
    let registered_at = basis.evidence.registered_at;
    let mut drafts =
        vec![Draft::new(Cause::NoConfiguredKeys, register).because(92, said).because_if(entries > 0, -40, has)];
    if entries > 0 {
        drafts.push(
            Draft::new(Cause::Propagating { registered_at }, Fix::WaitForPropagation)
                .because(40, said)
                .because(28, has()),
        );
    }
    drafts
}

fn between(text: &str, before: &str, behind: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let (value, _) = rest.split_once(behind)?;
    (!value.is_empty() && value.len() <= 200).then(|| value.trim_matches(any_of("'\"")).to_owned())
}

/// Entra knows no such tenant. Where it is the portal's own, another cloud was asked.
fn no_tenant(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let quoted = basis.message.as_ref().and_then(|message| message.quoted.first().cloned());
    let sent = quoted.or_else(|| basis.findings.tenants.first().map(|tenant| tenant.value.clone()));
    let expected = basis.evidence.tenant.clone();
    let is_own = sent.as_deref().zip(expected.as_deref()).is_some_and(|(sent, own)| sent.eq_ignore_ascii_case(own));
    let own = || "It is the id of this very tenant, in which the apps were read.".to_owned();
    let mut drafts = vec![
        Draft::new(Cause::WrongTenant { sent, expected: expected.clone() }, Fix::UseOtherTenant { tenant: expected })
            .because(90, said)
            .because_if(is_own, -60, own),
    ];
    if is_own {
        let host = basis.evidence.cloud.map(|cloud| cloud.login_host().to_owned());
        let sent = basis.findings.hosts.first().map(|host| host.value.clone());
        drafts.push(
            Draft::new(Cause::WrongCloud { sent, expected: host.clone() }, Fix::UseOtherCloud { host })
                .because(58, said)
                .because(12, own()),
        );
    }
    drafts
}

fn no_service_principal(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let app_id = basis.findings.app_id();
    let tenant = said.split_once("in the tenant ").map(|(_, rest)| rest);
    let tenant = tenant.and_then(|rest| rest.split(any_of(" ,")).next()).map(|id| id.trim_end_matches('.').to_owned());
    vec![
        Draft::new(Cause::NoServicePrincipal { app_id, tenant }, Fix::MakeServicePrincipal { app_id })
            .because(90, said),
    ]
}

/// The words say which claim; where they are missing, the number does.
fn federation(code: u32, said: &str) -> Vec<Draft> {
    let lower = said.to_ascii_lowercase();
    let spoken = ["issuer", "audience", "subject"]
        .into_iter()
        .find(|claim| lower.contains(&format!("presented assertion {claim}")));
    let numbered = match code {
        700_211 => Some("issuer"),
        700_212 => Some("audience"),
        700_213 | 7_002_138 => Some("subject"),
        _ => None,
    };
    // Only the text of 700213 was seen in public; its two siblings are named by their number.
    let points = if code == 700_213 || spoken.is_some() { 92 } else { 84 };
    let case = lower.contains("case-insensitive") || code == 7_002_138;
    vec![
        Draft::new(Cause::FederationMismatch { claim: spoken.or(numbered).map(str::to_owned) }, Fix::MatchFederation)
            .because(points, said)
            .because_if(case, 1, || "The values differ in capitals only.".into()),
    ]
}

/// Subject names, or the authority's cloud: the words tell.
fn subject_name(basis: &Basis<'_>, said: &str) -> Vec<Draft> {
    let register = Fix::RegisterCertificate { thumbprint: basis.meant(), app_id: basis.target() };
    let mut drafts = vec![Draft::new(Cause::SubjectNameIssuerRefused, register).because(84, said)];
    if said.to_ascii_lowercase().contains("cloud") {
        let host = basis.evidence.cloud.map(|cloud| cloud.login_host().to_owned());
        let sent = basis.findings.hosts.first().map(|host| host.value.clone());
        drafts.push(
            Draft::new(Cause::WrongCloud { sent, expected: host.clone() }, Fix::UseOtherCloud { host })
                .because(86, said),
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
    let no_app = basis.evidence.no_app.as_ref().filter(|no_app| Some(no_app.id) == sent);
    let object_of = no_app.and_then(|no_app| no_app.object_of.as_ref());
    let expected = basis.evidence.app_id.or(object_of.map(|object| object.app_id));
    let is_right_app = expected.is_some() && sent == expected;
    let tenant = basis.evidence.tenant.clone();
    vec![
        Draft::new(Cause::WrongClientId { sent, expected }, Fix::UseOtherClientId { app_id: expected })
            .because(78, said)
            .because_if(is_right_app, -25, || "The id is that of the app in question.".into())
            .because_if(basis.evidence.app_id.is_some() && !is_right_app, 15, || {
                "The id is not that of the app in question.".into()
            })
            .because_if(no_app.is_some() && object_of.is_none(), 8, || {
                "No app and no enterprise application of this tenant has that client id.".into()
            })
            .because_if(object_of.is_some(), 17, || object_of.map(of_object).unwrap_or_default()),
        Draft::new(Cause::WrongTenant { sent: quoted(1), expected: tenant.clone() }, Fix::UseOtherTenant { tenant })
            .because(70, said)
            .because_if(no_app.is_some(), -20, || {
                "This tenant, where the certificates are looked after, has no such app either.".into()
            })
            .because_if(is_right_app, 20, || {
                "The id is that of the app in question, so the tenant must be another one.".into()
            }),
    ]
}

fn of_object(object: &Holder) -> String {
    let kind = if object.is_service_principal { "enterprise application" } else { "app registration" };
    format!("It is the object id of the {kind} “{}”, whose client id is {}.", object.name, object.app_id)
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

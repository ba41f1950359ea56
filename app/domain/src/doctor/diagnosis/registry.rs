//! Where a thumbprint is registered, was registered, or is believed to be.

use super::Draft;
use crate::certificate::Certificate;
use crate::doctor::basis::{Basis, Source, entry};
use crate::doctor::cause::{Cause, minute};
use crate::doctor::evidence::Holder;
use crate::doctor::fix::Fix;
use crate::doctor::presented::Presented;
use crate::doctor::scan::Origin;
use crate::doctor::topic::Topic;
use crate::key_credential::KeyCredential;
use crate::suitability::{Validity, validity};
use time::Duration;

/// Reports of delays reach from 4 seconds to some minutes; there is no promise.
const PROPAGATION: Duration = Duration::minutes(15);

/// All that explains a key that is not found. `points`: for the key being the matter at all.
pub(super) fn judge(basis: &Basis<'_>, points: i16) -> Vec<Draft> {
    let mut drafts = taken_for_registration(basis, points);
    let meant = basis.meant();
    let named = basis.presented.as_ref().map(|(presented, _)| presented);
    let on_app = named.and_then(|presented| basis.on_app(presented));

    if let Some(on_app) = on_app {
        drafts.extend(after_all(basis, on_app, points));
    } else {
        let absent = basis.app.is_some() && basis.app_is_whole && named.is_some();
        drafts.push(
            Draft::new(
                Cause::NotRegistered { thumbprint: meant },
                Fix::RegisterCertificate { thumbprint: meant, app_id: basis.target() },
            )
            .because(points, words(named, basis))
            .because_if(absent, 18, || on_the_app(basis, true))
            // What is known, though it does not tell: the thumbprint is not.
            .because_if(basis.app.is_some() && named.is_none(), 0, || on_the_app(basis, false)),
        );
        drafts.extend(named.into_iter().flat_map(|presented| elsewhere(basis, presented, points)));
        if let Some(registered_at) = basis.evidence.registered_at {
            drafts.extend(propagating(basis, registered_at, points));
        } else if basis.findings.mentions(Topic::Intermittent) {
            drafts.push(
                Draft::new(Cause::Propagating { registered_at: None }, Fix::WaitForPropagation)
                    .because(points + 3, "The text says that it works after a while, or now and then."),
            );
        }
    }
    drafts
}

/// What the app has. `compared`: with a thumbprint that is not there.
fn on_the_app(basis: &Basis<'_>, compared: bool) -> String {
    let name = basis.evidence.app_name.as_ref().map_or_else(|| "the app".to_owned(), |name| format!("“{name}”"));
    match (basis.app.map_or(0, crate::key_credential::KeyCredentials::len), compared) {
        (0, _) => format!("The keyCredentials of {name} are empty."),
        (1, true) => format!("The one entry in the keyCredentials of {name} does not have it."),
        (many, true) => format!("None of the {many} keyCredentials of {name} has it."),
        (1, false) => {
            format!("The keyCredentials of {name} have 1 entry; which thumbprint was sent is not in the text.")
        }
        (many, false) => {
            format!("The keyCredentials of {name} have {many} entries; which thumbprint was sent is not in the text.")
        }
    }
}

fn words(named: Option<&Presented>, basis: &Basis<'_>) -> String {
    let source = basis.presented.as_ref().map(|(_, source)| *source);
    match (named, source, basis.code) {
        (Some(presented), Some(Source::Message), _) => {
            format!("Entra did not find the thumbprint that the client sent, {}.", presented.text)
        }
        (Some(presented), _, Some(_)) => format!("Entra did not find the key; the assertion names {}.", presented.text),
        (Some(presented), _, None) => format!("The certificate in question is {}.", presented.text),
        _ => "Entra did not find the key.".into(),
    }
}

/// The thumbprint is on the app now, and Entra did not find it then.
fn after_all(basis: &Basis<'_>, on_app: &KeyCredential, points: i16) -> Vec<Draft> {
    let registered_at = basis.evidence.registered_at;
    let lately = registered_at.is_some_and(|at| basis.at - at <= PROPAGATION);
    let over = is_over(basis, on_app);
    let mut drafts = vec![
        Draft::new(Cause::Propagating { registered_at }, Fix::WaitForPropagation)
            .because(points - 22, "The app has an entry with this thumbprint now.")
            .because_if(over, -30, || "The entry is not valid: no server would take it.".into())
            .because_if(lately, 38, || {
                format!(
                    "It was registered on {}, the refusal is of {}.",
                    registered_at.map(minute).unwrap_or_default(),
                    minute(basis.at)
                )
            }),
    ];
    drafts.extend(outside_its_dates(basis, on_app, points + 6));
    if on_app.certificate().is_none() && on_app.odd_identifier().is_some() {
        drafts.push(
            Draft::new(
                Cause::NotRegistered { thumbprint: None },
                Fix::RegisterCertificate { thumbprint: None, app_id: basis.target() },
            )
            .because(30, "The entry’s customKeyIdentifier is not a thumbprint, so it may be another certificate."),
        );
    }
    drafts
}

/// Whether an entry was not valid when Entra refused.
pub(super) fn is_over(basis: &Basis<'_>, entry: &KeyCredential) -> bool {
    matches!(validity(entry.start(), entry.end(), basis.at), Validity::Expired | Validity::NotYetValid)
}

/// An entry that had ended when Entra refused, or that had not begun.
pub(super) fn outside_its_dates(basis: &Basis<'_>, entry: &KeyCredential, points: i16) -> Option<Draft> {
    let when = format!("{}, {}", if basis.at_is_known { "the refusal" } else { "now" }, minute(basis.at));
    match (validity(entry.start(), entry.end(), basis.at), entry.start(), entry.end()) {
        (Validity::Expired, _, end) => {
            let other = basis.other_valid(entry.thumbprint());
            let text = format!("Its entry on the app ended on {}, before {when}.", end.map(minute).unwrap_or_default());
            Some(Draft::new(Cause::EntryExpired { end, other }, Fix::Renew { other }).because(points, text))
        }
        (Validity::NotYetValid, Some(start), _) => {
            let seconds_ahead = (start - basis.at).whole_seconds();
            let text = format!("Its entry on the app starts on {}, after {when}.", minute(start));
            Some(
                Draft::new(Cause::NotYetValid { start, seconds_ahead }, Fix::WaitUntil { start }).because(points, text),
            )
        }
        _ => None,
    }
}

fn propagating(basis: &Basis<'_>, registered_at: time::OffsetDateTime, points: i16) -> Option<Draft> {
    let age = basis.at - registered_at;
    (age <= PROPAGATION).then(|| {
        Draft::new(Cause::Propagating { registered_at: Some(registered_at) }, Fix::WaitForPropagation)
            .because(points, "Entra did not find the key.")
            .because(
                17,
                format!(
                    "It was registered on {}, {} seconds before the refusal.",
                    minute(registered_at),
                    age.whole_seconds().max(0)
                ),
            )
    })
}

/// The thumbprint is somewhere else, or its key is.
fn elsewhere(basis: &Basis<'_>, presented: &Presented, points: i16) -> Vec<Draft> {
    let mut drafts = vec![];
    let not_found = "Entra did not find it on the app of the request.";
    if let (Some(thumbprint), Some(removed)) = (
        presented.sha1,
        basis
            .evidence
            .removed
            .iter()
            .filter(|removed| Some(removed.thumbprint) == presented.sha1)
            .max_by_key(|removed| removed.at),
    ) {
        let cause = Cause::RemovedLately { thumbprint, at: removed.at, by: removed.by.clone() };
        let by = removed.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        drafts.push(
            Draft::new(cause, Fix::RestoreRemoved { thumbprint })
                .because(points, not_found)
                .because(24, format!("{thumbprint} was on the app until {}, and was removed{by}.", minute(removed.at))),
        );
    }
    let pasted = basis.findings.credentials.iter().map(|found| &found.value);
    let pasted = pasted.filter(|found| entry(&found.credentials, presented).is_some()).filter_map(|found| {
        let app_id = found.app_id.filter(|id| Some(*id) != basis.target())?;
        let name = found.display_name.clone().unwrap_or_else(|| app_id.to_string());
        Some(Holder { name, app_id, object_id: found.object_id, is_service_principal: false })
    });
    let holders: Vec<Holder> = basis.evidence.holders.iter().cloned().chain(pasted).collect();
    for holder in holders.iter().filter(|holder| !holder.is_service_principal) {
        drafts.push(
            Draft::new(
                Cause::OnAnotherApp { holder: holder.clone() },
                Fix::UseOtherClientId { app_id: Some(holder.app_id) },
            )
            .because(points, not_found)
            .because(22, format!("“{}” ({}) has a credential with this thumbprint.", holder.name, holder.app_id)),
        );
    }
    let by_holder = basis
        .evidence
        .holders
        .iter()
        .any(|holder| holder.is_service_principal && Some(holder.app_id) == basis.target());
    let on_principal = basis.service_principal.and_then(|credentials| entry(credentials, presented));
    if let Some(thumbprint) = on_principal
        .and_then(KeyCredential::thumbprint)
        .or(presented.sha1)
        .filter(|_| on_principal.is_some() || by_holder)
    {
        drafts.push(
            Draft::new(
                Cause::OnServicePrincipalOnly { thumbprint },
                Fix::RegisterCertificate { thumbprint: Some(thumbprint), app_id: basis.target() },
            )
            .because(points, not_found)
            .because(20, "The enterprise application’s keyCredentials have it, the app registration’s do not.")
            .because(0, "Whether Entra looks in both places is not documented; people mostly report that it does."),
        );
    }
    drafts.extend(renewed(basis, presented, points));
    drafts.extend(another_signs(basis, presented, points));
    drafts
}

/// Another certificate over the same public key is registered.
fn renewed(basis: &Basis<'_>, presented: &Presented, points: i16) -> Option<Draft> {
    let sent = basis.certificate_of(presented)?;
    let registered = basis
        .app?
        .iter()
        .filter_map(KeyCredential::certificate)
        .find(|known| known.sha256() != sent.sha256() && known.public_key_der() == sent.public_key_der())?;
    let cause = Cause::RenewedUnderSameKey { registered: registered.sha1(), sent: sent.sha1() };
    Some(
        Draft::new(cause, Fix::RegisterCertificate { thumbprint: Some(sent.sha1()), app_id: basis.target() })
            .because(points, format!("The client sends {}, which is not on the app.", sent.sha1()))
            .because(25, format!("{} is on the app and has the same public key.", registered.sha1()))
            .because_if(basis.findings.mentions(Topic::Renewed), 2, || "The text speaks of a renewal.".into()),
    )
}

/// The certificate at hand is not the one that was sent.
fn another_signs(basis: &Basis<'_>, presented: &Presented, points: i16) -> Option<Draft> {
    let at_hand: &Certificate = basis.certificates.first().copied()?;
    let source = basis.presented.as_ref().map(|(_, source)| *source)?;
    if source == Source::Text || presented.means(at_hand.sha1(), at_hand.sha256()) {
        return None;
    }
    // Public keys tell a renewal, which has a verdict of its own.
    if basis.certificate_of(presented).is_some_and(|sent| sent.public_key_der() == at_hand.public_key_der()) {
        return None;
    }
    let registered = basis.app.is_some_and(|app| app.find_certificate(at_hand).is_some());
    let expected = at_hand.sha1();
    Some(
        Draft::new(
            Cause::AnotherCertificateSigns { expected, sent: presented.sha1 },
            Fix::SignWithOther { thumbprint: Some(expected) },
        )
        .because(points - 8, format!("The client sent {}; the certificate at hand is {expected}.", presented.text))
        .because_if(registered, 28, || "The certificate at hand is registered on the app.".into()),
    )
}

/// What people take for a registration.
pub(super) fn taken_for_registration(basis: &Basis<'_>, points: i16) -> Vec<Draft> {
    let mut drafts = vec![];
    let target = basis.target();
    let thumbprint = basis.meant();
    let register = || Fix::RegisterCertificate { thumbprint, app_id: target };
    let has_property = basis.evidence.trusted_certificate_subjects == Some(true)
        || basis.findings.trusted_certificate_subjects.is_some();
    let has_x5c = basis.header().is_some_and(|header| header.x5c.is_some());
    let mentioned = basis.findings.mentions(Topic::SubjectNameIssuer);
    if has_property || has_x5c || mentioned {
        drafts.push(
            Draft::new(Cause::TrustedSubjectsRegisterNothing, register())
                .because(points - 20, "Entra looked for a registered thumbprint all the same.")
                .because_if(has_property, 40, || "The app has trustedCertificateSubjects.".into())
                .because_if(mentioned && !has_property, 26, || {
                    "The text speaks of subject name and issuer, or of sending x5c.".into()
                })
                .because_if(has_x5c, 6, || "The assertion carries x5c, which matters only there.".into()),
        );
    }
    for (topic, what) in [
        (Topic::KeyVaultRole, "a role or access policy on a Key Vault"),
        (Topic::ManagedIdentity, "a managed identity"),
    ] {
        // Chained credentials name every kind that they tried, so the word alone says little.
        let chained = basis.findings.mentions(Topic::CredentialChain);
        if basis.findings.mentions(topic) {
            let known_absent = basis.app.is_some() && basis.app_is_whole;
            drafts.push(
                Draft::new(Cause::RoleRegistersNothing { topic }, register())
                    .because(points, "Entra has no such key on the app.")
                    .because_if(topic == Topic::KeyVaultRole, 4, || format!("The text speaks of {what}."))
                    .because_if(topic == Topic::ManagedIdentity, 2, || format!("The text speaks of {what}."))
                    .because_if(known_absent, 16, || "The app’s keyCredentials do not have the certificate.".into())
                    .because_if(chained, -25, || "It may only be one of several credentials that were tried.".into()),
            );
        }
    }
    drafts
}

/// App, tenant and cloud of the request against those that are known.
pub(super) fn misdirected(basis: &Basis<'_>) -> Vec<Draft> {
    let mut drafts = vec![];
    if let (Some(sent), Some(expected)) = basis.app_ids()
        && sent != expected
    {
        drafts.push(
            Draft::new(
                Cause::WrongClientId { sent: Some(sent), expected: Some(expected) },
                Fix::UseOtherClientId { app_id: Some(expected) },
            )
            .because(90, format!("The request is for {sent}; the app in question is {expected}.")),
        );
    }
    if let (Some((asked, host)), Some(cloud)) = (basis.asked_cloud(), basis.evidence.cloud)
        && asked != cloud
    {
        drafts.push(
            Draft::new(
                Cause::WrongCloud { sent: Some(host.to_owned()), expected: Some(cloud.login_host().to_owned()) },
                Fix::UseOtherCloud { host: Some(cloud.login_host().to_owned()) },
            )
            .because(93, format!("The request goes to {host}; the app is in {cloud}.")),
        );
    }
    let is_guid = |text: &str| text.len() == 36 && !text.contains('.');
    let asked =
        basis.findings.tenants.iter().find(|tenant| tenant.origin == Origin::Url).map(|tenant| tenant.value.as_str());
    if let (Some(asked), Some(expected)) = (asked, basis.evidence.tenant.as_deref())
        && is_guid(asked)
        && is_guid(expected)
        && !asked.eq_ignore_ascii_case(expected)
    {
        drafts.push(
            Draft::new(
                Cause::WrongTenant { sent: Some(asked.to_owned()), expected: Some(expected.to_owned()) },
                Fix::UseOtherTenant { tenant: Some(expected.to_owned()) },
            )
            .because(
                82,
                format!("The request goes to the tenant {asked}; the app’s credentials are of the tenant {expected}."),
            ),
        );
    }
    drafts
}

//! Findings and evidence, put side by side for the rules.

use super::assertion::{Assertion, AssertionHeader};
use super::cloud::Cloud;
use super::evidence::Evidence;
use super::message::Message;
use super::paste::{Findings, HolderKind};
use super::presented::Presented;
use crate::certificate::Certificate;
use crate::ids::AppId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::suitability::signs_in;
use crate::thumbprint::Thumbprint;
use time::OffsetDateTime;

/// Where the client's thumbprint was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Message,
    X5t,
    X5tS256,
    /// A thumbprint or certificate that stands by itself.
    Text,
}

pub(super) struct Basis<'a> {
    pub findings: &'a Findings,
    pub evidence: &'a Evidence,
    pub message: Option<Message>,
    pub code: Option<u32>,
    pub assertion: Option<&'a Assertion>,
    /// When Entra refused; without a timestamp, now.
    pub at: OffsetDateTime,
    pub at_is_known: bool,
    pub presented: Option<(Presented, Source)>,
    pub app: Option<&'a KeyCredentials>,
    /// Whether `app` is the whole collection, so that what is not in it is not on the app.
    pub app_is_whole: bool,
    pub service_principal: Option<&'a KeyCredentials>,
    /// Certificates at hand: evidence, paste, `x5c`.
    pub certificates: Vec<&'a Certificate>,
}

impl<'a> Basis<'a> {
    pub(super) fn new(findings: &'a Findings, evidence: &'a Evidence) -> Self {
        let message = findings.cause();
        let assertion = findings.assertion();
        let asked = evidence.app_id.or_else(|| findings.app_id());
        let pasted = |wanted: fn(HolderKind) -> bool| {
            let own = findings.credentials.iter().map(|found| &found.value).filter(|found| wanted(found.holding));
            own.filter(|found| found.app_id.is_none() || found.app_id == asked).map(|found| &found.credentials).next()
        };
        let app =
            evidence.app_credentials.as_ref().or_else(|| pasted(|holding| holding != HolderKind::ServicePrincipal));
        let x5c = assertion.and_then(|assertion| assertion.header.x5c.as_ref());
        Self {
            presented: presented(message.as_ref(), assertion, findings, evidence),
            code: findings.code(),
            at: findings.timestamp.unwrap_or(evidence.now),
            at_is_known: findings.timestamp.is_some(),
            app,
            app_is_whole: evidence.app_credentials.is_some() || app.is_some_and(|app| app.len() != 1),
            service_principal: evidence
                .service_principal_credentials
                .as_ref()
                .or_else(|| pasted(|holding| holding == HolderKind::ServicePrincipal)),
            certificates: evidence
                .certificate
                .iter()
                .chain(findings.certificates.iter().map(|found| &found.value.certificate))
                .chain(x5c.iter().flat_map(|x5c| &x5c.certificates))
                .collect(),
            message,
            assertion,
            findings,
            evidence,
        }
    }

    pub(super) fn header(&self) -> Option<&'a AssertionHeader> {
        self.assertion
            .map(|assertion| &assertion.header)
            .filter(|header| header.alg.is_some() || !header.names_no_certificate())
    }

    /// The app that was asked for, and the app that is known to hold the certificate.
    pub(super) fn app_ids(&self) -> (Option<AppId>, Option<AppId>) {
        (self.findings.app_id(), self.evidence.app_id)
    }

    /// Where to register: what the person looks at, else what the error names.
    pub(super) fn target(&self) -> Option<AppId> {
        self.evidence.app_id.or_else(|| self.findings.app_id())
    }

    pub(super) fn meant(&self) -> Option<Thumbprint> {
        let presented = &self.presented.as_ref()?.0;
        presented.sha1.or_else(|| self.certificate_of(presented).map(Certificate::sha1))
    }

    /// The certificate that a thumbprint names, where it is at hand or on the app.
    pub(super) fn certificate_of(&self, presented: &Presented) -> Option<&'a Certificate> {
        let names = |certificate: &&Certificate| presented.means(certificate.sha1(), certificate.sha256());
        let registered =
            || self.app.into_iter().chain(self.service_principal).flatten().filter_map(KeyCredential::certificate);
        self.certificates.iter().copied().find(names).or_else(|| registered().find(|certificate| names(certificate)))
    }

    /// The app's entry with this thumbprint.
    pub(super) fn on_app(&self, presented: &Presented) -> Option<&'a KeyCredential> {
        self.app.and_then(|app| entry(app, presented))
    }

    /// Another certificate on the app that is valid.
    pub(super) fn other_valid(&self, than: Option<Thumbprint>) -> Option<Thumbprint> {
        self.app?
            .iter()
            .filter(|entry| entry.thumbprint() != than && signs_in(entry, self.evidence.now))
            .max_by_key(|entry| entry.end())?
            .thumbprint()
    }

    /// The cloud of the request, where its host is one of Microsoft's.
    pub(super) fn asked_cloud(&self) -> Option<(Cloud, &'a str)> {
        // An error page's or documentation's address says nothing about the request.
        let hosts = self.findings.tenants.iter().filter(|tenant| tenant.origin == super::scan::Origin::Url);
        let host = hosts.filter_map(|tenant| {
            self.findings
                .hosts
                .iter()
                .find(|host| host.span.end < tenant.span.start && tenant.span.start - host.span.end <= 3)
        });
        host.map(|host| host.value.as_str()).find_map(|host| Some((Cloud::of_host(host)?, host)))
    }
}

pub(super) fn entry<'a>(credentials: &'a KeyCredentials, presented: &Presented) -> Option<&'a KeyCredential> {
    credentials.iter().filter(|entry| entry.is_for_sign_in()).find(|entry| {
        let by_certificate =
            entry.certificate().is_some_and(|certificate| presented.means(certificate.sha1(), certificate.sha256()));
        by_certificate || (presented.sha1.is_some() && entry.thumbprint() == presented.sha1)
    })
}

fn presented(
    message: Option<&Message>,
    assertion: Option<&Assertion>,
    findings: &Findings,
    evidence: &Evidence,
) -> Option<(Presented, Source)> {
    let header = assertion.map(|assertion| &assertion.header);
    let from_message = message.and_then(|message| message.thumbprint.clone()).map(|value| (value, Source::Message));
    let whole = from_message.clone().filter(|(value, _)| value.dialect != super::presented::Dialect::CutOff);
    whole
        .or_else(|| header.and_then(AssertionHeader::x5t_presented).map(|value| (value, Source::X5t)))
        .or_else(|| header.and_then(AssertionHeader::x5t_s256_presented).map(|value| (value, Source::X5tS256)))
        .or(from_message)
        .or_else(|| {
            let certificates = findings.certificates.iter().map(|found| found.value.certificate.sha1());
            // What stands by itself is what the client sends, unless it is the certificate at hand anyway.
            let sha1 = findings.thumbprints.iter().map(|found| found.value).chain(certificates).next();
            let sha1 = sha1.or_else(|| evidence.certificate.as_ref().map(Certificate::sha1))?;
            Some((Presented::of_message(&sha1.hex(), false), Source::Text))
        })
}

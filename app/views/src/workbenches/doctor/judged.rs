//! From a paste and what the directory knows to all that the page shows.

use super::code::Code;
use crate::data::problem::Problem;
use crate::data::search::EvidenceView;
use crate::scene::PortalAuthority;
use crate::viewer::Viewer;
use domain::certificate::Certificate;
use domain::doctor::assertion::AssertionHeader;
use domain::doctor::diagnosis::{Verdict, diagnose};
use domain::doctor::evidence::Evidence;
use domain::doctor::header::{HeaderComparison, compare};
use domain::doctor::paste::Findings;
use domain::doctor::presented::Presented;
use domain::ids::AppId;
use domain::key_credential::KeyCredential;
use domain::thumbprint::Thumbprint;
use std::sync::Arc;
use time::OffsetDateTime;

/// More thumbprints are not looked up.
const MOST_THUMBPRINTS: usize = 10;

/// What is asked of the directory: ids and thumbprints, and nothing else of the paste.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    pub app: Option<AppId>,
    pub thumbprints: Vec<Thumbprint>,
}

impl Question {
    /// `app`: chosen by the person, and before the paste's. `certificate`: at hand.
    pub fn of(findings: &Findings, app: Option<AppId>, certificate: Option<&Certificate>) -> Self {
        let message = findings.cause().and_then(|cause| cause.thumbprint);
        let header = findings.assertion().map(|assertion| &assertion.header);
        let of_header = header.into_iter().flat_map(|header| [header.x5t_presented(), header.x5t_s256_presented()]);
        let presented = message.into_iter().chain(of_header.flatten()).filter_map(|presented| presented.sha1);
        let alone = findings.thumbprints.iter().map(|found| found.value);
        let pasted = findings.certificates.iter().map(|found| found.value.certificate.sha1());
        let mut thumbprints: Vec<Thumbprint> = Vec::new();
        for thumbprint in presented.chain(alone).chain(pasted).chain(certificate.map(Certificate::sha1)) {
            if !thumbprints.contains(&thumbprint) && thumbprints.len() < MOST_THUMBPRINTS {
                thumbprints.push(thumbprint);
            }
        }
        Self { app: app.or_else(|| findings.app_id()), thumbprints }
    }

    pub fn is_empty(&self) -> bool {
        self.app.is_none() && self.thumbprints.is_empty()
    }

    /// `the client id and 2 thumbprints`.
    pub fn words(&self) -> String {
        let thumbprints = match self.thumbprints.len() {
            0 => None,
            1 => Some("the thumbprint".to_owned()),
            many => Some(format!("{many} thumbprints")),
        };
        let app = self.app.map(|_| "the client id".to_owned());
        app.into_iter().chain(thumbprints).collect::<Vec<_>>().join(" and ")
    }
}

/// The directory's answer, where it has answered.
pub type Answered = Option<Result<Arc<EvidenceView>, Problem>>;

/// Everything that the page shows about a paste.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub(super) best: Verdict,
    pub(super) others: Vec<Verdict>,
    pub(super) comparison: Option<HeaderComparison>,
    /// For [`CodeView`](super::CodeView).
    pub code: Option<Code>,
    pub(super) view: Option<Arc<EvidenceView>>,
    /// Certificates in this browser.
    pub(super) held: Vec<Certificate>,
    pub(super) shortened: bool,
}

impl Judged {
    /// `dropped`: the certificate that the client should use.
    pub fn of(
        findings: &Findings,
        answered: &Answered,
        dropped: Option<&Certificate>,
        viewer: Option<&Viewer>,
        portal: Option<&PortalAuthority>,
        now: OffsetDateTime,
    ) -> Self {
        let view = answered.as_ref().and_then(|answer| answer.as_ref().ok());
        let mut evidence = view.map_or_else(|| Evidence::at(now), |view| view.evidence.clone());
        if let Some(certificate) = dropped {
            evidence.certificate = Some(certificate.clone());
        }
        let mut others = diagnose(findings, &evidence);
        let best = others.remove(0);
        let certificate = expected(findings, &evidence);
        let names_one = |header: &AssertionHeader| header.alg.is_some() || !header.names_no_certificate();
        let header = findings.assertion().map(|assertion| &assertion.header).filter(|header| names_one(header));
        let held = findings.certificates.iter().map(|found| &found.value.certificate);
        Self {
            comparison: certificate.as_ref().zip(header).map(|(certificate, header)| compare(certificate, header)),
            code: certificate.as_ref().and_then(|it| Code::of(viewer, portal, findings, &evidence, it)),
            held: evidence.certificate.iter().chain(held).cloned().collect(),
            view: view.cloned(),
            shortened: findings.shortened,
            best,
            others,
        }
    }
}

/// The certificate that the header should name: the one that it means; else the one at hand. Where nothing can be told
/// from the header, the one on the app that lasts longest.
fn expected(findings: &Findings, evidence: &Evidence) -> Option<Certificate> {
    let at_hand = evidence.certificate.iter().chain(findings.certificates.iter().map(|found| &found.value.certificate));
    let pasted = findings.credentials.first().map(|found| &found.value.credentials);
    let credentials = evidence.app_credentials.as_ref().or(pasted);
    let registered = || {
        let verifying = credentials.into_iter().flatten().filter(|entry| entry.is_for_sign_in());
        verifying.filter_map(KeyCredential::certificate)
    };
    let header = findings.assertion().map(|assertion| &assertion.header);
    let of_header = header.into_iter().flat_map(|header| [header.x5t_presented(), header.x5t_s256_presented()]);
    let presented: Vec<Presented> =
        of_header.flatten().chain(findings.cause().and_then(|cause| cause.thumbprint)).collect();
    let meant = |it: &&Certificate| presented.iter().any(|presented| presented.means(it.sha1(), it.sha256()));
    let understood = presented.iter().any(|presented| presented.sha1.is_some() || presented.sha256.is_some());
    at_hand
        .clone()
        .chain(registered())
        .find(meant)
        .or_else(|| at_hand.clone().next())
        .or_else(|| registered().filter(|_| !understood).max_by_key(|it| it.facts().not_after))
        .cloned()
}

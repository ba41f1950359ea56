//! The search over every app's credentials, and what the doctor asks of the directory.

use super::certificates::CertificateSummary;
use super::problem::Problem;
use domain::credentials::KeyUsage;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::suitability::Validity;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
#[cfg(feature = "ssr")]
use {super::support::desk, super::support::parse};

/// Where something is registered: one entry of an application's or a service principal's `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The object's id.
    pub object_id: ObjectId,
    /// The client id.
    pub app_id: AppId,
    /// The object's name.
    pub display_name: String,
    /// It is a service principal, and not an application.
    pub on_service_principal: bool,
    /// `keyId`.
    pub key_id: Option<KeyId>,
    /// `displayName` of the entry.
    pub entry_name: Option<String>,
    /// SHA-1, where `customKeyIdentifier` is one.
    pub thumbprint: Option<Thumbprint>,
    /// What it is for; of what is not known, the text that Graph sent.
    pub usage: Option<KeyUsage>,
    /// `endDateTime`.
    pub end: Option<OffsetDateTime>,
    /// Whether it is in force.
    pub validity: Validity,
}

/// The answer of the search over every app's credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holders {
    /// What the words were taken for, for instance `SHA-1 thumbprint, as base64url`.
    pub taken_for: String,
    /// At most 100.
    pub holdings: Vec<Holding>,
    /// How many apps were searched, and as they were when.
    pub apps: u64,
    /// When the apps were read.
    #[serde(with = "time::serde::rfc3339")]
    pub indexed_at: OffsetDateTime,
}

/// What the doctor asks the directory: everything but the paste itself, which stays in the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRequest {
    /// The client id in the paste, or the one that the person chose.
    pub app: Option<AppId>,
    /// Thumbprints in the paste, SHA-1 in hexadecimal.
    pub thumbprints: Vec<Thumbprint>,
    /// A certificate that was uploaded before.
    pub certificate: Option<Sha256Thumbprint>,
}

/// What the directory knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// What the diagnosis reads.
    pub evidence: domain::doctor::evidence::Evidence,
    /// The app, where there is one with that client id.
    pub app: Option<(ObjectId, AppId, String)>,
    /// Certificates at hand (uploaded before by anyone in this portal) with the thumbprints in question.
    pub at_hand: Vec<CertificateSummary>,
}

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait SearchPort: Send + Sync {
    /// Searches every app's credentials: a thumbprint in any spelling, a keyId, a name.
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem>;
    /// What the directory and the portal know about what was pasted.
    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem>;
}

/// Who holds it: a thumbprint in any spelling, a keyId, a name.
#[server(input = GetUrl, prefix = "/api", endpoint = "find-holders")]
pub async fn find_holders(words: String) -> Result<Holders, Problem> {
    desk()?.find_holders(&words).await
}

/// `app`: a client id or empty; `thumbprints`: SHA-1 in hexadecimal, comma separated; `certificate`: the SHA-256 of an
/// uploaded one or empty. Nothing else of what a person pasted is ever sent.
#[server(input = GetUrl, prefix = "/api", endpoint = "doctor-evidence")]
pub async fn doctor_evidence(
    #[server(default)] app: String,
    #[server(default)] thumbprints: String,
    #[server(default)] certificate: String,
) -> Result<EvidenceView, Problem> {
    let request = EvidenceRequest {
        app: if app.is_empty() { None } else { Some(parse("client id", &app)?) },
        thumbprints: thumbprints
            .split(',')
            .filter(|text| !text.is_empty())
            .map(|text| parse("SHA-1 thumbprint", text))
            .collect::<Result<_, _>>()?,
        certificate: if certificate.is_empty() { None } else { Some(parse("SHA-256 thumbprint", &certificate)?) },
    };
    desk()?.doctor_evidence(&request).await
}

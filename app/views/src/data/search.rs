//! The search over every app's credentials, and what the doctor asks of the directory.

use super::certificates::CertificateSummary;
use domain::credentials::KeyUsage;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::suitability::Validity;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

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

/// An app without an entry in its `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BareApp {
    /// The application's object id.
    pub object_id: ObjectId,
    /// The client id.
    pub app_id: AppId,
    /// The app's name.
    pub display_name: String,
}

/// The answer of the search over every app and its credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holders {
    /// What the words were taken for, for instance `SHA-1 thumbprint, as base64url`.
    pub taken_for: String,
    /// At most 100.
    pub holdings: Vec<Holding>,
    /// Apps that have the name or the id, and no certificate that could be found. At most 20.
    pub bare: Vec<BareApp>,
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

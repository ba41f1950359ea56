//! What is known beside the paste.

use super::cloud::Cloud;
use super::wire;
use crate::certificate::Certificate;
use crate::ids::{AppId, KeyId, ObjectId};
use crate::key_credential::KeyCredentials;
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Everything is optional but the time. Nothing here is needed; each part makes verdicts more certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// By which ends and starts are judged.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
    /// Client id of the app in question.
    pub app_id: Option<AppId>,
    /// Its `displayName`.
    pub app_name: Option<String>,
    /// A client id of the paste that no app and no service principal of the tenant has.
    #[serde(default)]
    pub no_app: Option<NoApp>,
    /// The tenant in which the app's credentials were read: a GUID or a domain.
    pub tenant: Option<String>,
    /// In which its tenant is.
    pub cloud: Option<Cloud>,
    /// The application's `keyCredentials`, all of them.
    #[serde(with = "wire::credentials::option")]
    pub app_credentials: Option<KeyCredentials>,
    /// The service principal's `keyCredentials`, all of them.
    #[serde(with = "wire::credentials::option")]
    pub service_principal_credentials: Option<KeyCredentials>,
    /// Other objects that hold the thumbprint in question.
    pub holders: Vec<Holder>,
    /// The certificate with which the client should sign.
    pub certificate: Option<Certificate>,
    /// What was taken from the app lately.
    pub removed: Vec<Removed>,
    /// When the certificate in question was registered.
    #[serde(with = "time::serde::rfc3339::option")]
    pub registered_at: Option<OffsetDateTime>,
    /// Whether the app has `trustedCertificateSubjects`.
    pub trusted_certificate_subjects: Option<bool>,
}

/// An id that was taken for a client id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoApp {
    /// As the paste has it.
    pub id: AppId,
    /// It is the object id of this one.
    pub object_of: Option<Holder>,
}

/// Another application, or a service principal, with the same certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its `displayName`.
    pub name: String,
    /// Its client id.
    pub app_id: AppId,
    /// Its object id, where that is known.
    pub object_id: Option<ObjectId>,
    /// Else an application.
    pub is_service_principal: bool,
}

/// A credential that the app no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Of its certificate.
    pub thumbprint: Thumbprint,
    /// Of the entry.
    pub key_id: Option<KeyId>,
    /// When it went, or was first missed.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who or what did it.
    pub by: Option<String>,
}

impl Evidence {
    /// Nothing but the time.
    pub fn at(now: OffsetDateTime) -> Self {
        Self {
            now,
            app_id: None,
            app_name: None,
            no_app: None,
            tenant: None,
            cloud: None,
            app_credentials: None,
            service_principal_credentials: None,
            holders: vec![],
            certificate: None,
            removed: vec![],
            registered_at: None,
            trusted_certificate_subjects: None,
        }
    }
}

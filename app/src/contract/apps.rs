//! App registrations: lists, and each on its own page.

use super::paging::Page;
use super::problem::Problem;
use domain::certificate::CertificateFacts;
use domain::credentials::{KeyCredentialType, KeyUsage};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::suitability::Validity;
use domain::thumbprint::Thumbprint;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;
#[cfg(feature = "ssr")]
use {super::support::desk, super::support::parse};

/// Whose apps a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Mine,
    All,
}

/// What the app list shows. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AppQuery {
    pub scope: Scope,
    /// Part of a name, or an application (client) id, or an object id.
    pub search: String,
    /// From 1.
    pub page: u32,
    pub descending: bool,
}

/// An app registration in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppRow {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub certificates: u32,
    pub secrets: u32,
    /// The certificate that ends next (or ended last, where all have ended).
    pub next_end: Option<OffsetDateTime>,
    /// Of that certificate; absent where the app has none.
    pub validity: Option<Validity>,
}

/// Who put a credential there, known only for pushes made here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedBy {
    pub name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub receipt: Uuid,
}

/// One entry of `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRow {
    pub key_id: Option<KeyId>,
    pub display_name: Option<String>,
    pub usage: Option<KeyUsage>,
    pub kind: Option<KeyCredentialType>,
    /// From the certificate itself where Graph returned it, else from `customKeyIdentifier` if that is a SHA-1.
    pub thumbprint: Option<Thumbprint>,
    /// `customKeyIdentifier` as Graph sent it, where it is not the certificate's thumbprint.
    pub odd_identifier: Option<String>,
    pub start: Option<OffsetDateTime>,
    pub end: Option<OffsetDateTime>,
    pub validity: Validity,
    pub certificate: Option<CertificateFacts>,
    pub added_by: Option<AddedBy>,
    /// This entry is the app's `tokenEncryptionKeyId`.
    pub encrypts_tokens: bool,
}

/// One entry of `passwordCredentials` (never its value).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    pub key_id: Option<KeyId>,
    pub display_name: Option<String>,
    pub hint: Option<String>,
    pub end: Option<OffsetDateTime>,
    pub validity: Validity,
}

/// One entry of `trustedCertificateSubjects`: Microsoft-internal, registers nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedSubject {
    pub authority_id: String,
    pub subject_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub name: String,
    pub username: Option<String>,
}

/// An app registration on its own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppDetail {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub sign_in_audience: Option<String>,
    pub created: Option<OffsetDateTime>,
    pub credentials: Vec<CredentialRow>,
    pub secrets: Vec<SecretRow>,
    pub owners: Vec<Owner>,
    pub trusted_subjects: Vec<TrustedSubject>,
    /// The viewer is among the owners.
    pub mine: bool,
    /// The same app in the Entra admin center, where the cloud has one.
    pub admin_center_url: Option<String>,
}

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait AppsPort: Send + Sync {
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem>;
    /// Names for chosen apps that are not on the page in view.
    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem>;
    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem>;
}

#[server(input = GetUrl, prefix = "/api", endpoint = "apps")]
pub async fn apps(query: AppQuery) -> Result<Page<AppRow>, Problem> {
    desk()?.apps(&query).await
}

/// `ids`: object ids, comma separated.
#[server(input = GetUrl, prefix = "/api", endpoint = "app-names")]
pub async fn app_names(ids: String) -> Result<Vec<(String, String)>, Problem> {
    let ids =
        ids.split(',').filter(|id| !id.is_empty()).map(|id| parse("object id", id)).collect::<Result<Vec<_>, _>>()?;
    Ok(desk()?.app_names(&ids).await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

#[server(input = GetUrl, prefix = "/api", endpoint = "app")]
pub async fn app(id: String) -> Result<AppDetail, Problem> {
    desk()?.app(parse("object id", &id)?).await
}

//! App registrations: lists, and each on its own page.

use super::items::ChangeView;
use super::secrets::RemovalView;
use super::teams::TeamOfApp;
use crate::viewer::Viewer;
use domain::certificate::CertificateFacts;
use domain::credentials::{KeyCredentialType, KeyUsage};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::inventory::LastUse;
use domain::secret_removal::MoveStep;
use domain::suitability::Validity;
use domain::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Whose apps a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Those that the viewer owns.
    Mine,
    /// All that Entra lists to the viewer.
    All,
}

impl Scope {
    /// What this person's lists open on: all for administrators and auditors, their own for others.
    pub fn of(viewer: &Viewer) -> Self {
        if viewer.sees_whole_audit() { Self::All } else { Self::Mine }
    }
}

/// Whether Entra lets the viewer change an app, as far as the portal can tell. Entra decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// As one of its owners.
    Owner,
    /// By a directory role for every app.
    Role,
    /// Neither, as the sign-in has it. A role for this app alone does not show there.
    Missing,
    /// The sign-in does not tell the directory roles, or the owners could not be read.
    #[default]
    Unknown,
}

impl Right {
    /// `every_app`: of [`Viewer`]; `owner`: absent where that is not known.
    pub fn of(every_app: Option<bool>, owner: Option<bool>) -> Self {
        match (every_app, owner) {
            (_, Some(true)) => Self::Owner,
            (Some(true), _) => Self::Role,
            (Some(false), Some(false)) => Self::Missing,
            (Some(false) | None, _) => Self::Unknown,
        }
    }

    /// Whether it is known that a write would be refused.
    pub fn is_missing(self) -> bool {
        self == Self::Missing
    }
}

/// What the app list shows. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AppQuery {
    /// Whose.
    pub scope: Scope,
    /// Part of a name, or an application (client) id, or an object id.
    pub search: String,
    /// From 1.
    pub page: u32,
    /// By name, from Z to A.
    pub descending: bool,
}

/// An app registration in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppRow {
    /// The application's object id, `id` in Graph.
    pub object_id: ObjectId,
    /// The client id, `appId` in Graph.
    pub app_id: AppId,
    /// The app's name, `displayName` in Graph.
    pub display_name: String,
    /// Entries of `keyCredentials`.
    pub certificates: u32,
    /// Entries of `passwordCredentials`.
    pub secrets: u32,
    /// The certificate that ends next (or ended last, where all have ended).
    pub next_end: Option<OffsetDateTime>,
    /// Of that certificate; absent where the app has none.
    pub validity: Option<Validity>,
    /// Of the viewer.
    pub right: Right,
}

/// Who put a credential there, known only for pushes made here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedBy {
    /// The person's name, as it was then.
    pub name: String,
    /// When the push ended for this app.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Of that push.
    pub receipt: Uuid,
}

/// One entry of `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRow {
    /// `keyId`; absent where Graph sent none.
    pub key_id: Option<KeyId>,
    /// `displayName` of the entry.
    pub display_name: Option<String>,
    /// What it is for; of what is not known, the text that Graph sent.
    pub usage: Option<KeyUsage>,
    /// The property `type`; of what is not known, the text that Graph sent.
    pub kind: Option<KeyCredentialType>,
    /// From the certificate itself where Graph returned it, else from `customKeyIdentifier` if that is a SHA-1.
    pub thumbprint: Option<Thumbprint>,
    /// `customKeyIdentifier` as Graph sent it, where it is not the certificate's thumbprint.
    pub odd_identifier: Option<String>,
    /// `startDateTime`.
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`.
    pub end: Option<OffsetDateTime>,
    /// Whether it is in force.
    pub validity: Validity,
    /// Read out of `key`; absent where Graph sent none.
    pub certificate: Option<CertificateFacts>,
    /// Absent where no push of this portal added it.
    pub added_by: Option<AddedBy>,
    /// This entry is the app's `tokenEncryptionKeyId`.
    pub encrypts_tokens: bool,
    /// Absent where the inventory does not show the app to the viewer.
    pub last_use: Option<LastUse>,
}

/// One entry of `passwordCredentials` (never its value).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    /// `keyId`; absent where Graph sent none.
    pub key_id: Option<KeyId>,
    /// `displayName` of the secret.
    pub display_name: Option<String>,
    /// Its first three characters, as Graph tells them.
    pub hint: Option<String>,
    /// `startDateTime`.
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`.
    pub end: Option<OffsetDateTime>,
    /// Whether it is in force.
    pub validity: Validity,
    /// Absent where the inventory does not show the app to the viewer.
    pub last_use: Option<LastUse>,
}

/// One entry of `trustedCertificateSubjects`: Microsoft-internal, registers nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedSubject {
    /// Of the list of authorities in Graph.
    pub authority_id: String,
    /// The subject that is trusted.
    pub subject_name: String,
}

/// Who owns an app: a person or a service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// `displayName`.
    pub name: String,
    /// `userPrincipalName`; absent for service principals.
    pub username: Option<String>,
}

/// An app registration on its own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppDetail {
    /// The application's object id, `id` in Graph.
    pub object_id: ObjectId,
    /// The client id, `appId` in Graph.
    pub app_id: AppId,
    /// The app's name, `displayName` in Graph.
    pub display_name: String,
    /// `signInAudience`: who may sign in to it.
    pub sign_in_audience: Option<String>,
    /// `createdDateTime`.
    pub created: Option<OffsetDateTime>,
    /// `keyCredentials`, in their order.
    pub credentials: Vec<CredentialRow>,
    /// `passwordCredentials`, in their order.
    pub secrets: Vec<SecretRow>,
    /// Where it is on its way from secrets to a certificate; absent where it has no secret.
    pub moving: Option<MoveStep>,
    /// Removals of its secrets that were made here, the newest first.
    pub removed_secrets: Vec<RemovalView>,
    /// Empty where there are none.
    pub owners: Vec<Owner>,
    /// Empty where there are none.
    pub trusted_subjects: Vec<TrustedSubject>,
    /// That look after it beside its owners.
    pub teams: Vec<TeamOfApp>,
    /// Changes of its credentials that no push of the portal made. Empty where there are none, and where the viewer is
    /// neither an owner nor sees everything.
    pub changes: Vec<ChangeView>,
    /// The inventory has it, and the viewer sees it there.
    pub in_inventory: bool,
    /// The viewer is among the owners.
    pub mine: bool,
    /// Of the viewer.
    pub right: Right,
    /// The same app in the Entra admin center, where the cloud has one.
    pub admin_center: Option<AdminCenterPages>,
}

/// Pages of the Entra admin center about one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminCenterPages {
    /// What it is.
    pub overview: String,
    /// Its certificates and secrets.
    pub credentials: String,
}

#[cfg(test)]
mod tests {
    use super::Right;

    #[test]
    fn a_right_is_missing_only_where_both_are_known() {
        assert_eq!(Right::of(Some(false), Some(false)), Right::Missing);
        for (every_app, owner) in [(None, Some(false)), (Some(false), None), (None, None)] {
            assert_eq!(Right::of(every_app, owner), Right::Unknown);
        }
        assert_eq!([Right::of(None, Some(true)), Right::of(Some(true), None)], [Right::Owner, Right::Role]);
    }
}

//! Client secrets, each on its own page: before one goes, and after.

use super::apps::{Owner, Right, SecretRow};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::inventory::LastUse;
use domain::rollout::Outcome;
use domain::secret_removal::{MoveStep, RemovalRisk};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

/// A secret of an app, or what is kept of its removal: one of them at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// Of the app.
    pub object_id: ObjectId,
    /// Its client id.
    pub app_id: AppId,
    /// Its `displayName`.
    pub app_name: String,
    /// Of the viewer.
    pub right: Right,
    /// Who owns the app.
    pub owners: Vec<Owner>,
    /// Other secrets of the app, whether in force or not.
    pub left: usize,
    /// Absent where the app has no such secret.
    pub secret: Option<SecretToRemove>,
    /// The last removal of it that was made here.
    pub removal: Option<RemovalView>,
    /// A request for its removal that is not over, of those that the viewer sees.
    pub asked: Option<Uuid>,
    /// When the app was read.
    #[serde(with = "rfc3339")]
    pub read_at: OffsetDateTime,
}

/// What is to be known before it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretToRemove {
    /// The secret itself.
    pub row: SecretRow,
    /// What speaks against it.
    pub risk: RemovalRisk,
    /// What is left to sign in with.
    pub others: OtherWays,
    /// Where the app is on its way to a certificate.
    pub step: MoveStep,
    /// Rules, by name, that ask for approval of a removal.
    pub rules: Vec<String>,
    /// What has to be typed.
    pub confirm: String,
}

/// What else an app can sign in with, in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherWays {
    /// Certificates for sign-in.
    pub certificates: usize,
    /// Client secrets.
    pub secrets: usize,
    /// Federated credentials; absent where that is not known.
    pub federated: Option<usize>,
}

impl OtherWays {
    /// No certificate, no secret, and no federated credential that is known of.
    pub fn is_none(self) -> bool {
        self.certificates == 0 && self.secrets == 0 && self.federated.unwrap_or_default() == 0
    }
}

/// What is kept of a removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalView {
    /// Of the secret.
    pub key_id: KeyId,
    /// When it was sent.
    #[serde(with = "rfc3339")]
    pub sent_at: OffsetDateTime,
    /// When it was over.
    #[serde(with = "rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// Absent where it is not known yet.
    pub outcome: Option<Outcome>,
    /// By whom.
    pub who: String,
    /// `displayName` of the secret.
    pub name: Option<String>,
    /// Its first characters.
    pub hint: Option<String>,
    /// `startDateTime`
    #[serde(with = "rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    /// As it was known when it went.
    pub last_use: LastUse,
    /// Why it went all the same.
    pub reason: Option<String>,
    /// Of the app, until it was seen.
    pub reads: u32,
    /// What else the last read did not show any more.
    pub missing: Vec<KeyId>,
    /// Graph's.
    pub request_id: Option<String>,
    /// The request that it carried out; absent where nobody had to be asked.
    pub asked_in: Option<Uuid>,
}

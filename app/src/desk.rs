//! The port between the user interface and the server.
//!
//! The interface knows what people see and do; it does not know Graph, sessions or storage. The
//! server implements [`Desk`] for the signed-in person's request and puts it into Leptos' context;
//! the server functions in [`crate::api`] only unpack a form, call one method here, and redirect.
//!
//! Everything in this module but the trait itself crosses the wire between server and browser.

use domain::certificate::CertificateFacts;
use domain::commands::Commands;
use domain::diff::Diff;
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::merge_plan::Fingerprint;
use domain::suitability::{Assessment, Validity};
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use domain::upload::Container;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// How many apps one push may name. Larger sets need the job queue.
pub const MAX_APPS_PER_PLAN: usize = 50;
/// Rows on one page of a list.
pub const PAGE_SIZE: usize = 25;

/// What went wrong, in the shape of RFC 9457 with a cure added. Every failure that reaches a person is one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// HTTP status that fits: 401 signed out, 403 refused, 404, 409 conflict, 422 bad input, 502 Graph failed.
    pub status: u16,
    /// Stable machine-readable name in kebab-case, for instance `changed-since-preview`.
    pub code: String,
    /// What happened, in a few words.
    pub title: String,
    /// Why.
    pub detail: String,
    /// What the person can do now.
    pub advice: Option<String>,
    /// Graph's or Entra's `request-id`, for support.
    pub request_id: Option<String>,
}

impl Problem {
    pub fn new(status: u16, code: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status, code: code.into(), title: title.into(), detail: detail.into(), advice: None, request_id: None }
    }

    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// The person has no session, or it ended.
    pub fn signed_out() -> Self {
        Self::new(401, "signed-out", "You are signed out", "This page needs a signed-in person.")
            .advice("Sign in and try again; nothing was changed.")
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(detail)
            | ServerFnErrorErr::MissingArg(detail)
            | ServerFnErrorErr::Deserialization(detail) => {
                Self::new(422, "bad-form", "The form could not be read", detail)
                    .advice("Check what you entered and send it again.")
            }
            ServerFnErrorErr::Request(detail) => Self::new(503, "unreachable", "The server did not answer", detail)
                .advice("Check your connection and try again. Look at the app before you push again."),
            other => Self::new(500, "internal", "Something failed on the server", other.to_string()),
        }
    }
}

/// What a person may do in this portal, from the `roles` claim. Entra decides on top of it whether a write happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PortalRole {
    /// `Thumbprint.Admin`
    Admin,
    /// `Thumbprint.User`
    User,
    /// `Thumbprint.Auditor`
    Auditor,
}

/// The signed-in person, as far as pages need to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub name: String,
    pub username: String,
    pub object_id: ObjectId,
    pub tenant_id: TenantId,
    pub roles: Vec<PortalRole>,
    /// Shown in the header: `Microsoft Entra`, `Azure Government`, `Local tenant` and so on.
    pub cloud: String,
}

impl Viewer {
    fn has(&self, role: PortalRole) -> bool {
        self.roles.contains(&role)
    }

    /// Any role lets a person in and read what Entra lets them read.
    pub fn may_enter(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Upload, preview and push. Whether Graph accepts the write is Entra's decision.
    pub fn may_push(&self) -> bool {
        self.has(PortalRole::Admin) || self.has(PortalRole::User)
    }

    /// Everyone's audit rows; other people see only their own.
    pub fn sees_whole_audit(&self) -> bool {
        self.has(PortalRole::Admin) || self.has(PortalRole::Auditor)
    }

    /// The app list opens on all apps for admins and auditors, on their own for others.
    pub fn default_scope(&self) -> Scope {
        if self.has(PortalRole::Admin) || self.has(PortalRole::Auditor) { Scope::All } else { Scope::Mine }
    }
}

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

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// From 1.
    pub page: u32,
    pub has_next: bool,
    /// Absent where the source does not count.
    pub total: Option<u64>,
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
    pub usage: Option<String>,
    pub kind: Option<String>,
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

/// A certificate that a person uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    pub facts: CertificateFacts,
    pub assessment: Assessment,
    pub validity: Validity,
    pub container: Container,
    /// Which certificate of a chain was taken, and why.
    pub choice: Option<String>,
    pub der_base64: String,
    pub pem: String,
    pub uploaded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub uploaded_at: OffsetDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushMode {
    /// Adds the certificate; keeps every other entry.
    Append,
    /// Adds the certificate; removes every other `Verify` entry.
    Replace,
}

/// What a person asks to preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRequest {
    pub certificate: Sha256Thumbprint,
    pub apps: Vec<ObjectId>,
    pub mode: PushMode,
    /// Empty: the certificate's subject.
    pub display_name: String,
}

/// What would be sent to one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    pub key_id: KeyId,
    /// The state of the app that this was made from.
    pub base: Fingerprint,
    pub diff: Diff,
    /// The PATCH body, pretty-printed; the push sends exactly these values.
    pub body: String,
    /// The new entry as the app manifest has it.
    pub manifest: String,
    pub commands: Commands,
    /// The certificate is there already: nothing will be sent.
    pub noop: bool,
    /// Consequences worth a look, for instance that a token encryption key would go.
    pub cautions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub change: Result<PlannedChange, Problem>,
}

/// A preview: kept on the server, so that what is pushed is what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    pub id: Uuid,
    pub certificate: CertificateFacts,
    pub mode: PushMode,
    pub display_name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub apps: Vec<PlannedApp>,
    /// Set once it has been pushed: a plan is pushed once.
    pub receipt: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Written, and read back until it was there and nothing else had changed.
    Verified,
    /// The certificate was there before: nothing was sent.
    AlreadyThere,
    /// The app is not as it was in the preview: nothing was sent.
    ChangedSincePreview,
    /// Entra said no (permission, policy, validation): nothing was changed.
    Refused,
    /// No answer, or one that made no sense, before the write: nothing was sent.
    Failed,
    /// Written, but the read-back did not show what it must. Needs a person's look.
    Unverified,
}

/// One request that the push made to Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphStep {
    /// `GET` or `PATCH`, and for what: "Read again before writing".
    pub what: String,
    pub status: Option<u16>,
    pub request_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub outcome: Outcome,
    /// Why, where it was not written as planned.
    pub problem: Option<Problem>,
    pub diff: Option<Diff>,
    /// `keyCredentials` before and after, pretty-printed as Graph sent them; absent where not read.
    pub before: Option<String>,
    pub after: Option<String>,
    pub steps: Vec<GraphStep>,
    pub reads_until_seen: u32,
}

/// What a push did, kept for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub id: Uuid,
    pub plan: Uuid,
    pub certificate: CertificateFacts,
    pub mode: PushMode,
    pub who: String,
    pub username: String,
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub finished_at: OffsetDateTime,
    pub apps: Vec<ReceiptApp>,
}

/// What the audit page shows. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Part of an app's or person's name, a thumbprint, a request-id.
    pub search: String,
    /// An [`Outcome`] in kebab-case, or empty for all.
    pub outcome: String,
    /// From 1.
    pub page: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub who: String,
    pub username: String,
    /// `push-append`, `push-replace`, `sign-in-refused`, …
    pub action: String,
    pub app_name: Option<String>,
    pub object_id: Option<ObjectId>,
    pub thumbprint: Option<Thumbprint>,
    /// An [`Outcome`] in kebab-case, or `refused` for what never got as far as a push.
    pub outcome: String,
    pub detail: String,
    pub request_id: Option<String>,
    pub receipt: Option<Uuid>,
}

/// What the home page says at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    pub certificates: Vec<CertificateSummary>,
    pub receipts: Vec<ReceiptSummary>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    pub sha256: Sha256Thumbprint,
    pub sha1: Thumbprint,
    pub subject: String,
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    pub validity: Validity,
    #[serde(with = "time::serde::rfc3339")]
    pub uploaded_at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptSummary {
    pub id: Uuid,
    pub subject: String,
    pub who: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub verified: u32,
    pub total: u32,
}

/// Where something is registered: one entry of an application's or a service principal's `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub on_service_principal: bool,
    pub key_id: Option<KeyId>,
    pub entry_name: Option<String>,
    pub thumbprint: Option<Thumbprint>,
    pub usage: Option<String>,
    pub end: Option<OffsetDateTime>,
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
    pub evidence: domain::doctor::evidence::Evidence,
    /// The app, where there is one with that client id.
    pub app: Option<(ObjectId, AppId, String)>,
    /// Certificates at hand (uploaded before by anyone in this portal) with the thumbprints in question.
    pub at_hand: Vec<CertificateSummary>,
}

/// Where a client assertion has to go, for signing one in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofTarget {
    pub app: Option<ObjectId>,
    pub app_id: AppId,
    pub display_name: String,
    pub tenant_id: TenantId,
    /// `aud` of the assertion, and where it is sent.
    pub token_endpoint: String,
    pub scope: String,
    /// SHA-1 thumbprints of the app's `Verify` entries that are in force.
    pub registered: Vec<Thumbprint>,
    /// A write to this app was seen so lately that it may still be on its way.
    pub fresh: bool,
}

/// What the token endpoint answered. The token itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// A token was issued: its claims without the signature.
    Issued { claims: String, expires_in: u64, request_id: Option<String> },
    /// Entra refused: the whole answer, for the doctor.
    Refused { answer: String, codes: Vec<u32> },
}

/// A Key Vault that the person names, and its certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultCertificate {
    pub name: String,
    pub version: Option<String>,
    pub thumbprint: Option<Thumbprint>,
    pub enabled: bool,
    pub start: Option<OffsetDateTime>,
    pub end: Option<OffsetDateTime>,
    pub validity: Validity,
    /// Apps that hold this version.
    pub holders: Vec<Holding>,
    /// Apps that hold an older version of it.
    pub older_holders: Vec<Holding>,
}

/// What the server does for one person's request. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Desk: Send + Sync {
    /// `None` when nobody is signed in.
    async fn viewer(&self) -> Result<Option<Viewer>, Problem>;
    /// The viewer's own recent uploads and pushes.
    async fn overview(&self) -> Result<Overview, Problem>;
    /// Reads a certificate by content, keeps it, and answers its SHA-256. Refuses a body that holds a private key.
    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem>;
    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem>;
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem>;
    /// Names for chosen apps that are not on the page in view.
    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem>;
    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem>;
    /// Reads every app, works out what would be sent, keeps it, answers its id.
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem>;
    async fn plan(&self, id: Uuid) -> Result<PlanView, Problem>;
    /// Pushes a plan once; answers the receipt's id. `removal_confirmed` is needed where entries would go.
    async fn push(&self, plan: Uuid, removal_confirmed: bool) -> Result<Uuid, Problem>;
    async fn receipt(&self, id: Uuid) -> Result<Receipt, Problem>;
    async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditRow>, Problem>;
    /// Searches every app's credentials: a thumbprint in any spelling, a keyId, a name.
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem>;
    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem>;
    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem>;
    /// Relays a client assertion to the token endpoint, once. It is neither kept nor logged.
    async fn prove(&self, app: AppId, assertion: &str) -> Result<Proof, Problem>;
    /// `vault`: a vault's name or URL. With the person's own rights there.
    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem>;
    /// Takes the public part of a vault's certificate into the portal, as an upload.
    async fn import_from_vault(&self, vault: &str, name: &str, version: &str) -> Result<Sha256Thumbprint, Problem>;
    /// Has Key Vault sign a client assertion for the app, with the person's own rights, and relays it.
    async fn prove_with_vault(&self, app: AppId, vault: &str, name: &str, version: &str) -> Result<Proof, Problem>;
}

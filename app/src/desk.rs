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
use domain::diff::states::StateDiff;
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

/// How many apps one push may name.
pub const MAX_APPS_PER_PLAN: usize = 2_000;
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

/// What a push does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushMode {
    /// Adds; keeps every other entry.
    Append,
    /// Adds; removes every other `Verify` entry.
    Replace,
    /// Adds, and notes the other `Verify` entries for retirement after an overlap. Nothing is removed by itself.
    Rotate,
    /// Removes named entries.
    Retire,
    /// Adds certificates that another app has.
    Copy,
    /// Adds what was there at an earlier time and is not there now.
    Restore,
    /// Makes the app's entries what they were at an earlier time.
    RestoreExactly,
    /// Adds certificate by certificate, as a table says.
    Table,
}

/// Whose apps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chosen {
    These(Vec<ObjectId>),
    /// All that a search finds, whatever its page.
    Found(AppQuery),
}

/// What a person asks to preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanRequest {
    Add {
        certificates: Vec<Sha256Thumbprint>,
        apps: Chosen,
        /// `Append`, `Replace` or `Rotate`.
        mode: PushMode,
        /// Empty: the certificate's subject. Only with one certificate.
        display_name: String,
        /// Of a rotation: how long the old entries are still needed.
        overlap_days: u16,
    },
    /// CSV with the columns `app`, `certificate` and, if wanted, `display_name`.
    Table {
        csv: String,
    },
    /// What a push was to do, once more, for the apps on which it did not end well.
    Again {
        receipt: Uuid,
    },
    Retire {
        app: ObjectId,
        key_ids: Vec<KeyId>,
    },
    /// One old certificate, from many apps.
    RetireCertificate {
        thumbprint: Thumbprint,
        apps: Chosen,
    },
    Copy {
        from: ObjectId,
        key_ids: Vec<KeyId>,
        apps: Chosen,
    },
    /// `state`: of [`StateRow`].
    Restore {
        app: ObjectId,
        state: i64,
        exactly: bool,
    },
}

/// Something that a person should know before a push, found without a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub title: String,
    pub why: String,
    pub advice: String,
}

/// What would be sent to one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// Of the entries to be added.
    pub key_ids: Vec<KeyId>,
    /// The state of the app that this was made from.
    pub base: Fingerprint,
    pub diff: Diff,
    /// The PATCH body, pretty-printed; the push sends exactly these values.
    pub body: String,
    /// The new entries as the app manifest has them; empty where nothing is added.
    pub manifest: String,
    pub commands: Commands,
    /// All is as wanted already: nothing will be sent.
    pub noop: bool,
    /// Consequences worth a look, for instance that a token encryption key would go.
    pub cautions: Vec<String>,
    /// What policies, locks and limits say.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// A problem also where a write would be refused: nothing will be sent.
    pub change: Result<PlannedChange, Problem>,
}

/// What all apps of a plan come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSum {
    pub writes: u32,
    pub noops: u32,
    pub refused: u32,
    pub added: u32,
    pub kept: u32,
    pub removed: u32,
    /// Apps that lose an entry.
    pub losing: u32,
}

/// A preview: kept on the server, so that what is pushed is what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    pub id: Uuid,
    /// That are added; none where entries only go.
    pub certificates: Vec<CertificateFacts>,
    pub mode: PushMode,
    /// More about it: from which app, to which state, after how many days.
    pub note: Option<String>,
    /// Of the new entry, where there is one.
    pub display_name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub sum: PlanSum,
    pub apps: Page<PlannedApp>,
    /// What has to be typed before entries are removed, for instance `remove 3`.
    pub confirm: Option<String>,
    /// Set once it has been pushed: a plan is pushed once.
    pub receipt: Option<Uuid>,
}

/// In which order and how carefully a push goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Apps in the first wave; 0: no such wave.
    pub canary: u16,
    /// Percent of the apps in the second wave; 0: no such wave.
    pub second: u8,
    /// Waits for a person after each wave.
    pub ask_between: bool,
    /// Stops when more than this percent of the apps done so far (of five or more) did not end well; 100: never.
    pub halt_at: u8,
}

impl Default for Pace {
    fn default() -> Self {
        Self { canary: 0, second: 0, ask_between: false, halt_at: 20 }
    }
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
    /// The push was cancelled before this app's turn: nothing was sent.
    Cancelled,
}

/// Where an app of a push is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppStage {
    /// Its turn has not come.
    Waiting,
    /// It is being read or written.
    Working,
    Ended(Outcome),
}

impl AppStage {
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Ended(outcome) => Some(outcome),
            Self::Waiting | Self::Working => None,
        }
    }
}

/// Where a push is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    Running,
    /// By a person, after a wave, or because too many apps did not end well; [`Progress::why`] says which.
    Paused,
    /// The person's sign-in ended meanwhile.
    NeedsSignIn,
    Cancelled,
    Finished,
}

/// How far a push is. Sent as server-sent events while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub state: RunState,
    pub why: Option<Problem>,
    /// From 1.
    pub wave: u32,
    /// How many apps each wave has.
    pub waves: Vec<u32>,
    pub waiting: u32,
    /// Being read or written now.
    pub working: u32,
    pub verified: u32,
    pub already_there: u32,
    pub changed: u32,
    pub refused: u32,
    pub failed: u32,
    pub unverified: u32,
    pub cancelled: u32,
    /// Apps per minute lately; absent until it can be told.
    pub per_minute: Option<u32>,
    pub seconds_left: Option<u32>,
}

impl Progress {
    pub fn total(&self) -> u32 {
        self.waiting + self.working + self.done()
    }

    pub fn done(&self) -> u32 {
        self.good() + self.changed + self.refused + self.failed + self.unverified + self.cancelled
    }

    pub fn good(&self) -> u32 {
        self.verified + self.already_there
    }

    /// Nothing more will happen.
    pub fn is_over(&self) -> bool {
        matches!(self.state, RunState::Cancelled | RunState::Finished)
    }
}

/// What a person wants of a push under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Steer {
    Pause,
    /// Goes on, with the sign-in of who says so.
    Resume,
    Cancel,
}

/// Which apps of a receipt are shown. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReceiptQuery {
    /// An [`Outcome`] in kebab-case, `waiting`, `not-good`, or empty for all.
    pub outcome: String,
    /// From 1.
    pub page: u32,
}

/// One kept state of an app's `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateRow {
    pub id: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub seen_at: OffsetDateTime,
    pub entries: u32,
    /// How many of these entries' `key` is known, so that they could be put back.
    pub keys_known: u32,
    /// `read`, `before-push` or `after-push`.
    pub origin: String,
    pub receipt: Option<Uuid>,
    /// Against the state before it; absent of the first.
    pub change: Option<StateChange>,
}

/// How many entries differ from the state before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    pub added: u32,
    pub removed: u32,
    pub altered: u32,
    /// Those in both stand in another order.
    pub reordered: bool,
}

/// Two states beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateComparison {
    pub app: ObjectId,
    pub display_name: String,
    pub older: StateRow,
    pub newer: StateRow,
    pub diff: StateDiff,
    /// `keyCredentials` as Graph sent them, with each known `key` filled in.
    pub older_json: String,
    pub newer_json: String,
}

/// An old entry whose time has come, after a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub key_id: KeyId,
    pub entry_name: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub due_at: OffsetDateTime,
    pub due: bool,
    pub who: String,
    pub receipt: Uuid,
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
    pub stage: AppStage,
    /// Why, where it was not written as planned.
    pub problem: Option<Problem>,
    pub diff: Option<Diff>,
    /// `keyCredentials` before and after, pretty-printed as Graph sent them; absent where not read.
    pub before: Option<String>,
    pub after: Option<String>,
    pub steps: Vec<GraphStep>,
    pub reads_until_seen: u32,
    /// What else happened: merged again after a change, healed, somebody else's changes.
    pub notes: Vec<String>,
    /// The kept state from before, to go back to; absent where nothing was written.
    pub undo: Option<i64>,
}

/// What a push did, kept for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub id: Uuid,
    pub plan: Uuid,
    /// That were to be added.
    pub certificates: Vec<CertificateFacts>,
    pub mode: PushMode,
    pub note: Option<String>,
    pub who: String,
    pub username: String,
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
    pub pace: Pace,
    pub progress: Progress,
    pub apps: Page<ReceiptApp>,
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
    /// Retirements that are due.
    pub due: u32,
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
    /// The certificates' subjects, or what was done where none was added.
    pub subject: String,
    pub who: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub state: RunState,
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
    /// `page`: of its apps, from 1.
    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem>;
    /// Begins a push, once per plan, and answers the receipt's id: at once, or when a small one has ended. `typed`: what
    /// the person typed where [`PlanView::confirm`] asks for it.
    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem>;
    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem>;
    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem>;
    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem>;
    /// The newest first. `page` from 1.
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem>;
    /// `newer`: absent for the app as it is now (it is read, and kept if it is new).
    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem>;
    /// Due ones first. `page` from 1.
    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem>;
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

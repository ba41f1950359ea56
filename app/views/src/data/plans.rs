//! Previews: what would be sent, before anything is.

use super::apps::{AppQuery, Right};
use super::inventory::Selection;
use super::items::UseLine;
use super::paging::Page;
use super::problem::Problem;
use domain::certificate::CertificateFacts;
use domain::commands::Commands;
use domain::diff::Diff;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::Fingerprint;
use domain::rollout::PushMode;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use domain::credentials::Finding;

/// How many apps one push may name.
pub const MAX_APPS_PER_PLAN: usize = 2_000;

/// Whose apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// By object id.
    These(Vec<ObjectId>),
    /// All that a search finds, whatever its page.
    Found(AppQuery),
    /// The app registrations of a selection of the inventory.
    Selected(Selection),
}

/// What a person asks to preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanRequest {
    /// Adds uploaded certificates.
    Add {
        /// Uploaded before.
        certificates: Vec<Sha256Thumbprint>,
        /// To which.
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
        /// The text of the table.
        csv: String,
    },
    /// What a push was to do, once more, for the apps on which it did not end well.
    Again {
        /// Of the push.
        receipt: Uuid,
    },
    /// Removes entries of one app.
    Retire {
        /// Object id.
        app: ObjectId,
        /// Of the entries.
        key_ids: Vec<KeyId>,
    },
    /// Removes the certificates of a selection of the inventory from the app registrations that have them.
    RetireSelected(Selection),
    /// One old certificate, from many apps.
    RetireCertificate {
        /// SHA-1.
        thumbprint: Thumbprint,
        /// To which.
        apps: Chosen,
    },
    /// Adds certificates that another app has.
    Copy {
        /// Object id of the app that has them.
        from: ObjectId,
        /// Of the entries.
        key_ids: Vec<KeyId>,
        /// To which.
        apps: Chosen,
    },
    /// `state`: of [`StateRow`].
    Restore {
        /// Object id.
        app: ObjectId,
        /// Of [`StateRow`](super::history::StateRow).
        state: i64,
        /// Also removes what came later.
        exactly: bool,
    },
}

/// What would be sent to one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// Of the entries to be added.
    pub key_ids: Vec<KeyId>,
    /// The state of the app that this was made from.
    pub base: Fingerprint,
    /// From the state that was read to the one that is planned.
    pub diff: Diff,
    /// The PATCH body, pretty-printed; the push sends exactly these values.
    pub body: String,
    /// The new entries as the app manifest has them; empty where nothing is added.
    pub manifest: String,
    /// The same by azure-cli, PowerShell and Graph.
    pub commands: Commands,
    /// All is as wanted already: nothing will be sent.
    pub noop: bool,
    /// Consequences worth a look, for instance that a token encryption key would go.
    pub cautions: Vec<String>,
    /// What policies, locks and limits say.
    pub findings: Vec<Finding>,
}

/// One app of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedApp {
    /// The application's object id.
    pub object_id: ObjectId,
    /// The client id.
    pub app_id: AppId,
    /// The app's name.
    pub display_name: String,
    /// Of the viewer.
    pub right: Right,
    /// A problem also where a write would be refused: nothing will be sent.
    pub change: Result<PlannedChange, Problem>,
    /// When the entries that go were last used; none where the inventory does not show the app to the viewer.
    pub uses: Vec<UseLine>,
}

/// What all apps of a plan come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSum {
    /// Apps to which something is sent.
    pub writes: u32,
    /// Apps that are as planned already.
    pub noops: u32,
    /// Apps to which nothing will be sent, because it would be refused.
    pub refused: u32,
    /// Entries.
    pub added: u32,
    /// Entries.
    pub kept: u32,
    /// Entries.
    pub removed: u32,
    /// Apps that lose an entry.
    pub losing: u32,
}

/// A preview: kept on the server, so that what is pushed is what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// Of the preview.
    pub id: Uuid,
    /// That are added; none where entries only go.
    pub certificates: Vec<CertificateFacts>,
    /// What the push does.
    pub mode: PushMode,
    /// More about it: from which app, to which state, after how many days.
    pub note: Option<String>,
    /// Of the new entry, where there is one.
    pub display_name: String,
    /// When the apps were read.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Of all apps.
    pub sum: PlanSum,
    /// One page of them.
    pub apps: Page<PlannedApp>,
    /// What has to be typed before entries are removed, for instance `remove 3`.
    pub confirm: Option<String>,
    /// Set once it has been pushed: a plan is pushed once.
    pub receipt: Option<Uuid>,
    /// Rules, by name, that ask for approval before it is pushed.
    pub rules: Vec<String>,
    /// The request that asks for it.
    pub request: Option<Uuid>,
}

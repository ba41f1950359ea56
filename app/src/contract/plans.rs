//! Previews: what would be sent, before anything is.

#![allow(clippy::too_many_arguments, reason = "a server function takes the fields of its form")]

use super::apps::AppQuery;
use super::paging::Page;
use super::problem::Problem;
use super::pushes::PushMode;
use domain::certificate::CertificateFacts;
use domain::commands::Commands;
use domain::diff::Diff;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::Fingerprint;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use domain::credentials::Finding;
#[cfg(feature = "ssr")]
use {super::apps::Scope, super::support::desk, super::support::parse, super::support::parse_all, crate::route::Route};

/// How many apps one push may name.
pub const MAX_APPS_PER_PLAN: usize = 2_000;

/// Whose apps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chosen {
    /// By object id.
    These(Vec<ObjectId>),
    /// All that a search finds, whatever its page.
    Found(AppQuery),
}

/// What a person asks to preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// A problem also where a write would be refused: nothing will be sent.
    pub change: Result<PlannedChange, Problem>,
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
}

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait PlansPort: Send + Sync {
    /// Reads every app, works out what would be sent, keeps it, answers its id.
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem>;
    /// `page`: of its apps, from 1.
    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem>;
}

/// `GET /api/plan`: `page` of its apps, from 1.
#[server(input = GetUrl, prefix = "/api", endpoint = "plan")]
pub async fn plan(id: String, page: u32) -> Result<PlanView, Problem> {
    desk()?.plan(parse("plan id", &id)?, page).await
}

/// Makes a preview that adds certificates. `mode` is `append`, `replace` or `rotate`; an empty `display_name` means the
/// certificate's subject. `all` is `on` where everything that `scope` and `search` find is meant, not `app`.
#[server(prefix = "/api", endpoint = "draft-plan")]
pub async fn draft_plan(
    certificate: Vec<String>,
    #[server(default)] app: Vec<String>,
    #[server(default)] all: String,
    #[server(default)] scope: String,
    #[server(default)] search: String,
    #[server(default)] mode: String,
    #[server(default)] display_name: String,
    #[server(default)] overlap_days: String,
) -> Result<(), Problem> {
    draft(&PlanRequest::Add {
        certificates: parse_all("SHA-256 thumbprint", &certificate)?,
        apps: chosen(&app, &all, &scope, search)?,
        mode: match mode.as_str() {
            "replace" => PushMode::Replace,
            "rotate" => PushMode::Rotate,
            _ => PushMode::Append,
        },
        display_name,
        overlap_days: if overlap_days.is_empty() { 0 } else { parse("number of days", &overlap_days)? },
    })
    .await
}

/// Makes a preview out of a table: text, or a file that the browser has read into the same field.
#[server(prefix = "/api", endpoint = "draft-table")]
pub async fn draft_table(csv: String) -> Result<(), Problem> {
    draft(&PlanRequest::Table { csv }).await
}

/// Makes a preview of what a push was to do, for the apps on which it did not end well.
#[server(prefix = "/api", endpoint = "draft-again")]
pub async fn draft_again(receipt: String) -> Result<(), Problem> {
    draft(&PlanRequest::Again { receipt: parse("receipt id", &receipt)? }).await
}

/// Makes a preview that removes entries of one app.
#[server(prefix = "/api", endpoint = "draft-retire")]
pub async fn draft_retire(app: String, #[server(default)] key_id: Vec<String>) -> Result<(), Problem> {
    draft(&PlanRequest::Retire { app: parse("object id", &app)?, key_ids: parse_all("keyId", &key_id)? }).await
}

/// Makes a preview that removes one certificate from many apps.
#[server(prefix = "/api", endpoint = "draft-retire-certificate")]
pub async fn draft_retire_certificate(thumbprint: String, #[server(default)] app: Vec<String>) -> Result<(), Problem> {
    let apps = Chosen::These(parse_all("object id", &app)?);
    draft(&PlanRequest::RetireCertificate { thumbprint: parse("SHA-1 thumbprint", &thumbprint)?, apps }).await
}

/// Makes a preview that adds certificates which another app has.
#[server(prefix = "/api", endpoint = "draft-copy")]
pub async fn draft_copy(
    from: String,
    #[server(default)] key_id: Vec<String>,
    #[server(default)] app: Vec<String>,
    #[server(default)] all: String,
    #[server(default)] scope: String,
    #[server(default)] search: String,
) -> Result<(), Problem> {
    let apps = chosen(&app, &all, &scope, search)?;
    draft(&PlanRequest::Copy { from: parse("object id", &from)?, key_ids: parse_all("keyId", &key_id)?, apps }).await
}

/// Makes a preview that brings back an earlier state. `exactly` is `on` where later entries are to go.
#[server(prefix = "/api", endpoint = "draft-restore")]
pub async fn draft_restore(app: String, state: String, #[server(default)] exactly: String) -> Result<(), Problem> {
    let (app, state) = (parse("object id", &app)?, parse("state", &state)?);
    draft(&PlanRequest::Restore { app, state, exactly: exactly == "on" }).await
}

#[cfg(feature = "ssr")]
pub(super) async fn draft(request: &PlanRequest) -> Result<(), Problem> {
    let id = desk()?.draft_plan(request).await?;
    leptos_axum::redirect(&Route::Plan(id).to_string());
    Ok(())
}

#[cfg(feature = "ssr")]
fn chosen(app: &[String], all: &str, scope: &str, search: String) -> Result<Chosen, Problem> {
    if all != "on" {
        return parse_all("object id", app).map(Chosen::These);
    }
    let scope = if scope == "mine" { Scope::Mine } else { Scope::All };
    Ok(Chosen::Found(AppQuery { scope, search, page: 1, descending: false }))
}

/// From the doctor's verdict to a preview in one step: keeps the certificate where it is sent along as `text`, and makes
/// a preview that adds it to the app with this object id. `certificate`: the SHA-256 of one that was kept before.
#[server(prefix = "/api", endpoint = "register")]
pub async fn register(
    app: String,
    #[server(default)] text: String,
    #[server(default)] certificate: String,
) -> Result<(), Problem> {
    let desk = desk()?;
    let app = parse("object id", &app)?;
    let certificate = if text.is_empty() {
        parse("SHA-256 thumbprint", &certificate)?
    } else {
        desk.keep_certificate(text.as_bytes()).await?
    };
    draft(&PlanRequest::Add {
        certificates: vec![certificate],
        apps: Chosen::These(vec![app]),
        mode: PushMode::Append,
        display_name: String::new(),
        overlap_days: 0,
    })
    .await
}

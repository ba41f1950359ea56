//! Previews: reads every app that is meant, works out what would be sent, and keeps it under an id.

pub(crate) mod add;
pub(crate) mod again;
pub(crate) mod change_builder;
pub(crate) mod chosen;
pub(crate) mod copy;
mod findings;
mod read;
pub(crate) mod restore;
pub(crate) mod table;

use crate::config::Quotas;
use crate::entropy::Entropy;
use crate::graph::{Application, GraphError};
use crate::operations::Context;
use crate::operations::inventory::select;
use crate::person::{Person, TokenError};
use crate::plan_refusal::PlanRefusal;
use crate::shares::Shares;
use crate::store::{EntriesOfApp, PlanApp, PlanHead, PlanIntent, StoreError, StoredSum};
use add::AddError;
use again::AgainError;
use app::contract::plans::PlanRequest;
use change_builder::{ChangeBuilder, ChangeBuilderError};
use chosen::ChooseError;
use domain::credentials::Finding;
use domain::diff::DiffKind;
use domain::ids::{AppId, ObjectId};
use domain::key_credential::IdentifierStyle;
use domain::merge_plan::MergePlan;
use domain::rollout::PushMode;
use findings::{Policies, PreflightVerdict};
use read::ReadForPlan;
use std::sync::Arc;
use table::TableError;
use uuid::Uuid;

/// What a preview is made with.
pub(crate) struct DraftContext {
    pub(crate) context: Context,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Requests under way at the same time.
    pub(crate) parallel_apps: usize,
    /// How the `customKeyIdentifier` of a new entry is sent.
    pub(crate) identifier_style: IdentifierStyle,
    /// By person.
    pub(crate) under_way: Shares<ObjectId>,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DraftError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Add(#[from] AddError),
    #[error("{most} previews of the person are being made")]
    TooManyAtOnce { most: usize },
    /// The certificates alone, in each app, or all that was read.
    #[error("the preview would take more than {most} bytes")]
    TooLarge { most: usize },
    #[error("no entry to remove was chosen")]
    NoEntries,
    #[error("nothing of what was selected is a certificate of an app registration")]
    NoneRemovable,
    #[error(transparent)]
    Choose(#[from] ChooseError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Again(#[from] AgainError),
    #[error(transparent)]
    ChangeBuilder(#[from] ChangeBuilderError),
    /// A token that is not accepted for one app is accepted for none.
    #[error("Graph no longer accepts the person's token")]
    SignedOut,
    #[error("the app management policies could not be read: {0}")]
    Policies(GraphError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is asked for, once it is known which apps it is about.
pub(crate) struct PlanDraft {
    pub(crate) wanted: PlanIntent,
    pub(crate) apps: Vec<ObjectId>,
}

pub(crate) async fn handle(drafts: &DraftContext, person: &Person, request: &PlanRequest) -> Result<Uuid, DraftError> {
    let Quotas { drafts: most, previews, .. } = *drafts.context.quotas;
    let _one = drafts.under_way.take(person.viewer.object_id, most).ok_or(DraftError::TooManyAtOnce { most })?;
    let token = person.tokens.graph_token().await?;
    let PlanDraft { wanted, apps } = meant(drafts, person, &token, request).await?;
    let builder = ChangeBuilder::prepare(drafts, person, &token, &wanted, &apps).await?;
    let most = drafts.context.quotas.preview_bytes();
    if builder.bytes(&apps) > most {
        return Err(DraftError::TooLarge { most });
    }
    let rows = plan(drafts, &token, &apps, &builder).await?;
    let sum = sum(&rows.apps);
    let (store, creator) = (&drafts.context.tenant.store, person.viewer.object_id);
    let told = rows.policies_hidden && store.knows_of_hidden_policies(creator).await?;
    let policies = (rows.policies_hidden && !told).then(|| findings::HIDDEN_POLICIES.to_owned());
    let head = PlanHead {
        id: drafts.entropy.uuid(),
        certificates: builder.certificates(),
        mode: mode(&wanted),
        note: join(builder.note(), policies),
        display_name: builder.display_name(),
        created_at: drafts.context.now(),
        sum,
        confirm: (sum.removed > 0).then(|| format!("remove {}", sum.removed)),
        wanted: Some(wanted),
        policies_hidden: rows.policies_hidden,
    };
    if !store.keep_plan(creator, &head, &rows.apps, most).await? {
        return Err(DraftError::TooLarge { most });
    }
    store.forget_previews_beyond(creator, previews).await?;
    Ok(head.id)
}

async fn meant(
    drafts: &DraftContext,
    person: &Person,
    token: &str,
    request: &PlanRequest,
) -> Result<PlanDraft, DraftError> {
    let (wanted, apps) = match request {
        PlanRequest::Add { certificates, apps, mode, display_name, overlap_days } => {
            let wanted = add::wanted(certificates, *mode, display_name, *overlap_days)?;
            (wanted, chosen::ids(drafts, person, token, apps).await?)
        }
        PlanRequest::Table { csv } => return Ok(table::read(drafts, person, token, csv).await?),
        PlanRequest::Again { receipt } => return Ok(again::draft(drafts, person, *receipt).await?),
        PlanRequest::Retire { key_ids, .. } if key_ids.is_empty() => return Err(DraftError::NoEntries),
        PlanRequest::Retire { app, key_ids } => (PlanIntent::Retire(key_ids.clone()), vec![*app]),
        PlanRequest::RetireSelected(selection) => {
            let entries = select::entries(&drafts.context, person, selection).await.map_err(ChooseError::from)?;
            if entries.is_empty() {
                return Err(DraftError::NoneRemovable);
            }
            let apps = chosen::once(&entries.iter().map(|(app, _)| *app).collect::<Vec<_>>())?;
            let entries = entries.into_iter().map(|(app, key_ids)| EntriesOfApp { app, key_ids });
            (PlanIntent::RetireEntries(entries.collect()), apps)
        }
        PlanRequest::RetireCertificate { thumbprint, apps } => {
            (PlanIntent::RetireCertificate(*thumbprint), chosen::ids(drafts, person, token, apps).await?)
        }
        PlanRequest::Copy { from, key_ids, apps } => {
            let mut apps = chosen::ids(drafts, person, token, apps).await?;
            apps.retain(|app| app != from);
            if apps.is_empty() {
                return Err(ChooseError::None.into());
            }
            (PlanIntent::Copy { from: *from, key_ids: key_ids.clone() }, apps)
        }
        PlanRequest::Restore { app, state, exactly } => {
            (PlanIntent::Restore { state: *state, exactly: *exactly }, vec![*app])
        }
    };
    Ok(PlanDraft { wanted, apps })
}

/// What would become of each app.
struct PlannedRows {
    apps: Vec<PlanApp>,
    policies_hidden: bool,
}

async fn plan(
    drafts: &DraftContext,
    token: &str,
    apps: &[ObjectId],
    builder: &ChangeBuilder,
) -> Result<PlannedRows, DraftError> {
    let reads = read::all(drafts, token, apps, builder).await?;
    let ids: Vec<ObjectId> = reads.iter().filter(|read| read.app.is_ok()).map(|read| read.id).collect();
    let policies = if builder.adds() {
        Policies::read(drafts, token, &ids).await.map_err(DraftError::Policies)?
    } else {
        Policies::default()
    };
    let now = drafts.context.now();
    let rows = reads.into_iter().map(|ReadForPlan { id, app, merge, for_good }| match (app, merge) {
        (Ok(app), Some(merge)) => planned(&app, merge, |app, merge| {
            let mut verdict = policies.judge(app, merge, now);
            verdict.findings.extend(for_good.then(findings::for_good));
            verdict
        }),
        (Ok(app), None) => row(&app, Err(PlanRefusal::NoPlan), vec![]),
        (Err(refusal), _) => unread(id, &refusal),
    });
    Ok(PlannedRows { apps: rows.collect::<Result<_, _>>()?, policies_hidden: policies.hidden })
}

fn mode(wanted: &PlanIntent) -> PushMode {
    match wanted {
        PlanIntent::Add { mode, .. } => *mode,
        PlanIntent::Table(_) => PushMode::Table,
        PlanIntent::Retire(_) | PlanIntent::RetireCertificate(_) | PlanIntent::RetireEntries(_) => PushMode::Retire,
        PlanIntent::Copy { .. } => PushMode::Copy,
        PlanIntent::Restore { exactly: false, .. } => PushMode::Restore,
        PlanIntent::Restore { exactly: true, .. } => PushMode::RestoreExactly,
    }
}

fn join(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one} {other}")),
        (one, other) => one.or(other),
    }
}

fn planned(
    app: &Application,
    merge: Result<MergePlan, PlanRefusal>,
    judge: impl FnOnce(&Application, &MergePlan) -> PreflightVerdict,
) -> Result<PlanApp, StoreError> {
    match merge {
        Ok(merge) if merge.is_noop() => row(app, Ok(merge), vec![]),
        Ok(merge) => match judge(app, &merge) {
            PreflightVerdict { refused: Some(refusal), .. } => row(app, Err(refusal), vec![]),
            PreflightVerdict { findings, .. } => row(app, Ok(merge), findings),
        },
        Err(refusal) => row(app, Err(refusal), vec![]),
    }
}

fn row(
    app: &Application,
    merge: Result<MergePlan, PlanRefusal>,
    findings: Vec<Finding>,
) -> Result<PlanApp, StoreError> {
    let merge = match merge {
        Ok(merge) => Ok(merge),
        Err(refusal) => Err(refusal.stored()?),
    };
    Ok(PlanApp { object_id: app.id, app_id: app.app_id, display_name: app.display_name.clone(), merge, findings })
}

/// An app that could not be read has no name here; its id stands for it.
fn unread(id: ObjectId, refusal: &PlanRefusal) -> Result<PlanApp, StoreError> {
    Ok(PlanApp {
        object_id: id,
        app_id: AppId::new(Uuid::nil()),
        display_name: id.to_string(),
        merge: Err(refusal.stored()?),
        findings: vec![],
    })
}

fn sum(apps: &[PlanApp]) -> StoredSum {
    let mut sum = StoredSum::default();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    for app in apps {
        let Ok(merge) = &app.merge else {
            sum.refused += 1;
            continue;
        };
        if merge.is_noop() {
            sum.noops += 1;
        } else {
            sum.writes += 1;
        }
        let diff = merge.diff();
        let removed = count(diff.count(DiffKind::Removed));
        sum.added += count(diff.count(DiffKind::Added));
        sum.kept += count(diff.count(DiffKind::Kept) + diff.count(DiffKind::AlreadyThere));
        sum.removed += removed;
        sum.losing += u32::from(removed > 0);
    }
    sum
}

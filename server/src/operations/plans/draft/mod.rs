//! Previews: reads every app that is meant, works out what would be sent, and keeps it under an id.

mod add;
mod again;
mod chosen;
mod copy;
mod findings;
mod read;
mod recipe;
mod restore;
mod shown;
mod table;

pub(crate) use recipe::usable;
pub(crate) use shown::shown;

use crate::graph::Application;
use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{PlanApp, PlanHead, StoredSum, Wanted};
use app::contract::plans::{Finding, PlanRequest};
use app::contract::problem::Problem;
use app::contract::pushes::PushMode;
use domain::diff::DiffKind;
use domain::ids::{AppId, ObjectId};
use domain::merge_plan::{MergePlan, PlanError};
use findings::{Policies, Verdict};
use read::Read;
use recipe::Recipe;
use uuid::Uuid;

/// What is asked for, once it is known which apps it is about.
pub(crate) struct Draft {
    pub(crate) wanted: Wanted,
    pub(crate) apps: Vec<ObjectId>,
}

pub(crate) async fn handle(state: &DeskState, person: &Person, request: &PlanRequest) -> Result<Uuid, Problem> {
    let token = state.token(person).await?;
    let Draft { wanted, apps } = match request {
        PlanRequest::Add { certificates, apps, mode, display_name, overlap_days } => {
            let wanted = add::wanted(certificates, *mode, display_name, *overlap_days)?;
            Draft { wanted, apps: chosen::ids(state, &token, apps).await? }
        }
        PlanRequest::Table { csv } => table::read(state, person, &token, csv).await?,
        PlanRequest::Again { receipt } => again::draft(state, person, *receipt).await?,
        PlanRequest::Retire { app, key_ids } => {
            if key_ids.is_empty() {
                return Err(Problem::new(422, "no-entries", "No entry was chosen", "Removing needs at least one.")
                    .advice("Choose an entry on the app's page."));
            }
            Draft { wanted: Wanted::Retire(key_ids.clone()), apps: vec![*app] }
        }
        PlanRequest::RetireCertificate { thumbprint, apps } => {
            Draft { wanted: Wanted::RetireCertificate(*thumbprint), apps: chosen::ids(state, &token, apps).await? }
        }
        PlanRequest::Copy { from, key_ids, apps } => {
            let mut apps = chosen::ids(state, &token, apps).await?;
            apps.retain(|app| app != from);
            if apps.is_empty() {
                return Err(chosen::none());
            }
            Draft { wanted: Wanted::Copy { from: *from, key_ids: key_ids.clone() }, apps }
        }
        PlanRequest::Restore { app, state, exactly } => {
            Draft { wanted: Wanted::Restore { state: *state, exactly: *exactly }, apps: vec![*app] }
        }
    };
    draft(state, person, &token, wanted, apps).await
}

async fn draft(
    state: &DeskState,
    person: &Person,
    token: &str,
    wanted: Wanted,
    apps: Vec<ObjectId>,
) -> Result<Uuid, Problem> {
    let recipe = Recipe::prepare(state, person, token, &wanted, &apps).await?;
    let reads = read::all(state, person, token, &apps, &recipe).await?;
    let ids: Vec<ObjectId> = reads.iter().filter(|read| read.app.is_ok()).map(|read| read.id).collect();
    let policies = if recipe.adds() { Policies::read(state, token, &ids).await? } else { Policies::default() };
    let now = state.clock.now();
    let rows: Vec<PlanApp> = reads
        .into_iter()
        .map(|Read { id, app, merge, for_good }| match (app, merge) {
            (Ok(app), Some(merge)) => planned(&app, merge, |app, merge| {
                let mut verdict = policies.judge(app, merge, now);
                verdict.findings.extend(for_good.then(findings::for_good));
                verdict
            }),
            (Ok(app), None) => row(&app, Err(incomplete()), vec![]),
            (Err(problem), _) => unread(id, problem),
        })
        .collect();
    let sum = sum(&rows);
    let head = PlanHead {
        id: state.entropy.uuid(),
        certificates: recipe.certificates(),
        mode: mode(&wanted),
        note: join(recipe.note(), policies.note()),
        display_name: recipe.display_name(),
        created_at: now,
        sum,
        confirm: (sum.removed > 0).then(|| format!("remove {}", sum.removed)),
        wanted: Some(wanted),
    };
    let id = head.id;
    state.store.of(person.viewer.tenant_id).keep_plan(person.viewer.object_id, &head, &rows).await?;
    Ok(id)
}

fn mode(wanted: &Wanted) -> PushMode {
    match wanted {
        Wanted::Add { mode, .. } => *mode,
        Wanted::Table(_) => PushMode::Table,
        Wanted::Retire(_) | Wanted::RetireCertificate(_) => PushMode::Retire,
        Wanted::Copy { .. } => PushMode::Copy,
        Wanted::Restore { exactly: false, .. } => PushMode::Restore,
        Wanted::Restore { exactly: true, .. } => PushMode::RestoreExactly,
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
    merge: Result<MergePlan, Problem>,
    judge: impl FnOnce(&Application, &MergePlan) -> Verdict,
) -> PlanApp {
    match merge {
        Ok(merge) if merge.is_noop() => row(app, Ok(merge), vec![]),
        Ok(merge) => match judge(app, &merge) {
            Verdict { refused: Some(problem), .. } => row(app, Err(problem), vec![]),
            Verdict { findings, .. } => row(app, Ok(merge), findings),
        },
        Err(problem) => row(app, Err(problem), vec![]),
    }
}

fn row(app: &Application, merge: Result<MergePlan, Problem>, findings: Vec<Finding>) -> PlanApp {
    let merge = merge.map_err(Into::into);
    PlanApp { object_id: app.id, app_id: app.app_id, display_name: app.display_name.clone(), merge, findings }
}

/// An app that could not be read has no name here; its id stands for it.
fn unread(id: ObjectId, problem: Problem) -> PlanApp {
    PlanApp {
        object_id: id,
        app_id: AppId::new(Uuid::nil()),
        display_name: id.to_string(),
        merge: Err(problem.into()),
        findings: vec![],
    }
}

fn incomplete() -> Problem {
    Problem::new(500, "internal", "The preview is incomplete", "It has no plan for this app.")
}

fn cannot_merge(error: &PlanError) -> Problem {
    let code = match error {
        PlanError::EncryptsTokens { .. } => "encrypts-tokens",
        PlanError::CannotRestore { .. } => "cannot-restore",
        _ => "cannot-merge",
    };
    let advice = match error {
        PlanError::EncryptsTokens { .. } => {
            "Have the app encrypt its tokens with another certificate first (tokenEncryptionKeyId), then remove this one."
        }
        PlanError::CannotRestore { .. } => {
            "Bring back what is missing instead: it leaves out what cannot be restored, and says so."
        }
        _ => "Look at the app's entries in the Entra admin center and clear this up there first.",
    };
    Problem::new(409, code, "Nothing can safely be written to this app", format!("{error}.")).advice(advice)
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

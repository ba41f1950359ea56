//! Pushes and their receipts, as pages have them.

use super::RequestDesk;
use crate::http::problems::push_results::note;
use crate::operations::pushes::progress::PushProgress;
use crate::operations::pushes::receipt::{AppStanding, PushReceipt};
use crate::operations::pushes::receipt_of_app::PushOnApp;
use crate::operations::pushes::retirements::Retirements;
use crate::operations::pushes::{begin, progress, receipt, receipt_of_app, retirements, steer};
use crate::person::Person;
use crate::rollout::{AppResult, Step, StepKind};
use crate::store::{OpenApp, StoredRetirement};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::ports::PushesPort;
use app::contract::problem::Problem;
use app::contract::pushes::{AppReceipt, GraphStep, Progress, Receipt, ReceiptApp, ReceiptQuery, Retirement};
use async_trait::async_trait;
use domain::ids::ObjectId;
use domain::rollout::{AppStage, Outcome, Pace, Steer};
use time::OffsetDateTime;
use uuid::Uuid;

#[async_trait]
impl PushesPort for RequestDesk {
    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem> {
        match self.pushing() {
            Ok((person, context)) => Ok(begin::handle(&self.parts.pushes(context), person, plan, typed, pace).await?),
            Err(problem) => {
                let tenant = |person: &Person| self.parts.context(person.viewer.tenant_id);
                if let Some((person, context)) = self.person.as_ref().and_then(|person| Some((person, tenant(person)?)))
                {
                    begin::audit_refusal(&self.parts.pushes(context), person, &problem.title).await?;
                }
                Err(problem)
            }
        }
    }

    async fn push_past_rules(&self, plan: Uuid, typed: &str, pace: Pace, reason: &str) -> Result<Uuid, Problem> {
        let (person, context) = self.pushing()?;
        Ok(begin::past_rules(&self.parts.pushes(context), person, plan, typed, pace, reason).await?)
    }

    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem> {
        let (person, context) = self.entered()?;
        Ok(receipt::handle(&self.parts.pushes(context), person, id, query).await?.into())
    }

    async fn receipt_of_app(&self, id: Uuid, app: ObjectId) -> Result<AppReceipt, Problem> {
        let (person, context) = self.entered()?;
        Ok(receipt_of_app::handle(&self.parts.pushes(context), person, id, app).await?.into())
    }

    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem> {
        let (person, context) = self.entered()?;
        Ok(progress::handle(&self.parts.pushes(context), person, receipt).await?.into())
    }

    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem> {
        let (person, context) = self.pushing()?;
        Ok(steer::handle(&self.parts.pushes(context), person, receipt, steer).await?)
    }

    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem> {
        let (person, context) = self.entered()?;
        Ok(retirements::handle(&self.parts.pushes(context), person, page).await?.into())
    }
}

impl From<PushProgress> for Progress {
    fn from(progress: PushProgress) -> Self {
        let (counts, reading) = (progress.counts, progress.reading);
        Self {
            state: progress.state,
            why: progress.why.as_ref().map(Problem::from),
            wave: progress.wave,
            waiting: counts.waiting - reading,
            working: counts.writing + reading,
            verified: counts.verified,
            already_there: counts.already_there,
            changed: counts.changed,
            refused: counts.refused,
            failed: counts.failed,
            unverified: counts.unverified,
            cancelled: counts.cancelled,
            per_minute: progress.per_minute.map(whole),
            seconds_left: progress.seconds_left().map(whole),
            waves: progress.waves,
            may_steer: progress.may_steer,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "neither negative nor beyond u32")]
fn whole(value: f64) -> u32 {
    value.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

impl From<PushReceipt> for Receipt {
    fn from(receipt: PushReceipt) -> Self {
        let PushReceipt { run, head, note, request, pace, progress, apps, page, total } = receipt;
        let items: Vec<ReceiptApp> = apps.into_iter().map(|(app, standing)| shown(app, standing)).collect();
        let until = u64::from(page - 1) * PAGE_SIZE as u64 + items.len() as u64;
        Self {
            id: run.id,
            plan: run.plan,
            certificates: head.certificates,
            mode: run.mode,
            note,
            request,
            who: run.who,
            username: run.username,
            started_at: run.started_at,
            finished_at: run.finished_at,
            pace,
            progress: progress.into(),
            apps: Page { has_next: until < total, items, page, total: Some(total) },
        }
    }
}

impl From<PushOnApp> for AppReceipt {
    fn from(PushOnApp { run, app, standing, sees_whole }: PushOnApp) -> Self {
        Self {
            id: run.id,
            mode: run.mode,
            who: run.who,
            username: run.username,
            started_at: run.started_at,
            finished_at: run.finished_at,
            app: shown(app, standing),
            sees_whole,
        }
    }
}

impl From<Retirements> for Page<Retirement> {
    fn from(Retirements { rows, page, now }: Retirements) -> Self {
        let until = u64::from(page - 1) * PAGE_SIZE as u64 + rows.items.len() as u64;
        let items = rows.items.into_iter().map(|one| retirement(one, now)).collect();
        Self { items, page, has_next: until < rows.total, total: Some(rows.total) }
    }
}

fn retirement(one: StoredRetirement, now: OffsetDateTime) -> Retirement {
    Retirement {
        object_id: one.object_id,
        app_id: one.app_id,
        display_name: one.display_name,
        key_id: one.key_id,
        entry_name: one.entry_name,
        due: one.due_at <= now,
        due_at: one.due_at,
        who: one.who,
        receipt: one.receipt,
    }
}

fn shown(app: OpenApp, standing: AppStanding) -> ReceiptApp {
    match standing {
        AppStanding::Ended(result) => ended(app, *result),
        AppStanding::Cancelled => blank(app, AppStage::Ended(Outcome::Cancelled)),
        AppStanding::Waiting => blank(app, AppStage::Waiting),
        AppStanding::Reading => blank(app, AppStage::Working),
        AppStanding::Writing { before } => ReceiptApp { before: Some(before), ..blank(app, AppStage::Working) },
    }
}

/// An app about which nothing more is known.
fn blank(app: OpenApp, stage: AppStage) -> ReceiptApp {
    ReceiptApp {
        object_id: app.object_id,
        app_id: app.app_id,
        display_name: app.display_name,
        stage,
        problem: None,
        diff: None,
        before: None,
        after: None,
        steps: vec![],
        reads_until_seen: 0,
        notes: vec![],
        undo: None,
    }
}

fn ended(app: OpenApp, result: AppResult) -> ReceiptApp {
    ReceiptApp {
        problem: result.failure.as_ref().map(Problem::from),
        diff: result.diff,
        before: result.before,
        after: result.after,
        steps: result.steps.into_iter().map(GraphStep::from).collect(),
        reads_until_seen: result.reads_until_seen,
        notes: result.notes.iter().map(note).collect(),
        undo: result.undo,
        ..blank(app, AppStage::Ended(result.outcome))
    }
}

impl From<Step> for GraphStep {
    fn from(step: Step) -> Self {
        let what = match step.kind {
            StepKind::ReadBeforeWriting => "GET: read again before writing".into(),
            StepKind::AsPlanned => "GET: read back, as planned".into(),
            StepKind::NotYet => "GET: read back, not there yet".into(),
            StepKind::Differs => "GET: read back, differs".into(),
            StepKind::NotReadBack => "GET: read back, failed".into(),
            StepKind::Write => "PATCH: write the previewed body".into(),
            StepKind::WriteCutOff => "PATCH: cut off, so that its answer is not known".into(),
            StepKind::Told(told) => told,
        };
        let what = if step.times > 1 { format!("{what} ({} times)", step.times) } else { what };
        Self { what, status: step.status, request_id: step.request_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_by_request_and_what_it_showed() {
        for (kind, what) in [
            (StepKind::ReadBeforeWriting, "GET: read again before writing"),
            (StepKind::AsPlanned, "GET: read back, as planned"),
            (StepKind::NotYet, "GET: read back, not there yet"),
            (StepKind::Differs, "GET: read back, differs"),
            (StepKind::NotReadBack, "GET: read back, failed"),
            (StepKind::Write, "PATCH: write the previewed body"),
            (StepKind::WriteCutOff, "PATCH: cut off, so that its answer is not known"),
            (StepKind::Told("GET: as it was told".into()), "GET: as it was told"),
        ] {
            let step = |times| Step { kind: kind.clone(), status: None, request_id: None, times };
            assert_eq!(GraphStep::from(step(1)).what, what);
            assert_eq!(GraphStep::from(step(2)).what, format!("{what} (2 times)"));
        }
    }
}

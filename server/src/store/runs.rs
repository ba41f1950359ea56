//! Pushes under way: where each stands, and the sign-in that it was given. What is done of one is in its apps' rows.

use super::ids::Id;
use super::journal::this_receipt;
use super::{OpenApp, Stamp, Store, StoreError, StoredReason, TenantStore, from_json, parse, stored_json};
use domain::ids::{AppId, ObjectId, TenantId};
use domain::rollout::{Counts, PushMode, RunState};
use time::OffsetDateTime;
use uuid::Uuid;

/// A push, as far as who works on it must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: Uuid,
    pub tenant: TenantId,
    pub person: ObjectId,
    pub plan: Uuid,
    pub mode: PushMode,
    pub who: String,
    pub username: String,
    pub state: RunState,
    pub why: Option<StoredReason>,
    /// From 1.
    pub wave: u32,
    /// How it goes about its apps, as JSON of the desk's own.
    pub pace: String,
    pub started_at: OffsetDateTime,
    /// Set once nothing more will happen.
    pub finished_at: Option<OffsetDateTime>,
}

/// An app of a push that has no result yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWork {
    /// Among the receipt's apps, and among the plan's.
    pub position: usize,
    pub app: OpenApp,
    /// The state from before the first write, where one may have been sent.
    pub before: Option<String>,
    /// What was kept before the last write, as JSON of the desk's own.
    pub journal: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RunRow {
    id: Id<Uuid>,
    tenant_id: Id<TenantId>,
    person_id: Id<ObjectId>,
    plan_id: Id<Uuid>,
    mode: String,
    who: String,
    username: String,
    state: String,
    why: Option<String>,
    wave: i64,
    pace: String,
    started_at: Stamp,
    finished_at: Option<Stamp>,
}

#[derive(sqlx::FromRow)]
struct WorkRow {
    position: i64,
    object_id: Id<ObjectId>,
    app_id: Id<AppId>,
    display_name: String,
    before: Option<String>,
    journal: Option<String>,
}

impl TryFrom<RunRow> for Run {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.0,
            tenant: row.tenant_id.0,
            person: row.person_id.0,
            plan: row.plan_id.0,
            mode: from_json("mode", &row.mode)?,
            who: row.who,
            username: row.username,
            state: parse("state of a push", &row.state)?,
            why: row.why.as_deref().map(stored_json::read).transpose()?,
            wave: u32::try_from(row.wave).unwrap_or(1),
            pace: row.pace,
            started_at: row.started_at.0,
            finished_at: row.finished_at.map(|at| at.0),
        })
    }
}

impl TryFrom<WorkRow> for OpenWork {
    type Error = StoreError;

    fn try_from(row: WorkRow) -> Result<Self, StoreError> {
        Ok(Self {
            position: usize::try_from(row.position).map_err(|_| StoreError::Damaged("a position".into()))?,
            app: OpenApp { object_id: row.object_id.0, app_id: row.app_id.0, display_name: row.display_name },
            before: row.before,
            journal: row.journal,
        })
    }
}

macro_rules! select_work {
    ($rest:literal) => {
        concat!(
            "SELECT position, object_id, app_id, display_name, before, journal FROM receipt_apps WHERE ",
            this_receipt!(),
            $rest
        )
    };
}

impl Store {
    /// Receipts that somebody has to work on, the oldest first, of every tenant: a process that looks for work does not
    /// know yet whose there is.
    pub async fn open_runs(&self) -> Result<Vec<(TenantId, Uuid)>, StoreError> {
        let rows: Vec<(Id<TenantId>, Id<Uuid>)> = sqlx::query_as(
            "SELECT tenant_id, id FROM receipts WHERE finished_at IS NULL AND state IN ('running', 'cancelled')
             ORDER BY started_at",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(tenant, id)| (tenant.0, id.0)).collect())
    }

    /// Whose push this is: a job in the queue names its receipt alone.
    pub async fn tenant_of_run(&self, receipt: Uuid) -> Result<Option<TenantId>, StoreError> {
        let tenant: Option<Id<TenantId>> = sqlx::query_scalar("SELECT tenant_id FROM receipts WHERE id = $1")
            .bind(Id(receipt))
            .fetch_optional(&self.pool)
            .await?;
        Ok(tenant.map(|tenant| tenant.0))
    }

    /// Who began it.
    pub async fn person_of_run(&self, receipt: Uuid) -> Result<Option<ObjectId>, StoreError> {
        let person: Option<Id<ObjectId>> = sqlx::query_scalar("SELECT person_id FROM receipts WHERE id = $1")
            .bind(Id(receipt))
            .fetch_optional(&self.pool)
            .await?;
        Ok(person.map(|person| person.0))
    }
}

impl TenantStore {
    pub async fn run(&self, receipt: Uuid) -> Result<Option<Run>, StoreError> {
        let row: Option<RunRow> = sqlx::query_as(
            "SELECT id, tenant_id, person_id, plan_id, mode, who, username, state, why, wave, pace, started_at, finished_at
             FROM receipts WHERE id = $1 AND tenant_id = $2",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .fetch_optional(&self.store.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Moves a push from one of `from` to `to`. `false` where it was in none of them, or is over. Where it rests from then on,
    /// its sign-in is forgotten: see [`Self::forget_tokens_at_rest`].
    pub async fn move_run(
        &self,
        receipt: Uuid,
        from: &[RunState],
        to: RunState,
        why: Option<&StoredReason>,
    ) -> Result<bool, StoreError> {
        // Moves are few and the states are five: one statement each keeps the SQL fixed.
        for from in from {
            let moved = sqlx::query(
                "UPDATE receipts SET state = $3, why = $4
                 WHERE id = $1 AND tenant_id = $2 AND state = $5 AND finished_at IS NULL",
            )
            .bind(Id(receipt))
            .bind(self.tenant)
            .bind(to.as_str())
            .bind(why.map(stored_json::write).transpose()?)
            .bind(from.as_str())
            .execute(&self.store.pool)
            .await?
            .rows_affected();
            if moved == 1 {
                self.forget_tokens_at_rest(receipt).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends a wave of a running push: the next one begins, now or, where there is a reason, when a person says so.
    pub async fn next_wave(&self, receipt: Uuid, wave: u32, pause: Option<&StoredReason>) -> Result<(), StoreError> {
        let to = if pause.is_some() { RunState::Paused } else { RunState::Running };
        sqlx::query(
            "UPDATE receipts SET wave = $3, state = $4, why = $5
             WHERE id = $1 AND tenant_id = $2 AND state = 'running' AND wave < $3",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(i64::from(wave))
        .bind(to.as_str())
        .bind(pause.map(stored_json::write).transpose()?)
        .execute(&self.store.pool)
        .await?;
        if pause.is_some() { self.forget_tokens_at_rest(receipt).await } else { Ok(()) }
    }

    /// Lets a paused push go on with a new sign-in. `false` where it is not paused, or was moved meanwhile.
    pub async fn resume_run(&self, receipt: Uuid, pace: &str, tokens: &[u8]) -> Result<bool, StoreError> {
        let moved = sqlx::query(
            "UPDATE receipts SET state = 'running', why = NULL, pace = $3, tokens = $4
             WHERE id = $1 AND tenant_id = $2 AND state IN ('paused', 'needs-sign-in') AND finished_at IS NULL",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(pace)
        .bind(tokens)
        .execute(&self.store.pool)
        .await?
        .rows_affected();
        Ok(moved == 1)
    }

    /// The push is over: nothing more will happen, and its sign-in is forgotten.
    pub async fn finish_run(&self, receipt: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE receipts SET finished_at = $3, tokens = NULL, why = NULL,
                state = CASE WHEN state = 'cancelled' THEN 'cancelled' ELSE 'finished' END
             WHERE id = $1 AND tenant_id = $2 AND finished_at IS NULL",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(Stamp(at))
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// Forgets the sign-in of a push that rests: it is given another one with the word to go on. Not where an app may have been
    /// written and was not looked at: who cancels the push wants to know of it, and whoever looked at the last of them asks again.
    pub async fn forget_tokens_at_rest(&self, receipt: Uuid) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE receipts SET tokens = NULL
             WHERE id = $1 AND tenant_id = $2 AND state IN ('paused', 'needs-sign-in') AND finished_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM receipt_apps WHERE receipt_id = receipts.id AND stage = 'writing')",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// Pauses all pushes of this person that are under way; answers which.
    pub async fn pause_runs_of(&self, person: ObjectId, why: &StoredReason) -> Result<Vec<Uuid>, StoreError> {
        let running: Vec<Id<Uuid>> = sqlx::query_scalar(
            "SELECT id FROM receipts WHERE tenant_id = $1 AND person_id = $2 AND state = 'running' AND finished_at IS NULL",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .fetch_all(&self.store.pool)
        .await?;
        let mut paused = Vec::new();
        for Id(receipt) in running {
            if self.move_run(receipt, &[RunState::Running], RunState::Paused, Some(why)).await? {
                paused.push(receipt);
            }
        }
        Ok(paused)
    }

    /// The sealed sign-in of a push that is not over.
    pub async fn run_tokens(&self, receipt: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT tokens FROM receipts WHERE id = $1 AND tenant_id = $2")
                .bind(Id(receipt))
                .bind(self.tenant)
                .fetch_optional(&self.store.pool)
                .await?;
        Ok(found.flatten())
    }

    /// After they were renewed. Nothing where the push is over.
    pub async fn keep_run_tokens(&self, receipt: Uuid, tokens: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE receipts SET tokens = $3
             WHERE id = $1 AND tenant_id = $2 AND finished_at IS NULL AND tokens IS NOT NULL",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(tokens)
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// Pushes of the tenant that are under way and began before this one.
    pub async fn running_before(&self, receipt: Uuid) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM receipts o JOIN receipts r ON r.tenant_id = o.tenant_id
             WHERE r.id = $1 AND r.tenant_id = $2 AND o.finished_at IS NULL AND o.state = 'running'
                AND (o.started_at < r.started_at OR (o.started_at = r.started_at AND o.id < r.id))",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    pub async fn counts(&self, receipt: Uuid) -> Result<Counts, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(concat!(
            "SELECT stage, outcome, count(*) FROM receipt_apps WHERE ",
            this_receipt!(),
            " GROUP BY stage, outcome"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .fetch_all(&self.store.pool)
        .await?;
        let mut counts = Counts::default();
        for (stage, outcome, count) in rows {
            let outcome = outcome.as_deref().map(|outcome| parse("outcome", outcome)).transpose()?;
            let apps = u32::try_from(count).unwrap_or(u32::MAX);
            let counted = counts.add(parse("stage", &stage)?, outcome, apps);
            counted.map_err(|e| StoreError::Damaged(e.to_string()))?;
        }
        Ok(counts)
    }

    /// The next apps whose turn has not come, in order. `after`: the last position that is known.
    pub async fn next_waiting(
        &self,
        receipt: Uuid,
        after: Option<usize>,
        limit: usize,
    ) -> Result<Vec<OpenWork>, StoreError> {
        let rows: Vec<WorkRow> =
            sqlx::query_as(select_work!(" AND stage = 'waiting' AND position > $3 ORDER BY position LIMIT $4"))
                .bind(Id(receipt))
                .bind(self.tenant)
                .bind(after.map_or(-1, |position| i64::try_from(position).unwrap_or(i64::MAX)))
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&self.store.pool)
                .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Apps to which a write may have been sent, and which have no result.
    pub async fn in_writing(&self, receipt: Uuid) -> Result<Vec<OpenWork>, StoreError> {
        let rows: Vec<WorkRow> = sqlx::query_as(select_work!(" AND stage = 'writing' ORDER BY position"))
            .bind(Id(receipt))
            .bind(self.tenant)
            .fetch_all(&self.store.pool)
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Apps whose turn has not come and of which the preview failed, with why it did.
    pub async fn not_planned(&self, receipt: Uuid) -> Result<Vec<(OpenWork, Option<StoredReason>)>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            #[sqlx(flatten)]
            work: WorkRow,
            problem: Option<String>,
        }
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT a.position, a.object_id, a.app_id, a.display_name, a.before, a.journal, p.problem FROM receipts r
             JOIN receipt_apps a ON a.receipt_id = r.id
             JOIN plan_apps p ON p.plan_id = r.plan_id AND p.position = a.position
             WHERE r.id = $1 AND r.tenant_id = $2 AND a.stage = 'waiting' AND p.merge IS NULL ORDER BY a.position",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter()
            .map(|row| Ok((row.work.try_into()?, row.problem.as_deref().map(stored_json::read).transpose()?)))
            .collect()
    }

    /// Ends all apps whose turn has not come. They have an outcome and no further result: nothing was done.
    pub async fn cancel_waiting(&self, receipt: Uuid) -> Result<(), StoreError> {
        sqlx::query(concat!(
            "UPDATE receipt_apps SET stage = 'done', outcome = 'cancelled' WHERE ",
            this_receipt!(),
            " AND stage = 'waiting'"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }
}

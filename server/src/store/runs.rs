//! Pushes under way: where each stands, and the sign-in that it was given. What is done of one is in its apps' rows.

use super::stamp::Stamp;
use super::{OpenApp, Store, StoreError, from_json, parse, to_json};
use app::contract::problem::Problem;
use app::contract::pushes::{PushMode, RunState};
use domain::ids::{ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
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
    pub why: Option<Problem>,
    /// From 1.
    pub wave: u32,
    /// How it goes about its apps, as JSON of the desk's own.
    pub pace: String,
    pub started_at: OffsetDateTime,
    /// Set once nothing more will happen.
    pub finished_at: Option<OffsetDateTime>,
}

/// How many apps of a push are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub waiting: u32,
    /// A write was sent, or is about to be.
    pub writing: u32,
    pub verified: u32,
    pub already_there: u32,
    pub changed: u32,
    pub refused: u32,
    pub failed: u32,
    pub unverified: u32,
    pub cancelled: u32,
}

impl Counts {
    pub fn ended(&self) -> u32 {
        self.verified + self.already_there + self.badly() + self.cancelled
    }

    /// That ended otherwise than wanted.
    pub fn badly(&self) -> u32 {
        self.changed + self.refused + self.failed + self.unverified
    }

    pub fn all(&self) -> u32 {
        self.waiting + self.writing + self.ended()
    }
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
    id: String,
    tenant_id: String,
    person_id: String,
    plan_id: String,
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
    object_id: String,
    app_id: String,
    display_name: String,
    before: Option<String>,
    journal: Option<String>,
}

impl TryFrom<RunRow> for Run {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("receipt", &row.id)?,
            tenant: parse("tenant", &row.tenant_id)?,
            person: parse("person", &row.person_id)?,
            plan: parse("plan", &row.plan_id)?,
            mode: from_json("mode", &row.mode)?,
            who: row.who,
            username: row.username,
            state: state(&row.state)?,
            why: row.why.as_deref().map(|why| from_json("problem", why)).transpose()?,
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
            app: OpenApp {
                object_id: parse("object id", &row.object_id)?,
                app_id: parse("app id", &row.app_id)?,
                display_name: row.display_name,
            },
            before: row.before,
            journal: row.journal,
        })
    }
}

/// As `RunState` is on the wire.
pub(super) fn state(text: &str) -> Result<RunState, StoreError> {
    Ok(match text {
        "running" => RunState::Running,
        "paused" => RunState::Paused,
        "needs-sign-in" => RunState::NeedsSignIn,
        "cancelled" => RunState::Cancelled,
        "finished" => RunState::Finished,
        other => return Err(StoreError::Damaged(format!("run state “{other}”"))),
    })
}

fn state_name(state: RunState) -> &'static str {
    match state {
        RunState::Running => "running",
        RunState::Paused => "paused",
        RunState::NeedsSignIn => "needs-sign-in",
        RunState::Cancelled => "cancelled",
        RunState::Finished => "finished",
    }
}

macro_rules! select_runs {
    ($rest:literal) => {
        concat!(
            "SELECT id, tenant_id, person_id, plan_id, mode, who, username, state, why, wave, pace, started_at, finished_at
             FROM receipts ",
            $rest
        )
    };
}

macro_rules! select_work {
    ($rest:literal) => {
        concat!(
            "SELECT position, object_id, app_id, display_name, before, journal FROM receipt_apps WHERE receipt_id = $1 AND stage = ",
            $rest
        )
    };
}

impl Store {
    pub async fn run(&self, receipt: Uuid) -> Result<Option<Run>, StoreError> {
        let row: Option<RunRow> =
            sqlx::query_as(select_runs!("WHERE id = $1")).bind(receipt.to_string()).fetch_optional(&self.pool).await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Receipts of every tenant that somebody has to work on, the oldest first.
    pub async fn open_runs(&self) -> Result<Vec<Uuid>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM receipts WHERE finished_at IS NULL AND state IN ('running', 'cancelled') ORDER BY started_at",
        )
        .fetch_all(&self.pool)
        .await?;
        ids.iter().map(|id| parse("receipt", id)).collect()
    }

    /// Moves a push from one of `from` to `to`. `false` where it was in none of them, or is over.
    pub async fn move_run(
        &self,
        receipt: Uuid,
        from: &[RunState],
        to: RunState,
        why: Option<&Problem>,
    ) -> Result<bool, StoreError> {
        // Moves are few and the states are five: one statement each keeps the SQL fixed.
        for from in from {
            let moved = sqlx::query(
                "UPDATE receipts SET state = $1, why = $2 WHERE id = $3 AND state = $4 AND finished_at IS NULL",
            )
            .bind(state_name(to))
            .bind(why.map(|why| to_json("problem", why)).transpose()?)
            .bind(receipt.to_string())
            .bind(state_name(*from))
            .execute(&self.pool)
            .await?
            .rows_affected();
            if moved == 1 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends a wave of a running push: the next one begins, now or, where there is a reason, when a person says so.
    pub async fn next_wave(&self, receipt: Uuid, wave: u32, pause: Option<&Problem>) -> Result<(), StoreError> {
        let to = if pause.is_some() { RunState::Paused } else { RunState::Running };
        sqlx::query(
            "UPDATE receipts SET wave = $1, state = $2, why = $3 WHERE id = $4 AND state = 'running' AND wave < $1",
        )
        .bind(i64::from(wave))
        .bind(state_name(to))
        .bind(pause.map(|why| to_json("problem", why)).transpose()?)
        .bind(receipt.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lets a paused push go on with a new sign-in. `false` where it is not paused, or was moved meanwhile.
    pub async fn resume_run(&self, receipt: Uuid, pace: &str, tokens: &[u8]) -> Result<bool, StoreError> {
        let moved = sqlx::query(
            "UPDATE receipts SET state = 'running', why = NULL, pace = $1, tokens = $2
             WHERE id = $3 AND state IN ('paused', 'needs-sign-in') AND finished_at IS NULL",
        )
        .bind(pace)
        .bind(tokens)
        .bind(receipt.to_string())
        .execute(&self.pool)
        .await?
        .rows_affected();
        Ok(moved == 1)
    }

    /// The push is over: nothing more will happen, and its sign-in is forgotten.
    pub async fn finish_run(&self, receipt: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE receipts SET finished_at = $1, tokens = NULL, why = NULL,
                state = CASE WHEN state = 'cancelled' THEN 'cancelled' ELSE 'finished' END
             WHERE id = $2 AND finished_at IS NULL",
        )
        .bind(Stamp(at))
        .bind(receipt.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The sealed sign-in of a push that is not over.
    pub async fn run_tokens(&self, receipt: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<Option<Vec<u8>>> = sqlx::query_scalar("SELECT tokens FROM receipts WHERE id = $1")
            .bind(receipt.to_string())
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.flatten())
    }

    /// After they were renewed. Nothing where the push is over.
    pub async fn keep_run_tokens(&self, receipt: Uuid, tokens: &[u8]) -> Result<(), StoreError> {
        sqlx::query("UPDATE receipts SET tokens = $1 WHERE id = $2 AND finished_at IS NULL AND tokens IS NOT NULL")
            .bind(tokens)
            .bind(receipt.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn counts(&self, receipt: Uuid) -> Result<Counts, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(
            "SELECT stage, outcome, count(*) FROM receipt_apps WHERE receipt_id = $1 GROUP BY stage, outcome",
        )
        .bind(receipt.to_string())
        .fetch_all(&self.pool)
        .await?;
        let mut counts = Counts::default();
        for (stage, outcome, count) in rows {
            let place = match (stage.as_str(), outcome.as_deref()) {
                ("waiting", _) => &mut counts.waiting,
                ("writing", _) => &mut counts.writing,
                (_, Some("verified")) => &mut counts.verified,
                (_, Some("already-there")) => &mut counts.already_there,
                (_, Some("changed-since-preview")) => &mut counts.changed,
                (_, Some("refused")) => &mut counts.refused,
                (_, Some("failed")) => &mut counts.failed,
                (_, Some("unverified")) => &mut counts.unverified,
                (_, Some("cancelled")) => &mut counts.cancelled,
                (stage, outcome) => return Err(StoreError::Damaged(format!("{stage} app with outcome {outcome:?}"))),
            };
            *place += u32::try_from(count).unwrap_or(u32::MAX);
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
        let rows: Vec<WorkRow> = sqlx::query_as(select_work!("'waiting' AND position > $2 ORDER BY position LIMIT $3"))
            .bind(receipt.to_string())
            .bind(after.map_or(-1, |position| i64::try_from(position).unwrap_or(i64::MAX)))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Apps to which a write may have been sent, and which have no result.
    pub async fn in_writing(&self, receipt: Uuid) -> Result<Vec<OpenWork>, StoreError> {
        let rows: Vec<WorkRow> = sqlx::query_as(select_work!("'writing' ORDER BY position"))
            .bind(receipt.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Apps whose turn has not come and of which the preview failed, with why it did.
    pub async fn not_planned(&self, receipt: Uuid) -> Result<Vec<(OpenWork, Option<Problem>)>, StoreError> {
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
             WHERE r.id = $1 AND a.stage = 'waiting' AND p.merge IS NULL ORDER BY a.position",
        )
        .bind(receipt.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let problem = row.problem.as_deref().map(|problem| from_json("problem", problem)).transpose()?;
                Ok((row.work.try_into()?, problem))
            })
            .collect()
    }

    /// The states in which an app was seen since then, oldest first; of very many, the newest.
    pub async fn states_since(
        &self,
        tenant: TenantId,
        app: ObjectId,
        since: OffsetDateTime,
    ) -> Result<Vec<KeyCredentials>, StoreError> {
        let states: Vec<String> = sqlx::query_scalar(
            "SELECT entries FROM states WHERE tenant_id = $1 AND object_id = $2 AND seen_at >= $3
             ORDER BY id DESC LIMIT 50",
        )
        .bind(tenant.to_string())
        .bind(app.to_string())
        .bind(Stamp(since))
        .fetch_all(&self.pool)
        .await?;
        let damaged = |error| StoreError::Damaged(format!("state: {error}"));
        let states = states.iter().rev().map(|entries| from_json("state", entries));
        states.map(|entries| KeyCredentials::from_json(&entries?).map_err(damaged)).collect()
    }

    /// How many apps of a plan are tried when it is pushed.
    pub async fn planned_apps(&self, plan: Uuid) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM plan_apps WHERE plan_id = $1 AND merge IS NOT NULL")
            .bind(plan.to_string())
            .fetch_one(&self.pool)
            .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Ends all apps whose turn has not come. They have an outcome and no further result: nothing was done.
    pub async fn cancel_waiting(&self, receipt: Uuid) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE receipt_apps SET stage = 'done', outcome = 'cancelled' WHERE receipt_id = $1 AND stage = 'waiting'",
        )
        .bind(receipt.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

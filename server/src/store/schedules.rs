//! When work that comes round by itself is due next, and which process is at it. Of no tenant: it is the portal's own.

use super::{Id, Stamp, Store, StoreError, TenantStore};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What came of asking for a schedule's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is this process' to make, until `held_until` or as long as that is moved on.
    Ours,
    /// It is not due before then, or another process has it until then.
    NotBefore(OffsetDateTime),
}

/// A run that one asks for.
#[derive(Debug, Clone, Copy)]
pub struct ClaimRequest<'a> {
    pub name: &'a str,
    pub now: OffsetDateTime,
    /// Between two runs. A next run that lies further ahead is due: the clock, or the period, has been set back.
    pub period: Duration,
    /// Names the run: nobody else's has this id.
    pub holder: Uuid,
    /// From when on its process is taken for dead.
    pub held_until: OffsetDateTime,
}

/// In the table of schedules, the row of which no job has the name: that it can be written.
const READINESS: &str = "readiness";

impl Store {
    /// Fails where the database cannot be written, is not the portal's, or does not answer. Writes one row to the disk.
    pub async fn check_writes(&self, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO schedules (name, next_run_at, last_run_at) VALUES ($1, $2, $2)
             ON CONFLICT (name) DO UPDATE SET next_run_at = $2, last_run_at = $2",
        )
        .bind(READINESS)
        .bind(Stamp(now))
        .execute(&mut *transaction)
        .await?;
        // What nobody can do without.
        sqlx::query("SELECT 1 FROM sessions LIMIT 1").execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Makes a schedule known. `due`: of its first run; where `sooner` says so, of one that was known too.
    pub async fn open_schedule(&self, name: &str, due: OffsetDateTime, sooner: bool) -> Result<(), StoreError> {
        let mut transaction = self.begin_unsynced().await?;
        sqlx::query("INSERT INTO schedules (name, next_run_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(Stamp(due))
            .execute(&mut *transaction)
            .await?;
        if sooner {
            sqlx::query("UPDATE schedules SET next_run_at = $1 WHERE name = $2 AND next_run_at > $1")
                .bind(Stamp(due))
                .bind(name)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Takes a run that is due and that nobody has, or whose holder has given no sign of life.
    pub async fn claim_schedule(&self, request: ClaimRequest<'_>) -> Result<Claim, StoreError> {
        let ClaimRequest { name, now, period, holder, held_until } = request;
        // Who holds it longer than anybody can does so by a clock that has been set back since.
        let sane = held_until + (held_until - now);
        // Looking costs no turn of the writer.
        let not_before = self.schedule_not_before(name, now, period, sane).await?;
        if let Some(at) = not_before
            && at > now
        {
            return Ok(Claim::NotBefore(at));
        }
        let mut transaction = self.begin_unsynced().await?;
        let taken = sqlx::query(
            "UPDATE schedules SET holder = $1, held_until = $2, last_run_at = $3
             WHERE name = $4 AND (next_run_at <= $3 OR next_run_at > $5)
                AND (held_until IS NULL OR held_until <= $3 OR held_until > $6)",
        )
        .bind(Id(holder))
        .bind(Stamp(held_until))
        .bind(Stamp(now))
        .bind(name)
        .bind(Stamp(now + period))
        .bind(Stamp(sane))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        transaction.commit().await?;
        if taken == 1 {
            return Ok(Claim::Ours);
        }
        // Another process was quicker.
        Ok(Claim::NotBefore(self.schedule_not_before(name, now, period, sane).await?.unwrap_or(now)))
    }

    /// A sign of life. `false` where another process has taken the run over.
    pub async fn hold_schedule(&self, name: &str, holder: Uuid, until: OffsetDateTime) -> Result<bool, StoreError> {
        let mut transaction = self.begin_unsynced().await?;
        let held = sqlx::query("UPDATE schedules SET held_until = $1 WHERE name = $2 AND holder = $3")
            .bind(Stamp(until))
            .bind(name)
            .bind(Id(holder))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        transaction.commit().await?;
        Ok(held == 1)
    }

    /// The run has ended. Answers how many in a row have failed by now; `None` where another process had taken it over.
    pub async fn end_schedule(
        &self,
        name: &str,
        holder: Uuid,
        next: OffsetDateTime,
        failed: bool,
    ) -> Result<Option<i64>, StoreError> {
        let mut transaction = self.begin_unsynced().await?;
        let failures = sqlx::query_scalar(
            "UPDATE schedules SET next_run_at = $1, holder = NULL, held_until = NULL, failures = (failures + 1) * $2
             WHERE name = $3 AND holder = $4 RETURNING failures",
        )
        .bind(Stamp(next))
        .bind(i64::from(failed))
        .bind(name)
        .bind(Id(holder))
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(failures)
    }

    /// The run was cut off by who made it: it is still due, and anybody's.
    pub async fn give_schedule_back(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        let mut transaction = self.begin_unsynced().await?;
        sqlx::query("UPDATE schedules SET holder = NULL, held_until = NULL WHERE name = $1 AND holder = $2")
            .bind(name)
            .bind(Id(holder))
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// `None` where the schedule is not known.
    async fn schedule_not_before(
        &self,
        name: &str,
        now: OffsetDateTime,
        period: Duration,
        sane: OffsetDateTime,
    ) -> Result<Option<OffsetDateTime>, StoreError> {
        let row: Option<(Stamp, Option<Stamp>)> =
            sqlx::query_as("SELECT next_run_at, held_until FROM schedules WHERE name = $1")
                .bind(name)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(next, held)| {
            let due = if next.0 > now + period { now } else { next.0 };
            held.filter(|held| held.0 <= sane).map_or(due, |held| due.max(held.0))
        }))
    }
}

impl TenantStore {
    /// A run is due, also where its time has not come: a process looks within ten seconds.
    pub async fn hasten_schedule(&self, name: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        self.store.open_schedule(name, now, true).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;

    const NAME: &str = "sweep";
    const AT: OffsetDateTime = time::macros::datetime!(2026-11-24 12:00 UTC);
    const PERIOD: Duration = Duration::minutes(10);
    const LEASE: Duration = Duration::seconds(9);

    async fn claim(store: &Store, holder: u128, now: OffsetDateTime) -> Claim {
        let holder = Uuid::from_u128(holder);
        let request = ClaimRequest { name: NAME, now, period: PERIOD, holder, held_until: now + LEASE };
        store.claim_schedule(request).await.unwrap()
    }

    #[tokio::test]
    async fn one_process_has_a_run() {
        on_both(async |database| {
            let (one, other) = (database.store().await, database.store().await);
            one.open_schedule(NAME, AT, false).await.unwrap();
            let early = AT - Duration::SECOND;
            assert_eq!(claim(&one, 1, early).await, Claim::NotBefore(AT));
            assert_eq!(claim(&one, 1, AT).await, Claim::Ours);
            assert_eq!(claim(&other, 2, AT).await, Claim::NotBefore(AT + LEASE));
            let ended = one.end_schedule(NAME, Uuid::from_u128(1), AT + PERIOD, false).await.unwrap();
            assert_eq!(ended, Some(0));
            assert_eq!(claim(&other, 2, AT).await, Claim::NotBefore(AT + PERIOD));
            assert_eq!(claim(&other, 2, AT + PERIOD).await, Claim::Ours);
        })
        .await;
    }

    #[tokio::test]
    async fn who_took_it_by_a_clock_that_was_set_back_since_does_not_keep_it() {
        on_both(async |database| {
            let store = database.store().await;
            store.open_schedule(NAME, AT, false).await.unwrap();
            let ahead = AT + Duration::hours(2);
            assert_eq!(claim(&store, 1, ahead).await, Claim::Ours);
            assert_eq!(claim(&store, 2, ahead).await, Claim::NotBefore(ahead + LEASE));
            assert_eq!(claim(&store, 2, AT).await, Claim::Ours);
        })
        .await;
    }

    #[tokio::test]
    async fn who_is_silent_loses_it() {
        on_both(async |database| {
            let store = database.store().await;
            store.open_schedule(NAME, AT, false).await.unwrap();
            assert_eq!(claim(&store, 1, AT).await, Claim::Ours);
            let later = AT + Duration::seconds(5);
            assert!(store.hold_schedule(NAME, Uuid::from_u128(1), later + LEASE).await.unwrap());
            assert_eq!(claim(&store, 2, AT + LEASE).await, Claim::NotBefore(later + LEASE));
            assert_eq!(claim(&store, 2, later + LEASE).await, Claim::Ours);
            assert!(!store.hold_schedule(NAME, Uuid::from_u128(1), later + LEASE).await.unwrap());
            let ended = store.end_schedule(NAME, Uuid::from_u128(1), AT, true).await.unwrap();
            assert_eq!(ended, None, "what it says of its run counts no more");
            store.give_schedule_back(NAME, Uuid::from_u128(1)).await.unwrap();
            assert_eq!(claim(&store, 3, later + LEASE).await, Claim::NotBefore(later + LEASE + LEASE));
            store.give_schedule_back(NAME, Uuid::from_u128(2)).await.unwrap();
            assert_eq!(claim(&store, 3, later + LEASE).await, Claim::Ours);
        })
        .await;
    }

    #[tokio::test]
    async fn failures_in_a_row_are_counted_and_set_back_clocks_hold_nothing_up() {
        on_both(async |database| {
            let store = database.store().await;
            store.open_schedule(NAME, AT, false).await.unwrap();
            for (run, failed, expected) in [(1, true, 1), (2, true, 2), (3, false, 0), (4, true, 1)] {
                assert_eq!(claim(&store, run, AT).await, Claim::Ours, "run {run}");
                let ended = store.end_schedule(NAME, Uuid::from_u128(run), AT, failed).await.unwrap();
                assert_eq!(ended, Some(expected), "run {run}");
            }
            store.open_schedule(NAME, AT + PERIOD, true).await.unwrap();
            assert_eq!(claim(&store, 5, AT).await, Claim::Ours, "it was due before");
            store.end_schedule(NAME, Uuid::from_u128(5), AT + PERIOD * 6, false).await.unwrap();
            assert_eq!(claim(&store, 6, AT).await, Claim::Ours, "no run is further ahead than the period");
            store.end_schedule(NAME, Uuid::from_u128(6), AT + PERIOD, false).await.unwrap();
            store.open_schedule(NAME, AT, false).await.unwrap();
            assert_eq!(claim(&store, 7, AT).await, Claim::NotBefore(AT + PERIOD));
            store.open_schedule(NAME, AT, true).await.unwrap();
            assert_eq!(claim(&store, 7, AT).await, Claim::Ours);
        })
        .await;
    }
}

//! Deletes what has been kept for as long as the configuration says. Receipts and the audit log stay.

use super::job::Job;
use crate::clock::Clock;
use crate::config::Retention;
use crate::store::{Store, StoreError};
use std::sync::Arc;

/// Deletions are made in pieces, so that others can write in between. What is left over goes with the next run.
const PIECES: usize = 50;

pub struct Retain {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) retention: Retention,
}

impl Job for Retain {
    const NAME: &'static str = "retain";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        let (store, now) = (&self.store, self.clock.now());
        let Retention { previews, certificates, states, changes, counts } = self.retention;
        let before = |days| now - Retention::days(days);
        let mut gone = [0; 7];
        for _ in 0..PIECES {
            let piece = [
                store.forget_previews_before(before(previews)).await?,
                store.forget_certificates_before(before(certificates)).await?,
                store.forget_states_before(before(states)).await?,
                store.forget_gone_before(before(states)).await?,
                store.forget_changes_before(before(changes)).await?,
                store.forget_pushed_keys_before(before(changes)).await?,
                store.forget_counts_before(before(counts)).await?,
            ];
            gone.iter_mut().zip(piece).for_each(|(all, count)| *all += count);
            if piece == [0; 7] {
                break;
            }
        }
        let [previews, certificates, states, objects, changes, writes, counts] = gone;
        if gone != [0; 7] {
            tracing::info!(
                previews,
                certificates,
                states,
                objects,
                changes,
                writes,
                counts,
                "what was kept for long enough was deleted"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::clock::StoppedClock;
    use crate::store::databases::{Database, on_both};
    use sqlx::Executor as _;
    use time::macros::datetime;

    /// Rows of two ages; ids are all digits, so that they look alike on both databases.
    async fn filled(database: &Database) -> Store {
        let store = database.store().await;
        let id = |n: u32| format!("00000000-0000-0000-0000-{n:012}");
        let (tenant, person) = (id(1), id(2));
        for (n, at) in [(10, "2026-01-01T00:00:00.000000Z"), (11, "2026-11-27T00:00:00.000000Z")] {
            let (plan, pushed) = (id(n), id(n + 100));
            let statements = [
                format!(
                    "INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ('{plan}', '{tenant}', '{person}', '{at}', '{{}}')"
                ),
                format!(
                    "INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name, problem, findings) VALUES ('{plan}', 0, '{person}', '{person}', 'a', '{{}}', '[]')"
                ),
                format!(
                    "INSERT INTO plans (id, tenant_id, creator_id, created_at, content, receipt_id) VALUES ('{pushed}', '{tenant}', '{person}', '{at}', '{{}}', '{pushed}')"
                ),
            ];
            for statement in statements {
                store.pool().execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
            }
        }
        for (app, origin, at) in [
            (1, "read", "2020-01-01"),
            (1, "before-push", "2020-01-02"),
            (1, "read", "2020-01-03"),
            (2, "read", "2020-01-04"),
        ] {
            let at = format!("{at}T00:00:00.000000Z");
            let statement = format!(
                "INSERT INTO states (tenant_id, object_id, app_id, display_name, seen_at, fingerprint, entries, origin) VALUES ('{tenant}', '{0}', '{0}', 'a', '{at}', 'f', '[]', '{origin}')",
                id(app)
            );
            store.pool().execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
        }
        store
    }

    #[tokio::test]
    async fn what_is_old_goes_and_what_others_rest_on_stays() {
        on_both(async |database| {
            let store = filled(database).await;
            let clock = Arc::new(StoppedClock(datetime!(2026-11-28 12:00 UTC)));
            let job = Retain { store: store.clone(), clock, retention: Retention::default() };
            job.run(()).await.unwrap();
            let count = async |table: &str| -> i64 {
                let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
                sqlx::query_scalar(statement).fetch_one(store.pool()).await.unwrap()
            };
            assert_eq!(count("plans").await, 3, "one preview that nobody pushed is old");
            assert_eq!(count("plan_apps").await, 1);
            let states: Vec<(String, String)> =
                sqlx::query_as("SELECT origin, seen_at FROM states ORDER BY id").fetch_all(store.pool()).await.unwrap();
            let kept: Vec<&str> = states.iter().map(|(_, at)| &at[..10]).collect();
            assert_eq!(
                kept,
                ["2020-01-02", "2020-01-03", "2020-01-04"],
                "of each app the newest, and what a push found"
            );
            job.run(()).await.unwrap();
            assert_eq!(count("states").await, 3, "and nothing more");
        })
        .await;
    }
}

//! Sessions in the portal's database, for tower-sessions.

use crate::clock::Clock;
use crate::config::SessionPolicy;
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use sqlx::AnyPool;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// A session in which nobody is signed in holds a sign-in under way, and no longer than that may take.
const ANONYMOUS: Duration = Duration::minutes(15);
/// A request moves the idle limit at most this often.
const TOUCH: Duration = Duration::minutes(1);

/// The session store. It, and not tower-sessions, decides when a session ends: after some idle time, and after some
/// time in any case.
#[derive(Clone)]
pub struct Sessions {
    pool: AnyPool,
    clock: Arc<dyn Clock>,
    policy: SessionPolicy,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// The row of a session: the database never sees the cookie's value.
fn row(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string()))
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}

fn encode(data: &HashMap<String, serde_json::Value>) -> Result<String> {
    serde_json::to_string(data).map_err(|error| Error::Encode(error.to_string()))
}

impl Sessions {
    pub fn new(pool: AnyPool, clock: Arc<dyn Clock>, policy: SessionPolicy) -> Self {
        Self { pool, clock, policy }
    }

    /// Keeps a person's sealed tokens. From then on the session counts as signed in. `false` where it has ended.
    pub async fn keep_tokens(&self, id: &Id, sealed: &[u8]) -> std::result::Result<bool, sqlx::Error> {
        let now = self.clock.now().unix_timestamp();
        let done = sqlx::query(
            "UPDATE sessions SET tokens = $1, expires_at = CASE WHEN $3 < created_at + $4 THEN $3 ELSE created_at + $4 END
             WHERE id = $5 AND expires_at > $2",
        )
        .bind(sealed)
        .bind(now)
        .bind(now + self.policy.idle.whole_seconds())
        .bind(self.policy.absolute.whole_seconds())
        .bind(row(id))
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// `None` where the session has ended, or nobody is signed in.
    pub async fn tokens(&self, id: &Id) -> std::result::Result<Option<Vec<u8>>, sqlx::Error> {
        let found: Option<(Option<Vec<u8>>,)> =
            sqlx::query_as("SELECT tokens FROM sessions WHERE id = $1 AND expires_at > $2")
                .bind(row(id))
                .bind(self.clock.now().unix_timestamp())
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.and_then(|(tokens,)| tokens))
    }

    pub async fn end(&self, id: &Id) -> std::result::Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(row(id)).execute(&self.pool).await.map(|_| ())
    }

    /// Deletes what has ended; answers how many.
    pub async fn delete_expired(&self) -> std::result::Result<u64, sqlx::Error> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(self.clock.now().unix_timestamp())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.now();
        let data = encode(&record.data)?;
        loop {
            let done = sqlx::query(
                "INSERT INTO sessions (id, data, created_at, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
            )
            .bind(row(&record.id))
            .bind(&data)
            .bind(now.unix_timestamp())
            .bind((now + ANONYMOUS).unix_timestamp())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
            if done.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Changes a session that is there. One that was ended in the meantime stays ended, whatever a request that was
    /// under way wants to keep in it.
    async fn save(&self, record: &Record) -> Result<()> {
        sqlx::query("UPDATE sessions SET data = $1 WHERE id = $2")
            .bind(encode(&record.data)?)
            .bind(row(&record.id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.now().unix_timestamp();
        let found: Option<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT data, CASE WHEN tokens IS NULL THEN 0 ELSE 1 END, created_at, expires_at FROM sessions
             WHERE id = $1 AND expires_at > $2",
        )
        .bind(row(id))
        .bind(now)
        .fetch_optional(&self.pool)
        .await
        .map_err(backend)?;
        let Some((data, signed_in, created_at, mut expires_at)) = found else { return Ok(None) };
        let wanted = (now + self.policy.idle.whole_seconds()).min(created_at + self.policy.absolute.whole_seconds());
        if signed_in == 1 && wanted - expires_at >= TOUCH.whole_seconds() {
            sqlx::query("UPDATE sessions SET expires_at = $1 WHERE id = $2")
                .bind(wanted)
                .bind(row(id))
                .execute(&self.pool)
                .await
                .map_err(backend)?;
            expires_at = wanted;
        }
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(expires_at)
                .map_err(|error| Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.end(id).await.map_err(backend)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::store::databases::{Database, on_both};
    use std::sync::Mutex;

    struct Watch(Mutex<OffsetDateTime>);

    impl Watch {
        fn move_by(&self, by: Duration) {
            *self.0.lock().unwrap() += by;
        }
    }

    impl Clock for Watch {
        fn now(&self) -> OffsetDateTime {
            *self.0.lock().unwrap()
        }
    }

    async fn sessions(database: &Database) -> (Sessions, Arc<Watch>) {
        let pool = database.store().await.pool().clone();
        let watch = Arc::new(Watch(Mutex::new(OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap())));
        let policy = SessionPolicy { idle: Duration::hours(1), absolute: Duration::hours(8) };
        (Sessions::new(pool, watch.clone(), policy), watch)
    }

    async fn created(sessions: &Sessions) -> Record {
        let mut record = Record {
            id: Id::default(),
            data: HashMap::from([("a".to_owned(), 1.into())]),
            expiry_date: OffsetDateTime::UNIX_EPOCH,
        };
        sessions.create(&mut record).await.unwrap();
        record
    }

    #[tokio::test]
    async fn a_session_ends_after_idle_time_and_in_any_case() {
        on_both(async |database| {
            let (sessions, watch) = sessions(database).await;
            let id = created(&sessions).await.id;
            assert!(sessions.keep_tokens(&id, b"sealed").await.unwrap());
            for _ in 0..9 {
                watch.move_by(Duration::minutes(50));
                assert!(sessions.load(&id).await.unwrap().is_some(), "used every 50 minutes");
            }
            watch.move_by(Duration::minutes(31));
            assert!(sessions.load(&id).await.unwrap().is_none(), "8 hours are over");

            let idle = created(&sessions).await.id;
            sessions.keep_tokens(&idle, b"sealed").await.unwrap();
            watch.move_by(Duration::minutes(61));
            assert!(sessions.load(&idle).await.unwrap().is_none(), "an hour without a request");
            assert_eq!(sessions.tokens(&idle).await.unwrap(), None);
            assert_eq!(sessions.delete_expired().await.unwrap(), 2);
        })
        .await;
    }

    #[tokio::test]
    async fn one_without_a_person_ends_soon_whether_used_or_not() {
        on_both(async |database| {
            let (sessions, watch) = sessions(database).await;
            let id = created(&sessions).await.id;
            watch.move_by(Duration::minutes(14));
            assert!(sessions.load(&id).await.unwrap().is_some());
            watch.move_by(Duration::minutes(1));
            assert!(sessions.load(&id).await.unwrap().is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn saving_does_not_bring_back_what_was_ended() {
        on_both(async |database| {
            let (sessions, _) = sessions(database).await;
            let record = created(&sessions).await;
            sessions.end(&record.id).await.unwrap();
            sessions.save(&record).await.unwrap();
            assert!(sessions.load(&record.id).await.unwrap().is_none());
            assert!(!sessions.keep_tokens(&record.id, b"sealed").await.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn the_database_does_not_know_the_cookie() {
        on_both(async |database| {
            let (sessions, _) = sessions(database).await;
            let record = created(&sessions).await;
            let (id, data): (String, String) =
                sqlx::query_as("SELECT id, data FROM sessions").fetch_one(&sessions.pool).await.unwrap();
            assert_eq!(id.len(), 64);
            assert!(!id.contains(&record.id.to_string()) && !data.contains(&record.id.to_string()));
        })
        .await;
    }
}

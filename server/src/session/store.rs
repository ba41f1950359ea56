//! Sessions in the portal's database, for tower-sessions.

use crate::clock::Clock;
use crate::config::SessionPolicy;
use crate::store::{OwnSessionRow, SessionTable, Store, StoreError};
use async_trait::async_trait;
use domain::ids::{ObjectId, TenantId};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// A session in which nobody is signed in holds a sign-in under way, and no longer than that may take.
const ANONYMOUS: Duration = Duration::minutes(15);
/// How long a request waits for that.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);
/// A request moves the idle limit at most this often.
const TOUCH: Duration = Duration::minutes(1);
/// Of one person's sessions. All of them end with "everywhere else".
const MOST_SHOWN: u32 = 50;

/// The session store. It, and not tower-sessions, decides when a session ends: after some idle time, and after some
/// time in any case.
#[derive(Clone)]
pub struct Sessions {
    table: SessionTable,
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

#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn backend(error: StoreError) -> Error {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Error::Backend(format!("{error}{cause}"))
}

fn encode(data: &HashMap<String, serde_json::Value>) -> Result<String> {
    serde_json::to_string(data).map_err(|error| Error::Encode(error.to_string()))
}

impl Sessions {
    pub fn new(store: &Store, clock: Arc<dyn Clock>, policy: SessionPolicy) -> Self {
        Self { table: store.sessions(), clock, policy }
    }

    /// What was lent from it is lent no more.
    pub async fn take_back(&self, id: &Id) -> std::result::Result<(), StoreError> {
        self.table.take_back(&row(id)).await
    }

    /// What the database calls it.
    pub fn row_of(id: &Id) -> String {
        row(id)
    }

    /// Keeps a person's sealed tokens. From then on the session counts as signed in. `false` where it has ended.
    pub async fn keep_tokens(&self, id: &Id, sealed: &[u8]) -> std::result::Result<bool, StoreError> {
        let SessionPolicy { idle, absolute, .. } = self.policy;
        let (idle, absolute) = (idle.whole_seconds(), absolute.whole_seconds());
        self.table.keep_tokens(&row(id), sealed, self.now(), idle, absolute).await
    }

    /// `None` where the session has ended, or nobody is signed in.
    pub async fn tokens(&self, id: &Id) -> std::result::Result<Option<Vec<u8>>, StoreError> {
        self.table.tokens(&row(id), self.now()).await
    }

    /// From now on the session is this person's. `agent`: what their browser calls itself.
    pub async fn claim(
        &self,
        id: &Id,
        tenant: TenantId,
        person: ObjectId,
        agent: &str,
    ) -> std::result::Result<(), StoreError> {
        self.table.claim(&row(id), tenant, person, agent, self.now()).await
    }

    /// The person's sessions that have not ended, the newest first, and which of them is `here`.
    pub async fn of_person(
        &self,
        tenant: TenantId,
        person: ObjectId,
        here: &Id,
    ) -> std::result::Result<Vec<(OwnSessionRow, bool)>, StoreError> {
        let (rows, here) = (self.table.of_person(tenant, person, self.now(), MOST_SHOWN).await?, row(here));
        Ok(rows
            .into_iter()
            .map(|found| {
                let is_here = found.id == here;
                (found, is_here)
            })
            .collect())
    }

    /// Ends one session of this person, by the digest that [`Self::of_person`] gave. `false` where they have no such one.
    pub async fn end_of_person(
        &self,
        tenant: TenantId,
        person: ObjectId,
        digest: &str,
    ) -> std::result::Result<bool, StoreError> {
        self.table.delete_of_person(tenant, person, digest).await
    }

    /// Ends all of this person's sessions but the one that is `here`; answers how many.
    pub async fn end_others(
        &self,
        tenant: TenantId,
        person: ObjectId,
        here: &Id,
    ) -> std::result::Result<u64, StoreError> {
        self.table.delete_others(tenant, person, &row(here)).await
    }

    pub async fn end(&self, id: &Id) -> std::result::Result<(), StoreError> {
        self.table.delete(&row(id)).await
    }

    /// Deletes what has ended; answers how many.
    pub async fn delete_expired(&self) -> std::result::Result<u64, StoreError> {
        self.table.delete_ended(self.now()).await
    }

    fn now(&self) -> i64 {
        self.clock.now().unix_timestamp()
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.now();
        let data = encode(&record.data)?;
        let ends = (now + ANONYMOUS).unix_timestamp();
        loop {
            if self.table.create(&row(&record.id), &data, now.unix_timestamp(), ends).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Changes a session that is there. One that was ended in the meantime stays ended, whatever a request that was
    /// under way wants to keep in it.
    async fn save(&self, record: &Record) -> Result<()> {
        self.table.save(&row(&record.id), &encode(&record.data)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.now();
        let Some(found) = self.table.load(&row(id), now).await.map_err(backend)? else { return Ok(None) };
        let mut expires_at = found.expires_at;
        let latest = found.created_at + self.policy.absolute.whole_seconds();
        let wanted = (now + self.policy.idle.whole_seconds()).min(latest);
        if found.is_signed_in() && wanted - expires_at >= TOUCH.whole_seconds() {
            // The next request tries again: nobody's page waits for it, or fails with it.
            match tokio::time::timeout(PATIENCE, self.table.prolong(&row(id), now, wanted)).await {
                Ok(Ok(())) => expires_at = wanted,
                Ok(Err(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a session was not prolonged");
                }
                Err(_) => tracing::warn!("a session was not prolonged: the database is busy"),
            }
        }
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&found.data).map_err(|error| Error::Decode(error.to_string()))?,
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
        let store = database.store().await;
        let watch = Arc::new(Watch(Mutex::new(OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap())));
        let policy =
            SessionPolicy { idle: Duration::hours(1), absolute: Duration::hours(8), ..SessionPolicy::default() };
        (Sessions::new(&store, watch.clone(), policy), watch)
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
    async fn a_person_sees_and_ends_their_own_sessions_alone() {
        on_both(async |database| {
            let (sessions, watch) = sessions(database).await;
            let [tenant, other_tenant] = [1, 2].map(|id| TenantId::new(uuid::Uuid::from_u128(id)));
            let [mara, other] = [3, 4].map(|id| ObjectId::new(uuid::Uuid::from_u128(id)));
            let mut ids = Vec::new();
            for (tenant, person) in
                [(tenant, mara), (tenant, mara), (tenant, mara), (tenant, other), (other_tenant, mara)]
            {
                let id = created(&sessions).await.id;
                sessions.claim(&id, tenant, person, "Firefox").await.unwrap();
                sessions.keep_tokens(&id, b"sealed").await.unwrap();
                watch.move_by(Duration::minutes(2));
                ids.push(id);
            }
            // Claimed, and nobody came to be signed in.
            sessions.claim(&created(&sessions).await.id, tenant, mara, "Firefox").await.unwrap();
            let found = sessions.of_person(tenant, mara, &ids[1]).await.unwrap();
            assert_eq!(
                found.iter().map(|(_, here)| *here).collect::<Vec<_>>(),
                [false, true, false],
                "the newest first"
            );
            assert!(found[0].0.created_at > found[2].0.created_at);
            let before = found[1].0.used_at;
            watch.move_by(Duration::minutes(5));
            sessions.load(&ids[1]).await.unwrap().unwrap();
            assert!(sessions.of_person(tenant, mara, &ids[1]).await.unwrap()[1].0.used_at > before + 300);

            let foreign = &sessions.of_person(tenant, other, &ids[3]).await.unwrap()[0].0.id;
            assert!(!sessions.end_of_person(tenant, mara, foreign).await.unwrap());
            assert!(!sessions.end_of_person(other_tenant, mara, &found[0].0.id).await.unwrap());
            assert!(sessions.end_of_person(tenant, mara, &found[0].0.id).await.unwrap());
            assert!(sessions.load(&ids[2]).await.unwrap().is_none());
            assert_eq!(
                sessions.end_others(tenant, mara, &ids[1]).await.unwrap(),
                2,
                "with the one that never came to be"
            );
            for (id, there) in [(0, false), (1, true), (3, true), (4, true)] {
                assert_eq!(sessions.load(&ids[id]).await.unwrap().is_some(), there, "{id}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn the_database_does_not_know_the_cookie() {
        on_both(async |database| {
            let (sessions, _) = sessions(database).await;
            let record = created(&sessions).await;
            let store = database.store().await;
            let (id, data): (String, String) =
                sqlx::query_as("SELECT id, data FROM sessions").fetch_one(store.pool()).await.unwrap();
            assert_eq!(id.len(), 64);
            assert!(!id.contains(&record.id.to_string()) && !data.contains(&record.id.to_string()));
        })
        .await;
    }
}

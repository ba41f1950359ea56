//! Every state of an app's `keyCredentials` that was seen here, and the keys that were ever seen with it.
//!
//! States are kept as Graph answers without `key`; a key belongs to its `keyId` for good, and is kept once.

use super::ids::Id;
use super::{Engine, Rows, Stamp, Store, StoreError, TenantStore, from_json, parse, to_json};
use domain::credentials::StateOrigin;
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
use domain::snapshot::KnownKeys;
use serde_json::Value;
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Of one app that are asked for at once.
const MANY: i64 = 50;

/// An app as a read showed it.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: &'a str,
    pub keys: &'a KeyCredentials,
}

/// Why it was read, and in which push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Read,
    BeforePush(Uuid),
    AfterPush(Uuid),
}

impl Origin {
    fn kind(self) -> StateOrigin {
        match self {
            Self::Read => StateOrigin::Read,
            Self::BeforePush(_) => StateOrigin::BeforePush,
            Self::AfterPush(_) => StateOrigin::AfterPush,
        }
    }

    fn receipt(self) -> Option<Uuid> {
        match self {
            Self::Read => None,
            Self::BeforePush(receipt) | Self::AfterPush(receipt) => Some(receipt),
        }
    }
}

/// One kept state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    pub id: i64,
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub seen_at: OffsetDateTime,
    /// Without keys.
    pub entries: KeyCredentials,
    pub origin: StateOrigin,
    pub receipt: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    object_id: Id<ObjectId>,
    app_id: Id<AppId>,
    display_name: String,
    seen_at: Stamp,
    entries: String,
    origin: String,
    receipt_id: Option<Id<Uuid>>,
}

impl TryFrom<Row> for KeptState {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            object_id: row.object_id.0,
            app_id: row.app_id.0,
            display_name: row.display_name,
            seen_at: row.seen_at.0,
            entries: entries(&row.entries)?,
            origin: parse("origin", &row.origin)?,
            receipt: row.receipt_id.map(|id| id.0),
        })
    }
}

fn entries(text: &str) -> Result<KeyCredentials, StoreError> {
    let entries: Value = from_json("state", text)?;
    KeyCredentials::from_json(&entries).map_err(|e| StoreError::Damaged(format!("state: {e}")))
}

macro_rules! select_states {
    ($rest:literal) => {
        concat!("SELECT id, object_id, app_id, display_name, seen_at, entries, origin, receipt_id FROM states ", $rest)
    };
}

impl Store {
    /// Of every tenant, and not all at once: what reads showed before, but for the newest state of each app. What a push
    /// found or left stays, as its receipt does. Answers how many went.
    pub async fn forget_states_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before(
            "DELETE FROM states WHERE id IN
                (SELECT id FROM states AS old WHERE seen_at < $1 AND origin = 'read' AND EXISTS
                    (SELECT 1 FROM states AS new
                     WHERE new.tenant_id = old.tenant_id AND new.object_id = old.object_id AND new.id > old.id)
                 LIMIT 500)",
            at,
        )
        .await
    }
}

impl TenantStore {
    /// Keeps the state where it is not the latest one that is kept of the app. Answers which one now stands for it.
    pub async fn note_state(
        &self,
        sighting: Sighting<'_>,
        origin: Origin,
        at: OffsetDateTime,
    ) -> Result<i64, StoreError> {
        // A state from before a write is on the disk with the journal, before that write is sent.
        let mut transaction = self.store.begin_unsynced().await?;
        self.alone_with(&mut transaction, sighting.object_id).await?;
        let id = note(&mut transaction, self.tenant, sighting, origin, at).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Many at once.
    pub async fn note_states(&self, sightings: &[Sighting<'_>], at: OffsetDateTime) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        for sighting in in_order(sightings) {
            self.alone_with(&mut transaction, sighting.object_id).await?;
            note(&mut transaction, self.tenant, sighting, Origin::Read, at).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Until the transaction ends, nobody else notes down what this app has. SQLite's has the whole file to itself.
    pub(super) async fn alone_with(&self, connection: &mut AnyConnection, app: ObjectId) -> Result<(), StoreError> {
        if self.store.engine() == Engine::Postgres {
            sqlx::query("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 1)) AS TEXT)")
                .bind(format!("{}/{app}", self.tenant.0))
                .execute(connection)
                .await?;
        }
        Ok(())
    }

    /// The app's states, the newest first.
    pub async fn states(&self, app: ObjectId, offset: u64, limit: u64) -> Result<Rows<KeptState>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(select_states!(
            "WHERE tenant_id = $1 AND object_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4"
        ))
        .bind(self.tenant)
        .bind(Id(app))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.store.pool)
        .await?;
        let total: i64 = sqlx::query_scalar("SELECT count(*) FROM states WHERE tenant_id = $1 AND object_id = $2")
            .bind(self.tenant)
            .bind(Id(app))
            .fetch_one(&self.store.pool)
            .await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Rows { items, total: u64::try_from(total).unwrap_or_default() })
    }

    /// The states in which an app was seen since then, and when; oldest first; of very many, the newest.
    pub async fn states_since(
        &self,
        app: ObjectId,
        since: OffsetDateTime,
    ) -> Result<Vec<(OffsetDateTime, KeyCredentials)>, StoreError> {
        let states: Vec<(Stamp, String)> = sqlx::query_as(
            "SELECT seen_at, entries FROM states WHERE tenant_id = $1 AND object_id = $2 AND seen_at >= $3
             ORDER BY id DESC LIMIT $4",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .bind(Stamp(since))
        .bind(MANY)
        .fetch_all(&self.store.pool)
        .await?;
        states.iter().rev().map(|(at, text)| Ok((at.0, entries(text)?))).collect()
    }

    /// `None` also where it is another app's.
    pub async fn state(&self, app: ObjectId, id: i64) -> Result<Option<KeptState>, StoreError> {
        let row: Option<Row> = sqlx::query_as(select_states!("WHERE id = $1 AND tenant_id = $2 AND object_id = $3"))
            .bind(id)
            .bind(self.tenant)
            .bind(Id(app))
            .fetch_optional(&self.store.pool)
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Of the app's entries of all times.
    pub async fn known_keys(&self, app: ObjectId) -> Result<KnownKeys, StoreError> {
        let rows: Vec<(Id<KeyId>, String)> =
            sqlx::query_as("SELECT key_id, key FROM known_keys WHERE tenant_id = $1 AND object_id = $2")
                .bind(self.tenant)
                .bind(Id(app))
                .fetch_all(&self.store.pool)
                .await?;
        Ok(rows.into_iter().map(|(id, key)| (id.0, key)).collect())
    }
}

/// By app: who takes several at once must take them in the order in which everyone does.
pub(super) fn in_order<'a>(sightings: &[Sighting<'a>]) -> Vec<Sighting<'a>> {
    let mut sightings = sightings.to_vec();
    sightings.sort_by_key(|sighting| sighting.object_id);
    sightings
}

async fn note(
    connection: &mut AnyConnection,
    tenant: Id<TenantId>,
    sighting: Sighting<'_>,
    origin: Origin,
    at: OffsetDateTime,
) -> Result<i64, StoreError> {
    let app = Id(sighting.object_id);
    for entry in sighting.keys {
        let (Some(key_id), Some(key)) = (entry.key_id(), entry.key()) else { continue };
        sqlx::query(
            "INSERT INTO known_keys (tenant_id, object_id, key_id, key) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, object_id, key_id) DO NOTHING",
        )
        .bind(tenant)
        .bind(app)
        .bind(Id(key_id))
        .bind(key)
        .execute(&mut *connection)
        .await?;
    }
    let keys = without_keys(sighting.keys)?;
    let (fingerprint, entries) = (keys.fingerprint().to_string(), to_json("state", &keys.to_json())?);
    super::retirements::note_gone(connection, tenant, sighting.object_id, &keys, at).await?;
    let latest: Option<(i64, String, String)> = sqlx::query_as(
        "SELECT id, fingerprint, entries FROM states WHERE tenant_id = $1 AND object_id = $2 ORDER BY id DESC LIMIT 1",
    )
    .bind(tenant)
    .bind(app)
    .fetch_optional(&mut *connection)
    .await?;
    // The fingerprint does not see the order, and an exact restore is about the order too.
    if let Some((id, known, same)) = latest
        && known == fingerprint
        && same == entries
    {
        return Ok(id);
    }
    let id = sqlx::query_scalar(
        "INSERT INTO states (tenant_id, object_id, app_id, display_name, seen_at, fingerprint, entries, origin, receipt_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
    )
    .bind(tenant)
    .bind(app)
    .bind(Id(sighting.app_id))
    .bind(sighting.display_name)
    .bind(Stamp(at))
    .bind(fingerprint)
    .bind(entries)
    .bind(origin.kind().as_str())
    .bind(origin.receipt().map(Id))
    .fetch_one(&mut *connection)
    .await?;
    Ok(id)
}

/// As a plain read answers it. An entry without a `keyId` keeps its key: nothing else would find it again.
fn without_keys(keys: &KeyCredentials) -> Result<KeyCredentials, StoreError> {
    let mut list = keys.to_json();
    for entry in list.as_array_mut().into_iter().flatten() {
        if entry.get("keyId").is_some_and(Value::is_string)
            && let Some(key) = entry.get_mut("key")
        {
            *key = Value::Null;
        }
    }
    KeyCredentials::from_json(&list).map_err(|e| StoreError::Damaged(format!("state: {e}")))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use serde_json::json;
    use std::sync::Arc;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn tenant() -> TenantId {
        TenantId::new(Uuid::from_u128(1))
    }

    fn app(n: u128) -> ObjectId {
        ObjectId::new(Uuid::from_u128(n))
    }

    /// `key`: whether Graph showed it.
    fn keys(ids: &[u128], key: bool) -> KeyCredentials {
        let list: Vec<_> = ids
            .iter()
            .map(|n| json!({"keyId": Uuid::from_u128(*n), "displayName": format!("CN={n}"), "key": key.then(|| format!("a2V5{n}"))}))
            .collect();
        KeyCredentials::from_json(&json!(list)).unwrap()
    }

    fn sighting(n: u128, keys: &KeyCredentials) -> Sighting<'_> {
        Sighting { object_id: app(n), app_id: AppId::new(Uuid::from_u128(n + 100)), display_name: "payroll", keys }
    }

    #[tokio::test]
    async fn a_state_is_kept_once_and_its_keys_for_good() {
        on_both(async |database| {
            let store = database.store().await.of(tenant());
            let note =
                async |keys: &KeyCredentials, origin| store.note_state(sighting(1, keys), origin, AT).await.unwrap();
            let receipt = Uuid::from_u128(77);
            let first = note(&keys(&[1, 2], true), Origin::Read).await;
            // Without keys it is the same state; in another order it is not.
            assert_eq!(note(&keys(&[1, 2], false), Origin::BeforePush(receipt)).await, first);
            let turned = note(&keys(&[2, 1], false), Origin::Read).await;
            let after = note(&keys(&[2, 1, 3], false), Origin::AfterPush(receipt)).await;
            let back = note(&keys(&[1, 2], false), Origin::Read).await;
            assert!(first < turned && turned < after && after < back);

            let Rows { items: states, total } = store.states(app(1), 0, 25).await.unwrap();
            assert_eq!(
                (states.iter().map(|one| one.id).collect::<Vec<_>>(), total),
                (vec![back, after, turned, first], 4)
            );
            assert_eq!((states[1].origin, states[1].receipt), (StateOrigin::AfterPush, Some(receipt)));
            assert_eq!(states[3].entries, keys(&[1, 2], false));
            let known = store.known_keys(app(1)).await.unwrap();
            assert_eq!((known.len(), known.get(KeyId::new(Uuid::from_u128(2)))), (2, Some("a2V52")));
            assert_eq!(known.fill(&states[3].entries), keys(&[1, 2], true));

            assert!(store.state(app(2), first).await.unwrap().is_none(), "it is another app's");
            assert!(store.store.of(TenantId::new(Uuid::from_u128(9))).state(app(1), first).await.unwrap().is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn many_at_once_do_not_stand_in_each_others_way() {
        on_both(async |database| {
            let store = Arc::new(database.store().await.of(tenant()));
            let mut set = tokio::task::JoinSet::new();
            for turn in 0..6u128 {
                let store = Arc::clone(&store);
                set.spawn(async move {
                    let keys = keys(&[1, 2], turn % 2 == 0);
                    let mut all: Vec<_> = (0..30).map(|n| sighting(n, &keys)).collect();
                    if turn % 2 == 1 {
                        all.reverse();
                    }
                    store.observe(&all, AT).await.unwrap();
                    store.note_states(&all, AT).await.unwrap();
                });
            }
            set.join_all().await;
            for n in 0..30 {
                assert_eq!(store.states(app(n), 0, 25).await.unwrap().total, 1, "{n}");
            }
        })
        .await;
    }
}

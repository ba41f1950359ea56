//! Every state of an app's `keyCredentials` that was seen here, and the keys that were ever seen with it.
//!
//! States are kept as Graph answers without `key`; a key belongs to its `keyId` for good, and is kept once.

use super::{Stamp, Store, StoreError, from_json, parse, to_json};
use app::desk::PAGE_SIZE;
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
use domain::snapshot::KnownKeys;
use serde_json::Value;
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// An app as a read showed it.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: &'a str,
    pub keys: &'a KeyCredentials,
}

/// Why it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Read,
    BeforePush(Uuid),
    AfterPush(Uuid),
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::BeforePush(_) => "before-push",
            Self::AfterPush(_) => "after-push",
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
    /// `read`, `before-push` or `after-push`.
    pub origin: String,
    pub receipt: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    object_id: String,
    app_id: String,
    display_name: String,
    seen_at: Stamp,
    entries: String,
    origin: String,
    receipt_id: Option<String>,
}

impl TryFrom<Row> for KeptState {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let entries: Value = from_json("state", &row.entries)?;
        Ok(Self {
            id: row.id,
            object_id: parse("object id", &row.object_id)?,
            app_id: parse("app id", &row.app_id)?,
            display_name: row.display_name,
            seen_at: row.seen_at.0,
            entries: KeyCredentials::from_json(&entries).map_err(|e| StoreError::Damaged(format!("state: {e}")))?,
            origin: row.origin,
            receipt: row.receipt_id.as_deref().map(|id| parse("receipt", id)).transpose()?,
        })
    }
}

macro_rules! select_states {
    ($rest:literal) => {
        concat!("SELECT id, object_id, app_id, display_name, seen_at, entries, origin, receipt_id FROM states ", $rest)
    };
}

impl Store {
    /// Keeps the state where it is not the latest one that is kept of the app. Answers which one now stands for it.
    pub async fn note_state(
        &self,
        tenant: TenantId,
        sighting: Sighting<'_>,
        origin: Origin,
        at: OffsetDateTime,
    ) -> Result<i64, StoreError> {
        let mut transaction = self.begin().await?;
        let id = note(&mut transaction, tenant, sighting, origin, at).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Many at once.
    pub async fn note_states(
        &self,
        tenant: TenantId,
        sightings: &[Sighting<'_>],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for sighting in sightings {
            note(&mut transaction, tenant, *sighting, Origin::Read, at).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// A page of the app's states, the newest first, with the one before the last of them for comparison; and how many
    /// there are. `page` from 1.
    pub async fn states(
        &self,
        tenant: TenantId,
        app: ObjectId,
        page: u32,
    ) -> Result<(Vec<KeptState>, u64), StoreError> {
        let skip = (i64::from(page.max(1)) - 1).saturating_mul(PAGE_SIZE as i64);
        let rows: Vec<Row> = sqlx::query_as(select_states!(
            "WHERE tenant_id = $1 AND object_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4"
        ))
        .bind(tenant.to_string())
        .bind(app.to_string())
        .bind(PAGE_SIZE as i64 + 1)
        .bind(skip)
        .fetch_all(&self.pool)
        .await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM states WHERE tenant_id = $1 AND object_id = $2")
            .bind(tenant.to_string())
            .bind(app.to_string())
            .fetch_one(&self.pool)
            .await?;
        let states = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok((states, u64::try_from(count).unwrap_or_default()))
    }

    /// `None` also where it is another app's.
    pub async fn state(&self, tenant: TenantId, app: ObjectId, id: i64) -> Result<Option<KeptState>, StoreError> {
        let row: Option<Row> = sqlx::query_as(select_states!("WHERE id = $1 AND tenant_id = $2 AND object_id = $3"))
            .bind(id)
            .bind(tenant.to_string())
            .bind(app.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Of the app's entries of all times.
    pub async fn known_keys(&self, tenant: TenantId, app: ObjectId) -> Result<KnownKeys, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT key_id, key FROM known_keys WHERE tenant_id = $1 AND object_id = $2")
                .bind(tenant.to_string())
                .bind(app.to_string())
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(|(id, key)| Ok((parse::<KeyId>("key id", &id)?, key))).collect()
    }
}

async fn note(
    connection: &mut AnyConnection,
    tenant: TenantId,
    sighting: Sighting<'_>,
    origin: Origin,
    at: OffsetDateTime,
) -> Result<i64, StoreError> {
    let (tenant, app) = (tenant.to_string(), sighting.object_id.to_string());
    for entry in sighting.keys {
        let (Some(key_id), Some(key)) = (entry.key_id(), entry.key()) else { continue };
        sqlx::query(
            "INSERT INTO known_keys (tenant_id, object_id, key_id, key) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, object_id, key_id) DO NOTHING",
        )
        .bind(tenant.clone())
        .bind(app.clone())
        .bind(key_id.to_string())
        .bind(key)
        .execute(&mut *connection)
        .await?;
    }
    let keys = without_keys(sighting.keys)?;
    let (fingerprint, entries) = (keys.fingerprint().to_string(), to_json("state", &keys.to_json())?);
    super::retirements::note_gone(connection, &tenant, &app, &keys, at).await?;
    let latest: Option<(i64, String, String)> = sqlx::query_as(
        "SELECT id, fingerprint, entries FROM states WHERE tenant_id = $1 AND object_id = $2 ORDER BY id DESC LIMIT 1",
    )
    .bind(tenant.clone())
    .bind(app.clone())
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
    .bind(sighting.app_id.to_string())
    .bind(sighting.display_name)
    .bind(Stamp(at))
    .bind(fingerprint)
    .bind(entries)
    .bind(origin.name())
    .bind(origin.receipt().map(|receipt| receipt.to_string()))
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

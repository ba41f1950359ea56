//! Pushes as one app has seen them: which wrote to it, and who put which entry there.

use super::ids::Id;
use super::journal::this_receipt;
use super::{Stamp, StoreError, StoredResult, TenantStore, stored_json};
use domain::ids::{KeyId, ObjectId};
use domain::thumbprint::Thumbprint;
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who put an entry on an app through this portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedBy {
    pub name: String,
    pub at: OffsetDateTime,
    pub receipt: Uuid,
}

/// A push that changed an application, as far as the doctor asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPush {
    /// Of what was added.
    pub thumbprints: Vec<Thumbprint>,
    pub who: String,
    pub at: OffsetDateTime,
    /// `None` while it has no result.
    pub result: Option<StoredResult>,
}

#[derive(sqlx::FromRow)]
struct PastRow {
    receipt_id: Id<Uuid>,
    position: i64,
    who: String,
    started_at: Stamp,
    result: Option<String>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    key_id: Id<KeyId>,
    who: String,
    started_at: Stamp,
    receipt_id: Id<Uuid>,
}

impl TenantStore {
    /// The latest pushes that wrote to an app, or may have, the newest first.
    pub async fn pushes_to(&self, app: ObjectId) -> Result<Vec<PastPush>, StoreError> {
        let rows: Vec<PastRow> = sqlx::query_as(
            "SELECT receipt_id, position, who, started_at, result FROM receipt_apps
             JOIN receipts ON receipts.id = receipt_id
             WHERE tenant_id = $1 AND object_id = $2 AND (stage = 'writing' OR outcome IN ('verified', 'unverified'))
             ORDER BY started_at DESC, receipt_id, position LIMIT 50",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .fetch_all(&self.store.pool)
        .await?;
        let mut pushes = Vec::with_capacity(rows.len());
        for row in rows {
            let thumbprints: Vec<Id<Thumbprint>> = sqlx::query_scalar(concat!(
                "SELECT thumbprint FROM receipt_keys WHERE ",
                this_receipt!(),
                " AND position = $3 AND thumbprint IS NOT NULL ORDER BY key_id"
            ))
            .bind(row.receipt_id)
            .bind(self.tenant)
            .bind(row.position)
            .fetch_all(&self.store.pool)
            .await?;
            pushes.push(PastPush {
                thumbprints: thumbprints.into_iter().map(|thumbprint| thumbprint.0).collect(),
                who: row.who,
                at: row.started_at.0,
                result: row.result.as_deref().map(stored_json::read).transpose()?,
            });
        }
        Ok(pushes)
    }

    /// Who put which entry on an app, for entries that were put there through this portal.
    pub async fn added_by(&self, app: ObjectId) -> Result<HashMap<KeyId, AddedBy>, StoreError> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT receipt_keys.key_id, who, started_at, receipt_apps.receipt_id FROM receipt_apps
             JOIN receipts ON receipts.id = receipt_apps.receipt_id
             JOIN receipt_keys ON receipt_keys.receipt_id = receipt_apps.receipt_id
                AND receipt_keys.position = receipt_apps.position
             WHERE tenant_id = $1 AND object_id = $2 AND (stage = 'writing' OR outcome IN ('verified', 'unverified'))
             ORDER BY started_at",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .fetch_all(&self.store.pool)
        .await?;
        let added = rows
            .into_iter()
            .map(|row| (row.key_id.0, AddedBy { name: row.who, at: row.started_at.0, receipt: row.receipt_id.0 }));
        Ok(added.collect())
    }
}

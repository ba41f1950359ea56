//! Pushes as one app has seen them: which wrote to it, and who put which entry there.

use super::{Stamp, Store, StoreError, from_json, parse};
use app::contract::apps::AddedBy;
use app::contract::pushes::ReceiptApp;
use domain::ids::{KeyId, ObjectId, TenantId};
use domain::thumbprint::Thumbprint;
use std::collections::HashMap;
use time::OffsetDateTime;

/// A push that changed an application, as far as the doctor asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPush {
    /// Of what was added.
    pub thumbprints: Vec<Thumbprint>,
    pub who: String,
    pub at: OffsetDateTime,
    /// `None` while it has no result.
    pub result: Option<ReceiptApp>,
}

#[derive(sqlx::FromRow)]
struct PastRow {
    receipt_id: String,
    position: i64,
    who: String,
    started_at: Stamp,
    result: Option<String>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    key_id: String,
    who: String,
    started_at: Stamp,
    receipt_id: String,
}

impl Store {
    /// The latest pushes that wrote to an app, or may have, the newest first.
    pub async fn pushes_to(&self, tenant: TenantId, app: ObjectId) -> Result<Vec<PastPush>, StoreError> {
        let rows: Vec<PastRow> = sqlx::query_as(
            "SELECT receipt_id, position, who, started_at, result FROM receipt_apps
             JOIN receipts ON receipts.id = receipt_id
             WHERE tenant_id = $1 AND object_id = $2 AND (stage = 'writing' OR outcome IN ('verified', 'unverified'))
             ORDER BY started_at DESC, receipt_id, position LIMIT 50",
        )
        .bind(tenant.to_string())
        .bind(app.to_string())
        .fetch_all(&self.pool)
        .await?;
        let mut pushes = Vec::with_capacity(rows.len());
        for row in rows {
            let thumbprints: Vec<String> = sqlx::query_scalar(
                "SELECT thumbprint FROM receipt_keys
                 WHERE receipt_id = $1 AND position = $2 AND thumbprint IS NOT NULL ORDER BY key_id",
            )
            .bind(row.receipt_id)
            .bind(row.position)
            .fetch_all(&self.pool)
            .await?;
            pushes.push(PastPush {
                thumbprints: thumbprints.iter().map(|hex| parse("thumbprint", hex)).collect::<Result<_, _>>()?,
                who: row.who,
                at: row.started_at.0,
                result: row.result.as_deref().map(|result| from_json("result", result)).transpose()?,
            });
        }
        Ok(pushes)
    }

    /// Who put which entry on an app, for entries that were put there through this portal.
    pub async fn added_by(&self, tenant: TenantId, app: ObjectId) -> Result<HashMap<KeyId, AddedBy>, StoreError> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT receipt_keys.key_id, who, started_at, receipt_apps.receipt_id FROM receipt_apps
             JOIN receipts ON receipts.id = receipt_apps.receipt_id
             JOIN receipt_keys ON receipt_keys.receipt_id = receipt_apps.receipt_id
                AND receipt_keys.position = receipt_apps.position
             WHERE tenant_id = $1 AND object_id = $2 AND (stage = 'writing' OR outcome IN ('verified', 'unverified'))
             ORDER BY started_at",
        )
        .bind(tenant.to_string())
        .bind(app.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let added =
                    AddedBy { name: row.who, at: row.started_at.0, receipt: parse("receipt", &row.receipt_id)? };
                Ok((parse("key id", &row.key_id)?, added))
            })
            .collect()
    }
}

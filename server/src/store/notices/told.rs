//! Of which end an audience was last told.

use super::super::{Id, Stamp, StoreError, TenantStore, parse};
use super::post;
use domain::credentials::Subject;
use domain::ids::ObjectId;
use domain::notices::{Audience, EndingApp, Notice};
use std::collections::HashMap;
use time::OffsetDateTime;

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    object_id: Id<ObjectId>,
    ends_at: Stamp,
    told_at: Stamp,
}

impl TenantStore {
    /// By app: of which end it was told, and when.
    pub async fn told_of_ends(
        &self,
        audience: &Audience,
    ) -> Result<HashMap<Subject, (OffsetDateTime, OffsetDateTime)>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT kind, object_id, ends_at, told_at FROM notice_told WHERE tenant_id = $1 AND audience = $2",
        )
        .bind(self.tenant)
        .bind(audience.to_string())
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let subject = Subject { kind: parse("kind of directory object", &row.kind)?, id: row.object_id.0 };
                Ok((subject, (row.ends_at.0, row.told_at.0)))
            })
            .collect()
    }

    /// A digest, and that its audience was told of these ends: both or neither. `false`, and nothing kept, where the
    /// digest was there already.
    pub async fn post_digest(
        &self,
        notice: &Notice,
        apps: &[EndingApp],
        at: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        if !post(&mut transaction, self.tenant, notice, at).await? {
            return Ok(false);
        }
        for app in apps {
            sqlx::query(
                "INSERT INTO notice_told (tenant_id, audience, kind, object_id, ends_at, told_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (tenant_id, audience, kind, object_id) DO UPDATE SET ends_at = $5, told_at = $6",
            )
            .bind(self.tenant)
            .bind(notice.audience.to_string())
            .bind(app.subject.kind.as_str())
            .bind(Id(app.subject.id))
            .bind(Stamp(app.ends_at))
            .bind(Stamp(at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

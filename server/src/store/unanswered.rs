//! Writes that were sent to an app, or were about to be, and of which it is not known what came.

use super::ids::Id;
use super::{Stamp, Store, StoreError, TenantStore, from_json};
use domain::ids::ObjectId;
use domain::push::UnansweredWrite;
use time::OffsetDateTime;
use uuid::Uuid;

/// Kept by [`TenantStore::journal_write`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWrite {
    pub receipt: Uuid,
    pub position: usize,
    pub write: UnansweredWrite,
    pub sent_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    receipt_id: Id<Uuid>,
    position: i64,
    sent_at: Stamp,
    content: String,
}

impl Store {
    /// Of all apps, those that are too old to matter. Answers how many.
    pub async fn forget_writes_before(&self, before: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before("DELETE FROM unanswered_writes WHERE sent_at < $1", before).await
    }
}

impl TenantStore {
    /// Of all pushes to the app, in the order in which they were sent.
    pub async fn unanswered_writes(&self, app: ObjectId) -> Result<Vec<StoredWrite>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT receipt_id, position, sent_at, content FROM unanswered_writes
             WHERE tenant_id = $1 AND object_id = $2 ORDER BY sent_at, number",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .fetch_all(&self.store.pool)
        .await?;
        let read = |row: Row| {
            Ok(StoredWrite {
                receipt: row.receipt_id.0,
                position: usize::try_from(row.position).unwrap_or_default(),
                write: from_json("unanswered write", &row.content)?,
                sent_at: row.sent_at.0,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

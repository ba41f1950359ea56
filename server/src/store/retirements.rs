//! Old entries that are to go some time after a rotation. Nothing is removed by itself.

use super::ids::Id;
use super::{Rows, Stamp, StoreError, TenantStore};
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// An entry that a rotation leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRetirement {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub key_id: KeyId,
    pub entry_name: Option<String>,
    pub due_at: OffsetDateTime,
    pub person: ObjectId,
    pub who: String,
    pub receipt: Uuid,
}

/// An entry that is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRetirement {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub key_id: KeyId,
    pub entry_name: Option<String>,
    pub due_at: OffsetDateTime,
    pub who: String,
    pub receipt: Uuid,
}

impl From<Row> for StoredRetirement {
    fn from(row: Row) -> Self {
        Self {
            object_id: row.object_id.0,
            app_id: row.app_id.0,
            display_name: row.display_name,
            key_id: row.key_id.0,
            entry_name: row.entry_name,
            due_at: row.due_at.0,
            who: row.who,
            receipt: row.receipt_id.0,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    object_id: Id<ObjectId>,
    app_id: Id<AppId>,
    display_name: String,
    key_id: Id<KeyId>,
    entry_name: Option<String>,
    due_at: Stamp,
    who: String,
    receipt_id: Id<Uuid>,
}

impl TenantStore {
    /// A later rotation sets a new date for an entry that is still there.
    pub async fn plan_retirements(&self, entries: &[NewRetirement]) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        for entry in entries {
            self.alone_with(&mut transaction, entry.object_id).await?;
            sqlx::query(
                "INSERT INTO retirements
                    (tenant_id, object_id, app_id, display_name, key_id, entry_name, due_at, person_id, who, receipt_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (tenant_id, object_id, key_id) DO UPDATE
                    SET due_at = $7, person_id = $8, who = $9, receipt_id = $10, done_at = NULL",
            )
            .bind(self.tenant)
            .bind(Id(entry.object_id))
            .bind(Id(entry.app_id))
            .bind(&entry.display_name)
            .bind(Id(entry.key_id))
            .bind(entry.entry_name.as_deref())
            .bind(Stamp(entry.due_at))
            .bind(Id(entry.person))
            .bind(&entry.who)
            .bind(Id(entry.receipt))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Those that are not done, the first due first. `person`: only theirs.
    pub async fn retirements(
        &self,
        person: Option<ObjectId>,
        offset: u64,
        limit: u64,
    ) -> Result<Rows<StoredRetirement>, StoreError> {
        let person = person.map(Id);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT object_id, app_id, display_name, key_id, entry_name, due_at, who, receipt_id FROM retirements
             WHERE tenant_id = $1 AND done_at IS NULL AND ($2 IS NULL OR person_id = $2)
             ORDER BY due_at, id LIMIT $3 OFFSET $4",
        )
        .bind(self.tenant)
        .bind(person)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.store.pool)
        .await?;
        let total: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM retirements WHERE tenant_id = $1 AND done_at IS NULL AND ($2 IS NULL OR person_id = $2)",
        )
        .bind(self.tenant)
        .bind(person)
        .fetch_one(&self.store.pool)
        .await?;
        let items = rows.into_iter().map(Into::into).collect();
        Ok(Rows { items, total: u64::try_from(total).unwrap_or_default() })
    }

    /// How many are due.
    pub async fn retirements_due(&self, person: Option<ObjectId>, now: OffsetDateTime) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM retirements
             WHERE tenant_id = $1 AND done_at IS NULL AND due_at <= $2 AND ($3 IS NULL OR person_id = $3)",
        )
        .bind(self.tenant)
        .bind(Stamp(now))
        .bind(person.map(Id))
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// Entries that are not there any more need no retirement, whoever removed them.
pub(super) async fn note_gone(
    connection: &mut AnyConnection,
    tenant: Id<TenantId>,
    app: ObjectId,
    keys: &KeyCredentials,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    let open: Vec<Id<KeyId>> = sqlx::query_scalar(
        "SELECT key_id FROM retirements WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL",
    )
    .bind(tenant)
    .bind(Id(app))
    .fetch_all(&mut *connection)
    .await?;
    for Id(key_id) in open {
        let there = keys.iter().any(|entry| entry.key_id() == Some(key_id));
        if !there {
            sqlx::query("UPDATE retirements SET done_at = $1 WHERE tenant_id = $2 AND object_id = $3 AND key_id = $4")
                .bind(Stamp(at))
                .bind(tenant)
                .bind(Id(app))
                .bind(Id(key_id))
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use crate::store::{Origin, Sighting};
    use serde_json::json;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn new(key: u128, person: u128, days: i64) -> NewRetirement {
        NewRetirement {
            object_id: ObjectId::new(Uuid::from_u128(1)),
            app_id: AppId::new(Uuid::from_u128(2)),
            display_name: "payroll".into(),
            key_id: KeyId::new(Uuid::from_u128(key)),
            entry_name: Some(format!("CN={key}")),
            due_at: NOW + Duration::days(days),
            person: ObjectId::new(Uuid::from_u128(person)),
            who: "Owen".into(),
            receipt: Uuid::from_u128(5),
        }
    }

    #[tokio::test]
    async fn the_first_due_first_and_gone_ones_not_at_all() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(9)));
            store.plan_retirements(&[new(1, 10, 14), new(2, 10, -1), new(3, 11, 3)]).await.unwrap();
            let ids = async |person: Option<u128>| {
                let person = person.map(|n| ObjectId::new(Uuid::from_u128(n)));
                let page = store.retirements(person, 0, 25).await.unwrap();
                assert_eq!(page.total, page.items.len() as u64);
                page.items.into_iter().map(|one| (one.key_id.uuid().as_u128(), one.due_at <= NOW)).collect::<Vec<_>>()
            };
            assert_eq!(ids(None).await, [(2, true), (3, false), (1, false)]);
            assert_eq!(ids(Some(11)).await, [(3, false)]);
            assert_eq!(store.retirements_due(None, NOW).await.unwrap(), 1);
            // A later rotation sets another day.
            store.plan_retirements(&[new(2, 10, 20)]).await.unwrap();
            assert_eq!(ids(None).await, [(3, false), (1, false), (2, false)]);

            let left = KeyCredentials::from_json(&json!([{"keyId": Uuid::from_u128(1)}])).unwrap();
            let entry = new(1, 10, 0);
            let sighting =
                Sighting { object_id: entry.object_id, app_id: entry.app_id, display_name: "payroll", keys: &left };
            store.note_state(sighting, Origin::Read, NOW).await.unwrap();
            assert_eq!(ids(None).await, [(1, false)]);
            assert_eq!(store.store.of(TenantId::new(Uuid::from_u128(8))).retirements_due(None, NOW).await.unwrap(), 0);
        })
        .await;
    }
}

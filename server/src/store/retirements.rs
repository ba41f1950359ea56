//! Old entries that are to go some time after a rotation. Nothing is removed by itself.

use super::states::ROWS_OF_A_PAGE;
use super::{Stamp, Store, StoreError, parse};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::pushes::Retirement;
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

#[derive(sqlx::FromRow)]
struct Row {
    object_id: String,
    app_id: String,
    display_name: String,
    key_id: String,
    entry_name: Option<String>,
    due_at: Stamp,
    who: String,
    receipt_id: String,
}

impl Store {
    /// A later rotation sets a new date for an entry that is still there.
    pub async fn plan_retirements(&self, tenant: TenantId, entries: &[NewRetirement]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for entry in entries {
            self.alone_with(&mut transaction, tenant, entry.object_id).await?;
            sqlx::query(
                "INSERT INTO retirements
                    (tenant_id, object_id, app_id, display_name, key_id, entry_name, due_at, person_id, who, receipt_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (tenant_id, object_id, key_id) DO UPDATE
                    SET due_at = $7, person_id = $8, who = $9, receipt_id = $10, done_at = NULL",
            )
            .bind(tenant.to_string())
            .bind(entry.object_id.to_string())
            .bind(entry.app_id.to_string())
            .bind(&entry.display_name)
            .bind(entry.key_id.to_string())
            .bind(entry.entry_name.as_deref())
            .bind(Stamp(entry.due_at))
            .bind(entry.person.to_string())
            .bind(&entry.who)
            .bind(entry.receipt.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Those that are not done, the first due first. `person`: only theirs. `page` from 1.
    pub async fn retirements(
        &self,
        tenant: TenantId,
        person: Option<ObjectId>,
        page: u32,
        now: OffsetDateTime,
    ) -> Result<Page<Retirement>, StoreError> {
        let person = person.map(|person| person.to_string()).unwrap_or_default();
        let page = page.max(1);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT object_id, app_id, display_name, key_id, entry_name, due_at, who, receipt_id FROM retirements
             WHERE tenant_id = $1 AND done_at IS NULL AND ($2 = '' OR person_id = $2)
             ORDER BY due_at, id LIMIT $3 OFFSET $4",
        )
        .bind(tenant.to_string())
        .bind(person.clone())
        .bind(ROWS_OF_A_PAGE + 1)
        .bind((i64::from(page) - 1).saturating_mul(ROWS_OF_A_PAGE))
        .fetch_all(&self.pool)
        .await?;
        let total: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM retirements WHERE tenant_id = $1 AND done_at IS NULL AND ($2 = '' OR person_id = $2)",
        )
        .bind(tenant.to_string())
        .bind(person)
        .fetch_one(&self.pool)
        .await?;
        let has_next = rows.len() > PAGE_SIZE;
        let items = rows.into_iter().take(PAGE_SIZE).map(|row| retirement(row, now)).collect::<Result<_, _>>()?;
        Ok(Page { items, page, has_next, total: u64::try_from(total).ok() })
    }

    /// How many are due.
    pub async fn retirements_due(
        &self,
        tenant: TenantId,
        person: Option<ObjectId>,
        now: OffsetDateTime,
    ) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM retirements
             WHERE tenant_id = $1 AND done_at IS NULL AND due_at <= $2 AND ($3 = '' OR person_id = $3)",
        )
        .bind(tenant.to_string())
        .bind(Stamp(now))
        .bind(person.map(|person| person.to_string()).unwrap_or_default())
        .fetch_one(&self.pool)
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

fn retirement(row: Row, now: OffsetDateTime) -> Result<Retirement, StoreError> {
    Ok(Retirement {
        object_id: parse("object id", &row.object_id)?,
        app_id: parse("app id", &row.app_id)?,
        display_name: row.display_name,
        key_id: parse("key id", &row.key_id)?,
        entry_name: row.entry_name,
        due: row.due_at.0 <= now,
        due_at: row.due_at.0,
        who: row.who,
        receipt: parse("receipt", &row.receipt_id)?,
    })
}

/// Entries that are not there any more need no retirement, whoever removed them.
pub(super) async fn note_gone(
    connection: &mut AnyConnection,
    tenant: &str,
    app: &str,
    keys: &KeyCredentials,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT key_id FROM retirements WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL",
    )
    .bind(tenant)
    .bind(app)
    .fetch_all(&mut *connection)
    .await?;
    for key_id in open {
        let there = keys.iter().any(|entry| entry.key_id().is_some_and(|id| id.to_string() == key_id));
        if !there {
            sqlx::query("UPDATE retirements SET done_at = $1 WHERE tenant_id = $2 AND object_id = $3 AND key_id = $4")
                .bind(Stamp(at))
                .bind(tenant)
                .bind(app)
                .bind(key_id)
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
            let store = database.store().await;
            let tenant = TenantId::new(Uuid::from_u128(9));
            store.plan_retirements(tenant, &[new(1, 10, 14), new(2, 10, -1), new(3, 11, 3)]).await.unwrap();
            let ids = async |person: Option<u128>| {
                let person = person.map(|n| ObjectId::new(Uuid::from_u128(n)));
                let page = store.retirements(tenant, person, 1, NOW).await.unwrap();
                assert_eq!(page.total, Some(page.items.len() as u64));
                page.items.into_iter().map(|one| (one.key_id.uuid().as_u128(), one.due)).collect::<Vec<_>>()
            };
            assert_eq!(ids(None).await, [(2, true), (3, false), (1, false)]);
            assert_eq!(ids(Some(11)).await, [(3, false)]);
            assert_eq!(store.retirements_due(tenant, None, NOW).await.unwrap(), 1);
            // A later rotation sets another day.
            store.plan_retirements(tenant, &[new(2, 10, 20)]).await.unwrap();
            assert_eq!(ids(None).await, [(3, false), (1, false), (2, false)]);

            let left = KeyCredentials::from_json(&json!([{"keyId": Uuid::from_u128(1)}])).unwrap();
            let entry = new(1, 10, 0);
            let sighting =
                Sighting { object_id: entry.object_id, app_id: entry.app_id, display_name: "payroll", keys: &left };
            store.note_state(tenant, sighting, Origin::Read, NOW).await.unwrap();
            assert_eq!(ids(None).await, [(1, false)]);
            assert_eq!(store.retirements_due(TenantId::new(Uuid::from_u128(8)), None, NOW).await.unwrap(), 0);
        })
        .await;
    }
}

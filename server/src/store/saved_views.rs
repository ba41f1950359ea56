//! Filters of the inventory's grid that people come back to: their own, and those of all.

use super::{AuditEntry, Id, Stamp, StoreError, TenantStore, audit};
use domain::ids::ObjectId;
use domain::inventory::{MOST_VIEWS, ViewName};
use time::OffsetDateTime;
use uuid::Uuid;

/// Whose a view is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// An administrator's gift.
    Everybodys,
    /// Nobody else sees it.
    Persons(ObjectId),
}

impl Whose {
    fn to_text(self) -> String {
        match self {
            Self::Everybodys => "all".into(),
            Self::Persons(id) => id.to_string(),
        }
    }
}

/// A view as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredView {
    pub id: Uuid,
    pub whose: Whose,
    pub name: String,
    /// Of an address, without a question mark.
    pub query: String,
}

/// What came of keeping or renaming one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewKept {
    Kept,
    /// There are [`MOST_VIEWS`] already.
    Full,
    /// Another of the same person, or of all, is called so.
    NameTaken,
    NotThere,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id<Uuid>,
    whose: String,
    name: String,
    query: String,
}

impl Row {
    fn read(self, person: ObjectId) -> StoredView {
        let whose = if self.whose == "all" { Whose::Everybodys } else { Whose::Persons(person) };
        StoredView { id: self.id.0, whose, name: self.name, query: self.query }
    }
}

impl TenantStore {
    /// What this person sees: everybody's first, by name.
    pub async fn saved_views(&self, person: ObjectId) -> Result<Vec<StoredView>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, whose, name, query FROM saved_views WHERE tenant_id = $1 AND whose IN ('all', $2)
             ORDER BY CASE WHEN whose = 'all' THEN 0 ELSE 1 END, folded LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Whose::Persons(person).to_text())
        .bind(i64::from(2 * MOST_VIEWS))
        .fetch_all(&self.store.pool)
        .await?;
        Ok(rows.into_iter().map(|row| row.read(person)).collect())
    }

    /// `entry`: where the audit log tells of it.
    pub async fn keep_view(
        &self,
        (id, whose): (Uuid, Whose),
        name: &ViewName,
        query: &str,
        at: OffsetDateTime,
        entry: Option<&AuditEntry>,
    ) -> Result<ViewKept, StoreError> {
        let mut transaction = self.store.begin().await?;
        let there: i64 = sqlx::query_scalar("SELECT count(*) FROM saved_views WHERE tenant_id = $1 AND whose = $2")
            .bind(self.tenant)
            .bind(whose.to_text())
            .fetch_one(&mut *transaction)
            .await?;
        if there >= i64::from(MOST_VIEWS) {
            return Ok(ViewKept::Full);
        }
        let kept = sqlx::query(
            "INSERT INTO saved_views (tenant_id, id, whose, name, folded, query, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, whose, folded) DO NOTHING",
        )
        .bind(self.tenant)
        .bind(Id(id))
        .bind(whose.to_text())
        .bind(name.as_str())
        .bind(name.folded())
        .bind(query)
        .bind(Stamp(at))
        .execute(&mut *transaction)
        .await?;
        let kept = audit::commit(transaction, self.tenant, kept.rows_affected(), entry).await?;
        Ok(if kept { ViewKept::Kept } else { ViewKept::NameTaken })
    }

    /// One of theirs gets another name.
    pub async fn rename_view(
        &self,
        (id, whose): (Uuid, Whose),
        name: &ViewName,
        entry: Option<&AuditEntry>,
    ) -> Result<ViewKept, StoreError> {
        let mut transaction = self.store.begin().await?;
        let taken: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM saved_views WHERE tenant_id = $1 AND whose = $2 AND folded = $3 AND id <> $4",
        )
        .bind(self.tenant)
        .bind(whose.to_text())
        .bind(name.folded())
        .bind(Id(id))
        .fetch_one(&mut *transaction)
        .await?;
        if taken > 0 {
            return Ok(ViewKept::NameTaken);
        }
        let renamed = sqlx::query(
            "UPDATE saved_views SET name = $4, folded = $5 WHERE tenant_id = $1 AND whose = $2 AND id = $3",
        )
        .bind(self.tenant)
        .bind(whose.to_text())
        .bind(Id(id))
        .bind(name.as_str())
        .bind(name.folded())
        .execute(&mut *transaction)
        .await?;
        let kept = audit::commit(transaction, self.tenant, renamed.rows_affected(), entry).await?;
        Ok(if kept { ViewKept::Kept } else { ViewKept::NotThere })
    }

    /// Whether it was there.
    pub async fn remove_view(
        &self,
        (id, whose): (Uuid, Whose),
        entry: Option<&AuditEntry>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let gone = sqlx::query("DELETE FROM saved_views WHERE tenant_id = $1 AND whose = $2 AND id = $3")
            .bind(self.tenant)
            .bind(whose.to_text())
            .bind(Id(id))
            .execute(&mut *transaction)
            .await?;
        audit::commit(transaction, self.tenant, gone.rows_affected(), entry).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use domain::ids::TenantId;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-11-29 18:00 UTC);
    const OWEN: ObjectId = ObjectId::new(Uuid::from_u128(1));
    const SOFIA: ObjectId = ObjectId::new(Uuid::from_u128(2));

    fn names(views: &[StoredView]) -> Vec<&str> {
        views.iter().map(|view| view.name.as_str()).collect()
    }

    #[tokio::test]
    async fn each_sees_their_own_and_everybodys_and_a_name_is_there_once() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(9)));
            let name = |text: &str| text.parse::<ViewName>().unwrap();
            let id = Uuid::from_u128;
            let keep = async |n, whose, text: &str| {
                store.keep_view((id(n), whose), &name(text), "q=x", AT, None).await.unwrap()
            };
            let (owens, sofias) = (Whose::Persons(OWEN), Whose::Persons(SOFIA));
            assert_eq!(keep(1, owens, "Mine").await, ViewKept::Kept);
            assert_eq!(keep(2, Whose::Everybodys, "zones").await, ViewKept::Kept);
            assert_eq!(keep(3, sofias, "mine").await, ViewKept::Kept, "hers is another");
            assert_eq!(keep(4, owens, "MINE").await, ViewKept::NameTaken);
            assert_eq!(keep(5, owens, "a").await, ViewKept::Kept);
            assert_eq!(names(&store.saved_views(OWEN).await.unwrap()), ["zones", "a", "Mine"]);
            assert_eq!(names(&store.saved_views(SOFIA).await.unwrap()), ["zones", "mine"]);

            assert_eq!(store.rename_view((id(5), owens), &name("mine"), None).await.unwrap(), ViewKept::NameTaken);
            assert_eq!(
                store.rename_view((id(1), owens), &name("mine"), None).await.unwrap(),
                ViewKept::Kept,
                "its own"
            );
            assert_eq!(store.rename_view((id(1), sofias), &name("x"), None).await.unwrap(), ViewKept::NotThere);
            assert!(!store.remove_view((id(1), sofias), None).await.unwrap());
            assert!(store.remove_view((id(5), owens), None).await.unwrap());
            assert_eq!(names(&store.saved_views(OWEN).await.unwrap()), ["zones", "mine"]);

            for n in 1..u128::from(MOST_VIEWS) {
                assert_eq!(keep(100 + n, owens, &format!("view {n}")).await, ViewKept::Kept);
            }
            assert_eq!(keep(200, owens, "one too many").await, ViewKept::Full);
            assert_eq!(keep(201, sofias, "not for her").await, ViewKept::Kept);
        })
        .await;
    }
}

//! Requests by who looks after their apps.

use crate::store::inventory::Within;
use crate::store::sql::Sql;
use crate::store::{Id, StoreError, TenantStore};
use domain::ids::ObjectId;
use std::collections::HashSet;
use uuid::Uuid;

/// Ids that one question names: far below what a statement may bind.
const MOST_OWNED: usize = 5_000;

/// The apps of the request `r`: of its preview, or the one whose secret is to go.
const APPS: &str = "(SELECT p.object_id, p.app_id FROM plan_apps p WHERE p.plan_id = r.plan_id
     UNION ALL SELECT r.object_id, r.app_id WHERE r.object_id IS NOT NULL)";

impl TenantStore {
    /// Of requests that have ended (`over`) or not: those every app of which the person looks after, of the latest `most`.
    /// `owned`: apps that they own besides, as was just read.
    pub async fn requests_looked_after(
        &self,
        within: &Within,
        owned: &[ObjectId],
        over: bool,
        most: u64,
    ) -> Result<HashSet<Uuid>, StoreError> {
        let mut sql = Sql::new("SELECT r.id FROM requests r WHERE r.tenant_id = ");
        sql.bind(self.tenant);
        sql.push(if over {
            " AND r.state NOT IN ('open', 'approved', 'executing')"
        } else {
            " AND r.state IN ('open', 'approved', 'executing')"
        });
        self.whose_apps(&mut sql, within, owned);
        sql.push(" ORDER BY r.changed_at DESC, r.id LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Vec<(Id<Uuid>,)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        Ok(rows.into_iter().map(|(id,)| id.0).collect())
    }

    /// Whether the person looks after every app of this one.
    pub async fn looks_after_request(&self, within: &Within, request: Uuid) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM requests r WHERE r.tenant_id = ");
        sql.bind(self.tenant).push(" AND r.id = ").bind(Id(request));
        self.whose_apps(&mut sql, within, &[]);
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(count > 0)
    }

    /// How many approved ones wait for this person as the owner of all their apps, as the inventory has it.
    pub async fn approved_for_owner(&self, owner: ObjectId) -> Result<u64, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM requests r WHERE r.state = 'approved' AND r.tenant_id = ");
        sql.bind(self.tenant);
        self.whose_apps(&mut sql, &Within::of(owner), &[]);
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    fn whose_apps(&self, sql: &mut Sql, within: &Within, owned: &[ObjectId]) {
        let owned = &owned[..owned.len().min(MOST_OWNED)];
        sql.push(" AND EXISTS (SELECT 1 FROM ").push(APPS).push(" a)");
        sql.push(" AND NOT EXISTS (SELECT 1 FROM ").push(APPS).push(" a WHERE NOT ");
        self.is_theirs(sql, within, owned);
        sql.push(")");
    }
}

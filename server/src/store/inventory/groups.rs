//! How many rows of the grid each owner, certificate or issuer has.

use super::query::InventoryQuery;
use crate::store::sql::Sql;
use crate::store::{StoreError, TenantStore};
use domain::credentials::CredentialKind;
use time::OffsetDateTime;

/// What rows are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// A row with several owners is in each of their groups; one without is in none.
    Owner,
    /// Of certificates alone.
    Thumbprint,
    /// Of certificates alone.
    Issuer,
}

/// One group: an owner's object id, a thumbprint or an issuer's name, and how many rows it has. `None`: those of which that is
/// not known.
pub type Group = (Option<String>, u64);

impl TenantStore {
    /// Objects by their owners; the largest group first. Begins, and takes as many groups, as the query says.
    pub async fn group_inventory(&self, query: &InventoryQuery, now: OffsetDateTime) -> Result<Vec<Group>, StoreError> {
        let mut sql = Sql::new(
            "SELECT o.owner_id AS own, count(*) AS rows_of FROM inventory_objects AS i JOIN inventory_owners AS o
                ON o.tenant_id = i.tenant_id AND o.kind = i.kind AND o.object_id = i.object_id",
        );
        self.restrict(&mut sql, query, now);
        self.groups(sql, query).await
    }

    /// The same of credentials.
    pub async fn group_inventory_credentials(
        &self,
        query: &InventoryQuery,
        by: GroupBy,
        now: OffsetDateTime,
    ) -> Result<Vec<Group>, StoreError> {
        let mut sql = Sql::new(match by {
            GroupBy::Owner => {
                "SELECT o.owner_id AS own, count(*) AS rows_of FROM inventory_credentials AS c JOIN inventory_owners AS o
                    ON o.tenant_id = c.tenant_id AND o.kind = c.kind AND o.object_id = c.object_id"
            }
            GroupBy::Thumbprint => "SELECT c.thumbprint AS own, count(*) AS rows_of FROM inventory_credentials AS c",
            GroupBy::Issuer => "SELECT c.issuer AS own, count(*) AS rows_of FROM inventory_credentials AS c",
        });
        self.narrow(&mut sql, query, now);
        if by != GroupBy::Owner {
            sql.push(" AND c.credential = ").bind(CredentialKind::Certificate.as_str());
        }
        self.groups(sql, query).await
    }

    async fn groups(&self, mut sql: Sql, query: &InventoryQuery) -> Result<Vec<Group>, StoreError> {
        sql.push(" GROUP BY 1 ORDER BY 2 DESC, 1");
        query.cut(&mut sql);
        let rows: Vec<(Option<String>, i64)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        Ok(rows.into_iter().map(|(own, rows)| (own, u64::try_from(rows).unwrap_or_default())).collect())
    }
}

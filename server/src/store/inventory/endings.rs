//! What ends in which month.

use super::Within;
use super::credentials::NO_END;
use crate::store::sql::Sql;
use crate::store::{Stamp, StoreError, TenantStore, parse};
use domain::credentials::CredentialKind;
use time::OffsetDateTime;

/// How many credentials of a kind end in a month of UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOfEndings {
    /// `2026-11`
    pub month: String,
    pub kind: CredentialKind,
    pub count: u64,
}

impl TenantStore {
    /// Of certificates and secrets that end after `from`; months without an end are not among them. Of the whole directory
    /// it may be a minute old.
    pub async fn inventory_endings(
        &self,
        within: Option<&Within>,
        from: OffsetDateTime,
    ) -> Result<Vec<MonthOfEndings>, StoreError> {
        match within {
            Some(_) => self.count_endings(within, from).await,
            None => self.remembered_endings(from, self.count_endings(None, from)).await,
        }
    }

    async fn count_endings(
        &self,
        within: Option<&Within>,
        from: OffsetDateTime,
    ) -> Result<Vec<MonthOfEndings>, StoreError> {
        // A stamp is text that begins with year and month.
        let mut sql =
            Sql::new("SELECT substr(end_at, 1, 7), credential, count(*) FROM inventory_credentials WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND end_at > ").bind(Stamp(from));
        sql.push(" AND end_at < ").bind(Stamp(NO_END));
        self.within(&mut sql, " AND (kind, object_id) IN (", within);
        sql.push(" GROUP BY substr(end_at, 1, 7), credential ORDER BY substr(end_at, 1, 7), credential");
        let rows: Vec<(String, String, i64)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        let month = |(month, kind, count): (String, String, i64)| {
            let kind = parse("kind of credential", &kind)?;
            Ok(MonthOfEndings { month, kind, count: u64::try_from(count).unwrap_or_default() })
        };
        rows.into_iter().map(month).collect()
    }
}

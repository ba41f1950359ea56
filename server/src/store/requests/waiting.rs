//! How many requests wait for one person. Every page of theirs says it: the requests themselves are not read for it.

use crate::store::ids::Id;
use crate::store::{Engine, StoreError, TenantStore};
use domain::ids::ObjectId;

/// `$2`: the person, `$3`: 1 for an administrator. Names of members are those of `domain::requests::Request` as it is kept.
const ON_SQLITE: &str = "SELECT count(*) FROM requests r WHERE r.tenant_id = $1 AND (
    (r.state = 'approved' AND $3 = 1)
    OR (r.state = 'open'
        AND EXISTS (
            SELECT 1 FROM json_each(r.content, '$.needs') need, json_each(need.value, '$.approvers') approver
            WHERE (approver.value = $2 OR ($3 = 1 AND approver.value = 'admins'))
              AND (need.value ->> '$.own' = 1 OR r.asker_id <> $2))
        AND NOT EXISTS (
            SELECT 1 FROM json_each(r.content, '$.reviews') review WHERE review.value ->> '$.by.id' = $2)))";
const ON_POSTGRES: &str = "SELECT count(*) FROM requests r WHERE r.tenant_id = $1 AND (
    (r.state = 'approved' AND $3 = 1)
    OR (r.state = 'open'
        AND EXISTS (
            SELECT 1 FROM json_array_elements(r.content::json -> 'needs') need,
                          json_array_elements_text(need -> 'approvers') approver
            WHERE (approver = $2 OR ($3 = 1 AND approver = 'admins'))
              AND ((need ->> 'own')::boolean OR r.asker_id <> $2))
        AND NOT EXISTS (
            SELECT 1 FROM json_array_elements(r.content::json -> 'reviews') review
            WHERE review -> 'by' ->> 'id' = $2)))";

impl TenantStore {
    /// Open ones that this person may review and has not, and, for an administrator, approved ones that nobody has
    /// carried out: those of which `waits_for` in `operations/requests/list.rs` says so.
    pub async fn requests_waiting_for(&self, person: ObjectId, admin: bool) -> Result<u64, StoreError> {
        let count = match self.store.engine() {
            Engine::Sqlite => ON_SQLITE,
            Engine::Postgres => ON_POSTGRES,
        };
        let count: i64 = sqlx::query_scalar(count)
            .bind(self.tenant)
            .bind(Id(person))
            .bind(i64::from(admin))
            .fetch_one(&self.store.pool)
            .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

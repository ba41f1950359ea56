//! For whom requests wait, kept with each of their changes. Every page of a person's says how many wait for them: the
//! requests themselves are not read for it.

use crate::store::ids::Id;
use crate::store::sql::{ROWS, Sql};
use crate::store::stored_json::read;
use crate::store::{Store, StoreError, TenantStore};
use domain::ids::{ObjectId, TenantId};
use domain::requests::Request;
use sqlx::AnyConnection;
use uuid::Uuid;

/// In place of a person's id.
const ADMINS: &str = "admins";

/// In one go; what is left waits for the job that tends requests.
const COMPLETED_AT_ONCE: i64 = 1_000;

/// In place of what was kept of this request.
pub(super) async fn keep(
    transaction: &mut AnyConnection,
    tenant: Id<TenantId>,
    request: &Request,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM request_turns WHERE tenant_id = $1 AND request_id = $2")
        .bind(tenant)
        .bind(Id(request.id()))
        .execute(&mut *transaction)
        .await?;
    let awaited = request.awaited();
    let admins = awaited.admins.then_some((None, true));
    let people = awaited.people.into_iter().map(|(person, waits)| (Some(person), waits));
    let rows: Vec<(Option<ObjectId>, bool)> = admins.into_iter().chain(people).collect();
    for rows in rows.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO request_turns (tenant_id, request_id, whom, waits)");
        sql.values(rows, |row, (person, waits)| {
            let row = row.bind(tenant).bind(Id(request.id()));
            let row = match person {
                Some(person) => row.bind(Id(*person)),
                None => row.bind(ADMINS),
            };
            row.bind(i64::from(*waits));
        });
        sql.query()?.execute(&mut *transaction).await?;
    }
    Ok(())
}

impl Store {
    /// Writes for whom the requests wait that a version changed which did not write it.
    pub async fn complete_turns(&self) -> Result<(), StoreError> {
        let rows: Vec<(Id<TenantId>, Id<Uuid>)> = sqlx::query_as(
            "SELECT tenant_id, id FROM requests
             WHERE state IN ('open', 'approved') AND (turns_of IS NULL OR turns_of <> version) LIMIT $1",
        )
        .bind(COMPLETED_AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        for (tenant, id) in rows {
            match self.of(tenant.0).complete_turns_of(id.0).await {
                // One that cannot be read keeps nobody from the others.
                Err(StoreError::Damaged(error)) => {
                    tracing::error!(request = %id.0, error, "it is not known for whom a request waits");
                }
                done => done?,
            }
        }
        Ok(())
    }
}

impl TenantStore {
    async fn complete_turns_of(&self, id: Uuid) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT content, version FROM requests WHERE tenant_id = $1 AND id = $2")
                .bind(self.tenant)
                .bind(Id(id))
                .fetch_optional(&mut *transaction)
                .await?;
        let Some((content, version)) = row else { return Ok(()) };
        let request: Request = read(&content)?;
        // Whoever changes it meanwhile writes it themselves, or it is looked at again.
        let same = sqlx::query("UPDATE requests SET turns_of = $3 WHERE tenant_id = $1 AND id = $2 AND version = $3")
            .bind(self.tenant)
            .bind(Id(id))
            .bind(version)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if same == 1 {
            keep(&mut transaction, self.tenant, &request).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Open ones that this person may review and has not, and, for an administrator, approved ones that nobody has
    /// carried out: those of which [`Request::awaits`] says so.
    pub async fn requests_waiting_for(&self, person: ObjectId, admin: bool) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM request_turns t WHERE t.tenant_id = $1 AND t.waits = 1 AND (
                t.whom = $2
                OR (t.whom = 'admins' AND $3 = 1
                    AND NOT EXISTS (SELECT 1 FROM request_turns p
                        WHERE p.tenant_id = $1 AND p.whom = $2 AND p.request_id = t.request_id)))",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(i64::from(admin))
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

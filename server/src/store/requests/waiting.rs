//! For whom requests wait, kept with each of their changes. Every page of a person's says how many wait for them: the
//! requests themselves are not read for it.

use crate::store::ids::Id;
use crate::store::sql::{ROWS, Sql};
use crate::store::stored_json::read;
use crate::store::{Store, StoreError, TenantStore};
use domain::ids::{ObjectId, TenantId};
use domain::requests::{AwaitedAs, Capacity, Request};
use sqlx::AnyConnection;
use uuid::Uuid;

/// In place of a person's id.
const ADMINS: &str = "admins";

/// In place of a person's id, for all others; behind it, for what the person has to be.
fn awaited_as(waits: &AwaitedAs) -> impl Iterator<Item = String> {
    waits.admin.then(|| ADMINS.to_owned()).into_iter().chain(waits.groups.iter().copied().map(of_group))
}

/// In place of a person's id, for its members.
fn of_group(group: ObjectId) -> String {
    format!("group:{group}")
}

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
    let mut rows: Vec<(String, bool)> = awaited_as(&awaited.others).map(|whom| (whom, true)).collect();
    for (person, waits) in &awaited.people {
        rows.push((person.to_string(), waits.anybody));
        if !waits.anybody {
            rows.extend(awaited_as(waits).map(|whom| (format!("{person} {whom}"), true)));
        }
    }
    for rows in rows.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO request_turns (tenant_id, request_id, whom, waits)");
        sql.values(rows, |row, (whom, waits)| {
            row.bind(tenant).bind(Id(request.id())).bind(whom.clone()).bind(i64::from(*waits));
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
    pub async fn requests_waiting_for<'g>(
        &self,
        person: ObjectId,
        capacity: impl Into<Capacity<'g>>,
    ) -> Result<u64, StoreError> {
        let Capacity { admin, groups } = capacity.into();
        let also: Vec<String> =
            admin.then(|| ADMINS.to_owned()).into_iter().chain(groups.iter().copied().map(of_group)).collect();
        let mut sql =
            Sql::new("SELECT count(DISTINCT t.request_id) FROM request_turns t WHERE t.waits = 1 AND t.tenant_id = ");
        let own: Vec<String> =
            [person.to_string()].into_iter().chain(also.iter().map(|whom| format!("{person} {whom}"))).collect();
        sql.bind(self.tenant).listed(" AND (t.whom IN (", &own, String::clone);
        if !also.is_empty() {
            sql.listed(" OR (t.whom IN (", &also, String::clone);
            sql.push(
                " AND NOT EXISTS (SELECT 1 FROM request_turns p WHERE p.request_id = t.request_id AND p.tenant_id = ",
            );
            sql.bind(self.tenant).push(" AND p.whom = ").bind(Id(person)).push("))");
        }
        sql.push(")");
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

//! When credentials were last used, as far as the report of it that Graph has was read.

use super::keep::Keeping;
use crate::store::sql::{ROWS, Sql};
use crate::store::stored_json::{self, StoredJson};
use crate::store::{Id, Stamp, StoreError, TenantStore, Transaction};
use domain::credentials::SubjectKind;
use domain::ids::{AppId, KeyId};
use domain::inventory::{CredentialUse, ImportedUse, UseReport};
use domain::sign_in_log::LogRange;
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;

impl StoredJson for UseReport {
    const WHAT: &str = "report of credentials' use";
}

/// A row of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseRow {
    pub app_id: AppId,
    pub key_id: KeyId,
    /// The last sign-in that succeeded.
    pub succeeded: Option<OffsetDateTime>,
    /// The last one of which it does not say whether it did.
    pub attempted: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    key_id: Id<KeyId>,
    known_since: Stamp,
    succeeded: Option<Stamp>,
    attempted: Option<Stamp>,
    logged_succeeded: Option<Stamp>,
    logged_attempted: Option<Stamp>,
    covers_from: Option<Stamp>,
    covers_until: Option<Stamp>,
}

impl Row {
    fn read(self) -> CredentialUse {
        let at = |stamp: Option<Stamp>| stamp.map(|at| at.0);
        let covers = at(self.covers_from).zip(at(self.covers_until)).map(|(from, until)| LogRange { from, until });
        CredentialUse {
            known_since: self.known_since.0,
            succeeded: at(self.succeeded),
            attempted: at(self.attempted),
            logged: covers.map(|covers| ImportedUse {
                succeeded: at(self.logged_succeeded),
                attempted: at(self.logged_attempted),
                covers,
            }),
        }
    }
}

impl TenantStore {
    /// From when on each of these has been known; the first time stays.
    pub(super) async fn write_known(
        &self,
        transaction: &mut Transaction,
        rows: &[Keeping],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut known: Vec<(AppId, KeyId)> = vec![];
        for object in rows.iter().map(|row| &row.object) {
            let certificates = object.certificates.readable.iter().filter_map(|held| held.key_id);
            let secrets = object.secrets.readable.iter().filter_map(|held| held.key_id);
            known.extend(
                object
                    .app_id
                    .into_iter()
                    .flat_map(|app| certificates.clone().chain(secrets.clone()).map(move |key| (app, key))),
            );
        }
        // In one order for everybody, and each once.
        known.sort_unstable();
        known.dedup();
        for known in known.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO credential_uses (tenant_id, app_id, key_id, known_since)");
            sql.values(known, |row, (app, key)| {
                row.bind(self.tenant).bind(Id(*app)).bind(Id(*key)).bind(Stamp(at));
            });
            sql.push(" ON CONFLICT (tenant_id, app_id, key_id) DO NOTHING");
            sql.query()?.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// What is known of the report, from all times it was read.
    pub async fn use_report(&self) -> Result<Option<UseReport>, StoreError> {
        let content: Option<String> = sqlx::query_scalar("SELECT content FROM use_reports WHERE tenant_id = $1")
            .bind(self.tenant)
            .fetch_optional(&self.store.pool)
            .await?;
        content.map(|content| stored_json::read(&content)).transpose()
    }

    /// A reading of the report, whole: what it says of credentials, and of itself. A use that is known already is never
    /// taken back by an older one.
    pub async fn keep_uses(&self, report: &UseReport, rows: &[UseRow]) -> Result<(), StoreError> {
        // Read again where it is lost.
        let mut transaction = self.store.begin_unsynced().await?;
        let mut rows: Vec<&UseRow> = rows.iter().collect();
        rows.sort_unstable_by_key(|row| (row.app_id, row.key_id));
        rows.dedup_by_key(|row| (row.app_id, row.key_id));
        for rows in rows.chunks(ROWS) {
            let mut sql =
                Sql::new("INSERT INTO credential_uses (tenant_id, app_id, key_id, known_since, succeeded, attempted)");
            sql.values(rows, |row, found| {
                row.bind(self.tenant).bind(Id(found.app_id)).bind(Id(found.key_id)).bind(Stamp(report.read_at));
                row.bind(found.succeeded.map(Stamp)).bind(found.attempted.map(Stamp));
            });
            sql.push(
                " ON CONFLICT (tenant_id, app_id, key_id) DO UPDATE SET
                    succeeded = CASE WHEN coalesce(excluded.succeeded, '') > coalesce(credential_uses.succeeded, '')
                        THEN excluded.succeeded ELSE credential_uses.succeeded END,
                    attempted = CASE WHEN coalesce(excluded.attempted, '') > coalesce(credential_uses.attempted, '')
                        THEN excluded.attempted ELSE credential_uses.attempted END",
            );
            sql.query()?.execute(&mut *transaction).await?;
        }
        sqlx::query(
            "INSERT INTO use_reports (tenant_id, content) VALUES ($1, $2)
             ON CONFLICT (tenant_id) DO UPDATE SET content = excluded.content",
        )
        .bind(self.tenant)
        .bind(stored_json::write(report)?)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Of one application's credentials.
    pub async fn uses_of(&self, app: AppId) -> Result<HashMap<KeyId, CredentialUse>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT used.key_id, used.known_since, used.succeeded, used.attempted, logged.succeeded AS logged_succeeded,
                logged.attempted AS logged_attempted, logged.covers_from, logged.covers_until
             FROM credential_uses AS used LEFT JOIN imported_uses AS logged
                ON logged.tenant_id = used.tenant_id AND logged.app_id = used.app_id AND logged.key_id = used.key_id
             WHERE used.tenant_id = $1 AND used.app_id = $2",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .fetch_all(&self.store.pool)
        .await?;
        Ok(rows.into_iter().map(|row| (row.key_id.0, row.read())).collect())
    }

    /// Which of these are registered in this directory.
    pub async fn registered_here(&self, apps: &[AppId]) -> Result<HashSet<AppId>, StoreError> {
        let mut here = HashSet::new();
        for apps in apps.chunks(ROWS) {
            let mut sql = Sql::new("SELECT app_id FROM inventory_objects WHERE tenant_id = ");
            sql.bind(self.tenant).push(" AND gone_at IS NULL AND kind IN (");
            sql.bind(SubjectKind::Application.as_str()).push(", ").bind(SubjectKind::AgentBlueprint.as_str()).push(")");
            sql.listed(" AND app_id IN (", apps, |app| Id(*app));
            let found: Vec<Id<AppId>> = sql.scalar()?.fetch_all(&self.store.pool).await?;
            here.extend(found.into_iter().map(|id| id.0));
        }
        Ok(here)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use domain::ids::TenantId;
    use time::macros::datetime;
    use uuid::Uuid;

    const AT: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

    #[tokio::test]
    async fn a_use_is_never_taken_back_and_is_of_one_tenant_and_one_application() {
        on_both(async |database| {
            let store = database.store().await;
            let [ours, theirs] = [1, 2].map(|n| store.of(TenantId::new(Uuid::from_u128(n))));
            let [app, other] = [3, 4].map(|n| AppId::new(Uuid::from_u128(n)));
            let key_id = KeyId::new(Uuid::from_u128(5));
            let report = UseReport { read_at: AT, as_of: Some(AT), moves_since: Some(AT), unknown: None };
            let ago = |days| Some(AT - time::Duration::days(days));
            let row = |succeeded, attempted| UseRow { app_id: app, key_id, succeeded, attempted };
            ours.keep_uses(&report, &[row(ago(3), ago(2))]).await.unwrap();
            ours.keep_uses(&report, &[row(ago(9), None)]).await.unwrap();
            ours.keep_uses(&report, &[row(None, ago(1))]).await.unwrap();
            let kept = CredentialUse { known_since: AT, succeeded: ago(3), attempted: ago(1), logged: None };
            assert_eq!(ours.uses_of(app).await.unwrap(), HashMap::from([(key_id, kept)]));
            assert_eq!(ours.use_report().await.unwrap(), Some(report));
            for (store, app) in [(&theirs, app), (&ours, other)] {
                assert_eq!(store.uses_of(app).await.unwrap(), HashMap::new());
            }
            assert_eq!(theirs.use_report().await.unwrap(), None);
            assert_eq!(ours.registered_here(&[app, other]).await.unwrap(), HashSet::new());
        })
        .await;
    }
}

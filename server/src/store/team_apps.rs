//! Apps that an administrator gave to teams.

use super::sql::{ROWS, Sql};
use super::{AuditEntry, Id, StoreError, TenantStore, audit, parse};
use domain::ids::ObjectId;
use domain::teams::{GivenApp, TeamText};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    team: String,
    app: Id<Uuid>,
}

impl TryFrom<Row> for GivenApp {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self { team: parse("name of a team", &row.team)?, app: row.app.0 })
    }
}

fn read(rows: Vec<Row>) -> Result<BTreeSet<GivenApp>, StoreError> {
    rows.into_iter().map(TryInto::try_into).collect()
}

impl TenantStore {
    /// To any team, also to one that the configuration does not have any more.
    pub async fn given_apps(&self) -> Result<BTreeSet<GivenApp>, StoreError> {
        let rows = sqlx::query_as("SELECT team, app FROM team_apps WHERE tenant_id = $1")
            .bind(self.tenant)
            .fetch_all(&self.store.pool)
            .await?;
        read(rows)
    }

    /// To these teams.
    pub async fn apps_given_to(&self, teams: &[&TeamText]) -> Result<BTreeSet<GivenApp>, StoreError> {
        if teams.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut sql = Sql::new("SELECT team, app FROM team_apps WHERE tenant_id = ");
        sql.bind(self.tenant).listed(" AND team IN (", teams, |team| team.as_str().to_owned());
        read(sql.rows()?.fetch_all(&self.store.pool).await?)
    }

    /// In place of all that was given before. `false`, and nothing changed, where that is not `before` any more.
    pub async fn give_apps(
        &self,
        before: &BTreeSet<GivenApp>,
        after: &BTreeSet<GivenApp>,
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let rows = sqlx::query_as("DELETE FROM team_apps WHERE tenant_id = $1 RETURNING team, app")
            .bind(self.tenant)
            .fetch_all(&mut *transaction)
            .await?;
        if read(rows)? != *before {
            return Ok(false);
        }
        let after: Vec<&GivenApp> = after.iter().collect();
        for some in after.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO team_apps (tenant_id, team, app)");
            sql.values(some, |row, given| {
                row.bind(self.tenant).bind(given.team.as_str().to_owned()).bind(Id(given.app));
            });
            sql.push(" ON CONFLICT (tenant_id, team, app) DO NOTHING");
            sql.query()?.execute(&mut *transaction).await?;
        }
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What the inventory calls them, by object id and by client id; nothing for what it does not have.
    pub async fn names_of_apps(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, StoreError> {
        let mut names = HashMap::new();
        for ids in ids.chunks(ROWS) {
            let mut sql = Sql::new("SELECT object_id, app_id, name FROM inventory_objects WHERE tenant_id = ");
            sql.bind(self.tenant).push(" AND gone_at IS NULL AND kind = 'application'");
            sql.listed(" AND (object_id IN (", ids, |id| Id(*id))
                .listed(" OR app_id IN (", ids, |id| Id(*id))
                .push(")");
            let rows: Vec<(Id<ObjectId>, Option<Id<Uuid>>, String)> = sql.rows()?.fetch_all(&self.store.pool).await?;
            for (object, app, name) in rows {
                names.extend(app.map(|app| (app.0, name.clone())));
                names.insert(object.0.uuid(), name);
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use domain::audit::{AuditAction, AuditOutcome};
    use domain::ids::TenantId;
    use time::macros::datetime;

    fn given(all: &[(&str, u128)]) -> BTreeSet<GivenApp> {
        all.iter().map(|(team, app)| GivenApp { team: team.parse().unwrap(), app: Uuid::from_u128(*app) }).collect()
    }

    #[tokio::test]
    async fn a_table_takes_the_place_of_the_one_that_was_seen_and_of_no_other() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
            let at = datetime!(2026-11-29 08:00 UTC);
            let entry = AuditEntry::new(None, at, AuditAction::AppsGiven, AuditOutcome::Recorded);
            let many: Vec<(&str, u128)> = (0..1_200).map(|n| ("Payroll", n)).chain([("Ledger", 1)]).collect();
            let (none, first, second) = (given(&[]), given(&many), given(&[("Ledger", 1), ("Ledger", 2)]));
            assert!(store.give_apps(&none, &first, &entry).await.unwrap());
            assert_eq!(store.given_apps().await.unwrap(), first);
            assert!(!store.give_apps(&none, &second, &entry).await.unwrap(), "somebody was faster");
            assert_eq!(store.given_apps().await.unwrap(), first);
            let ledger: TeamText = "Ledger".parse().unwrap();
            assert_eq!(store.apps_given_to(&[&ledger]).await.unwrap(), given(&[("Ledger", 1)]));
            assert_eq!(store.apps_given_to(&[]).await.unwrap(), none);
            assert!(store.give_apps(&first, &second, &entry).await.unwrap());
            assert_eq!(store.given_apps().await.unwrap(), second);
            assert!(store.give_apps(&second, &none, &entry).await.unwrap());
            assert_eq!(store.given_apps().await.unwrap(), none);
        })
        .await;
    }
}

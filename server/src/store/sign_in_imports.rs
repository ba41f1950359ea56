//! Logs of sign-ins that people exported and brought: what each was, and what all of them say of each credential.

use super::sql::{ROWS, Sql};
use super::stored_json::{self, StoredJson};
use super::{AuditEntry, Id, Stamp, StoreError, TenantStore, Transaction, audit};
use domain::ids::{AppId, KeyId};
use domain::sign_in_log::{LogCounts, LogRange, LoggedUse, ReadLog};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// Of which is kept what they were; what they say of credentials stays.
pub const MOST_IMPORTS: u32 = 50;

/// A log that somebody brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInImport {
    /// The name of who did.
    pub who: String,
    /// As the browser called the file.
    pub file: Option<String>,
    /// What was in it.
    pub counts: LogCounts,
    /// From when to when.
    pub covers: LogRange,
    /// Credentials that it names and the inventory has, or had.
    pub known: u64,
    /// Those that it has never had.
    pub unknown: u64,
}

impl StoredJson for SignInImport {
    const WHAT: &str = "import of sign-ins";
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    at: Stamp,
    content: String,
}

impl TenantStore {
    /// What a log says of the credentials that are known here; of others nothing is kept. A use that is known already is never taken
    /// back by an older one. Answers the import's number.
    pub async fn keep_sign_in_import(
        &self,
        (who, file): (&str, Option<&str>),
        log: &ReadLog,
        at: OffsetDateTime,
        entry: impl FnOnce(&SignInImport) -> AuditEntry + Send,
    ) -> Result<i64, StoreError> {
        let mut transaction = self.store.begin().await?;
        let mut known = 0;
        for uses in log.uses.chunks(ROWS) {
            let uses = self.known_here(&mut transaction, uses).await?;
            known += uses.len() as u64;
            self.write_logged(&mut transaction, &uses, log.covers).await?;
        }
        let import = SignInImport {
            who: who.to_owned(),
            file: file.map(str::to_owned),
            counts: log.counts.clone(),
            covers: log.covers,
            known,
            unknown: log.uses.len() as u64 - known,
        };
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO sign_in_imports (tenant_id, at, content) VALUES ($1, $2, $3) RETURNING number",
        )
        .bind(self.tenant)
        .bind(Stamp(at))
        .bind(stored_json::write(&import)?)
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM sign_in_imports WHERE tenant_id = $1 AND number NOT IN
                (SELECT number FROM sign_in_imports WHERE tenant_id = $1 ORDER BY number DESC LIMIT $2)",
        )
        .bind(self.tenant)
        .bind(i64::from(MOST_IMPORTS))
        .execute(&mut *transaction)
        .await?;
        audit::write(&mut *transaction, self.tenant, &entry(&import)).await?;
        transaction.commit().await?;
        Ok(number)
    }

    async fn known_here(
        &self,
        transaction: &mut Transaction,
        uses: &[LoggedUse],
    ) -> Result<Vec<LoggedUse>, StoreError> {
        let mut sql = Sql::new("SELECT app_id, key_id FROM credential_uses WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND (app_id, key_id) IN (");
        sql.values(uses, |row, one| {
            row.bind(Id(one.app_id)).bind(Id(one.key_id));
        });
        sql.push(")");
        let rows: Vec<(Id<AppId>, Id<KeyId>)> = sql.rows()?.fetch_all(&mut **transaction).await?;
        let known: BTreeSet<_> = rows.into_iter().map(|(app, key)| (app.0, key.0)).collect();
        Ok(uses.iter().filter(|one| known.contains(&(one.app_id, one.key_id))).copied().collect())
    }

    async fn write_logged(
        &self,
        transaction: &mut Transaction,
        uses: &[LoggedUse],
        covers: LogRange,
    ) -> Result<(), StoreError> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new(
            "INSERT INTO imported_uses (tenant_id, app_id, key_id, succeeded, attempted, covers_from, covers_until)",
        );
        sql.values(uses, |row, one| {
            row.bind(self.tenant).bind(Id(one.app_id)).bind(Id(one.key_id));
            row.bind(one.succeeded.map(Stamp)).bind(one.attempted.map(Stamp));
            row.bind(Stamp(covers.from)).bind(Stamp(covers.until));
        });
        sql.push(
            " ON CONFLICT (tenant_id, app_id, key_id) DO UPDATE SET
                succeeded = CASE WHEN coalesce(excluded.succeeded, '') > coalesce(imported_uses.succeeded, '')
                    THEN excluded.succeeded ELSE imported_uses.succeeded END,
                attempted = CASE WHEN coalesce(excluded.attempted, '') > coalesce(imported_uses.attempted, '')
                    THEN excluded.attempted ELSE imported_uses.attempted END,
                covers_from = CASE WHEN excluded.covers_until >= imported_uses.covers_until
                    THEN excluded.covers_from ELSE imported_uses.covers_from END,
                covers_until = CASE WHEN excluded.covers_until >= imported_uses.covers_until
                    THEN excluded.covers_until ELSE imported_uses.covers_until END",
        );
        sql.query()?.execute(&mut **transaction).await?;
        Ok(())
    }

    /// The newest first, with their numbers and when they were brought.
    pub async fn sign_in_imports(&self) -> Result<Vec<(i64, OffsetDateTime, SignInImport)>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT number, at, content FROM sign_in_imports WHERE tenant_id = $1 ORDER BY number DESC LIMIT $2",
        )
        .bind(self.tenant)
        .bind(i64::from(MOST_IMPORTS))
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(|row| Ok((row.number, row.at.0, stored_json::read(&row.content)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use crate::store::{AuditFilter, UseRow};
    use domain::audit::{AuditAction, AuditOutcome};
    use domain::ids::TenantId;
    use domain::inventory::{ImportedUse, UseReport};
    use time::macros::datetime;
    use uuid::Uuid;

    const AT: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

    fn day(day: u8) -> OffsetDateTime {
        datetime!(2026-11-01 06:00 UTC).replace_day(day).unwrap()
    }

    fn log(covers: (u8, u8), uses: Vec<LoggedUse>) -> ReadLog {
        let counts = LogCounts { rows: 9, with_key: 9, ..LogCounts::default() };
        ReadLog { counts, covers: LogRange { from: day(covers.0), until: day(covers.1) }, uses }
    }

    fn entry(import: &SignInImport) -> AuditEntry {
        let mut entry = AuditEntry::new(None, AT, AuditAction::SignInsImported, AuditOutcome::Recorded);
        entry.row.detail = format!("{} known", import.known);
        entry
    }

    async fn keep(store: &TenantStore, log: &ReadLog) -> i64 {
        store.keep_sign_in_import(("Mara", Some("a.json")), log, AT, entry).await.unwrap()
    }

    #[tokio::test]
    async fn what_a_log_says_is_kept_of_credentials_that_are_known_and_never_taken_back() {
        on_both(async |database| {
            let store = database.store().await;
            let [ours, theirs] = [1, 2].map(|n| store.of(TenantId::new(Uuid::from_u128(n))));
            let app = AppId::new(Uuid::from_u128(3));
            let report = UseReport { read_at: AT, as_of: Some(AT), moves_since: Some(AT), unknown: None };
            let key = |n| KeyId::new(Uuid::from_u128(n));
            // Enough for two statements.
            let known: Vec<_> = (0..700)
                .map(|n| UseRow { app_id: app, key_id: key(1_000 + n), succeeded: None, attempted: None })
                .collect();
            ours.keep_uses(&report, &known).await.unwrap();
            let used = |n, succeeded: Option<u8>, attempted: Option<u8>| LoggedUse {
                app_id: app,
                key_id: key(n),
                succeeded: succeeded.map(day),
                attempted: attempted.map(day),
            };
            let foreign = LoggedUse { app_id: AppId::new(Uuid::from_u128(9)), ..used(1_000, Some(5), None) };
            let mut named: Vec<_> = (0..700).map(|n| used(1_000 + n, Some(8), None)).collect();
            named.extend([used(7, Some(8), None), foreign]);
            let first = keep(&ours, &log((3, 10), named)).await;
            let kept = async |n| ours.uses_of(app).await.unwrap().remove(&key(n)).and_then(|found| found.logged);
            let said = |succeeded: u8, attempted: Option<u8>, (from, until): (u8, u8)| {
                let covers = LogRange { from: day(from), until: day(until) };
                Some(ImportedUse { succeeded: Some(day(succeeded)), attempted: attempted.map(day), covers })
            };
            assert_eq!((kept(1_699).await, kept(7).await), (said(8, None, (3, 10)), None));
            // An older log adds what it alone has; a newer one is what is told of.
            keep(&ours, &log((1, 5), vec![used(1_000, Some(4), Some(5))])).await;
            assert_eq!(kept(1_000).await, said(8, Some(5), (3, 10)));
            keep(&ours, &log((9, 12), vec![used(1_000, None, Some(12))])).await;
            assert_eq!(kept(1_000).await, said(8, Some(12), (9, 12)));

            let imports = ours.sign_in_imports().await.unwrap();
            assert_eq!(
                imports.iter().map(|(_, _, import)| (import.known, import.unknown)).collect::<Vec<_>>(),
                [(1, 0), (1, 0), (700, 2)]
            );
            let (number, at, import) = &imports[2];
            assert_eq!((*number, *at, import.file.as_deref()), (first, AT, Some("a.json")));
            let audit = ours.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap();
            assert_eq!((audit.total, audit.items[2].detail.as_str()), (3, "700 known"));

            assert!(theirs.sign_in_imports().await.unwrap().is_empty());
            keep(&theirs, &log((1, 30), vec![used(1_000, Some(30), None)])).await;
            assert_eq!(theirs.sign_in_imports().await.unwrap()[0].2.unknown, 1);
            assert_eq!(
                (kept(1_000).await, ours.sign_in_imports().await.unwrap().len()),
                (said(8, Some(12), (9, 12)), 3)
            );

            for _ in 0..MOST_IMPORTS {
                keep(&ours, &log((9, 12), vec![])).await;
            }
            let imports = ours.sign_in_imports().await.unwrap();
            assert_eq!(
                (imports.len(), imports.iter().any(|(number, ..)| *number == first)),
                (MOST_IMPORTS as usize, false)
            );
            assert_eq!(theirs.sign_in_imports().await.unwrap().len(), 1);
            assert!(kept(1_699).await.is_some(), "what it said stays");
        })
        .await;
    }
}

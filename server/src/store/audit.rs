//! The audit log. The database itself refuses to change or delete a row.

use super::ids::Id;
use super::sql::Sql;
use super::{Rows, Stamp, StoreError, TenantStore, Transaction, parse};
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::{ObjectId, TenantId};
use domain::rollout::Outcome;
use domain::thumbprint::Thumbprint;
use sqlx::{Any, Executor};
use time::OffsetDateTime;
use uuid::Uuid;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub at: OffsetDateTime,
    pub who: String,
    pub username: String,
    pub action: AuditAction,
    pub app_name: Option<String>,
    pub object_id: Option<ObjectId>,
    pub thumbprint: Option<Thumbprint>,
    pub outcome: AuditOutcome,
    pub detail: String,
    /// Graph's or Entra's.
    pub request_id: Option<String>,
    pub receipt: Option<Uuid>,
}

/// One row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Absent where nobody could be identified.
    pub person: Option<ObjectId>,
    pub row: AuditRow,
}

/// In place of a person's name, where the portal did something by itself.
pub const PORTAL: &str = "Thumbprint";

impl AuditEntry {
    /// About no app yet; set what is known on `row`.
    pub fn new(
        person: Option<ObjectId>,
        at: OffsetDateTime,
        action: AuditAction,
        outcome: impl Into<AuditOutcome>,
    ) -> Self {
        let row = AuditRow {
            at,
            who: String::new(),
            username: String::new(),
            action,
            app_name: None,
            object_id: None,
            thumbprint: None,
            outcome: outcome.into(),
            detail: String::new(),
            request_id: None,
            receipt: None,
        };
        Self { person, row }
    }

    /// Of what the portal does by itself.
    pub fn by_portal(at: OffsetDateTime, action: AuditAction, outcome: impl Into<AuditOutcome>) -> Self {
        let mut entry = Self::new(None, at, action, outcome);
        PORTAL.clone_into(&mut entry.row.who);
        entry
    }
}

/// Which rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Part of an app's or a person's name, a thumbprint in any spelling, a request-id, an id. Empty: all.
    pub search: String,
    pub outcome: Option<AuditOutcome>,
}

#[derive(sqlx::FromRow)]
struct Row {
    at: Stamp,
    who: String,
    username: String,
    action: String,
    app_name: Option<String>,
    object_id: Option<Id<ObjectId>>,
    thumbprint: Option<Id<Thumbprint>>,
    outcome: String,
    detail: String,
    request_id: Option<String>,
    receipt_id: Option<Id<Uuid>>,
}

impl TryFrom<Row> for AuditRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            at: row.at.0,
            who: row.who,
            username: row.username,
            action: parse("action", &row.action)?,
            app_name: row.app_name,
            object_id: row.object_id.map(|id| id.0),
            thumbprint: row.thumbprint.map(|thumbprint| thumbprint.0),
            outcome: parse("outcome", &row.outcome)?,
            detail: row.detail,
            request_id: row.request_id,
            receipt: row.receipt_id.map(|id| id.0),
        })
    }
}

impl TenantStore {
    /// Entra has issued a token here, since then, for an assertion that named this certificate.
    pub async fn proven_since(&self, thumbprint: Thumbprint, since: OffsetDateTime) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM audit WHERE tenant_id = $1 AND thumbprint = $2 AND at >= $3 AND outcome = $4
                AND action IN ($5, $6)",
        )
        .bind(self.tenant)
        .bind(Id(thumbprint))
        .bind(Stamp(since))
        .bind(AuditOutcome::from(Outcome::Verified).as_str())
        .bind(AuditAction::Prove.as_str())
        .bind(AuditAction::ProveWithVault.as_str())
        .fetch_one(&self.store.pool)
        .await?;
        Ok(count > 0)
    }

    /// The same for an assertion of this app that named one of these.
    pub async fn proven_on(
        &self,
        app: ObjectId,
        thumbprints: &[Thumbprint],
        since: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        if thumbprints.is_empty() {
            return Ok(false);
        }
        let mut sql = Sql::new("SELECT count(*) FROM audit WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND object_id = ").bind(Id(app)).push(" AND at >= ").bind(Stamp(since));
        sql.push(" AND outcome = ").bind(AuditOutcome::from(Outcome::Verified).as_str().to_owned());
        sql.listed(" AND action IN (", &[AuditAction::Prove, AuditAction::ProveWithVault], |action| {
            action.as_str().to_owned()
        });
        sql.listed(" AND thumbprint IN (", thumbprints, |thumbprint| Id(*thumbprint));
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(count > 0)
    }

    pub async fn audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        write(&self.store.pool, self.tenant, &entry).await
    }

    /// The newest first. `person`: whose rows only; everyone's where `None`.
    pub async fn audit_page(
        &self,
        person: Option<ObjectId>,
        filter: &AuditFilter,
        offset: u64,
        limit: u64,
    ) -> Result<Rows<AuditRow>, StoreError> {
        let mut count = Sql::new("SELECT count(*) FROM audit");
        restrict(&mut count, self.tenant, person, filter);
        let total: i64 = count.scalar()?.fetch_one(&self.store.pool).await?;

        let mut select = Sql::new(
            "SELECT at, who, username, action, app_name, object_id, thumbprint, outcome, detail, request_id, receipt_id FROM audit",
        );
        restrict(&mut select, self.tenant, person, filter);
        select.push(" ORDER BY number DESC LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
        select.push(" OFFSET ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
        let rows: Vec<Row> = select.rows()?.fetch_all(&self.store.pool).await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Rows { items, total: u64::try_from(total).unwrap_or_default() })
    }
}

fn restrict(sql: &mut Sql, tenant: Id<TenantId>, person: Option<ObjectId>, filter: &AuditFilter) {
    sql.push(" WHERE tenant_id = ").bind(tenant);
    if let Some(person) = person {
        sql.push(" AND person_id = ").bind(Id(person));
    }
    if let Some(outcome) = &filter.outcome {
        sql.push(" AND outcome = ").bind(outcome.as_str().to_owned());
    }
    let search = filter.search.trim();
    if search.is_empty() {
        return;
    }
    let pattern = contains(search);
    sql.push(" AND (");
    for column in ["app_name", "who", "username", "request_id", "object_id", "receipt_id"] {
        // PostgreSQL's LIKE minds the case, SQLite's does not.
        sql.push("lower(").push(column).push(") LIKE lower(").bind(pattern.clone()).push(") ESCAPE '\\' OR ");
    }
    // A thumbprint may come in any spelling, and as hex also in part.
    let thumbprint = search.parse::<Thumbprint>().map_or_else(|_| hex_digits(search), |known| known.hex());
    sql.push("thumbprint LIKE ").bind(format!("%{}%", thumbprint.to_ascii_uppercase())).push(")");
}

/// A `LIKE` pattern in which nothing that a person types is a wildcard.
fn contains(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The text without separators where it is a part of a thumbprint, and something that no thumbprint has in it where it
/// is not: `bad` is a word before it is hex.
fn hex_digits(text: &str) -> String {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | ':' | '-')).collect();
    let hex = digits.len() >= 6 && digits.chars().all(|c| c.is_ascii_hexdigit());
    if hex { digits } else { "-".to_owned() }
}

/// Characters of a row's detail: it stays for good.
const LONGEST_DETAIL: usize = 4_000;

fn cut(detail: &str) -> &str {
    detail.char_indices().nth(LONGEST_DETAIL).map_or(detail, |(end, _)| &detail[..end])
}

/// What a transaction did to so many rows, together with its row in the audit log, where that has one. `false`, and neither of
/// them, where it did nothing.
pub(super) async fn commit(
    mut transaction: Transaction,
    tenant: Id<TenantId>,
    rows: u64,
    entry: Option<&AuditEntry>,
) -> Result<bool, StoreError> {
    if rows == 0 {
        return Ok(false);
    }
    if let Some(entry) = entry {
        write(&mut *transaction, tenant, entry).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn write<'c>(
    to: impl Executor<'c, Database = Any>,
    tenant: Id<TenantId>,
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    let row = &entry.row;
    sqlx::query(
        "INSERT INTO audit
            (tenant_id, person_id, at, who, username, action, app_name, object_id, thumbprint, outcome, detail, request_id, receipt_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(tenant)
    .bind(entry.person.map(Id))
    .bind(Stamp(row.at))
    .bind(&row.who)
    .bind(&row.username)
    .bind(row.action.as_str())
    .bind(&row.app_name)
    .bind(row.object_id.map(Id))
    .bind(row.thumbprint.map(Id))
    .bind(row.outcome.as_str())
    .bind(cut(&row.detail))
    .bind(&row.request_id)
    .bind(row.receipt.map(Id))
    .execute(to)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::Store;
    use crate::store::databases::{Database, on_both};
    use domain::rollout::{Outcome, PushMode};
    use time::macros::datetime;

    const HEX: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn tenant(n: u128) -> TenantId {
        TenantId::new(id(n))
    }

    async fn filled(database: &Database) -> Store {
        let store = database.store().await;
        for n in 0..60u32 {
            let person = ObjectId::new(id(if n % 2 == 0 { 10 } else { 11 }));
            let action = AuditAction::Push(PushMode::Append);
            let mut entry = AuditEntry::new(Some(person), datetime!(2026-11-24 12:00 UTC), action, Outcome::Verified);
            entry.row.app_name = Some(format!("app-{n}"));
            entry.row.who = "Owen Payne".into();
            if n == 7 {
                entry.row.outcome = Outcome::Refused.into();
                entry.row.thumbprint = Some(HEX.parse().unwrap());
                entry.row.app_name = Some("100%_sure".into());
            }
            store.of(tenant(if n < 58 { 1 } else { 2 })).audit(entry).await.unwrap();
        }
        store
    }

    #[tokio::test]
    async fn pages_cover_every_row_of_the_tenant_once() {
        on_both(async |database| {
            let store = filled(database).await;
            let mut names = vec![];
            for page in 0..3 {
                let all = AuditFilter::default();
                let page = store.of(tenant(1)).audit_page(None, &all, page * 25, 25).await.unwrap();
                assert_eq!(page.total, 58);
                names.extend(page.items.into_iter().filter_map(|row| row.app_name));
            }
            assert_eq!(names.len(), 58);
            assert_eq!(names[0], "app-57");
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 58);
        })
        .await;
    }

    #[tokio::test]
    async fn searches_and_filters() {
        on_both(async |database| {
            let store = filled(database).await;
            let find = async |person, search: &str, outcome: &str| {
                let outcome = (!outcome.is_empty()).then(|| outcome.parse().unwrap());
                let filter = AuditFilter { search: search.into(), outcome };
                store.of(tenant(1)).audit_page(person, &filter, 0, 25).await.unwrap().total
            };
            assert_eq!(find(None, "owen", "").await, 58);
            assert_eq!(find(None, "", "refused").await, 1);
            assert_eq!(find(None, "%", "").await, 1);
            assert_eq!(find(None, "a_p", "").await, 0);
            assert_eq!(find(None, HEX, "").await, 1);
            assert_eq!(find(None, "pTjQDocn7FgU4vsQezE2N28iaVs", "").await, 1);
            assert_eq!(find(None, "a5:38:d0", "").await, 1);
            assert_eq!(find(Some(ObjectId::new(id(10))), "", "").await, 29);
            assert_eq!(find(Some(ObjectId::new(id(12))), "", "").await, 0);
        })
        .await;
    }

    #[tokio::test]
    async fn the_database_refuses_to_change_it() {
        on_both(async |database| {
            let store = filled(database).await;
            for sql in ["UPDATE audit SET outcome = 'verified'", "DELETE FROM audit"] {
                let error = sqlx::query(sql).execute(store.pool()).await.unwrap_err();
                assert!(error.to_string().contains("append-only"), "{error}");
            }
            let rows = store.of(tenant(1)).audit_page(None, &AuditFilter::default(), 0, 1).await.unwrap();
            assert_eq!((rows.total, rows.items.len()), (58, 1));
        })
        .await;
    }
}

//! The audit log. The database itself refuses to change or delete a row.

use super::sql::Sql;
use super::{Stamp, Store, StoreError, parse};
use app::contract::audit::{AuditQuery, AuditRow};
use app::contract::paging::{PAGE_SIZE, Page};
use domain::ids::{ObjectId, TenantId};
use domain::thumbprint::Thumbprint;
use sqlx::{Any, Executor};
use time::OffsetDateTime;
use uuid::Uuid;

/// One row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub tenant: TenantId,
    /// Absent where nobody could be identified.
    pub person: Option<ObjectId>,
    pub row: AuditRow,
}

impl AuditEntry {
    /// About no app yet; set what is known on `row`.
    pub fn new(tenant: TenantId, person: Option<ObjectId>, at: OffsetDateTime, action: &str, outcome: &str) -> Self {
        let row = AuditRow {
            at,
            who: String::new(),
            username: String::new(),
            action: action.to_owned(),
            app_name: None,
            object_id: None,
            thumbprint: None,
            outcome: outcome.to_owned(),
            detail: String::new(),
            request_id: None,
            receipt: None,
        };
        Self { tenant, person, row }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    at: Stamp,
    who: String,
    username: String,
    action: String,
    app_name: Option<String>,
    object_id: Option<String>,
    thumbprint: Option<String>,
    outcome: String,
    detail: String,
    request_id: Option<String>,
    receipt_id: Option<String>,
}

impl TryFrom<Row> for AuditRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            at: row.at.0,
            who: row.who,
            username: row.username,
            action: row.action,
            app_name: row.app_name,
            object_id: row.object_id.as_deref().map(|id| parse("object id", id)).transpose()?,
            thumbprint: row.thumbprint.as_deref().map(|hex| parse::<Thumbprint>("thumbprint", hex)).transpose()?,
            outcome: row.outcome,
            detail: row.detail,
            request_id: row.request_id,
            receipt: row.receipt_id.as_deref().map(|id| parse::<Uuid>("receipt", id)).transpose()?,
        })
    }
}

impl Store {
    pub async fn audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        write(&self.pool, &entry).await
    }

    /// `person`: whose rows only; everyone's where `None`. The newest first.
    pub async fn audit_page(
        &self,
        tenant: TenantId,
        person: Option<ObjectId>,
        query: &AuditQuery,
    ) -> Result<Page<AuditRow>, StoreError> {
        let page = query.page.max(1);
        let mut count = Sql::new("SELECT count(*) FROM audit");
        restrict(&mut count, tenant, person, query);
        let total: i64 = count.scalar()?.fetch_one(&self.pool).await?;
        let total = u64::try_from(total).unwrap_or_default();

        let skip = u64::from(page - 1) * PAGE_SIZE as u64;
        let mut select = Sql::new(
            "SELECT at, who, username, action, app_name, object_id, thumbprint, outcome, detail, request_id, receipt_id FROM audit",
        );
        restrict(&mut select, tenant, person, query);
        select.push(" ORDER BY number DESC LIMIT ").bind(i64::try_from(PAGE_SIZE).unwrap_or(i64::MAX));
        select.push(" OFFSET ").bind(i64::try_from(skip).unwrap_or(i64::MAX));
        let rows: Vec<Row> = select.rows()?.fetch_all(&self.pool).await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<Vec<AuditRow>, _>>()?;
        Ok(Page { has_next: skip + (items.len() as u64) < total, items, page, total: Some(total) })
    }
}

fn restrict(sql: &mut Sql, tenant: TenantId, person: Option<ObjectId>, query: &AuditQuery) {
    sql.push(" WHERE tenant_id = ").bind(tenant.to_string());
    if let Some(person) = person {
        sql.push(" AND person_id = ").bind(person.to_string());
    }
    let outcome = query.outcome.trim();
    if !outcome.is_empty() {
        sql.push(" AND outcome = ").bind(outcome.to_owned());
    }
    let search = query.search.trim();
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

pub(super) async fn write<'c>(to: impl Executor<'c, Database = Any>, entry: &AuditEntry) -> Result<(), StoreError> {
    let row = &entry.row;
    sqlx::query(
        "INSERT INTO audit
            (tenant_id, person_id, at, who, username, action, app_name, object_id, thumbprint, outcome, detail, request_id, receipt_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(entry.tenant.to_string())
    .bind(entry.person.map(|id| id.to_string()))
    .bind(Stamp(row.at))
    .bind(&row.who)
    .bind(&row.username)
    .bind(&row.action)
    .bind(&row.app_name)
    .bind(row.object_id.map(|id| id.to_string()))
    .bind(row.thumbprint.map(|thumbprint| thumbprint.hex()))
    .bind(&row.outcome)
    .bind(&row.detail)
    .bind(&row.request_id)
    .bind(row.receipt.map(|id| id.to_string()))
    .execute(to)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::{Database, on_both};
    use time::macros::datetime;

    const HEX: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn query(search: &str, outcome: &str, page: u32) -> AuditQuery {
        AuditQuery { search: search.into(), outcome: outcome.into(), page }
    }

    async fn filled(database: &Database) -> Store {
        let store = database.store().await;
        for n in 0..60u32 {
            let tenant = TenantId::new(id(if n < 58 { 1 } else { 2 }));
            let person = ObjectId::new(id(if n % 2 == 0 { 10 } else { 11 }));
            let mut entry =
                AuditEntry::new(tenant, Some(person), datetime!(2026-11-24 12:00 UTC), "push-append", "verified");
            entry.row.app_name = Some(format!("app-{n}"));
            entry.row.who = "Owen Payne".into();
            if n == 7 {
                entry.row.outcome = "refused".into();
                entry.row.thumbprint = Some(HEX.parse().unwrap());
                entry.row.app_name = Some("100%_sure".into());
            }
            store.audit(entry).await.unwrap();
        }
        store
    }

    #[tokio::test]
    async fn pages_cover_every_row_of_the_tenant_once() {
        on_both(async |database| {
            let store = filled(database).await;
            let mut names = vec![];
            for page in 1.. {
                let page = store.audit_page(TenantId::new(id(1)), None, &query("", "", page)).await.unwrap();
                assert_eq!(page.total, Some(58));
                names.extend(page.items.into_iter().filter_map(|row| row.app_name));
                if !page.has_next {
                    break;
                }
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
                store.audit_page(TenantId::new(id(1)), person, &query(search, outcome, 1)).await.unwrap().total.unwrap()
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
            assert_eq!(store.audit_page(TenantId::new(id(1)), None, &query("", "", 1)).await.unwrap().total, Some(58));
        })
        .await;
    }
}

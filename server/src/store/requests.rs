//! Requests, and what happened to each. The state, its line in the history, its audit row and its notice are written
//! together or not at all.

mod announce;
mod looked_after;
mod waiting;

use self::announce::{announce, approvers};
use super::ids::Id;
use super::stored_json::{StoredJson, read, write};
use super::{
    AuditEntry, NewReceipt, PlanHead, Rows, Stamp, Store, StoreError, TenantStore, audit, notices, parse, receipts,
};
use domain::ids::{KeyId, ObjectId, TenantId};
use domain::notices::{Notice, NoticeFacts, RequestEvent, RequestFacts};
use domain::requests::{Asked, AskedSecret, Need, Request, RequestAct, Transition};
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// From the second form on it may be about a client secret. Others are written as ever: a program that knows the first alone
/// reads them, and says of one of the second that it does not know it.
impl StoredJson for Request {
    const WHAT: &str = "request";
    const LATEST: u32 = 2;

    fn version(&self) -> u32 {
        match self.subject().asked {
            Asked::Preview(_) => 1,
            Asked::SecretRemoval(_) => 2,
        }
    }
}

/// A request as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    pub request: Request,
    /// Given back with a change: of two at a time, one is told.
    pub version: i64,
    /// Who asked, as they were called then.
    pub who: String,
    pub username: String,
    pub what: StoredWhat,
    pub changed_at: OffsetDateTime,
}

/// What is asked for, with what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredWhat {
    /// The change that this preview shows.
    Change(Box<PlanHead>),
    /// That this secret goes.
    SecretRemoval(AskedSecret),
}

/// A line of a request's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    pub at: OffsetDateTime,
    pub act: RequestAct,
    /// `None`: time, or the portal.
    pub person: Option<ObjectId>,
    pub who: String,
    /// A reason or a comment; may be empty.
    pub words: String,
}

/// Which requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestFilter {
    /// Of one person, whatever their state.
    AskedBy(ObjectId),
    /// That wait for somebody.
    Waiting,
    /// Whose end is there.
    Over,
}

/// What is written with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// Its `act` is the step's.
    pub line: RequestLine,
    pub audit: AuditEntry,
}

#[derive(sqlx::FromRow)]
struct Row {
    content: String,
    version: i64,
    who: String,
    username: String,
    plan: Option<String>,
    changed_at: Stamp,
}

impl TryFrom<Row> for StoredRequest {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let request: Request = read(&row.content)?;
        let what = match (&request.subject().asked, row.plan) {
            (Asked::Preview(_), Some(plan)) => StoredWhat::Change(Box::new(read(&plan)?)),
            (Asked::SecretRemoval(secret), None) => StoredWhat::SecretRemoval(secret.clone()),
            _ => return Err(StoreError::Damaged(format!("request {}: its row is about something else", request.id()))),
        };
        Ok(Self {
            request,
            version: row.version,
            who: row.who,
            username: row.username,
            what,
            changed_at: row.changed_at.0,
        })
    }
}

#[derive(sqlx::FromRow)]
struct LineRow {
    at: Stamp,
    act: String,
    person_id: Option<Id<ObjectId>>,
    who: String,
    words: String,
}

/// What a request's row is, and the preview's head, where it has one.
macro_rules! select_requests {
    ($rest:literal) => {
        concat!(
            "SELECT r.content, r.version, r.who, r.username, p.content AS plan, r.changed_at FROM requests r
             LEFT JOIN plans p ON p.id = r.plan_id WHERE r.tenant_id = $1 AND ",
            $rest
        )
    };
}

/// In one go: the others wait for the database meanwhile.
const TENDED_AT_ONCE: i64 = 100;
/// Requests for one secret that are looked at.
const OF_ONE_SECRET: i64 = 20;

impl Store {
    /// Of every tenant, and not all at once: requests whose time is over, or whose push or removal is, or that are to be put
    /// before others.
    pub async fn requests_to_tend(&self, now: OffsetDateTime) -> Result<Vec<(TenantId, Uuid)>, StoreError> {
        let rows: Vec<(Id<TenantId>, Id<Uuid>)> = sqlx::query_as(
            "SELECT tenant_id, id FROM requests
             WHERE (state IN ('open', 'approved') AND expires_at <= $1)
                OR (state = 'open' AND escalates_at <= $1)
                OR (state = 'executing'
                    AND EXISTS (SELECT 1 FROM receipts WHERE id = requests.receipt_id AND finished_at IS NOT NULL))
                OR (state = 'executing' AND object_id IS NOT NULL
                    AND EXISTS (SELECT 1 FROM secret_removals s WHERE s.tenant_id = requests.tenant_id
                        AND s.object_id = requests.object_id AND s.key_id = requests.key_id AND s.outcome IS NOT NULL))
             ORDER BY changed_at LIMIT $2",
        )
        .bind(Stamp(now))
        .bind(TENDED_AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(tenant, id)| (tenant.0, id.0)).collect())
    }
}

impl TenantStore {
    /// A new one, and what comes of it at once, where something does: both, or neither. `who`, `username`: of its asker.
    pub async fn keep_new_request(
        &self,
        step: &Transition,
        (who, username): (&str, &str),
        record: &RequestRecord,
        then: Option<(&Transition, &RequestRecord)>,
    ) -> Result<(), StoreError> {
        let request = &step.request;
        let secret = request.subject().asked.secret();
        let mut transaction = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO requests
                (id, tenant_id, asker_id, who, username, plan_id, object_id, app_id, key_id, state, version, turns_of, content,
                 asked_at, changed_at, expires_at, escalates_at)
             SELECT $1, $2, $3, $4, $5, $6, $12, $13, $14, $7, 1, 1, $8, $9, $9, $10, $11
             WHERE $6 IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = $6 AND tenant_id = $2)",
        )
        .bind(Id(request.id()))
        .bind(self.tenant)
        .bind(Id(request.asker()))
        .bind(who)
        .bind(username)
        .bind(request.subject().asked.preview().map(Id))
        .bind(request.state().as_str())
        .bind(write(request)?)
        .bind(Stamp(request.asked_at()))
        .bind(Stamp(request.expires_at()))
        .bind(request.escalates_at().map(Stamp))
        .bind(secret.map(|secret| Id(secret.app)))
        .bind(secret.map(|secret| Id(secret.app_id)))
        .bind(secret.map(|secret| Id(secret.key)))
        .execute(&mut *transaction)
        .await?;
        self.record(&mut transaction, step, record).await?;
        if let Some((step, record)) = then {
            self.change(&mut transaction, 1, step, record).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// `false`, and nothing is written, where it was changed since it had this version.
    pub async fn keep_request(
        &self,
        version: i64,
        step: &Transition,
        record: &RequestRecord,
    ) -> Result<bool, StoreError> {
        self.keep_request_and(version, (step, record), None).await
    }

    /// With what comes of it at once, where something does: both, or neither.
    pub async fn keep_request_and(
        &self,
        version: i64,
        (step, record): (&Transition, &RequestRecord),
        then: Option<(&Transition, &RequestRecord)>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let mut kept = self.change(&mut transaction, version, step, record).await?;
        if let Some((step, record)) = then {
            kept = kept && self.change(&mut transaction, version + 1, step, record).await?;
        }
        if kept {
            transaction.commit().await?;
        }
        Ok(kept)
    }

    /// The same for the one whose push begins: both, or neither.
    pub async fn begin_request(
        &self,
        version: i64,
        step: &Transition,
        record: &RequestRecord,
        new: &NewReceipt,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        // The receipt first: the request's row points to it.
        let begun = receipts::open(&mut transaction, self.tenant, new).await?
            && self.change(&mut transaction, version, step, record).await?;
        if begun {
            transaction.commit().await?;
        }
        Ok(begun)
    }

    pub(super) async fn change(
        &self,
        transaction: &mut AnyConnection,
        version: i64,
        step: &Transition,
        record: &RequestRecord,
    ) -> Result<bool, StoreError> {
        let request = &step.request;
        let changed = sqlx::query(
            "UPDATE requests SET plan_id = $4, state = $5, version = version + 1, turns_of = version + 1, content = $6, changed_at = $7, receipt_id = $8,
                escalates_at = $9
             WHERE id = $1 AND tenant_id = $2 AND version = $3",
        )
        .bind(Id(request.id()))
        .bind(self.tenant)
        .bind(version)
        .bind(request.subject().asked.preview().map(Id))
        .bind(request.state().as_str())
        .bind(write(request)?)
        .bind(Stamp(record.line.at))
        .bind(request.receipt().map(Id))
        .bind(request.escalates_at().map(Stamp))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if changed == 1 {
            self.record(transaction, step, record).await?;
        }
        Ok(changed == 1)
    }

    async fn record(
        &self,
        transaction: &mut AnyConnection,
        step: &Transition,
        record: &RequestRecord,
    ) -> Result<(), StoreError> {
        waiting::keep(transaction, self.tenant, &step.request).await?;
        self.line(transaction, step.request.id(), &record.line).await?;
        audit::write(&mut *transaction, self.tenant, &record.audit).await?;
        announce(transaction, self.tenant, step, &record.line).await
    }

    async fn line(&self, transaction: &mut AnyConnection, request: Uuid, line: &RequestLine) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO request_events (tenant_id, request_id, at, act, person_id, who, words)
             SELECT tenant_id, id, $3, $4, $5, $6, $7 FROM requests WHERE id = $1 AND tenant_id = $2",
        )
        .bind(Id(request))
        .bind(self.tenant)
        .bind(Stamp(line.at))
        .bind(line.act.as_str())
        .bind(line.person.map(Id))
        .bind(&line.who)
        .bind(&line.words)
        .execute(&mut *transaction)
        .await?;
        Ok(())
    }

    /// A comment, with its audit row.
    pub async fn comment_request(&self, request: Uuid, record: &RequestRecord) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        self.line(&mut transaction, request, &record.line).await?;
        audit::write(&mut *transaction, self.tenant, &record.audit).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub async fn request(&self, id: Uuid) -> Result<Option<StoredRequest>, StoreError> {
        let row: Option<Row> = sqlx::query_as(select_requests!("r.id = $2"))
            .bind(self.tenant)
            .bind(Id(id))
            .fetch_optional(&self.store.pool)
            .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The one that asks for this preview.
    pub async fn request_of_plan(&self, plan: Uuid) -> Result<Option<Uuid>, StoreError> {
        let id: Option<Id<Uuid>> =
            sqlx::query_scalar("SELECT id FROM requests WHERE plan_id = $1 AND tenant_id = $2 LIMIT 1")
                .bind(Id(plan))
                .bind(self.tenant)
                .fetch_optional(&self.store.pool)
                .await?;
        Ok(id.map(|id| id.0))
    }

    /// Those that ask for the removal of this secret and are not over, the oldest first.
    pub async fn requests_of_secret(&self, app: ObjectId, key: KeyId) -> Result<Vec<Uuid>, StoreError> {
        let ids: Vec<Id<Uuid>> = sqlx::query_scalar(
            "SELECT id FROM requests WHERE tenant_id = $1 AND object_id = $2 AND key_id = $3
                AND state IN ('open', 'approved', 'executing') ORDER BY asked_at, id LIMIT $4",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .bind(Id(key))
        .bind(OF_ONE_SECRET)
        .fetch_all(&self.store.pool)
        .await?;
        Ok(ids.into_iter().map(|id| id.0).collect())
    }

    /// A push that goes past what these needs ask for: whoever was passed over is told, with the audit row or not at all.
    pub async fn pass_over(&self, needs: &[Need], plan: &PlanHead, entry: &AuditEntry) -> Result<(), StoreError> {
        let row = &entry.row;
        let facts = RequestFacts {
            request: plan.id,
            event: RequestEvent::BreakGlass,
            what: announce::of_plan(plan),
            apps: plan.sum.writes,
            asker: row.who.clone(),
            by: Some(row.who.clone()),
            reason: Some(row.detail.clone()),
        };
        let about = format!("passed-over/{}", plan.id);
        let mut transaction = self.store.begin().await?;
        audit::write(&mut *transaction, self.tenant, entry).await?;
        for audience in approvers(needs) {
            let facts = NoticeFacts::Request(facts.clone());
            let notice = Notice::new(self.tenant.0, audience, facts, &about, row.at);
            notices::post(&mut transaction, self.tenant, &notice, row.at).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The one whose push has this receipt.
    pub async fn request_of_receipt(&self, receipt: Uuid) -> Result<Option<Uuid>, StoreError> {
        let id: Option<Id<Uuid>> =
            sqlx::query_scalar("SELECT id FROM requests WHERE receipt_id = $1 AND tenant_id = $2")
                .bind(Id(receipt))
                .bind(self.tenant)
                .fetch_optional(&self.store.pool)
                .await?;
        Ok(id.map(|id| id.0))
    }

    /// The latest change first.
    pub async fn requests(
        &self,
        filter: RequestFilter,
        offset: u64,
        limit: u64,
    ) -> Result<Rows<StoredRequest>, StoreError> {
        let person = match filter {
            RequestFilter::AskedBy(person) => Some(Id(person)),
            RequestFilter::Waiting | RequestFilter::Over => None,
        };
        let (select, count) = match filter {
            RequestFilter::AskedBy(_) => (
                select_requests!("r.asker_id = $2 ORDER BY r.changed_at DESC, r.id LIMIT $3 OFFSET $4"),
                "SELECT count(*) FROM requests WHERE tenant_id = $1 AND asker_id = $2",
            ),
            RequestFilter::Waiting => (
                select_requests!(
                    "$2 IS NULL AND r.state IN ('open', 'approved', 'executing') ORDER BY r.changed_at DESC, r.id LIMIT $3 OFFSET $4"
                ),
                "SELECT count(*) FROM requests WHERE tenant_id = $1 AND $2 IS NULL AND state IN ('open', 'approved', 'executing')",
            ),
            RequestFilter::Over => (
                select_requests!(
                    "$2 IS NULL AND r.state NOT IN ('open', 'approved', 'executing') ORDER BY r.changed_at DESC, r.id LIMIT $3 OFFSET $4"
                ),
                "SELECT count(*) FROM requests WHERE tenant_id = $1 AND $2 IS NULL AND state NOT IN ('open', 'approved', 'executing')",
            ),
        };
        let rows: Vec<Row> = sqlx::query_as(select)
            .bind(self.tenant)
            .bind(person)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(i64::try_from(offset).unwrap_or(i64::MAX))
            .fetch_all(&self.store.pool)
            .await?;
        let total: i64 = sqlx::query_scalar(count).bind(self.tenant).bind(person).fetch_one(&self.store.pool).await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Rows { items, total: u64::try_from(total).unwrap_or_default() })
    }

    /// How many of this person's requests wait for somebody.
    pub async fn open_requests(&self, asker: ObjectId) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM requests WHERE tenant_id = $1 AND asker_id = $2 AND state IN ('open', 'approved', 'executing')",
        )
        .bind(self.tenant)
        .bind(Id(asker))
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// What happened to it, the latest `limit`, in their order.
    pub async fn request_lines(&self, id: Uuid, limit: u32) -> Result<Vec<RequestLine>, StoreError> {
        let mut rows: Vec<LineRow> = sqlx::query_as(
            "SELECT at, act, person_id, who, words FROM request_events
             WHERE tenant_id = $1 AND request_id = $2 ORDER BY number DESC LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Id(id))
        .bind(i64::from(limit))
        .fetch_all(&self.store.pool)
        .await?;
        rows.reverse();
        let line = |row: LineRow| {
            let act: RequestAct = parse("act on a request", &row.act)?;
            let person = row.person_id.map(|id| id.0);
            Ok(RequestLine { at: row.at.0, act, person, who: row.who, words: row.words })
        };
        rows.into_iter().map(line).collect()
    }
}

#[cfg(test)]
pub(super) mod tests;

//! Previews, kept so that what is pushed is what was seen. A plan is its creator's alone. Its head is one row, each of
//! its apps another.

use super::ids::Id;
use super::journal::this_receipt;
use super::plan_keys::{PlanKeys, keep_keys, keys_of};
use super::sql::{ROWS, Sql};
use super::stored_json::{StoredJson, read, write};
use super::{Engine, Stamp, Store, StoreError, StoredReason, TenantStore, from_json, to_json};
use domain::certificate::CertificateFacts;
use domain::credentials::Finding;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::merge_plan::MergePlan;
use domain::rollout::PushMode;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a plan is for, apart from which apps: enough to make it once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanIntent {
    Add {
        certificates: Vec<Sha256Thumbprint>,
        mode: PushMode,
        display_name: String,
        overlap_days: u16,
    },
    Table(Vec<TableLine>),
    Retire(Vec<KeyId>),
    RetireCertificate(Thumbprint),
    /// Entries of several apps.
    RetireEntries(Vec<EntriesOfApp>),
    Copy {
        from: ObjectId,
        key_ids: Vec<KeyId>,
    },
    Restore {
        state: i64,
        exactly: bool,
    },
}

/// Entries that are to go, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntriesOfApp {
    pub app: ObjectId,
    pub key_ids: Vec<KeyId>,
}

/// One line of a table, once it is known which app and which certificate it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLine {
    pub app: ObjectId,
    pub certificate: Sha256Thumbprint,
    pub display_name: String,
}

/// What all apps of a plan come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSum {
    pub writes: u32,
    pub noops: u32,
    pub refused: u32,
    pub added: u32,
    pub kept: u32,
    pub removed: u32,
    /// Apps that lose an entry.
    pub losing: u32,
}

/// In `plans.content`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHead {
    pub id: Uuid,
    /// `None`: an earlier version made it.
    #[serde(default)]
    pub wanted: Option<PlanIntent>,
    /// That are added; none where entries only go.
    pub certificates: Vec<CertificateFacts>,
    pub mode: PushMode,
    #[serde(default)]
    pub note: Option<String>,
    /// Of the new entry, where all apps get the same.
    pub display_name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(default)]
    pub sum: StoredSum,
    /// What has to be typed before entries are removed.
    #[serde(default)]
    pub confirm: Option<String>,
    /// The app management policies could not be read for it.
    #[serde(default)]
    pub policies_hidden: bool,
}

impl PlanHead {
    /// Its push takes entries away, or puts others in their place.
    pub fn removes(&self) -> bool {
        self.confirm.is_some() || matches!(self.mode, PushMode::Replace | PushMode::Retire | PushMode::RestoreExactly)
    }
}

impl StoredJson for PlanHead {
    const WHAT: &str = "plan";
}

/// From the second form on with numbers in the place of certificates, which [`PlanKeys`] reads and writes.
impl StoredJson for MergePlan {
    const WHAT: &str = "merge plan";
    const LATEST: u32 = 2;
}

/// A head, and the receipt of its push, if it has been pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    pub head: PlanHead,
    pub receipt: Option<Uuid>,
}

/// What would be done to one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// Or why nothing will be sent.
    pub merge: Result<MergePlan, StoredReason>,
    pub findings: Vec<Finding>,
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    content: String,
    receipt_id: Option<Id<Uuid>>,
}

#[derive(sqlx::FromRow)]
struct AppRow {
    object_id: Id<ObjectId>,
    app_id: Id<AppId>,
    display_name: String,
    merge: Option<String>,
    problem: Option<String>,
    findings: String,
}

impl AppRow {
    fn whole(self, keys: &PlanKeys) -> Result<PlanApp, StoreError> {
        let row = self;
        Ok(PlanApp {
            object_id: row.object_id.0,
            app_id: row.app_id.0,
            display_name: row.display_name,
            merge: match (row.merge, row.problem) {
                (Some(merge), _) => Ok(read(&keys.fill(merge)?)?),
                (None, Some(problem)) => Err(read(&problem)?),
                (None, None) => return Err(StoreError::Damaged("an app's plan".into())),
            },
            findings: from_json("findings", &row.findings)?,
        })
    }
}

/// In one go: the others wait for the database meanwhile.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Previews that nobody pushed, with all that they have of their apps; answers how many. One that is being pushed stays,
/// and so does one that somebody asks for.
async fn forget(store: &Store, previews: &[Id<Uuid>]) -> Result<u64, StoreError> {
    let mut count = 0;
    for preview in previews {
        let mut transaction = store.begin().await?;
        // Where two replicas are at it, or somebody pushes it, one of them has it first.
        let lock = match store.engine() {
            Engine::Sqlite => {
                "SELECT id FROM plans WHERE id = $1 AND receipt_id IS NULL
                    AND NOT EXISTS (SELECT 1 FROM requests WHERE plan_id = plans.id)"
            }
            Engine::Postgres => {
                "SELECT id FROM plans WHERE id = $1 AND receipt_id IS NULL
                    AND NOT EXISTS (SELECT 1 FROM requests WHERE plan_id = plans.id) FOR UPDATE"
            }
        };
        let free: Option<Id<Uuid>> = sqlx::query_scalar(lock).bind(*preview).fetch_optional(&mut *transaction).await?;
        if free.is_none() {
            continue;
        }
        for statement in [
            "DELETE FROM plan_apps WHERE plan_id = $1",
            "DELETE FROM plan_keys WHERE plan_id = $1",
            "DELETE FROM plans WHERE id = $1",
        ] {
            sqlx::query(statement).bind(*preview).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        count += 1;
    }
    Ok(count)
}

/// The plan `$1` where it is the tenant's, `$2`; else nothing equals it.
macro_rules! this_plan {
    () => {
        "plan_id = (SELECT id FROM plans WHERE id = $1 AND tenant_id = $2)"
    };
}

impl Store {
    /// Of every tenant, and not all at once: those that nobody pushed and that were made before. Answers how many went.
    pub async fn forget_previews_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        let old: Vec<Id<Uuid>> = sqlx::query_scalar(
            "SELECT id FROM plans WHERE receipt_id IS NULL AND created_at < $1
                AND NOT EXISTS (SELECT 1 FROM requests WHERE plan_id = plans.id) ORDER BY created_at LIMIT $2",
        )
        .bind(Stamp(at))
        .bind(FORGOTTEN_AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        forget(self, &old).await
    }
}

impl TenantStore {
    /// `false`, and nothing is kept, where what it has of its apps takes more than `most` bytes.
    pub async fn keep_plan(
        &self,
        creator: ObjectId,
        head: &PlanHead,
        apps: &[PlanApp],
        most: usize,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ($1, $2, $3, $4, $5)")
            .bind(Id(head.id))
            .bind(self.tenant)
            .bind(Id(creator))
            .bind(Stamp(head.created_at))
            .bind(write(head)?)
            .execute(&mut *transaction)
            .await?;
        let (mut position, mut bytes, mut keys) = (0i64, 0usize, PlanKeys::default());
        for apps in apps.chunks(ROWS) {
            let mut rows = Vec::with_capacity(apps.len());
            for app in apps {
                let merge = app.merge.as_ref().ok().map(|merge| keys.take_out(&write(merge)?)).transpose()?;
                let problem = app.merge.as_ref().err().map(write).transpose()?;
                bytes += [&merge, &problem].into_iter().flatten().map(String::len).sum::<usize>();
                rows.push((position, app, merge, problem, to_json("findings", &app.findings)?));
                position += 1;
            }
            if bytes + keys.bytes() > most {
                return Ok(false);
            }
            let mut sql = Sql::new(
                "INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name, merge, problem, findings)",
            );
            sql.values(&rows, |row, (position, app, merge, problem, findings)| {
                row.bind(Id(head.id))
                    .bind(*position)
                    .bind(Id(app.object_id))
                    .bind(Id(app.app_id))
                    .bind(app.display_name.clone())
                    .bind(merge.clone())
                    .bind(problem.clone())
                    .bind(findings.clone());
            });
            sql.query()?.execute(&mut *transaction).await?;
        }
        keep_keys(&mut transaction, head.id, &keys).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Of the previews that the person has not pushed, only the newest `most` stay.
    pub async fn forget_previews_beyond(&self, creator: ObjectId, most: u32) -> Result<u64, StoreError> {
        let old: Vec<Id<Uuid>> = sqlx::query_scalar(
            "SELECT id FROM plans WHERE tenant_id = $1 AND creator_id = $2 AND receipt_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM requests WHERE plan_id = plans.id)
             ORDER BY created_at DESC, id LIMIT $3 OFFSET $4",
        )
        .bind(self.tenant)
        .bind(Id(creator))
        .bind(FORGOTTEN_AT_ONCE)
        .bind(i64::from(most))
        .fetch_all(&self.store.pool)
        .await?;
        forget(&self.store, &old).await
    }

    /// `None` also for a plan that someone else made.
    pub async fn plan(&self, creator: ObjectId, id: Uuid) -> Result<Option<StoredPlan>, StoreError> {
        let row: Option<HeadRow> = sqlx::query_as(
            "SELECT content, receipt_id FROM plans WHERE id = $1 AND tenant_id = $2 AND creator_id = $3",
        )
        .bind(Id(id))
        .bind(self.tenant)
        .bind(Id(creator))
        .fetch_optional(&self.store.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredPlan { head: read(&row.content)?, receipt: row.receipt_id.map(|id| id.0) }))
    }

    /// An earlier preview of this person could not read the app management policies either.
    pub async fn knows_of_hidden_policies(&self, creator: ObjectId) -> Result<bool, StoreError> {
        let found: Option<i32> = sqlx::query_scalar(
            "SELECT 1 FROM plans WHERE tenant_id = $1 AND creator_id = $2 AND content LIKE '%\"policies_hidden\":true%' LIMIT 1",
        )
        .bind(self.tenant)
        .bind(Id(creator))
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(found.is_some())
    }

    /// In the order chosen. Ask for [`Self::plan`] first: within the tenant this does not look whose it is.
    pub async fn plan_apps(&self, plan: Uuid, offset: usize, limit: usize) -> Result<Vec<PlanApp>, StoreError> {
        let number = |n| i64::try_from(n).unwrap_or(i64::MAX);
        let rows: Vec<AppRow> = sqlx::query_as(concat!(
            "SELECT object_id, app_id, display_name, merge, problem, findings FROM plan_apps WHERE ",
            this_plan!(),
            " AND position >= $3 ORDER BY position LIMIT $4"
        ))
        .bind(Id(plan))
        .bind(self.tenant)
        .bind(number(offset))
        .bind(number(limit))
        .fetch_all(&self.store.pool)
        .await?;
        let keys = keys_of(&self.store.pool, plan, rows.iter().filter_map(|row| row.merge.as_deref())).await?;
        rows.into_iter().map(|row| row.whole(&keys)).collect()
    }

    /// Apps of a plan; 0 where there is no such plan.
    pub async fn plan_size(&self, plan: Uuid) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(concat!("SELECT count(*) FROM plan_apps WHERE ", this_plan!()))
            .bind(Id(plan))
            .bind(self.tenant)
            .fetch_one(&self.store.pool)
            .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// How many apps of a plan are tried when it is pushed.
    pub async fn planned_apps(&self, plan: Uuid) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(concat!(
            "SELECT count(*) FROM plan_apps WHERE ",
            this_plan!(),
            " AND merge IS NOT NULL"
        ))
        .bind(Id(plan))
        .bind(self.tenant)
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// `None` where the plan has no such app, or nothing can be written to it.
    pub async fn plan_merge(&self, plan: Uuid, position: usize) -> Result<Option<MergePlan>, StoreError> {
        let apps = self.plan_apps(plan, position, 1).await?;
        Ok(apps.into_iter().next().and_then(|app| app.merge.ok()))
    }

    /// What a push was for, and its apps that did not end well.
    pub async fn unfinished_business(
        &self,
        creator: ObjectId,
        receipt: Uuid,
    ) -> Result<Option<(Option<PlanIntent>, Vec<ObjectId>)>, StoreError> {
        let content: Option<String> = sqlx::query_scalar(
            "SELECT content FROM plans WHERE receipt_id = $1 AND tenant_id = $2 AND creator_id = $3",
        )
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(Id(creator))
        .fetch_optional(&self.store.pool)
        .await?;
        let Some(content) = content else { return Ok(None) };
        let head: PlanHead = read(&content)?;
        let ids: Vec<Id<ObjectId>> = sqlx::query_scalar(concat!(
            "SELECT object_id FROM receipt_apps WHERE ",
            this_receipt!(),
            " AND (outcome IS NULL OR outcome NOT IN ('verified', 'already-there')) ORDER BY position"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .fetch_all(&self.store.pool)
        .await?;
        Ok(Some((head.wanted, ids.into_iter().map(|id| id.0).collect())))
    }
}

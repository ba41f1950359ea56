//! What the apps of a push came to, as it is kept for good, and how far the others are.

use super::ids::Id;
use super::sql::Sql;
use super::stored_json::{self, Stored, StoredJson, StoredReason};
use super::{OpenApp, StoreError, TenantStore, parse};
use domain::diff::Diff;
use domain::ids::{AppId, ObjectId, TenantId};
use domain::rollout::{AppFilter, AppStage, JournalStage, Outcome};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// In `receipt_apps.result`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResult {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// With its outcome, which the row has in a column too.
    pub stage: AppStage,
    /// Why, where it was not written as planned.
    pub problem: Option<StoredReason>,
    pub diff: Option<Diff>,
    /// `keyCredentials` before and after, pretty-printed as Graph sent them; absent where not read.
    pub before: Option<String>,
    pub after: Option<String>,
    pub steps: Vec<Stored<StoredStep>>,
    pub reads_until_seen: u32,
    pub notes: Vec<Stored<String>>,
    /// The kept state from before, to go back to. The first release kept none.
    pub undo: Option<i64>,
}

/// One request that the push made to Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredStep {
    /// `GET` or `PATCH`, and for what.
    pub what: String,
    pub status: Option<u16>,
    pub request_id: Option<String>,
}

impl StoredJson for StoredResult {
    const WHAT: &str = "result";
    const LATEST: u32 = 2;

    fn version(&self) -> u32 {
        let parts = self.problem.iter().map(Stored::version);
        let parts = parts.chain(self.steps.iter().map(Stored::version)).chain(self.notes.iter().map(Stored::version));
        parts.max().unwrap_or(1)
    }
}

/// How far a push has got with one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was sent.
    Waiting,
    /// A write may have been sent; `before` is the state that the first one started from.
    Writing {
        before: String,
    },
    Done(Box<StoredResult>),
    /// Its turn had not come when the push was cancelled: nothing was sent.
    Cancelled,
}

/// One app's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// From 0, as in the plan.
    pub position: usize,
    pub app: OpenApp,
    pub stage: Stage,
}

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    object_id: Id<ObjectId>,
    app_id: Id<AppId>,
    display_name: String,
    stage: String,
    before: Option<String>,
    outcome: Option<String>,
    result: Option<String>,
}

impl TryFrom<Row> for JournalRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let outcome = row.outcome.as_deref().map(|outcome| parse::<Outcome>("outcome", outcome)).transpose()?;
        let stage = match (parse("stage", &row.stage)?, row.before, outcome, row.result) {
            (JournalStage::Waiting, ..) => Stage::Waiting,
            (JournalStage::Writing, Some(before), ..) => Stage::Writing { before },
            (JournalStage::Done, _, _, Some(result)) => Stage::Done(Box::new(stored_json::read(&result)?)),
            (JournalStage::Done, _, Some(Outcome::Cancelled), None) => Stage::Cancelled,
            (stage, ..) => return Err(StoreError::Damaged(format!("stage “{stage}” without what belongs to it"))),
        };
        Ok(Self {
            position: usize::try_from(row.position).map_err(|_| StoreError::Damaged("position below 0".into()))?,
            app: OpenApp { object_id: row.object_id.0, app_id: row.app_id.0, display_name: row.display_name },
            stage,
        })
    }
}

impl TenantStore {
    /// In the plan's order. `offset`, `limit`: of those that `which` names.
    pub async fn receipt_page(
        &self,
        receipt: Uuid,
        which: AppFilter,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let mut sql = Sql::new(
            "SELECT position, object_id, app_id, display_name, stage, before, outcome, result FROM receipt_apps",
        );
        restrict(&mut sql, self.tenant, receipt, which);
        sql.push(" ORDER BY position LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
        sql.push(" OFFSET ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
        let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One app of a push.
    pub async fn receipt_app(&self, receipt: Uuid, app: ObjectId) -> Result<Option<JournalRow>, StoreError> {
        let mut sql = Sql::new(
            "SELECT position, object_id, app_id, display_name, stage, before, outcome, result FROM receipt_apps",
        );
        restrict(&mut sql, self.tenant, receipt, AppFilter::All);
        sql.push(" AND object_id = ").bind(Id(app));
        let row: Option<Row> = sql.rows()?.fetch_optional(&self.store.pool).await?;
        row.map(TryInto::try_into).transpose()
    }

    pub async fn receipt_count(&self, receipt: Uuid, which: AppFilter) -> Result<u64, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM receipt_apps");
        restrict(&mut sql, self.tenant, receipt, which);
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

fn restrict(sql: &mut Sql, tenant: Id<TenantId>, receipt: Uuid, which: AppFilter) {
    sql.push(" WHERE receipt_id = (SELECT id FROM receipts WHERE id = ").bind(Id(receipt));
    sql.push(" AND tenant_id = ").bind(tenant).push(")");
    match which {
        AppFilter::All => sql,
        AppFilter::Open => sql.push(" AND stage <> 'done'"),
        AppFilter::NotGood => sql.push(" AND stage = 'done' AND outcome NOT IN ('verified', 'already-there')"),
        AppFilter::Only(outcome) => sql.push(" AND stage = 'done' AND outcome = ").bind(outcome.as_str()),
    };
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::stored_json::{read, write};
    use serde_json::json;

    const APP: &str = "00000000-0000-0000-0000-0000000003e8";
    /// As the versions before this one wrote it.
    const OLD: &str = r#"{"object_id":"00000000-0000-0000-0000-0000000003e8","app_id":"00000000-0000-0000-0000-0000000003e9","display_name":"payroll","stage":{"ended":"refused"},"problem":{"status":403,"code":"forbidden","title":"t","detail":"d","advice":null,"request_id":"r"},"diff":null,"before":"[]","after":null,"steps":[{"what":"PATCH","status":403,"request_id":"r"}],"reads_until_seen":0,"notes":["merged again"],"undo":7}"#;

    #[test]
    fn what_older_versions_wrote_is_read_and_stays_as_it_is() {
        let result: StoredResult = read(OLD).unwrap();
        assert_eq!((result.object_id.to_string().as_str(), result.undo), (APP, Some(7)));
        assert_eq!(result.stage.as_str(), "refused");
        assert_eq!(write(&result).unwrap(), OLD.replacen('{', r#"{"v":1,"#, 1));
        // The first release kept no state to go back to.
        let first = OLD.replace(r#","undo":7"#, "");
        assert_eq!(read::<StoredResult>(&first).unwrap().undo, None);
    }

    #[test]
    fn one_typed_part_makes_it_the_second_form() {
        let old: StoredResult = read(OLD).unwrap();
        let new = StoredResult { notes: vec![Stored::Typed { typed: json!("merged-again") }], ..old };
        let written = write(&new).unwrap();
        assert!(
            written.starts_with(r#"{"v":2,"#) && written.contains(r#""notes":[{"typed":"merged-again"}]"#),
            "{written}"
        );
        assert_eq!(read::<StoredResult>(&written).unwrap(), new);
    }
}

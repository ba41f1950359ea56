//! The journal of a push: each app's row goes waiting, writing, done. The state before is in it before a write is sent.

use super::sql::Sql;
use super::{AuditEntry, Store, StoreError, audit, from_json, parse, to_json};
use app::contract::pushes::ReceiptApp;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::thumbprint::Thumbprint;
use uuid::Uuid;

/// An app of a push, as far as it is known before the push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
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
    Done(Box<ReceiptApp>),
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

/// Which apps of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    /// Without an outcome yet, also where a write may have been sent.
    Open,
    /// With an outcome that is neither verified nor already there.
    NotGood,
    /// An outcome in kebab-case.
    Outcome(String),
}

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    object_id: String,
    app_id: String,
    display_name: String,
    stage: String,
    before: Option<String>,
    outcome: Option<String>,
    result: Option<String>,
}

impl TryFrom<Row> for JournalRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let stage = match (row.stage.as_str(), row.before, row.outcome.as_deref(), row.result) {
            ("waiting", ..) => Stage::Waiting,
            ("writing", Some(before), ..) => Stage::Writing { before },
            ("done", _, _, Some(result)) => Stage::Done(Box::new(from_json("result", &result)?)),
            ("done", _, Some("cancelled"), None) => Stage::Cancelled,
            (stage, ..) => return Err(StoreError::Damaged(format!("stage “{stage}”"))),
        };
        Ok(Self {
            position: usize::try_from(row.position).map_err(|_| StoreError::Damaged("position below 0".into()))?,
            app: OpenApp {
                object_id: parse("object id", &row.object_id)?,
                app_id: parse("app id", &row.app_id)?,
                display_name: row.display_name,
            },
            stage,
        })
    }
}

/// `changed`: rows, by an update of one app that has no result yet.
fn is_open(changed: u64, receipt: Uuid, position: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Damaged(format!("receipt {receipt} has no open app {position}")))
    }
}

impl Store {
    /// Must succeed before a write is sent. `before` is what a person needs if everything after goes wrong: that of the
    /// first write is kept. `keys`: of the entries that the write adds, with their certificates. `journal`: what it takes
    /// to go on after a crash, as JSON of the desk's own; that of the last write is kept.
    pub async fn journal_write(
        &self,
        receipt: Uuid,
        position: usize,
        before: &str,
        keys: &[(KeyId, Option<Thumbprint>)],
        journal: &str,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE receipt_apps SET stage = 'writing', before = coalesce(before, $1), journal = $4
             WHERE receipt_id = $2 AND position = $3 AND stage <> 'done'",
        )
        .bind(before)
        .bind(receipt.to_string())
        .bind(number(position))
        .bind(journal)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        is_open(changed, receipt, position)?;
        for (key, thumbprint) in keys {
            sqlx::query(
                "INSERT INTO receipt_keys (receipt_id, position, key_id, thumbprint) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (receipt_id, position, key_id) DO NOTHING",
            )
            .bind(receipt.to_string())
            .bind(number(position))
            .bind(key.to_string())
            .bind(thumbprint.map(|thumbprint| thumbprint.hex()))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What reads have told since the last write, or before the first: the app's stage stays.
    pub async fn journal_read(&self, receipt: Uuid, position: usize, journal: &str) -> Result<(), StoreError> {
        // Where a power cut takes it, it is read again; the next write takes it to the disk before it is sent.
        let mut transaction = self.begin_unsynced().await?;
        let changed = sqlx::query(
            "UPDATE receipt_apps SET journal = $3 WHERE receipt_id = $1 AND position = $2 AND stage <> 'done'",
        )
        .bind(receipt.to_string())
        .bind(number(position))
        .bind(journal)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        is_open(changed, receipt, position)?;
        transaction.commit().await?;
        Ok(())
    }

    /// The app's result and its audit row, both or neither. Fails where it has a result already.
    pub async fn finish_app(
        &self,
        receipt: Uuid,
        position: usize,
        result: &ReceiptApp,
        outcome: &str,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        // Where a power cut takes it, the app is in writing or waiting as before, and is gone on with from there.
        let mut transaction = self.begin_unsynced().await?;
        let changed = sqlx::query(
            "UPDATE receipt_apps SET stage = 'done', outcome = $1, result = $2, journal = NULL
             WHERE receipt_id = $3 AND position = $4 AND stage <> 'done'",
        )
        .bind(outcome)
        .bind(to_json("result", result)?)
        .bind(receipt.to_string())
        .bind(number(position))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        is_open(changed, receipt, position)?;
        audit::write(&mut *transaction, entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// In the plan's order. `offset`, `limit`: of those that `which` names.
    pub async fn receipt_page(
        &self,
        receipt: Uuid,
        which: &Which,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let mut sql = Sql::new(
            "SELECT position, object_id, app_id, display_name, stage, before, outcome, result FROM receipt_apps",
        );
        restrict(&mut sql, receipt, which);
        sql.push(" ORDER BY position LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
        sql.push(" OFFSET ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
        let rows: Vec<Row> = sql.rows()?.fetch_all(&self.pool).await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    pub async fn receipt_count(&self, receipt: Uuid, which: &Which) -> Result<u64, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM receipt_apps");
        restrict(&mut sql, receipt, which);
        let count: i64 = sql.scalar()?.fetch_one(&self.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

fn restrict(sql: &mut Sql, receipt: Uuid, which: &Which) {
    sql.push(" WHERE receipt_id = ").bind(receipt.to_string());
    match which {
        Which::All => sql,
        Which::Open => sql.push(" AND stage <> 'done'"),
        Which::NotGood => sql.push(" AND stage = 'done' AND outcome NOT IN ('verified', 'already-there')"),
        Which::Outcome(outcome) => sql.push(" AND stage = 'done' AND outcome = ").bind(outcome.as_str()),
    };
}

fn number(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::{Database, on_both};
    use crate::store::{NewReceipt, ReceiptHead};
    use app::contract::pushes::PushMode;
    use domain::ids::TenantId;
    use serde_json::json;
    use time::OffsetDateTime;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-11-25 00:30 UTC);
    const SHA1: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";
    const TENANT: TenantId = TenantId::new(id(1));
    const OWEN: ObjectId = ObjectId::new(id(2));

    const fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn key(n: u128) -> KeyId {
        KeyId::new(id(n))
    }

    /// A preview of this many apps, and what begins its push.
    async fn planned(store: &Store, plan: Uuid, apps: i64) -> NewReceipt {
        sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ($1, $2, $3, '', '{}')")
            .bind(plan.to_string())
            .bind(TENANT.to_string())
            .bind(OWEN.to_string())
            .execute(store.pool())
            .await
            .unwrap();
        let positions: Vec<i64> = (0..apps).collect();
        for positions in positions.chunks(crate::store::sql::ROWS) {
            let mut sql = Sql::new("INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name)");
            sql.values(positions, |row, position| {
                let app = id(1000 + u128::try_from(*position).unwrap()).to_string();
                row.bind(plan.to_string()).bind(*position).bind(app.clone()).bind(app).bind(format!("app {position}"));
            });
            sql.query().unwrap().execute(store.pool()).await.unwrap();
        }
        let head = ReceiptHead {
            id: id(plan.as_u128() + 1),
            plan,
            tenant: TENANT,
            person: OWEN,
            certificates: vec![],
            mode: PushMode::Append,
            who: "Owen Carter".into(),
            username: "owen".into(),
            started_at: AT + time::Duration::seconds(i64::try_from(plan.as_u128()).unwrap()),
            finished_at: None,
        };
        NewReceipt { head, pace: "{}".into(), tokens: Some(b"sealed".to_vec()) }
    }

    fn result(position: u128, outcome: &str) -> ReceiptApp {
        let app = id(1000 + position);
        serde_json::from_value(json!({
            "object_id": app, "app_id": app, "display_name": format!("app {position}"), "outcome": outcome,
            "stage": {"ended": outcome}, "problem": null, "diff": null, "before": "[]", "after": null, "steps": [],
            "reads_until_seen": 3, "notes": [],
        }))
        .unwrap()
    }

    async fn finish(store: &Store, receipt: Uuid, position: u128, outcome: &str) -> Result<(), StoreError> {
        let entry = AuditEntry::new(TENANT, Some(OWEN), AT, "push-append", outcome);
        let at = usize::try_from(position).unwrap();
        store.finish_app(receipt, at, &result(position, outcome), outcome, &entry).await
    }

    #[tokio::test]
    async fn a_push_of_2000_apps_is_opened_once_and_paged() {
        on_both(async |database: &Database| {
            let store = database.store().await;
            let new = planned(&store, id(10), 2000).await;
            assert!(store.open_receipt(&new).await.unwrap());
            assert!(
                !store
                    .open_receipt(&NewReceipt { head: ReceiptHead { id: id(99), ..new.head.clone() }, ..new.clone() })
                    .await
                    .unwrap()
            );
            let other = ReceiptHead { id: id(98), person: ObjectId::new(id(3)), ..new.head.clone() };
            assert!(!store.open_receipt(&NewReceipt { head: other, ..new.clone() }).await.unwrap());

            let receipt = new.head.id;
            assert_eq!(store.receipt(TENANT, receipt).await.unwrap().as_ref(), Some(&new.head));
            assert_eq!(store.receipt(TenantId::new(id(9)), receipt).await.unwrap(), None);
            assert_eq!(store.receipt_count(receipt, &Which::Open).await.unwrap(), 2000);
            let page = store.receipt_page(receipt, &Which::All, 1990, 25).await.unwrap();
            assert_eq!(page.iter().map(|row| row.position).collect::<Vec<_>>(), (1990..2000).collect::<Vec<_>>());
            assert_eq!((page[0].app.display_name.as_str(), &page[0].stage), ("app 1990", &Stage::Waiting));

            for (position, outcome) in [(0, "verified"), (1, "refused"), (2, "already-there"), (3, "unverified")] {
                finish(&store, receipt, position, outcome).await.unwrap();
            }
            let positions = async |which: &Which| {
                let rows = store.receipt_page(receipt, which, 0, 3).await.unwrap();
                rows.into_iter().map(|row| row.position).collect::<Vec<_>>()
            };
            assert_eq!(positions(&Which::NotGood).await, [1, 3]);
            assert_eq!(positions(&Which::Outcome("verified".into())).await, [0]);
            assert_eq!(positions(&Which::Outcome("%".into())).await, Vec::<usize>::new());
            assert_eq!(positions(&Which::Open).await, [4, 5, 6]);
            assert_eq!(store.receipt_count(receipt, &Which::NotGood).await.unwrap(), 2);
            let recent = store.recent_receipts(TENANT, OWEN).await.unwrap();
            assert_eq!((recent.len(), recent[0].verified, recent[0].total), (1, 2, 2000));
        })
        .await;
    }

    #[tokio::test]
    async fn the_state_before_the_first_write_stays_and_a_result_comes_once() {
        on_both(async |database: &Database| {
            let store = database.store().await;
            let new = planned(&store, id(10), 2).await;
            let receipt = new.head.id;
            assert!(store.open_receipt(&new).await.unwrap());
            let keys = [(key(7), Some(SHA1.parse().unwrap())), (key(8), None)];
            store.journal_write(receipt, 0, "first", &keys, "{}").await.unwrap();
            store.journal_write(receipt, 0, "second", &keys, "{}").await.unwrap();
            assert!(store.journal_write(receipt, 2, "of no app", &[], "{}").await.is_err());
            let rows = store.receipt_page(receipt, &Which::All, 0, 9).await.unwrap();
            assert_eq!(rows[0].stage, Stage::Writing { before: "first".into() });

            finish(&store, receipt, 0, "verified").await.unwrap();
            assert!(finish(&store, receipt, 0, "failed").await.is_err());
            assert!(store.journal_write(receipt, 0, "third", &[], "{}").await.is_err());
            let rows = store.receipt_page(receipt, &Which::All, 0, 9).await.unwrap();
            assert_eq!(rows[0].stage, Stage::Done(Box::new(result(0, "verified"))));
            let query = app::contract::audit::AuditQuery { search: String::new(), outcome: String::new(), page: 1 };
            assert_eq!(store.audit_page(TENANT, None, &query).await.unwrap().total, Some(1), "one row per result");

            let tokens = "SELECT count(*) FROM receipts WHERE tokens IS NOT NULL AND state = 'running'";
            let count = async || sqlx::query_scalar::<_, i64>(tokens).fetch_one(store.pool()).await.unwrap();
            assert_eq!(count().await, 1);
            assert_eq!(store.open_runs().await.unwrap(), [receipt]);
            store.finish_run(receipt, AT).await.unwrap();
            store.finish_run(receipt, AT + time::Duration::days(1)).await.unwrap();
            assert_eq!(count().await, 0);
            assert!(store.open_runs().await.unwrap().is_empty());
            assert_eq!(store.receipt(TENANT, receipt).await.unwrap().unwrap().finished_at, Some(AT));
        })
        .await;
    }

    #[tokio::test]
    async fn an_app_knows_who_wrote_to_it_and_added_what() {
        on_both(async |database: &Database| {
            let store = database.store().await;
            let app = ObjectId::new(id(1000));
            for (plan, keys, outcome) in [
                (10, vec![(key(7), Some(SHA1.parse().unwrap())), (key(8), None)], Some("verified")),
                (20, vec![(key(9), None)], Some("refused")),
                (30, vec![], Some("unverified")),
                (40, vec![(key(11), None)], None),
            ] {
                let new = planned(&store, id(plan), 1).await;
                assert!(store.open_receipt(&new).await.unwrap());
                store.journal_write(new.head.id, 0, "[]", &keys, "{}").await.unwrap();
                if let Some(outcome) = outcome {
                    finish(&store, new.head.id, 0, outcome).await.unwrap();
                }
            }
            let added = store.added_by(TENANT, app).await.unwrap();
            assert_eq!(added.len(), 3, "{added:?}");
            assert_eq!((added[&key(7)].receipt, added[&key(11)].receipt), (id(11), id(41)));
            let pushes = store.pushes_to(TENANT, app).await.unwrap();
            let shown: Vec<_> = pushes.iter().map(|push| (push.thumbprints.len(), push.result.is_some())).collect();
            assert_eq!(shown, [(0, false), (0, true), (1, true)], "the newest first, the refused one not");
            let elsewhere = TenantId::new(id(9));
            assert!(store.added_by(elsewhere, app).await.unwrap().is_empty());
            assert_eq!(store.pushes_to(elsewhere, app).await.unwrap(), []);
        })
        .await;
    }

    #[tokio::test]
    async fn results_are_kept_as_they_are() {
        on_both(async |database: &Database| {
            let store = database.store().await;
            let new = planned(&store, id(10), 2).await;
            assert!(store.open_receipt(&new).await.unwrap());
            store.journal_write(new.head.id, 0, "[]", &[(key(7), None)], "{}").await.unwrap();
            finish(&store, new.head.id, 0, "verified").await.unwrap();
            for sql in [
                "UPDATE receipt_apps SET outcome = 'failed' WHERE position = 0",
                "DELETE FROM receipt_apps",
                "DELETE FROM receipts",
                "UPDATE receipt_keys SET key_id = 'x'",
                "DELETE FROM receipt_keys",
                "UPDATE plans SET receipt_id = NULL",
                "UPDATE receipts SET state = 'gone'",
            ] {
                assert!(sqlx::query(sql).execute(store.pool()).await.is_err(), "{sql}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn pushes_that_open_at_once_claim_the_plan_once() {
        on_both(async |database: &Database| {
            let store = database.store().await;
            let new = planned(&store, id(10), 3).await;
            let tries: Vec<_> = (0..8u128)
                .map(|n| {
                    let (store, mut new) = (store.clone(), new.clone());
                    new.head.id = id(500 + n);
                    tokio::spawn(async move { store.open_receipt(&new).await.unwrap() })
                })
                .collect();
            let mut claimed = 0;
            for one in tries {
                claimed += usize::from(one.await.unwrap());
            }
            assert_eq!(claimed, 1);
            let rows: i64 =
                sqlx::query_scalar("SELECT count(*) FROM receipt_apps").fetch_one(store.pool()).await.unwrap();
            assert_eq!(rows, 3);
        })
        .await;
    }
}

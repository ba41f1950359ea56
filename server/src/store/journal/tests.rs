#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use crate::store::databases::{Database, on_both};
use crate::store::sql::Sql;
use crate::store::{AuditFilter, NewReceipt, ReceiptHead, Stage, StoredReason};
use domain::audit::AuditAction;
use domain::ids::TenantId;
use domain::rollout::{AppFilter, PushMode};
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
async fn planned(store: &TenantStore, plan: Uuid, apps: i64) -> NewReceipt {
    sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ($1, $2, $3, '', '{}')")
        .bind(Id(plan))
        .bind(Id(TENANT))
        .bind(Id(OWEN))
        .execute(store.store.pool())
        .await
        .unwrap();
    let positions: Vec<i64> = (0..apps).collect();
    for positions in positions.chunks(crate::store::sql::ROWS) {
        let mut sql = Sql::new("INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name)");
        sql.values(positions, |row, position| {
            let app = Id(id(1000 + u128::try_from(*position).unwrap()));
            row.bind(Id(plan)).bind(*position).bind(app).bind(app).bind(format!("app {position}"));
        });
        sql.query().unwrap().execute(store.store.pool()).await.unwrap();
    }
    let head = ReceiptHead {
        id: id(plan.as_u128() + 1),
        plan,
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

fn result(position: u128, outcome: Outcome) -> StoredResult {
    let app = id(1000 + position);
    serde_json::from_value(json!({
        "object_id": app, "app_id": app, "display_name": format!("app {position}"), "outcome": outcome,
        "stage": {"ended": outcome}, "problem": null, "diff": null, "before": "[]", "after": null, "steps": [],
        "reads_until_seen": 3, "notes": [],
    }))
    .unwrap()
}

fn write(number: u32) -> UnansweredWrite {
    let write = json!({"number": number, "keeps": [key(7)], "keeps_nameless": [], "proof": []});
    serde_json::from_value(write).unwrap()
}

async fn finish(store: &TenantStore, receipt: Uuid, position: u128, outcome: Outcome) -> Result<(), StoreError> {
    let entry = AuditEntry::new(Some(OWEN), AT, AuditAction::Push(PushMode::Append), outcome);
    let at = usize::try_from(position).unwrap();
    store.finish_app(receipt, at, outcome, &result(position, outcome), &entry, true).await
}

#[tokio::test]
async fn a_push_of_2000_apps_is_opened_once_and_paged() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
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
        assert_eq!(store.receipt(receipt).await.unwrap().as_ref(), Some(&new.head));
        assert_eq!(database.store().await.of(TenantId::new(id(9))).receipt(receipt).await.unwrap(), None);
        assert_eq!(store.receipt_count(receipt, AppFilter::Open).await.unwrap(), 2000);
        let page = store.receipt_page(receipt, AppFilter::All, 1990, 25).await.unwrap();
        assert_eq!(page.iter().map(|row| row.position).collect::<Vec<_>>(), (1990..2000).collect::<Vec<_>>());
        assert_eq!((page[0].app.display_name.as_str(), &page[0].stage), ("app 1990", &Stage::Waiting));

        for (position, outcome) in
            [(0, Outcome::Verified), (1, Outcome::Refused), (2, Outcome::AlreadyThere), (3, Outcome::Unverified)]
        {
            finish(&store, receipt, position, outcome).await.unwrap();
        }
        let positions = async |which: AppFilter| {
            let rows = store.receipt_page(receipt, which, 0, 3).await.unwrap();
            rows.into_iter().map(|row| row.position).collect::<Vec<_>>()
        };
        assert_eq!(positions(AppFilter::NotGood).await, [1, 3]);
        assert_eq!(positions(AppFilter::Only(Outcome::Verified)).await, [0]);
        assert_eq!(positions(AppFilter::Only(Outcome::Failed)).await, Vec::<usize>::new());
        assert_eq!(positions(AppFilter::Open).await, [4, 5, 6]);
        assert_eq!(store.receipt_count(receipt, AppFilter::NotGood).await.unwrap(), 2);
        let recent = store.recent_receipts(OWEN).await.unwrap();
        assert_eq!((recent.len(), recent[0].good, recent[0].total), (1, 2, 2000));
    })
    .await;
}

#[tokio::test]
async fn the_state_before_the_first_write_stays_and_a_result_comes_once() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
        let new = planned(&store, id(10), 2).await;
        let receipt = new.head.id;
        assert!(store.open_receipt(&new).await.unwrap());
        let keys = [(key(7), Some(SHA1.parse().unwrap())), (key(8), None)];
        store
            .journal_write(receipt, 0, "first", &keys, "{}", SentWrite { write: &write(1), takes: &[], at: AT })
            .await
            .unwrap();
        store
            .journal_write(receipt, 0, "second", &keys, "{}", SentWrite { write: &write(1), takes: &[], at: AT })
            .await
            .unwrap();
        assert!(
            store
                .journal_write(receipt, 2, "of no app", &[], "{}", SentWrite { write: &write(1), takes: &[], at: AT })
                .await
                .is_err()
        );
        let rows = store.receipt_page(receipt, AppFilter::All, 0, 9).await.unwrap();
        assert_eq!(rows[0].stage, Stage::Writing { before: "first".into() });

        finish(&store, receipt, 0, Outcome::Verified).await.unwrap();
        assert!(finish(&store, receipt, 0, Outcome::Failed).await.is_err());
        assert!(
            store
                .journal_write(receipt, 0, "third", &[], "{}", SentWrite { write: &write(1), takes: &[], at: AT })
                .await
                .is_err()
        );
        let rows = store.receipt_page(receipt, AppFilter::All, 0, 9).await.unwrap();
        assert_eq!(rows[0].stage, Stage::Done(Box::new(result(0, Outcome::Verified))));
        let rows = store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap();
        assert_eq!(rows.total, 1, "one row per result");

        let tokens = "SELECT count(*) FROM receipts WHERE tokens IS NOT NULL AND state = 'running'";
        let count = async || sqlx::query_scalar::<_, i64>(tokens).fetch_one(store.store.pool()).await.unwrap();
        assert_eq!(count().await, 1);
        assert_eq!(store.store.open_runs().await.unwrap(), [(TENANT, receipt)]);
        store.finish_run(receipt, AT).await.unwrap();
        store.finish_run(receipt, AT + time::Duration::days(1)).await.unwrap();
        assert_eq!(count().await, 0);
        assert!(store.store.open_runs().await.unwrap().is_empty());
        assert_eq!(store.receipt(receipt).await.unwrap().unwrap().finished_at, Some(AT));
    })
    .await;
}

#[tokio::test]
async fn a_push_that_rests_forgets_its_sign_in_unless_an_app_may_have_been_written() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
        let new = planned(&store, id(10), 2).await;
        assert!(store.open_receipt(&new).await.unwrap());
        let receipt = new.head.id;
        let has = async || store.run_tokens(receipt).await.unwrap().is_some();
        store.forget_tokens_at_rest(receipt).await.unwrap();
        assert!(has().await, "it is under way");
        let sent = SentWrite { write: &write(1), takes: &[], at: AT };
        store.journal_write(receipt, 0, "[]", &[], "{}", sent).await.unwrap();
        let why: StoredReason = serde_json::from_value(json!({"typed": {}})).unwrap();
        assert!(store.pause_runs_of(ObjectId::new(id(3)), &why).await.unwrap().is_empty(), "nobody else's");
        assert_eq!(store.pause_runs_of(OWEN, &why).await.unwrap(), [receipt]);
        assert!(has().await, "whoever cancels it wants to know what became of the first app");
        finish(&store, receipt, 0, Outcome::Verified).await.unwrap();
        store.forget_tokens_at_rest(receipt).await.unwrap();
        assert!(!has().await);
        assert!(store.resume_run(receipt, "{}", b"anew").await.unwrap());
        assert!(has().await);
    })
    .await;
}

#[tokio::test]
async fn an_app_knows_who_wrote_to_it_and_added_what() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
        let app = ObjectId::new(id(1000));
        for (plan, keys, outcome) in [
            (10, vec![(key(7), Some(SHA1.parse().unwrap())), (key(8), None)], Some(Outcome::Verified)),
            (20, vec![(key(9), None)], Some(Outcome::Refused)),
            (30, vec![], Some(Outcome::Unverified)),
            (40, vec![(key(11), None)], None),
        ] {
            let new = planned(&store, id(plan), 1).await;
            assert!(store.open_receipt(&new).await.unwrap());
            store
                .journal_write(new.head.id, 0, "[]", &keys, "{}", SentWrite { write: &write(1), takes: &[], at: AT })
                .await
                .unwrap();
            if let Some(outcome) = outcome {
                finish(&store, new.head.id, 0, outcome).await.unwrap();
            }
        }
        let added = store.added_by(app).await.unwrap();
        assert_eq!(added.len(), 3, "{added:?}");
        assert_eq!((added[&key(7)].receipt, added[&key(11)].receipt), (id(11), id(41)));
        let pushes = store.pushes_to(app).await.unwrap();
        let shown: Vec<_> = pushes.iter().map(|push| (push.thumbprints.len(), push.result.is_some())).collect();
        assert_eq!(shown, [(0, false), (0, true), (1, true)], "the newest first, the refused one not");
        let elsewhere = database.store().await.of(TenantId::new(id(9)));
        assert!(elsewhere.added_by(app).await.unwrap().is_empty());
        assert_eq!(elsewhere.pushes_to(app).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_write_is_known_to_later_pushes_until_its_push_has_settled() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
        let app = ObjectId::new(id(1000));
        for (plan, settled) in [(10, false), (20, true)] {
            let new = planned(&store, id(plan), 1).await;
            assert!(store.open_receipt(&new).await.unwrap());
            let receipt = new.head.id;
            let at = |n: u32| AT + time::Duration::seconds(i64::from(n));
            for n in [1, 2, 2] {
                let write = write(n);
                let sent = SentWrite { write: &write, takes: &[], at: at(n) };
                store.journal_write(receipt, 0, "[]", &[], "{}", sent).await.unwrap();
            }
            let found = store.unanswered_writes(app).await.unwrap();
            let found: Vec<_> =
                found.iter().filter(|one| one.receipt == receipt).map(|one| (one.position, one.sent_at)).collect();
            assert_eq!(found, [(0, at(1)), (0, at(2))]);
            let entry = AuditEntry::new(Some(OWEN), AT, AuditAction::Push(PushMode::Append), Outcome::Unverified);
            let result = result(0, Outcome::Unverified);
            store.finish_app(receipt, 0, Outcome::Unverified, &result, &entry, settled).await.unwrap();
        }
        // Those of the second one have gone with its end, and the others go when they are too old.
        let found = store.unanswered_writes(app).await.unwrap();
        assert_eq!(found.iter().map(|one| one.write.number()).collect::<Vec<_>>(), [1, 2]);
        assert!(found.iter().all(|one| one.receipt == id(11) && one.write == write(one.write.number())));
        assert_eq!(store.store.forget_writes_before(AT + time::Duration::seconds(2)).await.unwrap(), 1);
        assert_eq!(store.unanswered_writes(app).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn results_are_kept_as_they_are() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
        let new = planned(&store, id(10), 2).await;
        assert!(store.open_receipt(&new).await.unwrap());
        store
            .journal_write(
                new.head.id,
                0,
                "[]",
                &[(key(7), None)],
                "{}",
                SentWrite { write: &write(1), takes: &[], at: AT },
            )
            .await
            .unwrap();
        finish(&store, new.head.id, 0, Outcome::Verified).await.unwrap();
        for sql in [
            "UPDATE receipt_apps SET outcome = 'failed' WHERE position = 0",
            "DELETE FROM receipt_apps",
            "DELETE FROM receipts",
            "UPDATE receipt_keys SET key_id = 'x'",
            "DELETE FROM receipt_keys",
            "UPDATE plans SET receipt_id = NULL",
            "UPDATE receipts SET state = 'gone'",
        ] {
            assert!(sqlx::query(sql).execute(store.store.pool()).await.is_err(), "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn pushes_that_open_at_once_claim_the_plan_once() {
    on_both(async |database: &Database| {
        let store = database.store().await.of(TENANT);
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
            sqlx::query_scalar("SELECT count(*) FROM receipt_apps").fetch_one(store.store.pool()).await.unwrap();
        assert_eq!(rows, 3);
    })
    .await;
}

//! A database of an earlier version, with rows in it, opened by this one.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::databases::Database;
use super::{PassStage, Stage, StoredProblem};
use crate::test_certificate;
use domain::ids::{KeyId, ObjectId, TenantId};
use domain::requests::{Command, NewRequest, PlanDigest, Request, RequestSubject, Seen, StateDigest};
use domain::rollout::{AppFilter, AppStage, Outcome};
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use time::macros::datetime;
use uuid::Uuid;

/// What the first release had.
async fn first_release(database: &Database) -> SqlitePool {
    as_of(database, 3).await
}

/// A database to which nothing has come since this migration.
async fn as_of(database: &Database, version: i64) -> SqlitePool {
    let all = sqlx::migrate!("./migrations/sqlite");
    let first = Migrator { migrations: all.iter().filter(|step| step.version <= version).cloned().collect(), ..all };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database.url).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    first.run(&pool).await.unwrap();
    pool
}

#[tokio::test]
async fn times_of_the_first_release_sort_as_text_afterwards() {
    let database = Database::empty_sqlite();
    let old = first_release(&database).await;
    let whole = datetime!(2026-11-24 12:00 UTC);
    let times = [whole, whole + time::Duration::milliseconds(5), whole + time::Duration::nanoseconds(123_456_789)];
    for (n, at) in (0..).zip(times) {
        sqlx::query(
            "INSERT INTO observed_credentials (tenant_id, object_id, key_id, sha1, first_seen, last_seen, gone_at)
             VALUES ('t', 'o', ?1, 's', ?2, ?2, ?3)",
        )
        .bind(format!("{n}"))
        .bind(at)
        .bind((n > 0).then_some(at))
        .execute(&old)
        .await
        .unwrap();
    }
    old.close().await;

    let store = database.store().await;
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("SELECT first_seen, last_seen, gone_at FROM observed_credentials ORDER BY last_seen")
            .fetch_all(store.pool())
            .await
            .unwrap();
    let expected =
        ["2026-11-24T12:00:00.000000000Z", "2026-11-24T12:00:00.005000000Z", "2026-11-24T12:00:00.123456789Z"];
    for (n, (first, last, gone)) in rows.iter().enumerate() {
        assert_eq!([first, last], [expected[n]; 2]);
        assert_eq!(gone.as_deref(), (n > 0).then_some(expected[n]));
    }
    assert_eq!(rows.len(), 3);
    drop(store);
    database.store().await;
}

#[tokio::test]
async fn plans_and_receipts_of_the_first_release_are_moved_over() {
    let certificate = domain::upload::read(test_certificate::pem().0.as_bytes()).unwrap().leaf;
    let facts = serde_json::to_value(certificate.facts()).unwrap();
    let [tenant, person, plan, receipt, app, other, key] = [1, 2, 3, 4, 5, 6, 7].map(Uuid::from_u128);
    let database = Database::empty_sqlite();
    let old = first_release(&database).await;
    let problem = json!({"status": 403, "code": "forbidden", "title": "No", "detail": "Not yours: “é”",
        "advice": null, "request_id": "abc"});
    let content = json!({
        "view": {"id": plan, "certificate": facts, "mode": "append", "display_name": "CN=Test",
            "created_at": "2026-11-24T12:00:00Z", "receipt": null, "apps": [
                {"object_id": app, "app_id": app, "display_name": "one", "change": {"Ok": {"noop": false}}},
                {"object_id": other, "app_id": other, "display_name": "two", "change": {"Err": problem}}]},
        "merges": [{"base": "00"}, null],
    });
    let result = |outcome: &str| {
        json!({"object_id": app, "app_id": app, "display_name": "one", "outcome": outcome, "problem": null, "diff": null,
            "before": "[\"é\"]", "after": "[]", "steps": [], "reads_until_seen": 3})
    };
    sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES (?, ?, ?, ?, ?)")
        .bind(plan.hyphenated())
        .bind(tenant.hyphenated())
        .bind(person.hyphenated())
        .bind(datetime!(2026-11-24 12:00 UTC))
        .bind(content.to_string())
        .execute(&old)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO receipts (id, tenant_id, person_id, plan_id, certificate, mode, who, username, started_at)
         VALUES (?, ?, ?, ?, ?, '\"append\"', 'Owen', 'owen', '2026-11-24T12:00:01.5Z')",
    )
    .bind(receipt.hyphenated())
    .bind(tenant.hyphenated())
    .bind(person.hyphenated())
    .bind(plan.hyphenated())
    .bind(facts.to_string())
    .execute(&old)
    .await
    .unwrap();
    for (position, key_id, stage, before, outcome, result) in [
        (0, Some(key), "done", Some("[]"), Some("verified"), Some(result("verified").to_string())),
        (1, Some(Uuid::from_u128(8)), "waiting", None, None, None),
        (2, None, "writing", Some("[1]"), None, None),
    ] {
        sqlx::query(
            "INSERT INTO receipt_apps
                (receipt_id, position, object_id, app_id, display_name, key_id, stage, before, outcome, result)
             VALUES (?, ?, ?3, ?3, 'one', ?4, ?5, ?6, ?7, ?8)",
        )
        .bind(receipt.hyphenated())
        .bind(position)
        .bind(app.hyphenated())
        .bind(key_id.map(Uuid::hyphenated))
        .bind(stage)
        .bind(before)
        .bind(outcome)
        .bind(result)
        .execute(&old)
        .await
        .unwrap();
    }
    old.close().await;

    let store = database.store().await;
    let head: String = sqlx::query_scalar("SELECT content FROM plans").fetch_one(store.pool()).await.unwrap();
    let head: Value = serde_json::from_str(&head).unwrap();
    assert_eq!((&head["certificates"], &head["display_name"]), (&json!([facts]), &json!("CN=Test")));
    assert_eq!(head["merges"], Value::Null);
    let apps: Vec<(i64, String, Option<String>, String)> =
        sqlx::query_as("SELECT position, object_id, merge, problem FROM plan_apps ORDER BY position")
            .fetch_all(store.pool())
            .await
            .unwrap();
    assert_eq!(apps.len(), 2);
    let problems: Vec<StoredProblem> =
        apps.iter().map(|(.., problem)| serde_json::from_str(problem).unwrap()).collect();
    assert_eq!((problems[0].code.as_str(), problems[0].status), ("earlier-version", 409));
    assert_eq!(serde_json::to_value(&problems[1]).unwrap(), problem);
    assert_eq!((apps[1].1.as_str(), &apps[0].2), (other.to_string().as_str(), &None));

    let app = ObjectId::new(app);
    let store = store.of(TenantId::new(tenant));
    let kept = store.receipt(receipt).await.unwrap().unwrap();
    assert_eq!(kept.certificates, [certificate.facts().clone()]);
    assert_eq!((kept.started_at, kept.finished_at), (datetime!(2026-11-24 12:00:01.5 UTC), None));
    let rows = store.receipt_page(receipt, AppFilter::All, 0, 9).await.unwrap();
    let Stage::Done(done) = &rows[0].stage else { panic!("{:?}", rows[0]) };
    assert_eq!((done.stage, done.before.as_deref()), (AppStage::Ended(Outcome::Verified), Some("[\"é\"]")));
    assert_eq!((&rows[1].stage, &rows[2].stage), (&Stage::Waiting, &Stage::Writing { before: "[1]".into() }));
    let stored: String = sqlx::query_scalar("SELECT result FROM receipt_apps WHERE position = 0")
        .fetch_one(store.store.pool())
        .await
        .unwrap();
    let stored: Value = serde_json::from_str(&stored).unwrap();
    assert_eq!((&stored["stage"], &stored["notes"]), (&json!({"ended": "verified"}), &json!([])));
    let added = store.added_by(app).await.unwrap();
    assert_eq!(added.keys().collect::<Vec<_>>(), [&KeyId::new(key)], "what was never written added nothing");
    assert_eq!(store.pushes_to(app).await.unwrap()[0].thumbprints, [certificate.facts().sha1]);
    let state: String = sqlx::query_scalar("SELECT state FROM receipts").fetch_one(store.store.pool()).await.unwrap();
    assert_eq!(state, "running");
    for sql in ["UPDATE receipt_apps SET outcome = 'failed' WHERE position = 0", "DELETE FROM receipts"] {
        assert!(sqlx::query(sql).execute(store.store.pool()).await.is_err(), "{sql}");
    }
}

/// Its credentials have no rows of their own yet, and no count may be called complete without them.
#[tokio::test]
async fn an_inventory_without_a_grid_is_read_anew_from_its_beginning() {
    let database = Database::empty_sqlite();
    let old = as_of(&database, 8).await;
    let tenant = TenantId::new(Uuid::from_u128(1));
    sqlx::query(
        "INSERT INTO inventory_passes (tenant_id, pass, started_at, stage, next_link, complete_from, complete_at)
         VALUES (?, 7, '2026-11-28T12:00:00.000000000Z', 'done', NULL, '2026-11-28T12:00:00.000000000Z',
            '2026-11-28T12:05:00.000000000Z')",
    )
    .bind(tenant.to_string())
    .execute(&old)
    .await
    .unwrap();
    old.close().await;
    let state = database.store().await.of(tenant).inventory_state().await.unwrap().unwrap();
    assert_eq!((state.pass.number, &state.pass.place.stage), (8, &PassStage::FIRST));
    assert_eq!((state.complete_from, state.complete_at), (None, None));
}

/// Its requests do not say for whom they wait.
#[tokio::test]
async fn requests_of_before_are_counted_for_whom_they_wait() {
    let database = Database::empty_sqlite();
    let old = as_of(&database, 15).await;
    let [tenant, asker, plan, id] = [1, 2, 3, 4].map(Uuid::from_u128);
    let at = datetime!(2026-11-29 12:00 UTC);
    let seen = Seen { plan: PlanDigest::of([]), state: StateDigest::of([]) };
    let new = NewRequest {
        id,
        asker: ObjectId::new(asker),
        subject: RequestSubject::preview(plan, seen),
        needs: vec![],
        reason: "why".parse().unwrap(),
        wanted_on: None,
        expires_at: at,
    };
    let open = Request::ask(new, at).request;
    let over = open.apply(Command::Withdraw { by: ObjectId::new(asker) }, at).unwrap().request;
    sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES (?, ?, ?, ?, '{}')")
        .bind(plan.hyphenated())
        .bind(tenant.hyphenated())
        .bind(asker.hyphenated())
        .bind(at)
        .execute(&old)
        .await
        .unwrap();
    for (id, request) in [(id, &open), (Uuid::from_u128(5), &over)] {
        sqlx::query(
            "INSERT INTO requests (id, tenant_id, asker_id, who, username, plan_id, state, version, content, asked_at,
                changed_at, expires_at)
             VALUES (?1, ?2, ?3, 'Owen', 'owen', ?4, ?5, 3, ?6, ?7, ?7, ?7)",
        )
        .bind(id.hyphenated())
        .bind(tenant.hyphenated())
        .bind(asker.hyphenated())
        .bind(plan.hyphenated())
        .bind(request.state().as_str())
        .bind(super::stored_json::write(request).unwrap())
        .bind("2026-11-29T12:00:00.000000000Z")
        .execute(&old)
        .await
        .unwrap();
    }
    old.close().await;
    let store = database.store().await.of(TenantId::new(tenant));
    let (asker, other) = (ObjectId::new(asker), ObjectId::new(Uuid::from_u128(9)));
    for (person, admin, waits) in [(other, true, 1), (other, false, 0), (asker, true, 0)] {
        assert_eq!(store.requests_waiting_for(person, admin).await.unwrap(), waits, "{person} {admin}");
    }
}

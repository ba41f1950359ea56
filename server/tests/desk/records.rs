//! Receipts and the audit log.

use crate::world::{MARA, OWEN, PRIYA, TOBIAS, TestCertificate, World};
use app::contract::audit::AuditQuery;
use app::contract::ports::*;
use app::contract::pushes::ReceiptQuery;
use domain::ids::ObjectId;
use domain::rollout::{Pace, PushMode};
use server::store::AuditFilter;
use uuid::Uuid;

fn query(search: &str, outcome: &str) -> AuditQuery {
    AuditQuery { search: search.into(), outcome: outcome.into(), page: 1 }
}

#[tokio::test]
async fn every_app_of_a_push_has_its_row() {
    let world = World::start().await;
    let certificate = TestCertificate::new("audited");
    let sha256 = world.upload(OWEN, &certificate).await;
    let plan = world.draft_with(OWEN, sha256, &["payroll-batch", "invoice-archive"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;

    let rows = world.audit(OWEN).await;
    assert_eq!(rows.len(), 2);
    let written = rows.iter().find(|row| row.outcome.as_str() == "verified").unwrap();
    assert_eq!((written.action.as_str(), written.app_name.as_deref()), ("push-append", Some("payroll-batch")));
    assert_eq!((written.who.as_str(), written.username.as_str()), ("Owen Carter", OWEN));
    assert_eq!((written.object_id, written.receipt), (Some(world.id("payroll-batch")), Some(receipt.id)));
    assert_eq!(written.thumbprint, Some(receipt.certificates[0].sha1));
    let patch = receipt.apps.items[0].steps.iter().find(|step| step.what.starts_with("PATCH")).unwrap();
    assert_eq!(written.request_id, patch.request_id);
    let refused = rows.iter().find(|row| row.outcome.as_str() == "refused").unwrap();
    assert!(refused.detail.contains("Entra did not let you"), "{}", refused.detail);
    assert_eq!(refused.request_id, receipt.apps.items[1].problem.as_ref().unwrap().request_id);

    // Owners see their own rows, admins and auditors everyone's.
    assert_eq!(world.audit(TOBIAS).await.len(), 0);
    for upn in [MARA, PRIYA] {
        assert_eq!(world.audit(upn).await.len(), 2, "{upn}");
    }
    let find =
        async |search: &str, outcome: &str| world.desk(PRIYA).audit(&query(search, outcome)).await.unwrap().items.len();
    assert_eq!(find("payroll", "").await, 1);
    assert_eq!(find("", "refused").await, 1);
    assert_eq!(find(&receipt.certificates[0].sha1.grouped_hex(), "").await, 2);
    assert_eq!(find(patch.request_id.as_ref().unwrap(), "").await, 1);
    assert_eq!(find("nobody", "").await, 0);
}

#[tokio::test]
async fn an_attempt_without_the_role_has_a_row_too() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    assert!(world.desk(PRIYA).push(plan, "", Pace::default()).await.is_err());
    let rows = world.audit(PRIYA).await;
    assert_eq!(
        (rows[0].action.as_str(), rows[0].outcome.as_str(), rows[0].username.as_str()),
        ("push-refused", "refused", PRIYA)
    );
}

#[tokio::test]
async fn nothing_that_was_recorded_can_be_changed() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    world.push(OWEN, plan).await;
    for sql in [
        "UPDATE audit SET who = 'x'",
        "DELETE FROM audit",
        "UPDATE receipt_apps SET outcome = 'verified'",
        "DELETE FROM receipt_apps",
        "DELETE FROM receipts",
        "UPDATE plans SET receipt_id = NULL",
    ] {
        assert!(sqlx::query(sql).execute(world.store.pool()).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_receipt_is_for_its_owner_and_for_auditors() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;
    assert_eq!((receipt.plan, receipt.who.as_str(), receipt.mode), (plan, "Owen Carter", PushMode::Append));
    assert!(receipt.finished_at.unwrap() >= receipt.started_at);
    assert!(receipt.progress.may_steer);
    for (upn, may_steer) in [(MARA, true), (PRIYA, false)] {
        let mut expected = receipt.clone();
        expected.progress.may_steer = may_steer;
        assert_eq!(world.receipt(upn, receipt.id).await, expected);
    }
    let whole = ReceiptQuery { outcome: String::new(), page: 1 };
    assert_eq!(world.desk(TOBIAS).receipt(receipt.id, &whole).await.unwrap_err().code, "receipt-not-found");
    let overview = world.desk(OWEN).overview().await.unwrap();
    assert_eq!((overview.receipts.len(), overview.receipts[0].verified, overview.receipts[0].total), (1, 1, 1));
    assert!(world.desk(MARA).overview().await.unwrap().receipts.is_empty());
}

#[tokio::test]
async fn who_may_read_an_app_sees_what_a_push_did_to_it_and_nothing_of_the_others() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch", "invoice-archive"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;
    let of = async |upn: &str, app: &str| world.desk(upn).receipt_of_app(receipt.id, world.id(app)).await;

    let part = of(TOBIAS, "payroll-batch").await.unwrap();
    let whole = receipt.apps.items.iter().find(|app| app.object_id == world.id("payroll-batch")).unwrap();
    assert_eq!((&part.app, part.who.as_str(), part.sees_whole), (whole, "Owen Carter", false));
    assert!(of(OWEN, "payroll-batch").await.unwrap().sees_whole);
    assert_eq!(of(TOBIAS, "invoice-sync").await.unwrap_err().code, "receipt-not-found");
    // Whom Entra lets read no app, it does not let read what happened to it.
    let without = world.desk_with_scopes(TOBIAS, &["User.Read"]);
    let refused = without.receipt_of_app(receipt.id, world.id("payroll-batch")).await.unwrap_err();
    assert_eq!(refused.status, 403, "{refused:?}");
}

#[tokio::test]
async fn another_directory_sees_nothing_of_it() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.push(MARA, plan).await;
    let tenant = domain::ids::TenantId::new(Uuid::from_u128(5));
    let mara = world.viewer(MARA).object_id;
    let store = world.store.of(tenant);
    assert!(store.receipt(receipt.id).await.unwrap().is_none());
    assert!(store.plan(mara, plan).await.unwrap().is_none());
    assert!(store.certificate(receipt.certificates[0].sha256, mara).await.unwrap().is_none());
    assert_eq!(store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap().total, 0);
    assert!(store.added_by(ObjectId::new(world.id("payroll-batch").uuid())).await.unwrap().is_empty());
}

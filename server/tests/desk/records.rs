//! Receipts and the audit log.

use crate::world::{MARA, OWEN, PRIYA, TOBIAS, TestCertificate, World, code, outcomes};
use app::desk::{AuditQuery, Desk as _, Outcome, PushMode};
use domain::ids::ObjectId;
use server::store::{NewReceipt, ReceiptHead};
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
    let written = rows.iter().find(|row| row.outcome == "verified").unwrap();
    assert_eq!((written.action.as_str(), written.app_name.as_deref()), ("push-append", Some("payroll-batch")));
    assert_eq!((written.who.as_str(), written.username.as_str()), ("Owen Carter", OWEN));
    assert_eq!((written.object_id, written.receipt), (Some(world.id("payroll-batch")), Some(receipt.id)));
    assert_eq!(written.thumbprint, Some(receipt.certificate.sha1));
    let patch = receipt.apps[0].steps.iter().find(|step| step.what.starts_with("PATCH")).unwrap();
    assert_eq!(written.request_id, patch.request_id);
    let refused = rows.iter().find(|row| row.outcome == "refused").unwrap();
    assert!(refused.detail.contains("Entra did not let you"), "{}", refused.detail);
    assert_eq!(refused.request_id, receipt.apps[1].problem.as_ref().unwrap().request_id);

    // Owners see their own rows, admins and auditors everyone's.
    assert_eq!(world.audit(TOBIAS).await.len(), 0);
    for upn in [MARA, PRIYA] {
        assert_eq!(world.audit(upn).await.len(), 2, "{upn}");
    }
    let find =
        async |search: &str, outcome: &str| world.desk(PRIYA).audit(&query(search, outcome)).await.unwrap().items.len();
    assert_eq!(find("payroll", "").await, 1);
    assert_eq!(find("", "refused").await, 1);
    assert_eq!(find(&receipt.certificate.sha1.grouped_hex(), "").await, 2);
    assert_eq!(find(patch.request_id.as_ref().unwrap(), "").await, 1);
    assert_eq!(find("nobody", "").await, 0);
}

#[tokio::test]
async fn an_attempt_without_the_role_has_a_row_too() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    assert!(world.desk(PRIYA).push(plan, true).await.is_err());
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
    assert!(receipt.finished_at >= receipt.started_at);
    for upn in [MARA, PRIYA] {
        assert_eq!(world.desk(upn).receipt(receipt.id).await.unwrap(), receipt);
    }
    assert_eq!(world.desk(TOBIAS).receipt(receipt.id).await.unwrap_err().code, "receipt-not-found");
    let overview = world.desk(OWEN).overview().await.unwrap();
    assert_eq!((overview.receipts.len(), overview.receipts[0].verified, overview.receipts[0].total), (1, 1, 1));
    assert!(world.desk(MARA).overview().await.unwrap().receipts.is_empty());
}

#[tokio::test]
async fn a_push_that_was_cut_off_is_closed_honestly() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch", "payslip-mailer"], PushMode::Append).await;
    let view = world.plan(OWEN, plan).await;
    let viewer = world.viewer(OWEN);
    let receipt = ReceiptHead {
        id: Uuid::from_u128(99),
        plan,
        tenant: viewer.tenant_id,
        person: viewer.object_id,
        certificates: vec![view.certificate],
        mode: PushMode::Append,
        who: viewer.name,
        username: viewer.username,
        started_at: view.created_at,
        finished_at: None,
    };
    let new = NewReceipt { head: receipt.clone(), pace: "{}".into(), tokens: None };
    // What a process leaves behind that dies between saving the state before and hearing of the write.
    assert!(world.store.open_receipt(&new).await.unwrap());
    world.store.journal_write(receipt.id, 0, "[\"before\"]", &[]).await.unwrap();

    let expected = [(Outcome::Unverified, "not-finished"), (Outcome::Failed, "not-reached")];
    let shown = world.desk(OWEN).receipt(receipt.id).await.unwrap();
    assert_eq!(shown.apps.iter().map(|app| (app.outcome, code(app))).collect::<Vec<_>>(), expected);
    assert_eq!(world.audit(OWEN).await, []);

    assert_eq!(world.state.recover().await.unwrap(), 1);
    assert_eq!(world.state.recover().await.unwrap(), 0);
    let closed = world.desk(OWEN).receipt(receipt.id).await.unwrap();
    assert_eq!(outcomes(&closed), [Outcome::Unverified, Outcome::Failed]);
    assert_eq!(closed.apps[0].before.as_deref(), Some("[\"before\"]"));
    assert_eq!(world.audit(OWEN).await.len(), 2);
    assert_eq!(world.desk(OWEN).push(plan, false).await.unwrap_err().code, "already-pushed");
    assert_eq!(world.requests("PATCH"), []);
}

#[tokio::test]
async fn another_directory_sees_nothing_of_it() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.push(MARA, plan).await;
    let tenant = domain::ids::TenantId::new(Uuid::from_u128(5));
    let mara = world.viewer(MARA).object_id;
    let store = &world.store;
    assert!(store.receipt(tenant, receipt.id).await.unwrap().is_none());
    assert!(store.plan(tenant, mara, plan).await.unwrap().is_none());
    assert!(store.certificate(tenant, receipt.certificate.sha256, mara).await.unwrap().is_none());
    assert_eq!(store.audit_page(tenant, None, &query("", "")).await.unwrap().total, Some(0));
    assert!(store.added_by(tenant, ObjectId::new(world.id("payroll-batch").uuid())).await.unwrap().is_empty());
}

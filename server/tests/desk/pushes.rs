//! What a push writes, and what it leaves alone.

use crate::world::{MARA, OWEN, TOBIAS, TestCertificate, World, add, code, echo, outcome, outcomes};
use app::contract::plans::Chosen;
use app::contract::ports::*;
use domain::diff::DiffKind;
use domain::rollout::{Outcome, Pace, PushMode};
use serde_json::{Value, json};

#[tokio::test]
async fn append_keeps_every_other_entry_byte_for_byte() {
    let world = World::start().await;
    let certificate = TestCertificate::new("payroll 2027");
    let sha256 = world.upload(MARA, &certificate).await;
    for app in [
        "backup-orchestrator",
        "gdpr-export",
        "service-desk-sso",
        "treasury-feed",
        "procurement-bridge",
        "fixed-assets-register",
    ] {
        let before = world.raw(app).await;
        let plan = world.draft_with(MARA, sha256, &[app], PushMode::Append).await;
        let shown = world.plan(MARA, plan).await.apps.items.remove(0).change.unwrap();
        let result = world.push_one(MARA, plan).await;
        assert_eq!(outcome(&result), Outcome::Verified, "{app}: {:?}", result.problem);
        assert_eq!(result.reads_until_seen, 1);

        let mut after = world.raw(app).await;
        let keys = after["keyCredentials"].as_array_mut().unwrap();
        let added = keys.iter().position(|key| key["keyId"] == json!(shown.key_ids[0])).unwrap();
        let added = keys.remove(added);
        // Everything but the new entry is what it was, to the last character of the stored keys.
        assert_eq!(after.to_string(), before.to_string(), "{app}");
        assert_eq!((&added["usage"], &added["type"]), (&json!("Verify"), &json!("AsymmetricX509Cert")));
        assert_eq!(added["key"], certificate.entry()["key"]);

        // The receipt has both states, as a plain read shows them.
        let read = |text: &Option<String>| serde_json::from_str::<Value>(text.as_ref().unwrap()).unwrap();
        assert_eq!(without_keys(&read(&result.before)), without_keys(&before["keyCredentials"]));
        assert_eq!(without_keys(&read(&result.after)), without_keys(&json!(world.keys(app).await)));
        assert!(result.undo.is_some(), "{app}");
    }
}

fn without_keys(state: &Value) -> Value {
    json!(echo(state.as_array().unwrap()))
}

#[tokio::test]
async fn sends_exactly_what_was_shown_and_reads_three_times() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let asked_before = world.requests("GET").len();
    let result = world.push_one(MARA, plan).await;

    let steps: Vec<_> = result.steps.iter().map(|step| (step.what.as_str(), step.status)).collect();
    assert_eq!(
        steps,
        [
            ("GET: read again before writing", Some(200)),
            ("PATCH: write the previewed body", Some(204)),
            ("GET: read back, as planned (3 times)", Some(200)),
        ]
    );
    assert!(result.steps.iter().all(|step| step.request_id.is_some()));
    assert_eq!(world.requests("GET").len() - asked_before, 4);
    assert_eq!(world.requests("PATCH").len(), 1);
    let diff = result.diff.unwrap();
    assert_eq!((diff.count(DiffKind::Kept), diff.count(DiffKind::Added), diff.count(DiffKind::Removed)), (2, 1, 0));
}

#[tokio::test]
async fn an_owner_writes_to_an_own_app_and_is_refused_on_anothers() {
    let world = World::start().await;
    let others = world.raw("invoice-archive").await;
    let plan = world.draft(OWEN, &["payroll-batch", "invoice-archive"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified, Outcome::Refused]);

    let problem = receipt.apps.items[1].problem.as_ref().unwrap();
    assert_eq!((problem.status, problem.code.as_str()), (403, "entra-denied"));
    assert!(problem.title.contains("Entra did not let you"), "{problem}");
    assert!(problem.detail.contains("Insufficient privileges to complete the operation."), "{problem}");
    let advice = problem.advice.as_ref().unwrap();
    assert!(advice.contains("owner") && advice.contains("Application Administrator"), "{advice}");
    assert!(problem.request_id.is_some());
    assert_eq!(world.raw("invoice-archive").await, others);
}

#[tokio::test]
async fn an_addition_is_merged_again_with_what_came_since_the_preview() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let mut keys = echo(&world.keys("payroll-batch").await);
    keys.push(TestCertificate::new("somebody else's").entry());
    world.write("payroll-batch", &json!({"keyCredentials": keys})).await;
    let theirs = world.keys("payroll-batch").await;

    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
    assert!(!result.notes.is_empty(), "the receipt says that it was merged again");
    let after = world.keys("payroll-batch").await;
    assert_eq!(after.len(), 4);
    assert_eq!(after[..3], theirs, "theirs is as it was, key included");
}

#[tokio::test]
async fn a_replacement_stops_at_a_change_since_the_preview_and_shows_both_sides() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Replace).await;
    let mut keys = echo(&world.keys("payroll-batch").await);
    keys.push(TestCertificate::new("somebody else's").entry());
    world.write("payroll-batch", &json!({"keyCredentials": keys})).await;
    let theirs = world.raw("payroll-batch").await;

    let result = world.push_one(MARA, plan).await;
    assert_eq!((outcome(&result), code(&result)), (Outcome::ChangedSincePreview, "changed-since-preview"));
    let diff = result.diff.unwrap();
    assert_eq!((diff.count(DiffKind::Kept), diff.count(DiffKind::Added)), (2, 1));
    let problem = result.problem.unwrap();
    assert!(format!("{problem} {:?}", result.notes).contains("CN=someone else"), "{problem} {:?}", result.notes);
    assert_eq!(world.requests("PATCH").len(), 1, "the only write was theirs");
    assert_eq!(world.raw("payroll-batch").await, theirs);
}

#[tokio::test]
async fn an_entry_removed_since_the_preview_stays_removed() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let keys = echo(&world.keys("payroll-batch").await);
    world.write("payroll-batch", &json!({"keyCredentials": keys[1..]})).await;

    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
    let after = world.keys("payroll-batch").await;
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|key| key["keyId"] != keys[0]["keyId"]));
}

#[tokio::test]
async fn what_is_there_already_is_not_sent_again() {
    let world = World::start().await;
    let sha256 = world.upload(MARA, &TestCertificate::new("once")).await;
    let first = world.draft_with(MARA, sha256, &["payroll-batch"], PushMode::Append).await;
    assert_eq!(outcome(&world.push_one(MARA, first).await), Outcome::Verified);

    let second = world.draft_with(MARA, sha256, &["payroll-batch"], PushMode::Append).await;
    assert!(world.plan(MARA, second).await.apps.items[0].change.as_ref().unwrap().noop);
    let result = world.push_one(MARA, second).await;
    assert_eq!((outcome(&result), result.problem), (Outcome::AlreadyThere, None));
    let receipts = world.desk(MARA).overview().await.unwrap().receipts;
    assert_eq!(receipts.iter().map(|receipt| (receipt.verified, receipt.total)).collect::<Vec<_>>(), [(1, 1), (1, 1)]);
    assert_eq!(world.requests("PATCH").len(), 1);
    assert_eq!(world.keys("payroll-batch").await.len(), 3);
}

#[tokio::test]
async fn replace_removes_only_verify_entries_and_only_when_confirmed() {
    let world = World::start().await;
    // One app signs SAML with a certificate, one encrypts tokens with one.
    for app in ["service-desk-sso", "gdpr-export"] {
        let before = world.raw(app).await;
        let plan = world.draft(MARA, &[app], PushMode::Replace).await;
        let confirm = world.plan(MARA, plan).await.confirm.unwrap();
        assert!(confirm.starts_with("remove "), "{confirm}");
        for typed in ["", "remove", "yes"] {
            let problem = world.desk(MARA).push(plan, typed, Pace::default()).await.unwrap_err();
            assert_eq!((problem.status, problem.code.as_str()), (422, "removal-not-confirmed"));
        }
        assert_eq!(world.raw(app).await, before);
        // The refusal did not use the plan up.
        let receipt = world.push(MARA, plan).await;
        assert_eq!(outcomes(&receipt), [Outcome::Verified], "{:?}", receipt.apps.items[0].problem);

        let others = |keys: &Value| -> Vec<Value> {
            keys.as_array().unwrap().iter().filter(|key| key["usage"] != "Verify").cloned().collect()
        };
        let after = world.raw(app).await;
        assert!(!others(&before["keyCredentials"]).is_empty());
        assert_eq!(others(&after["keyCredentials"]), others(&before["keyCredentials"]));
        assert_eq!(after["tokenEncryptionKeyId"], before["tokenEncryptionKeyId"]);
        assert_eq!(after["passwordCredentials"], before["passwordCredentials"]);
        assert_eq!(
            after["keyCredentials"].as_array().unwrap().iter().filter(|key| key["usage"] == "Verify").count(),
            1
        );
    }
}

#[tokio::test]
async fn replace_never_removes_the_entry_that_encrypts_tokens() {
    let world = World::start().await;
    let key_id = world.keys("hr-offboarding-worker").await[0]["keyId"].clone();
    world.write("hr-offboarding-worker", &json!({"tokenEncryptionKeyId": key_id})).await;
    let plan = world.draft(MARA, &["hr-offboarding-worker"], PushMode::Replace).await;
    let change = world.plan(MARA, plan).await.apps.items.remove(0).change.unwrap();
    assert_eq!(change.diff.count(DiffKind::Removed), 2);
    assert!(change.cautions.iter().any(|caution| caution.contains("tokenEncryptionKeyId")), "{:?}", change.cautions);

    assert_eq!(outcomes(&world.push(MARA, plan).await), [Outcome::Verified]);
    let keys = world.keys("hr-offboarding-worker").await;
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().any(|key| key["keyId"] == key_id));
}

#[tokio::test]
async fn an_entry_that_came_to_encrypt_tokens_since_the_preview_is_not_removed() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["hr-offboarding-worker"], PushMode::Replace).await;
    let keys = world.keys("hr-offboarding-worker").await;
    world.write("hr-offboarding-worker", &json!({"tokenEncryptionKeyId": keys[0]["keyId"]})).await;

    let receipt = world.push(MARA, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::ChangedSincePreview]);
    assert!(receipt.apps.items[0].problem.as_ref().unwrap().detail.contains("encrypts the app's tokens"));
    assert_eq!(world.keys("hr-offboarding-worker").await, keys);
}

#[tokio::test]
async fn many_apps_at_once_are_all_written() {
    let world = World::start().await;
    let apps: Vec<_> = world.tenant.applications().into_iter().take(20).collect();
    let sha256 = world.upload(TOBIAS, &TestCertificate::new("everywhere")).await;
    let ids = apps.iter().map(|app| domain::ids::ObjectId::new(app.id)).collect();
    let request = add(vec![sha256], Chosen::These(ids), PushMode::Append, "everywhere");
    let plan = world.desk(TOBIAS).draft_plan(&request).await.unwrap();
    let receipt = world.push(TOBIAS, plan).await;
    assert_eq!(outcomes(&receipt), vec![Outcome::Verified; 20]);
    for (app, result) in apps.iter().zip(&receipt.apps.items) {
        assert_eq!(result.object_id.uuid(), app.id);
        let keys = world.keys(&app.display_name).await;
        assert_eq!(keys.iter().filter(|key| key["displayName"] == "everywhere").count(), 1, "{}", app.display_name);
    }
}

#[tokio::test]
async fn of_two_people_at_one_app_neither_writes_over_the_other() {
    let world = World::start().await;
    let one = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let two = world.draft(TOBIAS, &["payroll-batch"], PushMode::Append).await;
    let (one, two) = tokio::join!(world.push(MARA, one), world.push(TOBIAS, two));
    assert_eq!((outcomes(&one), outcomes(&two)), (vec![Outcome::Verified], vec![Outcome::Verified]));
    assert_eq!(world.keys("payroll-batch").await.len(), 4);
    assert_eq!(world.requests("PATCH").len(), 2);
}

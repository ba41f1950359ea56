//! Replicas that lag, answers that do not come, limits, and others who write.

use crate::proxy::{OnPatch, Proxy};
use crate::world::{MARA, TOBIAS, TestCertificate, World, add, code, echo, outcome, settings};
use app::contract::plans::Chosen;
use app::contract::ports::*;
use axum::http::StatusCode;
use domain::rollout::{AppStage, Outcome, Pace, PushMode, RunState};
use local_tenant::Fault;
use serde_json::{Value, json};
use std::time::Duration;

fn fault(method: &str, status: u16, code: &str, retry_after: Option<u64>) -> Fault {
    Fault { method: method.into(), path_contains: "/applications".into(), status, code: code.into(), retry_after }
}

#[tokio::test]
async fn waits_until_a_lagging_replica_has_shown_the_write_three_times() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    world.tenant.set_behaviour(|behaviour| behaviour.stale_reads = time::Duration::seconds(3));
    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
    assert!(result.reads_until_seen > 1, "{}", result.reads_until_seen);
    let steps: Vec<_> = result.steps.iter().map(|step| step.what.as_str()).collect();
    assert!(steps[2].starts_with("GET: read back, not there yet"), "{steps:?}");
    assert_eq!(steps.last(), Some(&"GET: read back, as planned (3 times)"));
    assert_eq!(world.requests("PATCH").len(), 1);
}

#[tokio::test]
async fn a_run_of_good_reads_is_finished_when_patience_ends() {
    let world = World::with(server::config::DeskSettings { read_patience: Duration::ZERO, ..settings() }).await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
    assert_eq!(result.steps.last().unwrap().what, "GET: read back, as planned (3 times)");
}

#[tokio::test]
async fn a_write_that_does_not_show_up_is_not_called_done() {
    let world =
        World::with(server::config::DeskSettings { read_patience: Duration::from_millis(200), ..settings() }).await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    world.tenant.set_behaviour(|behaviour| behaviour.stale_reads = time::Duration::minutes(5));
    let result = world.push_one(MARA, plan).await;
    assert_eq!((outcome(&result), code(&result)), (Outcome::Unverified, "not-seen"));
    assert_eq!(result.reads_until_seen, 0);
}

#[tokio::test]
async fn what_somebody_elses_wipe_took_of_ours_is_written_again() {
    let mut world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let token = world.tenant.graph_token(TOBIAS).unwrap();
    let wipe = OnPatch::ThenWrite { token, body: json!({"keyCredentials": []}) };
    let proxy = Proxy::once(world.tenant.base_url(), wipe).await;
    world.through(&proxy.base_url).await;

    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?} {:?}", result.problem, result.notes);
    // What they removed of their own accord is theirs to remove; the receipt names it, and what was written again.
    let notes = result.notes.join(" ");
    for entry in result.diff.unwrap().rows {
        assert!(notes.contains(&entry.display_name.unwrap()), "{notes}");
    }
    assert_eq!(proxy.patches(), 2);
    let after = world.keys("payroll-batch").await;
    assert_eq!((after.len(), &after[0]["displayName"]), (1, &json!("CN=portal test")));
}

#[tokio::test]
async fn reads_wait_as_long_as_graph_asks() {
    let world = World::start().await;
    let sha256 = world.upload(MARA, &TestCertificate::new("patience")).await;
    world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![fault("GET", 429, "TooManyRequests", Some(1))]);
    let began = std::time::Instant::now();
    let plan = world.draft_with(MARA, sha256, &["payroll-batch"], PushMode::Append).await;
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(world.plan(MARA, plan).await.apps.items[0].change.is_ok());
}

#[tokio::test]
async fn longer_than_patience_is_told() {
    let world = World::start().await;
    let sha256 = world.upload(MARA, &TestCertificate::new("patience")).await;
    world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![fault("GET", 429, "TooManyRequests", Some(60))]);
    let apps = Chosen::These(["payroll-batch", "payslip-mailer"].map(|app| world.id(app)).to_vec());
    let began = std::time::Instant::now();
    let problem = world.desk(MARA).draft_plan(&add(vec![sha256], apps, PushMode::Append, "")).await.unwrap_err();
    assert_eq!(problem.code, "throttled");
    assert!(problem.advice.unwrap().contains("60 seconds"));
    assert!(began.elapsed() < Duration::from_secs(10), "nobody waits a minute for a page");
}

#[tokio::test]
async fn a_write_that_was_turned_away_is_made_after_another_read() {
    for (status, code, retry_after) in
        [(429, "TooManyRequests", Some(1)), (409, "Directory_ConcurrencyViolation", None)]
    {
        let world = World::start().await;
        let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
        world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![fault("PATCH", status, code, retry_after)]);
        let began = std::time::Instant::now();
        let result = world.push_one(MARA, plan).await;
        assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
        let steps: Vec<_> = result.steps.iter().map(|step| (&step.what[..5], step.status)).collect();
        assert_eq!(
            steps[..4],
            [("GET: ", Some(200)), ("PATCH", Some(status)), ("GET: ", Some(200)), ("PATCH", Some(204))]
        );
        assert!(began.elapsed() >= Duration::from_secs(retry_after.unwrap_or_default()));
        assert_eq!(world.keys("payroll-batch").await.len(), 3);
    }
}

#[tokio::test]
async fn a_write_that_is_turned_away_every_time_is_given_up() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let busy = fault("PATCH", 409, "Directory_ConcurrencyViolation", None);
    world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![busy; 5]);
    let result = world.push_one(MARA, plan).await;
    assert_eq!((outcome(&result), code(&result)), (Outcome::Failed, "gave-up"));
    assert_eq!(world.requests("PATCH").len(), 4);
    assert_eq!(world.keys("payroll-batch").await.len(), 2);
}

#[tokio::test]
async fn a_write_that_was_turned_away_for_somebody_elses_is_merged_with_theirs() {
    let mut world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let mut keys = echo(&world.keys("payroll-batch").await);
    keys.push(TestCertificate::new("theirs").entry());
    let token = world.tenant.graph_token(TOBIAS).unwrap();
    let theirs = OnPatch::WriteElse { token, body: json!({"keyCredentials": keys}), answer: StatusCode::CONFLICT };
    let proxy = Proxy::once(world.tenant.base_url(), theirs).await;
    world.through(&proxy.base_url).await;
    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
    assert_eq!(proxy.patches(), 2);
    assert_eq!(world.keys("payroll-batch").await.len(), 4);
}

#[tokio::test]
async fn a_write_that_happened_without_a_word_is_found_and_not_sent_twice() {
    for on_patch in [OnPatch::ThenFail, OnPatch::ThenSilence] {
        let mut world =
            World::with(server::config::DeskSettings { request_timeout: Duration::from_secs(2), ..settings() }).await;
        let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
        let proxy = Proxy::start(world.tenant.base_url(), on_patch.clone()).await;
        world.through(&proxy.base_url).await;
        let result = world.push_one(MARA, plan).await;
        assert_eq!(outcome(&result), Outcome::Verified, "{on_patch:?}: {:?}", result.problem);
        assert_eq!(proxy.patches(), 1);
        assert_eq!(world.keys("payroll-batch").await.len(), 3);
        let status = if matches!(on_patch, OnPatch::ThenFail) { Some(500) } else { None };
        assert_eq!(result.steps[1].status, status);
    }
}

#[tokio::test]
async fn a_write_without_a_word_that_did_not_happen_is_made_again() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    world
        .tenant
        .set_behaviour(|behaviour| behaviour.fail_next = vec![fault("PATCH", 503, "serviceNotAvailable", None)]);
    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?}", result.problem);
    assert_eq!(world.requests("PATCH").len(), 2);
    assert_eq!(world.keys("payroll-batch").await.len(), 3);
}

#[tokio::test]
async fn a_write_without_a_word_beside_somebody_elses_is_merged_with_theirs() {
    let mut world = World::start().await;
    let mut keys = echo(&world.keys("payroll-batch").await);
    keys.push(TestCertificate::new("theirs").entry());
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let token = world.tenant.graph_token(TOBIAS).unwrap();
    let theirs =
        OnPatch::WriteElse { token, body: json!({"keyCredentials": keys}), answer: StatusCode::INTERNAL_SERVER_ERROR };
    let proxy = Proxy::once(world.tenant.base_url(), theirs).await;
    world.through(&proxy.base_url).await;
    let result = world.push_one(MARA, plan).await;
    assert_eq!(outcome(&result), Outcome::Verified, "{:?} {:?}", result.problem, result.notes);
    assert_eq!(world.keys("payroll-batch").await.len(), 4, "theirs and ours");
}

#[tokio::test]
async fn a_policy_refusal_is_explained() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    world.tenant.set_behaviour(|behaviour| {
        behaviour.fail_next = vec![fault("PATCH", 400, "CredentialInvalidLifetimeAsPerAppPolicy", None)];
    });
    let result = world.push_one(MARA, plan).await;
    assert_eq!((outcome(&result), code(&result)), (Outcome::Refused, "policy-refused"));
    assert_eq!(world.keys("payroll-batch").await.len(), 2);
}

#[tokio::test]
async fn a_push_without_a_token_sends_nothing_and_asks_for_a_sign_in() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.without_token(MARA).push(plan, "", Pace::default()).await.unwrap();
    let receipt = world.receipt(MARA, receipt).await;
    assert_eq!((receipt.progress.state, receipt.apps.items[0].stage), (RunState::NeedsSignIn, AppStage::Waiting));
    assert_eq!(world.requests("PATCH"), []);
}

#[tokio::test]
async fn what_an_own_late_write_takes_away_is_put_back() {
    let patient = server::config::DeskSettings {
        request_timeout: Duration::from_millis(500),
        late_write_bound: Duration::from_secs(6),
        ..settings()
    };
    let mut world = World::with(patient).await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let mut keys = echo(&world.keys("payroll-batch").await);
    let proxy = Proxy::once(world.tenant.base_url(), OnPatch::Late).await;
    world.through(&proxy.base_url).await;
    let others = async {
        proxy.patch_arrived().await;
        keys.push(TestCertificate::new("theirs").entry());
        world.write("payroll-batch", &json!({"keyCredentials": keys})).await;
        // Theirs, and the push's second one, which has theirs: only then comes the first.
        while world.requests("PATCH").len() < 2 {
            tokio::task::yield_now().await;
        }
        proxy.let_go();
    };
    let (result, ()) = tokio::join!(world.push_one(MARA, plan), others);
    assert_eq!(outcome(&result), Outcome::Verified, "{:?} {:?}", result.problem, result.notes);
    let notes = result.notes.join(" ");
    assert!(notes.contains("“CN=someone else”") && notes.contains("was put back"), "{notes}");
    let names: Vec<_> = world.keys("payroll-batch").await.iter().map(|key| key["displayName"].clone()).collect();
    assert_eq!((names.len(), names.contains(&json!("CN=someone else"))), (4, true), "{names:?}");
}

#[tokio::test]
async fn a_push_goes_on_when_the_person_leaves() {
    let mut world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let proxy = Proxy::start(world.tenant.base_url(), OnPatch::Hold).await;
    world.through(&proxy.base_url).await;
    let desk = world.desk(MARA);
    let request = tokio::spawn(async move { desk.push(plan, "", Pace::default()).await });
    proxy.patch_arrived().await;

    // The journal says where things stand before anything is known, and the plan cannot be pushed beside it.
    let receipt = world.plan(MARA, plan).await.receipt.unwrap();
    let open = world.receipt(MARA, receipt).await.apps.items.remove(0);
    assert_eq!(open.stage, AppStage::Working);
    let before: Value = serde_json::from_str(open.before.as_ref().unwrap()).unwrap();
    assert_eq!(before, json!(echo(&world.keys("payroll-batch").await)));
    let again = world.desk(MARA).push(plan, "", Pace::default()).await;
    assert_eq!(again.unwrap_err().code, "already-pushed");

    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    proxy.let_go();
    let finished = async {
        loop {
            let receipt = world.receipt(MARA, receipt).await;
            if receipt.finished_at.is_some() {
                return receipt;
            }
            tokio::task::yield_now().await;
        }
    };
    let receipt = tokio::time::timeout(Duration::from_secs(20), finished).await.unwrap();
    assert_eq!(outcome(&receipt.apps.items[0]), Outcome::Verified);
    assert_eq!(world.keys("payroll-batch").await.len(), 3);
}

//! A push whose sign-in has ended waits for a new one.

use crate::site::{MARA, Replica, Site, jobs, settings};
use app::contract::ports::*;
use domain::rollout::{Pace, RunState, Steer};
use local_tenant::{FaultKind, FaultRule};
use server::config::DeskSettings;
use std::sync::atomic::Ordering;
use uuid::Uuid;

#[tokio::test]
async fn waits_for_a_sign_in_and_goes_on_with_it() {
    let site = Site::start(80).await;
    let replica = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    let before = site.entries().await;
    let slow = FaultKind::Slow { milliseconds: 30 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) });
    let receipt = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    site.until(&replica, receipt, |progress| progress.verified >= 3).await;
    site.tokens.revoked.store(true, Ordering::SeqCst);
    let waiting = site.until_rests(&replica, receipt).await;
    assert_eq!(waiting.state, RunState::NeedsSignIn, "{waiting:?}");
    assert_eq!(waiting.why.as_ref().unwrap().code, "push-needs-sign-in");
    assert_eq!(waiting.failed + waiting.unverified + waiting.refused, 0, "{waiting:?}");

    site.tokens.revoked.store(false, Ordering::SeqCst);
    site.steer(&replica, receipt, Steer::Resume).await;
    let finished = site.until_rests(&replica, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 80), "{finished:?}");
    Site::assert_one_more(&before, &site.entries().await);
    replica.stop().await;
}

/// As Graph says it of a token whose person was signed out everywhere, long before it ends.
fn not_accepted() -> FaultKind {
    FaultKind::Status { status: 401, code: Some("InvalidAuthenticationToken".into()), message: None, retry_after: None }
}

/// A push to 80 apps that has verified some: two at a time, and each write takes a while.
async fn under_way(site: &Site, replica: &Replica) -> Uuid {
    let slow = FaultKind::Slow { milliseconds: 30 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) });
    let receipt = site.push(replica, MARA, &site.apps(), Pace::default()).await;
    site.until(replica, receipt, |progress| progress.verified >= 3).await;
    // Of several faults the first one strikes.
    site.tenant.clear_faults();
    receipt
}

#[tokio::test]
async fn a_token_that_graph_does_not_accept_is_renewed_once_and_the_push_goes_on() {
    for method in ["PATCH", "GET"] {
        let site = Site::start(80).await;
        let replica = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
        let before = site.entries().await;
        let receipt = under_way(&site, &replica).await;
        let once = FaultRule { method: Some(method.into()), times: Some(1), ..FaultRule::new(not_accepted()) };
        site.tenant.add_fault(once);
        let finished = site.until_rests(&replica, receipt).await;
        assert_eq!((finished.state, finished.verified), (RunState::Finished, 80), "{method}: {finished:?}");
        assert_eq!(site.tokens.renewed.load(Ordering::SeqCst), 1, "{method}");
        Site::assert_one_more(&before, &site.entries().await);
        replica.stop().await;
    }
}

#[tokio::test]
async fn where_a_renewed_token_is_not_accepted_either_it_waits_for_a_sign_in_and_loses_nothing() {
    for method in ["PATCH", "GET"] {
        let site = Site::start(80).await;
        let replica = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
        let before = site.entries().await;
        let receipt = under_way(&site, &replica).await;
        let fault = FaultRule { method: Some(method.into()), ..FaultRule::new(not_accepted()) };
        let fault = site.tenant.add_fault(fault);
        let waiting = site.until_rests(&replica, receipt).await;
        assert_eq!(waiting.state, RunState::NeedsSignIn, "{method}: {waiting:?}");
        let why = waiting.why.as_ref().unwrap();
        assert_eq!(why.code, "push-needs-sign-in");
        assert_eq!(why.advice.as_deref(), Some("Sign in, and go on with this push."));
        assert_eq!(waiting.failed + waiting.unverified + waiting.refused, 0, "{method}: {waiting:?}");
        assert!(site.tokens.renewed.load(Ordering::SeqCst) > 0, "{method}");

        assert!(site.tenant.remove_fault(fault));
        site.steer(&replica, receipt, Steer::Resume).await;
        let finished = site.until_rests(&replica, receipt).await;
        assert_eq!((finished.state, finished.verified), (RunState::Finished, 80), "{method}: {finished:?}");
        Site::assert_one_more(&before, &site.entries().await);
        replica.stop().await;
    }
}

#[tokio::test]
async fn cancelled_without_a_sign_in_says_what_it_does_not_know() {
    let site = Site::start(80).await;
    let replica = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    let slow = FaultKind::Slow { milliseconds: 30 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) });
    let receipt = site.push(&replica, MARA, &site.apps(), Pace { canary: 1, ..Pace::default() }).await;
    site.until(&replica, receipt, |progress| progress.verified >= 3).await;
    site.tokens.revoked.store(true, Ordering::SeqCst);
    let waiting = site.until_rests(&replica, receipt).await;
    assert_eq!(waiting.state, RunState::NeedsSignIn);
    site.desk(&replica, MARA).steer(receipt, Steer::Cancel).await.unwrap();
    let over = site.until(&replica, receipt, app::contract::pushes::Progress::is_over).await;
    assert_eq!(over.state, RunState::Cancelled);
    assert_eq!(over.verified + over.unverified + over.cancelled, 80, "{over:?}");
    let tokens: i64 = sqlx::query_scalar("SELECT count(*) FROM receipts WHERE tokens IS NOT NULL")
        .fetch_one(replica.store.pool())
        .await
        .unwrap();
    assert_eq!(tokens, 0);
    replica.stop().await;
}

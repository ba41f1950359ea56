//! A push whose sign-in has ended waits for a new one.

use crate::site::{MARA, Site, jobs, settings};
use app::contract::ports::*;
use app::contract::pushes::{Pace, RunState, Steer};
use local_tenant::{FaultKind, FaultRule};
use server::config::DeskSettings;
use std::sync::atomic::Ordering;

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

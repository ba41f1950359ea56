//! Pause, resume, cancel, by whom, and when it is too late.

use crate::site::{MARA, OWEN, PRIYA, Site, jobs, outcome, settings};
use app::contract::ports::*;
use domain::rollout::{Outcome, Pace, RunState, Steer};
use local_tenant::{FaultKind, FaultRule};
use serde_json::json;
use server::config::DeskSettings;
use server::graph::BudgetSettings;
use uuid::Uuid;

/// Writes take so long that a person can say something in between.
fn slow(site: &Site) -> u64 {
    let slow = FaultKind::Slow { milliseconds: 50 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) })
}

#[tokio::test]
async fn a_push_that_waits_says_behind_how_many() {
    let site = Site::start(1).await;
    let replica = site.replica_with(settings(), server::jobs::JobSettings { small: 0, ..jobs() }).await;
    let slow = FaultKind::Slow { milliseconds: 4_000 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), times: Some(1), ..FaultRule::new(slow) });
    let first = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    site.until(&replica, first, |progress| progress.working == 1).await;
    let second = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    let waits = site.until(&replica, second, |progress| progress.why.is_some()).await;
    let why = waits.why.unwrap();
    assert_eq!((waits.state, waits.working, &*why.code), (RunState::Running, 0, "waits-behind"));
    assert_eq!(why.title, "It waits behind one other push");
    assert_eq!(site.progress(&replica, first).await.why, None, "nothing is before the first");
    for push in [first, second] {
        let finished = site.until_rests(&replica, push).await;
        assert_eq!((finished.state, finished.verified, finished.why), (RunState::Finished, 1, None));
    }
    replica.stop().await;
}

#[tokio::test]
async fn paused_between_apps_and_gone_on_with() {
    let site = Site::start(40).await;
    let replica = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    let before = site.entries().await;
    slow(&site);
    let receipt = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    site.until(&replica, receipt, |progress| progress.verified >= 3).await;
    site.steer(&replica, receipt, Steer::Pause).await;
    let paused = site.until(&replica, receipt, |progress| progress.working == 0).await;
    assert_eq!(paused.state, RunState::Paused, "{paused:?}");
    assert!(paused.why.as_ref().unwrap().title.contains("Mara"), "{:?}", paused.why);
    assert!(paused.waiting > 0, "{paused:?}");
    // Nothing goes on meanwhile: what was begun has ended.
    let written = site.count("PATCH");
    assert_eq!(written, paused.done() as usize);
    assert_eq!(site.desk(&replica, MARA).steer(receipt, Steer::Pause).await.unwrap_err().code, "too-late");

    site.steer(&replica, receipt, Steer::Resume).await;
    let finished = site.until_rests(&replica, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 40));
    Site::assert_one_more(&before, &site.entries().await);
    assert_eq!(site.count("PATCH"), 40);
    let late = site.desk(&replica, MARA).steer(receipt, Steer::Cancel).await.unwrap_err();
    assert_eq!((late.status, late.code.as_str()), (409, "too-late"));
    replica.stop().await;
}

#[tokio::test]
async fn cancelled_apps_are_as_they_were() {
    let site = Site::start(40).await;
    let replica = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    slow(&site);
    let receipt = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    site.until(&replica, receipt, |progress| progress.verified >= 3).await;
    site.steer(&replica, receipt, Steer::Cancel).await;
    let cancelled = site.until(&replica, receipt, app::contract::pushes::Progress::is_over).await;
    assert_eq!((cancelled.state, cancelled.waiting, cancelled.working), (RunState::Cancelled, 0, 0));
    assert!(cancelled.cancelled > 0 && cancelled.verified >= 3, "{cancelled:?}");
    assert_eq!(cancelled.cancelled + cancelled.verified, 40);
    let entries = site.entries().await;
    for app in site.results(&replica, receipt).await {
        let expected = if outcome(&app) == Outcome::Cancelled { 1 } else { 2 };
        assert_eq!(entries[&app.object_id].len(), expected, "{app:?}");
    }
    replica.stop().await;
}

#[tokio::test]
async fn cancelled_while_it_rests() {
    let site = Site::start(6).await;
    let replica = site.replica().await;
    let pace = Pace { canary: 2, ask_between: true, ..Pace::default() };
    let receipt = site.push(&replica, MARA, &site.apps(), pace).await;
    assert_eq!(site.until_rests(&replica, receipt).await.state, RunState::Paused);
    site.steer(&replica, receipt, Steer::Cancel).await;
    let cancelled = site.until(&replica, receipt, app::contract::pushes::Progress::is_over).await;
    assert_eq!((cancelled.verified, cancelled.cancelled), (2, 4));
    replica.stop().await;
}

#[tokio::test]
async fn only_who_began_it_goes_on_with_it_and_who_may_only_look_steers_nothing() {
    let site = Site::start(4).await;
    let replica = site.replica().await;
    // Owen owns one of them at least.
    let pace = Pace { canary: 1, ask_between: true, halt_at: 100, ..Pace::default() };
    let receipt = site.push(&replica, OWEN, &site.apps(), pace).await;
    assert_eq!(site.until_rests(&replica, receipt).await.state, RunState::Paused);
    // An administrator may stop it, and not write in Owen's name.
    let refused = site.desk(&replica, MARA).steer(receipt, Steer::Resume).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (403, "not-your-push"));
    let refused = site.desk(&replica, PRIYA).steer(receipt, Steer::Cancel).await.unwrap_err();
    assert_eq!(refused.code, "read-only-role");
    let unknown = site.desk(&replica, MARA).steer(Uuid::from_u128(1), Steer::Cancel).await.unwrap_err();
    assert_eq!(unknown.code, "receipt-not-found");
    site.desk(&replica, MARA).steer(receipt, Steer::Cancel).await.unwrap();
    site.until(&replica, receipt, app::contract::pushes::Progress::is_over).await;
    let query = app::contract::audit::AuditQuery { search: String::new(), outcome: String::new(), page: 1 };
    let audit = site.desk(&replica, PRIYA).audit(&query).await.unwrap();
    let row = audit.items.iter().find(|row| row.action.as_str() == "push-cancelled").unwrap();
    assert_eq!((row.who.as_str(), row.receipt), ("Mara Lindqvist", Some(receipt)));
    replica.stop().await;
}

#[tokio::test]
async fn a_process_that_was_stopped_is_followed_by_the_next_at_once() {
    let site = Site::start(40).await;
    let before = site.entries().await;
    slow(&site);
    let first = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    let receipt = site.push(&first, MARA, &site.apps(), Pace::default()).await;
    let stopped = site.until(&first, receipt, |progress| progress.verified >= 3).await;
    assert_eq!(stopped.state, RunState::Running);
    first.stop().await;
    let next = site.replica().await;
    let finished = site.until_rests(&next, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 40), "{finished:?}");
    Site::assert_one_more(&before, &site.entries().await);
    next.stop().await;
}

#[tokio::test]
async fn apps_that_wait_for_room_are_let_go_unwritten() {
    let site = Site::start(6).await;
    let apps = site.apps();
    for app in &apps[..4] {
        site.write(*app, &json!({"signInAudience": "AzureADandPersonalMicrosoftAccount"})).await;
    }
    // Of these four, two may be written within a minute; the others may at once.
    let budget = BudgetSettings { personal_writes_per_minute: 2, share: 1.0, ..BudgetSettings::unlimited() };
    let replica = site.replica_with(DeskSettings { budget, ..settings() }, jobs()).await;
    site.tenant.clear_requests();
    let begun = std::time::Instant::now();
    let receipt = site.push(&replica, MARA, &apps, Pace::default()).await;
    let waits = site.until(&replica, receipt, |progress| progress.verified == 4).await;
    assert_eq!((waits.state, waits.working), (RunState::Running, 2), "{waits:?}");
    site.steer(&replica, receipt, Steer::Cancel).await;
    let cancelled = site.until(&replica, receipt, app::contract::pushes::Progress::is_over).await;
    assert_eq!((cancelled.verified, cancelled.cancelled), (4, 2), "{cancelled:?}");
    assert_eq!(site.count("PATCH"), 4);
    assert!(begun.elapsed() < std::time::Duration::from_secs(50), "nobody waited for the minute to end");
    replica.stop().await;
}

//! Many apps, in waves.

use crate::site::{MARA, OWEN, Site, is_good, jobs, settings};
use app::contract::ports::*;
use app::contract::pushes::ReceiptQuery;
use domain::rollout::{AppStage, Outcome, Pace, RunState, Steer};
use local_tenant::{FaultKind, FaultRule};
use server::config::DeskSettings;
use server::jobs::JobSettings;
use std::time::Duration;

#[tokio::test]
async fn sixty_apps_in_three_waves() {
    let site = Site::start(60).await;
    let replica = site.replica().await;
    let before = site.entries().await;
    let pace = Pace { canary: 5, second: 10, ..Pace::default() };
    let receipt = site.push(&replica, MARA, &site.apps(), pace).await;
    let progress = site.until_rests(&replica, receipt).await;
    assert_eq!(progress.state, RunState::Finished, "{progress:?}");
    assert_eq!((progress.waves, progress.wave), (vec![5, 6, 49], 3));
    assert_eq!((progress.verified, progress.waiting, progress.working), (60, 0, 0));
    let results = site.results(&replica, receipt).await;
    assert!(results.iter().all(|app| is_good(app) && app.undo.is_some()), "{results:#?}");
    Site::assert_one_more(&before, &site.entries().await);
    assert_eq!(site.count("PATCH"), 60, "nothing was written twice");
    let tokens: i64 = sqlx::query_scalar("SELECT count(*) FROM receipts WHERE tokens IS NOT NULL")
        .fetch_one(replica.store.pool())
        .await
        .unwrap();
    assert_eq!(tokens, 0, "the sign-in is forgotten");
    replica.stop().await;
}

#[tokio::test]
async fn a_wave_waits_for_a_person_where_that_is_wanted() {
    let site = Site::start(12).await;
    let replica = site.replica().await;
    let pace = Pace { canary: 2, second: 25, ask_between: true, ..Pace::default() };
    let receipt = site.push(&replica, MARA, &site.apps(), pace).await;
    for (wave, verified) in [(2, 2), (3, 5)] {
        let progress = site.until_rests(&replica, receipt).await;
        assert_eq!((progress.state, progress.wave, progress.verified), (RunState::Paused, wave, verified));
        assert_eq!(progress.why.unwrap().code, "wave-ended");
        assert_eq!(site.count("PATCH"), verified as usize);
        site.steer(&replica, receipt, Steer::Resume).await;
    }
    let progress = site.until_rests(&replica, receipt).await;
    assert_eq!((progress.state, progress.verified), (RunState::Finished, 12));
    replica.stop().await;
}

#[tokio::test]
async fn halts_where_too_many_do_not_end_well_and_goes_on_when_told_to() {
    let site = Site::start(30).await;
    let replica = site.replica_with(DeskSettings { parallel_apps: 1, ..settings() }, jobs()).await;
    let refused = FaultKind::Status {
        status: 403,
        code: Some("Authorization_RequestDenied".into()),
        message: None,
        retry_after: None,
    };
    let fault = site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(refused) });
    let receipt = site.push(&replica, MARA, &site.apps(), Pace { halt_at: 50, ..Pace::default() }).await;
    let progress = site.until_rests(&replica, receipt).await;
    assert_eq!((progress.state, progress.refused, progress.waiting), (RunState::Paused, 5, 25));
    let why = progress.why.unwrap();
    assert_eq!(why.code, "too-many-failures");
    assert!(why.detail.starts_with("5 of 5"), "{}", why.detail);

    assert!(site.tenant.remove_fault(fault));
    site.steer(&replica, receipt, Steer::Resume).await;
    let progress = site.until_rests(&replica, receipt).await;
    assert_eq!((progress.state, progress.refused, progress.verified), (RunState::Finished, 5, 25));
    let query = ReceiptQuery { outcome: "not-good".into(), page: 1 };
    let page = site.desk(&replica, MARA).receipt(receipt, &query).await.unwrap().apps;
    assert_eq!((page.total, page.has_next), (Some(5), false));
    assert!(page.items.iter().all(|app| app.stage == AppStage::Ended(Outcome::Refused)));
    replica.stop().await;
}

#[tokio::test]
async fn several_pushes_share_a_worker() {
    let site = Site::start(30).await;
    let replica = site.replica().await;
    let apps = site.apps();
    let mut receipts = vec![];
    for some in apps.chunks(10) {
        receipts.push(site.push(&replica, MARA, some, Pace::default()).await);
    }
    // To the same apps too: each adds a certificate of its own.
    receipts.push(site.push(&replica, MARA, &apps, Pace::default()).await);
    for receipt in receipts {
        let progress = site.until_rests(&replica, receipt).await;
        assert_eq!(progress.state, RunState::Finished);
        assert_eq!(progress.good(), progress.total(), "{progress:?}");
    }
    assert!(site.entries().await.values().all(|entries| entries.len() == 3));
    replica.stop().await;
}

#[tokio::test]
async fn pushes_that_wait_for_an_app_hold_up_nobody_else() {
    let site = Site::start(2).await;
    let jobs = JobSettings { workers: 3, patience: Duration::ZERO, ..jobs() };
    let replica = site.replica_with(settings(), jobs).await;
    let (wanted, other) = (site.apps()[0], site.apps()[1]);
    let path = format!("*/applications/{wanted}*");
    let slow = FaultKind::Slow { milliseconds: 8_000 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), path, times: Some(1), ..FaultRule::new(slow) });
    let first = site.push(&replica, MARA, &[wanted], Pace::default()).await;
    site.until(&replica, first, |progress| progress.working == 1).await;
    let mut waiting = vec![];
    for _ in 0..2 {
        waiting.push(site.push(&replica, OWEN, &[wanted], Pace::default()).await);
    }
    // All three places are taken, two of them by pushes that can do nothing yet.
    for receipt in &waiting {
        site.until(&replica, *receipt, |progress| progress.working == 1).await;
    }
    let free = site.push(&replica, MARA, &[other], Pace::default()).await;
    let finished = site.until_rests(&replica, free).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 1), "{finished:?}");
    let busy = site.progress(&replica, first).await;
    assert_eq!((busy.state, busy.working), (RunState::Running, 1), "before the app was free: {busy:?}");
    let finished = site.until_rests(&replica, first).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 1), "{finished:?}");
    for receipt in waiting {
        let finished = site.until_rests(&replica, receipt).await;
        // They went on, and Entra has refused them: the app is not his.
        assert_eq!((finished.state, finished.refused), (RunState::Finished, 1), "{finished:?}");
    }
    replica.stop().await;
}

//! Several processes of the portal on one PostgreSQL.

use crate::databases::Database;
use crate::site::{MARA, Site, is_good, jobs, settings};
use app::contract::ports::*;
use domain::rollout::{Pace, RunState, Steer};
use local_tenant::{ConcurrentWriter, FaultKind, FaultRule, WriterAction, WriterTrigger};
use server::config::DeskSettings;
use server::jobs::JobSettings;
use std::collections::BTreeSet;
use std::time::Duration;

#[tokio::test]
async fn a_push_is_worked_on_by_one_of_them_and_seen_by_all() {
    let site = Site::on(Database::postgres().await, 40).await;
    let (one, other) = (site.replica().await, site.replica().await);
    let before = site.entries().await;
    let receipt = site.push(&one, MARA, &site.apps(), Pace::default()).await;
    let finished = site.until_rests(&other, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 40));
    Site::assert_one_more(&before, &site.entries().await);
    assert_eq!(site.count("PATCH"), 40);
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn steered_by_another_than_works_on_it() {
    let site = Site::on(Database::postgres().await, 40).await;
    // Only the first one works.
    let idle = JobSettings { poll: Duration::from_mins(1), heartbeat: Duration::from_mins(1), ..jobs() };
    let one = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    let other = site.replica_with(settings(), idle).await;
    let slow = FaultKind::Slow { milliseconds: 30 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) });
    let receipt = site.push(&one, MARA, &site.apps(), Pace::default()).await;
    site.until(&other, receipt, |progress| progress.verified >= 2).await;
    site.desk(&other, MARA).steer(receipt, Steer::Pause).await.unwrap();
    let paused = site.until(&other, receipt, |progress| progress.working == 0).await;
    assert_eq!(paused.state, RunState::Paused);
    // Whoever is free goes on with it.
    site.desk(&other, MARA).steer(receipt, Steer::Resume).await.unwrap();
    let finished = site.until_rests(&one, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 40));
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn one_that_stops_is_followed_by_another() {
    let site = Site::on(Database::postgres().await, 40).await;
    let before = site.entries().await;
    let slow = FaultKind::Slow { milliseconds: 30 };
    site.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) });
    let one = site.replica_with(DeskSettings { parallel_apps: 2, ..settings() }, jobs()).await;
    let other = site.replica().await;
    let receipt = site.push(&one, MARA, &site.apps(), Pace::default()).await;
    site.until(&other, receipt, |progress| progress.verified >= 2).await;
    one.stop().await;
    let finished = site.until_rests(&other, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, 40), "{finished:?}");
    Site::assert_one_more(&before, &site.entries().await);
    other.stop().await;
}

/// Show 1. `pushes` of them at once to one app, through two replicas, while somebody else writes to it. Answers how many
/// entries had to be written again.
async fn concurrent(pushes: usize, trigger: WriterTrigger, action: WriterAction, times: Option<u32>) -> usize {
    let site = Site::on(Database::postgres().await, 1).await;
    let many = JobSettings { workers: 16, patience: Duration::ZERO, ..jobs() };
    let patient = DeskSettings { read_patience: Duration::from_mins(1), ..settings() };
    let replicas = [
        site.replica_with(patient.clone(), many.clone()).await,
        site.replica_with(patient.clone(), many.clone()).await,
    ];
    let app = site.apps()[0];
    let at_first = site.entries().await[&app].clone();
    let mut plans = vec![];
    for n in 0..pushes {
        plans.push(site.draft(&replicas[n % 2], MARA, &[app]).await);
    }
    let writer = ConcurrentWriter { application: app.uuid(), trigger, action, times };
    let writer = site.tenant.add_writer(writer).unwrap().unwrap();
    let mut receipts = vec![];
    for (n, (plan, _)) in plans.iter().enumerate() {
        receipts.push(site.desk(&replicas[n % 2], MARA).push(*plan, "", Pace::default()).await.unwrap());
    }
    for (n, receipt) in receipts.iter().enumerate() {
        let progress = site.until_rests(&replicas[n % 2], *receipt).await;
        assert_eq!(progress.state, RunState::Finished);
    }
    site.tenant.remove_writer(writer);
    let mut healed = 0;
    for (n, receipt) in receipts.iter().enumerate() {
        let results = site.results(&replicas[n % 2], *receipt).await;
        assert!(results.iter().all(is_good), "{results:#?}");
        healed +=
            results[0].notes.iter().filter(|note| note.contains("written again") || note.contains("put back")).count();
    }
    let entries = &site.entries().await[&app];
    let thumbprints: BTreeSet<_> =
        entries.iter().filter_map(|entry| entry["customKeyIdentifier"].as_str()).map(str::to_uppercase).collect();
    let theirs = entries.iter().filter(|entry| entry["displayName"].as_str().unwrap_or("").contains("writer")).count();
    let mut missing = 0;
    for (plan, _) in &plans {
        let view = site.desk(&replicas[0], MARA).plan(*plan, 1).await.unwrap();
        let wanted = view.certificates[0].sha1.hex();
        missing += usize::from(!thumbprints.contains(&wanted));
    }
    eprintln!(
        "{pushes} pushes: {} entries, {theirs} of the other writer's, {healed} healed, {missing} missing",
        entries.len()
    );
    assert_eq!(missing, 0);
    for entry in &at_first {
        assert!(entries.contains(entry), "lost {entry:#}");
    }
    for replica in replicas {
        replica.stop().await;
    }
    healed
}

const EVERY_SECOND: WriterTrigger = WriterTrigger::Every { seconds: 1 };

#[tokio::test]
async fn thirty_pushes_to_one_app_beside_another_writer() {
    concurrent(30, EVERY_SECOND, WriterAction::Append, None).await;
}

/// It writes what it read before a write of ours, and its own entry: ours is lost each time.
#[tokio::test]
async fn what_a_blind_writer_overwrites_is_written_again() {
    let healed = concurrent(12, WriterTrigger::AfterWrite, WriterAction::BlindAppend, Some(4)).await;
    assert!(healed > 0, "nothing was overwritten");
}

/// Takes minutes.
#[tokio::test]
#[ignore = "takes minutes; run by hand or by make bench"]
async fn two_hundred_pushes_to_one_app_beside_another_writer() {
    concurrent(200, EVERY_SECOND, WriterAction::Append, None).await;
}

//! What the portal sends while Graph has had enough. The tenant's own log says when requests came in.

use crate::world::{MARA, World, settings};
use app::contract::ports::*;
use domain::ids::ObjectId;
use domain::rollout::PushMode;
use local_tenant::{Fault, Throttle};
use server::config::DeskSettings;
use server::graph::{BudgetSettings, Retry};
use time::Duration;

#[tokio::test]
async fn nothing_comes_in_before_retry_after_has_passed() {
    let world = World::start().await;
    let pause = Duration::seconds(2);
    world.tenant.set_behaviour(|behaviour| {
        behaviour.fail_next = vec![Fault {
            method: "GET".into(),
            path_contains: "/applications/".into(),
            status: 429,
            code: "TooManyRequests".into(),
            retry_after: Some(2),
        }];
    });
    let mara = world.desk(MARA);
    let first = mara.app(world.id("payroll-batch"));
    let others = async {
        // Only once the 429 is there: what is under way by then cannot be called back.
        while !world.tenant.requests().iter().any(|request| request.status == 429) {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let apps = ["payslip-mailer", "invoice-archive", "gdpr-export", "treasury-feed"].map(|app| world.id(app));
        let desks = apps.map(|app| (world.desk(MARA), app));
        let mut set = tokio::task::JoinSet::new();
        for (desk, app) in desks {
            set.spawn(async move { desk.app(app).await });
        }
        set.join_all().await
    };
    let (first, others) = tokio::join!(first, others);
    assert!(first.is_ok() && others.iter().all(Result::is_ok), "{first:?} {others:?}");
    let log = world.tenant.requests();
    let refused = log.iter().find(|request| request.status == 429).unwrap().at;
    // The first page asks for three things at once: those two were under way.
    let early: Vec<_> = log
        .iter()
        .filter(|request| request.at > refused + Duration::milliseconds(90) && request.at < refused + pause)
        .collect();
    assert!(early.is_empty(), "{early:?}");
    assert!(log.iter().filter(|request| request.at >= refused + pause).count() >= 5, "writes and reads went on later");
}

#[tokio::test]
async fn a_bulk_push_runs_under_the_limits_instead_of_into_them() {
    // A tenant with a hundredth of Graph's limits, and a portal that knows: 35 units in ten seconds.
    let budget = BudgetSettings { units_per_10_seconds: 35, writes_per_150_seconds: 30, ..BudgetSettings::default() };
    let world = World::with(DeskSettings { budget, ..settings() }).await;
    world.tenant.set_behaviour(|behaviour| behaviour.throttle = Throttle::Scaled(0.01));
    let names: Vec<String> = world.tenant.applications().into_iter().take(14).map(|app| app.display_name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let begun = std::time::Instant::now();
    let plan = world.draft(MARA, &names, PushMode::Append).await;
    let id = world.push(MARA, plan).await.id;
    // It takes longer than a person is made to wait for the page.
    let mut changes = world.state.notifier().changes();
    let over = async {
        loop {
            let receipt = world.receipt(MARA, id).await;
            if receipt.progress.is_over() {
                break receipt;
            }
            changes.changed().await.unwrap();
        }
    };
    let receipt = tokio::time::timeout(std::time::Duration::from_mins(2), over).await.unwrap();
    assert_eq!(receipt.progress.verified, 14, "{:?}", receipt.progress);
    let log = world.tenant.requests();
    let refused = log.iter().filter(|request| request.status == 429).count();
    assert_eq!(refused, 0);
    assert!(begun.elapsed() >= std::time::Duration::from_secs(9), "{:?}: the limit was never near", begun.elapsed());
    // Waiting for room comes before the read that a write rests on, not between the two.
    for write in log.iter().filter(|request| request.method == "PATCH") {
        let app = write.path.rsplit('/').next().unwrap();
        let of_app = log.iter().filter(|request| request.method == "GET" && request.path.contains(app));
        let read = of_app.map(|request| request.at).filter(|at| *at < write.at).max().unwrap();
        assert!(write.at - read < Duration::seconds(4), "{}: read at {read}, written at {}", write.path, write.at);
    }
}

#[tokio::test]
async fn a_portal_that_runs_into_the_limits_stands_still_until_it_may_go_on() {
    // It knows of no limits, so that Graph has to say when it is enough.
    let world = World::with(DeskSettings {
        budget: BudgetSettings::unlimited(),
        retry: Retry { attempts: 4, first_pause: 0.01, longest_pause: 15.0 },
        ..settings()
    })
    .await;
    world.tenant.set_behaviour(|behaviour| behaviour.throttle = Throttle::Scaled(0.01));
    let ids: Vec<_> = world.tenant.applications().into_iter().take(12).map(|app| ObjectId::new(app.id)).collect();
    let mut set = tokio::task::JoinSet::new();
    for id in ids {
        let desk = world.desk(MARA);
        set.spawn(async move { desk.states(id, 1).await.map(drop) });
    }
    for done in set.join_all().await {
        done.unwrap();
    }
    for id in world.tenant.applications().into_iter().take(24).map(|app| ObjectId::new(app.id)) {
        world.desk(MARA).states(id, 1).await.unwrap();
    }
    let log = world.tenant.requests();
    let refused: Vec<_> = log.iter().filter(|request| request.status == 429).collect();
    assert!(!refused.is_empty(), "36 reads are more than 35 units");
    // A window begins with its first request, lasts ten seconds, and Retry-After leads to its end.
    let first = log.iter().map(|request| request.at).min().unwrap();
    let end = first + Duration::seconds(10);
    let told = refused.iter().map(|request| request.at).min().unwrap();
    let early: Vec<_> =
        log.iter().filter(|request| request.at > told + Duration::milliseconds(250) && request.at < end).collect();
    assert!(told < end && early.is_empty(), "{told} {end} {early:?}");
    assert!(log.iter().any(|request| request.at >= end && request.status == 200));
}

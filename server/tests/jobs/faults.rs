//! Bulk pushes while a part of all requests fails, and while Graph throttles.

use crate::site::{MARA, Site, is_good, jobs, settings};
use domain::rollout::{Pace, RunState};
use local_tenant::{FaultKind, FaultMoment, FaultRule, Throttle};
use server::config::DeskSettings;
use server::graph::BudgetSettings;

/// A fifth of the requests fails, in all the ways there are.
fn mixed_faults(site: &Site) {
    let status = |status, retry_after| FaultKind::Status { status, code: None, message: None, retry_after };
    let rules = [
        (status(503, None), FaultMoment::Before),
        (status(500, None), FaultMoment::After),
        (status(429, Some(1)), FaultMoment::Before),
        (status(409, None), FaultMoment::Before),
        (FaultKind::Reset, FaultMoment::Before),
        (FaultKind::Reset, FaultMoment::After),
    ];
    for (seed, (kind, when)) in (1..).zip(rules) {
        let rate = if matches!(kind, FaultKind::Status { status: 429, .. }) { 0.01 } else { 0.038 };
        let path = "/v1.0/applications*".into();
        site.tenant.add_fault(FaultRule { path, when, rate, seed, ..FaultRule::new(kind) });
    }
    // One at least, whatever chance does.
    let path = "/v1.0/applications*".into();
    site.tenant.add_fault(FaultRule { path, skip: 20, times: Some(1), ..FaultRule::new(status(429, Some(1))) });
}

/// Show 3.
async fn faulty(apps: u32, throttle: Throttle) {
    let site = Site::start(apps).await;
    let settings = DeskSettings { budget: BudgetSettings::default(), ..settings() };
    let replica = site.replica_with(settings, jobs()).await;
    let before = site.entries().await;
    let (plan, _) = site.draft(&replica, MARA, &site.apps()).await;
    site.tenant.clear_requests();
    mixed_faults(&site);
    site.tenant.set_behaviour(|behaviour| behaviour.throttle = throttle);
    let pace = Pace { halt_at: 100, ..Pace::default() };
    let receipt = app::contract::pushes::PushesPort::push(&site.desk(&replica, MARA), plan, "", pace).await.unwrap();
    let progress = site.until_rests(&replica, receipt).await;
    site.tenant.clear_faults();
    site.tenant.set_behaviour(|behaviour| behaviour.throttle = Throttle::Off);
    assert_eq!(progress.state, RunState::Finished, "{progress:?}");
    let requests = site.tenant.requests();
    let failed = requests.iter().filter(|request| request.status == 0 || request.status >= 400).count();
    eprintln!("{apps} apps: {} requests, {failed} of them failed; {progress:?}", requests.len());
    assert!(failed * 10 >= requests.len(), "too few faults to say anything");

    // Each 429 asked for a second at least; what was on its way when it came is not held against anybody, on a machine that has
    // much to do. Who does not wait sends requests all the time, so later as well.
    let on_its_way = time::Duration::milliseconds(500);
    let throttled: Vec<_> = requests.iter().filter(|request| request.status == 429).map(|request| request.at).collect();
    assert!(!throttled.is_empty());
    for request in &requests {
        let too_soon =
            |at: &time::OffsetDateTime| (on_its_way..time::Duration::milliseconds(950)).contains(&(request.at - *at));
        assert!(!throttled.iter().any(too_soon), "{request:?} came too soon after a 429");
    }

    let after = site.entries().await;
    for app in site.results(&replica, receipt).await {
        let (old, new) = (&before[&app.object_id], &after[&app.object_id]);
        for entry in old {
            assert!(new.contains(entry), "{} lost {entry:#}", app.display_name);
        }
        if is_good(&app) {
            assert_eq!(new.len(), old.len() + 1, "{app:#?}");
        } else {
            assert!(app.problem.is_some(), "a failure has a cause: {app:#?}");
            assert!(new.len() <= old.len() + 1, "{app:#?}");
        }
    }
    assert!(progress.good() * 100 >= progress.total() * 98, "{progress:?}");
    replica.stop().await;
}

#[tokio::test]
async fn a_fifth_of_all_requests_fails() {
    faulty(60, Throttle::Off).await;
}

/// Takes minutes.
#[tokio::test]
#[ignore = "takes minutes; run by hand or by make bench"]
async fn a_thousand_apps_under_faults_and_real_throttling() {
    faulty(1_000, Throttle::Real).await;
}

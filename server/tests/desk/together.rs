//! Apps that are read together in one request, and what of it goes wrong for one of them.

use crate::world::{MARA, World, code, outcome, settings};
use app::contract::pushes::Receipt;
use domain::rollout::{Outcome, PushMode};
use local_tenant::{FaultKind, FaultRule};
use reqwest::Method;
use serde_json::Value;
use server::config::DeskSettings;

const APPS: [&str; 6] =
    ["payroll-batch", "payroll-export", "payslip-mailer", "invoice-archive", "gdpr-export", "treasury-feed"];

/// Reads of single apps, and of several.
fn reads(world: &World) -> (usize, usize) {
    let reads = world.requests("GET");
    let count = |start: &str| reads.iter().filter(|(path, _)| path.starts_with(start)).count();
    (count("/v1.0/applications/"), count("/v1.0/applications?"))
}

fn all_verified(receipt: &Receipt) {
    for app in &receipt.apps.items {
        assert_eq!(outcome(app), Outcome::Verified, "{}: {:?}", app.display_name, app.problem);
    }
}

#[tokio::test]
async fn a_preview_and_a_push_read_their_apps_together() {
    let world = World::start().await;
    let plan = world.draft(MARA, &APPS, PushMode::Append).await;
    assert_eq!(reads(&world), (0, 1), "a preview");
    let receipt = world.push(MARA, plan).await;
    all_verified(&receipt);
    let (alone, together) = reads(&world);
    // A write rests on a read of its app alone. The three after it are of several apps as a rule: one that falls behind the
    // others is read by itself.
    assert!(alone >= APPS.len() && alone + together < 1 + 4 * APPS.len() - 3, "{alone} alone, {together} together");
    assert!(together >= 4, "{together}");
    let log = world.tenant.requests();
    for write in log.iter().filter(|request| request.method == "PATCH") {
        let id = write.path.rsplit('/').next().unwrap();
        let before = log.iter().rfind(|request| request.at < write.at && request.path.contains(id)).unwrap();
        assert_eq!((before.method.as_str(), &before.path), ("GET", &write.path));
    }
}

#[tokio::test]
async fn each_is_read_by_itself_where_that_is_set() {
    let world = World::with(DeskSettings { apps_in_one_read: 1, ..settings() }).await;
    let plan = world.draft(MARA, &APPS, PushMode::Append).await;
    let receipt = world.push(MARA, plan).await;
    all_verified(&receipt);
    let (alone, together) = reads(&world);
    assert_eq!(together, 1, "the preview's");
    assert_eq!(alone, 4 * APPS.len());
}

#[tokio::test]
async fn where_lists_are_refused_each_is_read_by_itself() {
    let world = World::start().await;
    let refused = FaultKind::Status { status: 403, code: None, message: None, retry_after: None };
    world.tenant.add_fault(FaultRule { path: "*/applications?*filter=id*".into(), ..FaultRule::new(refused) });
    let plan = world.draft(MARA, &APPS, PushMode::Append).await;
    let receipt = world.push(MARA, plan).await;
    all_verified(&receipt);
    let refused = world.requests("GET").into_iter().filter(|(_, status)| *status == 403).count();
    assert!(refused > 1, "{refused}");
}

#[tokio::test]
async fn an_app_that_is_gone_does_no_harm_to_those_read_with_it() {
    let world = World::start().await;
    let gone = APPS[2];
    let plan = world.draft(MARA, &APPS, PushMode::Append).await;
    let token = world.tenant.graph_token(MARA).unwrap();
    world.graph(&token, Method::DELETE, &format!("applications/{}", world.id(gone)), &Value::Null).await;
    let receipt = world.push(MARA, plan).await;
    for app in &receipt.apps.items {
        if app.display_name == gone {
            assert_eq!(outcome(app), Outcome::ChangedSincePreview, "{:?}", app.problem);
            assert_eq!(code(app), "app-not-found", "{:?}", app.problem);
            assert_eq!(app.steps[0].status, Some(404), "its own answer, and not the list's");
        } else {
            assert_eq!(outcome(app), Outcome::Verified, "{}: {:?}", app.display_name, app.problem);
        }
    }
}

//! Previews: what they take, whose they are, how often they are pushed.

use crate::world::{DANIEL, MARA, OWEN, PRIYA, TOBIAS, TestCertificate, World, add, outcomes};
use app::contract::plans::{Chosen, MAX_APPS_PER_PLAN, PlanRequest};
use app::contract::ports::*;
use domain::ids::ObjectId;
use domain::rollout::{Outcome, Pace, PushMode};
use domain::thumbprint::Sha256Thumbprint;
use serde_json::{Value, json};
use uuid::Uuid;

fn request(certificate: Sha256Thumbprint, apps: Vec<ObjectId>, display_name: &str) -> PlanRequest {
    add(vec![certificate], Chosen::These(apps), PushMode::Append, display_name)
}

#[tokio::test]
async fn shows_the_body_that_would_be_sent() {
    let world = World::start().await;
    let sha256 = world.upload(OWEN, &TestCertificate::new("shown")).await;
    let (one, gone) = (world.id("payroll-batch"), ObjectId::new(Uuid::from_u128(7)));
    let plan = world.desk(OWEN).draft_plan(&request(sha256, vec![one, gone, one], "  payroll 2027 ")).await.unwrap();
    let plan = world.plan(OWEN, plan).await;
    assert_eq!((plan.apps.items.len(), plan.display_name.as_str(), plan.receipt), (2, "payroll 2027", None));

    let change = plan.apps.items[0].change.as_ref().unwrap();
    let body: Value = serde_json::from_str(&change.body).unwrap();
    let sent = body["keyCredentials"].as_array().unwrap();
    assert_eq!(sent.len(), 3);
    assert_eq!((&sent[2]["displayName"], &sent[2]["keyId"]), (&json!("payroll 2027"), &json!(change.key_ids[0])));
    assert!(change.commands.rest.contains(&format!("/v1.0/applications/{one}")));
    // One app that cannot be read takes nothing from the others.
    assert_eq!(plan.apps.items[1].change.as_ref().unwrap_err().code, "app-not-found");
    assert_eq!(world.requests("PATCH"), []);

    let receipt = world.push(OWEN, plan.id).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified, Outcome::Failed]);
}

#[tokio::test]
async fn refuses_what_cannot_be_planned() {
    let world = World::start().await;
    let sha256 = world.upload(OWEN, &TestCertificate::new("x")).await;
    let desk = world.desk(OWEN);
    let app = world.id("payroll-batch");
    let code = async |apps, name: &str| desk.draft_plan(&request(sha256, apps, name)).await.unwrap_err().code;
    assert_eq!(code(vec![], "").await, "no-apps");
    let many = (0..=MAX_APPS_PER_PLAN as u128).map(|n| ObjectId::new(Uuid::from_u128(n))).collect();
    assert_eq!(code(many, "").await, "too-many-apps");
    assert_eq!(code(vec![app], &"x".repeat(91)).await, "display-name");
    assert!(desk.draft_plan(&request(sha256, vec![app], &"x".repeat(90))).await.is_ok());
    let unknown = Sha256Thumbprint::of(b"nothing");
    assert_eq!(desk.draft_plan(&request(unknown, vec![app], "")).await.unwrap_err().code, "certificate-not-found");
}

#[tokio::test]
async fn a_plan_is_its_makers_alone() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    for upn in [MARA, TOBIAS] {
        assert_eq!(world.desk(upn).plan(plan, 1).await.unwrap_err().code, "plan-not-found");
        assert_eq!(world.desk(upn).push(plan, "", Pace::default()).await.unwrap_err().code, "plan-not-found");
    }
    assert_eq!(world.requests("PATCH"), []);
    assert_eq!(outcomes(&world.push(OWEN, plan).await), [Outcome::Verified]);
}

#[tokio::test]
async fn a_plan_is_pushed_once() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.push(MARA, plan).await;
    let problem = world.desk(MARA).push(plan, "", Pace::default()).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (409, "already-pushed"));
    assert_eq!(world.plan(MARA, plan).await.receipt, Some(receipt.id));
    assert_eq!(world.requests("PATCH").len(), 1);
}

#[tokio::test]
async fn of_two_pushes_of_one_plan_at_once_one_wins() {
    let world = World::start().await;
    let plan = world.draft(MARA, &["payroll-batch", "payslip-mailer"], PushMode::Append).await;
    let desks: Vec<_> = (0..5).map(|_| world.desk(MARA)).collect();
    let mut set = tokio::task::JoinSet::new();
    for desk in desks {
        set.spawn(async move { desk.push(plan, "", Pace::default()).await });
    }
    let results = set.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|problem| problem.code == "already-pushed"));
    assert_eq!(world.requests("PATCH").len(), 2);
}

#[tokio::test]
async fn roles_decide_what_is_offered() {
    let world = World::start().await;
    let certificate = TestCertificate::new("roles");
    let sha256 = world.upload(OWEN, &certificate).await;
    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    let asked = request(sha256, vec![world.id("payroll-batch")], "");

    let nobody = world.nobody();
    assert_eq!(nobody.viewer().await.unwrap(), None);
    assert_eq!(nobody.overview().await.unwrap_err().status, 401);
    assert_eq!(nobody.keep_certificate(certificate.pem.as_bytes()).await.unwrap_err().status, 401);
    assert_eq!(nobody.push(plan, "", Pace::default()).await.unwrap_err().status, 401);

    let without_role = world.desk(DANIEL);
    assert!(without_role.viewer().await.unwrap().is_some());
    for code in [
        without_role.overview().await.unwrap_err().code,
        without_role.certificate(sha256).await.unwrap_err().code,
        without_role.app(world.id("payroll-batch")).await.unwrap_err().code,
        without_role.draft_plan(&asked).await.unwrap_err().code,
    ] {
        assert_eq!(code, "no-role");
    }

    let auditor = world.desk(PRIYA);
    assert!(auditor.certificate(sha256).await.is_ok());
    assert!(auditor.app(world.id("payroll-batch")).await.is_ok());
    for problem in [
        auditor.keep_certificate(certificate.pem.as_bytes()).await.unwrap_err(),
        auditor.draft_plan(&asked).await.unwrap_err(),
        auditor.push(plan, "", Pace::default()).await.unwrap_err(),
    ] {
        assert_eq!((problem.status, problem.code.as_str()), (403, "read-only-role"));
    }
    assert_eq!(world.requests("PATCH"), []);
}

//! What one person may have, and how large it may be: somebody who wants it all gets a clear answer.

use crate::world::{MARA, OWEN, TestCertificate, World, outcomes, settings};
use app::contract::plans::{Chosen, PlanRequest};
use app::contract::ports::*;
use domain::rollout::{Outcome, Pace, PushMode};
use server::config::{DeskSettings, Quotas};
use std::time::{Duration, Instant};

async fn world(quotas: Quotas) -> World {
    World::with(DeskSettings { quotas, ..settings() }).await
}

fn add(certificates: Vec<domain::thumbprint::Sha256Thumbprint>, world: &World, apps: &[&str]) -> PlanRequest {
    PlanRequest::Add {
        certificates,
        apps: Chosen::These(apps.iter().map(|name| world.id(name)).collect()),
        mode: PushMode::Append,
        display_name: String::new(),
        overlap_days: 0,
    }
}

#[tokio::test]
async fn a_certificate_has_sixteen_kibibytes_at_most() {
    let world = world(Quotas::default()).await;
    let large = TestCertificate::new(&"x".repeat(20_000));
    assert!(large.der.len() > 16 * 1024);
    let problem = world.desk(OWEN).keep_certificate(large.pem.as_bytes()).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (422, "unreadable-certificate"), "{problem}");
    assert!(problem.detail.contains("16 KiB"), "{problem}");
    // Subject and issuer both have the name.
    let below = TestCertificate::new(&"x".repeat(7_000));
    assert!((14_000..16 * 1024).contains(&below.der.len()));
    world.desk(OWEN).keep_certificate(below.pem.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn certificates_are_counted_by_person() {
    let world = world(Quotas { certificates: 2, ..Quotas::default() }).await;
    let first = TestCertificate::new("first");
    world.upload(OWEN, &first).await;
    world.upload(OWEN, &TestCertificate::new("second")).await;
    let third = TestCertificate::new("third");
    let problem = world.desk(OWEN).keep_certificate(third.pem.as_bytes()).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (429, "too-many-certificates-kept"), "{problem}");
    world.upload(OWEN, &first).await;
    world.upload(MARA, &third).await;
}

#[tokio::test]
async fn of_previews_that_nobody_pushed_the_newest_stay() {
    let world = world(Quotas { previews: 2, ..Quotas::default() }).await;
    let sha256 = world.upload(MARA, &TestCertificate::new("many previews")).await;
    let mut plans = vec![];
    for _ in 0..4 {
        let request = add(vec![sha256], &world, &["payroll-batch"]);
        plans.push(world.desk(MARA).draft_plan(&request).await.unwrap());
    }
    let there = async |plan| world.desk(MARA).plan(plan, 1).await.is_ok();
    assert_eq!((there(plans[0]).await, there(plans[1]).await), (false, false));
    assert_eq!((there(plans[2]).await, there(plans[3]).await), (true, true));
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM plan_apps").fetch_one(world.store.pool()).await.unwrap();
    assert_eq!(kept, 2);
}

#[tokio::test]
async fn a_preview_has_its_bound() {
    let world = world(Quotas { preview_mib: 0, ..Quotas::default() }).await;
    let sha256 = world.upload(MARA, &TestCertificate::new("too much")).await;
    let problem = world.desk(MARA).draft_plan(&add(vec![sha256], &world, &["payroll-batch"])).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (422, "preview-too-large"), "{problem}");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM plans").fetch_one(world.store.pool()).await.unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_preview_keeps_each_certificate_once() {
    let world = world(Quotas::default()).await;
    let apps = ["payroll-batch", "payslip-mailer", "payroll-export"];
    let certificates = [TestCertificate::new("one"), TestCertificate::new("other")];
    let mut uploaded = vec![];
    for certificate in &certificates {
        uploaded.push(world.upload(MARA, certificate).await);
    }
    let plan = world.desk(MARA).draft_plan(&add(uploaded, &world, &apps)).await.unwrap();
    let count =
        async |sql: &'static str| -> i64 { sqlx::query_scalar(sql).fetch_one(world.store.pool()).await.unwrap() };
    assert_eq!(count("SELECT count(*) FROM plan_keys").await, 2);
    let key = count("SELECT max(length(key)) FROM plan_keys").await;
    assert!(key > 500, "{key}");
    let with_one = "SELECT count(*) FROM plan_apps WHERE EXISTS
        (SELECT 1 FROM plan_keys k WHERE plan_apps.merge LIKE '%' || k.key || '%')";
    assert_eq!(count(with_one).await, 0, "no app's plan has one in it");
    // Nothing is lost by it.
    let receipt = world.desk(MARA).push(plan, "", Pace::default()).await.unwrap();
    assert_eq!(outcomes(&world.receipt(MARA, receipt).await), [Outcome::Verified; 3]);
}

#[tokio::test]
async fn pushes_that_have_not_ended_are_counted() {
    let world = world(Quotas { open_pushes: 1, ..Quotas::default() }).await;
    let sha256 = world.upload(MARA, &TestCertificate::new("twice")).await;
    let apps = ["payroll-batch", "payslip-mailer"];
    let pace = Pace { canary: 1, ask_between: true, ..Pace::default() };
    let mut plans = vec![];
    for _ in 0..2 {
        plans.push(world.desk(MARA).draft_plan(&add(vec![sha256], &world, &apps)).await.unwrap());
    }
    world.desk(MARA).push(plans[0], "", pace).await.unwrap();
    let problem = world.desk(MARA).push(plans[1], "", pace).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (429, "too-many-open-pushes"), "{problem}");
    assert!(world.desk(MARA).plan(plans[1], 1).await.unwrap().receipt.is_none(), "the preview is still there");
}

/// 58,254 lines that begin a certificate: the reader once looked at each against all others.
#[tokio::test]
async fn hard_text_holds_up_nobody_else() {
    let world = world(Quotas::default()).await;
    let hard = "-----BEGIN CERTIFICATE-----\n".repeat(37_000);
    let begun = Instant::now();
    let (desk, mut longest) = (world.desk(OWEN), Duration::ZERO);
    let reading = desk.keep_certificate(hard.as_bytes());
    tokio::pin!(reading);
    let refused = loop {
        let looked = Instant::now();
        tokio::select! {
            refused = &mut reading => break refused,
            () = tokio::time::sleep(Duration::from_millis(1)) => longest = longest.max(looked.elapsed()),
        }
    };
    let took = begun.elapsed();
    assert_eq!(refused.unwrap_err().code, "unreadable-certificate");
    // On one thread: a parser that blocks it lets no timer run before it has ended.
    assert!(longest * 2 < took || took < Duration::from_millis(40), "of {took:?} nothing else ran for {longest:?}");
}

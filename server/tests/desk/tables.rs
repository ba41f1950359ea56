//! Previews out of CSV.

use crate::world::{MARA, TestCertificate, World, outcomes};
use app::contract::plans::PlanRequest;
use app::contract::ports::*;
use domain::rollout::{Outcome, PushMode};
use domain::thumbprint::Thumbprint;

#[tokio::test]
async fn each_line_goes_to_its_app() {
    let world = World::start().await;
    let (one, two, three) = (TestCertificate::new("one"), TestCertificate::new("two"), TestCertificate::new("three"));
    let sha256 = world.upload(MARA, &one).await;
    world.upload(MARA, &two).await;
    let csv = format!(
        "display_name,APP,Certificate\nnamed,payroll-batch,{}\n,{},{}\n,{},\"{}\"\n",
        sha256.hex(),
        world.app_id("payroll-batch"),
        Thumbprint::of(&two.der).hex(),
        world.id("payslip-mailer"),
        three.pem
    );
    let plan = world.desk(MARA).draft_plan(&PlanRequest::Table { csv }).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert_eq!((view.mode, view.certificates.len(), view.sum.added), (PushMode::Table, 3, 3));
    assert_eq!(view.apps.items.len(), 2);
    let receipt = world.push(MARA, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified; 2]);
    let keys = world.keys("payroll-batch").await;
    assert_eq!(keys.iter().filter(|key| key["displayName"] == "named").count(), 1);
    assert!(keys.iter().any(|key| key["key"] == two.entry()["key"]));
    assert!(world.keys("payslip-mailer").await.iter().any(|key| key["key"] == three.entry()["key"]));
}

#[tokio::test]
async fn every_bad_line_is_named_and_nothing_is_taken() {
    let world = World::start().await;
    let sha256 = world.upload(MARA, &TestCertificate::new("one")).await;
    let csv = format!(
        "app,certificate\npayroll-batch,{0}\nno such app,{0}\npayroll-batch,{0}\npayroll-batch,{1}\n",
        sha256.hex(),
        "A".repeat(40)
    );
    let problem = world.desk(MARA).draft_plan(&PlanRequest::Table { csv }).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (422, "bad-table"));
    let lines: Vec<&str> = problem.detail.lines().collect();
    assert_eq!(lines.len(), 3, "{problem}");
    assert!(lines[0].starts_with("Line 3: there is no app “no such app”"), "{problem}");
    assert!(lines[1].starts_with("Line 4: it says the same"), "{problem}");
    assert!(lines[2].starts_with("Line 5: nobody uploaded"), "{problem}");
    for csv in ["", "app\nx\n", "a,b\n1,2\n"] {
        let problem = world.desk(MARA).draft_plan(&PlanRequest::Table { csv: csv.into() }).await.unwrap_err();
        assert_eq!(problem.status, 422, "{csv:?}: {problem}");
    }
}

//! What a person cannot change is said before they begin, and by whom it could be done.

use crate::certificates::TestCertificate;
use crate::support::{Browser, TestPortal};
use reqwest::StatusCode;

const BADGE: &str = "Not yours to change";

fn app(portal: &TestPortal, name: &str) -> String {
    portal.tenant.applications().into_iter().find(|app| app.display_name == name).unwrap().id.to_string()
}

/// Where a form leads.
async fn to(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> String {
    let page = browser.stay().submit(path, form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.body);
    page.header("location").to_owned()
}

#[tokio::test]
async fn an_app_of_others_names_who_can_change_it() {
    let portal = TestPortal::start().await;
    let (foreign, own) = (app(&portal, "payroll-batch"), app(&portal, "hr-onboarding-api"));
    let mut leila = portal.signed_in("leila.haddad").await;
    let page = leila.get(&format!("/apps/{foreign}")).await.body;
    assert!(page.contains("You cannot change this app"), "{page}");
    assert!(page.contains("Ask its owner, Owen Carter, or an Application Administrator"), "{page}");
    assert!(!page.contains("button--primary"), "nothing is offered that Entra would refuse");
    // She is one of the two owners of this one.
    let page = leila.get(&format!("/apps/{own}")).await.body;
    assert!(!page.contains("You cannot change this app"), "{page}");
    // By a directory role for every app, as the sign-in has it.
    let mut tobias = portal.signed_in("tobias.renner").await;
    assert!(!tobias.get(&format!("/apps/{foreign}")).await.body.contains("You cannot change this app"));
}

#[tokio::test]
async fn the_picker_and_the_preview_mark_it() {
    let portal = TestPortal::start().await;
    let (foreign, own) = (app(&portal, "payroll-batch"), app(&portal, "hr-onboarding-api"));
    let mut leila = portal.signed_in("leila.haddad").await;
    let pem = TestCertificate::new("rights").pem;
    let certificate = to(&mut leila, "/api/keep-certificate", &[("text", &pem), ("app", "")]).await;
    let sha256 = certificate.split(['/', '?']).nth(2).unwrap().to_owned();
    let marked = leila.get(&format!("/certificates/{sha256}/apps?scope=all&q=payroll-batch")).await.body;
    assert_eq!(marked.matches(BADGE).count(), 1, "{marked}");
    let hers = leila.get(&format!("/certificates/{sha256}/apps?scope=all&q=hr-onboarding-api")).await.body;
    assert_eq!(hers.matches(BADGE).count(), 0, "{hers}");

    let mut preview = async |app: &str| {
        let form = [("certificate[]", sha256.as_str()), ("app[]", app), ("mode", "append")];
        let plan = to(&mut leila, "/api/draft-plan", &form).await;
        leila.get(&plan).await.body
    };
    let page = preview(&foreign).await;
    assert!(page.contains(BADGE) && page.contains("Entra will refuse this, as far as your sign-in shows"), "{page}");
    assert!(page.contains("push all the same"), "{page}");
    let page = preview(&own).await;
    assert!(!page.contains(BADGE) && !page.contains("push all the same"), "{page}");
}

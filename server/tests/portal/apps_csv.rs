//! The list of apps as a file.

use crate::support::TestPortal;
use reqwest::StatusCode;
use server::config::Rate;

#[tokio::test]
async fn a_file_with_every_app_that_the_list_finds() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let page = browser.get("/apps.csv?scope=all").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.header("content-type").starts_with("text/csv"));
    assert!(page.header("content-disposition").contains("apps.csv"));
    assert_eq!(page.header("cache-control"), "no-store");
    for app in portal.tenant.applications() {
        assert!(page.body.contains(&app.id.to_string()), "{}", app.display_name);
    }
    assert!(page.body.starts_with("client_id,app,object_id,secrets,key_id,entry,usage,thumbprint,start,end\r\n"));
    let found = browser.get("/apps.csv?scope=all&q=payroll").await.body;
    assert!(found.lines().count() > 1 && found.lines().skip(1).all(|line| line.contains("payroll")), "{found}");
}

#[tokio::test]
async fn it_is_for_people_with_a_role_and_not_without_end() {
    let portal = TestPortal::start_with(|config| config.limits.upload = Rate { per_minute: 1, burst: 3 }).await;
    assert_eq!(portal.browser().get("/apps.csv").await.status, StatusCode::UNAUTHORIZED);
    let mut without = portal.browser();
    assert_eq!(portal.sign_in(&mut without, "daniel.novak", "/apps").await.status, StatusCode::FORBIDDEN);
    assert_eq!(without.get("/apps.csv").await.status, StatusCode::FORBIDDEN);
    let mut owner = portal.signed_in("owen.carter").await;
    assert_eq!(owner.get("/apps.csv?scope=mine").await.status, StatusCode::OK);
    assert_eq!(owner.get("/apps.csv?scope=mine").await.status, StatusCode::TOO_MANY_REQUESTS);
}

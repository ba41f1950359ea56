//! A role that was taken away counts within minutes; and who has none has no tokens here.

use crate::support::{Browser, COOKIE_NAME, Page, TestPortal, Watch};
use local_tenant::{FaultKind, FaultRule};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::Surroundings;
use server::config::{InventoryRead, TokenKey};
use server::entra::Tokens;
use server::entropy::OsEntropy;
use server::session::Sealer;
use std::sync::Arc;
use time::Duration;

const AUDITOR: &str = "priya.raman";
const PUSHER: &str = "owen.carter";
/// Longer than what was read of roles counts.
const A_WHILE: Duration = Duration::minutes(11);

async fn portal() -> (TestPortal, Arc<Watch>, TokenKey) {
    let (watch, key) = (Watch::new(), TokenKey::random(&OsEntropy));
    let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
    (TestPortal::start_in(surroundings, |config| config.token_key = key.clone()).await, watch, key)
}

/// Time goes by for everybody.
fn pass(portal: &TestPortal, watch: &Watch, by: Duration) {
    watch.move_by(by);
    portal.tenant.move_clock(by);
}

async fn graph(portal: &TestPortal, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
    let scopes = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Directory.Read.All"];
    let upn = portal.person("mara.lindqvist").user_principal_name;
    let token = portal.tenant.graph_token_with_scopes(&upn, &scopes).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.request(method, format!("{}/v1.0/{path}", portal.tenant.base_url())).bearer_auth(token);
    let request = if let Some(body) = body { request.json(&body) } else { request };
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
}

/// The portal in the tenant, with what roles it has.
async fn service(portal: &TestPortal) -> Value {
    let path = "servicePrincipals?$filter=displayName eq 'Thumbprint'";
    graph(portal, reqwest::Method::GET, path, None).await["value"][0].clone()
}

/// An administrator takes all of the person's roles in the portal away.
async fn take_roles(portal: &TestPortal, name: &str) {
    let person = portal.person(name).id;
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", service(portal).await["id"].as_str().unwrap());
    let assignments = graph(portal, reqwest::Method::GET, &path, None).await;
    let theirs = |one: &&Value| one["principalId"] == person.to_string();
    let ids: Vec<&str> =
        assignments["value"].as_array().unwrap().iter().filter(theirs).map(|one| one["id"].as_str().unwrap()).collect();
    assert!(!ids.is_empty(), "{assignments}");
    for id in ids {
        graph(portal, reqwest::Method::DELETE, &format!("{path}/{id}"), None).await;
    }
}

/// Or gives them one.
async fn give_role(portal: &TestPortal, name: &str, role: &str) {
    let service = service(portal).await;
    let roles = service["appRoles"].as_array().unwrap();
    let role = roles.iter().find(|one| one["value"] == role).unwrap();
    let given = json!({"principalId": portal.person(name).id, "resourceId": service["id"], "appRoleId": role["id"]});
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", service["id"].as_str().unwrap());
    graph(portal, reqwest::Method::POST, &path, Some(given)).await;
}

async fn tokens(portal: &TestPortal, key: &TokenKey, browser: &Browser) -> Tokens {
    let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT tokens FROM sessions WHERE tokens IS NOT NULL")
        .fetch_one(store.pool())
        .await
        .unwrap();
    let secret = Sealer::new(key, &[]).unwrap().open(browser.cookie(COOKIE_NAME).unwrap(), &sealed).unwrap();
    serde_json::from_slice(&secret).unwrap()
}

fn without_access(page: &Page) {
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(page.body.contains("You have no access yet"), "{}", page.body);
}

#[tokio::test]
async fn a_role_that_was_taken_away_counts_within_minutes_and_the_tokens_go_with_the_last() {
    let (portal, watch, key) = portal().await;
    let mut browser = portal.signed_in(AUDITOR).await;
    // Of what the portal knows by itself, for which Graph is not asked.
    assert_eq!(browser.get("/audit").await.status, StatusCode::OK);
    assert!(tokens(&portal, &key, &browser).await.refresh.is_some());
    take_roles(&portal, AUDITOR).await;
    pass(&portal, &watch, Duration::minutes(2));
    assert_eq!(browser.get("/audit").await.status, StatusCode::OK, "Entra was asked two minutes ago");
    pass(&portal, &watch, A_WHILE);
    without_access(&browser.get("/audit").await);
    let left = tokens(&portal, &key, &browser).await;
    assert_eq!((left.access.as_str(), left.refresh), ("", None));
    without_access(&browser.get("/audit").await);
}

#[tokio::test]
async fn who_never_had_a_role_has_no_tokens_here() {
    let (portal, _, key) = portal().await;
    let mut browser = portal.browser();
    without_access(&portal.sign_in(&mut browser, "daniel.novak", "/apps").await);
    let left = tokens(&portal, &key, &browser).await;
    assert_eq!((left.access.as_str(), left.refresh), ("", None));
}

#[tokio::test]
async fn a_push_is_not_begun_by_who_may_push_no_more() {
    let (portal, _, _) = portal().await;
    let mut browser = portal.signed_in(PUSHER).await;
    let found = crate::pushing::plan_for_found(&mut browser, "payslip-mailer").await;
    take_roles(&portal, PUSHER).await;
    // The session still has the role, for minutes. What it needs for a push, it does not get.
    let page = browser.stay().submit("/api/push", &[("plan", found.as_str())]).await;
    assert!(page.header("location").ends_with("#refused"), "{:?}", page.headers);
    let writes = portal.tenant.requests().iter().filter(|request| request.method == "PATCH").count();
    assert_eq!(writes, 0);
}

#[tokio::test]
async fn while_entra_does_not_answer_what_it_said_last_counts() {
    let (portal, watch, _) = portal().await;
    let mut browser = portal.signed_in(AUDITOR).await;
    pass(&portal, &watch, A_WHILE);
    let path = "*/oauth2/v2.0/token".into();
    portal.tenant.add_fault(FaultRule { path, ..FaultRule::new(FaultKind::Reset) });
    assert_eq!(browser.get("/audit").await.status, StatusCode::OK);
    let asked = || portal.tenant.requests().iter().filter(|request| request.status == 0).count();
    let before = asked();
    assert!(before > 0, "it was asked");
    assert_eq!(browser.get("/audit").await.status, StatusCode::OK);
    assert_eq!(asked(), before, "and not again with every page");
}

#[tokio::test]
async fn a_calendar_goes_with_the_last_role() {
    let watch = Watch::new();
    let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
    let portal = TestPortal::start_in(surroundings, |config| config.inventory.read = InventoryRead::Application).await;
    for again in [false, true] {
        let mut browser = portal.signed_in(if again { PUSHER } else { AUDITOR }).await;
        let made = browser.submit("/api/make-calendar", &[]).await;
        let at = made.body.find("/calendar/").unwrap_or_else(|| panic!("{}", made.body));
        let path = made.body[at..].split('"').next().unwrap().to_owned();
        assert_eq!(portal.browser().get(&path).await.status, StatusCode::OK);
        take_roles(&portal, if again { PUSHER } else { AUDITOR }).await;
        if again {
            // A new sign-in shows it at once.
            let mut other = portal.browser();
            assert_eq!(portal.sign_in(&mut other, PUSHER, "/apps").await.status, StatusCode::FORBIDDEN);
        } else {
            pass(&portal, &watch, A_WHILE);
            without_access(&browser.get("/apps").await);
        }
        assert_eq!(portal.browser().get(&path).await.status, StatusCode::NOT_FOUND, "again: {again}");
    }
}

#[tokio::test]
async fn what_somebody_lent_goes_when_they_are_neither_administrator_nor_auditor_any_more() {
    for left in [None, Some("Thumbprint.User")] {
        let watch = Watch::new();
        let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
        let portal = TestPortal::start_in(surroundings, |config| config.inventory.read = InventoryRead::Lent).await;
        let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
        let lent = async || -> i64 {
            sqlx::query_scalar("SELECT count(*) FROM lent_reads").fetch_one(store.pool()).await.unwrap()
        };
        let mut browser = portal.signed_in(AUDITOR).await;
        browser.submit("/api/lend-reading", &[]).await;
        assert_eq!(lent().await, 1);
        take_roles(&portal, AUDITOR).await;
        if let Some(role) = left {
            give_role(&portal, AUDITOR, role).await;
        }
        pass(&portal, &watch, A_WHILE);
        let page = browser.get("/apps").await;
        if left.is_none() {
            without_access(&page);
        }
        assert_eq!(lent().await, 0, "{left:?}");
        let audit = portal.signed_in("mara.lindqvist").await.get("/audit").await.body;
        assert!(audit.contains("Sign in taken back") && audit.contains("No longer administrator or auditor here."));
    }
}

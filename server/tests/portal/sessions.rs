//! How long a session lasts, and what its cookie may do.

use crate::pushing::push_to_found;
use crate::support::{COOKIE_NAME, TestPortal, Watch};
use local_tenant::{FaultKind, FaultRule};
use reqwest::StatusCode;
use server::Surroundings;
use std::sync::Arc;
use time::Duration;

async fn portal_with_watch() -> (TestPortal, Arc<Watch>) {
    let watch = Watch::new();
    let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
    (TestPortal::start_in(surroundings, |_| ()).await, watch)
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_other_sites_and_other_hosts() {
    let portal = TestPortal::start().await;
    let answer = portal.browser().stay().get("/sign-in").await;
    let cookie = answer.header("set-cookie");
    let mut parts = cookie.split("; ");
    assert!(parts.next().unwrap().starts_with("__Host-thumbprint="), "{cookie}");
    let mut attributes: Vec<&str> = parts.collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"], "{cookie}");
}

#[tokio::test]
async fn looking_around_sets_no_cookie() {
    let portal = TestPortal::start().await;
    let page = portal.browser().get("/").await;
    assert_eq!(page.header("set-cookie"), "");
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let (portal, watch) = portal_with_watch().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    watch.move_by(Duration::minutes(29));
    assert!(browser.get("/").await.body.contains("Mara Lindqvist"));
    watch.move_by(Duration::minutes(29));
    assert!(browser.get("/").await.body.contains("Mara Lindqvist"), "the last request was 29 minutes ago");
    watch.move_by(Duration::minutes(31));
    assert!(!browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn a_session_ends_after_eight_hours_in_any_case() {
    let (portal, watch) = portal_with_watch().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    for _ in 0..19 {
        watch.move_by(Duration::minutes(25));
        assert!(browser.get("/").await.body.contains("Mara Lindqvist"));
    }
    watch.move_by(Duration::minutes(6));
    assert!(!browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn a_sign_in_must_come_back_within_ten_minutes() {
    let (portal, watch) = portal_with_watch().await;
    let mut browser = portal.browser();
    let picker = browser.get("/sign-in").await;
    watch.move_by(Duration::minutes(11));
    let page = portal.pick(&mut browser, &picker, "mara.lindqvist").await;
    assert!(page.body.contains("older than ten minutes"), "{}", page.body);
}

#[tokio::test]
async fn an_invented_cookie_opens_nothing() {
    let portal = TestPortal::start().await;
    for value in ["AAAAAAAAAAAAAAAAAAAAAA", "'; DROP TABLE sessions; --", ""] {
        let mut browser = portal.browser();
        browser.set_cookie(COOKIE_NAME, value);
        let page = browser.get("/apps").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{value}");
    }
}

/// The sessions that a page offers to end.
fn offered(page: &str) -> Vec<String> {
    let parts = page.split(r#"name="session" value=""#).skip(1);
    parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_and_nobody_elses() {
    let portal = TestPortal::start().await;
    let mut here = portal.signed_in("mara.lindqvist").await;
    let (mut second, mut third) = (portal.signed_in("mara.lindqvist").await, portal.signed_in("mara.lindqvist").await);
    let (mut owen, mut owens_other) = (portal.signed_in("owen.carter").await, portal.signed_in("owen.carter").await);
    let others = offered(&here.get("/sessions").await.body);
    let foreign = offered(&owen.get("/sessions").await.body);
    assert_eq!((others.len(), foreign.len()), (2, 1), "all but the one that asks");

    here.submit("/api/end-session", &[("session", foreign[0].as_str())]).await;
    assert_eq!(owens_other.get("/apps").await.status, StatusCode::OK, "not hers");
    let page = here.submit("/api/end-session", &[("session", others[0].as_str())]).await;
    assert_eq!(offered(&page.body), others[1..]);
    // Which of the two it is, nobody can tell: they began within one second.
    let mut statuses = Vec::new();
    for browser in [&mut second, &mut third] {
        statuses.push(browser.get("/apps").await.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNAUTHORIZED]);

    let page = here.submit("/api/end-other-sessions", &[]).await;
    assert!(page.body.contains("You are signed in nowhere else"), "{}", page.body);
    for browser in [&mut second, &mut third] {
        assert_eq!(browser.get("/apps").await.status, StatusCode::UNAUTHORIZED);
    }
    for browser in [&mut here, &mut owen, &mut owens_other] {
        assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    }
    let audit = here.get("/audit").await.body;
    assert_eq!(audit.matches("One session was ended.").count(), 2, "none for what was not hers: {audit}");
}

/// How the one push stands, and whether it has a sign-in.
async fn stands(portal: &TestPortal) -> (String, bool) {
    let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
    let sql = "SELECT state, CASE WHEN tokens IS NULL THEN 0 ELSE 1 END FROM receipts";
    let (state, tokens): (String, i64) = sqlx::query_as(sql).fetch_one(store.pool()).await.unwrap();
    (state, tokens == 1)
}

/// Until it rests without one.
async fn forgets_its_sign_in(portal: &TestPortal) {
    let mut changes = portal.portal.push_changes();
    let forgetting = async {
        while stands(portal).await != ("paused".to_owned(), false) {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), changes.changed()).await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_mins(1), forgetting).await;
    assert!(waited.is_ok(), "{:?}", stands(portal).await);
}

#[tokio::test]
async fn a_push_that_rests_keeps_no_sign_in_and_gets_one_with_the_word_to_go_on() {
    let portal = TestPortal::start_with(|config| config.desk.read_pause = std::time::Duration::from_millis(5)).await;
    let mut browser = portal.signed_in("owen.carter").await;
    let receipt = push_to_found(&mut browser, "payroll-", &[("canary", "1"), ("ask_between", "on")]).await;
    forgets_its_sign_in(&portal).await;
    let id = receipt.split('/').nth(2).unwrap().to_owned();
    let page = browser.submit("/api/steer", &[("receipt", &id), ("steer", "resume")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut changes = portal.portal.push_changes();
    let finishing = async {
        while stands(&portal).await.0 != "finished" {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), changes.changed()).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), finishing).await.unwrap();
}

#[tokio::test]
async fn who_signs_out_everywhere_can_pause_their_pushes_too() {
    let portal = TestPortal::start_with(|config| config.desk.read_pause = std::time::Duration::from_millis(5)).await;
    let mut browser = portal.signed_in("owen.carter").await;
    let mut elsewhere = portal.signed_in("owen.carter").await;
    let slow = FaultRule::new(FaultKind::Slow { milliseconds: 3_000 });
    portal.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..slow });
    let mut pushing = elsewhere.clone();
    let pace = [("canary", "1")];
    let push = tokio::spawn(async move { push_to_found(&mut pushing, "payroll-", &pace).await });
    let mut changes = portal.portal.push_changes();
    let begun = async {
        while state_if_any(&portal).await.as_deref() != Some("running") {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(50), changes.changed()).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), begun).await.unwrap();
    let answer = browser.submit("/api/end-other-sessions", &[("pushes", "on")]).await;
    assert!(answer.body.contains("You are signed in nowhere else"), "{}", answer.body);
    forgets_its_sign_in(&portal).await;
    push.await.unwrap();
    assert_eq!(elsewhere.get("/apps").await.status, StatusCode::UNAUTHORIZED);
    let audit = browser.get("/audit").await.body;
    assert!(audit.contains("paused"), "{audit}");
}

async fn state_if_any(portal: &TestPortal) -> Option<String> {
    let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
    sqlx::query_scalar("SELECT state FROM receipts").fetch_optional(store.pool()).await.unwrap()
}

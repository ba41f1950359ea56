//! How long a session lasts, and what its cookie may do.

use crate::support::{COOKIE_NAME, TestPortal, Watch};
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

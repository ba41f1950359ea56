//! Signing in and out, through the tenant's own pages.

use crate::support::{COOKIE_NAME, Page, TestPortal, query};
use reqwest::StatusCode;
use url::Url;

/// The page where Entra would send the person back to, not opened yet.
async fn callback_of(portal: &TestPortal, browser: &mut crate::support::Browser, change: impl FnOnce(&mut Url)) -> Url {
    let mut stay = browser.stay();
    let begun = stay.get("/sign-in?return=/apps").await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    let mut authorize = Url::parse(begun.header("location")).unwrap();
    change(&mut authorize);
    let picker = stay.get(authorize.as_str()).await;
    let answered = portal.pick(&mut stay, &picker, "mara.lindqvist").await;
    assert!(answered.status.is_redirection(), "{}", answered.body);
    browser.cookies = stay.cookies;
    Url::parse(answered.header("location")).unwrap()
}

fn replace(url: &mut Url, name: &str, value: &str) {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let changed = pairs.into_iter().map(|(n, v)| if n == name { (n, value.to_owned()) } else { (n, v) });
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(changed).finish();
    url.set_query(Some(&query));
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

fn refused(page: &Page, words: &str) {
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(page.body.contains(words), "{}", page.body);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_person_comes_back_signed_in_to_the_page_they_wanted() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let page = portal.sign_in(&mut browser, "mara.lindqvist", "/apps?q=payroll-batch").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(&page.url[url::Position::BeforePath..], "/apps?q=payroll-batch");
    assert!(page.body.contains("Mara Lindqvist"), "{}", page.body);
    assert!(page.body.contains("payroll-batch"), "{}", page.body);
}

#[tokio::test]
async fn the_request_to_entra_has_pkce_state_nonce_and_the_delegated_permission() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser().stay();
    let url = Url::parse(browser.get("/sign-in").await.header("location")).unwrap();
    let expected = [("response_type", "code"), ("code_challenge_method", "S256"), ("response_mode", "query")];
    for (name, value) in expected {
        assert_eq!(parameter(&url, name).as_deref(), Some(value), "{url}");
    }
    for secret in ["state", "nonce", "code_challenge"] {
        assert_eq!(parameter(&url, secret).unwrap().len(), 43, "{secret} has 256 bits");
    }
    let scope = parameter(&url, "scope").unwrap();
    let graph = portal.tenant.base_url();
    assert_eq!(scope, format!("openid profile offline_access {graph}/Application.Read.All {graph}/User.Read"));
    let again = Url::parse(browser.get("/sign-in").await.header("location")).unwrap();
    for secret in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&url, secret), parameter(&again, secret), "{secret} is new each time");
    }
}

#[tokio::test]
async fn the_session_gets_a_new_id_at_sign_in_and_the_old_one_is_worth_nothing() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let picker = browser.get("/sign-in").await;
    let before = browser.cookie(COOKIE_NAME).unwrap().to_owned();
    portal.pick(&mut browser, &picker, "mara.lindqvist").await;
    let after = browser.cookie(COOKIE_NAME).unwrap().to_owned();
    assert_ne!(before, after);

    let mut fixated = portal.browser();
    fixated.set_cookie(COOKIE_NAME, &before);
    assert!(!fixated.get("/").await.body.contains("Mara Lindqvist"));
    assert!(browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn a_callback_counts_once() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let callback = callback_of(&portal, &mut browser, |_| ()).await;
    let first = browser.get(callback.as_str()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    refused(&browser.get(callback.as_str()).await, "This sign-in is not under way");
    assert!(browser.get("/").await.body.contains("Mara Lindqvist"), "the first one still counts");
}

#[tokio::test]
async fn another_browser_cannot_use_it() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let callback = callback_of(&portal, &mut browser, |_| ()).await;
    refused(&portal.browser().get(callback.as_str()).await, "did not send the portal");
    let mut other = portal.browser();
    other.stay().get("/sign-in").await;
    other.set_cookie(COOKIE_NAME, "AAAAAAAAAAAAAAAAAAAAAA");
    refused(&other.get(callback.as_str()).await, "This sign-in is not under way");
}

#[tokio::test]
async fn a_changed_state_is_refused() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let mut callback = callback_of(&portal, &mut browser, |_| ()).await;
    replace(&mut callback, "state", "x");
    refused(&browser.get(callback.as_str()).await, "This sign-in is not under way");
    assert!(!browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn an_id_token_with_another_nonce_is_refused() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let callback = callback_of(&portal, &mut browser, |authorize| replace(authorize, "nonce", "of-someone-else")).await;
    refused(&browser.get(callback.as_str()).await, "could not be verified");
    assert!(!browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_refused_by_pkce() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let mut first = callback_of(&portal, &mut browser, |_| ()).await;
    let second = callback_of(&portal, &mut browser, |_| ()).await;
    replace(&mut first, "code", &parameter(&second, "code").unwrap());
    refused(&browser.get(first.as_str()).await, "AADSTS");
}

#[tokio::test]
async fn what_entra_says_is_shown_only_to_whoever_asked() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let picker = browser.get("/sign-in").await;
    let declined = browser.submit(picker.url.as_str(), &[("cancel", "1")]).await;
    refused(&declined, "AADSTS65004");
    assert!(!declined.body.contains("Trace ID"), "{}", declined.body);

    let forged = query(&[("error", "access_denied"), ("error_description", "Call 555-0100"), ("state", "x")]);
    let page = browser.get(&format!("/sign-in/callback?{forged}")).await;
    assert!(!page.body.contains("555-0100"), "{}", page.body);
}

#[tokio::test]
async fn entras_words_cannot_carry_markup() {
    let portal = TestPortal::start().await;
    let mut stay = portal.browser().stay();
    let begun = stay.get("/sign-in").await;
    let state = parameter(&Url::parse(begun.header("location")).unwrap(), "state").unwrap();
    let forged =
        query(&[("error", "server_error"), ("error_description", "<script>alert(1)</script>"), ("state", &state)]);
    let page = stay.get(&format!("/sign-in/callback?{forged}")).await;
    assert!(page.body.contains("&lt;script>") || page.body.contains("&lt;script&gt;"), "{}", page.body);
    assert!(!page.body.contains("<script"), "{}", page.body);
}

#[tokio::test]
async fn the_way_back_never_leads_to_another_host() {
    let portal = TestPortal::start().await;
    for evil in ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example"] {
        let mut browser = portal.browser();
        let page = portal.sign_in(&mut browser, "mara.lindqvist", evil).await;
        assert_eq!(page.url.as_str(), portal.url("/"), "{evil}");
    }
}

#[tokio::test]
async fn refusals_are_in_the_audit() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let picker = browser.get("/sign-in").await;
    browser.submit(picker.url.as_str(), &[("cancel", "1")]).await;
    let mut auditor = portal.signed_in("priya.raman").await;
    let page = auditor.get("/audit").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("AADSTS65004"), "{}", page.body);
}

#[tokio::test]
async fn someone_without_a_role_is_signed_in_and_told_what_to_ask_for() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let page = portal.sign_in(&mut browser, "daniel.novak", "/apps").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("You have no access yet"), "{}", page.body);
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_entra() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let cookie = browser.cookie(COOKIE_NAME).unwrap().to_owned();

    let mut stay = browser.stay();
    let answer = stay.submit("/sign-out", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let url = Url::parse(answer.header("location")).unwrap();
    assert!(url.as_str().starts_with(portal.tenant.base_url()), "{url}");
    assert!(url.path().ends_with("/oauth2/v2.0/logout"), "{url}");
    assert_eq!(parameter(&url, "post_logout_redirect_uri"), Some(portal.url("/signed-out")));
    assert_eq!(stay.cookie(COOKIE_NAME), None, "the browser forgets it");

    browser.set_cookie(COOKIE_NAME, &cookie);
    assert!(!browser.get("/").await.body.contains("Mara Lindqvist"), "and so does the server");

    let page = stay.clone_following().get(url.as_str()).await;
    assert_eq!(page.url.as_str(), portal.url("/signed-out"));
    assert_eq!(page.status, StatusCode::OK);
    let again = stay.clone_following().get("/sign-in").await;
    assert!(again.url.as_str().starts_with(portal.tenant.base_url()), "Entra asks again: {}", again.url);
}

#[tokio::test]
async fn signing_out_takes_a_post() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    assert_eq!(browser.get("/sign-out").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn localhost_leads_to_the_address_that_is_registered() {
    let portal = TestPortal::start().await;
    let port = portal.portal.address().port();
    let mut browser = portal.browser().stay();
    let host = format!("localhost:{port}");
    let page = browser.send(reqwest::Method::GET, "/sign-in?return=/apps", None, &[("host", &host)]).await;
    assert_eq!(page.header("location"), portal.url("/sign-in?return=%2Fapps"));
}

#[tokio::test]
async fn an_office_behind_one_address_signs_in_within_a_minute() {
    let portal =
        TestPortal::start_with(|config| config.limits.sign_in = server::config::Limits::default().sign_in).await;
    for person in 0..15 {
        let mut browser = portal.browser();
        let page = portal.sign_in(&mut browser, "mara.lindqvist", "/signed-out").await;
        assert_eq!(page.status, StatusCode::OK, "person {person}: {}", page.body);
    }
}

#[tokio::test]
async fn what_nobody_began_leaves_no_row_for_good() {
    let portal = TestPortal::start().await;
    let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
    let rows =
        async || -> i64 { sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(store.pool()).await.unwrap() };
    let words = "AADSTS50105: no".to_owned() + &"\r\nforged".repeat(500);
    for state in ["", "x"] {
        let query = query(&[("state", state), ("error", "access_denied"), ("error_description", words.as_str())]);
        let page = portal.browser().get(&format!("/sign-in/callback?{query}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(rows().await, 0);
    // One that was begun here has its row, and a short one.
    let mut browser = portal.browser();
    let mut stay = browser.stay();
    let begun = Url::parse(stay.get("/sign-in").await.header("location")).unwrap();
    browser.cookies = stay.cookies;
    let state = parameter(&begun, "state").unwrap();
    let query = query(&[("state", &state), ("error", "access_denied"), ("error_description", words.as_str())]);
    let page = browser.get(&format!("/sign-in/callback?{query}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(rows().await, 1);
    let detail: String = sqlx::query_scalar("SELECT detail FROM audit").fetch_one(store.pool()).await.unwrap();
    assert!(detail.chars().count() <= 4_000 && !detail.contains(char::is_control), "{detail:?}");
}

#[tokio::test]
async fn of_one_browser_that_is_refused_again_and_again_few_rows_are_left() {
    let portal = TestPortal::start().await;
    let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
    let details = async || -> Vec<String> {
        sqlx::query_scalar("SELECT detail FROM audit ORDER BY at").fetch_all(store.pool()).await.unwrap()
    };
    let mut stay = portal.browser().stay();
    let mut refuse = async |description: &str| {
        let begun = Url::parse(stay.get("/sign-in").await.header("location")).unwrap();
        let state = parameter(&begun, "state").unwrap();
        let query = query(&[("state", &state), ("error", "access_denied"), ("error_description", description)]);
        assert_eq!(stay.get(&format!("/sign-in/callback?{query}")).await.status, StatusCode::FORBIDDEN);
    };
    for _ in 0..20 {
        refuse("AADSTS65004: declined").await;
    }
    assert_eq!(details().await.len(), 1, "the same again is counted");
    for kind in 0..30 {
        refuse(&format!("AADSTS{kind}: made up")).await;
    }
    assert_eq!(details().await.len(), 11, "of many kinds ten have a row, and the rest share one");
    portal.portal.shutdown().await;
    let counted = details().await;
    assert!(
        counted.iter().any(|detail| detail.ends_with("Refused 19 times more within the same minute.")),
        "{counted:?}"
    );
    assert!(counted.iter().any(|detail| detail.contains("Refused 20 times more")), "{counted:?}");
}

//! Requests that another site makes a browser send.

use crate::support::{Browser, TestPortal};
use reqwest::{Method, StatusCode};

/// Sends a form that would change the theme's cookie, with these headers alone.
async fn theme(browser: &mut Browser, headers: &[(&str, &str)]) -> StatusCode {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let headers = [form.as_slice(), headers].concat();
    browser.stay().send(Method::POST, "/api/theme", Some("theme=dark&back=/".into()), &headers).await.status
}

#[tokio::test]
async fn only_the_portals_own_pages_may_change_something() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let own = portal.url("");
    let page = portal.url("/apps");
    let evil = "https://evil.example";
    let allowed: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "same-origin"), ("origin", &own)],
        &[("sec-fetch-site", "same-origin")],
        &[("origin", &own)],
        &[("referer", &page)],
    ];
    for headers in allowed {
        assert_eq!(theme(&mut browser, headers).await, StatusCode::SEE_OTHER, "{headers:?}");
    }
    let refused: [&[(&str, &str)]; 9] = [
        &[],
        &[("sec-fetch-site", "cross-site"), ("origin", evil)],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("sec-fetch-site", "same-site"), ("origin", &own)],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin"), ("origin", evil)],
        &[("origin", evil)],
        &[("origin", "null")],
        &[("referer", "https://evil.example/")],
    ];
    for headers in refused {
        assert_eq!(theme(&mut browser, headers).await, StatusCode::FORBIDDEN, "{headers:?}");
    }
}

#[tokio::test]
async fn a_forged_sign_out_signs_nobody_out() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let page = browser
        .send(
            Method::POST,
            "/sign-out",
            Some(String::new()),
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        )
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("not made on the portal"), "{}", page.body);
    assert!(browser.get("/").await.body.contains("Mara Lindqvist"));
}

#[tokio::test]
async fn other_methods_are_checked_as_well() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let page = browser.send(method.clone(), "/api/theme", None, &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{method}");
    }
}

#[tokio::test]
async fn a_refused_form_does_not_send_people_back_to_another_site() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await.stay();
    for referer in ["https://evil.example/page", &portal.url("//evil.example/"), &portal.url("@evil.example/apps")] {
        let headers = [
            ("referer", referer),
            ("sec-fetch-site", "same-origin"),
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let page = browser.send(Method::POST, "/api/push", Some("plan=none".into()), &headers).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/#refused"), "{referer}");
    }
}

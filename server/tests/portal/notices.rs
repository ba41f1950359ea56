//! Who sees channels, and a test that goes out.

use crate::support::{Browser, LONG, Page, TestPortal, query};
use axum::Router;
use axum::http::HeaderMap;
use local_tenant::MailContent;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver on this machine, and what it was sent.
async fn sink() -> (String, UnboundedReceiver<(HeaderMap, String)>) {
    let (sent, received) = unbounded_channel();
    let take = async move |headers: HeaderMap, body: String| {
        sent.send((headers, body)).unwrap();
        "<b>thanks</b>"
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(take)).await });
    (format!("http://127.0.0.1:{port}/hook?sig=s3cret"), received)
}

async fn portal(url: &str) -> TestPortal {
    let notices = json!({"allow_hosts": ["127.0.0.1"], "channels": [
        {"name": "ops", "kind": "webhook", "url": url, "tells": ["admins"], "secrets": [SECRET]}]});
    TestPortal::start_with(|config| config.notices = Arc::new(serde_json::from_value(notices).unwrap())).await
}

/// A form as a program sends it, which is told in the answer why it was refused.
async fn send(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> Page {
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    browser.send(Method::POST, path, Some(query(form)), &headers).await
}

#[tokio::test]
async fn an_administrator_tests_a_channel_and_sends_it_once_more() {
    let (url, mut received) = sink().await;
    let portal = portal(&url).await;
    let mut admin = portal.signed_in("mara.lindqvist").await;
    let page = admin.get("/settings/notices").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("http://127.0.0.1/…") && !page.body.contains("s3cret"), "the address is masked");
    let page = admin.submit("/api/test-channel", &[("channel", "ops")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let (headers, body) = received.recv().await.unwrap();
    let event: Value = serde_json::from_str(&body).unwrap();
    let id = event["id"].as_str().unwrap().to_owned();
    assert_eq!(headers["webhook-id"], id.as_str());
    // The answer is kept just after it has come.
    let page = loop {
        let page = admin.get("/settings/notices").await;
        if page.body.contains("1 attempt") {
            break page;
        }
    };
    assert!(page.body.contains(&id) && page.body.contains("200 &lt;b&gt;thanks&lt;/b&gt;"), "{}", page.body);
    admin.submit("/api/replay-notice", &[("notice", &id), ("channel", "ops")]).await;
    assert_eq!(received.recv().await.unwrap().0["webhook-id"], id.as_str(), "the same id");
    let other = send(&mut admin, "/api/test-channel", &[("channel", "no-such")]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "{}", other.body);
}

#[tokio::test]
async fn nobody_else_sees_or_sends_anything() {
    let (url, mut received) = sink().await;
    let portal = portal(&url).await;
    assert_eq!(portal.browser().get("/settings/notices").await.status, StatusCode::UNAUTHORIZED);
    for person in ["owen.carter", "priya.raman", "sofia.marchetti"] {
        let mut browser = portal.signed_in(person).await;
        let page = browser.get("/settings/notices").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{person}");
        assert!(!page.body.contains("ops"), "{person}");
        for (form, fields) in [
            ("/api/test-channel", vec![("channel", "ops")]),
            ("/api/free-channel", vec![("channel", "ops")]),
            ("/api/replay-notice", vec![("channel", "ops"), ("notice", "00000000-0000-8000-8000-000000000001")]),
        ] {
            let page = send(&mut browser, form, &fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{person} {form}: {}", page.body);
        }
    }
    let mut admin = portal.signed_in("mara.lindqvist").await;
    let page = admin.get("/settings/notices").await;
    assert!(page.body.contains("Nothing yet."), "{}", page.body);
    assert!(received.try_recv().is_err());
}

/// Kept in the browser, by the form as its page has it: what is told goes there without a restart.
#[tokio::test]
async fn a_channel_that_is_kept_in_the_browser_is_sent_to_and_its_address_comes_back_nowhere() {
    let (url, mut received) = sink().await;
    let notices = json!({"allow_hosts": ["127.0.0.1"]});
    let portal =
        TestPortal::start_with(|config| config.notices = Arc::new(serde_json::from_value(notices).unwrap())).await;
    let mut admin = portal.signed_in("mara.lindqvist").await;
    let page = admin.get("/settings/notices").await;
    assert!(page.body.contains("Nobody is told anything") && page.body.contains("Add a channel"), "{}", page.body);

    // Refused: what is secret is not in the page that the person comes back to, the rest is.
    let wrong = [
        ("name", "ops"),
        ("version", "0"),
        ("kind", "webhook"),
        ("tells[]", "admins"),
        ("url", url.as_str()),
        ("secrets", "whsec_c2VjcmV0LW9mLW9wcw=="),
        ("to", "anna@example.com"),
    ];
    let from = portal.url("/settings/notices");
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("referer", from.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let page = admin.send(Method::POST, "/api/keep-channel", Some(query(&wrong)), &headers).await;
    assert!(page.body.contains("24 to 64 bytes in base64") && page.body.contains("value=\"ops\""), "{}", page.body);
    assert!(page.body.contains("type them again"), "{}", page.body);
    for secret in ["s3cret", "whsec_c2V", "anna@"] {
        assert!(!page.body.contains(secret), "{secret}");
    }

    let right = [
        ("name", "ops"),
        ("version", "0"),
        ("kind", "webhook"),
        ("tells[]", "admins"),
        ("url", url.as_str()),
        ("secrets", SECRET),
    ];
    let page = admin.submit("/api/keep-channel", &right).await;
    assert!(page.body.contains("http://127.0.0.1/…") && !page.body.contains("s3cret"), "{}", page.body);
    let page = admin.get("/settings/notices?change=ops").await;
    assert!(page.body.contains("Change the channel ops") && !page.body.contains("s3cret"), "{}", page.body);
    admin.submit("/api/test-channel", &[("channel", "ops")]).await;
    let (headers, _) = received.recv().await.unwrap();
    assert!(headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));

    let off = [("channel", "ops"), ("version", "1"), ("on", "off")];
    let page = admin.submit("/api/switch-channel", &off).await;
    assert!(page.body.contains("Switched off") && page.body.contains(">Switch on<"), "{}", page.body);
    let test = send(&mut admin, "/api/test-channel", &[("channel", "ops")]).await;
    assert_eq!(test.status, StatusCode::NOT_FOUND, "{}", test.body);
    let page = admin.submit("/api/remove-channel", &[("channel", "ops"), ("version", "2")]).await;
    assert!(page.body.contains("Nobody is told anything"), "{}", page.body);
    assert!(received.try_recv().is_err());
}

/// By Graph, with the portal's own permission: without it nothing goes and it is said, with it the mail that SMTP would get.
#[tokio::test]
async fn mail_goes_out_of_the_one_mailbox_that_the_configuration_names() {
    let portal = TestPortal::start().await;
    let mailbox = portal.person("mara.lindqvist").user_principal_name;
    let email = json!({"mailbox": mailbox, "from": "Thumbprint <t@contoso.example>", "admins": "a@contoso.example"});
    let email = json!({"email": email});
    let mut client = Uuid::nil();
    let portal = portal
        .again(|config| {
            client = config.entra.client_id.uuid();
            config.notices = Arc::new(serde_json::from_value(email).unwrap());
        })
        .await;
    let mut admin = portal.signed_in("mara.lindqvist").await;
    admin.submit("/api/test-channel", &[("channel", "email")]).await;
    until(&mut admin, "Access is denied").await;
    assert!(portal.tenant.mail().is_empty());

    // Its next token has the permission.
    assert!(portal.tenant.grant_graph_permissions(client, &["Mail.Send"]));
    let portal = portal.again(|_| ()).await;
    let mut admin = portal.signed_in("mara.lindqvist").await;
    let page = until(&mut admin, "Accepted; whether it arrived is not known").await;
    let mail = portal.tenant.mail();
    let MailContent::Mime(mime) = &mail[0].content else { panic!("{mail:?}") };
    assert_eq!((mail.len(), mail[0].mailbox.as_str(), mail[0].client), (1, mailbox.as_str(), client));
    let id = mime.split("Message-ID: <").nth(1).and_then(|rest| rest.split('@').next()).unwrap();
    assert!(page.contains(id), "the notice's own id: {mime}");
    for part in ["To: a@contoso.example", "From: Thumbprint <t@contoso.example>", "multipart/alternative"] {
        assert!(mime.contains(part), "{part}: {mime}");
    }
}

/// What the page about notices says, once it says this.
async fn until(admin: &mut Browser, words: &str) -> String {
    let said = async {
        loop {
            let body = admin.get("/settings/notices").await.body;
            if body.contains(words) {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(LONG, said).await.unwrap_or_else(|_| panic!("it never says {words}"))
}

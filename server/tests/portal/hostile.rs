//! What an attacker and a bad day send, and small: each was seen to do harm once.

use crate::certificates::TestCertificate;
use crate::support::{Browser, COOKIE_NAME, TestPortal, query};
use app::route::Form;
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

const FORM: &str = "application/x-www-form-urlencoded";

/// A form's body as it is, from the portal's own page.
async fn post(browser: &mut Browser, path: &str, kind: &str, body: String) -> crate::support::Page {
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind), ("accept", "text/html")];
    browser.stay().send(Method::POST, path, Some(body), &headers).await
}

#[tokio::test]
async fn a_form_in_parts_without_its_boundary_is_refused_in_words() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"",
        "multipart/form-dataX",
    ] {
        let page = post(&mut browser, "/api/upload-certificate", kind, "--x\r\n\r\n--x--".into()).await;
        assert!(page.status == StatusCode::SEE_OTHER || page.status.is_client_error(), "{kind}: {}", page.status);
    }
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "nothing has stopped");
}

#[tokio::test]
async fn a_hundred_kilobytes_in_one_field_are_refused_in_words_wherever_they_are_sent() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let long = "a".repeat(100_000);
    for field in ["app", "plan", "receipt", "request", "csv", "text", "certificate[]", "app[]", "theme", "zone", "back"]
    {
        for form in Form::ALL {
            let page = post(&mut browser, form.path(), FORM, query(&[(field, &long)])).await;
            assert!(!page.status.is_server_error(), "{} of {field}: {} {}", form.path(), page.status, page.body);
            assert!(page.header("location").len() < 4_000, "{} of {field} leads on to all of it", form.path());
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_how_long_it_is_is_too_large_all_the_same() {
    let portal = TestPortal::start().await;
    let browser = portal.signed_in("mara.lindqvist").await;
    let cookie = browser.cookie(COOKIE_NAME).unwrap();
    let file = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pem\"\r\n\r\n";
    for (path, kind, head) in [
        ("/api/upload-certificate", "multipart/form-data; boundary=x", file),
        ("/api/keep-certificate", FORM, "text="),
        ("/api/draft-table", FORM, "csv="),
    ] {
        let status = in_chunks(&portal, path, kind, cookie, head).await;
        assert!(status.starts_with("HTTP/1.1 413"), "{path}: {status}");
    }
}

/// Sends 3 MiB without saying so before; the first line of the answer.
async fn in_chunks(portal: &TestPortal, path: &str, kind: &str, cookie: &str, head: &str) -> String {
    let stream = tokio::net::TcpStream::connect(portal.portal.address()).await.unwrap();
    let (reading, mut writing) = stream.into_split();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {COOKIE_NAME}={cookie}\r\nsec-fetch-site: same-origin\r\n\
         content-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{head}\r\n",
        portal.portal.address(),
        head.len()
    );
    let piece = format!("10000\r\n{}\r\n", "A".repeat(0x10000));
    let sending = async move {
        // The portal may have heard enough before the end.
        let _ = writing.write_all(request.as_bytes()).await;
        for _ in 0..48 {
            if writing.write_all(piece.as_bytes()).await.is_err() {
                break;
            }
        }
        let _ = writing.write_all(b"0\r\n\r\n").await;
        // Open until the answer has come.
        writing
    };
    let mut answer = BufReader::new(reading);
    let mut first = String::new();
    let (_writing, read) = tokio::join!(sending, answer.read_line(&mut first));
    read.unwrap();
    first
}

#[tokio::test]
async fn a_name_that_turns_reading_around_is_shown_as_such() {
    let portal = TestPortal::start().await;
    let app = portal.tenant.applications().into_iter().find(|app| app.display_name == "payroll-batch").unwrap().id;
    let token = portal.tenant.graph_token(&portal.person("owen.carter").user_principal_name).unwrap();
    let renamed = serde_json::json!({"displayName": "payroll\u{202e}hctab-\u{2066}x"}).to_string();
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = request.patch(format!("{}/v1.0/applications/{app}", portal.tenant.base_url())).bearer_auth(token);
    let answer = request.header("content-type", "application/json").body(renamed).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let mut browser = portal.signed_in("owen.carter").await;
    for path in ["/apps".to_owned(), format!("/apps/{app}")] {
        let page = browser.get(&path).await.body;
        let named = "payroll<span class=\"control\">‹U+202E›</span>hctab-<span class=\"control\">‹U+2066›</span>x";
        assert!(page.contains(named), "{path}: {page}");
    }
}

#[tokio::test]
async fn subdomains_are_told_to_use_https_only_where_the_configuration_says_so() {
    for all in [false, true] {
        let portal = TestPortal::start_over_tls(|config| config.hsts_include_subdomains = all).await;
        let client = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
        let answer = client.get(format!("{}/health/live", portal.portal.base_url())).send().await.unwrap();
        let told = answer.headers()["strict-transport-security"].to_str().unwrap();
        assert_eq!(told.contains("includeSubDomains"), all, "{told}");
    }
}

#[tokio::test]
async fn a_request_is_not_sent_back_as_it_came() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    for path in ["/", "/apps", "/health/live", "/api/push"] {
        let page =
            browser.send(Method::TRACE, path, None, &[("sec-fetch-site", "same-origin"), ("x-mark", "seen")]).await;
        assert!(
            [StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED].contains(&page.status),
            "{path}: {}",
            page.status
        );
        assert!(!page.body.contains("x-mark") && !page.body.contains(browser.cookie(COOKIE_NAME).unwrap()), "{path}");
    }
}

/// It was tens of seconds for each, and for everybody else.
#[tokio::test]
async fn more_fields_than_a_form_has_are_refused_unread() {
    let portal = TestPortal::start().await;
    let mut strangers = Browser::new(&portal.url("/"));
    let mut mara = portal.signed_in("mara.lindqvist").await;
    let many = (0..3_000).map(|n| format!("app[]={n}&change[]={n}")).collect::<Vec<_>>().join("&");
    // A log is no form with fields.
    for form in Form::ALL.iter().filter(|form| !form.brings_log()) {
        let page = post(&mut strangers, form.path(), FORM, many.clone()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", form.path());
        assert!(page.body.contains("more than 5000 fields"), "{}: {}", form.path(), page.body);
    }
    let part = "--x\r\ncontent-disposition: form-data; name=\"app[]\"\r\n\r\n1\r\n";
    let parts = part.repeat(5_001);
    let page = post(&mut strangers, "/api/draft-plan", "multipart/form-data; boundary=x", parts + "--x--\r\n").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = post(&mut mara, "/api/draft-plan", FORM, many).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

/// As from the page: follows the answer to what it says.
async fn from(browser: &mut Browser, portal: &TestPortal, page: &str, form: Form, fields: &[(&str, &str)]) -> String {
    let page = portal.url(page);
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", FORM), ("referer", page.as_str())];
    browser.send(Method::POST, form.path(), Some(query(fields)), &headers).await.body
}

#[tokio::test]
async fn a_refused_form_comes_back_with_all_that_was_chosen_and_typed() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let pem = TestCertificate::new("many ticks").pem;
    let kept = browser.stay().submit("/api/keep-certificate", &[("text", &pem), ("app", "")]).await;
    let sha256 = kept.header("location").split(['/', '?']).nth(2).unwrap().to_owned();
    let page = format!("/certificates/{sha256}/apps");
    let mut apps: Vec<String> = vec![];
    for number in 1..=2 {
        let offered = browser.get(&format!("{page}?page={number}")).await.body;
        let ticks = offered.split("name=\"app[]\"").skip(1);
        apps.extend(ticks.map(|tick| tick.split('"').nth(1).unwrap().to_owned()));
    }
    apps.truncate(50);
    assert_eq!(apps.len(), 50, "{apps:?}");
    let mut fields: Vec<(&str, &str)> = apps.iter().map(|app| ("app[]", app.as_str())).collect();
    fields.extend([
        ("certificate[]", &*sha256),
        ("mode", "rotate"),
        ("overlap_days", "xx"),
        ("display_name", "my own name"),
    ]);
    // Those of other pages of the list travel in the address.
    let others: Vec<(&str, &str)> = apps.iter().skip(20).map(|app| ("app[]", app.as_str())).collect();
    let back = from(&mut browser, &portal, &format!("{page}?{}", query(&others)), Form::DraftPlan, &fields).await;
    for app in &apps {
        assert!(back.contains(&format!("value=\"{app}\"")), "{app} of fifty is not on the page");
    }
    assert!(back.contains("50 apps chosen") && back.contains("my own name"), "{back}");
}

#[tokio::test]
async fn a_private_key_in_free_text_is_refused_and_kept_nowhere() {
    const BODY: &str = "MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAq7BFUpkGp3LQmlQ";
    let portal = TestPortal::start().await;
    let mut owen = portal.signed_in("owen.carter").await;
    let key = format!("see\n-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----");
    for (form, field) in [
        (Form::AskForApproval, "reason"),
        (Form::AskForRemoval, "reason"),
        (Form::CommentRequest, "words"),
        (Form::DraftPlan, "display_name"),
        (Form::SaveView, "name"),
        (Form::SnoozeItem, "reason"),
        (Form::PushPastRules, "reason"),
    ] {
        let back = from(&mut owen, &portal, "/apps", form, &[(field, &key), ("app", "x")]).await;
        assert!(!back.contains(BODY), "{}", form.path());
        let page = post(&mut owen, form.path(), FORM, query(&[(field, &key)])).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", form.path());
    }
    let wanted = [("accept", "application/problem+json"), ("sec-fetch-site", "same-origin"), ("content-type", FORM)];
    let answer = owen.stay().send(Method::POST, "/api/ask", Some(query(&[("reason", &key)])), &wanted).await;
    assert!(answer.body.contains("\"private-key\""), "{}", answer.body);
    // The words alone are none.
    let words = "Please send no private key; a BEGIN PRIVATE KEY line is one. ".repeat(3);
    let answer = owen.stay().send(Method::POST, "/api/ask", Some(query(&[("reason", &words)])), &wanted).await;
    assert!(!answer.body.contains("\"private-key\""), "{}", answer.body);
}

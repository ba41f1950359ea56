//! A log of sign-ins over HTTP: larger than any other form, and for those alone who see everything.

use crate::support::{Browser, Page, TestPortal};
use reqwest::{Method, StatusCode};
use server::config::InventoryRead;
use uuid::Uuid;

const PATH: &str = "/api/import-sign-ins";
const FROM: &str = "/inventory/last-use";

/// As a browser sends it; with `csv` as the file.
async fn bring(browser: &mut Browser, portal: &TestPortal, csv: &str) -> Page {
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv\r\n\r\n{csv}\r\n--x--\r\n"
    );
    let from = portal.url(FROM);
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("referer", from.as_str()),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    browser.send(Method::POST, PATH, Some(body), &headers).await
}

#[tokio::test]
async fn a_log_of_many_rows_is_read_and_one_of_a_user_is_not() {
    let portal = TestPortal::start_with(|config| config.inventory.read = InventoryRead::Application).await;
    portal.until_directory_is_read().await;
    let app = Uuid::from_u128(5);
    let mut csv =
        "Date (UTC),Application ID ,Credential key ID,Status,Sign-in error code,Failure reason\r\n".to_owned();
    let line = format!("2020-11-03T08:00:00Z,{app},{},Success,0,{}\r\n", Uuid::from_u128(6), "x".repeat(900));
    // Beyond what any other form may have.
    csv.push_str(&line.repeat(4_000));
    csv.push_str("2020-11-10T08:00:00Z,,,Success,0,\r\n");
    assert!(csv.len() > 3 * 1024 * 1024);

    let mut auditor = portal.signed_in("priya.raman").await;
    let page = bring(&mut auditor, &portal, &csv).await;
    assert_eq!((page.status, page.url.path()), (StatusCode::OK, FROM), "{}", page.body);
    for words in
        ["a.csv was read", "4,001 rows were read: 4,000 with a key id", "row 4001 (no client id)", "3 Nov 2020"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(page.body.contains("1 credential that it names is not known here"), "{}", page.body);
    let bad = bring(&mut auditor, &portal, "a,b\r\n").await;
    assert!(bad.body.contains("Credential key ID”, “Status”") && bad.body.contains("id=\"refused\""), "{}", bad.body);

    let mut user = portal.signed_in("kenji.watanabe").await;
    assert_eq!(user.get(FROM).await.status, StatusCode::FORBIDDEN);
    let refused = bring(&mut user, &portal, &csv[..1_000]).await;
    assert!(!refused.body.contains("a.csv"), "{}", refused.body);
    let mut admin = portal.signed_in("mara.lindqvist").await;
    assert_eq!(admin.get(FROM).await.body.matches("a.csv").count(), 1);
}

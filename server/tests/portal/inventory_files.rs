//! The rows of the inventory's grid as files.

use crate::support::TestPortal;
use reqwest::StatusCode;
use serde_json::Value;
use server::config::InventoryRead;

#[tokio::test]
async fn files_have_what_the_page_counts_and_say_how_old_it_is() {
    let portal = TestPortal::start_with(|config| config.inventory.read = InventoryRead::Application).await;
    portal.until_directory_is_read().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let csv = browser.get("/inventory.csv?q=kind%3Asecret").await;
    assert_eq!(csv.status, StatusCode::OK, "{}", csv.body);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"inventory.csv\"");
    assert_eq!(csv.header("cache-control"), "no-store");
    let begin = "holder,name,client_id,object_id,disabled,credential,key_id,entry,usage,thumbprint,hint,issuer,subject,start,end,read\r\n";
    assert!(csv.body.starts_with(begin), "{}", csv.body);
    let lines = csv.body.lines().count() - 1;
    assert!(lines > 0 && csv.body.lines().skip(1).all(|line| line.contains(",secret,")), "{}", csv.body);
    let page = browser.get("/inventory?q=kind%3Asecret").await.body;
    assert!(page.contains(&format!("{lines} credentials. Read ")), "{lines}");
    let json = browser.get("/inventory.json?q=kind%3Asecret").await;
    assert_eq!(json.header("content-disposition"), "attachment; filename=\"inventory.json\"");
    let file: Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(file["rows"].as_array().unwrap().len(), lines);
    assert_eq!(
        (&file["filter"], &file["scope"], &file["view"]),
        (&"kind:secret".into(), &"all".into(), &"credentials".into())
    );
    assert!(file["reading"]["complete"]["from"].is_string() && file["written_for"].is_string(), "{}", file["reading"]);
    assert!(
        file["rows"].as_array().unwrap().iter().all(|row| row["credential"] == "secret" && row["read"].is_string())
    );
}

#[tokio::test]
async fn they_are_for_people_with_a_role_and_a_filter_that_is_understood() {
    let portal = TestPortal::start_with(|_| {}).await;
    let mut without = portal.browser();
    assert_eq!(portal.sign_in(&mut without, "daniel.novak", "/apps").await.status, StatusCode::FORBIDDEN);
    let mut owner = portal.signed_in("owen.carter").await;
    for path in ["/inventory.csv", "/inventory.json", "/inventory.xlsx"] {
        assert_eq!(portal.browser().get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(without.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        let off = owner.get(path).await;
        assert!(off.status == StatusCode::NOT_FOUND && off.body.contains("inventory"), "{path}: {}", off.body);
        let wrong = owner.get(&format!("{path}?q=polcy%3Ax")).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(wrong.body.contains("“polcy:x” is not understood"), "{path}: {}", wrong.body);
    }
}

//! An auditor lends the portal their sign-in: it reads the directory with it, writes nothing, and no longer than that session lasts.

use crate::support::TestPortal;
use reqwest::StatusCode;
use server::config::InventoryRead;

const LENDER: &str = "priya.raman";
const LEND: &str = "/api/lend-reading";
const NOBODY: &str = "Nobody lends a sign-in to read it with";

async fn portal() -> TestPortal {
    TestPortal::start_with(|config| config.inventory.read = InventoryRead::Lent).await
}

#[tokio::test]
async fn the_directory_is_read_with_a_lent_sign_in_while_its_session_lasts() {
    let portal = portal().await;
    let mut admin = portal.signed_in("mara.lindqvist").await;
    let home = admin.get("/").await.body;
    assert!(home.contains(NOBODY) && home.contains("href=\"/sessions\">Lend yours"), "{home}");
    let mut lender = portal.signed_in(LENDER).await;
    let page = lender.submit(LEND, &[]).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Priya Raman (you)"), "{}", page.body);
    assert!(admin.get("/audit").await.body.contains("Sign in lent"));
    portal.until_directory_is_read().await;
    let home = admin.get("/").await.body;
    assert!(home.contains(" with the sign-in of Priya Raman.") && !home.contains(NOBODY), "{home}");
    let mut owner = portal.signed_in("owen.carter").await;
    assert!(!owner.get("/").await.body.contains("Priya"), "who lends is for those who see everything");
    let others = portal.tenant.requests().into_iter().filter(|request| {
        request.path.starts_with("/v1.0/") && request.method != "GET" && !request.path.ends_with("/$batch")
    });
    assert_eq!(others.count(), 0, "nothing was written");

    lender.submit("/sign-out", &[]).await;
    let home = admin.get("/").await.body;
    assert!(home.contains(NOBODY) && home.contains(" with the sign-in of Priya Raman."), "{home}");
}

#[tokio::test]
async fn it_is_taken_back_by_who_lends_it() {
    let portal = portal().await;
    let mut lender = portal.signed_in(LENDER).await;
    lender.submit(LEND, &[]).await;
    let mut elsewhere = portal.signed_in(LENDER).await;
    let page = elsewhere.submit("/api/end-lending", &[]).await.body;
    assert!(page.contains("Nobody lends one now") && page.contains("Lend this sign-in"), "{page}");
    let audit = elsewhere.get("/audit").await.body;
    assert_eq!(audit.matches("Sign in taken back").count(), 1, "{audit}");
    elsewhere.submit("/api/end-lending", &[]).await;
    let audit = elsewhere.get("/audit").await.body;
    assert_eq!(audit.matches("Sign in taken back").count(), 1, "what lends nothing takes nothing back: {audit}");
}

#[tokio::test]
async fn nobody_else_is_asked_to_lend_or_may() {
    let portal = portal().await;
    let mut owner = portal.signed_in("owen.carter").await;
    let sessions = owner.get("/sessions").await.body;
    assert!(!sessions.contains("Reading the directory"), "{sessions}");
    let refused = owner.submit(LEND, &[]).await.body;
    assert!(refused.contains("Your sign-in shows too little"), "{refused}");
    assert!(owner.get("/").await.body.contains("An administrator or auditor can lend theirs."));

    let own = TestPortal::start_with(|config| config.inventory.read = InventoryRead::Application).await;
    let mut lender = own.signed_in(LENDER).await;
    let sessions = lender.get("/sessions").await.body;
    assert!(!sessions.contains("Reading the directory"), "{sessions}");
    let refused = lender.submit(LEND, &[]).await.body;
    assert!(refused.contains("No sign-in is needed"), "{refused}");
}

#[tokio::test]
async fn whoever_signs_in_again_goes_on_lending_and_somebody_else_does_not() {
    let portal = portal().await;
    let mut lender = portal.signed_in(LENDER).await;
    lender.submit(LEND, &[]).await;
    // As a push asks for, and any other reason to see Microsoft's page again.
    let page = lender.get("/sign-in?return=%2Fsessions").await;
    assert!(page.url.path() == "/sessions" && page.body.contains("Priya Raman (you)"), "{}", page.body);
    assert_eq!(lender.get("/audit").await.body.matches("Sign in lent").count(), 1, "it is the same lending");
    let picker = lender.get("/sign-in?for=confirmation").await;
    portal.pick(&mut lender, &picker, "mara.lindqvist").await;
    let page = lender.get("/").await.body;
    assert!(page.contains("Mara Lindqvist") && page.contains(NOBODY), "{page}");
}

#[tokio::test]
async fn what_was_lent_is_gone_where_the_portal_does_not_read_so_any_more() {
    let portal = portal().await;
    portal.signed_in(LENDER).await.submit(LEND, &[]).await;
    let portal = portal.again(|config| config.inventory.read = InventoryRead::Off).await;
    let portal = portal.again(|config| config.inventory.read = InventoryRead::Lent).await;
    assert!(portal.signed_in("mara.lindqvist").await.get("/").await.body.contains(NOBODY));
}

//! A person's tokens: at rest, and renewed.

use crate::support::{Browser, COOKIE_NAME, TestPortal};
use local_tenant::{FaultKind, FaultRule};
use reqwest::StatusCode;
use server::config::TokenKey;
use server::entra::Tokens;
use server::entropy::OsEntropy;
use server::session::Sealer;
use time::Duration;

/// Renewals that the tenant answered with success.
fn redeemed(portal: &TestPortal) -> usize {
    let token =
        |request: &&local_tenant::LoggedRequest| request.path.ends_with("/oauth2/v2.0/token") && request.status == 200;
    portal.tenant.requests().iter().filter(token).count()
}

async fn sealed_tokens(portal: &TestPortal) -> Vec<u8> {
    let pool = sqlx::SqlitePool::connect(&portal.database.display().to_string()).await.unwrap();
    let rows: Vec<(Vec<u8>,)> =
        sqlx::query_as("SELECT tokens FROM sessions WHERE tokens IS NOT NULL").fetch_all(&pool).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap().0
}

fn opened(key: &TokenKey, browser: &Browser, sealed: &[u8]) -> Tokens {
    let secret = Sealer::new(key, &[]).unwrap().open(browser.cookie(COOKIE_NAME).unwrap(), sealed).unwrap();
    serde_json::from_slice(&secret).unwrap()
}

async fn portal_with_key() -> (TestPortal, TokenKey) {
    let key = TokenKey::random(&OsEntropy);
    (TestPortal::start_with(|config| config.token_key = key.clone()).await, key)
}

#[tokio::test]
async fn the_database_holds_no_token_that_could_be_used() {
    let (portal, key) = portal_with_key().await;
    let browser = portal.signed_in("mara.lindqvist").await;
    let tokens = opened(&key, &browser, &sealed_tokens(&portal).await);
    let refresh = tokens.refresh.unwrap();
    assert!(tokens.access.starts_with("eyJ") && refresh.len() > 20);

    let mut searched = 0;
    for file in std::fs::read_dir(portal.database.parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        searched += bytes.len();
        for secret in [
            &tokens.access[..40],
            &tokens.access[tokens.access.len() - 40..],
            &refresh,
            browser.cookie(COOKIE_NAME).unwrap(),
        ] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is in a file");
        }
    }
    assert!(searched > 10_000, "the files were really read: {searched} bytes");
}

#[tokio::test]
async fn sealed_tokens_of_one_session_are_no_use_to_another() {
    let (portal, key) = portal_with_key().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let sealed = sealed_tokens(&portal).await;
    let mut other = portal.signed_in("owen.carter").await;
    let pool = sqlx::SqlitePool::connect(&portal.database.display().to_string()).await.unwrap();
    sqlx::query("UPDATE sessions SET tokens = ?").bind(&sealed).execute(&pool).await.unwrap();
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    assert_eq!(other.get("/apps").await.status, StatusCode::UNAUTHORIZED);
    assert!(Sealer::new(&key, &[]).unwrap().open(other.cookie(COOKIE_NAME).unwrap(), &sealed).is_err());
}

#[tokio::test]
async fn a_token_that_ends_soon_is_renewed_before_it_is_used() {
    let (portal, key) = portal_with_key().await;
    portal.tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::minutes(4)));
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let before = opened(&key, &browser, &sealed_tokens(&portal).await);
    assert_eq!(redeemed(&portal), 1, "the code");

    portal.tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::minutes(60)));
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    assert_eq!(redeemed(&portal), 2);
    let after = opened(&key, &browser, &sealed_tokens(&portal).await);
    assert_ne!(before.access, after.access);
    assert!(after.expires_at > before.expires_at + Duration::minutes(50));

    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    assert_eq!(redeemed(&portal), 2, "the new one is good for an hour");
}

#[tokio::test]
async fn a_token_in_its_last_minutes_is_used_while_entra_does_not_answer() {
    let (portal, _) = portal_with_key().await;
    portal.tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::minutes(4)));
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let path = "*/oauth2/v2.0/token".into();
    portal.tenant.add_fault(FaultRule { path, ..FaultRule::new(FaultKind::Reset) });
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    let unanswered = || portal.tenant.requests().iter().filter(|request| request.status == 0).count();
    let asked = unanswered();
    assert!(asked > 0, "it was asked for another one");
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    assert_eq!(unanswered(), asked, "for a while it is not asked again");
}

#[tokio::test]
async fn requests_at_the_same_time_renew_once() {
    let portal = TestPortal::start().await;
    portal.tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::minutes(4)));
    let browser = portal.signed_in("mara.lindqvist").await;
    portal.tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::minutes(60)));
    let requests: Vec<_> = (0..6)
        .map(|_| {
            let mut browser = browser.clone();
            tokio::spawn(async move { browser.get("/apps").await.status })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(redeemed(&portal), 2, "the code, and one renewal");
}

#[tokio::test]
async fn a_refresh_token_that_entra_no_longer_takes_means_signing_in_again() {
    let (portal, key) = portal_with_key().await;
    portal.tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::minutes(4)));
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let cookie = browser.cookie(COOKIE_NAME).unwrap();
    let old = opened(&key, &browser, &sealed_tokens(&portal).await);
    let revoked = Tokens { refresh: Some("revoked".into()), ..old };
    let sealed =
        Sealer::new(&key, &[]).unwrap().seal(cookie, &serde_json::to_vec(&revoked).unwrap(), &OsEntropy).unwrap();
    let pool = sqlx::SqlitePool::connect(&portal.database.display().to_string()).await.unwrap();
    sqlx::query("UPDATE sessions SET tokens = ?").bind(sealed).execute(&pool).await.unwrap();

    let page = browser.get("/apps").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{}", page.body);
    assert!(page.body.contains("Sign in"), "{}", page.body);
    let (sessions,): (i64,) = sqlx::query_as("SELECT count(*) FROM sessions").fetch_one(&pool).await.unwrap();
    assert_eq!(sessions, 0, "the session ended");
}

#[tokio::test]
async fn a_token_for_key_vault_is_asked_for_when_first_needed_and_kept_sealed() {
    let (portal, key) = portal_with_key().await;
    let mut browser = portal.signed_in("owen.carter").await;
    let before = opened(&key, &browser, &sealed_tokens(&portal).await);
    assert!(before.others.is_empty(), "the sign-in asks for Graph alone");

    let page = browser.get("/vaults?vault=contoso-apps").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("backup-agent"), "{}", page.body);
    let after = opened(&key, &browser, &sealed_tokens(&portal).await);
    assert!(after.others["https://vault.azure.net"].access.starts_with("eyJ"));
    assert_eq!(after.access, before.access, "the one for Graph stays");

    let count = redeemed(&portal);
    assert_eq!(browser.get("/vaults?vault=contoso-apps").await.status, StatusCode::OK);
    assert_eq!(redeemed(&portal), count, "the same one again");
}

#[tokio::test]
async fn a_resource_that_nobody_consented_to_is_said_in_words_and_ends_no_session() {
    let portal = TestPortal::start_with(|config| {
        if let Some(vaults) = &mut config.entra.cloud.key_vault {
            vaults.resource = "https://unknown.example".into();
        }
    })
    .await;
    let mut browser = portal.signed_in("owen.carter").await;
    let page = browser.get("/vaults?vault=contoso-apps").await;
    assert!(page.body.contains("user_impersonation"), "{}", page.body);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_is_signed_out_when_the_token_key_changes() {
    let (portal, old) = portal_with_key().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let new = TokenKey::random(&OsEntropy);
    let rotated = portal
        .again(|config| {
            config.token_key = new.clone();
            config.old_token_keys = vec![old.clone()];
        })
        .await;
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    // What is kept anew is kept with the new key: when all is, the old one is no longer needed.
    let _ = opened(&old, &browser, &sealed_tokens(&rotated).await);
    assert_eq!(browser.get("/vaults?vault=contoso-apps").await.status, StatusCode::OK);
    let _ = opened(&new, &browser, &sealed_tokens(&rotated).await);
    let rotated = rotated.again(|config| config.token_key = new.clone()).await;
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK);
    let lost = rotated.again(|config| config.token_key = TokenKey::random(&OsEntropy)).await;
    assert_eq!(browser.get("/apps").await.status, StatusCode::UNAUTHORIZED);
    drop(lost);
}

/// Graph's lists of apps are refused so often, as if the token did not hold.
fn refuse(portal: &TestPortal, times: Option<u32>) {
    let kind = FaultKind::Status { status: 401, code: None, message: None, retry_after: None };
    portal.tenant.add_fault(FaultRule { path: "/v1.0/*".into(), times, ..FaultRule::new(kind) });
}

#[tokio::test]
async fn a_token_that_graph_refuses_on_a_page_is_renewed_once() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    refuse(&portal, Some(1));
    let page = browser.get("/apps?scope=all&q=payroll-batch").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let apps = portal.tenant.applications();
    let id = apps.iter().find(|app| app.display_name == "payroll-batch").unwrap().id;
    assert!(page.body.contains(&format!("/apps/{id}")), "{}", page.body);
    assert_eq!(redeemed(&portal), 2, "the code, and one renewal");
}

#[tokio::test]
async fn one_that_is_refused_after_that_is_said_and_ends_no_session() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    refuse(&portal, None);
    let page = browser.get("/apps?scope=all").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{}", page.body);
    assert!(page.body.contains("Microsoft Graph does not accept your sign-in"), "{}", page.body);
    assert_eq!(redeemed(&portal), 2, "once");
    assert!(browser.get("/sessions").await.body.contains("Your sessions"), "still signed in here");
}

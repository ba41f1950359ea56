//! What every answer has in common: headers, limits, forms of errors.

use crate::support::{Browser, TestPortal};
use reqwest::{Method, StatusCode};
use server::config::Rate;
use url::Url;

fn nonces(html: &str) -> Vec<&str> {
    html.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).map(nonce_of).collect()
}

fn nonce_of(attributes: &str) -> &str {
    attributes.split("nonce=\"").nth(1).map_or("", |rest| rest.split('"').next().unwrap())
}

#[tokio::test]
async fn each_page_has_its_own_nonce_and_every_script_carries_it() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let page = browser.get("/").await;
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let scripts = nonces(&page.body);
        assert!(!scripts.is_empty());
        assert!(scripts.iter().all(|script| *script == nonce), "{scripts:?} in a page with {nonce}");
        seen.push(nonce);
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn the_policy_lets_nothing_in_that_pages_do_not_need() {
    let portal = TestPortal::start().await;
    let page = portal.browser().get("/").await;
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types thumbprint thumbprint-tools",
    ] {
        assert!(policy.split("; ").any(|directive| directive == part), "{part} is not in {policy}");
    }
    assert!(policy.contains(&format!("form-action 'self' {}", portal.tenant.base_url())), "{policy}");
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'),
        "{policy}"
    );
    assert!(!page.body.contains(" style=\""), "no inline style");
    assert!(!page.body.contains(" onclick="), "no inline handler");
}

#[tokio::test]
async fn answers_tell_browsers_to_be_careful() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    for path in ["/", "/nothing-here", "/health/live", "/sign-in/callback", "/api/doctor-evidence"] {
        let page = browser.get(path).await;
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(page.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(page.header("x-request-id").len(), 36, "{path}");
        assert_eq!(page.header("strict-transport-security"), "", "{path}: this is plain http");
    }
}

#[tokio::test]
async fn over_https_browsers_are_told_to_stay_there() {
    let portal = TestPortal::start_with(|config| {
        config.public_url = Url::parse("https://thumbprint.example.com").unwrap();
    })
    .await;
    let page = portal.browser().get("/").await;
    assert!(page.header("strict-transport-security").starts_with("max-age=63072000"));
}

#[tokio::test]
async fn health_needs_no_session_and_no_page() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let live = browser.get("/health/live").await;
    assert_eq!((live.status, live.body.as_str()), (StatusCode::OK, "alive\n"));
    let ready = browser.get("/health/ready").await;
    assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready\n"));
}

#[tokio::test]
async fn without_its_database_the_portal_lives_but_is_not_ready() {
    let portal = TestPortal::start().await;
    let pool = sqlx::SqlitePool::connect(&portal.database.display().to_string()).await.unwrap();
    sqlx::query("DROP TABLE sessions").execute(&pool).await.unwrap();
    let mut browser = portal.browser();
    assert_eq!(browser.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/health/live").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_page_is_the_apps_own_404() {
    let portal = TestPortal::start().await;
    let page = portal.browser().get("/nothing-here").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("Thumbprint"));
}

async fn as_program(browser: &mut Browser, method: Method, path: &str, own: &str) -> crate::support::Page {
    let headers =
        [("accept", "application/json"), ("origin", own), ("content-type", "application/x-www-form-urlencoded")];
    browser.send(method, path, Some(String::new()), &headers).await
}

#[tokio::test]
async fn programs_get_problem_json_with_a_fitting_status() {
    let portal = TestPortal::start().await;
    let own = portal.url("");
    let mut browser = portal.browser();
    let cases = [
        (Method::GET, "/api/no-such-function", 404, "not-found"),
        (Method::POST, "/api/doctor-evidence", 405, "method"),
        (Method::GET, "/api/doctor-evidence", 401, "signed-out"),
        (Method::GET, "/sign-in/callback", 403, "no-cookie"),
        (Method::GET, "/pkg/no-such-file.js", 404, "no-such-file"),
    ];
    for (method, path, status, code) in cases {
        let page = as_program(&mut browser, method, path, &own).await;
        assert_eq!(page.status.as_u16(), status, "{path}: {}", page.body);
        assert_eq!(page.header("content-type"), "application/problem+json", "{path}");
        let problem: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(problem["code"], code, "{path}");
        assert_eq!(problem["status"], status, "{path}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let own = portal.url("");
    let headers = [("origin", own.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let body = format!("text={}", "A".repeat(2 * 1024 * 1024));
    let page = browser.send(Method::POST, "/api/keep-certificate", Some(body), &headers).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", page.body);
    assert!(page.body.contains("too much at once"), "{}", page.body);
}

#[tokio::test]
async fn one_address_cannot_flood_the_sign_in() {
    let portal = TestPortal::start_with(|config| config.limits.sign_in = Rate { burst: 3, per_minute: 1 }).await;
    let mut browser = portal.browser().stay();
    for _ in 0..3 {
        assert_eq!(browser.get("/sign-in").await.status, StatusCode::SEE_OTHER);
    }
    let page = browser.get("/sign-in").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.body.contains("Too many requests"), "{}", page.body);
    let wait: u32 = page.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "pages have a limit of their own");
}

#[tokio::test]
async fn a_forwarded_address_counts_only_behind_a_proxy_that_the_configuration_names() {
    let tight = Rate { burst: 1, per_minute: 1 };
    let open = TestPortal::start_with(|config| config.limits.sign_in = tight).await;
    let behind_proxy = TestPortal::start_with(|config| {
        config.limits.sign_in = tight;
        config.client_address_header = Some("x-forwarded-for".into());
    })
    .await;
    for (portal, second) in [(open, StatusCode::TOO_MANY_REQUESTS), (behind_proxy, StatusCode::SEE_OTHER)] {
        let mut browser = portal.browser().stay();
        browser.send(Method::GET, "/sign-in", None, &[("x-forwarded-for", "192.0.2.1")]).await;
        let page = browser.send(Method::GET, "/sign-in", None, &[("x-forwarded-for", "192.0.2.2")]).await;
        assert_eq!(page.status, second);
    }
}

#[tokio::test]
async fn the_theme_is_kept_in_a_cookie_and_leads_back() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let page = browser.submit("/api/theme", &[("theme", "dark"), ("back", "/signed-out")]).await;
    assert_eq!(page.url.as_str(), portal.url("/signed-out"));
    assert!(page.body.contains("data-theme=\"dark\""), "{}", &page.body[..500]);
    let page = browser.submit("/api/theme", &[("theme", "system"), ("back", "//evil.example/")]).await;
    assert_eq!(page.url.as_str(), portal.url("/"));
    assert!(!page.body.contains("data-theme="), "{}", &page.body[..500]);
}

/// Needs the browser's half, as a person would: `.ci/build.sh site`.
#[tokio::test]
async fn files_are_kept_by_browsers_for_ever_under_names_with_hashes() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let page = browser.get("/").await.body;
    let (_, rest) = page.split_once("<link rel=\"stylesheet\" href=\"").expect("a page has its style");
    let (style, _) = rest.split_once('"').unwrap();
    let hash =
        style.strip_prefix("/pkg/thumbprint.").and_then(|rest| rest.strip_suffix(".css")).expect("was the site built?");
    assert!(hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{style}");
    let answer = browser.get(style).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("vary"), "accept-encoding");
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(browser.get("/pkg/thumbprint.css").await.status, StatusCode::NOT_FOUND, "no name without a hash");
    let icon = browser.get("/favicon.ico").await;
    assert_eq!((icon.status, icon.header("content-type")), (StatusCode::OK, "image/x-icon"));
    for (path, robots) in [("/", ""), ("/no/such/page", "noindex"), ("/sign-out", "noindex")] {
        assert_eq!(browser.get(path).await.header("x-robots-tag"), robots, "{path}");
    }
}

#[tokio::test]
async fn files_outside_the_site_are_out_of_reach() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    for path in ["/pkg/..%2f..%2f..%2fCargo.toml", "/pkg/%2e%2e/%2e%2e/Cargo.toml", "/pkg/%2fetc%2fpasswd", "/pkg/."] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
}

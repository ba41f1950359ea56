//! What a person does in a browser to push.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and each binary uses its part")]

use crate::certificates::TestCertificate;
use crate::support::Browser;
use reqwest::StatusCode;

/// Uploads a new certificate, previews it for all apps that a search finds, and begins to push it; the receipt's path.
pub async fn push_to_found(browser: &mut Browser, search: &str, pace: &[(&str, &str)]) -> String {
    let plan = plan_for_found(browser, search).await;
    let mut form = vec![("plan", plan.as_str())];
    form.extend(pace);
    redirect(browser, "/api/push", &form).await
}

/// The preview alone; its id.
pub async fn plan_for_found(browser: &mut Browser, search: &str) -> String {
    let form = [("text", TestCertificate::new("found").pem.as_str()), ("app", "")]
        .map(|(name, value)| (name, value.to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sha256 = redirect(browser, "/api/keep-certificate", &form).await;
    let sha256 = sha256.split(['/', '?']).nth(2).unwrap().to_owned();
    let form = [("certificate[]", sha256.as_str()), ("all", "on"), ("scope", "all"), ("search", search)];
    let plan = redirect(browser, "/api/draft-plan", &form).await;
    plan.split('/').nth(2).unwrap().to_owned()
}

async fn redirect(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> String {
    let page = browser.stay().submit(path, form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.body);
    let location = page.header("location").to_owned();
    url::Url::parse(&location).map_or(location, |url| url[url::Position::BeforePath..].to_owned())
}

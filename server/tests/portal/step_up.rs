//! Before something heavy is written a person shows once more that it is them; and what they sign in with does not write.

use crate::certificates::TestCertificate;
use crate::support::{Browser, Page, TestPortal, Watch, query};
use reqwest::StatusCode;
use server::Surroundings;
use server::config::{Config, Permissions};
use std::sync::Arc;
use time::Duration;
use url::Url;

/// Both the owner's.
const APPS: [&str; 2] = ["payroll-batch", "payslip-mailer"];
const OWNER: &str = "owen.carter";
/// More than a sign-in may be old, and less than a session may.
const A_WHILE: Duration = Duration::minutes(20);

async fn portal(change: impl FnOnce(&mut Config)) -> (TestPortal, Arc<Watch>) {
    let watch = Watch::new();
    let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
    (TestPortal::start_in(surroundings, change).await, watch)
}

/// Time goes by for everybody.
fn pass(portal: &TestPortal, watch: &Watch, by: Duration) {
    watch.move_by(by);
    portal.tenant.move_clock(by);
}

fn app(portal: &TestPortal, name: &str) -> String {
    portal.tenant.applications().into_iter().find(|app| app.display_name == name).unwrap().id.to_string()
}

/// Writes that the tenant was sent.
fn writes(portal: &TestPortal) -> usize {
    let is_write =
        |request: &&local_tenant::LoggedRequest| request.method == "PATCH" && request.path.contains("/applications/");
    portal.tenant.requests().iter().filter(is_write).count()
}

/// Where a form leads.
async fn to(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> String {
    let page = browser.stay().submit(path, form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.body);
    page.header("location").to_owned()
}

/// A preview, and what has to be typed for it.
async fn preview(portal: &TestPortal, browser: &mut Browser, mode: &str, apps: &[&str]) -> (String, String) {
    let pem = TestCertificate::new("step-up").pem;
    let certificate = to(browser, "/api/keep-certificate", &[("text", &pem), ("app", "")]).await;
    let sha256 = certificate.split(['/', '?']).nth(2).unwrap().to_owned();
    let apps: Vec<String> = apps.iter().map(|name| app(portal, name)).collect();
    let mut form = vec![("certificate[]", sha256.as_str()), ("mode", mode)];
    form.extend(apps.iter().map(|app| ("app[]", app.as_str())));
    let plan = to(browser, "/api/draft-plan", &form).await;
    let page = browser.get(&plan).await.body;
    let typed = page.split(r#"data-confirm=""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    (plan.split('/').nth(2).unwrap().to_owned(), typed.to_owned())
}

/// Sends the form of the preview's page, as a browser without scripts.
async fn push(portal: &TestPortal, browser: &mut Browser, plan: &str, typed: &str) -> Page {
    let from = portal.url(&format!("/plans/{plan}"));
    let form = query(&[("plan", plan), ("typed", typed), ("halt_at", "7"), ("ask_between", "")]);
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("referer", from.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    browser.send(reqwest::Method::POST, "/api/push", Some(form), &headers).await
}

/// Where the one button of the refusal leads.
fn button(page: &Page, words: &str) -> String {
    let before = page.body.split(&format!(">{words}</a>")).next().unwrap();
    assert!(before.len() < page.body.len(), "no button “{words}”: {}", page.body);
    let href = before.rsplit(r#"href=""#).next().unwrap();
    href.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn a_replacement_takes_a_recent_sign_in_and_the_form_is_kept_over_it() {
    let (portal, watch) = portal(|_| ()).await;
    let mut browser = portal.signed_in(OWNER).await;
    pass(&portal, &watch, A_WHILE);
    let (plan, typed) = preview(&portal, &mut browser, "replace", &APPS).await;
    assert!(!typed.is_empty(), "it removes something");
    let refused = push(&portal, &mut browser, &plan, &typed).await;
    assert!(refused.body.contains("Confirm that it is you"), "{}", refused.body);
    assert_eq!(writes(&portal), 0);
    // Whoever sends it again without is refused again, and so is a program.
    assert!(push(&portal, &mut browser, &plan, &typed).await.body.contains("Confirm that it is you"));
    let link = button(&refused, "Confirm that it is you");
    let picker = browser.get(&link).await;
    assert!(picker.url.as_str().starts_with(portal.tenant.base_url()), "Entra asks anew: {}", picker.url);
    let back = portal.pick(&mut browser, &picker, OWNER).await;
    assert_eq!(&back.url[url::Position::BeforePath..], format!("/plans/{plan}#refused"), "where the button is");
    assert!(back.body.contains("You have confirmed that it is you"), "{}", back.body);
    assert!(back.body.contains(&format!(r#"value="{typed}""#)), "what was typed is there again: {}", back.body);
    assert!(back.body.contains(r#"value="7""#), "and what was set: {}", back.body);
    assert_eq!(writes(&portal), 0, "nothing goes by itself");
    let receipt = push(&portal, &mut browser, &plan, &typed).await;
    assert!(receipt.url.path().starts_with("/receipts/"), "{}", receipt.body);
    assert_eq!(writes(&portal), 2);
    // It is said once.
    assert!(!browser.get(&format!("/plans/{plan}")).await.body.contains("You have confirmed"));
}

#[tokio::test]
async fn a_light_push_asks_nobody_and_one_over_many_apps_does() {
    let (portal, watch) = portal(|config| config.step_up.over_apps = 1).await;
    let mut browser = portal.signed_in(OWNER).await;
    pass(&portal, &watch, A_WHILE);
    let (plan, typed) = preview(&portal, &mut browser, "append", &APPS[..1]).await;
    let receipt = push(&portal, &mut browser, &plan, &typed).await;
    assert!(receipt.url.path().starts_with("/receipts/"), "one app is not more than one: {}", receipt.body);

    let (portal, watch) = self::portal(|config| config.step_up.over_apps = 0).await;
    let mut browser = portal.signed_in(OWNER).await;
    pass(&portal, &watch, A_WHILE);
    let (plan, typed) = preview(&portal, &mut browser, "append", &APPS[..1]).await;
    let refused = push(&portal, &mut browser, &plan, &typed).await;
    assert!(refused.body.contains("This push writes 1 apps, which is more than 0."), "{}", refused.body);
    assert_eq!(writes(&portal), 0);
}

#[tokio::test]
async fn a_sign_in_that_entra_did_not_ask_for_confirms_nothing() {
    let (portal, watch) = portal(|_| ()).await;
    let mut browser = portal.signed_in(OWNER).await;
    pass(&portal, &watch, A_WHILE);
    let (plan, typed) = preview(&portal, &mut browser, "replace", &APPS[..1]).await;
    let link = button(&push(&portal, &mut browser, &plan, &typed).await, "Confirm that it is you");
    let begun = browser.stay_and_get(&link).await;
    let mut authorize = Url::parse(begun.header("location")).unwrap();
    let pairs: Vec<(String, String)> = authorize.query_pairs().into_owned().collect();
    let asked: Vec<_> = pairs.iter().filter(|(name, _)| ["prompt", "max_age"].contains(&name.as_str())).collect();
    assert_eq!(asked.len(), 2, "{authorize}");
    // Whoever has this browser, and no password, takes out what makes Entra ask.
    let rest = pairs.iter().filter(|(name, _)| !["prompt", "max_age"].contains(&name.as_str()));
    authorize.set_query(Some(&form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish()));
    let page = browser.get(authorize.as_str()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(page.body.contains("You did not confirm that it is you"), "{}", page.body);
    assert!(push(&portal, &mut browser, &plan, &typed).await.body.contains("Confirm that it is you"));
    assert_eq!(writes(&portal), 0);
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK, "and the session is what it was");
}

#[tokio::test]
async fn somebody_else_who_comes_back_finds_no_form_of_the_one_who_went() {
    let (portal, watch) = portal(|_| ()).await;
    let mut browser = portal.signed_in(OWNER).await;
    pass(&portal, &watch, A_WHILE);
    let (plan, typed) = preview(&portal, &mut browser, "replace", &APPS[..1]).await;
    let link = button(&push(&portal, &mut browser, &plan, &typed).await, "Confirm that it is you");
    let picker = browser.get(&link).await;
    let back = portal.pick(&mut browser, &picker, "mara.lindqvist").await;
    assert_eq!(back.status, StatusCode::NOT_FOUND, "a preview is its maker's: {}", back.body);
    assert!(!back.body.contains(&typed) && back.body.contains("Mara Lindqvist"), "{}", back.body);
    assert!(!browser.get("/").await.body.contains("You have confirmed"));
}

#[tokio::test]
async fn going_on_with_a_heavy_push_takes_a_recent_sign_in_too() {
    let (portal, watch) = portal(|_| ()).await;
    let mut browser = portal.signed_in(OWNER).await;
    let (plan, typed) = preview(&portal, &mut browser, "replace", &APPS[..1]).await;
    let receipt = push(&portal, &mut browser, &plan, &typed).await;
    let id = receipt.url.path().split('/').nth(2).unwrap().to_owned();
    let store = server::store::Store::open(portal.database.to_str().unwrap()).await.unwrap();
    // As if somebody had paused it in the middle.
    sqlx::query("UPDATE receipts SET state = 'paused', finished_at = NULL").execute(store.pool()).await.unwrap();
    pass(&portal, &watch, A_WHILE);
    let from = portal.url(&format!("/receipts/{id}"));
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("referer", from.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let form = query(&[("receipt", &id), ("steer", "resume")]);
    let steered = browser.send(reqwest::Method::POST, "/api/steer", Some(form), &headers).await;
    assert!(steered.body.contains("Confirm that it is you"), "{}", steered.body);
}

/// What the person's tokens may, of all requests at the tenant: `scp`, in their order.
fn asked_scopes(browser_way: &Url) -> String {
    browser_way.query_pairs().find(|(name, _)| name == "scope").map(|(_, value)| value.into_owned()).unwrap()
}

#[tokio::test]
async fn people_sign_in_to_read_and_only_a_push_gets_a_token_that_writes() {
    let (portal, _) = portal(|_| ()).await;
    let mut browser = portal.browser();
    let begun = browser.stay_and_get("/sign-in").await;
    let scope = asked_scopes(&Url::parse(begun.header("location")).unwrap());
    assert!(scope.contains("Application.Read.All") && !scope.contains("Write"), "{scope}");
    let mut browser = portal.signed_in(OWNER).await;
    let (plan, typed) = preview(&portal, &mut browser, "append", &APPS[..1]).await;
    let receipt = push(&portal, &mut browser, &plan, &typed).await;
    assert!(receipt.url.path().starts_with("/receipts/"), "{}", receipt.body);
    let graph: Vec<_> = portal.tenant.requests().into_iter().filter(|one| one.path.starts_with("/v1.0/")).collect();
    assert!(graph.iter().any(|one| one.method == "PATCH" && one.status == 204), "{graph:?}");
}

#[tokio::test]
async fn who_may_not_write_yet_is_sent_to_agree_and_comes_back_to_the_form() {
    let (portal, _) = portal(|_| ()).await;
    // What an administrator has agreed to for everybody is to read.
    let client = client_of(&portal).await;
    let grant = grant(&portal, &client, "Application.Read.All User.Read").await;
    let mut browser = portal.signed_in(OWNER).await;
    let (plan, typed) = preview(&portal, &mut browser, "append", &APPS[..1]).await;
    let refused = push(&portal, &mut browser, &plan, &typed).await;
    assert!(refused.body.contains("This portal may not write in your name yet"), "{}", refused.body);
    assert!(refused.body.contains("AADSTS65001"), "{}", refused.body);
    assert_eq!(writes(&portal), 0);
    assert_eq!(browser.get("/apps").await.status, StatusCode::OK, "nobody is signed out by that");

    let link = button(&refused, "Sign in for writing");
    agree(&portal, &grant, "Application.Read.All Application.ReadWrite.All User.Read").await;
    let begun = browser.stay_and_get(&link).await;
    let authorize = Url::parse(begun.header("location")).unwrap();
    assert!(asked_scopes(&authorize).contains("Application.ReadWrite.All"), "{authorize}");
    let back = browser.get(authorize.as_str()).await;
    assert_eq!(&back.url[url::Position::BeforePath..], format!("/plans/{plan}#refused"), "where the button is");
    assert!(back.body.contains("You have signed in for writing"), "{}", back.body);
    let receipt = push(&portal, &mut browser, &plan, &typed).await;
    assert!(receipt.url.path().starts_with("/receipts/"), "{}", receipt.body);
    assert_eq!(writes(&portal), 1);
}

#[tokio::test]
async fn which_permission_writes_is_said_in_the_configuration() {
    let write = server::config::AppPermission::ReadUpdate;
    let (portal, _) = portal(|config| config.entra.permissions = Permissions { write, ..Permissions::default() }).await;
    let mut browser = portal.signed_in(OWNER).await;
    let begun = browser.stay_and_get("/sign-in?for=writing").await;
    let scope = asked_scopes(&Url::parse(begun.header("location")).unwrap());
    assert!(scope.contains("Application.ReadUpdate.All") && !scope.contains("ReadWrite"), "{scope}");
}

/// The portal's service principal.
async fn client_of(portal: &TestPortal) -> String {
    let path = "servicePrincipals?$filter=displayName eq 'Thumbprint'";
    let answer = graph(portal, reqwest::Method::GET, path, None).await;
    answer["value"][0]["id"].as_str().unwrap().to_owned()
}

async fn grant(portal: &TestPortal, client: &str, scope: &str) -> String {
    let path = "servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'";
    let resource = graph(portal, reqwest::Method::GET, path, None).await["value"][0]["id"].clone();
    let body = serde_json::json!({
        "clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": scope,
    });
    let answer = graph(portal, reqwest::Method::POST, "oauth2PermissionGrants", Some(body)).await;
    answer["id"].as_str().unwrap().to_owned()
}

async fn agree(portal: &TestPortal, grant: &str, scope: &str) {
    let path = format!("oauth2PermissionGrants/{grant}");
    graph(portal, reqwest::Method::PATCH, &path, Some(serde_json::json!({"scope": scope}))).await;
}

async fn graph(
    portal: &TestPortal,
    method: reqwest::Method,
    path: &str,
    body: Option<serde_json::Value>,
) -> serde_json::Value {
    let scopes = ["Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"];
    let upn = portal.person("mara.lindqvist").user_principal_name;
    let token = portal.tenant.graph_token_with_scopes(&upn, &scopes).unwrap();
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = request.request(method, format!("{}/v1.0/{path}", portal.tenant.base_url())).bearer_auth(token);
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        None => request,
    };
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let text = answer.text().await.unwrap();
    if text.is_empty() { serde_json::Value::Null } else { serde_json::from_str(&text).unwrap() }
}

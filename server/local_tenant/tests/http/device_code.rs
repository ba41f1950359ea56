//! The device authorization grant, and the page behind `error_uri`.

use local_tenant::RunningTenant;
use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    CLIENT, Graph, MARA, OWEN, Reply, application, create, demo, empty, payload, post_form, text, token_url,
};

const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SCOPE: &str = "https://graph.microsoft.com/User.Read openid profile offline_access";

async fn begin(tenant: &RunningTenant, client: &str) -> Value {
    begin_for(tenant, client, SCOPE).await
}

async fn begin_for(tenant: &RunningTenant, client: &str, scope: &str) -> Value {
    let url = token_url(tenant).replace("/token", "/devicecode");
    let reply = post_form(&url, &[("client_id", client), ("scope", scope)]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn poll(tenant: &RunningTenant, client: &str, flow: &Value) -> Reply {
    let code = text(flow, "device_code");
    post_form(&token_url(tenant), &[("grant_type", GRANT), ("client_id", client), ("device_code", &code)]).await
}

/// What the page answers to a code, and to what is chosen on it.
async fn enter(flow: &Value, fields: &[(&str, &str)]) -> Reply {
    let code = text(flow, "user_code");
    let mut fields = fields.to_vec();
    fields.push(("otc", &code));
    post_form(&text(flow, "verification_uri"), &fields).await
}

fn person(tenant: &RunningTenant, name: &str) -> String {
    tenant.people().into_iter().find(|person| person.user_principal_name == name).unwrap().id.to_string()
}

/// A device's code that a person has accepted.
pub async fn accepted(tenant: &RunningTenant, client: &str, name: &str, scope: &str) -> String {
    let flow = begin_for(tenant, client, scope).await;
    let page = enter(&flow, &[("account", &person(tenant, name))]).await;
    assert_eq!(page.status, 200, "{page:?}");
    text(&flow, "device_code")
}

/// The token answer for a person who enters the code.
pub async fn signed_in_by_device(tenant: &RunningTenant, client: &str, name: &str) -> Value {
    let flow = begin(tenant, client).await;
    let page = enter(&flow, &[("account", &person(tenant, name))]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let reply = poll(tenant, client, &flow).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

#[track_caller]
fn refused(reply: &Reply) -> (u16, String, u64) {
    let body = reply.json();
    (reply.status, text(&body, "error"), body["error_codes"][0].as_u64().unwrap())
}

#[tokio::test]
async fn a_person_enters_the_code_and_the_device_gets_their_tokens() {
    let tenant = empty().await;
    let flow = begin(&tenant, AZURE_CLI).await;
    assert_eq!((&flow["expires_in"], &flow["interval"]), (&json!(900), &json!(5)));
    let uri = text(&flow, "verification_uri");
    assert_eq!(
        text(&flow, "message"),
        format!(
            "To sign in, use a web browser to open the page {uri} and enter the code {} to authenticate.",
            text(&flow, "user_code")
        )
    );
    assert_eq!(refused(&poll(&tenant, AZURE_CLI, &flow).await), (400, "authorization_pending".into(), 70_016));

    let form = Reply::of(CLIENT.get(&uri)).await;
    assert!(form.status == 200 && form.text.contains("name=\"otc\""), "{form:?}");
    let wrong = post_form(&uri, &[("otc", "AAAAAAAAA")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("role=\"alert\""), "{wrong:?}");
    let picker = enter(&flow, &[]).await;
    assert!(picker.text.contains("Pick an account") && picker.text.contains("Microsoft Azure CLI"), "{picker:?}");
    assert_eq!(refused(&poll(&tenant, AZURE_CLI, &flow).await).1, "authorization_pending", "nobody has signed in yet");
    let done = enter(&flow, &[("account", &person(&tenant, OWEN))]).await;
    assert!(done.text.contains("You have signed in to Microsoft Azure CLI on your device."), "{done:?}");
    assert!(done.header("set-cookie").is_some(), "the browser is signed in as well");

    let answer = poll(&tenant, AZURE_CLI, &flow).await.json();
    let token = text(&answer, "access_token");
    assert_eq!(payload(&token)["upn"], OWEN);
    assert_eq!(payload(&text(&answer, "id_token"))["aud"], AZURE_CLI);
    assert_eq!(Graph::with_token(&tenant, token).get("/me").await.json()["userPrincipalName"], OWEN);
    let again = poll(&tenant, AZURE_CLI, &flow).await;
    assert_eq!(refused(&again), (400, "bad_verification_code".into(), 70_018), "a code is good once");
    let refresh = text(&answer, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("client_id", AZURE_CLI), ("refresh_token", &refresh)];
    assert_eq!(post_form(&token_url(&tenant), &fields).await.status, 200);
}

#[tokio::test]
async fn who_declines_or_is_late_gets_nothing() {
    let tenant = empty().await;
    let flow = begin(&tenant, AZURE_CLI).await;
    assert_eq!(enter(&flow, &[("cancel", "1")]).await.status, 200);
    assert_eq!(refused(&poll(&tenant, AZURE_CLI, &flow).await).1, "authorization_declined");
    let late = begin(&tenant, AZURE_CLI).await;
    tenant.move_clock(Duration::minutes(15));
    assert_eq!(enter(&late, &[("account", &person(&tenant, OWEN))]).await.status, 400);
    assert_eq!(refused(&poll(&tenant, AZURE_CLI, &late).await), (400, "expired_token".into(), 70_020));
}

#[tokio::test]
async fn a_registration_needs_public_client_flows() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, MARA);
    let app = create(&graph, json!({"displayName": "tv", "web": {"redirectUris": ["https://tv.example/"]}})).await;
    let client = text(&app, "appId");
    let flow = begin(&tenant, &client).await;
    assert_eq!(enter(&flow, &[("account", &person(&tenant, MARA))]).await.status, 200);
    assert_eq!(refused(&poll(&tenant, &client, &flow).await), (401, "invalid_client".into(), 7_000_218));
    let public = json!({"isFallbackPublicClient": true});
    assert_eq!(graph.patch(&format!("/applications(appId='{client}')"), public).await.status, 204);
    assert_eq!(poll(&tenant, &client, &flow).await.status, 200);
    let url = token_url(&tenant).replace("/token", "/devicecode");
    let unknown = post_form(&url, &[("client_id", "nobody"), ("scope", SCOPE)]).await;
    assert_eq!(refused(&unknown).2, 700_016);
    assert_eq!(refused(&post_form(&url, &[("client_id", &client)]).await).2, 900_144);
}

#[tokio::test]
async fn an_error_uri_leads_to_an_explanation() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch").app_id.to_string();
    let fields = [("grant_type", "client_credentials"), ("client_id", app.as_str()), ("client_secret", "wrong")];
    let fields = [&fields[..], &[("scope", "https://graph.microsoft.com/.default")]].concat();
    let refused = post_form(&token_url(&tenant), &fields).await.json();
    let page = Reply::of(CLIENT.get(text(&refused, "error_uri"))).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("AADSTS7000215") && page.text.contains("What to do"), "{page:?}");
    let root = format!("{}/error", tenant.base_url());
    for (query, status, part) in [
        ("?code=700027", 200, "thumbprint it names"),
        ("?code=AADSTS700027", 200, "<h2>AADSTS700027</h2>"),
        ("?code=1", 404, "knows nothing about the error “1”"),
        ("?code=%3Cb%3E", 404, "&lt;b&gt;"),
        ("", 200, "Error code"),
    ] {
        let page = Reply::of(CLIENT.get(format!("{root}{query}"))).await;
        assert!(page.status == status && page.text.contains(part), "{query}: {page:?}");
    }
}
